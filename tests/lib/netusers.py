# SPDX-License-Identifier: GPL-2.0-only
"""Those who use interfaces in all the ways that programs have, and go on while these go and come back.

    crowd = netusers.crowd(pair, 'ab')          # flows, see netflows.py
    netflows.go_on(crowd, 'an unplug')
    netusers.disperse(crowd)

Who has an interface that goes is told so, by an error that says it; anything else is in netflows.WRONG.
"""

import contextlib
import ctypes
import errno
import fcntl
import functools
import os
import random
import select
import socket
import struct
import tempfile
import time

import bpf
import netflows
import netpair
import uring
from netflows import WAIT, wrong
from packetrings import AF_XDP, ETH_P_ALL, FRAME, ReceiveRing, TransmitRing, XdpSocket
from tap import equal, note, patience, run, some

PAUSE = patience(0.05)
# The interface, its driver or its address is gone, or has not come back yet. Python has no number for a name that
# is not there, nor for what takes too long.
GONE = (None, errno.ENODEV, errno.ENXIO, errno.ENETDOWN, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTUNREACH)
# Of this kernel, or with what another user does to the interface at the same time.
REFUSED = (errno.EAFNOSUPPORT, errno.EOPNOTSUPP, errno.EINVAL, errno.EBUSY, errno.ENOBUFS, errno.EAGAIN,
           errno.EEXIST)
SIOCETHTOOL, SIOCGMIIPHY, SIOCGMIIREG = 0x8946, 0x8947, 0x8948
ASKS = (0x01, 0x03, 0x04, 0x05, 0x07, 0x0a, 0x0e, 0x10, 0x12, 0x1d, 0x3a)
SRINGPARAM, NWAY_RST = 0x11, 0x09       # ETHTOOL_..., as are the numbers before
SO_BINDTODEVICE = 25
RINGS = '/sys/kernel/debug/xnet/%s/rings'
ICMP_ECHO = bytes.fromhex('0800 f7ff 0000 0000')
# A request of a ring may write to its buffer as long as the process lives.
_kept = []


class User(netflows.Flow):
    """Does one thing with an interface, and after an error begins anew: the interface may be a new one. Is back
    when it has come to do it once more: no call hangs."""

    ENOUGH = 1

    def __init__(self, pair, side, way):
        super().__init__('who %s %s' % (way.__name__.replace('_', ' '), side))
        self.pair, self.side, self.way = pair, side, way
        self.work(side, self.go_on)

    @property
    def device(self):
        return self.pair.name[self.side]

    def turn(self):
        """Before each one; false: it is to be the last."""
        self.kinds.add('turn')
        time.sleep(PAUSE)
        return not self.stopping.is_set()

    def dwell(self):
        """Leaves it as it is for a while; most of what could be done meanwhile takes the lock that all want."""
        self.stopping.wait(10 * PAUSE)

    def go_on(self):
        while self.turn():
            try:
                self.way(self)
            except OSError as error:
                if error.errno not in GONE + REFUSED:
                    wrong('%s: %s' % (self.name, error))


def listens_by_a_ring_at(user):
    with ReceiveRing(user.device) as ring:
        while user.turn():
            user.got += ring.receive(WAIT)


def sends_by_a_ring_of(user):
    with TransmitRing(user.device) as ring:
        while user.turn():
            user.got += ring.send(8)


def has_an_xdp_socket_at(user):
    """With a program that gives it frames, until somebody else has one there."""
    with XdpSocket(user.device) as shared:
        with contextlib.suppress(OSError):
            shared.attach(user.side, user.device)
        while user.turn():
            user.got += shared.send(8) + shared.receive()
            shared.wait(select.POLLIN, 0)


def attaches_programs_to(user):
    while user.turn():
        mode = random.choice((bpf.NATIVE, bpf.NATIVE, bpf.GENERIC))
        with bpf.attached(user.side, user.device, bpf.PASS, mode):
            user.dwell()
        user.got += 1


def packets(user, protocol=ETH_P_ALL):
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    made.bind((user.device, protocol))
    made.settimeout(WAIT)
    return made


def sends_frames_by(user):
    with packets(user, 0) as sender:
        while user.turn():
            for _ in range(20):
                user.got += sender.send(FRAME) > 0


