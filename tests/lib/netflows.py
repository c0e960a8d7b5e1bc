# SPDX-License-Identifier: GPL-2.0-only
"""Traffic that goes on while its interfaces are disturbed, and that knows what may arrive.

    flow = netflows.Datagrams(1, 'a', 'b', '10.9.0.2')
    flow.restart()
    flow.is_back()              # whether enough has arrived since
    netflows.go_on([flow], 'this and that')     # both, for all of them, as a result of the test
    flow.stop()
    netflows.WRONG              # what arrived and should not have, in words

Contents follow from a flow's number and that of the datagram, frame or byte in it. So it is seen
when one was changed, cut, mixed with another or delivered twice. Losses are allowed.
"""

import collections
import contextlib
import errno
import itertools
import os
import random
import select
import socket
import struct
import threading
import time

import netpair
from tap import note, ok, patience, wait_for

CONTENTS = random.Random(8139).randbytes((1 << 20) + 7)
VIEW = memoryview(CONTENTS)
HEADER = struct.Struct('!HI')
# UDP: from frames of 64 bytes to as many fragments as 9000 need, around copybreak and the MTUs.
SIZES = (18, 19, 64, 210, 211, 228, 1000, 1471, 1472, 1473, 2961, 4067, 4068, 4069, 8972, 9000)
# Frames: those that are padded, and lengths that no protocol makes.
LENGTHS = (20, 59, 60, 61, 255, 256, 257, 777, 1279, 1294, 1513, 1514, 2001, 3333, 4087, 4110)
LEAST_LENGTH = 60
PROTOCOL = 0x88b5
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP, PACKET_MR_MULTICAST = 263, 1, 2, 0
WAIT = 0.2
ON_THE_WAY = 0.3
MANY = 20
RECOVERY = 20

WRONG = []


def wrong(text):
    if len(WRONG) < MANY:
        WRONG.append(text)


def go_on(flows, after):
    """Something of every kind gets through in every flow."""
    started = time.monotonic()
    for flow in flows:
        flow.restart()
    back = wait_for(RECOVERY, lambda: all(flow.is_back() for flow in flows))
    note('it took %.1f s' % (time.monotonic() - started))
    return ok(back, 'everything flows again after ' + after,
              [(flow.name, flow.kinds) for flow in flows if not flow.is_back()])


def contents(flow, number, size):
    """The header that says which it is, and bytes that are its own."""
    start = (number * 7919 + flow * 104729) % (len(CONTENTS) - (1 << 16))
    return HEADER.pack(flow, number) + CONTENTS[start:start + size - HEADER.size]


class Flow:
    """Threads, each of which works in a network namespace until the flow is stopped."""

    ENOUGH = 0

    def __init__(self, name):
        self.name = name
        self.got = 0
        self.kinds = set()
        self.seen = set()
        self.stopping = threading.Event()
        self.workers = []

    def work(self, namespace, function):
        def call():
            netpair.enter(namespace)
            function()

        self.workers.append(threading.Thread(target=call, daemon=True))
        self.workers[-1].start()

    def stop(self):
        """Returns whether all of its threads have ended."""
        self.stopping.set()
        for worker in self.workers:
            worker.join(patience(20))
        return not any(worker.is_alive() for worker in self.workers)

    def restart(self):
        self.kinds = set()

    def is_back(self):
        """Whether there was one of each kind."""
        return len(self.kinds) >= self.ENOUGH

    def again(self, function):
        """Calls a function that makes a socket, again after an error: its interface may be new."""
        while not self.stopping.is_set():
            with contextlib.suppress(OSError):
                function()
            time.sleep(0.05)

    def count(self, number, kind):
        """Each of them may arrive once."""
        if number in self.seen:
            wrong('%s: number %d arrived twice' % (self.name, number))
        self.seen.add(number)
        self.kinds.add(kind)
        self.got += 1


class Pages:
    """Sends user space's own pages, and keeps them until the kernel says that it needs no more."""

    SO_ZEROCOPY, MSG_ZEROCOPY = 60, 0x4000000
    ERROR = struct.Struct('=IBBBBII')

    def __init__(self, sender):
        self.sender = sender
        self.kept = {}
        self.count = 0
        sender.setsockopt(socket.SOL_SOCKET, self.SO_ZEROCOPY, 1)

    def send(self, data, *to):
        """Returns how many bytes were sent: none if too many pages are on their way."""
        self.reap()
        try:
            if to:
                size = self.sender.sendto(data, self.MSG_ZEROCOPY, *to)
            else:
                size = self.sender.send(data, self.MSG_ZEROCOPY)
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            return 0
        self.kept[self.count] = data
        self.count += 1
        return size

    def reap(self):
        self.sender.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                for _, _, said in self.sender.recvmsg(
                        0, 256, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)[1]:
                    first, last = self.ERROR.unpack_from(said)[5:]
                    for number in range(first, last + 1):
                        self.kept.pop(number, None)
        self.sender.settimeout(WAIT)


