#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs integration tests in VMs on the system that system.sh made ready.

run.py [machine options] GLOB...: tests are executable files tests/AREA/NAME. Headers in their
first lines: "# timeout: SECONDS", "# needs: PROGRAM...", "# machine: OPTION...", "# forgives: MODULE...",
"# plain: KERNEL...", see tests/README.md. Writes one TAP file per test to $VM_OUT and there "summary"
(passed failed skipped seconds) and "failures". $XDRV_PLAIN_AS is what this kernel is to a plain check;
after $XDRV_DEADLINE (seconds since 1970) no test begins any more.
"""

import argparse
import fnmatch
import os
import sys
import time

from header import read_header
from history import History
from lock import take_vm_lock
from machine import Machine, MachineEnded, accelerator, end_on_sigterm, option_parser
from splat import is_stale_int3, warnings_but_of
from tapfile import Counts, TapFile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INIT = '/root/xdrv/tests/vm/init'
# By the name of the module, too.
AREA_OF = {'xdrv_common': 'core', 'xchar': 'char', 'xbd': 'block', 'xnet': 'net'}
NOT_AREAS = ('vm', 'lib', 'bench', 'coverage', 'packages')
# Not part of "*/*": it repeats what the others test, for people to look at.
ON_REQUEST = ('demo',)
ALL = ['*/*']
BUILT = os.environ.get('XDRV_BUILT_KERNELS', '').split()
SLOW = 4
BOOT_SECONDS = 120
BOOT_ATTEMPTS = 3
GRACE_SECONDS = 30


class Test:
    """A test program and what its headers say."""

    def __init__(self, name):
        self.name = name
        header = read_header(os.path.join(TESTS, name))
        self.timeout = int(int(header['timeout'] or 60) * time_scale())
        self.needs, self.machine = header['needs'], header['machine']
        self.forgives, self.plain = header['forgives'].split(), header['plain'].split()


def time_scale():
    """Of time limits: other work on this machine, and a kernel that checks every step."""
    scale = float(os.environ.get('XDRV_TIME_SCALE', '1'))
    return scale * (SLOW if os.environ.get('VM_KERNEL', '').split('-')[0] in BUILT else 1)


def find_tests(globs, plain_as=None):
    """Those that match; in a plain check only those that are to run on such a kernel."""
    names = []
    for area in sorted(os.listdir(TESTS)):
        directory = os.path.join(TESTS, area)
        if area in NOT_AREAS or not os.path.isdir(directory):
            continue
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                names.append(area + '/' + name)
    tests = [Test(name) for name in names if any(_matches(name, glob) for glob in globs)]
    return [test for test in tests if not plain_as or not test.plain or plain_as in test.plain]


def _matches(name, glob):
    area, slash, rest = glob.partition('/')
    return fnmatch.fnmatch(name, AREA_OF.get(area, area) + slash + rest) and (
        name.split('/')[0] not in ON_REQUEST or glob.split('/')[0] in ON_REQUEST)


class Run:
    """Takes the tests through as many boots as they need and keeps the results."""

    def __init__(self, options, out):
        self.options = options
        self.out = out
        self.machine = None
        self.machine_words = None
        self.kernel = ''
        self.boots = 0
        self.counts = Counts()
        self.failures = []
        self.deadline = float(os.environ.get('XDRV_DEADLINE', 'inf'))
        self.history = History(os.path.join(
            os.environ['XDRV_CACHE'], 'history', os.environ['VM_KERNEL']))

    def run(self, tests):
        for test in self._in_order(tests):
            started = time.monotonic()
            if time.time() > self.deadline:
                tap = TapFile(test.name)
                tap.result(True, '%s has its turn' % test.name, skip='time is up')
                self._keep(tap, started)
                continue
            tap = self._attempt(test)
            if tap.emulator_failed:
                first, tap = tap, self._attempt(test)
                tap.lines += ['# ran again, for the emulator failed in this:']
                tap.lines += ['#   ' + line for line in first.lines]
            self._keep(tap, started)
            self.history.keep(test.name, tap.counts.failed, time.monotonic() - started)
        self._end_machine(asked=True)

    def _in_order(self, tests):
        """By name, whatever was before, when all are to run; else the answer is to come early."""
        if self.options.globs == ALL:
            return sorted(tests, key=lambda test: test.machine)
        return self.history.in_turn(tests)

    def _attempt(self, test):
        tap = TapFile(test.name)
        if self._boot_for(test, tap):
            self._run_one(test, tap)
        return tap

    def _boot_for(self, test, tap):
        """A running machine of the kind the test wants; true when there is one."""
        if self.machine and self.machine_words != test.machine:
            self._end_machine(asked=True)
        if self.machine:
            return True
        words, _ = option_parser().parse_known_args(test.machine.split(), _copy(self.options))
        self.boots += 1
        self.machine_words = test.machine
        started = time.monotonic()
        deaths = []
        while len(deaths) < BOOT_ATTEMPTS and not self.machine:
            self._try_to_boot(words, deaths)
        if not self.machine:
            tap.result(False, 'the system boots for %s' % test.name,
                       deaths[-1:] + self._console_tail())
            return False
        report = self.machine.watcher.take('boot')
        boot = TapFile('boot-%d' % self.boots)
        boot.result(not report, 'kernel log stays clean while booting', report)
        boot.lines += ['# ' + self.kernel]
        boot.lines += ['# an attempt before this one: ' + death for death in deaths]
        self._keep(boot, started)
        return True

    def _try_to_boot(self, words, deaths):
        """With a thread for each CPU the emulator now and then kills a kernel that patches its own
        code, see is_stale_int3(), long before a module of ours is loaded: the boot is tried again."""
        self.machine = Machine(words, os.path.join(self.out, 'console.log'))
        deadline = time.monotonic() + BOOT_SECONDS * time_scale()
        try:
            self.machine.start(INIT)
            line = ''
            while not line.startswith('#ready '):
                line = self.machine.read_line(deadline)
            self.kernel = line[len('#ready '):]
        except (TimeoutError, MachineEnded) as error:
            deaths.append(str(error) or 'the kernel does not come up in time')
            self._end_machine()

    def _run_one(self, test, tap):
        """Leaves no machine behind that may be sick."""
        healthy = False
        try:
            self.machine.send('run %s %d %s' % (test.name, test.timeout, test.needs))
            healthy = self._collect(test, tap)
        except TimeoutError:
            tap.result(False, '%s comes to an end (machine does not answer)' % test.name,
                       self._console_tail())
        except MachineEnded as error:
            tap.result(False, 'the machine survives %s' % test.name,
                       [str(error)] + self._console_tail())
        else:
            self.machine.console_reaches_end_of(test.name)
        if not healthy:
            self.machine.stop()
        report = warnings_but_of(
            test.forgives, self.machine.watcher.take(test.name, 'after-' + test.name))
        tap.result(not report, 'kernel log stays clean during %s' % test.name, report)
        tap.emulator_failed = is_stale_int3(report) and accelerator() == 'tcg'
        if report or not healthy:
            self._end_machine()

    def _collect(self, test, tap):
        """Reads the test's lines until it ends; true when the guest is fit for another one."""
        factor = 4 if self.options.icount or '--icount' in test.machine else 1
        deadline = time.monotonic() + test.timeout * factor + GRACE_SECONDS
        while True:
            line = self.machine.read_line(deadline)
            if line.startswith('#end '):
                _, status, health = line.split()
                if status != 'skipped':
                    tap.finish(int(status))
                return health == 'clean'
            if line.startswith('#result '):
                _, verdict, description = line.split(' ', 2)
                tap.result(verdict == 'ok', description)
            else:
                tap.feed(line)

    def _end_machine(self, asked=False):
        if not self.machine:
            return
        if asked:
            try:
                self.machine.send('poweroff')
                deadline = time.monotonic() + 20 * time_scale()
                while True:
                    self.machine.read_line(deadline)
            except (TimeoutError, MachineEnded, OSError):
                pass
        self.machine.stop()
        self.machine = None

    def _console_tail(self):
        with open(os.path.join(self.out, 'console.log'), encoding='utf-8',
                  errors='replace') as file:
            return ['console: ' + line.rstrip() for line in file.readlines()[-25:]]

    def _keep(self, tap, started):
        """Writes the TAP file and one line for people."""
        file_name = tap.name.replace('/', '-') + '.tap'
        with open(os.path.join(self.out, file_name), 'w', encoding='utf-8') as file:
            file.write(tap.text())
        self.counts.add(tap.counts)
        kernel = os.environ['VM_KERNEL']
        for description in tap.failures:
            path = os.path.relpath(os.path.join(self.out, file_name))
            self.failures.append('%s %s: %s (%s)' % (kernel, tap.name, description, path))
        verdict = 'FAILED' if tap.counts.failed else 'skipped' if not tap.counts.passed else 'ok'
        print('%8s  %-4s %-32s %3d passed%s%s  %.0f s' % (
            verdict, kernel, tap.name, tap.counts.passed,
            ', %d failed' % tap.counts.failed if tap.counts.failed else '',
            ', %d skipped' % tap.counts.skipped if tap.counts.skipped else '',
            time.monotonic() - started), flush=True)
        if tap.counts.failed:
            _print_failure(tap)


