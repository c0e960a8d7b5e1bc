# SPDX-License-Identifier: GPL-2.0-only
"""Char cases: what char.c counts, on our loopback device and on what people use instead."""

import glob
import os

from cases import AGAIN
from system import PROGRAMS, Cannot, modprobe, samples_of, unload

XCHAR = '/dev/xchar0'
# Enough that a timer tick, every 4 million instructions, makes no difference.
LOOPS = 5000
BIG_LOOPS = 500


def where(subject):
    """What char.c calls the subject."""
    if subject == 'gnss':
        if not glob.glob('/sys/class/gnss/*'):
            raise Cannot('a stock kernel has no GNSS driver that works without the hardware')
        raise Cannot('a GNSS receiver does not send back what it is sent')
    if subject == 'xchar' and not os.path.exists(XCHAR):
        raise Cannot('xchar made no ' + XCHAR)
    return XCHAR if subject == 'xchar' else subject


def run(cases, context):
    modprobe('xchar')
    try:
        for case in cases:
            context.progress(case.name)
            for subject in case.subjects:
                context.attempt([case], subject, measure, case, subject, context)
    finally:
        unload('xchar')


def measure(case, subject, context):
    scale, how = context.scale_for(case), case.how
    loops = BIG_LOOPS if how['size'] > 4096 else LOOPS
    command = (PROGRAMS + 'char', how['mode'], where(subject.removesuffix(AGAIN)), how['size'],
               max(4, int(loops * scale.loops)), scale.samples)
    context.value(case, subject, samples_of(*command),
                  ' '.join([os.path.basename(command[0])] + [str(word) for word in command[1:]]))
