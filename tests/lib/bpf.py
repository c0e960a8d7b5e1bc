# SPDX-License-Identifier: GPL-2.0-only
"""Programs of XDP, put together from instructions, for the root file systems have no compiler.

    bpf.attach('b', pair.name['b'], bpf.DROP)   # raises OSError
    bpf.detach('b', pair.name['b'])
    with bpf.attached('b', pair.name['b'], bpf.PASS):
        ...

A program is a list of instructions and of labels, which are strings. Registers are numbers: 1 has the
context at first, 0 the verdict at last, 6 to 9 outlive calls.
"""

import contextlib
import ctypes
import os
import socket
import struct

import netlink
import netpair
from syscalls import BPF

ABORTED, DROPPED, PASSED, SENT, REDIRECTED = range(5)      # the verdicts

_LICENSE = ctypes.create_string_buffer(b'GPL')
_LIBC = ctypes.CDLL(None, use_errno=True)
_MAP_CREATE, _MAP_UPDATE, _PROG_LOAD = 0, 2, 5
_TYPE_XDP, _TYPE_DEVMAP, _TYPE_XSKMAP = 6, 14, 17
_SIZES = {1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18}
_ADJUST_HEAD, _REDIRECT, _REDIRECT_MAP = 44, 23, 51
RTM_SETLINK, IFLA_XDP, IFLA_XDP_FD, IFLA_XDP_FLAGS = 19, 43, 1, 3
GENERIC, NATIVE = 2, 4      # how the interface runs it: in the stack, in the driver


def _code(code, dst=0, src=0, off=0, imm=0):
    return code, dst, src, off, imm


def move(dst, value):
    """A number, which is extended from 32 bits."""
    return _code(0xb7, dst, imm=value)


def copy(dst, src):
    """The value of a register."""
    return _code(0xbf, dst, src)


def add(dst, value):
    return _code(0x07, dst, imm=value)


def load(size, dst, src, off):
    """Bytes at an address."""
    return _code(0x61 | _SIZES[size], dst, src, off)


def store(size, dst, off, src):
    """A register at an address."""
    return _code(0x63 | _SIZES[size], dst, src, off)


def jump_if_above(left, right, label):
    """If one register is above another, as unsigned numbers."""
    return _code(0x2d, left, right, label)


def jump_unless(reg, value, label):
    """If the register does not have that value."""
    return _code(0x55, reg, 0, label, value)


def call(function):
    return _code(0x85, imm=function)


def leave():
    return _code(0x95)


def verdict(value):
    """The end, and what becomes of the frame."""
    return [move(0, value), leave()]


def frame(size, label):
    """Lets registers 2 and 3 be where the frame of the context in 6 begins and ends, if it has that many
    bytes; if not, to the label."""
    return [load(4, 2, 6, 0), load(4, 3, 6, 4), copy(4, 2), add(4, size),
            jump_if_above(4, 3, label)]


def adjust_head(by, label):
    """Takes bytes from the front, or adds some if there are fewer than none; if that fails, to the label."""
    return [copy(1, 6), move(2, by), call(_ADJUST_HEAD), jump_unless(0, 0, label)]


def redirect(ifindex):
    """To an interface of the same namespace."""
    return [move(1, ifindex), move(2, 0), call(_REDIRECT), leave()]


def redirect_by(devmap):
    """To what is in a map, see devmap() and socket_map()."""
    return [_code(0x18, 1, 1, imm=devmap), _code(0), move(2, 0), move(3, 0), call(_REDIRECT_MAP),
            leave()]


PASS, DROP, ABORT = verdict(PASSED), verdict(DROPPED), verdict(ABORTED)


def _assemble(program):
    """The bytes of a program, its labels replaced by distances."""
    places, codes = {}, []
    for item in program:
        if isinstance(item, str):
            places[item] = len(codes)
        else:
            codes.append(item)
    return b''.join(
        struct.pack('=BBhi', code, dst | src << 4,
                    places[off] - at - 1 if isinstance(off, str) else off, imm)
        for at, (code, dst, src, off, imm) in enumerate(codes))


def _bpf(command, attributes):
    """bpf(2); returns what it does, raises OSError."""
    attributes = ctypes.create_string_buffer(attributes, max(len(attributes), 128))
    result = _LIBC.syscall(BPF, command, attributes, len(attributes))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def load_program(program):
    """Returns its file descriptor. What the verifier says of a wrong one is in the OSError."""
    code = ctypes.create_string_buffer(_assemble(program))
    text, size = ctypes.create_string_buffer(1 << 16), len(code) - 1
    head = struct.pack('=IIQQ', _TYPE_XDP, size // 8, ctypes.addressof(code),
                       ctypes.addressof(_LICENSE))
    log = struct.pack('=IIQ', 1, len(text), ctypes.addressof(text))
    try:
        return _bpf(_PROG_LOAD, head + log)
    except OSError as error:
        raise OSError(error.errno, text.value.decode() or error.strerror) from error


def _map_of(kind, namespace, value):
    """The file descriptor of a map with one entry."""
    fd = _bpf(_MAP_CREATE, struct.pack('=IIII', kind, 4, 4, 1))
    key = ctypes.create_string_buffer(struct.pack('=I', 0))
    value = ctypes.create_string_buffer(struct.pack('=I', value))
    try:
        netpair.in_thread(namespace, _bpf, _MAP_UPDATE, struct.pack(
            '=IIQQQ', fd, 0, ctypes.addressof(key), ctypes.addressof(value), 0))
    except OSError:
        os.close(fd)
        raise
    return fd


def devmap(namespace, name):
    """The file descriptor of a map with one interface, which may be of another namespace."""
    return _map_of(_TYPE_DEVMAP, namespace, ifindex_of(namespace, name))


def socket_map(namespace, fd):
    """The file descriptor of a map with one socket, which must be of AF_XDP."""
    return _map_of(_TYPE_XSKMAP, namespace, fd)


def ifindex_of(namespace, name):
    return netpair.in_thread(namespace, socket.if_nametoindex, name)


def _set(namespace, name, fd, mode):
    body = struct.pack('=BxHiII', 0, 0, ifindex_of(namespace, name), 0, 0)
    nested = (netlink.attribute(IFLA_XDP_FD, fd) + netlink.attribute(IFLA_XDP_FLAGS, mode))
    with netlink.Netlink(namespace, netlink.NETLINK_ROUTE) as route:
        route.ask(RTM_SETLINK, body + netlink.attribute(IFLA_XDP | netlink.NESTED, nested))


def attach(namespace, name, program, mode=NATIVE):
    """From now on the program sees all frames of the interface first, instead of the one before it."""
    fd = load_program(program)
    try:
        _set(namespace, name, fd, mode)
    finally:
        os.close(fd)


def detach(namespace, name, mode=NATIVE):
    """Also if there is none."""
    _set(namespace, name, -1, mode)


@contextlib.contextmanager
def attached(namespace, name, program, mode=NATIVE):
    """For as long as the block takes."""
    attach(namespace, name, program, mode)
    try:
        yield
    finally:
        detach(namespace, name, mode)
