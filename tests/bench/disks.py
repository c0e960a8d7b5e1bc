# SPDX-License-Identifier: GPL-2.0-only
"""How each RAM disk is made, made alike and removed."""

import glob
import mmap
import os
import stat

from system import Cannot, load, read_text, unload, write_text

MIB = 1 << 20


class Disk:
    """A RAM disk of size bytes; poll asks for queues that io_uring can poll."""

    name = module = node = None
    can_poll = False
    keeps_data = True

    def __init__(self, size, poll=False):
        self.size, self.poll = size, poll
        if poll and not self.can_poll:
            raise Cannot('%s has no queues to poll' % self.name)

    def create(self):
        self._create()
        if not os.path.exists(self.node) or not stat.S_ISBLK(os.stat(self.node).st_mode):
            raise Cannot('%s made no %s' % (self.module, self.node))

    def _create(self):
        raise NotImplementedError

    def destroy(self):
        unload(self.module)

    def attribute(self, name):
        return '/sys/block/%s/queue/%s' % (os.path.basename(self.node), name)

    def equalise(self, iostats=0):
        """The settings that cost time, the same for everybody."""
        for name, value in (('scheduler', 'none'), ('iostats', iostats), ('nomerges', 0),
                            ('rq_affinity', 1), ('wbt_lat_usec', 0), ('add_random', 0)):
            path = self.attribute(name)
            if not os.path.exists(path):
                continue
            try:
                write_text(path, value)
            except OSError:
                if name not in ('scheduler', 'wbt_lat_usec'):   # a disk without requests
                    raise
        path = self.attribute('scheduler')
        if os.path.exists(path) and 'none' not in read_text(path):
            raise Cannot('%s insists on a scheduler' % self.name)

    def fill(self):
        """Every page of the store is there before something is measured."""
        with mmap.mmap(-1, MIB) as buffer:
            buffer.write(os.urandom(MIB))
            fd = os.open(self.node, os.O_WRONLY | os.O_DIRECT)
            try:
                for offset in range(0, self.size, MIB):
                    os.pwritev(fd, [buffer], offset)
            finally:
                os.close(fd)


class Configured(Disk):
    """One of several disks of a module, made by a directory in configfs."""

    settings = {}

    @property
    def item(self):
        raise NotImplementedError

    def wanted(self):
        """All attributes that are to be set."""
        return dict(self.settings, size=self.size // MIB)

    def _create(self):
        if not os.path.isdir(os.path.dirname(self.item)):   # another one may be there already
            load(self.module, nr_devices=0)
        os.mkdir(self.item)
        for name, value in {**self.wanted(), 'power': 1}.items():
            try:
                write_text('%s/%s' % (self.item, name), value)
            except OSError as error:
                raise Cannot('%s refuses %s=%s: %s' % (self.module, name, value, error.strerror)) \
                    from error

    def destroy(self):
        if os.path.isdir(self.item):
            os.rmdir(self.item)
        if not glob.glob(os.path.dirname(self.item) + '/*/'):
            super().destroy()


class Xbd(Configured):
    """Ours, with requests."""

    name, module, node = 'xbd-mq', 'xbd', '/dev/xbd0'
    can_poll = True
    huge = 0
    settings = {'queue_mode': 'mq'}

    @property
    def item(self):
        return '/sys/kernel/config/xbd/' + self.name

    def wanted(self):
        return dict(super().wanted(), huge=self.huge, **({'poll_queues': 1} if self.poll else {}))

    def _create(self):
        super()._create()
        self.node = '/dev/xbd' + read_text(self.item + '/index')


class XbdBio(Xbd):
    """Ours, without requests."""

    name, can_poll = 'xbd-bio', False
    settings = {'queue_mode': 'bio'}


class Brd(Disk):
    """The kernel's RAM disk."""

    name, module, node = 'brd', 'brd', '/dev/ram0'

    def _create(self):
        load('brd', rd_nr=1, rd_size=self.size // 1024)


class NullBlk(Configured):
    """The kernel's test disk, at its leanest: completes inline, without delay."""

    name, module, node = 'null_blk', 'null_blk', '/dev/nullb0'
    can_poll = True
    settings = {'memory_backed': 1, 'discard': 1}

    @property
    def item(self):
        return '/sys/kernel/config/nullb/' + os.path.basename(self.node)

    def wanted(self):
        return dict(super().wanted(), blocksize=4096, queue_mode=2, irqmode=0, hw_queue_depth=128,
                    submit_queues=os.cpu_count(), poll_queues=int(self.poll))


class NullBlkEmpty(NullBlk):
    """The same without data: what the block layer alone costs."""

    name, node, keeps_data = 'null_blk-empty', '/dev/nullb1', False
    settings = {'memory_backed': 0}


class Zram(Disk):
    """The kernel's compressed RAM disk."""

    name, module, node = 'zram', 'zram', '/dev/zram0'

    def _create(self):
        load('zram', num_devices=1)
        try:
            write_text('/sys/block/zram0/disksize', self.size)
        except OSError as error:
            raise Cannot('zram: disksize: ' + error.strerror) from error


DISKS = {disk.name: disk for disk in (Xbd, XbdBio, Brd, NullBlk, NullBlkEmpty, Zram)}


class Made:
    """with Made('brd', size) as disk: removed again, also when making it fails half way."""

    def __init__(self, name, size, poll=False, fill=True):
        self.disk = DISKS[name](size, poll)
        self.fill = fill

    def __enter__(self):
        try:
            self.disk.create()
            self.disk.equalise()
            if self.fill and self.disk.keeps_data:
                self.disk.fill()
        except Exception:
            remove(self.disk)
            raise
        return self.disk

    def __exit__(self, *_):
        remove(self.disk)


def remove(disk):
    if os.path.isdir('/sys/module/' + disk.module):
        disk.destroy()
