# SPDX-License-Identifier: GPL-2.0-only
"""Two NICs driven by xnet in two network namespaces, and traffic between them that is verified. With
NIC_DRIVER=8139cp they are driven by that: see net/peer.

    pair = netpair.up()
    sent, got = pair.tcp('a', 'b', 1 << 20)     # two digests
"""

import concurrent.futures
import ctypes
import glob
import hashlib
import json
import os
import random
import re
import socket
import subprocess
import threading
import weakref

from tap import bail, diag, patience, rounds, run, wait_for

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
DRIVER = os.environ.get('NIC_DRIVER', 'xnet')
HOST = {'a': 1, 'b': 2}
PORTS = iter(range(20000, 60000))
_sockets = weakref.WeakSet()
LEAST_BYTES, LEAST_DURING = 256 << 10, 4 << 20


def enter(namespace):
    """The calling thread works in this network namespace from now on, other threads do not."""
    fd = os.open('/run/netns/' + namespace, os.O_RDONLY)
    try:
        if LIBC.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), 'setns')
    finally:
        os.close(fd)


def socket_in(namespace, family, kind, protocol=0):
    """A socket belongs for ever to the namespace it was made in."""
    made = in_thread(namespace, socket.socket, family, kind, protocol)
    made.settimeout(patience(30))
    _sockets.add(made)
    return made


def in_thread(namespace, function, *args):
    """Calls the function inside a namespace, where /proc/sys/net is the namespace's; returns what it does,
    and raises."""
    def call():
        enter(namespace)
        return function(*args)

    with concurrent.futures.ThreadPoolExecutor(1) as worker:
        return worker.submit(call).result()


def interface_of(pci):
    """The name of the interface of a PCI device, None if it has none."""
    names = glob.glob('/sys/bus/pci/devices/%s/net/*' % pci)
    return os.path.basename(names[0]) if names else None


def interfaces():
    """Names of the interfaces of the driver, in PCI order."""
    return [os.path.basename(path)
            for path in sorted(glob.glob('/sys/bus/pci/drivers/%s/0000:*/net/*' % DRIVER))]


