# SPDX-License-Identifier: GPL-2.0-only
"""Which of our code a thread has reached: kcov (Documentation/dev-tools/kcov.rst). The modules are always
built for it, see Kbuild; where the kernel has none, nothing is reached."""

import ctypes
import fcntl
import mmap
import os

PATH = '/sys/kernel/debug/kcov'
INIT_TRACE, ENABLE, DISABLE, TRACE_PC = 0x80086301, 0x6364, 0x6365, 0
WORDS = 1 << 16
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mmap.restype = ctypes.c_void_p


class Kcov:
    """For the calling thread: start(), some system calls, and stop() has the set of basic blocks."""

    def __init__(self):
        self.fd = os.open(PATH, os.O_RDWR) if os.path.exists(PATH) else None
        if self.fd is None:
            return
        fcntl.ioctl(self.fd, INIT_TRACE, WORDS)
        # The file says that it is empty, which mmap.mmap() takes for true.
        where = LIBC.mmap(None, ctypes.c_size_t(WORDS * 8), mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED,
                          self.fd, ctypes.c_long(0))
        if where == ctypes.c_void_p(-1).value:
            raise OSError(ctypes.get_errno(), 'mmap of ' + PATH)
        self.words = (ctypes.c_uint64 * WORDS).from_address(where)

    def start(self):
        if self.fd is not None:
            fcntl.ioctl(self.fd, ENABLE, TRACE_PC)
            self.words[0] = 0

    def stop(self):
        if self.fd is None:
            return set()
        fcntl.ioctl(self.fd, DISABLE, 0)
        return set(self.words[1:1 + self.words[0]])
