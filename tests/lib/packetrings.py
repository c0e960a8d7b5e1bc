# SPDX-License-Identifier: GPL-2.0-only
"""Sockets that take frames from, and give them to, memory that they share with a program: AF_PACKET with
its rings, and AF_XDP. In the namespace of the thread that makes them.

    with ReceiveRing(name) as ring:
        ring.receive(seconds)       # how many frames; raises OSError when the interface is gone
"""

import ctypes
import errno
import mmap
import os
import select
import socket
import struct

import bpf

ETH_P_ALL, PROTOCOL = 3, 0x88b6
# To everybody, from nobody in particular.
FRAME = bytes.fromhex('ffffffffffff 020000000099 88b6') + bytes(range(100))
SOL_PACKET, PACKET_RX_RING, PACKET_VERSION, PACKET_TX_RING = 263, 5, 10, 13
TPACKET_V2, TPACKET_V3 = 1, 2
BLOCK, BLOCKS, SLOT = 1 << 16, 4, 2048
BLOCK_STATUS, BLOCK_FRAMES, USER_HAS = 8, 12, 1
SLOT_DATA, AVAILABLE, SEND_REQUEST = 32, 0, 1

AF_XDP, SOL_XDP, XDP_COPY = 44, 283, 2
XDP_MMAP_OFFSETS, XDP_RX_RING, XDP_TX_RING, XDP_UMEM_REG, XDP_FILL_RING, XDP_COMPLETION_RING = range(1, 7)
CHUNK, CHUNKS, ENTRIES = 2048, 64, 32
# Of a ring: the option that makes it, where mmap finds it, the size of an entry, its place in XDP_MMAP_OFFSETS.
XDP_RINGS = {'rx': (XDP_RX_RING, 0, 16, 0), 'tx': (XDP_TX_RING, 0x80000000, 16, 1),
             'fill': (XDP_FILL_RING, 0x100000000, 8, 2),
             'completion': (XDP_COMPLETION_RING, 0x180000000, 8, 3)}

_LIBC = ctypes.CDLL(None, use_errno=True)


class _Shared:
    """A socket and what it shares, for as long as a with block takes."""

    def __init__(self, family, protocol=0):
        self.socket = socket.socket(family, socket.SOCK_RAW, protocol)
        self.maps = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.maps:
            each.close()
        self.socket.close()

    def map(self, size, offset=0):
        self.maps.append(mmap.mmap(self.socket.fileno(), size, offset=offset))
        return self.maps[-1]

    def wait(self, events, seconds):
        """Whether there is something; an error of the socket is raised."""
        poller = select.poll()
        poller.register(self.socket, events)
        answer = poller.poll(seconds * 1000)
        if answer and answer[0][1] & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
            number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            raise OSError(number or errno.ENETDOWN, os.strerror(number or errno.ENETDOWN))
        return bool(answer)


