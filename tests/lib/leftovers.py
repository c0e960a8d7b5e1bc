# SPDX-License-Identifier: GPL-2.0-only
"""What our modules could leave behind in the places where the system lists such things."""

import glob
import os

from tap import settle

OURS = ('xdrv', 'xchar', 'xbd', 'xnet')


def leftovers():
    """Everything of ours that can be seen now, by kind. Links are there until udev has taken them away."""
    settle()
    return {
        'device node': _paths('/dev/xchar*', '/dev/xbd*'),
        'class or bus': _paths('/sys/class/x*', '/sys/bus/*/drivers/x*', '/sys/block/xbd*'),
        'configfs or debugfs directory': _paths('/sys/kernel/config/*', '/sys/kernel/debug/*',
                                                '/sys/kernel/debug/block/*'),
        'major number': _lines('/proc/devices'),
        'memory region': _lines('/proc/iomem'),
        'port region': _lines('/proc/ioports'),
        'interrupt': _lines('/proc/interrupts'),
        'slab cache': _paths('/sys/kernel/slab/x*'),
        'workqueue': _paths('/sys/devices/virtual/workqueue/x*'),
        'timer': _lines('/proc/timer_list'),
        'symbol': _symbols(),
    }


def _is_ours(name):
    return any(ours in name for ours in OURS)


def _paths(*patterns):
    return sorted(path for pattern in patterns for path in glob.glob(pattern)
                  if _is_ours(os.path.basename(path)))


def _lines(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        return sorted(line.strip() for line in file if _is_ours(line))


def _symbols():
    with open('/proc/kallsyms', encoding='utf-8') as file:
        return sorted(line.split()[2] for line in file
                      if line.rstrip().endswith(tuple('[%s]' % name for name in
                                                      ('xdrv_common', 'xchar', 'xbd', 'xnet'))))
