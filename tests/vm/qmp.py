# SPDX-License-Identifier: GPL-2.0-only
"""A client for QEMU's machine protocol on a unix socket."""

import json
import socket
import time


class QmpError(Exception):
    """QEMU refused a command."""


class Qmp:
    """Commands are synchronous; events that arrive meanwhile are kept for wait_event()."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.file = self.socket.makefile('rw', encoding='utf-8')
        self.events = []
        self._message()
        self.command('qmp_capabilities')

    def command(self, name, /, **arguments):
        request = {'execute': name}
        if arguments:
            request['arguments'] = arguments
        self.file.write(json.dumps(request) + '\n')
        self.file.flush()
        while True:
            message = self._message()
            if 'return' in message:
                return message['return']
            if 'error' in message:
                raise QmpError(message['error']['desc'])
            self.events.append(message)

    def wait_event(self, name, seconds, **data):
        """Waits until an event of this name with (at least) this data was seen."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self.events:
                if event['event'] == name and data.items() <= event.get('data', {}).items():
                    self.events.remove(event)
                    return event
            if time.monotonic() > deadline:
                raise QmpError('no %s within %d s' % (name, seconds))
            self.command('query-status')
            time.sleep(0.05)

    def _message(self):
        line = self.file.readline()
        if not line:
            raise QmpError('QEMU closed the connection')
        return json.loads(line)
