# SPDX-License-Identifier: GPL-2.0-only
"""Are headers of tests read, and is the right set of tests chosen?"""

import os
import tempfile
import unittest

import run


class Choice(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.addCleanup(setattr, run, 'TESTS', run.TESTS)
        run.TESTS = self.directory.name

    def add(self, name, text='#!/bin/bash\n', mode=0o755):
        path = os.path.join(self.directory.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(path, mode)

    def names(self, *globs):
        return [test.name for test in run.find_tests(globs)]

    def test_the_name_of_a_module_stands_for_its_area(self):
        for name in ('block/fio', 'char/poll', 'net/ping', 'core/dkms'):
            self.add(name)
        self.assertEqual(self.names('xbd/*', 'xdrv_common/*'), ['block/fio', 'core/dkms'])

    def test_globs_choose(self):
        for name in ('block/fio', 'block/ext4', 'net/ping', 'demo/main-job'):
            self.add(name)
        self.assertEqual(self.names('block/*'), ['block/ext4', 'block/fio'])
        self.assertEqual(self.names('*/*'), ['block/ext4', 'block/fio', 'net/ping'])
        self.assertEqual(self.names('demo/main-job'), ['demo/main-job'])
        self.assertEqual(self.names('char/*'), [])

    def test_helpers_are_no_tests(self):
        self.add('block/xbd.py', mode=0o644)
        self.add('lib/tap.sh')
        self.assertEqual(self.names('*/*'), [])

    def test_headers(self):
        self.add('net/ping', '#!/bin/bash\n# SPDX: x\n# timeout: 200\n# needs: ping fio\n'
                             '# machine: --nics 3\n')
        test, = run.find_tests(['*/*'])
        self.assertEqual((test.timeout, test.needs, test.machine), (200, 'ping fio', '--nics 3'))

    def test_a_plain_check_runs_some_tests_on_some_kernels_only(self):
        self.add('net/storm', '#!/bin/bash\n# plain: newest debug\n')
        self.add('net/ping')
        for kernel, count in (('oldest', 1), ('newest', 2), ('debug', 2), (None, 2)):
            self.assertEqual(len(run.find_tests(['*/*'], kernel)), count, kernel)

    def test_without_headers_a_minute(self):
        self.add('net/ping')
        self.assertEqual(run.find_tests(['*/*'])[0].timeout, 60)


if __name__ == '__main__':
    unittest.main()
