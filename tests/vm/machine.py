# SPDX-License-Identifier: GPL-2.0-only
"""One run of QEMU on a root directory: its command line, console, control channel and end."""

import argparse
import json
import os
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from qmp import Qmp, QmpError
from splat import Watcher

COMMAND_LINE = ('console={console} root=root rw init={init} loglevel=5 printk.devkmsg=on '
                'kfence.sample_interval=1 oops=panic panic=-1 panic_on_warn=0 '
                'rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30 mitigations=off '
                'net.ifnames=0 {extra}')

# By what uname -m says there: the emulator, its model of a CPU, the serial port for the console, what the control
# channel is (see init), and where to plug in a NIC, if not anywhere.
MACHINES = {
    'x86_64': {
        'emulator': ['qemu-system-x86_64', '-machine', 'pc'],
        'cpu': 'max,la57=off', 'console': 'ttyS0', 'control': ['-serial', 'chardev:control'], 'bus': ''},
    'aarch64': {
        'emulator': ['qemu-system-aarch64', '-machine', 'virt', '-device', 'pcie-pci-bridge,id=slots'],
        'cpu': 'max,pauth-impdef=on', 'console': 'ttyAMA0',
        'control': ['-device', 'pci-serial,chardev=control'], 'bus': 'slots'},
}


class MachineEnded(Exception):
    """QEMU is gone: the kernel panicked, or the machine was switched off."""


