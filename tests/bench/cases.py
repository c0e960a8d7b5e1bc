# SPDX-License-Identifier: GPL-2.0-only
"""What is measured: every case by part, area and name. Read on the host and in the guest.

Parts: 'path' counts instructions, 'hardware' counts what the NIC is asked to do, both under icount
on one CPU; 'throughput' is the clock on the wall, on two.
"""

import fnmatch
from dataclasses import dataclass, field

PARTS = ('path', 'hardware', 'throughput')

# Subjects by area, ours first; the others are the peers it is compared with.
SUBJECTS = {
    'block': ('xbd-mq', 'xbd-bio', 'brd', 'null_blk', 'null_blk-empty', 'zram'),
    'char': ('xchar', 'pipe', 'fifo', 'pty', 'gnss'),
    'net': ('xnet', '8139cp'),
}
OTHER_NICS = ('e1000', 'e1000e', 'virtio_net')
OURS = ('xbd-mq', 'xbd-bio', 'xchar', 'xnet')
AGAIN = ' again'

SELF_TEST_LIMIT = 0.005


@dataclass(frozen=True)
class Case:
    """One thing to measure; how says it to the code that does."""

    part: str
    area: str
    name: str
    title: str
    unit: str
    how: dict = field(default_factory=dict, compare=False)
    higher: bool = False

    @property
    def path(self):
        return '%s/%s' % (self.area, self.name)

    @property
    def is_self_test(self):
        return self.name == 'self-test'

    @property
    def subjects(self):
        ours = next(name for name in SUBJECTS[self.area] if name in OURS)
        if self.is_self_test:
            return (ours, ours + AGAIN)
        if (self.part, self.area) == ('throughput', 'net'):
            return SUBJECTS['net'] + OTHER_NICS
        return SUBJECTS[self.area]


def _fio_path():
    psync, uring = {'engine': 'psync'}, {'engine': 'io_uring'}
    for name, title, how in (
            ('psync-randread', '4 KiB random read, psync', dict(psync, rw='randread')),
            ('psync-randwrite', '4 KiB random write, psync', dict(psync, rw='randwrite')),
            ('psync-randread-iostats', 'the same read, iostats on',
             dict(psync, rw='randread', iostats=1)),
            ('psync-randwrite-iostats', 'the same write, iostats on',
             dict(psync, rw='randwrite', iostats=1)),
            ('uring-randread', '4 KiB random read, io_uring QD32 batched',
             dict(uring, rw='randread')),
            ('uring-randwrite', '4 KiB random write, io_uring QD32 batched',
             dict(uring, rw='randwrite')),
            ('uring-randread-iostats', 'the same read, iostats on',
             dict(uring, rw='randread', iostats=1)),
            ('uring-poll-randread', '4 KiB random read, io_uring QD32, IOPOLL',
             dict(uring, rw='randread', poll=1)),
            ('uring-poll-randwrite', '4 KiB random write, io_uring QD32, IOPOLL',
             dict(uring, rw='randwrite', poll=1)),
            ('read-128k', '128 KiB sequential read, psync', dict(psync, rw='read', bs='128k')),
            ('write-128k', '128 KiB sequential write, psync', dict(psync, rw='write', bs='128k')),
            ('read-1m', '1 MiB sequential read, psync', dict(psync, rw='read', bs='1m')),
            ('write-1m', '1 MiB sequential write, psync', dict(psync, rw='write', bs='1m'))):
        yield Case('path', 'block', name, title, 'instructions/IO', how)


def _block_path():
    yield from _fio_path()
    yield Case('path', 'block', 'trim-wait', 'discard of a full device: until the caller goes on',
               'instructions/4 KiB', {'trim': 'wait'})
    yield Case('path', 'block', 'trim-all', 'the same, with what is done later',
               'instructions/4 KiB', {'trim': 'all'})
    yield Case('path', 'block', 'teardown', 'removal of a full device, with what is done later',
               'instructions/4 KiB', {'teardown': 'pages'})
    yield Case('path', 'block', 'teardown-huge', 'the same, ours with huge=1',
               'instructions/4 KiB', {'teardown': 'huge'})
    yield Case('path', 'block', 'create-16t', 'load the module, create a sparse 16 TiB device',
               '1000 instructions', {'huge': 'create'})
    yield Case('path', 'block', 'destroy-16t', 'destroy it and unload',
               '1000 instructions', {'huge': 'destroy'})
    yield Case('path', 'block', 'self-test', 'the same device as both sides, psync read',
               'instructions/IO', {'engine': 'psync', 'rw': 'randread'})


