# SPDX-License-Identifier: GPL-2.0-only
"""Counts the instructions of something with everything that it leaves to others: work queues, RCU
callbacks, threads. What it waits for does not count."""

import re
import time

# On one CPU the tick stops when there is nothing to do, and the kernel knows how long that was.
IDLE = re.compile(r'\.idle_sleeptime *: (\d+) nsecs')
QUIET_SECONDS = 0.2


def _idle_ns():
    with open('/proc/timer_list', encoding='ascii') as file:
        return sum(int(ns) for ns in IDLE.findall(file.read()))


def wait_until_quiet():
    """What others do now does not belong to what is measured next."""
    time.sleep(QUIET_SECONDS)


def cost(function):
    """Under icount on one CPU: the nanoseconds in which the CPU was not idle, until QUIET_SECONDS after
    the function has returned."""
    wait_until_quiet()
    idle = _idle_ns()
    start = time.perf_counter_ns()
    function()
    wait_until_quiet()
    end = time.perf_counter_ns()
    return end - start - (_idle_ns() - idle)
