# SPDX-License-Identifier: GPL-2.0-only
"""What disks, character devices and interfaces are for, done again and again in threads, by those who know what must
be there: while memory runs out, while the machine sleeps.

    working = [works.Layers(directory, problems), works.Pair(problems)]
    for work in working:
        work.start()
    ...
    works.end(working)          # what went wrong is in problems, in words
"""

import contextlib
import errno
import fcntl
import os
import random
import struct
import sys
import threading
import time

from tap import note, patience, read_text, run, write_text

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), area)
                for area in ('block', 'char')]

# pylint: disable=wrong-import-position
from receiver import clock_of, is_right
from xbd import PAGE, Disk
from xchardev import RESIZE, TRUNCATE, Device

# There is no memory for it, or what is there does not fit.
SHORT = (errno.ENOMEM, errno.ENOSPC, errno.EBUSY)
MANY = 10
PAUSE = 0.02


class Work(threading.Thread):
    """Something that is done until all is over. Want of memory does not matter."""

    def __init__(self, problems):
        super().__init__(daemon=True)
        self.problems, self.over = problems, False
        self.times = self.refused = 0

    def problem(self, text):
        if len(self.problems) < MANY:
            self.problems.append('%s: %s' % (type(self).__name__, text))

    def run(self):
        try:
            while not self.over:
                with self.unless_short():
                    self.once()
                    self.times += 1
        except Exception as error:  # whatever it is, it is told
            self.problem(repr(error))

    def once(self):
        """One of them."""

    @contextlib.contextmanager
    def unless_short(self):
        try:
            yield
        except OSError as error:
            if error.errno not in SHORT:
                raise
            self.refused += 1
            time.sleep(0.01)

    def check(self):
        """When it is over: what is there."""

    def close(self):
        """Its files and devices."""


def end(working):
    """All is over; there is memory again."""
    for work in working:
        work.over = True
    for work in working:
        work.join(patience(30))
        if work.is_alive():
            work.problem('hangs')
            continue
        work.check()
        if not work.times:
            work.problem('never came to do it')
        note('%s: %d times, %d refused' % (type(work).__name__, work.times, work.refused))
        work.close()


