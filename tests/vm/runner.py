#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs in the VM: takes one test after another from the host and sends back what they print.

The channel is the second serial port. Host to guest: "run NAME SECONDS [PROGRAM...]", "poweroff".
Guest to host: "#ready VERSION" (of the kernel), the test's own lines, "#result ok|not DESCRIPTION" for the runner's
checks, "#end STATUS clean|dirty". Tests talk to the host by themselves, see host_cmd in lib/tap.sh.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import tty

from header import read_header
from processes import describe
from splat import leaks_but_of

CHANNEL = '/dev/xdrv-host'
TESTS = '/root/xdrv/tests'
CGROUP = '/sys/fs/cgroup/test'
GCOV = '/sys/kernel/debug/gcov/root/xdrv'
KMEMLEAK = '/sys/kernel/debug/kmemleak'
MODULES = ('xnet', 'xbd', 'thermometer', 'xchar_gnss', 'xchar', 'xdrv_common')
LOG_LINES = 150
# On the kernel's command line: xdrv.percent=20, so much of the rounds of each test; xdrv.patience=4, so many
# times its time limits.
SETTING = re.compile(r'\bxdrv\.(percent|patience)=([\d.]+)')


class Channel:
    """Whole lines in one write each, so that lines of several writers do not mix."""

    def __init__(self):
        self.fd = os.open(CHANNEL, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)

    def write(self, line):
        os.write(self.fd, line.encode(errors='replace') + b'\n')

    def read(self):
        line = b''
        while not line.endswith(b'\n'):
            line += os.read(self.fd, 1)
        return line.decode().strip()


class KernelLog:
    """The kernel messages from now on."""

    def __init__(self):
        self.fd = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)

    def close(self):
        """Returns the lines."""
        lines = []
        while True:
            try:
                record = os.read(self.fd, 8192).decode(errors='replace')
            except BlockingIOError:
                break
            except BrokenPipeError:
                lines.append('(older messages were overwritten)')
                continue
            prefix, _, text = record.partition(';')
            seconds = int(prefix.split(',')[2]) / 1e6
            lines.append('[%12.6f] %s' % (seconds, text.split('\n')[0]))
        os.close(self.fd)
        return lines


def mark(what, name):
    with open('/dev/kmsg', 'w', encoding='ascii') as file:
        file.write('<1>xdrv-test: %s %s\n' % (what, name))


def cgroup_pids():
    with open(CGROUP + '/cgroup.procs', encoding='ascii') as file:
        return [int(line) for line in file]


def kill_test():
    """Kills whatever the test started; returns the processes that do not die."""
    deadline = time.monotonic() + patience(5)
    while cgroup_pids() and time.monotonic() < deadline:
        with open(CGROUP + '/cgroup.kill', 'w', encoding='ascii') as file:
            file.write('1')
        time.sleep(0.05)
    return [describe(pid) for pid in cgroup_pids()]


def settings():
    with open('/proc/cmdline', encoding='ascii') as file:
        return {'XDRV_' + name.upper(): value for name, value in SETTING.findall(file.read())}


def patience(seconds):
    """A time limit: longer on a busy machine and on a slow kernel."""
    return seconds * float(settings().get('XDRV_PATIENCE', 1))


def join_cgroup():
    # No session of its own: the leader of one that opens the serial port would own it, and hang it
    # up at its end.
    os.setpgrp()
    with open(CGROUP + '/cgroup.procs', 'w', encoding='ascii') as file:
        file.write('0')


class TestProcess:
    """One test: started in its own cgroup and directory, its lines passed on."""

    def __init__(self, channel, name, seconds):
        self.channel, self.name, self.seconds = channel, name, seconds
        self.failed = False
        self.stacks = []

    def run(self):
        """Returns the exit status, or None when time ran out."""
        os.makedirs(CGROUP, exist_ok=True)
        directory = tempfile.mkdtemp(prefix='test.', dir='/tmp')
        environment = dict(os.environ, PYTHONPATH=TESTS + '/lib', PYTHONDONTWRITEBYTECODE='1',
                           XDRV_TEST=self.name, **settings())
        process = subprocess.Popen(
            [os.path.join(TESTS, self.name)], cwd=directory, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=join_cgroup)
        try:
            status = self._pass_on(process)
        finally:
            process.stdout.close()
            shutil.rmtree(directory, ignore_errors=True)
        return status

    def _pass_on(self, process):
        """Sleeps until something happens: who wakes up now and then disturbs what counts instructions."""
        deadline = time.monotonic() + self.seconds
        pending = b''
        output, end = process.stdout.fileno(), os.pidfd_open(process.pid)
        waiting = [output, end]
        try:
            while True:
                left = deadline - time.monotonic()
                ready = select.select(waiting, [], [], max(0, left))[0]
                if not ready or left < 0:
                    self.stacks = [describe(pid) for pid in cgroup_pids()]
                    return None
                if output in ready:
                    data = os.read(output, 65536)
                    *lines, pending = (pending + data).split(b'\n')
                    for line in lines:
                        self._line(line)
                    if not data:
                        waiting.remove(output)
                else:
                    # A daemon that the test left behind may keep the pipe open: the test's end counts.
                    if pending:
                        self._line(pending)
                    return process.wait()
        finally:
            os.close(end)

    def _line(self, line):
        text = line.decode(errors='replace')
        self.failed |= text.startswith('not ok')
        self.channel.write(text)


