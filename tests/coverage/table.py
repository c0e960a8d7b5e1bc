#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""table.py LEAST TOP INFO: lines of each file and module that ran, from what lcov counted, and the
lines that did not. Status 1 when a module has less than LEAST percent."""

import os
import sys


def read_info(path, top):
    """{file: {line: times}}"""
    files, lines = {}, {}
    with open(path, encoding='utf-8') as info:
        for record in info:
            kind, _, rest = record.strip().partition(':')
            if kind == 'SF':
                lines = files.setdefault(os.path.relpath(rest, top), {})
            elif kind == 'DA':
                number, times = rest.split(',')[:2]
                lines[int(number)] = lines.get(int(number), 0) + int(times)
    return files


def ranges(numbers):
    """[3, 4, 5, 9] as "3-5 9"."""
    spans = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ' '.join('%d' % first if first == last else '%d-%d' % (first, last)
                    for first, last in spans)


def row(name, ran, lines, missing=''):
    print('%-28s %5d of %5d  %6.1f %%  %s' % (name, ran, lines, 100 * ran / lines, missing))


def main():
    least, files = float(sys.argv[1]), read_info(sys.argv[3], sys.argv[2])
    modules = {}
    for name, lines in sorted(files.items()):
        missing = [number for number, times in lines.items() if not times]
        row(name, len(lines) - len(missing), len(lines), ranges(missing))
        counts = modules.setdefault(name.split('/')[0], [0, 0])
        counts[0] += len(lines) - len(missing)
        counts[1] += len(lines)
    print()
    for name, (ran, lines) in modules.items():
        row(name, ran, lines)
    low = [name for name, (ran, lines) in modules.items() if 100 * ran < least * lines]
    if low or not modules:
        print('less than %g %% of the lines ran: %s' % (least, ' '.join(low) or 'of everything'))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
