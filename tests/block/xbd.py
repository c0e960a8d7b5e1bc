# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of xbd share: raw access to a disk, its ioctls and attributes."""

import fcntl
import mmap
import os
import socket
import struct

from tap import diag, ok, read_text, run, wait_for, write_text

CONFIGFS = '/sys/kernel/config/xbd/'

BLKROSET = 0x125d
BLKDISCARD = 0x1277
BLKSECDISCARD = 0x127d
BLKZEROOUT = 0x127f
HDIO_GETGEO = 0x0301
FALLOC_FL_KEEP_SIZE = 1
FALLOC_FL_PUNCH_HOLE = 2
FALLOC_FL_ZERO_RANGE = 16
PAGE = 4096
MIB = 1 << 20


class Disk:
    """A disk opened with O_DIRECT: what is read and written passes no cache."""

    def __init__(self, name='xbd0', flags=os.O_RDWR | os.O_DIRECT):
        self.name = name
        self.fd = os.open('/dev/' + name, flags)

    def close(self):
        os.close(self.fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def write(self, pos, data):
        buffer = mmap.mmap(-1, len(data))
        buffer.write(data)
        written = os.pwrite(self.fd, buffer, pos)
        buffer.close()
        if written != len(data):
            raise OSError('wrote %d of %d bytes' % (written, len(data)))

    def read(self, pos, length):
        buffer = mmap.mmap(-1, length)
        got = os.preadv(self.fd, [buffer], pos)
        data = buffer[:got]
        buffer.close()
        return data

    def _range(self, request, pos, length):
        fcntl.ioctl(self.fd, request, struct.pack('QQ', pos, length))

    def discard(self, pos, length):
        self._range(BLKDISCARD, pos, length)

    def secure_erase(self, pos, length):
        self._range(BLKSECDISCARD, pos, length)

    def zero_out(self, pos, length):
        """Write zeroes with NOUNMAP."""
        self._range(BLKZEROOUT, pos, length)

    def punch_hole(self, pos, length):
        """Write zeroes that may unmap."""
        libc_fallocate(self.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, pos, length)

    def attribute(self, name):
        return read_text('/sys/block/%s/%s' % (self.name, name))

    def memory_used(self):
        return int(self.attribute('xbd/memory_used'))


def libc_fallocate(fd, mode, pos, length):
    import ctypes  # pylint: disable=import-outside-toplevel
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.fallocate(fd, mode, ctypes.c_long(pos), ctypes.c_long(length)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def mem_free():
    """Bytes of free memory, with what every CPU keeps at hand: that may be an eighth of all."""
    with open('/proc/meminfo', encoding='ascii') as file:
        free = sum(int(line.split()[1]) * 1024 for line in file if line.startswith('MemFree:'))
    with open('/proc/zoneinfo', encoding='ascii') as file:
        return free + PAGE * sum(int(line.split()[1]) for line in file
                                 if line.split()[0] == 'count:')


def drop_caches():
    os.sync()
    with open('/proc/sys/vm/drop_caches', 'w', encoding='ascii') as file:
        file.write('3')


def unload():
    """Unloads the driver. udev looks at a disk whenever somebody has closed it after writing, so one
    refusal means nothing."""
    if not wait_for(10, lambda: not run('rmmod', 'xbd', check=False)[0]):
        ok(False, 'the driver unloads')


class Log:
    """Lines of the kernel log from now on that name the driver or a disk: others come at any time, such as that
    a CPU was busy for long."""

    def __init__(self):
        self.fd = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)

    def lines(self):
        found = []
        while True:
            try:
                found.append(os.read(self.fd, 8192).decode().split(';', 1)[1].split('\n')[0])
            except BlockingIOError:
                os.close(self.fd)
                return [line for line in found if 'xbd' in line]


class Directory:
    """A directory in configfs, with attributes as of a dict; with "with", removed in the end."""

    def __init__(self, name, **attributes):
        self.path = CONFIGFS + name
        if not os.path.isdir(self.path):
            os.mkdir(self.path)
        for attribute, value in attributes.items():
            self[attribute] = value

    def __getitem__(self, name):
        return read_text('%s/%s' % (self.path, name))

    def __setitem__(self, name, value):
        write_text('%s/%s' % (self.path, name), value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if os.path.isdir(self.path):
            self.remove()

    @property
    def disk(self):
        return 'xbd' + self['index']

    @property
    def node(self):
        return '/dev/' + self.disk

    def all(self):
        """What can be read of it."""
        return {name: self[name] for name in os.listdir(self.path)
                if os.path.isfile('%s/%s' % (self.path, name)) and
                os.stat('%s/%s' % (self.path, name)).st_mode & 0o444}

    def remove(self):
        os.rmdir(self.path)


class Rule(Directory):
    """A rule for faults of the disk with this directory; with "with", removed in the end."""

    def __init__(self, directory, name, **attributes):
        super().__init__('%s/faults/%s' % (directory, name), **attributes)


def alike(option, names):
    """Other tests of disks pass, too, when this is the default."""
    path = '/run/modprobe.d/xbd-test.conf'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='ascii') as file:
        file.write('options xbd %s\n' % option)
    try:
        for name in names:
            status, output = run(os.path.join(os.path.dirname(os.path.abspath(__file__)), name),
                                 check=False, timeout=150)
            ok(not status, 'what block/%s tests is the same with %s' % (name, option))
            if status:
                diag('\n'.join(line for line in output.split('\n') if not line.startswith('ok')))
    finally:
        os.unlink(path)


class Uevents:
    """The kernel's uevents from now on, each as a dict."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)
        self.socket.bind((0, 1))
        self.socket.setblocking(False)

    def of(self, disk):
        found = []
        while True:
            try:
                words = self.socket.recv(1 << 16).decode(errors='replace').split('\0')
            except BlockingIOError:
                return found
            event = dict(word.split('=', 1) for word in words[1:] if '=' in word)
            if event.get('DEVNAME') == disk:
                found.append(event)

    def close(self):
        self.socket.close()
