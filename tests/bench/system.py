# SPDX-License-Identifier: GPL-2.0-only
"""What all measuring code in the guest uses: programs, attributes, modules, the host."""

import ctypes
import errno
import glob
import gzip
import lzma
import os
import select
import subprocess
import time

from syscalls import DELETE_MODULE, FINIT_MODULE

PROGRAMS = '/root/xdrv/out/bench/'
CHANNEL = '/dev/xdrv-host'

libc = ctypes.CDLL(None, use_errno=True)


class Cannot(Exception):
    """This cannot be measured here; the text says why."""


def run(*command, check=True):
    """Runs a program; returns its output. Failure says what it printed. Without a time limit, as nothing
    here has one: under icount the clock leaps ahead while the guest waits for the host to read a file,
    which a busy host takes long for. The host limits the whole."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
    if check and done.returncode:
        raise Cannot('%s: %s' % (' '.join(map(str, command[:4])), last_line(done.stdout)))
    return done.stdout


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else 'no output'


def read_text(path):
    with open(path, encoding='ascii', errors='replace') as file:
        return file.read().strip()


def write_text(path, text):
    """One write to an attribute. OSError when it is refused."""
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, str(text).encode())
    finally:
        os.close(fd)


def end_udev():
    """It would look at every disk just when that is measured; the kernel makes the nodes."""
    ends = [os.pidfd_open(pid) for pid in pids_of('systemd-udevd')]
    run('udevadm', 'control', '--exit', check=False)
    for end in ends:
        select.select([end], [], [])
        os.close(end)


def pids_of(program):
    for path in glob.glob('/proc/[0-9]*/comm'):
        try:
            if read_text(path) == program:
                yield int(path.split('/')[2])
        except OSError:                             # it ended meanwhile
            pass


def sort_memory():
    """Free pages lie together again: what it costs to take and to free one depends on that."""
    write_text('/proc/sys/vm/drop_caches', 3)
    write_text('/proc/sys/vm/compact_memory', 1)


def modprobe(name, **parameters):
    run('modprobe', name, *('%s=%s' % pair for pair in parameters.items()))


def module_image(name):
    """The module's file as the kernel wants it, kept in memory."""
    path = '/dev/shm/%s.ko' % name
    if not os.path.exists(path):
        source = run('modinfo', '-n', name).strip()
        opener = {'.xz': lzma.open, '.gz': gzip.open}.get(os.path.splitext(source)[1], open)
        with opener(source, 'rb') as packed, open(path, 'wb') as image:
            image.write(packed.read())
        for need in run('modinfo', '-F', 'depends', name).strip().split(','):
            if need:
                modprobe(need)
    return path


def load(name, **parameters):
    """As modprobe, but nothing that the host has to be asked for happens after the first time."""
    fd = os.open(module_image(name), os.O_RDONLY | os.O_CLOEXEC)
    words = ' '.join('%s=%s' % pair for pair in parameters.items())
    try:
        if libc.syscall(FINIT_MODULE, fd, words.encode(), 0):
            raise Cannot('loading %s %s: %s' % (name, words, os.strerror(ctypes.get_errno())))
    finally:
        os.close(fd)


def unload(name):
    """What is freed later may hold the module for a moment."""
    for _ in range(100):
        if not libc.syscall(DELETE_MODULE, name.encode(), os.O_NONBLOCK):
            return
        if ctypes.get_errno() != errno.EWOULDBLOCK:
            break
        time.sleep(0.1)
    raise Cannot('unloading %s: %s' % (name, os.strerror(ctypes.get_errno())))


def wait_for(what, condition, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        # While it looks, the clock may leap: then it looks once more.
        late = time.monotonic() > deadline
        if condition():
            return
        if late:
            raise Cannot('waited %d s in vain: %s' % (seconds, what))
        time.sleep(0.02)


def samples_of(*command):
    """Runs one of our C programs, which prints a number per line."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Cannot(last_line(done.stderr))
    return [float(line) for line in done.stdout.split()]


def ask_host(request):
    """A request to the host, answered by host.py. Never sleeps: when the guest has nothing to do,
    its clock under icount leaps ahead, and a time limit would be over before the host looked."""
    fd = os.open(CHANNEL, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        os.write(fd, ('#host %s\n' % request).encode())
        answer = b''
        while not answer.endswith(b'\n'):
            if select.select([fd], [], [], 0)[0]:
                answer += os.read(fd, 4096)
    finally:
        os.close(fd)
    text = answer.decode().strip()
    if not text.startswith('#answer ok'):
        raise Cannot('the host answers: ' + text)
    return text[len('#answer ok'):].strip()