def pings_by(user):
    """By a socket that knows ICMP, and only this interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as sender:
        sender.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, user.device.encode() + b'\0')
        sender.settimeout(WAIT)
        while user.turn():
            sender.sendto(ICMP_ECHO, ('10.9.0.%d' % (3 - netpair.HOST[user.side]), 0))
            with contextlib.suppress(TimeoutError):
                user.got += len(sender.recv(100)) > 0


def has_requests_at(user):
    """In a ring of io_uring that is in an epoll set, to receive and to send."""
    with packets(user) as own, contextlib.closing(uring.Ring()) as ring, select.epoll() as epoll:
        own.settimeout(None)
        epoll.register(ring.fd, select.EPOLLIN)
        buffer = ctypes.create_string_buffer(4096)
        _kept.append(buffer)
        waiting = 0
        while user.turn():
            for opcode, data in ((uring.RECV, buffer), (uring.SEND, ctypes.create_string_buffer(FRAME, len(FRAME)))):
                ring.submit(opcode, own.fileno(), data, len(data))
                _kept.append(data)
                waiting += 1
            del _kept[:-100]
            while waiting and epoll.poll(WAIT):
                result = ring.completion()
                if result is None:
                    break
                waiting -= 1
                if result < 0:
                    raise OSError(-result, os.strerror(-result))
                user.got += 1
            if waiting > 4:
                return


def waits_in_sets_for(user):
    """For frames, and for news of interfaces."""
    with packets(user) as frames, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as news, \
            select.epoll() as epoll:
        news.bind((0, 1))
        epoll.register(frames, select.EPOLLIN | select.EPOLLET)
        epoll.register(news, select.EPOLLIN)
        while user.turn():
            for fd, _ in epoll.poll(WAIT):
                user.got += len((news if fd == news.fileno() else frames).recv(1 << 16)) > 0


def passes_a_socket_of(user):
    """It is on its way to nobody while the interface goes, and used when it arrives."""
    here, there = socket.socketpair()
    with here, there:
        with packets(user) as own:
            socket.send_fds(here, [b'x'], [own.fileno()])
        user.dwell()
        for fd in socket.recv_fds(there, 1, 1)[1]:
            with socket.socket(fileno=fd) as arrived:
                arrived.settimeout(WAIT)
                with contextlib.suppress(TimeoutError):
                    user.got += len(arrived.recv(1 << 16)) > 0
                    arrived.send(FRAME)


def ask(made, name, request, words=b''):
    """An ioctl of an interface that is there: the kernel runs a program to find a driver for others."""
    socket.if_nametoindex(name)
    memory = ctypes.create_string_buffer(words, 1 << 16)
    pointer = ctypes.addressof(memory) if request == SIOCETHTOOL else 0
    fcntl.ioctl(made, request, bytearray(struct.pack('16sQ16x', name.encode(), pointer)))


def asks_everything_of(user):
    """And sets a little."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        while user.turn():
            name = user.device
            with refusals():
                ask(made, name, *random.choice((
                    *((SIOCETHTOOL, struct.pack('=I', command)) for command in ASKS),
                    (SIOCETHTOOL, struct.pack('=9I', SRINGPARAM, *4 * (0,), 1 << random.randint(5, 9), 0, 0, 64)),
                    (SIOCETHTOOL, struct.pack('=I', NWAY_RST)),
                    (SIOCGMIIPHY, b''), (SIOCGMIIREG, b''))))
            user.got += 1


def looks_at(user):
    """At what the kernel tells of all interfaces, and of the driver's rings."""
    while user.turn():
        for path in '/proc/thread-self/net/dev', '/proc/thread-self/net/packet', RINGS % user.pair.pci[user.side]:
            try:
                with open(path, 'rb') as file:
                    user.got += len(file.read()) > 0
            except FileNotFoundError:
                pass
            except OSError as error:
                # What debugfs answers when a file goes while it is open.
                if error.errno != errno.EIO or path.startswith('/proc'):
                    raise


@functools.cache
def has(module):
    """Whether the kernel has it; asked for a kind of interface that it has not, it runs modprobe each time."""
    return not run('modprobe', '-q', module, check=False)[0]


def stacks_others_on(user):
    """A VLAN, which a bridge has for a port, and a macvlan."""
    words = 'link add link %s name ' % user.device
    make = [words + 'v200 type vlan id 200', 'link set v200 up']
    if has('bridge'):
        make += ['link add br200 type bridge', 'link set v200 master br200', 'link set br200 up']
    if has('macvlan'):
        make += [words + 'm200 type macvlan', 'link set m200 up']
    for lines in make, ('link del v200', 'link del m200', 'link del br200'):
        run('ip', '-n', user.side, '-force', '-batch', '-', check=False, input='\n'.join(lines))
        user.dwell()
    user.got += 1


@contextlib.contextmanager
def refusals():
    """Which do not matter."""
    try:
        yield
    except OSError as error:
        if error.errno not in REFUSED:
            raise


WAYS = (listens_by_a_ring_at, sends_by_a_ring_of, has_an_xdp_socket_at, attaches_programs_to, sends_frames_by, pings_by,
        has_requests_at, waits_in_sets_for, passes_a_socket_of, asks_everything_of, looks_at, stacks_others_on)


def has_xdp_sockets():
    try:
        socket.socket(AF_XDP, socket.SOCK_RAW, 0).close()
    except OSError as error:
        if error.errno != errno.EAFNOSUPPORT:
            raise
        return False
    return True


def crowd(pair, sides):
    """One for each way that the kernel has, at these sides in turn, connections that are to live, and datagrams. Where
    there are few rounds, those of some ways, drawn by lot."""
    ways = [way for way in WAYS if way is not has_an_xdp_socket_at or has_xdp_sockets()]
    ways = some(ways, least=6)
    note('there is who ' + ', '.join(way.__name__.replace('_', ' ') for way in ways))
    file = tempfile.TemporaryFile()
    file.write(netflows.CONTENTS)
    file.flush()
    return [netflows.Stream('a', 'b', '10.9.0.2', file), netflows.Stream('b', 'a', 'fd09::1', file),
            netflows.Datagrams(1, 'a', 'b', '10.9.0.2'), netflows.Datagrams(2, 'b', 'a', 'fd09::1'),
            *(User(pair, sides[number % len(sides)], way) for number, way in enumerate(ways))]


def disperse(flows):
    """They end, and nothing has gone wrong."""
    streams = [flow for flow in flows if isinstance(flow, netflows.Stream)]
    equal([flow.name for flow in flows if not flow.stop()], [], 'every call has returned')
    equal([stream.sent for stream in streams], [stream.received for stream in streams], 'every byte of TCP arrived')
    equal([(stream.name, stream.broken) for stream in streams if stream.broken], [], 'no connection broke')
    equal(netflows.WRONG, [], 'nothing arrived that was not sent, and errors say what is so')
    equal([flow.name for flow in flows if not flow.got], [], 'each did what it is for')
