# SPDX-License-Identifier: GPL-2.0-only
"""In which order do tests run when somebody waits for an answer?"""

import collections
import os
import tempfile
import unittest

from history import History

Test = collections.namedtuple('Test', 'name machine', defaults=[''])


class Order(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = os.path.join(directory.name, '7.3')
        self.history = History(self.directory)

    def names(self, *tests):
        return [test.name for test in self.history.in_turn(tests)]

    def test_what_failed_comes_first_then_what_is_new_then_what_takes_least(self):
        self.history.keep('block/long', 0, 90.2)
        self.history.keep('block/short', 0, 3)
        self.history.keep('block/bad', 2, 200)
        self.assertEqual(
            self.names(Test('block/long'), Test('block/short'), Test('block/new'), Test('block/bad')),
            ['block/bad', 'block/new', 'block/short', 'block/long'])

    def test_what_passes_again_goes_back(self):
        self.history.keep('block/bad', 1, 20)
        self.history.keep('block/short', 0, 3)
        self.history.keep('block/bad', 0, 20)
        self.assertEqual(self.names(Test('block/bad'), Test('block/short')), ['block/short', 'block/bad'])

    def test_those_that_share_a_machine_stay_together(self):
        for seconds, name in enumerate(('a/1', 'a/2', 'a/3')):
            self.history.keep(name, 0, seconds)
        self.assertEqual(self.names(Test('a/1'), Test('a/2', '--cpus 4'), Test('a/3')), ['a/1', 'a/3', 'a/2'])

    def test_without_a_past_the_order_stays(self):
        self.assertEqual(self.names(Test('b/2'), Test('a/1')), ['b/2', 'a/1'])

    def test_a_file_that_was_cut_short_counts_as_none(self):
        self.history.keep('a/1', 0, 5)
        with open(os.path.join(self.directory, 'a-1'), 'w', encoding='utf-8'):
            pass
        self.assertEqual(self.names(Test('a/1'), Test('a/2')), ['a/1', 'a/2'])


if __name__ == '__main__':
    unittest.main()