class Pair:
    """The namespaces a (10.9.0.1) and b (10.9.0.2)."""

    def __init__(self, names, pci):
        self.name = dict(zip('ab', names))
        self.pci = dict(zip('ab', pci))

    def ip(self, side, *words):
        return run('ip', '-n', side, *words)

    def in_ns(self, side, *words, **kwargs):
        """Runs a command inside; sysfs goes on showing the interfaces outside."""
        return run(*words, preexec_fn=lambda: enter(side), **kwargs)

    def ethtool(self, side, option, *words, check=True):
        options = [option] if option else []
        return self.in_ns(side, 'ethtool', *options, self.name[side], *words, check=check)

    def ethtool_set(self, side, option, *words):
        """As ethtool(), but what is so already is no error (ethtool's status 80)."""
        status, text = self.ethtool(side, option, *words, check=False)
        if status not in (0, 80):
            bail('ethtool %s %s works: %s' % (option, ' '.join(words), text))

    def registers(self, side):
        """The device's registers, as bytes."""
        return subprocess.run(
            ['ethtool', '-d', self.name[side], 'raw', 'on'], stdout=subprocess.PIPE, check=True,
            preexec_fn=lambda: enter(side)).stdout

    def register(self, side, offset, size):
        return int.from_bytes(self.registers(side)[offset:offset + size], 'little')

    def address(self, side):
        return self.link(side)['address']

    def link(self, side):
        """All that iproute2 knows about the interface."""
        return json.loads(self.ip(side, '-j', '-s', '-s', 'link', 'show', 'dev',
                                  self.name[side]))[0]

    def take(self, side):
        """Puts the interface into its namespace, with its addresses, and up."""
        host, name = HOST[side], self.name[side]
        run('ip', 'link', 'set', name, 'netns', side)
        run('ip', '-n', side, '-batch', '-', input='\n'.join((
            'link set lo up',
            'addr add 10.9.0.%d/24 dev %s' % (host, name),
            'addr add fd09::%d/64 dev %s nodad' % (host, name),
            'link set %s up' % name)))

    def has_link(self, side):
        return 'LOWER_UP' in self.link(side)['flags']

    def wait_link(self, side):
        if not wait_for(10, self.has_link, side):
            bail('%s gets a link' % self.name[side])

    def down(self):
        """The interfaces come back from namespaces that nobody is in, and of which nobody has a socket."""
        for made in list(_sockets):
            made.close()
        for side in 'ab':
            run('ip', 'netns', 'del', side, check=False)
        if not wait_for(10, lambda: all(os.path.exists('/sys/class/net/' + name)
                                        for name in self.name.values())):
            bail('the interfaces come back from their namespaces')

    def know_neighbour(self, side):
        """No ARP from now on: nothing but the test's own frames."""
        other = 'ab'['ba'.index(side)]
        self.ip(side, 'neigh', 'replace', '10.9.0.%d' % HOST[other], 'lladdr',
                self.address(other), 'nud', 'permanent', 'dev', self.name[side])

    # Counters

    def stats(self, side):
        """What ethtool -S shows."""
        return {key: int(value) for key, value in
                re.findall(r'^ +(\w+): (\d+)$', self.ethtool(side, '-S'), re.M)}

    def link_stats(self, side):
        """The standard counters of the interface, such as rx_packets."""
        counters = self.link(side)['stats64']
        return {'%s_%s' % (way, name): value
                for way in ('rx', 'tx') for name, value in counters[way].items()}

    # Traffic

    def ping(self, here, there, size=56, count=5, target=None, extra=()):
        """Returns how many of the pings were lost, of fewer on a slow kernel. One command each, for only with no answer at all does
        ping wait as long as it was told to: for the last of several, no longer than for the others."""
        target = target or '10.9.0.%d' % HOST[there]
        lost = 0
        for _ in range(rounds(count)):
            status, text = self.in_ns(here, 'ping', '-n', '-q', '-c', '1', '-W', '%d' % patience(2), '-s',
                                      str(size), *extra, target, check=False)
            if status:
                lost += 1
                diag(text)
        return lost

    def ping6(self, here, there, count=5):
        return self.ping(here, there, 1000, count, 'fd09::%d' % HOST[there])

    def tcp(self, here, there, size, family=4, address=None, during=None, times=2):
        """Random bytes over one connection, fewer on a slow kernel: returns the digests of what was
        sent and what arrived. With during, that function runs while they flow, again and again until they
        have arrived; more than size is sent on a fast one, until it has run so many times."""
        size = rounds(size, least=min(size, LEAST_DURING if during else LEAST_BYTES))
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        address = address or ('10.9.0.%d' if family == 4 else 'fd09::%d') % HOST[there]
        listener = socket_in(there, kind, socket.SOCK_STREAM)
        listener.bind((address, next(PORTS)))
        listener.listen()
        got = []

        def receive():
            digest = hashlib.sha256()
            try:
                connection, _ = listener.accept()
                connection.settimeout(patience(30))
                while True:
                    data = connection.recv(1 << 17)
                    if not data:
                        break
                    digest.update(data)
                connection.close()
                got.append(digest.hexdigest())
            except OSError as error:
                got.append('receiving failed: %s' % error)

        receiver = threading.Thread(target=receive)
        receiver.start()
        enough = threading.Event()
        sender = _Sender(here, kind, listener.getsockname(), size, enough)
        try:
            calls = 0
            while during and receiver.is_alive():
                during()
                calls += 1
                if calls == times:
                    enough.set()
        finally:
            enough.set()
        sender.join()
        receiver.join()
        listener.close()
        return sender.result, got[0]

    def tcp_both_ways(self, size):
        results = {}
        workers = [threading.Thread(target=lambda pair=pair: results.update(
            {pair: self.tcp(*pair, size)})) for pair in (('a', 'b'), ('b', 'a'))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        ordered = [results[key] for key in sorted(results)]
        return [sent for sent, _ in ordered], [got for _, got in ordered]

    def udp(self, here, there, size, count, address=None):
        """Datagrams one after the other, each waited for: returns the digests of both ends."""
        receiver = socket_in(there, socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind((address or '10.9.0.%d' % HOST[there], next(PORTS)))
        receiver.settimeout(patience(5))
        sender = socket_in(here, socket.AF_INET, socket.SOCK_DGRAM)
        sent, got = hashlib.sha256(), hashlib.sha256()
        try:
            for _ in range(count):
                data = random.randbytes(size)
                sender.sendto(data, receiver.getsockname())
                sent.update(data)
                got.update(receiver.recv(65536))
        except OSError as error:
            return sent.hexdigest(), 'failed: %s' % error
        finally:
            sender.close()
            receiver.close()
        return sent.hexdigest(), got.hexdigest()


class _Sender(threading.Thread):
    """Sends random bytes in a thread of its own: as many as that, and more until it is enough."""

    def __init__(self, side, kind, to, size, enough):
        super().__init__()
        self.socket = socket_in(side, kind, socket.SOCK_STREAM)
        self.to, self.size, self.enough, self.result = to, size, enough, None
        self.start()

    def run(self):
        digest = hashlib.sha256()
        try:
            self.socket.connect(self.to)
            left = self.size
            while left > 0 or not self.enough.is_set():
                data = random.randbytes(min(left, 1 << 17) if left > 0 else 1 << 14)
                self.socket.sendall(data)
                digest.update(data)
                left -= len(data)
            self.result = digest.hexdigest()
        except OSError as error:
            self.result = 'sending failed: %s' % error
        finally:
            self.socket.close()


def up():
    """Loads the driver and takes its first two interfaces; the test ends if there are none."""
    # What modprobe is configured to do would load xnet instead of 8139cp.
    run('modprobe', '--config=/dev/null', DRIVER)
    names = interfaces()
    if len(names) < 2:
        bail('two interfaces are driven by %s (found: %s)' % (DRIVER, ' '.join(names)))
    pci = [os.path.basename(os.path.realpath('/sys/class/net/%s/device' % name))
           for name in names]
    pair = Pair(names, pci)
    for side in 'ab':
        run('ip', 'netns', 'add', side)
        pair.take(side)
    for side in 'ab':
        pair.wait_link(side)
    return pair
