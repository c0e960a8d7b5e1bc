# SPDX-License-Identifier: GPL-2.0-only
"""The results for people at a terminal."""

TITLES = {
    'path': 'Path length (-icount, one CPU): fewer is better',
    'hardware': 'What the NIC is asked to do (-icount, one CPU): fewer is better',
    'throughput': 'Throughput (two CPUs, in turn; median and spread)',
}
FORMAT = '%-34s %-15s %14s %6s  %-15s %14s %6s %7s'


def number(value):
    """Three or more digits that mean something, thousands apart."""
    if value is None:
        return '-'
    if abs(value) >= 100:
        return '{:,.0f}'.format(value).replace(',', ' ')
    return '{:.2f}'.format(value)


def percent(party):
    """Of values near zero the spread means nothing in percent."""
    if party.get('spread') is None or len(party['samples']) < 2:
        return ''
    return '%.1f%%' % (100 * party['spread']) if party['spread'] < 1 else '>100%'


def ratio_text(ratio):
    return '-' if ratio is None else '%.2f' % ratio


def _lines(record):
    """One line per peer."""
    ours = (number(record.get('value')), percent(record))
    for name, peer in record['peers'].items():
        yield FORMAT % (record['case'], record['subject'], *ours, name, number(peer.get('value')),
                        percent(peer), ratio_text(peer['ratio']))


def reasons(records):
    """Each reason once, with whom it concerns."""
    found = {}
    for record in records:
        parties = dict(record['peers'], **{record['subject']: record})
        for name, party in parties.items():
            if 'skipped' in party:
                where = found.setdefault((name, party['skipped']), [])
                if record['case'] not in where:
                    where.append(record['case'])
    for (name, reason), where in found.items():
        yield '%s: %s (%s)' % (name, reason, where[0] if len(where) == 1 else
                               '%d cases' % len(where))


def show(report):
    for part, title in TITLES.items():
        records = [record for record in report['records'] if record['part'] == part]
        if not records:
            continue
        print('\n%s' % title)
        print(FORMAT % ('case', 'subject', 'value', 'spread', 'peer', 'value', 'spread', 'ratio'))
        for record in records:
            if 'value' in record:
                print(*_lines(record), sep='\n')
    missing = list(reasons(report['records']))
    if missing:
        print('\nNot measured:')
        print(*('  ' + reason for reason in missing), sep='\n')
    versions = report['versions']
    print('\nratio: how many times better the subject is than the peer; above 1 it wins.')
    print('kernel %s, %s, CPU %s, %s; %d s' % (
        versions['kernel'], versions['qemu'], versions['cpu'], versions['fio'], report['seconds']))
