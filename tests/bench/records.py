# SPDX-License-Identifier: GPL-2.0-only
"""Puts what the guest measured together: one record per case and subject of ours, with peers."""

import cases


def make(wanted, results, kernel):
    """A record for every case that was asked for, whether or not the guest spoke of it."""
    found = {(result['part'], result['case'], result['subject']): result for result in results}
    return [_record(case, subject, found, kernel) for case in wanted
            for subject in case.subjects if subject in cases.OURS]


def _record(case, subject, found, kernel):
    def result_of(name):
        result = found.get((case.part, case.path, name), {'skipped': 'NO RESULT'})
        return {key: result[key] for key in ('value', 'samples', 'command', 'skipped')
                if key in result}

    record = {'part': case.part, 'area': case.area, 'case': case.path, 'title': case.title,
              'kernel': kernel, 'unit': case.unit, 'better': 'higher' if case.higher else 'lower',
              'subject': subject}
    record.update(_with_spread(result_of(subject)))
    record['peers'] = {}
    for name in case.subjects:
        if name in cases.OURS:
            continue
        peer = _with_spread(result_of(name))
        peer['ratio'] = ratio(case.higher, record.get('value'), peer.get('value'))
        record['peers'][name] = peer
    return record


def ratio(higher, ours, theirs):
    """How many times better ours is; None where that means nothing."""
    if ours is None or theirs is None:
        return None
    good, bad = (ours, theirs) if higher else (theirs, ours)
    return round(good / bad, 4) if bad else None


def _with_spread(result):
    """Distance of the extreme samples, relative to the value."""
    if result.get('value'):
        samples = result['samples']
        result['spread'] = round((max(samples) - min(samples)) / result['value'], 4)
    return result


def is_self_test(record):
    return record['case'].endswith('/self-test')


def _wrong(record):
    """What is wrong with a record, or None. That a case cannot run is not wrong, silence is."""
    parties = dict(record['peers'], **{record['subject']: record})
    silent = [name for name, party in parties.items() if party.get('skipped') == 'NO RESULT']
    if silent:
        return 'no result for ' + ', '.join(silent)
    if is_self_test(record):
        if 'value' not in record:
            return 'cannot run: ' + record['skipped']
        for peer in record['peers'].values():
            if abs((peer['ratio'] or 0) - 1) > cases.SELF_TEST_LIMIT:
                return 'ratio to itself is %s, not 1.00' % peer['ratio']
    return None


def failures(records):
    return ['%s %s %s: %s' % (record['part'], record['case'], record['subject'], _wrong(record))
            for record in records if _wrong(record)]


def write_tap(records, errors, path):
    """For `make check`: a test per record, skipped where the subject cannot."""
    lines = []
    for record in records:
        wrong = _wrong(record)
        lines.append('%sok %d - %s: %s of %s is measured%s' % (
            'not ' if wrong else '', len(lines) + 1, record['part'], record['case'],
            record['subject'],
            '' if wrong or 'value' in record else ' # SKIP ' + record['skipped']))
        if wrong:
            lines.append('# ' + wrong)
    count = len(records) + 1
    lines.append('%sok %d - the benchmark runs without an error' %
                 ('not ' if errors else '', count))
    lines += ['# ' + error for error in errors]
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines + ['1..%d' % count]) + '\n')