def _print_failure(tap):
    """The failed results with the lines that explain them."""
    shown, explains = 0, False
    for line in tap.lines:
        if line.startswith('not ok'):
            explains = True
        elif not line.startswith('#'):
            explains = False
        if explains and shown < 60:
            print('          ' + line, flush=True)
            shown += 1


def _copy(options):
    return argparse.Namespace(**{key: list(value) if isinstance(value, list) else value
                                 for key, value in vars(options).items()})


def main():
    parser = argparse.ArgumentParser(parents=[option_parser()], description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('globs', nargs='*', default=ALL, metavar='GLOB')
    options = parser.parse_args()
    out = os.environ['VM_OUT']
    part, parts = (int(word) for word in os.environ.get('XDRV_PART', '1/1').split('/'))
    tests = find_tests(options.globs, os.environ.get('XDRV_PLAIN_AS'))[part - 1::parts]
    options.append += ' xdrv.percent=%s xdrv.patience=%g' % (
        os.environ.get('XDRV_PERCENT', '100'), time_scale())
    end_on_sigterm()
    lock = take_vm_lock()
    started = time.monotonic()
    open(os.path.join(out, 'console.log'), 'wb').close()
    run = Run(options, out)
    try:
        run.run(tests)
    finally:
        if run.machine:
            run.machine.stop()
        lock.close()
    if not tests and part == 1:
        run.counts.failed += 1
        run.failures.append('%s: no test matches %s' %
                            (os.environ['VM_KERNEL'], ' '.join(options.globs)))
    with open(os.path.join(out, 'summary'), 'w', encoding='utf-8') as file:
        file.write('%s %d\n' % (run.counts, time.monotonic() - started))
    with open(os.path.join(out, 'failures'), 'w', encoding='utf-8') as file:
        file.writelines(line + '\n' for line in run.failures)
    return 1 if run.counts.failed else 0


if __name__ == '__main__':
    sys.exit(main())