def _char_path():
    unit = 'instructions'
    for size in (1, 64, 512, 4096, 65536):
        yield Case('path', 'char', 'roundtrip-%d' % size,
                   'write and read of %d byte%s' % (size, 's' * (size > 1)), unit,
                   {'mode': 'roundtrip', 'size': size})
    yield Case('path', 'char', 'empty-read', 'non-blocking read that finds nothing', unit,
               {'mode': 'empty', 'size': 64})
    yield Case('path', 'char', 'poll-wakeup', 'waking a process that sleeps in poll()', unit,
               {'mode': 'wakeup', 'size': 1})
    yield Case('path', 'char', 'uring-64', '64 bytes by io_uring, write and read linked', unit,
               {'mode': 'uring', 'size': 64})
    for size in (64, 4096):
        yield Case('path', 'char', 'splice-%d' % size, '%d bytes by splice, in and out' % size,
                   unit, {'mode': 'splice', 'size': size})
    yield Case('path', 'char', 'self-test', 'the same device as both sides, 64 bytes', unit,
               {'mode': 'roundtrip', 'size': 64})


# Loads of the path and the hardware part: name, title, what one operation is, how.
NET_LOADS = (
    ('pktgen-60', 'pktgen 60 B, sent only', 'packet', {'pktgen': 1}),
    ('pktgen-60-burst', 'pktgen 60 B in bursts of 32, sent only', 'packet', {'pktgen': 32}),
    ('pktgen-60-receive', 'pktgen 60 B, sent and received', 'packet',
     {'pktgen': 1, 'receive': 1}),
    ('udp-64', 'UDP 64 B, send and receive one by one', 'packet',
     {'mode': 'udp', 'size': 64, 'loops': 1000}),
    ('udp-64-batch', 'UDP 64 B, send and receive 32 at once', 'packet',
     {'mode': 'udp', 'size': 64, 'batch': 32, 'loops': 40}),
    ('udp-1472', 'UDP 1472 B, send and receive one by one', 'packet',
     {'mode': 'udp', 'size': 1472, 'loops': 1000}),
    ('tcp-rr', 'TCP_RR 1 B, there and back', 'transaction',
     {'mode': 'rr', 'size': 1, 'loops': 500}),
    ('tcp-stream', 'TCP stream, per 1448 B', 'packet',
     {'mode': 'stream', 'size': 1448, 'batch': 100, 'loops': 60}),
)


def _net_path():
    for name, title, per, how in NET_LOADS:
        yield Case('path', 'net', name, title, 'instructions/' + per, how)
    yield Case('path', 'net', 'self-test', 'the same NIC as both sides, UDP 64 B',
               'instructions/packet', {'mode': 'udp', 'size': 64, 'loops': 1000})


def _net_hardware():
    for name, title, per, how in NET_LOADS:
        for what, words in (('reads', 'MMIO reads'), ('writes', 'MMIO writes'),
                            ('raises', 'interrupt line raised'),
                            ('interrupts', 'interrupts taken')):
            yield Case('hardware', 'net', '%s-%s' % (name, what), '%s: %s' % (title, words),
                       '%s/%s' % (words, per), dict(how, load=name, count=what))


def _block_throughput():
    for jobs in (1, 2):
        for name, title, how in (
                ('psync-randread', '4 KiB random read, psync', ('psync', 'randread')),
                ('psync-randwrite', '4 KiB random write, psync', ('psync', 'randwrite')),
                ('uring-randread', '4 KiB random read, io_uring QD32', ('io_uring', 'randread'))):
            yield Case('throughput', 'block', '%s-%dcpu' % (name, jobs),
                       '%s, %d CPU%s' % (title, jobs, 's' * (jobs > 1)), 'IOPS',
                       {'engine': how[0], 'rw': how[1], 'jobs': jobs}, higher=True)


def _net_throughput():
    for name, title, unit, higher in (
            ('stream-rate', 'TCP stream', 'Mb/s', True),
            ('stream-retransmits', 'TCP stream: segments sent again', 'per s', False),
            ('pktgen-rate', 'pktgen 60 B', 'packets/s', True),
            ('pktgen-burst-rate', 'pktgen 60 B in bursts of 32', 'packets/s', True),
            ('udp-rate', 'UDP 1472 B, unpaced: received', 'Mb/s', True),
            ('udp-loss', 'UDP 1472 B, unpaced: lost', '%', False),
            ('rr-rate', 'TCP_RR 1 B', 'transactions/s', True)):
        yield Case('throughput', 'net', name, title, unit, {'load': name.split('-', 1)[0]}, higher)


def all_cases():
    yield from _block_path()
    yield from _char_path()
    yield from _net_path()
    yield from _net_hardware()
    yield from _block_throughput()
    yield from _net_throughput()


def find_case(part, path):
    return next(case for case in all_cases() if (case.part, case.path) == (part, path))


def select(part, globs):
    """The cases of one part whose AREA/NAME matches one of the globs."""
    return [case for case in all_cases() if case.part == part and
            any(fnmatch.fnmatch(case.path, glob) for glob in globs)]