class ReceiveRing(_Shared):
    """All frames of an interface, in blocks."""

    def __init__(self, name):
        super().__init__(socket.AF_PACKET)
        self.socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V3)
        self.socket.setsockopt(SOL_PACKET, PACKET_RX_RING, struct.pack(
            '=7I', BLOCK, BLOCKS, SLOT, BLOCK * BLOCKS // SLOT, 20, 0, 0))
        self.ring, self.next = self.map(BLOCK * BLOCKS), 0
        self.socket.bind((name, ETH_P_ALL))

    def receive(self, seconds):
        """Those of the next block, when there is one in time."""
        start = BLOCK * self.next
        if not struct.unpack_from('=I', self.ring, start + BLOCK_STATUS)[0] & USER_HAS:
            self.wait(select.POLLIN, seconds)
            return 0
        count = struct.unpack_from('=I', self.ring, start + BLOCK_FRAMES)[0]
        struct.pack_into('=I', self.ring, start + BLOCK_STATUS, 0)
        self.next = (self.next + 1) % BLOCKS
        return count


class TransmitRing(_Shared):
    """Frames by an interface, in slots."""

    def __init__(self, name):
        super().__init__(socket.AF_PACKET)
        self.socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        self.slots = BLOCK // SLOT
        self.socket.setsockopt(SOL_PACKET, PACKET_TX_RING, struct.pack('=4I', BLOCK, 1, SLOT, self.slots))
        self.ring, self.next = self.map(BLOCK), 0
        self.socket.bind((name, 0))

    def send(self, count):
        """So many, as far as slots are free; returns how many."""
        sent = 0
        while sent < count:
            start = SLOT * self.next
            if struct.unpack_from('=I', self.ring, start)[0] != AVAILABLE:
                break
            self.ring[start + SLOT_DATA:start + SLOT_DATA + len(FRAME)] = FRAME
            struct.pack_into('=2I', self.ring, start, SEND_REQUEST, len(FRAME))
            self.next = (self.next + 1) % self.slots
            sent += 1
        self.socket.send(b'', socket.MSG_DONTWAIT)
        return sent


class _XdpRing:
    """One of the four: who produces writes entries and moves one index, who consumes moves the other."""

    def __init__(self, shared, kind):
        option, offset, self.size, place = XDP_RINGS[kind]
        shared.socket.setsockopt(SOL_XDP, option, ENTRIES)
        offsets = shared.socket.getsockopt(SOL_XDP, XDP_MMAP_OFFSETS, 128)
        self.producer, self.consumer, self.entries, _ = struct.unpack_from('=4Q', offsets, 32 * place)
        self.memory = shared.map(self.entries + ENTRIES * self.size, offset)

    def _indices(self):
        return [struct.unpack_from('=I', self.memory, offset)[0] for offset in (self.producer, self.consumer)]

    def put(self, *entries):
        """As many as there is room for; returns how many."""
        produced, consumed = self._indices()
        entries = entries[:ENTRIES - (produced - consumed & 0xffffffff)]
        for number, entry in enumerate(entries):
            start = self.entries + (produced + number) % ENTRIES * self.size
            self.memory[start:start + self.size] = entry
        struct.pack_into('=I', self.memory, self.producer, produced + len(entries) & 0xffffffff)
        return len(entries)

    def take(self):
        """All that there are."""
        produced, consumed = self._indices()
        taken = []
        while consumed != produced:
            start = self.entries + consumed % ENTRIES * self.size
            taken.append(self.memory[start:start + self.size])
            consumed = consumed + 1 & 0xffffffff
        struct.pack_into('=I', self.memory, self.consumer, consumed)
        return taken


class XdpSocket(_Shared):
    """Frames by queue 0 of an interface, copied; those of PROTOCOL come to it after attach(). Raises OSError
    EAFNOSUPPORT where the kernel has no such sockets. The first half of the memory is for what is
    received, the second for what is sent."""

    def __init__(self, name):
        super().__init__(AF_XDP)
        self.memory = mmap.mmap(-1, CHUNK * CHUNKS)
        self.maps.append(self.memory)
        start = ctypes.c_char.from_buffer(self.memory)
        address = ctypes.addressof(start)
        del start
        self.socket.setsockopt(SOL_XDP, XDP_UMEM_REG, struct.pack(
            '=QQIIII', address, CHUNK * CHUNKS, CHUNK, 0, 0, 0))
        self.rings = {kind: _XdpRing(self, kind) for kind in XDP_RINGS}
        self.rings['fill'].put(*(struct.pack('=Q', CHUNK * number) for number in range(ENTRIES)))
        self.free = [CHUNK * (ENTRIES + number) for number in range(ENTRIES)]
        self._bind(socket.if_nametoindex(name))

    def _bind(self, index):
        address = struct.pack('=HHIII', AF_XDP, XDP_COPY, index, 0, 0)
        if _LIBC.bind(self.socket.fileno(), address, len(address)):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def attach(self, namespace, name):
        """From now on the frames of PROTOCOL come to this socket, and the others pass."""
        one = bpf.socket_map(namespace, self.socket.fileno())
        try:
            bpf.attach(namespace, name, [
                bpf.copy(6, 1), *bpf.frame(14, 'pass'), bpf.load(2, 5, 2, 12),
                bpf.jump_unless(5, socket.htons(PROTOCOL), 'pass'), *bpf.redirect_by(one), 'pass', *bpf.PASS])
        finally:
            os.close(one)

    def send(self, count):
        """So many, as far as there is memory for them; returns how many."""
        self.free += [struct.unpack('=Q', each)[0] for each in self.rings['completion'].take()]
        entries = []
        for _ in range(min(count, len(self.free))):
            address = self.free.pop()
            self.memory[address:address + len(FRAME)] = FRAME
            entries.append(struct.pack('=QII', address, len(FRAME), 0))
        sent = self.rings['tx'].put(*entries)
        try:
            self.socket.send(b'', socket.MSG_DONTWAIT)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EBUSY, errno.ENOBUFS):
                raise
        return sent

    def receive(self):
        """Returns how many have come."""
        taken = self.rings['rx'].take()
        self.rings['fill'].put(*(entry[:8] for entry in taken))
        return len(taken)
