# SPDX-License-Identifier: GPL-2.0-only
"""Allocations that fail, each in its turn, where the kernel can make them: failslab, fail_page_alloc, and
fail_usercopy too.

    failnth.begin()
    failnth.below(failnth.our_text())
    failnth.sweep('opening a device', open_it, close_it)

Only those below functions of ours fail, so that the many of others, which they test themselves, are not
counted; and only of the task itself.
"""

import errno
import glob
import os
import random

from tap import done, note, ok, rounds, skip, write_text

MODULES = ('xnet', 'xbd', 'xchar', 'xdrv_common')
# What cannot be had for want of memory, the block layer says so in its own way; or of a user's page.
REFUSALS = (errno.ENOMEM, errno.EIO, errno.ENOSPC, errno.ENOBUFS, errno.EFAULT)

_FAIL_NTH = '/proc/thread-self/fail-nth'
_KINDS = [os.path.dirname(path) for path in glob.glob('/sys/kernel/debug/fail*/require-start')]
_UNREACHED = 1000000
_MOST = rounds(100)
_GENERATOR = random.Random()


def begin():
    """The test ends where the kernel cannot make allocations fail."""
    if not _KINDS or not os.path.exists(_FAIL_NTH):
        skip('allocations of ours fail, each in its turn', 'this kernel cannot make them fail')
        done()
    seed = int(os.environ.get('SEED', random.randrange(1 << 32)))
    note('SEED=%d' % seed)
    _GENERATOR.seed(seed)
    for kind in _KINDS:
        for name, value in (('verbose', 0), ('probability', 0), ('ignore-gfp-wait', 'N'),
                            ('ignore-gfp-highmem', 'N'), ('min-order', 0)):
            if os.path.exists(kind + '/' + name):
                write_text(kind + '/' + name, value)


def function(name):
    """From where to where a function of the kernel is."""
    with open('/proc/kallsyms', encoding='ascii') as file:
        lines = [line.split()[:3] for line in file if '[' not in line]
    found = sorted((int(address, 16), symbol) for address, kind, symbol in lines if kind in 'tT')
    for (address, symbol), after in zip(found, found[1:]):
        if symbol == name:
            return address, after[0]
    raise KeyError(name)


def our_text():
    """From the beginning of the first of our modules to the end of the last."""
    spans = []
    with open('/proc/modules', encoding='ascii') as file:
        for line in file:
            fields = line.split()
            if fields[0] in MODULES:
                spans.append((int(fields[5], 16), int(fields[5], 16) + int(fields[1])))
    return min(start for start, _ in spans), max(end for _, end in spans)


def _limit(how, span):
    for kind in _KINDS:
        write_text('%s/%s-start' % (kind, how), '%#x' % span[0])
        write_text('%s/%s-end' % (kind, how), '%#x' % span[1])


def below(span):
    """From now on only allocations fail that are made below functions there."""
    _limit('require', span)


def never_below(span):
    """The kernel has faults of its own when those fail."""
    _limit('reject', span)


def _with_fault(number, attempt):
    """How many allocations were missing for the number-th to fail; the error of the attempt, or 0."""
    file = os.open(_FAIL_NTH, os.O_RDWR)
    os.write(file, b'%d' % number)
    try:
        attempt()
        error = 0
    except OSError as failure:
        error = failure.errno
    left = int(os.pread(file, 16, 0))
    os.pwrite(file, b'0', 0)
    os.close(file)
    return left, error


def does_without(what, attempt, prepare=lambda: None, times=5):
    """None of the first allocations of the attempt, if there are any, is one that it needs."""
    errors = []
    for number in range(1, times + 1):
        prepare()
        errors.append(_with_fault(number, attempt)[1])
    ok(not any(errors), '%s does not fail for want of memory' % what, errors)


def sweep(what, attempt, undo, is_clean=lambda: True, refusals=REFUSALS):
    """Makes allocations of the attempt fail, each if there is time for all. What is attempted fails for
    one reason of those given, and is then as if nothing had been; or it does without, and is undone."""
    left, error = _with_fault(_UNREACHED, attempt)
    total = _UNREACHED - left
    undo()
    chosen = range(1, total + 1)
    if total > _MOST:
        chosen = sorted(_GENERATOR.sample(chosen, _MOST))
    refused, wrong = 0, [] if total and not error else [(total, error)]
    for number in chosen:
        left, error = _with_fault(number, attempt)
        if not error:
            undo()
            continue
        refused += 1
        if error not in refusals or left:
            wrong.append((number, errno.errorcode[error]))
        if not is_clean():
            wrong.append((number, 'not clean'))
    attempt()
    undo()
    note('%s: %d allocations, %d of %d needed' % (what, total, refused, len(chosen)))
    ok(not wrong, '%s fails for want of memory, or does without, and is possible then' % what, wrong)