class Datagrams(Flow):
    """UDP of all sizes, every other one sent from user space's own pages."""

    ENOUGH = len(SIZES)

    def __init__(self, number, here, there, address, pause=0.004):
        super().__init__('UDP from %s to %s' % (here, address))
        self.number, self.pause = number, pause
        self.to = (address, next(netpair.PORTS))
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        self.receiver = netpair.socket_in(there, family, socket.SOCK_DGRAM)
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.receiver.bind(self.to)
        self.receiver.settimeout(WAIT)
        self.family = family
        self.numbers = itertools.count()
        self.kept = collections.deque(maxlen=100)
        self.work(there, self.receive)
        self.work(here, lambda: self.again(self.send))

    def send(self):
        with socket.socket(self.family, socket.SOCK_DGRAM) as sender:
            sender.settimeout(WAIT)
            pages = Pages(sender)
            self.kept.append(pages)
            for number in self.numbers:
                if self.stopping.is_set():
                    break
                data = contents(self.number, number, SIZES[number % len(SIZES)])
                if number % 2:
                    pages.send(data, self.to)
                else:
                    sender.sendto(data, self.to)
                time.sleep(self.pause)

    def receive(self):
        while not self.stopping.is_set():
            with contextlib.suppress(OSError):
                self.check(self.receiver.recv(1 << 16))
        self.receiver.close()

    def check(self, data):
        number = HEADER.unpack_from(data.ljust(HEADER.size))[1]
        if data != contents(self.number, number, SIZES[number % len(SIZES)]):
            wrong('%s: %d bytes are not datagram %d' % (self.name, len(data), number))
        else:
            self.count(number, number % len(SIZES))


class Stream(Flow):
    """A TCP connection for as long as it lives: small writes and large ones of bytes that are
    copied, those of a file and user space's own pages. If it breaks, that is noted, and the next
    begins."""

    ENOUGH = 3

    def __init__(self, here, there, address, file, pause=0.02):
        super().__init__('TCP from %s to %s' % (here, address))
        self.file, self.pause = file, pause
        self.broken = []
        self.sent = self.received = 0
        self.pages = None
        self.choose = random.Random(address)
        self.family = socket.AF_INET6 if ':' in address else socket.AF_INET
        self.listener = netpair.socket_in(there, self.family, socket.SOCK_STREAM)
        self.listener.bind((address, next(netpair.PORTS)))
        self.listener.listen()
        self.to = self.listener.getsockname()
        self.work(there, self.receive)
        self.work(here, lambda: self.again(self.send))

    def send(self):
        with socket.socket(self.family, socket.SOCK_STREAM) as sender:
            try:
                sender.settimeout(patience(10))
                sender.connect(self.to)
                sender.settimeout(WAIT)
                self.pages = Pages(sender)
                sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.sent = 0
                while not self.stopping.is_set():
                    self.write(sender)
                    time.sleep(self.pause)
            except OSError as error:
                self.broken.append('%s after %d bytes' % (error, self.sent))
                raise

    def write(self, sender):
        start = self.sent % len(CONTENTS)
        size = self.choose.choice((1, 99, 1448, 5000, 20000, 65536, 150000))
        end = min(start + size, len(CONTENTS))
        with contextlib.suppress(TimeoutError, BlockingIOError):
            way = self.choose.randrange(3)
            if way == 0:
                self.sent += sender.send(VIEW[start:end])
            elif way == 1:
                self.sent += os.sendfile(sender.fileno(), self.file.fileno(), start, end - start)
            else:
                self.sent += self.pages.send(VIEW[start:end])

    def receive(self):
        connection = None
        while True:
            sources = [self.listener] + ([connection] if connection else [])
            ready = select.select(sources, [], [], WAIT)[0]
            if self.listener in ready:
                connection, _ = self.listener.accept()
                self.received = 0
            elif ready:
                connection = self.take(connection)
            elif self.stopping.is_set() and not connection:
                break
        self.listener.close()

    def take(self, connection):
        try:
            data = connection.recv(1 << 18)
        except OSError:
            return None
        start = self.received % len(CONTENTS)
        want = CONTENTS[start:start + len(data)]
        if data != want + CONTENTS[:len(data) - len(want)]:
            wrong('%s: %d bytes at %d differ' % (self.name, len(data), self.received))
        self.received += len(data)
        self.got += len(data)
        self.kinds.add(self.got >> 16)
        return connection if data else None


