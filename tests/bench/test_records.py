# SPDX-License-Identifier: GPL-2.0-only
"""What the host makes of the guest's results."""

import os
import tempfile
import unittest

import cases
import records
import table
import trace_lines


def result(part, case, subject, *samples, **more):
    more = more or {'value': samples[len(samples) // 2], 'samples': list(samples),
                    'command': 'x'}
    return dict(part=part, case=case, subject=subject, **more)


class Ratio(unittest.TestCase):
    def test_above_one_is_better_whichever_way_is_up(self):
        self.assertEqual(records.ratio(False, 100, 200), 2)
        self.assertEqual(records.ratio(True, 200, 100), 2)

    def test_nothing_is_said_about_nothing(self):
        self.assertIsNone(records.ratio(False, 0, 5))
        self.assertIsNone(records.ratio(True, 5, None))


class Make(unittest.TestCase):
    def setUp(self):
        self.case = cases.find_case('path', 'char/roundtrip-1')

    def make(self, *results):
        return records.make([self.case], results, '6.12')

    def test_a_record_names_all_peers(self):
        found, = self.make(result('path', 'char/roundtrip-1', 'xchar', 10, 11, 12),
                           result('path', 'char/roundtrip-1', 'pipe', 22))
        self.assertEqual(found['value'], 11)
        self.assertEqual(found['peers']['pipe']['ratio'], 2)
        self.assertEqual(set(found['peers']), {'pipe', 'fifo', 'pty', 'gnss'})

    def test_silence_is_a_failure(self):
        found = self.make(result('path', 'char/roundtrip-1', 'xchar', 10))
        self.assertIn('no result for pipe', records.failures(found)[0])

    def test_a_reason_is_none(self):
        results = [result('path', 'char/roundtrip-1', name, skipped='why')
                   for name in self.case.subjects]
        self.assertEqual(records.failures(self.make(*results)), [])
        self.assertEqual(list(table.reasons(self.make(*results)))[0].split(':')[1].strip(),
                         'why (char/roundtrip-1)')


class SelfTest(unittest.TestCase):
    def judge(self, ours, again):
        case = cases.find_case('path', 'block/self-test')
        found = records.make([case], [
            result('path', 'block/self-test', 'xbd-mq', ours),
            result('path', 'block/self-test', 'xbd-mq again', again)], '6.12')
        return records.failures(found)

    def test_equal_is_good(self):
        self.assertEqual(self.judge(1000, 1004), [])

    def test_half_a_percent_is_the_limit(self):
        self.assertEqual(len(self.judge(1000, 1006)), 1)
        self.assertEqual(len(self.judge(1006, 1000)), 1)


class Tap(unittest.TestCase):
    def test_every_record_and_the_run_are_tests(self):
        case = cases.find_case('path', 'char/roundtrip-1')
        found = records.make([case], [], '6.12')
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, 'tap')
            records.write_tap(found, ['trouble'], path)
            with open(path, encoding='utf-8') as file:
                lines = file.read().splitlines()
        self.assertEqual([line.split(' - ')[0] for line in lines if 'ok' in line[:6]],
                         ['not ok 1', 'not ok 2'])
        self.assertEqual(lines[-1], '1..2')


class Catalogue(unittest.TestCase):
    def test_no_case_is_there_twice(self):
        keys = [(case.part, case.path) for case in cases.all_cases()]
        self.assertEqual(len(keys), len(set(keys)))

    def test_globs_select(self):
        self.assertTrue(all(case.area == 'block' for case in cases.select('path', ['block/*'])))
        self.assertEqual(cases.select('hardware', ['block/*']), [])


class Trace(unittest.TestCase):
    def test_only_the_nic_counts(self):
        counts = trace_lines.count_events([
            "memory_region_ops_read cpu 0 mr 0x1 addr 0xfe value 0x1 size 2 name 'rtl8139'",
            "memory_region_ops_write cpu 0 mr 0x1 addr 0xfe value 0x1 size 1 name 'rtl8139'",
            "memory_region_ops_write cpu 0 mr 0x2 addr 0xfe value 0x1 size 1 name 'serial'",
            'ioapic_set_irq vector: 11 level: 1', 'ioapic_set_irq vector: 11 level: 0'])
        self.assertEqual(counts, {'reads': 1, 'writes': 1, 'raises': {'11': 1}})


if __name__ == '__main__':
    unittest.main()
