# SPDX-License-Identifier: GPL-2.0-only
"""TAP for tests in Python: import it, call done() last. Descriptions are sentences of behaviour.

    from tap import done, equal, modprobe, ok
    modprobe('xchar')
    equal(read_all('/dev/xchar0'), b'hello', 'what is written can be read')
    done()
"""

import ctypes
import errno
import os
import random
import subprocess
import sys
import time
import traceback

from processes import describe, family_of
from syscalls import DELETE_MODULE

_LIBC = ctypes.CDLL(None, use_errno=True)

_count = 0
_failed = 0


def _report(good, description):
    global _count, _failed
    _count += 1
    _failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', _count, description), flush=True)


def diag(text):
    """Explains; every line becomes a comment."""
    for line in str(text).split('\n'):
        print('# ' + line, flush=True)


note = diag


def ok(condition, description, why=''):
    """The condition is true; otherwise why is shown."""
    _report(bool(condition), description)
    if not condition and why != '':
        diag(why)
    return bool(condition)


def equal(got, want, description):
    """Both are equal."""
    return ok(got == want, description, 'got:    %r\nwanted: %r' % (got, want))


def skip(description, why):
    """Counted by name as skipped."""
    _report(True, '%s # SKIP %s' % (description, why))


def raises_errno(number, description, function, *args, **kwargs):
    """The call fails with this errno (errno.ENODEV…), or with one of a tuple of them."""
    wanted = number if isinstance(number, tuple) else (number,)
    try:
        result = function(*args, **kwargs)
    except OSError as error:
        return ok(error.errno in wanted, description, 'got %s, wanted %s' % (
            errno.errorcode.get(error.errno, error.errno),
            ' or '.join(errno.errorcode.get(number, str(number)) for number in wanted)))
    return ok(False, description, 'no error, result %r' % (result,))


def bail(why):
    """Nothing after this can work: a failure, and the end."""
    _report(False, why)
    done()


def done():
    """Prints the plan and exits, with 1 when something failed or nothing ran."""
    print('1..%d' % _count, flush=True)
    sys.exit(0 if _count and not _failed else 1)


def rounds(number, least=1):
    """How often to repeat what could go wrong: less where a slow kernel runs everything."""
    return max(least, number * int(os.environ.get('XDRV_PERCENT', '100')) // 100)


def some(items, least=1):
    """All of them, or a sample where rounds() are fewer."""
    items = list(items)
    return random.sample(items, min(len(items), rounds(len(items), least)))


def patience(seconds):
    """A time limit: longer on a busy machine and on a slow kernel."""
    return seconds * float(os.environ.get('XDRV_PATIENCE', '1'))


def run(*command, check=True, timeout=None, **kwargs):
    """Runs a command and returns its output (both streams) as text. When it fails the test ends with
    a failure, unless check is False: then (status, output) is returned. A timeout is stretched like all."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            timeout=timeout and patience(timeout), check=False, **kwargs)
    if not check:
        return result.returncode, result.stdout
    if result.returncode:
        diag(result.stdout.rstrip())
        bail('command works: ' + ' '.join(command))
    return result.stdout


def settle():
    """Waits until udev is done with every event; the test ends with a failure, and with what udev is
    doing, when that takes too long."""
    status, _ = run('udevadm', 'settle', '--timeout=%d' % patience(20), check=False)
    if status:
        diag('\n'.join(map(describe, family_of('udevd'))))
        bail('udev is done with every event')


def modprobe(name, **parameters):
    """Loads a module; the test ends with a failure when that fails."""
    run('modprobe', name, *['%s=%s' % item for item in parameters.items()])


def try_rmmod(name):
    """Unloads a module and returns (status, output). udev looks at a disk that is new or was written
    to, and a disk that is open keeps its module: that is waited for."""
    deadline = time.monotonic() + patience(5)
    while _LIBC.syscall(DELETE_MODULE, name.encode(), os.O_NONBLOCK):
        error = ctypes.get_errno()
        if error != errno.EWOULDBLOCK or time.monotonic() > deadline:
            return error, os.strerror(error)
        settle()
    return 0, ''


def rmmod(name):
    """Unloads a module; the test ends with a failure when that fails."""
    status, output = try_rmmod(name)
    if status:
        diag(output.rstrip())
        bail('rmmod works: ' + name)


def wait_for(seconds, function, *args):
    """Polls until the function returns something true, and returns that; None when time is up."""
    deadline = time.monotonic() + patience(seconds)
    while True:
        # Everything may stand still while it looks: then it looks once more.
        late = time.monotonic() > deadline
        result = function(*args)
        if result:
            return result
        if late:
            note('%s: not in %g s' % (getattr(function, '__qualname__', function), patience(seconds)))
            return None
        time.sleep(0.05)


def read_text(path):
    """The stripped text of a file such as an attribute."""
    with open(path, encoding='utf-8') as file:
        return file.read().strip()


def write_text(path, text):
    """One write to a file such as an attribute; errors come as OSError."""
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, str(text).encode())
    finally:
        os.close(fd)


def host_cmd(*words):
    """Asks the host, see host_cmd in tap.sh; returns (worked, answer)."""
    script = '. "%s/tap.sh"; host_cmd "$@"' % os.path.dirname(os.path.abspath(__file__))
    status, output = run('bash', '-c', script, 'host_cmd', *words, check=False)
    return status == 0, output.strip()


def _unexpected(kind, error, trace):
    _report(False, 'the test runs to its end (%s)' % kind.__name__)
    for line in traceback.format_exception(kind, error, trace):
        diag(line.rstrip())
    print('1..%d' % _count, flush=True)


sys.excepthook = _unexpected
