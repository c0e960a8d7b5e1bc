# SPDX-License-Identifier: GPL-2.0-only
"""The results of one test program: takes its TAP line by line, numbers it anew, counts it."""

import re
import sys

RESULT = re.compile(r'^( *)(not )?ok\b *(\d+)? *(?:- *)?(.*)$')
SKIP = re.compile(r'# *SKIP\b', re.IGNORECASE)
PLAN = re.compile(r'^1\.\.(\d+)')


class Counts:
    """How many passed, failed and were skipped."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def total(self):
        return self.passed + self.failed + self.skipped

    def __str__(self):
        return '%d %d %d' % (self.passed, self.failed, self.skipped)


class TapFile:
    """Collects one test's lines. The harness adds its own checks with result()."""

    def __init__(self, name):
        self.name = name
        self.lines = []
        self.counts = Counts()
        self.plan = None
        self.own = 0
        self.failures = []
        self.emulator_failed = False

    def feed(self, line):
        """One line of the test's output."""
        plan = PLAN.match(line)
        if plan:
            self.plan = int(plan.group(1))
            if self.plan == 0:
                self.result(True, self.name, skip=line.partition('#')[2] or 'nothing to test')
            return
        match = RESULT.match(line)
        if match and not match.group(1):
            self.own += 1
            self._count(not match.group(2), match.group(4))
        else:
            self.lines.append(line)

    def result(self, good, description, details=(), skip=None):
        """A check of the harness itself."""
        self._count(good, description + (' # SKIP ' + skip.strip() if skip else ''))
        self.lines += ['# ' + detail for detail in details]

    def _count(self, good, description):
        number = self.counts.total() + 1
        self.lines.append('%sok %d - %s' % ('' if good else 'not ', number, description))
        if good and SKIP.search(description):
            self.counts.skipped += 1
        elif good:
            self.counts.passed += 1
        else:
            self.counts.failed += 1
            self.failures.append(description)

    def finish(self, status=0):
        """The program ended with this exit status: is its account of itself complete?"""
        if self.plan is None:
            self.result(False, '%s runs to its end and prints a plan' % self.name)
        elif self.plan not in (0, self.own):
            self.result(False, '%s runs all it planned (%d of %d)' %
                        (self.name, self.own, self.plan))
        elif self.own == 0 and self.plan:
            self.result(False, '%s tests something' % self.name)
        if status and not self.failures:
            self.result(False, '%s exits with 0 (was %d)' % (self.name, status))

    def text(self):
        return '\n'.join(self.lines + ['1..%d' % self.counts.total()]) + '\n'


def count_nested(lines):
    """Counts the leaves of KTAP: a result that sums up the deeper ones before it is none itself,
    unless it failed while all of them passed."""
    counts, deeper = Counts(), []
    failures = []
    for line in lines:
        match = RESULT.match(line)
        if not match:
            continue
        depth, good = len(match.group(1)), not match.group(2)
        below = [result for result in deeper if result[0] > depth]
        deeper = [result for result in deeper if result[0] <= depth] + [(depth, good)]
        if below and (good or not all(result[1] for result in below)):
            continue
        if good and SKIP.search(line):
            counts.skipped += 1
        elif good:
            counts.passed += 1
        else:
            counts.failed += 1
            failures.append(match.group(4))
    return counts, failures


def main():
    """tapfile.py FILE...: prints "PASSED FAILED SKIPPED", then one line per failure."""
    total, failures = Counts(), []
    for path in sys.argv[1:]:
        with open(path, encoding='utf-8', errors='replace') as file:
            counts, failed = count_nested(file)
        total.add(counts)
        failures += ['%s (%s)' % (failure, path) for failure in failed]
    print(total)
    for failure in failures:
        print(failure)


if __name__ == '__main__':
    main()
