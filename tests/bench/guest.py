#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs in the VM, started by the harness' runner: measures what the plan asks for and prints one
line per case and subject, "#bench JSON"."""

import gc
import json
import os
import statistics
import sys
import traceback
from dataclasses import dataclass

import block
import char
import net
import netload
from cases import select
from system import Cannot, end_udev, write_text

SETTINGS = {
    # For fio's buffers: pages that lie as they come make requests of more or fewer segments.
    'nr_hugepages': 8,
    # What the kernel does every second or so, by itself, and what would be counted now and then: it
    # gives free pages back to their zones, moves pages, writes files.
    'stat_interval': 3600,
    'compaction_proactiveness': 0,
    'dirty_writeback_centisecs': 0,
    # How many free pages a CPU keeps: what the kernel starts with on such a machine, but it would tune
    # that by itself, and freeing a page would cost one time this, one time that.
    'percpu_pagelist_high_fraction': 300,
}
PLAN = '/root/xdrv/out/bench-plan.json'


@dataclass(frozen=True)
class Scale:
    """How long to look."""

    fio_ms: int
    ramp_ms: int
    loops: float
    samples: int
    rounds: int
    seconds: float
    disk_size: int


FULL = Scale(fio_ms=600, ramp_ms=60, loops=1, samples=9, rounds=3, seconds=2,
             disk_size=256 << 20)
SMOKE = Scale(fio_ms=5, ramp_ms=1, loops=0.02, samples=1, rounds=1, seconds=0.2,
              disk_size=16 << 20)


def typical(part, samples):
    """What disturbs only adds to a count, in one sample of several: the lower quartile. What the clock on
    the wall says goes up and down: the median."""
    if part == 'throughput' or len(samples) < 2:
        return statistics.median(samples)
    return statistics.quantiles(samples, method='inclusive')[0]


class Context:
    """Where results go."""

    def __init__(self, scale, full):
        self.scale, self.full = scale, full
        self.errors = 0

    @staticmethod
    def progress(text):
        print('#progress ' + text, flush=True)

    @staticmethod
    def _print(case, subject, **more):
        record = dict(part=case.part, case=case.path, subject=subject, **more)
        print('#bench ' + json.dumps(record), flush=True)

    def value(self, case, subject, samples, command):
        samples = [round(sample, 4) for sample in samples]
        self._print(case, subject, value=typical(case.part, samples), samples=samples,
                    command=command)

    def skip(self, case, subject, reason):
        self._print(case, subject, skipped=str(reason))

    def attempt(self, cases, subject, function, *args):
        """What cannot be measured gets its reason; an error of ours is told, and the next thing is
        tried."""
        try:
            function(*args)
        except Cannot as reason:
            for case in cases:
                self.skip(case, subject, reason)
        except Exception:                           # pylint: disable=broad-except
            self.errors += 1
            for line in traceback.format_exc().splitlines():
                print('#error %s: %s' % (subject, line), flush=True)

    def scale_for(self, case):
        """A self-test means something only at full length."""
        return self.full if case.is_self_test else self.scale


RUNNERS = {
    ('path', 'block'): block.run_path,
    ('path', 'char'): char.run,
    ('path', 'net'): net.run_path,
    ('hardware', 'net'): net.run_hardware,
    ('throughput', 'block'): block.run_throughput,
    ('throughput', 'net'): netload.run_cases,
}


def main():
    with open(PLAN, encoding='utf-8') as file:
        plan = json.load(file)
    context = Context(SMOKE if plan['smoke'] else FULL, FULL)
    end_udev()
    for name, value in SETTINGS.items():
        write_text('/proc/sys/vm/' + name, value)
    gc.disable()
    for (part, area), runner in RUNNERS.items():
        chosen = [case for case in select(part, plan['globs']) if case.area == area]
        if chosen and part in plan['parts']:
            context.attempt(chosen, area, runner, chosen, context)
    return 1 if context.errors else 0


if __name__ == '__main__':
    os.chdir('/tmp')
    sys.exit(main())
