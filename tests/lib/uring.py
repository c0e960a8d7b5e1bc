# SPDX-License-Identifier: GPL-2.0-only
"""As much of io_uring as the tests need, without a library for it."""

import ctypes
import mmap
import os
import select
import struct

from tap import bail, patience

# From linux/io_uring.h.
SETUP, ENTER = 425, 426
OFF_CQ_RING, OFF_SQES = 0x8000000, 0x10000000
GETEVENTS, SINGLE_MMAP = 1, 1
READ, WRITE, SEND, RECV = 22, 23, 26, 27
ENTRIES = 8
SQE = struct.Struct('<BBHiQQIIQ24x')
SQ_OFFSETS, CQ_OFFSETS, FEATURES = 40, 80, 20

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def syscall(*arguments):
    result = libc.syscall(*[ctypes.c_long(argument) for argument in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class Ring:
    """As much of io_uring as the test needs: one request at a time in, completions out."""

    def __init__(self):
        params = ctypes.create_string_buffer(120)
        self.fd = syscall(SETUP, ENTRIES, ctypes.addressof(params))
        if not struct.unpack_from('<I', params, FEATURES)[0] & SINGLE_MMAP:
            bail('io_uring maps both rings at once')
        self.sq = struct.unpack_from('<7I', params, SQ_OFFSETS)
        self.cq = struct.unpack_from('<7I', params, CQ_OFFSETS)
        size = max(self.sq[6] + 4 * ENTRIES, self.cq[5] + 16 * 2 * ENTRIES)
        flags = mmap.MAP_SHARED | mmap.MAP_POPULATE
        self.rings = mmap.mmap(self.fd, size, flags=flags)
        self.entries = mmap.mmap(self.fd, 64 * ENTRIES, flags=flags, offset=OFF_SQES)

    def word(self, offset):
        return struct.unpack_from('<I', self.rings, offset)[0]

    def submit(self, opcode, fd, buffer, size):
        tail = self.word(self.sq[1])
        index = tail & self.word(self.sq[2])
        place = (1 << 64) - 1 if opcode in (READ, WRITE) else 0
        SQE.pack_into(self.entries, 64 * index, opcode, 0, 0, fd, place,
                      ctypes.addressof(buffer), size, 0, tail)
        struct.pack_into('<I', self.rings, self.sq[6] + 4 * index, index)
        struct.pack_into('<I', self.rings, self.sq[1], tail + 1)
        syscall(ENTER, self.fd, 1, 0, 0, 0, 0)

    def close(self):
        self.rings.close()
        self.entries.close()
        os.close(self.fd)

    def completion(self, wait=False):
        """The result of the next request that has ended, or None."""
        if wait:
            if not select.select([self.fd], [], [], patience(20))[0]:
                bail('a request ends')
            syscall(ENTER, self.fd, 0, 1, GETEVENTS, 0, 0)
        head = self.word(self.cq[0])
        if head == self.word(self.cq[1]):
            return None
        offset = self.cq[5] + 16 * (head & self.word(self.cq[2]))
        result = struct.unpack_from('<i', self.rings, offset + 8)[0]
        struct.pack_into('<I', self.rings, self.cq[0], head + 1)
        return result
