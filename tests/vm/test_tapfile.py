# SPDX-License-Identifier: GPL-2.0-only
"""Are results counted right, and are programs that end early found out?"""

import unittest

from tapfile import TapFile, count_nested


def fed(*lines, status=0):
    tap = TapFile('area/name')
    for line in lines:
        tap.feed(line)
    tap.finish(status)
    return tap


class OneProgram(unittest.TestCase):
    def test_counts_each_kind(self):
        tap = fed('ok 1 - a', 'not ok 2 - b', '# why', 'ok 3 - c # SKIP no such thing', '1..3',
                  status=1)
        self.assertEqual(str(tap.counts), '1 1 1')
        self.assertEqual(tap.failures, ['b'])
        self.assertTrue(tap.text().endswith('1..3\n'))

    def test_harness_results_are_numbered_on(self):
        tap = fed('ok 1 - a', '1..1')
        tap.result(False, 'kernel log stays clean', ['BUG: x'])
        self.assertIn('not ok 2 - kernel log stays clean\n# BUG: x\n1..2\n', tap.text())

    def test_no_plan_is_a_failure(self):
        self.assertEqual(fed('ok 1 - a').counts.failed, 1)

    def test_a_short_run_is_a_failure(self):
        self.assertEqual(fed('ok 1 - a', '1..2').counts.failed, 1)

    def test_a_bad_exit_status_is_a_failure(self):
        self.assertEqual(fed('ok 1 - a', '1..1', status=3).counts.failed, 1)

    def test_a_plan_of_nothing_is_a_skip(self):
        self.assertEqual(str(fed('1..0 # no such device').counts), '0 0 1')


class Nested(unittest.TestCase):
    def count(self, text):
        counts, failures = count_nested(text.splitlines())
        return str(counts), failures

    def test_only_leaves_count(self):
        self.assertEqual(self.count('''\
KTAP version 1
1..1
    KTAP version 1
    # Subtest: xbd_store
    1..3
    ok 1 a
    not ok 2 b
        ok 1 x
        ok 2 y # SKIP z
    ok 3 c
not ok 1 xbd_store
ok 2 empty_suite
'''), ('3 1 1', ['b']))

    def test_a_failed_sum_of_passed_parts_counts(self):
        self.assertEqual(self.count('    ok 1 a\nnot ok 1 suite\n'), ('1 1 0', ['suite']))


if __name__ == '__main__':
    unittest.main()