def hardware(address):
    return bytes(int(part, 16) for part in address.split(':'))


class Frames(Flow):
    """Frames of any length by a raw socket, to each of some addresses in turn."""

    ALL = {}

    def __init__(self, number, here, device, targets, pause=0.01):
        super().__init__('frames from %s by %s' % (here, device()))
        self.number, self.device, self.pause = number, device, pause
        self.targets = [hardware(target) for target in targets]
        self.names = targets
        self.numbers = itertools.count()
        self.next = 0
        self.closed = {}
        self.leaked = []
        Frames.ALL[number] = self
        self.work(here, lambda: self.again(self.send))

    def frame(self, number):
        # The addresses and the lengths have no common period.
        length = LENGTHS[number // len(self.targets) % len(LENGTHS)]
        return self.targets[number % len(self.targets)] + struct.pack(
            '!HIH', 0x0200, self.number, PROTOCOL) + contents(self.number, number, length - 14)

    def send(self):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sender:
            sender.bind((self.device(), 0))
            sender.settimeout(WAIT)
            for number in self.numbers:
                if self.stopping.is_set():
                    break
                self.next = number + 1
                try:
                    sender.send(self.frame(number))
                except OSError as error:
                    if error.errno != errno.EMSGSIZE:
                        raise
                time.sleep(self.pause)

    def close(self, *targets):
        """Frames to them are not to arrive from now on, but for those on their way."""
        time.sleep(ON_THE_WAY)
        for target in targets:
            self.closed[target] = self.next

    def open(self, *targets):
        """They may again. Says so of those that did before."""
        for target in targets:
            index = self.names.index(target)
            numbers = range(self.closed.pop(target), self.next)
            self.leaked += ['%s: frame %d to %s arrived' % (self.name, number, target)
                            for number in numbers
                            if number % len(self.names) == index and number in self.seen]
        time.sleep(ON_THE_WAY)

    def is_back(self):
        """To each address that is open."""
        return len(self.kinds) >= len(self.names) - len(self.closed)


def is_padded(data, frame):
    """Whether the data are that frame, filled up with zeros as far as a frame must be."""
    return data.startswith(frame) and not any(data[len(frame):]) and \
        len(data) <= max(len(frame), LEAST_LENGTH)


class Ear(Flow):
    """Takes the frames of all flows that arrive at an interface, and knows where each belongs."""

    OTHERHOST = 3

    def __init__(self, side, device, flow):
        super().__init__('frames to %s by %s' % (side, device()))
        self.device, self.flow = device, flow
        self.groups = set()
        self.socket = None
        self.index = 0
        self.lock = threading.Lock()
        self.work(side, lambda: self.again(self.receive))

    def receive(self):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as receiver:
            with self.lock:
                self.index = socket.if_nametoindex(self.device())
                receiver.bind((self.device(), PROTOCOL))
                receiver.settimeout(WAIT)
                self.socket = receiver
                for group in self.groups:
                    self.tell(PACKET_ADD_MEMBERSHIP, group)
            try:
                while not self.stopping.is_set():
                    with contextlib.suppress(TimeoutError):
                        self.check(*receiver.recvfrom(1 << 16))
            finally:
                with self.lock:
                    self.socket = None

    def tell(self, option, group):
        if self.socket:
            with contextlib.suppress(OSError):
                self.socket.setsockopt(SOL_PACKET, option, struct.pack(
                    '=iHH8s', self.index, PACKET_MR_MULTICAST, 6, hardware(group)))

    def join(self, group):
        with self.lock:
            self.groups.add(group)
            self.tell(PACKET_ADD_MEMBERSHIP, group)

    def leave(self, group):
        with self.lock:
            self.groups.discard(group)
            self.tell(PACKET_DROP_MEMBERSHIP, group)

    def check(self, data, where):
        flow, number = HEADER.unpack_from(data, 14)
        flow = Frames.ALL.get(flow)
        if not flow or not is_padded(data, flow.frame(number)):
            wrong('%s: %d bytes are not a frame: %s' % (self.name, len(data), data[:24].hex(' ')))
        elif flow is self.flow:
            flow.count(number, number % len(flow.targets))
        elif where[0] == self.device() and where[2] != self.OTHERHOST:
            # Those of a VLAN are seen here on their way to its interface, or, when that is not
            # there, as a stranger's. Without their tag they would be neither.
            wrong('%s: frame %d of the %s' % (self.name, number, flow.name))
