# SPDX-License-Identifier: GPL-2.0-only
"""Net cases on one CPU under icount: instructions, and what the NIC is asked to do, per packet."""

import json
import subprocess

from cases import AGAIN
from nics import Pair
from pktgen import Pktgen
from system import PROGRAMS, Cannot, ask_host, last_line

PKTGEN_COUNT = 10000
HARDWARE_LOOPS = 3


class Load:
    """Traffic that is set up, run (perhaps watched) and ended. run() returns ns per operation."""

    def __init__(self, pair, how, scale):
        self.pair, self.how = pair, how
        self.samples = scale.samples
        self.operations = 0
        self.loops = scale.loops

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class PktgenLoad(Load):
    """By pktgen; the first run warms up."""

    def __enter__(self):
        self.count = max(64, int(PKTGEN_COUNT * self.loops))
        self.pktgen = Pktgen(self.pair, self.count, self.how['pktgen'], 'receive' in self.how)
        self.command = self.pktgen.command
        self.pktgen.start()
        return self

    def run(self):
        results = []
        for _ in range(self.samples):
            before = self.pair.statistics('b')['rx_packets'] if 'receive' in self.how else 0
            usec, sent = self.pktgen.start()
            self.operations += sent
            results.append(usec * 1000 / sent)
            if before:
                self._check_received(self.pair.statistics('b')['rx_packets'] - before, sent)
        return results

    @staticmethod
    def _check_received(received, sent):
        if received < 0.99 * sent:
            raise Cannot('only %d of %d packets arrived' % (received, sent))


class SocketLoad(Load):
    """By net.c, which has both ends of the traffic."""

    def __enter__(self):
        how, loops = self.how, max(4, int(self.how['loops'] * self.loops))
        batch = how.get('batch', 1)
        words = [how['mode'], how['size'], batch, loops, self.samples]
        # What net.c does inside of "run": the warm-up, too, is traffic.
        self.operations = (loops * self.samples + loops // 8 + 8) * batch
        self.command = 'net ' + ' '.join(map(str, words))
        self.process = subprocess.Popen(
            [PROGRAMS + 'net'] + [str(word) for word in words], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._expect('ready')
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def _expect(self, word):
        line = self.process.stdout.readline().strip()
        if line != word:
            raise Cannot(line or 'net.c ended without a word')

    def _tell(self):
        self.process.stdin.write('go\n')
        self.process.stdin.flush()

    def run(self):
        self._tell()
        lines = [self.process.stdout.readline().strip() for _ in range(self.samples)]
        try:
            return [float(line) for line in lines]
        except ValueError as error:
            raise Cannot(last_line('\n'.join(lines))) from error


def load_of(pair, how, scale):
    return (PktgenLoad if 'pktgen' in how else SocketLoad)(pair, how, scale)


def run_path(cases, context):
    for_each_subject(cases, context, measure_path)


def for_each_subject(cases, context, measure):
    for subject in dict.fromkeys(name for case in cases for name in case.subjects):
        with_pair(subject, [case for case in cases if subject in case.subjects], context, measure)


def with_pair(subject, cases, context, measure):
    context.progress('%s: %s' % (subject, ', '.join(dict.fromkeys(case.name for case in cases))))

    def with_nics():
        with Pair(subject.removesuffix(AGAIN)) as pair:
            measure(pair, subject, cases, context)

    context.attempt(cases, subject, with_nics)


def measure_path(pair, subject, cases, context):
    def one(case):
        with load_of(pair, case.how, context.scale_for(case)) as load:
            context.value(case, subject, load.run(), load.command)

    for case in cases:
        context.attempt([case], subject, one, case)


# What the NIC is asked to do

def run_hardware(cases, context):
    for_each_subject(cases, context, measure_hardware)


def measure_hardware(pair, subject, cases, context):
    """One look at each load answers all the cases that count something in it."""
    def one(counting):
        counts, command = watch(pair, counting[0].how, context)
        for case in counting:
            context.value(case, subject, [counts[case.how['count']]], command)

    for name in dict.fromkeys(case.how['load'] for case in cases):
        counting = [case for case in cases if case.how['load'] == name]
        context.attempt(counting, subject, one, counting)


def watch(pair, how, context):
    scale = context.scale
    with load_of(pair, how, type(scale)(**dict(vars(scale), samples=1,
                                               loops=scale.loops * HARDWARE_LOOPS))) as load:
        pins, taken = pair.pins(), pair.interrupts()
        ask_host('trace start')
        try:
            load.run()
        finally:
            counts = json.loads(ask_host('trace stop'))
        total = {'reads': counts['reads'], 'writes': counts['writes'],
                 'raises': sum(counts['raises'].get(pin, 0) for pin in pins),
                 'interrupts': pair.interrupts() - taken}
        return {what: count / load.operations for what, count in total.items()}, load.command
