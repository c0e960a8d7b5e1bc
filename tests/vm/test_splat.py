# SPDX-License-Identifier: GPL-2.0-only
"""Does the detector see every kind of kernel defect, and only those?"""

import unittest

from splat import Watcher, is_splat, is_stale_int3, leaks_but_of, warnings_but_of

SPLATS = '''\
[   12.345678] BUG: kernel NULL pointer dereference, address: 0000000000000010
[   12.3] BUG: unable to handle page fault for address: ffffc90000000000
[   12.3] BUG: sleeping function called from invalid context at mm/slab.h:306
[   12.3] BUG: scheduling while atomic: fio/211/0x00000002
[   12.3] BUG: KFENCE: use-after-free read in xbd_store_lookup+0x1a/0x40 [xbd]
[   12.3] BUG: KASAN: slab-out-of-bounds in xchar_read_iter+0x12/0x30 [xchar]
[   12.3] BUG kmalloc-64 (Tainted: G           OE     ): Redzone overwritten
[   12.3] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [fio:301]
[   12.3] kernel BUG at block/blk-mq.c:1234!
[   12.3] WARNING: CPU: 1 PID: 311 at kernel/workqueue.c:1900 __queue_work+0x3c/0x390
[   12.3] WARNING: kernel/locking/mutex.c:123 at __mutex_lock+0x1/0x2, CPU#0: rmmod/99
[   12.3] WARNING: possible circular locking dependency detected
[   12.3] WARNING: possible recursive locking detected
[   12.3] WARNING: suspicious RCU usage
[   12.3] ------------[ cut here ]------------
[   12.3] Oops: 0000 [#1] PREEMPT SMP NOPTI
[   12.3] int3: 0000 [#1] PREEMPT SMP NOPTI
[   12.3] Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1]
[   12.3] general protection fault, probably for non-canonical address 0xdead000000000122
[   12.3] Kernel panic - not syncing: Fatal exception
[   12.3] UBSAN: array-index-out-of-bounds in xnet/ring.c:12:3
[   12.3] INFO: task rmmod:412 blocked for more than 30 seconds.
[   12.3] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[   12.3] rcu: INFO: rcu_preempt self-detected stall on CPU
[   12.3] refcount_t: underflow; use-after-free.
[   12.3] DMA-API: xnet 0000:00:03.0: device driver frees DMA memory with different size
[   12.3] list_del corruption. prev->next should be ffff888, but was dead000000000100
[   12.3] list_add corruption. next->prev should be prev
[   12.3] NETDEV WATCHDOG: eth0 (xnet): transmit queue 0 timed out
[   12.3] BUG: Bad page state in process fio  pfn:12345
[   12.3] kmem_cache_destroy xbd_page: Slab cache still has objects when called from xbd_exit
[   12.3] unregister_netdevice: waiting for eth0 to become free. Usage count = 2
[   12.3] irq 11: nobody cared (try booting with the "irqpoll" option)
[   12.3] sysfs: cannot create duplicate filename '/class/xchar'
[   12.3] Device 'xchar0' does not have a release() function, it is broken and must be fixed.
[   12.3] kobject: kobject_add_internal failed for xchar0 with -EEXIST, don't try to register things
[   12.3] kobject: kobject_add_internal failed for xchar0 (error: -2 parent: virtual)
[   12.3] INFO: trying to register non-static key.
[   12.3][  T123] ODEBUG: free active (active state 0) object type: timer_list
'''.splitlines()

CLEAN = '''\
[    0.000000] Linux version 6.12.117+deb13-amd64 (builder@example.org)
[    0.000000] [Firmware Bug]: TSC doesn't count with P0 frequency!
[    0.012345] kfence: initialized - using 2097152 bytes for 255 objects at 0x(____ptrval____)
[    0.1] kmemleak: Kernel memory leak detector initialized (mem pool available: 15650)
[   12.3] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
[    0.1] DMA-API: preallocated 65536 debug entries
[    0.1] DMA-API: debugging enabled by kernel config
[    2.1] clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable
[    3.1] xdrv_common: loading out-of-tree module taints kernel.
[    3.1] xdrv_common: module verification failed: signature and/or required key missing
[    4.1] kobject: kobject_add_internal failed for xchar0 (error: -12 parent: virtual)
[    4.1] Buffer I/O error on dev xbd0, logical block 0, async page read
[    4.1] I/O error, dev xbd0, sector 8 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 2
[    4.1] EXT4-fs (xbd0): mounted filesystem with ordered data mode. Quota mode: none.
[    5.1] workqueue: DEBUG: nothing
[    5.1] rcu: Hierarchical RCU implementation.
[    6.1] xdrv-test: begin block/BUG: odd-name
'''.splitlines()


