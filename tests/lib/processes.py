# SPDX-License-Identifier: GPL-2.0-only
"""What processes are doing: for reports about what hangs."""

import os
import re

STAT = re.compile(r'^\d+ \((.*)\) (.) (\d+)', re.S)


def processes():
    """(pid, name, pid of the parent) of each, a parent before its children as a rule."""
    for pid in sorted(int(name) for name in os.listdir('/proc') if name.isdigit()):
        try:
            with open('/proc/%d/stat' % pid, encoding='utf-8', errors='replace') as file:
                name, _, parent = STAT.match(file.read()).groups()
        except OSError:
            continue
        yield pid, name, int(parent)


def family_of(name):
    """The processes of that name and those that they have started."""
    family = []
    for pid, its_name, parent in processes():
        if name in its_name or parent in family:
            family.append(pid)
    return family


def describe(pid):
    """Its name, state, command and where it is in the kernel."""
    try:
        with open('/proc/%d/stat' % pid, encoding='utf-8', errors='replace') as file:
            name, state, _ = STAT.match(file.read()).groups()
        with open('/proc/%d/cmdline' % pid, encoding='utf-8', errors='replace') as file:
            command = file.read().replace('\0', ' ').strip()
        with open('/proc/%d/stack' % pid, encoding='ascii') as file:
            stack = ['  ' + line.strip() for line in file.readlines()[:12]]
    except OSError:
        return '(%d is gone)' % pid
    return '\n'.join(['%s (%d) %s: %s' % (name, pid, state, command)] + stack)
