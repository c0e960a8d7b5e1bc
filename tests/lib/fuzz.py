# SPDX-License-Identifier: GPL-2.0-only
"""Random programs of calls, which grow from those that have reached something new (see kcov).

A call is (name, numbers); what a number means is the call's business. Program i depends on the seed, on i
and on the programs that were kept before it: KEPT="3 17", as a failed run printed it, and SEED repeat it on a
kernel without kcov, too.
"""

import os
import random

LENGTHS, MOST_NUMBERS = (2, 12), 5
EDGES = [0, 1, 2, 3, 4, 7, 8, 63, 64, 255, 511, 512, 513, 1000, 4095, 4096, 4097, 65535, 65536, 1 << 20, 1 << 21,
         (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 44, (1 << 63) - 1]


def number(generator):
    """What is likely to be on an edge."""
    kind = generator.randrange(8)
    if kind < 3:
        return generator.randrange(16)
    if kind < 6:
        return generator.choice(EDGES) * generator.choice((1, 1, -1))
    return generator.getrandbits(generator.choice((8, 16, 32, 48, 63)))


class Programs:
    """An endless row of programs: next(), and keep() for the one that was worth it."""

    def __init__(self, names, seed):
        self.names, self.seed, self.index, self.kept = sorted(names), seed, 0, []
        self.wanted = {int(word) for word in os.environ.get('KEPT', '').split()}

    def at(self, index):
        """The program of that number, as things are."""
        generator = random.Random('%d:%d' % (self.seed, index))
        if not self.kept or generator.random() < 0.3:
            return [self._call(generator) for _ in range(generator.randint(*LENGTHS))]
        program = list(generator.choice(self.kept)[1])
        for _ in range(generator.choice((1, 1, 2, 4))):
            self._change(generator, program)
        return program[:LENGTHS[1] * 2]

    def keep(self, index, program):
        self.kept.append((index, program))

    def keeps(self, index, is_new):
        """Whether that program is one to keep."""
        return index in self.wanted if self.wanted else is_new

    def _call(self, generator):
        return generator.choice(self.names), [number(generator) for _ in range(MOST_NUMBERS)]

    def _change(self, generator, program):
        """One call more, one less, another number, or the end of another program."""
        at, kind = generator.randrange(len(program) + 1), generator.randrange(5)
        if kind == 0 or at == len(program):
            program.insert(at, self._call(generator))
        elif kind == 1 and len(program) > 1:
            del program[at]
        elif kind == 2:
            program[at:] = generator.choice(self.kept)[1][-3:]
        else:
            name, numbers = program[at]
            numbers = list(numbers)
            numbers[generator.randrange(MOST_NUMBERS)] = number(generator)
            program[at] = (name, numbers)
