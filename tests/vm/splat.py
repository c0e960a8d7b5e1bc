# SPDX-License-Identifier: GPL-2.0-only
"""Finds what a healthy kernel never logs, and says which test was running at that moment.

The guest writes "xdrv-test: begin NAME" and "xdrv-test: end NAME" to the kernel log, so that the
console alone, even of a machine that died, tells whose fault a line is.
"""

import re

MARKER = re.compile(r'xdrv-test: (begin|end) (\S+)')

PATTERNS = [
    r'\bBUG[: ]',
    r'\bWARNING: ',
    r'\bOops\b',
    r'\bKernel panic\b',
    r'\bK(FENCE|ASAN|MSAN): ',
    r'\bUBSAN: ',
    r'\bODEBUG: ',
    # Debug builds announce the checker itself with the same prefix.
    r'\bDMA-API: (?!preallocated|debugging (en|dis)abled)',
    r'\bpossible (deadlock|circular|recursive|irq lock|unsafe|nested)',
    r'\bpossible reason: unannotated irqs',
    r'\binconsistent lock state',
    r'\bbad unlock balance',
    r'\block held when returning to user space',
    r'\bheld lock freed',
    r'\btrying to register non-static key',
    r'\bsuspicious RCU usage',
    r'\bblocked for more than \d+ seconds',
    r'\brcu: INFO: ',
    r'\bsleeping function called from invalid context',
    r'\bscheduling while atomic',
    r'\bsoft lockup\b',
    r'\bhard LOCKUP\b',
    r'\brefcount_t: ',
    r'\bgeneral protection fault',
    r'\bunable to handle\b',
    r'\binvalid opcode: ',
    r'\bdivide error: ',
    r'\bint3: ',
    r'\bstack segment: ',
    r'\blist_(add|del)\S* corruption',
    r'\bBad (page|rss)[- ](state|counter)',
    r'\bstill has objects\b',
    r'\bNETDEV WATCHDOG',
    r'\bunregister_netdevice: waiting for',
    r'\birq \d+: nobody cared',
    r'\bcannot create duplicate filename',
    # Want of memory is no defect.
    r'\bkobject\S* failed for (?!\S+ \(error: -12\b)',
    r'\bdoes not have a release\(\) function',
    r'-{4,}\[ cut here \]',
]

SPLAT = re.compile('|'.join('(?:%s)' % pattern for pattern in PATTERNS))

CONTEXT_LINES = 60

# KCSAN finds races in the whole kernel; those without a function of ours in them are for others.
RACE_BEGIN = re.compile(r'\bBUG: KCSAN: ')
RACE_END = re.compile(r'={20,}')
RACE_LINES = 120
CUT = re.compile(r'-{4,}\[ cut here \]')
END = re.compile(r'-{3}\[ end trace')
LEAK = re.compile(r'^unreferenced object')
OURS = re.compile(r'\[(xdrv_common|xchar|xbd|xnet)\]')


def is_splat(line):
    """True when a line of the kernel log tells of a defect."""
    return bool(SPLAT.search(line)) and not MARKER.search(line)


def _but_of(modules, lines, begins):
    """Leaves out the reports with a function of one of these modules in them, by its name where the module is
    built into the kernel, and none of ours."""
    reports = [[]]
    for line in lines:
        if begins.search(line):
            reports.append([])
        reports[-1].append(line)
        if END.search(line):
            reports.append([])
    theirs = re.compile('|'.join(r'\[{0}\]|\b{0}_\w+\+0x'.format(module) for module in modules) or '(?!)')
    return [line for report in reports for line in report
            if any(OURS.search(line) for line in report) or
            not any(theirs.search(line) for line in report)]


def warnings_but_of(modules, lines):
    """A report of the kernel log without the warnings of code that is known to be at fault; nothing, if what
    is left is what the kernel said around them."""
    left = _but_of(modules, lines, CUT)
    return left if any(map(is_splat, left)) else []


def leaks_but_of(modules, lines):
    """A report of kmemleak without what that code has leaked."""
    return _but_of(modules, lines, LEAK)


def is_stale_int3(report):
    """True when a machine died of a breakpoint that the kernel had put over an instruction of its own
    while it changed a static key, and had taken away again. QEMU 7.2 with one thread per CPU lets that
    happen; a processor does not, for the kernel interrupts each before it goes on."""
    return bool(report) and 'int3: 0000' in report[0]


class Watcher:
    """Takes the console line by line; keeps the splats of each test with the lines after them."""

    def __init__(self):
        self.current = 'boot'
        self.ended = set()
        self.reports = {}
        self._left = 0
        self._race = []

    def feed(self, line):
        marker = MARKER.search(line)
        if marker:
            self._mark(marker.group(1), marker.group(2))
            return
        if self._race or RACE_BEGIN.search(line):
            self._feed_race(line)
            return
        if is_splat(line):
            self._left = CONTEXT_LINES
        if self._left:
            self.reports.setdefault(self.current, []).append(line)
            self._left -= 1

    def _feed_race(self, line):
        self._race.append(line)
        if RACE_END.search(line) or len(self._race) >= RACE_LINES:
            self._end_race()

    def _end_race(self):
        if any(OURS.search(line) for line in self._race):
            self.reports.setdefault(self.current, []).extend(self._race)
        self._race = []

    def _mark(self, kind, name):
        self._left = 0
        self._end_race()
        if kind == 'begin':
            self.current = name
            self.ended.discard(name)
        else:
            self.current = 'after-' + name
            self.ended.add(name)

    def take(self, *names):
        """Returns and forgets the splat lines of these tests."""
        self._end_race()
        lines = []
        for name in names:
            lines += self.reports.pop(name, [])
        return lines
