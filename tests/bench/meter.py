# SPDX-License-Identifier: GPL-2.0-only
"""Counts the instructions of something with everything that it leaves to others: work queues, RCU
callbacks, threads. What it waits for does not count."""

import mmap
import os
import struct
import subprocess
import tempfile
import time

from system import PROGRAMS

QUIET_SECONDS = 0.05


class Meter:
    """On one CPU under icount. A process that has the CPU only when nobody else wants it counts; the
    time for which it did not count was somebody's work."""

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile(dir='/dev/shm')
        self.file.truncate(mmap.PAGESIZE)
        self.count = mmap.mmap(self.file.fileno(), mmap.PAGESIZE)
        self.process = subprocess.Popen([PROGRAMS + 'spin', self.file.name])
        os.sched_setscheduler(self.process.pid, os.SCHED_IDLE, os.sched_param(0))
        time.sleep(QUIET_SECONDS)
        self.rate = self._rate()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.count.close()
        self.file.close()

    def _now(self):
        return time.perf_counter_ns(), struct.unpack('Q', self.count[:8])[0]

    def _rate(self):
        """Nanoseconds for one count when nobody does anything, timer ticks included."""
        start, before = self._now()
        time.sleep(4 * QUIET_SECONDS)
        end, after = self._now()
        return (end - start) / (after - before)

    def cost(self, function):
        start, before = self._now()
        function()
        time.sleep(QUIET_SECONDS)
        end, after = self._now()
        return end - start - (after - before) * self.rate
