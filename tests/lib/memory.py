# SPDX-License-Identifier: GPL-2.0-only
"""How much memory the kernel uses, steady enough to see a leak of a page in each of some rounds."""

import functools
import glob
import os
import re
from statistics import median

from processes import family_of
from tap import read_text, run, settle, wait_for, write_text


def kmemleak_looks():
    """Whether the kernel finds leaks by itself."""
    return os.path.exists('/sys/kernel/debug/kmemleak')


def kernel_memory():
    """Kernel memory in use that is not cache, in kB by kind; nothing where kmemleak looks for leaks: that
    kernel also keeps freed memory for a while, to see who still uses it. Pages that wait in per-CPU lists for their
    next use are free, though the kernel does not count them so."""
    if kmemleak_looks():
        return {}
    _settle()
    with (open('/proc/sys/vm/stat_refresh', 'wb', buffering=0) as refresh,
          open('/proc/meminfo', 'rb', buffering=0) as meminfo,
          open('/proc/zoneinfo', 'rb', buffering=0) as zoneinfo):
        readings = [_read_pages(refresh, meminfo, zoneinfo) for _ in range(9)]
    return {
        'slab objects': sum(slab_objects().values()) // 1024,
        'per-CPU memory': readings[-1][0],
        'pages': median(pages for _, pages in readings),
    }


def _read_pages(refresh, meminfo, zoneinfo):
    """Returns per-CPU memory and other pages in use, in kB. Each CPU counts for itself until a refresh adds
    that up, and free pages come to a CPU's list and leave it by dozens, some 250 kB: the files are read at once
    after a refresh, and who wants to be sure does so more than once."""
    refresh.write(b'1')
    fields = {name: int(value.split()[0]) for name, value in
              (line.split(':') for line in _read(meminfo).splitlines())}
    in_lists = 4 * sum(int(count) for count in re.findall(r'\bcount: +(\d+)', _read(zoneinfo)))
    direct_map = fields.get('DirectMap4k', 0) // 512  # its page tables, one for 2 MiB in small pages
    known = sum(fields[name] for name in ('MemFree', 'Buffers', 'Cached', 'Slab', 'AnonPages',
                                          'PageTables', 'KernelStack', 'Percpu'))
    return fields['Percpu'], fields['MemTotal'] - known - in_lists - direct_map


def _read(file):
    """A file below /proc again, from its beginning; returns its text."""
    return os.pread(file.fileno(), 1 << 20, 0).decode()


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


def _settle():
    """Lets deferred frees happen and drops what is only cached. udev's workers wait some seconds for more
    to do, and the kernel has some 100 kB for each."""
    settle()
    run('udevadm', 'control', '--reload', check=False)
    wait_for(5, lambda: len(family_of('udevd')) <= 1)
    os.sync()
    write_text('/proc/sys/vm/drop_caches', 3)
    # What RCU is to free is in use until then. Old kernels cannot be asked to wait for it.
    for path in glob.glob('/sys/module/rcutree/parameters/do_rcu_barrier'):
        write_text(path, 1)
    for path in glob.glob('/sys/kernel/slab/*/shrink'):
        write_text(path, 1)
