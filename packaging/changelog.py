#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""changelog.py debian|rpm EPOCH: CHANGELOG.md as such a package wants it. A version that is not released
yet has the time EPOCH."""

import datetime
import os
import re
import sys
import textwrap
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAINTAINER = 'xdrv maintainers <maintainers@xdrv.example>'
VERSION = re.compile(r'## (\S+) - (\S+)$')


def releases(lines):
    """Version, date and changes of each release, the newest first."""
    found = []
    for line in lines:
        head = VERSION.match(line)
        if head:
            found.append((head.group(1), head.group(2), []))
        elif line.startswith('- ') and found:
            found[-1][2].append(line[2:].strip())
        elif line.startswith('  ') and found:
            found[-1][2][-1] += ' ' + line.strip()
    return found


def seconds(date, epoch):
    """Noon of the day, so that it is the same day everywhere."""
    if date == 'unreleased':
        return epoch
    day = datetime.datetime.fromisoformat(date + 'T12:00:00+00:00')
    return int(day.timestamp())


def stamp(when, form):
    return time.strftime(form, time.gmtime(when))


def bullets(changes, indent, mark):
    return '\n'.join(textwrap.fill(change.replace('`', ''), 79, initial_indent=indent + mark + ' ',
                                   subsequent_indent=indent + '  ', break_on_hyphens=False)
                     for change in changes)


def debian(version, when, changes):
    return 'xdrv (%s) unstable; urgency=medium\n\n%s\n\n -- %s  %s\n' % (
        version, bullets(changes, '  ', '*'), MAINTAINER, stamp(when, '%a, %d %b %Y %H:%M:%S +0000'))


def rpm(version, when, changes):
    return '* %s %s - %s-1\n%s\n' % (
        stamp(when, '%a %b %d %Y'), MAINTAINER, version, bullets(changes, '', '-').replace('%', '%%'))


def main():
    form = {'debian': debian, 'rpm': rpm}[sys.argv[1]]
    epoch = int(sys.argv[2])
    with open(os.path.join(TOP, 'CHANGELOG.md'), encoding='utf-8') as file:
        found = releases(file)
    print('\n'.join(form(version, seconds(date, epoch), changes) for version, date, changes in found),
          end='')


if __name__ == '__main__':
    main()