def unload_modules():
    """Unloads ours after each test; returns (name, error) of those that stay."""
    stuck = []
    for module in MODULES:
        if os.path.exists('/sys/module/%s/holders' % module):
            error = unload(module)
            if error:
                stuck.append((module, error))
    return stuck


def unload(module):
    """Waits for udev, which looks at every disk that was closed after a write; returns the error."""
    deadline = time.monotonic() + patience(10)
    while True:
        try:
            done = subprocess.run(['rmmod', module], stdout=subprocess.PIPE, timeout=patience(20),
                                  stderr=subprocess.STDOUT, text=True, check=False)
        except subprocess.TimeoutExpired:
            return 'rmmod hangs'
        if done.returncode == 0:
            return None
        if 'in use' not in done.stdout or time.monotonic() > deadline:
            return done.stdout.strip()
        subprocess.run(['udevadm', 'settle', '--timeout=%d' % patience(20)], check=False)


def clean_up():
    """Undoes what a test that died could have left in the way of unloading."""
    for target in reversed(mounts_of_xbd()):
        subprocess.run(['umount', '-l', target], check=False)
    if os.path.isdir('/run/netns'):
        for name in os.listdir('/run/netns'):
            subprocess.run(['ip', 'netns', 'del', name], check=False)
    for module in ('xbd', 'xchar'):
        remove_items('/sys/kernel/config/' + module)


def mounts_of_xbd():
    with open('/proc/mounts', encoding='utf-8') as file:
        return [line.split()[1] for line in file if line.startswith('/dev/xbd')]


def remove_items(directory):
    if os.path.isdir(directory):
        for item in os.scandir(directory):
            if item.is_dir(follow_symlinks=False):
                subprocess.run(['rmdir', item.path], stderr=subprocess.DEVNULL, check=False)


class Kmemleak:
    """The kernel's search for memory that nobody knows any more; where it has none, nothing."""

    # It reports nothing younger, see MSECS_MIN_AGE in configs/debug.patch.
    AGE = 1.1

    def __init__(self):
        self.there = os.path.exists(KMEMLEAK)
        if self.there:
            self._tell('scan=off')
            self.report()

    @staticmethod
    def _tell(word):
        """False: there is something to look at again later, see configs/debug.patch."""
        file = os.open(KMEMLEAK, os.O_WRONLY)
        try:
            os.write(file, word.encode())
        except BlockingIOError:
            return False
        finally:
            os.close(file)
        return True

    def report(self):
        """What is new since the report before this one. The first scan takes checksums, the second
        finds what did not change; how many, it says in the kernel log, too, where that does not count."""
        if not self._tell('scan'):
            time.sleep(self.AGE)
            self._tell('scan')
        with open(KMEMLEAK, encoding='ascii', errors='replace') as file:
            lines = file.read().splitlines()
        self._tell('clear')
        return lines


def check_for_leaks(channel, name, kmemleak):
    if not kmemleak.there:
        return
    report = leaks_but_of(read_header(os.path.join(TESTS, name))['forgives'].split(), kmemleak.report())
    channel.write('#result %s kmemleak finds nothing after %s' % ('not' if report else 'ok', name))
    send_comments(channel, report[:LOG_LINES])


def run_test(channel, kmemleak, name, seconds, needs):
    missing = [program for program in needs if not shutil.which(program)]
    if missing:
        channel.write('#result ok %s # SKIP needs %s' % (name, ' '.join(missing)))
        channel.write('#end skipped clean')
        return
    log = KernelLog()
    mark('begin', name)
    test = TestProcess(channel, name, seconds)
    status = test.run()
    clean = True
    if status is None:
        channel.write('#result not %s ends within %d s' % (name, seconds))
        clean = False
        send_comments(channel, test.stacks)
    survivors = kill_test()
    if survivors:
        channel.write('#result not processes of %s can be killed' % name)
        send_comments(channel, survivors)
        clean = False
    if clean:
        clean = end_of_test(channel, name)
    if clean:
        check_for_leaks(channel, name, kmemleak)
    mark('end', name)
    lines = log.close()
    if test.failed or status or not clean:
        channel.write('# kernel log during %s:' % name)
        send_comments(channel, lines[-LOG_LINES:])
    # A test without a plan fails at the host anyhow; one that was killed must not say so twice.
    channel.write('#end %s %s' % ('skipped' if status is None else status,
                                  'clean' if clean else 'dirty'))


def end_of_test(channel, name):
    clean_up()
    stuck = unload_modules()
    channel.write('#result %s modules unload after %s' % ('not' if stuck else 'ok', name))
    send_comments(channel, ['%s: %s' % pair for pair in stuck])
    return not stuck


def send_comments(channel, texts):
    for text in texts:
        for line in text.split('\n'):
            channel.write('# ' + line)


def keep_coverage():
    """What the kernel counted of our lines goes to disk, each boot's in a directory of its own."""
    if os.path.isdir(GCOV):
        with open('/proc/sys/kernel/random/boot_id', encoding='ascii') as file:
            kept = '/root/coverage/' + file.read().strip()
        shutil.copytree(GCOV, kept, symlinks=True)


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel()
    kmemleak = Kmemleak()
    with open('/proc/version', encoding='ascii') as file:
        channel.write('#ready ' + file.read().strip())
    while True:
        verb, *arguments = channel.read().split()
        if verb == 'poweroff':
            keep_coverage()
            return
        run_test(channel, kmemleak, arguments[0], int(arguments[1]), arguments[2:])


if __name__ == '__main__':
    main()
