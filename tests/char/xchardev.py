# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of xchar share: devices made through configfs, and system calls that may block."""

import ctypes
import os
import pickle
import select
import signal
import threading
import time

from tap import bail, patience, read_text, write_text

CONFIGFS = '/sys/kernel/config/xchar/'
RWF_NOWAIT = 8
# Of chardev/uapi/xchar.h; char/ioctl has numbers of its own to compare it with.
RESIZE, FLUSH, TRUNCATE, FALLOCATE = 0xc004bc03, 0x4004bc04, 0x4008bc06, 0x4018bc07

libc = ctypes.CDLL(None, use_errno=True)
for _function in (libc.read, libc.write):
    _function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
    _function.restype = ctypes.c_ssize_t


def directories():
    """Of all devices that there are descriptions of."""
    return sorted(entry.name for entry in os.scandir(CONFIGFS) if entry.is_dir())


class Device:
    """A device of a test's own: `with Device(buffer_size=4096) as device`. Other attributes are
    given by name."""

    count = 0

    def __init__(self, buffer_size=65536, **attributes):
        Device.count += 1
        self.directory = '%stest%d-%d' % (CONFIGFS, os.getpid(), Device.count)
        os.mkdir(self.directory)
        self.set('buffer_size', buffer_size)
        for name, value in attributes.items():
            self.set(name, value)
        self.set('power', 1)
        self.name = self.get('dev')
        self.path = '/dev/' + self.name

    def get(self, name):
        return read_text('%s/%s' % (self.directory, name))

    def set(self, name, value):
        write_text('%s/%s' % (self.directory, name), value)

    def open(self, flags=os.O_RDWR):
        return os.open(self.path, flags)

    def power_off(self):
        self.set('power', 0)

    def remove(self):
        os.rmdir(self.directory)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if os.path.isdir(self.directory):
            self.remove()


class Background:
    """A function in a process of its own, because it may block or get signals."""

    def __init__(self, function, *args):
        self.fd, fd = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.fd)
            try:
                answer = (function(*args), None)
            except OSError as error:
                answer = (None, error.errno)
            with os.fdopen(fd, 'wb') as file:
                pickle.dump(answer, file)
            os._exit(0)
        os.close(fd)

    def is_blocked(self):
        """Sleeps in a system call, and still does after a while?"""
        for _ in range(3):
            with open('/proc/%d/stat' % self.pid, encoding='ascii') as file:
                if file.read().rpartition(')')[2].split()[0] != 'S':
                    return False
            time.sleep(0.02)
        return True

    def wait_until_blocked(self):
        deadline = time.monotonic() + patience(20)
        while not self.is_blocked():
            if time.monotonic() > deadline or select.select([self.fd], [], [], 0)[0]:
                bail('a call blocks where it should')

    def kill(self, number):
        os.kill(self.pid, number)

    def is_done(self):
        return bool(select.select([self.fd], [], [], 0)[0])

    def result(self, seconds=20):
        """What the function returned, or (None, errno); the test ends if it does not in time."""
        value, error = self.outcome(seconds)
        return value if error is None else (None, error)

    def outcome(self, seconds=20):
        """(value, None) or (None, errno)."""
        if not select.select([self.fd], [], [], patience(seconds))[0]:
            with open('/proc/%d/stack' % self.pid, encoding='ascii') as file:
                stack = file.read()
            os.kill(self.pid, signal.SIGKILL)
            bail('a blocked call ends within %d s; it hangs in\n# %s' % (
                patience(seconds), stack.replace('\n', '\n# ')))
        with os.fdopen(self.fd, 'rb') as file:
            data = file.read()
        os.waitpid(self.pid, 0)
        return pickle.loads(data) if data else (None, -1)


def read_errno(fd, size=1, flags=None):
    """What read (or, with flags, preadv2) returns: bytes, or the errno."""
    try:
        if flags is None:
            return os.read(fd, size)
        buffer = bytearray(size)
        return bytes(buffer[:os.preadv(fd, [buffer], -1, flags)])
    except OSError as error:
        return error.errno


def write_errno(fd, data, flags=None):
    """What write (or, with flags, pwritev2) returns: a count, or the errno."""
    try:
        return os.write(fd, data) if flags is None else os.pwritev(fd, [data], -1, flags)
    except OSError as error:
        return error.errno


def read_exactly(fd, size):
    data = b''
    while len(data) < size:
        more = os.read(fd, size - len(data))
        if not more:
            break
        data += more
    return data


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


def read_to_end(path):
    with open(path, 'rb', buffering=0) as file:
        return file.read()


def poll_now(fd, events=select.POLLIN | select.POLLOUT, milliseconds=0):
    poller = select.poll()
    poller.register(fd, events)
    answer = poller.poll(milliseconds)
    return answer[0][1] if answer else 0


def threads(*functions):
    """Runs them at the same time and waits; raises what one of them raised."""
    errors = []

    def guarded(function):
        try:
            function()
        except BaseException as error:  # pylint: disable=broad-except
            errors.append(error)

    running = [threading.Thread(target=guarded, args=(function,), daemon=True)
               for function in functions]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(patience(120))
        if thread.is_alive():
            bail('readers and writers end')
    if errors:
        raise errors[0]
