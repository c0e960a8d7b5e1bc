#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""agree.py BENCH_JSON...: do repeats of the icount parts agree? Prints the largest distance of each
case and subject that is above a tenth of the limit; status 1 when one is above the limit, 0.5 %."""

import json
import sys

from cases import SELF_TEST_LIMIT


def values_of(path):
    """{(part, case, subject): value} of the parts that count."""
    with open(path, encoding='utf-8') as file:
        records = json.load(file)['records']
    values = {}
    for record in records:
        if record['part'] == 'throughput':
            continue
        for name, party in dict(record['peers'], **{record['subject']: record}).items():
            if 'value' in party:
                values[record['part'], record['case'], name] = party['value']
    return values


def distances(runs):
    """(distance, key, values), the largest first."""
    for key in set.intersection(*(set(run) for run in runs)):
        values = [run[key] for run in runs]
        middle = sorted(values)[len(values) // 2]
        yield (max(values) - min(values)) / middle if middle else 0, key, values


def main():
    runs = [values_of(path) for path in sys.argv[1:]]
    ranked = sorted(distances(runs), reverse=True)
    for distance, key, values in ranked:
        if distance > SELF_TEST_LIMIT / 10:
            print('%6.2f %%  %-60s %s' % (100 * distance, ' '.join(key),
                                         ' '.join('%.6g' % value for value in values)))
    bad = sum(distance > SELF_TEST_LIMIT for distance, _, _ in ranked)
    print('%d values in %d runs; %d agree within 0.5 %%, the others: %d' % (
        len(ranked), len(runs), len(ranked) - bad, bad))
    return 1 if bad or not ranked else 0


if __name__ == '__main__':
    sys.exit(main())
