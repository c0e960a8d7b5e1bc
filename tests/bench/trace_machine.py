# SPDX-License-Identifier: GPL-2.0-only
"""A machine that counts, on request, what its NICs are asked to do, from QEMU's trace."""

import json
import os

from machine import Machine             # from tests/vm, see inside.sh
from trace_lines import count_events

EVENTS = ('memory_region_ops_read', 'memory_region_ops_write', 'ioapic_set_irq')


class TracingMachine(Machine):
    """Serves "trace start" and "trace stop" besides what every machine serves."""

    def __init__(self, options, console_path, log_path):
        super().__init__(options, console_path)
        self.log_path = log_path
        self._offset = 0
        options.qemu.append('-D ' + log_path)

    def _serve(self, request):
        if request == 'trace start':
            self._offset = os.path.getsize(self.log_path) if os.path.exists(self.log_path) else 0
            self._switch(True)
            return 'ok'
        if request == 'trace stop':
            self._switch(False)
            return 'ok ' + json.dumps(self._count())
        return super()._serve(request)

    def _switch(self, on):
        for event in EVENTS:
            self.qmp.command('trace-event-set-state', name=event, enable=on)

    def _count(self):
        with open(self.log_path, encoding='ascii', errors='replace') as log:
            log.seek(self._offset)
            return count_events(log)