class Detector(unittest.TestCase):
    def test_sees_every_kind_of_splat(self):
        for line in SPLATS:
            with self.subTest(line=line):
                self.assertTrue(is_splat(line))

    def test_leaves_normal_lines_alone(self):
        for line in CLEAN:
            with self.subTest(line=line):
                self.assertFalse(is_splat(line))


class Attribution(unittest.TestCase):
    def feed(self, *lines):
        watcher = Watcher()
        for line in lines:
            watcher.feed(line)
        return watcher

    def test_names_the_test_that_was_running(self):
        watcher = self.feed('[1.0] xdrv-test: begin block/fio', SPLATS[0], 'Call Trace:',
                            '[1.2] xdrv-test: end block/fio', CLEAN[0])
        self.assertEqual(watcher.take('block/fio'), [SPLATS[0], 'Call Trace:'])
        self.assertEqual(watcher.reports, {})
        self.assertIn('block/fio', watcher.ended)

    def test_before_the_first_test_it_is_the_boot(self):
        self.assertEqual(self.feed(SPLATS[0]).take('boot'), [SPLATS[0]])

    def test_between_tests_it_is_the_one_before(self):
        watcher = self.feed('xdrv-test: begin net/ping', 'xdrv-test: end net/ping', SPLATS[0])
        self.assertEqual(watcher.take('net/ping', 'after-net/ping'), [SPLATS[0]])

    def test_knows_a_breakpoint_that_is_no_longer_there(self):
        self.assertTrue(is_stale_int3(['[ 9.1] Oops: int3: 0000 [#1] SMP NOPTI', 'RIP: 0010:f+1']))
        self.assertTrue(is_stale_int3(['[ 9.1] int3: 0000 [#1] PREEMPT SMP NOPTI']))
        self.assertFalse(is_stale_int3(SPLATS[:1] + ['[ 9.1] Oops: int3: 0000 [#1] SMP NOPTI']))
        self.assertFalse(is_stale_int3([]))

    def test_of_data_races_only_ours_count(self):
        def race(function):
            return ['[ 9.1] ' + text for text in (
                '=' * 66, 'BUG: KCSAN: data-race in %s / folio_batch_move_lru' % function,
                'write to 0xffff888003b3e4c0 of 8 bytes by task 211 on cpu 1:',
                ' %s+0x1a/0x40' % function, '=' * 66)]
        self.assertEqual(self.feed(*race('filemap_read')).reports, {})
        self.assertEqual(self.feed(*race('xbd_queue_rq [xbd]')).take('boot'),
                         race('xbd_queue_rq [xbd]')[1:])

    def test_a_race_that_the_machine_did_not_finish_to_report_counts(self):
        lines = ['BUG: KCSAN: data-race in xbd_queue_rq [xbd] / xbd_queue_rq [xbd]', ' oops']
        self.assertEqual(self.feed(*lines).take('boot'), lines)

    def test_what_is_forgiven_does_not_count_nor_hide_what_is_not(self):
        def warning(function):
            return ['[ 9.1] ' + text for text in (
                '------------[ cut here ]------------', 'ODEBUG: free active (active state 0)',
                'WARNING: CPU: 0 PID: 128 at lib/debugobjects.c:514', 'Modules linked in: nvme_core xbd(O)',
                ' %s+0xd4/0x120' % function, '---[ end trace 0000000000000000 ]---')]
        theirs, ours = warning('nvme_free_ns'), warning('xbd_free [xbd]')
        theirs[4] += ' [nvme_core]'
        hung = ['[ 9.9] INFO: task rmmod:412 blocked for more than 30 seconds.']
        self.assertEqual(warnings_but_of(['nvme_core'], theirs + ours + theirs + hung), ours + hung)
        self.assertEqual(warnings_but_of(['nvme_core'], theirs + ['[ 9.9] nvme nvme0: creating 2 queues']), [])
        self.assertEqual(warnings_but_of([], theirs), theirs)
        self.assertEqual(warnings_but_of(['nvmet'], theirs), theirs)
        theirs[4] += ' xbd_submit_bio+0x1/0x2 [xbd]'
        self.assertEqual(warnings_but_of(['nvme_core'], theirs), theirs)

    def test_leaks_are_forgiven_one_by_one(self):
        def leak(function):
            return ['unreferenced object 0xffff888006992320 (size 8):', '  comm "kworker", pid 28',
                    '    kmemleak_alloc+0x4c/0x80', '    %s+0x15f8/0x2c90' % function]
        theirs, ours = leak('nvme_alloc_ns'), leak('xbd_open')
        theirs[3] += ' [nvme_core]'
        self.assertEqual(leaks_but_of(['nvme_core'], theirs + ours + theirs), ours)
        self.assertEqual(leaks_but_of([], theirs), theirs)

    def test_a_clean_test_has_no_report(self):
        watcher = self.feed('xdrv-test: begin net/ping', *CLEAN[:-1])
        self.assertEqual(watcher.take('net/ping'), [])


if __name__ == '__main__':
    unittest.main()