def option_parser():
    """Options that change the machine; a test may ask for them in its "# machine:" header."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--cpus', type=int, default=2)
    parser.add_argument('--memory', type=int, default=2048, help='MiB')
    parser.add_argument('--nics', type=int, default=2, help='number of rtl8139 on one hub')
    parser.add_argument('--device', action='append', default=[], help='more -device, any number')
    parser.add_argument('--qemu', action='append', default=[], help='any other QEMU option')
    parser.add_argument('--cpu', help='QEMU CPU model; default: all that the accelerator offers')
    parser.add_argument('--icount', help='for example shift=0,sleep=off; one CPU')
    parser.add_argument('--threads', choices=('single', 'multi'), default='single',
                        help='of the emulator: one for all CPUs in turn, or one for each')
    parser.add_argument('--append', default='', help='more words for the kernel command line')
    return parser


def end_on_sigterm():
    """SIGTERM ends the program as Ctrl-C does, through all its clean-up."""
    def stop(number, _frame):
        raise SystemExit(128 + number)
    signal.signal(signal.SIGTERM, stop)


def accelerator():
    """KVM only where it can work: a device node alone proves nothing."""
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
        flags = next((line.split() for line in file if line.startswith('flags')), [])
    if os.environ['VM_MACHINE'] != os.uname().machine:
        return 'tcg'
    if 'vmx' in flags or 'svm' in flags:
        try:
            os.close(os.open('/dev/kvm', os.O_RDWR))
            return 'kvm'
        except OSError:
            pass
    return 'tcg'


class Machine:
    """Start with start(), talk with send() and lines(), end with stop()."""

    def __init__(self, options, console_path=None):
        self.options = options
        self.kind = MACHINES[os.environ['VM_MACHINE']]
        self.console_path = console_path
        self.sockets = None
        self.process = None
        self.control = None
        self.qmp = None
        self.watcher = Watcher()
        self._console = None
        self._console_rest = ''
        self._pending = b''

    # Life

    def start(self, init, extra=''):
        """Starts QEMU and connects to it. Without console_path the console is this terminal."""
        self.sockets = tempfile.mkdtemp(prefix='xdrv-vm.')
        append = COMMAND_LINE.format(console=self.kind['console'], init=init,
                                     extra=' '.join([extra, self.options.append]))
        command = self._command(append)
        interactive = self.console_path is None
        if not interactive:
            self._console = open(self.console_path, 'a+b')
            self._console.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(
            command, stdin=None if interactive else subprocess.DEVNULL,
            stdout=None if interactive else self._console,
            stderr=None if interactive else self._console)
        try:
            self.qmp = Qmp(self._socket_when_there('qmp'))
            self.control = socket.socket(socket.AF_UNIX)
            self.control.connect(self._socket_when_there('control'))
            self.qmp.command('cont')
        except (OSError, QmpError) as error:
            self.stop()
            raise MachineEnded('QEMU does not start: %s' % error) from error

    def stop(self):
        """Ends QEMU (this one, by its pid) and forgets its sockets."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._read_console()
        for file in (self.control, self._console):
            if file:
                file.close()
        if self.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _command(self, append):
        options, path = self.options, self.sockets
        console = 'stdio,id=console,signal=off' if self.console_path is None else \
            'file,id=console,append=on,path=' + self.console_path
        command = [
            # QEMU never outlives this process, however that ends.
            'setpriv', '--pdeathsig', 'TERM',
            *self.kind['emulator'], '-S', '-nodefaults', '-no-reboot', '-display', 'none',
            '-smp', str(1 if options.icount else options.cpus), '-m', str(options.memory),
            '-kernel', os.environ['VM_IMAGE'], '-append', append,
            '-virtfs', 'local,path=%s,mount_tag=root,security_model=none,multidevs=remap'
            % os.environ['VM_ROOT'],
            '-chardev', console, '-serial', 'chardev:console',
            '-chardev', 'socket,id=control,server=on,wait=off,path=%s/control' % path,
            *self.kind['control'],
            '-qmp', 'unix:%s/qmp,server=on,wait=off' % path,
        ]
        if os.environ.get('VM_INITRD'):
            command += ['-initrd', os.environ['VM_INITRD']]
        command += self._accel_options() + self._nic_options()
        for device in options.device:
            command += ['-device', device]
        for option in options.qemu:
            command += shlex.split(option)
        return command

    def _accel_options(self):
        options = self.options
        if options.icount:
            return ['-accel', 'tcg,thread=single', '-cpu', options.cpu or self.kind['cpu'],
                    '-icount', options.icount]
        if accelerator() == 'kvm':
            return ['-accel', 'kvm', '-cpu', options.cpu or 'host']
        # CPUs that take turns in one thread lose nothing by waiting for each other, which guests do
        # much: two VMs on two CPUs of the host take half the time that they take with two threads
        # each. Races need real neighbours: tests that look for some ask for --threads multi.
        return ['-accel', 'tcg,thread=' + options.threads, '-cpu', options.cpu or self.kind['cpu']]

    def _nic_options(self):
        options = []
        for i in range(self.options.nics):
            slot = ''.join(',%s=%s' % item for item in self._slot('nic%d' % i).items())
            options += ['-netdev', 'hubport,id=net%d,hubid=0' % i, '-device',
                        'rtl8139%s,id=nic%d,netdev=net%d,mac=52:54:00:12:34:%02x' % (slot, i, i, i + 1)]
        return options

    def _slot(self, name):
        """Where a NIC is plugged in, if not anywhere. A bridge cannot unplug what is in its slot 0."""
        number = re.search(r'^nic(\d+)$', name)
        if not self.kind['bus'] or not number:
            return {}
        return {'bus': self.kind['bus'], 'addr': '%#x' % (int(number.group(1)) + 1)}

    def _socket_when_there(self, name):
        path = os.path.join(self.sockets, name)
        deadline = time.monotonic() + 30
        while not os.path.exists(path):
            if self.process.poll() is not None:
                raise MachineEnded('QEMU ended at once with status %d' % self.process.returncode)
            if time.monotonic() > deadline:
                raise MachineEnded('QEMU made no %s socket within 30 s' % name)
            time.sleep(0.02)
        return path

    # Control channel

    def send(self, line):
        self.control.sendall(line.encode() + b'\n')

    def read_line(self, deadline):
        """The next line of the guest that is not a request to the host; those are served here.
        Raises TimeoutError at the deadline (time.monotonic) and MachineEnded."""
        while True:
            line = self._raw_line(deadline)
            if not line.startswith('#host '):
                return line
            self.send('#answer ' + self._serve(line[len('#host '):]))

    def _raw_line(self, deadline):
        while b'\n' not in self._pending:
            self._read_console()
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not select.select([self.control], [], [], min(left, 0.5))[0]:
                if self.process.poll() is not None:
                    raise MachineEnded('QEMU ended with status %d' % self.process.returncode)
                continue
            data = self.control.recv(65536)
            if not data:
                self.process.wait()
                raise MachineEnded('QEMU ended with status %d' % self.process.returncode)
            self._pending += data
        line, _, self._pending = self._pending.partition(b'\n')
        return line.decode(errors='replace').rstrip('\r')

    # Requests of the guest

    def _serve(self, request):
        """Does what the guest asked: link NETDEV on|off, device_del ID, device_add JSON, qmp JSON."""
        verb, _, rest = request.partition(' ')
        try:
            if verb == 'link':
                name, state = rest.split()
                self.qmp.command('set_link', name=name, up=state == 'on')
            elif verb == 'device_del':
                self.qmp.command('device_del', id=rest)
                self.qmp.wait_event('DEVICE_DELETED', 20 * float(os.environ.get('XDRV_TIME_SCALE', '1')),
                                    device=rest)
            elif verb == 'device_add':
                device = json.loads(rest)
                self.qmp.command('device_add', **{**self._slot(device.get('id', '')), **device})
            elif verb == 'qmp':
                message = json.loads(rest)
                answer = self.qmp.command(message['execute'], **message.get('arguments', {}))
                return 'ok ' + json.dumps(answer)
            else:
                return 'error unknown request ' + verb
        except (QmpError, ValueError, KeyError, TypeError) as error:
            return 'error ' + str(error).replace('\n', ' ')
        return 'ok'

    # Console

    def _read_console(self):
        if not self._console or self._console.closed:
            return
        text = self._console_rest + self._console.read().decode(errors='replace')
        *lines, self._console_rest = text.split('\n')
        for line in lines:
            self.watcher.feed(line.rstrip('\r'))

    def console_reaches_end_of(self, name, seconds=5):
        """The console may lag behind the control channel: waits for the test's end marker there."""
        deadline = time.monotonic() + seconds
        while True:
            self._read_console()
            if name in self.watcher.ended or time.monotonic() > deadline or \
                    self.process.poll() is not None:
                return
            time.sleep(0.05)
