# SPDX-License-Identifier: GPL-2.0-only
"""How much memory the kernel uses, steady enough to see a leak of a page in each of some rounds."""

import functools
import glob
import os
import re

from processes import family_of
from tap import read_text, run, settle, wait_for, write_text


def kernel_memory():
    """Kernel memory in use that is not cache, in kB by kind; nothing where kmemleak looks for leaks: that
    kernel also keeps freed memory for a while, to see who still uses it. Pages that wait in per-CPU lists for their
    next use are free, though the kernel does not count them so."""
    if os.path.exists('/sys/kernel/debug/kmemleak'):
        return {}
    _settle()
    fields = {}
    with open('/proc/meminfo', encoding='ascii') as file:
        for line in file:
            name, value = line.split(':')
            fields[name] = int(value.split()[0])
    return {
        'slab objects': sum(slab_objects().values()) // 1024,
        'per-CPU memory': fields['Percpu'],
        'pages': fields['MemTotal'] - fields['MemFree'] - _per_cpu_free() - sum(
            fields[name] for name in ('Buffers', 'Cached', 'Slab', 'AnonPages', 'PageTables',
                                      'KernelStack', 'Percpu')),
    }


def slab_objects():
    """In bytes, in use, by cache, of those that are not given back under pressure. Pages of slab depend
    on how the objects of others happen to lie in them."""
    caches = {}
    with open('/proc/slabinfo', encoding='ascii') as file:
        for line in file.readlines()[2:]:
            name, in_use, _, object_size = line.split()[:4]
            if name not in _reclaimable_caches():
                caches[name] = int(in_use) * int(object_size)
    return caches


@functools.lru_cache(None)
def _reclaimable_caches():
    return {path.split('/')[-2] for path in glob.glob('/sys/kernel/slab/*/reclaim_account')
            if read_text(path) == '1'}


def _per_cpu_free():
    with open('/proc/zoneinfo', encoding='ascii') as file:
        return 4 * sum(int(count) for count in re.findall(r'\bcount: +(\d+)', file.read()))


def _settle():
    """Lets deferred frees happen, drops what is only cached and makes the statistics exact. udev's
    workers wait some seconds for more to do, and the kernel has some 100 kB for each."""
    settle()
    run('udevadm', 'control', '--reload', check=False)
    wait_for(5, lambda: len(family_of('udevd')) <= 1)
    os.sync()
    write_text('/proc/sys/vm/drop_caches', 3)
    for path in glob.glob('/sys/kernel/slab/*/shrink'):
        write_text(path, 1)
    write_text('/proc/sys/vm/stat_refresh', 1)
