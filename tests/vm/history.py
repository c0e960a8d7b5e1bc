# SPDX-License-Identifier: GPL-2.0-only
"""How each test ended last time on a kernel, for an early answer to who asks for some tests."""

import os


class History:
    """In a file for each test, since several runs write at a time."""

    FAILED, UNKNOWN, PASSED = range(3)

    def __init__(self, directory):
        self.directory = directory

    def keep(self, name, failed, seconds):
        os.makedirs(self.directory, exist_ok=True)
        with open(self._path(name), 'w', encoding='utf-8') as file:
            file.write('%s %d\n' % ('failed' if failed else 'passed', seconds))

    def in_turn(self, tests):
        """What failed first, then what is new, then what takes least; machines together."""
        groups = {}
        for test in sorted(tests, key=lambda test: self._rank(test.name)):
            groups.setdefault(test.machine, []).append(test)
        return [test for group in groups.values() for test in group]

    def _rank(self, name):
        try:
            with open(self._path(name), encoding='utf-8') as file:
                verdict, seconds = file.read().split()
                return (self.FAILED if verdict == 'failed' else self.PASSED, int(seconds))
        except (OSError, ValueError):
            return (self.UNKNOWN, 0)

    def _path(self, name):
        return os.path.join(self.directory, name.replace('/', '-'))
