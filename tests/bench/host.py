#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boots a machine of each kind on the system that system.sh made ready, lets guest.py measure in
it, writes bench.json and bench.tap to $VM_OUT and prints a table. Status 1 when something is not as
it must be."""

import argparse
import json
import os
import subprocess
import sys
import time

import cases
import records
import table
from trace_machine import TracingMachine

from lock import take_vm_lock             # from tests/vm, see inside.sh
from machine import MachineEnded, accelerator, option_parser

INIT = '/root/xdrv/tests/vm/init'
PLAN = 'root/xdrv/out/bench-plan.json'
BOOT_SECONDS = 180
# The guest's clock is not ours under icount: this limit counts there, the other one here.
GUEST_SECONDS = 1000000
BOOT_PARTS = {'icount': ('path', 'hardware'), 'smp': ('throughput',)}
MEASURE_SECONDS = {'icount': 1200, 'smp': 900}
SMOKE_SECONDS = 200

# Nothing that runs beside what is measured, and a layout that is the same at every boot.
QUIET = ('transparent_hugepage=never kfence.sample_interval=0 nokaslr norandmaps nowatchdog '
         'audit=0 random.trust_cpu=on')
CPU = 'Nehalem-v1'
ICOUNT = ['--icount', 'shift=0,sleep=off', '--append', QUIET + ' tsc=reliable clocksource=tsc']
OTHER_NICS = (('e1000', 1), ('e1000e', 2), ('virtio-net-pci', 3))


def machine_words(kind):
    words = ['--cpu', CPU]
    if kind == 'icount':
        return words + ICOUNT
    words = ['--threads', 'multi', '--append', QUIET] + ([] if accelerator() == 'kvm' else words)
    for model, hub in OTHER_NICS:
        for end in (0, 1):
            name = 'hub%dend%d' % (hub, end)
            words += ['--qemu', '-netdev hubport,id=%s,hubid=%d -device %s,netdev=%s,'
                      'mac=52:54:00:12:%02x:%02x' % (name, hub, model, name, hub, end + 1)]
    return words


class Boot:
    """One boot of one kind of machine: the guest's lines become results."""

    def __init__(self, kind, plan, out):
        self.kind, self.plan = kind, plan
        self.seconds = SMOKE_SECONDS * float(os.environ.get('XDRV_TIME_SCALE', '1')) \
            if plan['smoke'] else MEASURE_SECONDS[kind]
        self.results = []
        self.errors = []
        self.started = 0
        self.log = os.path.join(out, 'trace.log')
        options, _ = option_parser().parse_known_args(machine_words(kind))
        self.machine = TracingMachine(options, os.path.join(out, kind + '-console.log'), self.log)

    def run(self):
        self.started = time.monotonic()
        with open(os.path.join(os.environ['VM_ROOT'], PLAN), 'w', encoding='utf-8') as file:
            json.dump(self.plan, file)
        try:
            self.machine.start(INIT)
            self._wait_ready(self.started)
            self.machine.send('run bench/guest.py %d fio iperf3' % GUEST_SECONDS)
            self._collect(self.started + self.seconds)
            self._power_off()
        except (TimeoutError, MachineEnded) as error:
            self.errors.append('%s: the machine gives up: %s' % (self.kind, error or 'time limit'))
        finally:
            self.machine.stop()
            if os.path.exists(self.log):
                os.remove(self.log)
        self.errors += ['%s: kernel log: %s' % (self.kind, line)
                        for line in self.machine.watcher.take('bench/guest.py', 'boot')]

    def _wait_ready(self, started):
        while not self.machine.read_line(started + BOOT_SECONDS).startswith('#ready'):
            pass

    def _collect(self, deadline):
        while True:
            line = self.machine.read_line(deadline)
            word, _, rest = line.partition(' ')
            if word == '#bench':
                self.results.append(json.loads(rest))
            elif word == '#progress':
                print('%5d s  %s: %s' % (time.monotonic() - self.started, self.kind, rest),
                      file=sys.stderr, flush=True)
            elif word == '#error' or line.startswith('#result not'):
                self.errors.append('%s: %s' % (self.kind, rest))
            elif word == '#end':
                if rest.split()[0] != '0':
                    self.errors.append('%s: guest.py ends with %s' % (self.kind, rest))
                return
            elif word not in ('#result', '#'):
                print('%8s: %s' % (self.kind, line), file=sys.stderr, flush=True)

    def _power_off(self):
        self.machine.send('poweroff')
        try:
            while True:
                self.machine.read_line(time.monotonic() + 20)
        except (TimeoutError, MachineEnded):
            pass


def versions():
    """What the numbers depend on."""
    qemu = subprocess.run(['qemu-system-x86_64', '--version'], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.split('\n', 1)[0]
    return {'kernel': os.environ['VM_KVER'], 'qemu': qemu, 'cpu': CPU, 'accelerator': accelerator(),
            'fio': subprocess.run(['chroot', os.environ['VM_ROOT'], 'fio', '--version'], text=True,
                                  stdout=subprocess.PIPE, check=True).stdout.strip()}


def write_report(report, file):
    """A record is a line: changes can be read."""
    head = {key: value for key, value in report.items() if key != 'records'}
    file.write(json.dumps(head, indent=1)[:-2] + ',\n "records": [\n  ')
    file.write(',\n  '.join(json.dumps(record) for record in report['records']))
    file.write('\n ]\n}\n')


def run_parts(options, out):
    """The parts that have something to do, in as many boots as they need. Others who wait for a VM
    get theirs in between."""
    results, errors, wanted, seconds = [], [], [], 0
    for kind, known in BOOT_PARTS.items():
        parts = [part for part in known if part in options.parts.split()]
        selected = [case for part in parts for case in cases.select(part, options.globs)]
        if not selected:
            continue
        wanted += selected
        boot = Boot(kind, {'parts': parts, 'globs': options.globs, 'smoke': options.smoke}, out)
        with take_vm_lock():
            boot.run()
        results += boot.results
        errors += boot.errors
        seconds += time.monotonic() - boot.started
    return wanted, results, errors, round(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--parts', default=' '.join(cases.PARTS))
    parser.add_argument('--smoke', action='store_true', help='tiny counts: does it work at all?')
    parser.add_argument('globs', nargs='*', default=['*/*'], metavar='AREA/NAME')
    options = parser.parse_args()
    out = os.environ['VM_OUT']
    wanted, results, errors, seconds = run_parts(options, out)
    if not wanted:
        errors.append('no case matches ' + ' '.join(options.globs))
    report = {'made_by': 'make bench' + (' SMOKE=1' if options.smoke else ''),
              'seconds': seconds, 'versions': versions(),
              'records': records.make(wanted, results, os.environ['VM_KERNEL'])}
    with open(os.path.join(out, 'bench.json'), 'w', encoding='utf-8') as file:
        write_report(report, file)
    failures = errors + records.failures(report['records'])
    records.write_tap(report['records'], errors, os.path.join(out, 'bench.tap'))
    table.show(report)
    for failure in failures:
        print('FAILED: ' + failure)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
