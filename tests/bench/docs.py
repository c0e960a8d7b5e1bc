#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""docs.py BENCH_JSON DOCS: writes DOCS/benchmarks.md and its plots from a run's results."""

import json
import os
import sys

import plots
from cases import OURS, PARTS
from records import is_self_test
from table import TITLES, number, ratio_text, reasons

INTRO = """<!-- SPDX-License-Identifier: GPL-2.0-only -->
<!-- Made by `make bench-docs` from the results of `make bench`: change tests/bench/docs.py. -->
# Benchmarks

The modules beside what people use instead of them, in the same virtual machine, one after another
or in turn. {versions}

How to read the tables: a cell has the value and, in brackets, how many times better than that our
module is: **above 1.00 ours wins**. A dash is a case that could not be measured; the reason is below
the table.

    make bench                              # everything, into out/bench/bench.json
    make bench PARTS=path CASES='block/*'   # a part of it; KERNEL=7.2 on another kernel
    make bench-docs                         # this page and its figures from out/bench/bench.json
"""

ABOUT = {
    'path': """QEMU's `-icount shift=0,sleep=off` makes the guest's clock count instructions, on one
CPU of a fixed model (`{cpu}`), so these figures are the length of the path through the kernel, the
same on any host, busy or not. They contain the measuring program's own instructions, the same for
everybody, and the copy of the data: one instruction for 8 bytes. They do not know of cache misses,
of locks that wait, and of what an access to a device costs. Runs agree within 0.5 %; a self-test
measures one device as both sides and fails when the ratio is not 1.00 within 0.5 %.""",
    'hardware': """In a virtual machine every register access leaves the guest, and an interrupt enters
it: that, not the instructions, is most of what a packet costs. Counted from QEMU's trace
(`memory_region_ops_read` and `_write` of the region `rtl8139`, `ioapic_set_irq`) during the same
loads, both ends together; the interrupts that were taken are the guest's own count. A line that is
raised while the driver is at work does not always become an interrupt.""",
    'throughput': """Two CPUs ({accelerator}), the clock on the wall. The subjects take turns in one
boot, several rounds; a value is the median, and ± half the distance of the extreme rounds. It
depends on the host: compare columns, not pages. Where the rounds are very far apart, as losses
are, their extremes stand in brackets. The interrupts of one NIC go to one CPU, those of the other to
the other one, where TCP_RR has that end. To emulate a CPU that halts QEMU puts a thread to sleep: a good part
of what TCP_RR takes here is the host's time to wake it.""",
}


def columns_of(records):
    """Subjects of ours that have values, then all the peers."""
    ours = [name for name in OURS if any(record['subject'] == name and 'value' in record
                                         for record in records)]
    peers = dict.fromkeys(name for record in records for name in record['peers'])
    return ours, [name for name in peers if any('value' in record['peers'].get(name, {})
                                                for record in records)]


def cell(party, part):
    text = number(party.get('value'))
    if part == 'throughput' and party.get('spread') is not None:
        text += ' ±%d%%' % round(50 * party['spread']) if party['spread'] < 1 else \
            ' [%s to %s]' % (number(min(party['samples'])), number(max(party['samples'])))
    if party.get('ratio') is not None:
        text += ' (%s)' % ratio_text(party['ratio'])
    return text


def table_of(records, part):
    """A row for each case. With two subjects of ours, one table for each."""
    records = [record for record in records if not is_self_test(record)]
    ours, peers = columns_of(records)
    for subject in ours:
        yield '| case | unit | %s | %s |' % (subject, ' | '.join(peers))
        yield '|---|---|' + '---:|' * (1 + len(peers))
        for record in records:
            if record['subject'] == subject:
                cells = [cell(record, part)] + [cell(record['peers'].get(name, {}), part)
                                                for name in peers]
                yield '| %s | %s | %s |' % (record['title'], record['unit'], ' | '.join(cells))
        yield ''


def self_tests(records):
    for record in records:
        if is_self_test(record):
            yield 'Self-test, %s: ratio %s.' % (record['title'], ', '.join(
                '%.4f' % peer['ratio'] if peer['ratio'] else '-'
                for peer in record['peers'].values()))
            yield ''


def commands_of(records):
    yield '<details><summary>The command of each case</summary>'
    yield ''
    for record in records:
        if 'command' in record:
            yield '- `%s`: `%s`' % (record['case'], record['command'])
    yield ''
    yield '</details>'
    yield ''


def section(part, area, records, docs):
    """Figure, table, what is missing, commands."""
    figure = plots.draw(part, area, records, docs)
    yield '### %s' % area.capitalize()
    yield ''
    if figure:
        yield '![%s of %s](%s)' % (part, area, figure)
        yield ''
    yield "Made by `make bench PARTS=%s CASES='%s/*'`." % (part, area)
    yield ''
    yield from table_of(records, part)
    yield from self_tests(records)
    missing = list(reasons(records))
    if missing:
        yield 'Not measured:'
        yield ''
        yield from ('- ' + reason for reason in missing)
        yield ''
    yield from commands_of(records)


def page(report, docs):
    versions = report['versions']
    yield INTRO.format(versions='Kernel %s, %s, %s.' % (
        versions['kernel'], versions['qemu'].replace('emulator version ', ''), versions['fio']))
    for part in PARTS:
        of_part = [record for record in report['records'] if record['part'] == part]
        if not of_part:
            continue
        yield '## ' + TITLES[part]
        yield ''
        yield ABOUT[part].format(**versions)
        yield ''
        for area in dict.fromkeys(record['area'] for record in of_part):
            yield from section(part, area, [record for record in of_part
                                            if record['area'] == area], docs)


def main():
    source, docs = sys.argv[1:]
    with open(source, encoding='utf-8') as file:
        report = json.load(file)
    os.makedirs(os.path.join(docs, 'benchmarks'), exist_ok=True)
    text = '\n'.join(page(report, docs)).rstrip('\n') + '\n'
    with open(os.path.join(docs, 'benchmarks.md'), 'w', encoding='utf-8') as file:
        file.write(text)


if __name__ == '__main__':
    main()