class Pages(Work):
    """Pages of a file, each with its number and version all over. Where writing fails there is the new version or
    the old; 0 are zeros."""

    COUNT = 2048

    def __init__(self, file, problems):
        super().__init__(problems)
        self.file, self.version, self.may = file, 0, [{0}] * self.COUNT

    def once(self):
        first, count = random.randrange(self.COUNT - 16), random.randint(1, 16)
        self.version += 1
        pages = range(first, first + count)
        data = b''.join(struct.pack('=QQ', page, self.version) * (PAGE // 16) for page in pages)
        self.change(pages, self.version, lambda: self.file.write(first * PAGE, data))
        if random.random() < 0.3:
            self.check_page(random.randrange(self.COUNT))
        time.sleep(PAUSE)

    def change(self, pages, version, function):
        for page in pages:
            self.may[page] = self.may[page] | {version}
        function()
        for page in pages:
            self.may[page] = {version}

    def check_page(self, page):
        data = self.file.read(page * PAGE, PAGE)
        number, version = struct.unpack_from('=QQ', data)
        if data != data[:16] * (PAGE // 16) or number != (page if version else 0) or version not in self.may[page]:
            self.problem('page %d: found %d of page %d, may have %s' % (page, version, number, self.may[page]))
        self.may[page] = {version}

    def check(self):
        for page in range(self.COUNT):
            self.check_page(page)

    def close(self):
        self.file.close()


class Seekable:
    """A device with the back end mem, as a file of pages."""

    def __init__(self):
        self.device = Device(backend='mem')
        self.fd = self.device.open()

    def write(self, pos, data):
        while data:
            written = os.pwrite(self.fd, data, pos)
            pos, data = pos + written, data[written:]

    def read(self, pos, size):
        return os.pread(self.fd, size, pos).ljust(size, b'\0')

    def truncate(self):
        fcntl.ioctl(self.fd, TRUNCATE, struct.pack('=Q', 0))

    def close(self):
        os.close(self.fd)
        self.device.remove()


class Memory(Pages):
    """Of xchar's mem; now and then it loses all of it."""

    def __init__(self, problems):
        super().__init__(Seekable(), problems)

    def once(self):
        super().once()
        if random.random() < 0.01:
            self.change(range(self.COUNT), 0, self.file.truncate)


class Layers(Pages):
    """Of a disk with a cache that loses its power when all is flushed, with snapshots that come and go."""

    def __init__(self, directory, problems):
        super().__init__(Disk(directory.disk), problems)
        self.directory, self.saved, self.going = directory, None, False

    def once(self):
        for _ in range(30):
            with self.unless_short():
                super().once()
        first = random.randrange(self.COUNT - 8)
        with self.unless_short():
            self.change(range(first, first + 8), 0, lambda: self.file.discard(first * PAGE, 8 * PAGE))
        random.choice((self.snapshot, self.cut))()

    def snapshot(self):
        if self.saved is None:
            self.directory['snapshot'] = 1
            self.saved = list(self.may)
        elif random.random() < 0.5 and not self.going:
            self.directory['rollback'] = 1
            self.may = list(self.saved)
        else:
            self.going = True
            self.directory['snapshot'] = 0
            self.saved, self.going = None, False

    def cut(self):
        os.fsync(self.file.fd)
        self.directory['power_cut'] = 1
        self.directory['power_cut'] = 0


class Pair(Work):
    """A null modem: what is written at one end is read at the other, while buffers become larger and smaller."""

    DATA = random.Random(1).randbytes((1 << 20) + 7)

    def __init__(self, problems):
        super().__init__(problems)
        self.device = Device(backend='pair')
        self.ends = [os.open('/dev/' + self.device.get(name), os.O_RDWR) for name in ('dev', 'peer')]
        self.sent, self.received, self.complete = 0, 0, False
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def part(self, pos, size):
        pos %= len(self.DATA)
        return (self.DATA[pos:] + self.DATA)[:size] if pos + size > len(self.DATA) else self.DATA[pos:pos + size]

    def once(self):
        self.write(random.randrange(1, 100000))
        time.sleep(PAUSE)
        fcntl.ioctl(random.choice(self.ends), RESIZE, struct.pack('=I', random.choice((4096, 65536, 1 << 20, 4 << 20))))

    def write(self, size):
        self.sent += os.write(self.ends[0], self.part(self.sent, size))

    def read(self):
        while not self.complete or self.received < self.sent:
            data = os.read(self.ends[1], 1 << 16)
            if data != self.part(self.received, len(data)):
                self.problem('has other data at %d' % self.received)
            self.received += len(data)

    def check(self):
        self.complete = True
        self.write(1)       # for who waits
        self.reader.join(patience(20))
        counted = int(read_text('/sys/class/xchar/%s/statistics/rx_bytes' % self.device.get('peer')))
        if not self.sent == self.received == counted:
            self.problem('%d bytes were sent, %d came, %d are counted' % (self.sent, self.received, counted))

    def close(self):
        for fd in self.ends:
            os.close(fd)
        self.device.remove()


class Receiver(Work):
    """A pretend receiver tells the time, of which it loses none, in whole sentences."""

    def __init__(self, problems):
        super().__init__(problems)
        self.device = Device(backend='nmea')
        write_text(self.device.directory + '/nmea/rate', 10)
        self.file = open(self.device.path, encoding='ascii', newline='')
        self.last = 0

    def once(self):
        self.listen()

    def listen(self):
        line = self.file.readline()
        if not is_right(line):
            self.problem('says %r' % line)
        if line[3:6] == 'RMC':
            now = clock_of(line.split(','))
            if now <= self.last:
                self.problem('says %.2f after %.2f' % (now, self.last))
            self.last = now

    def check(self):
        """Who has not listened for long hears what has waited first."""
        for _ in range(2000):
            if abs(self.last - time.time()) > 1:
                self.listen()
        if abs(self.last - time.time()) > patience(5):
            self.problem('its time is %.1f s wrong' % (self.last - time.time()))

    def close(self):
        self.file.close()
        self.device.remove()


class Creation(Work):
    """Of devices, which fails, or gives one that works."""

    KINDS = (('xbd', {'size': 16}), ('xbd', {'size': 16, 'queue_mode': 'bio', 'cache_size': 1}),
             ('xchar', {'buffer_size': 4 << 20}), ('xchar', {'backend': 'mem'}), ('xchar', {'backend': 'nmea'}))

    def once(self):
        module, attributes = random.choice(self.KINDS)
        path = '/sys/kernel/config/%s/fresh' % module
        os.mkdir(path)
        try:
            for name, value in attributes.items():
                write_text('%s/%s' % (path, name), value)
            write_text(path + '/power', 1)
            if read_text(path + '/power') != '1':
                self.problem('%s has no power' % attributes)
        finally:
            os.rmdir(path)
        time.sleep(20 * PAUSE)


class Interfaces(Work):
    """Get other rings, and both another MTU."""

    def __init__(self, pair, problems):
        super().__init__(problems)
        self.pair = pair

    def once(self):
        status, _ = self.pair.ethtool(random.choice('ab'), '-G', 'rx', str(1 << random.randint(4, 10)), check=False)
        self.refused += status not in (0, 80)
        mtu = str(random.choice((1500, 3000, 4096)))
        for side in 'ab':
            status, _ = run('ip', '-n', side, 'link', 'set', self.pair.name[side], 'mtu', mtu, check=False)
            self.refused += status != 0
        time.sleep(20 * PAUSE)

    def check(self):
        for side in 'ab':
            self.pair.ip(side, 'link', 'set', self.pair.name[side], 'mtu', '1500')
