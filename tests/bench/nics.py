# SPDX-License-Identifier: GPL-2.0-only
"""Pairs of network cards of one kind on a cable of their own, each in a namespace."""

import glob
import os

from system import Cannot, read_text, run, unload, wait_for, write_text

PCI = '/sys/bus/pci/devices/'
HARDWARE = {
    'xnet': '0x10ec:0x8139',
    '8139cp': '0x10ec:0x8139',
    'e1000': '0x8086:0x100e',
    'e1000e': '0x8086:0x10d3',
    'virtio_net': '0x1af4:0x1000',
}
ADDRESSES = {'a': '10.9.0.1', 'b': '10.9.0.2'}


def devices_of(hardware):
    return [path for path in sorted(glob.glob(PCI + '*'))
            if read_text(path + '/vendor') + ':' + read_text(path + '/device') == hardware]


def driver_of(device):
    link = device + '/driver'
    return os.path.basename(os.readlink(link)) if os.path.islink(link) else None


def interface_of(device):
    names = glob.glob(device + '/net/*') + glob.glob(device + '/virtio*/net/*')
    return os.path.basename(names[0]) if names else None


def bind(device, driver):
    """Two drivers know the RTL-8139C+: the wanted one is named, the other one lets go."""
    address = os.path.basename(device)
    write_text(device + '/driver_override', driver)
    if driver_of(device) not in (None, driver):
        write_text(device + '/driver/unbind', address)
    if driver_of(device) is None:
        write_text('/sys/bus/pci/drivers_probe', address)
    if driver_of(device) != driver:
        raise Cannot('%s does not take %s' % (driver, address))


class Pair:
    """with Pair('xnet') as pair: 10.9.0.1 in namespace a, 10.9.0.2 in namespace b."""

    def __init__(self, driver):
        self.driver = driver
        self.devices = devices_of(HARDWARE[driver])[:2]
        if len(self.devices) < 2:
            raise Cannot('the machine has no two NICs for ' + driver)
        self.names, self.macs = {}, {}

    def __enter__(self):
        try:
            self._up()
        except Exception:
            self._down()
            raise
        return self

    def __exit__(self, *_):
        self._down()

    def _up(self):
        # What modprobe is configured to do would load xnet instead of 8139cp.
        run('modprobe', '--config=/dev/null', self.driver)
        for device in self.devices:
            if self.driver in ('xnet', '8139cp'):
                bind(device, self.driver)
            wait_for('an interface of ' + self.driver, lambda: interface_of(device))
        for namespace, device in zip(ADDRESSES, self.devices):
            name = interface_of(device)
            self.names[namespace] = name
            self.macs[namespace] = read_text('/sys/class/net/%s/address' % name)
        for namespace in ADDRESSES:
            self._enter(namespace)
        # Neighbours are known: no ARP while something is measured.
        for namespace, other in (('a', 'b'), ('b', 'a')):
            run('ip', '-n', namespace, 'neigh', 'replace', ADDRESSES[other], 'lladdr',
                self.macs[other], 'dev', self.names[namespace], 'nud', 'permanent')
            wait_for('a link', lambda: self._has_link(namespace))
        self._spread_interrupts()

    def _enter(self, namespace):
        name = self.names[namespace]
        run('ip', 'netns', 'add', namespace)
        run('ip', 'link', 'set', name, 'netns', namespace)
        for words in (('link', 'set', 'lo', 'up'),
                      ('link', 'set', name, 'addrgenmode', 'none'),
                      ('addr', 'add', ADDRESSES[namespace] + '/24', 'dev', name),
                      ('link', 'set', name, 'up')):
            run('ip', '-n', namespace, *words)

    def _spread_interrupts(self):
        """Those of a to CPU 0, those of b to CPU 1, if there is one: where they went by themselves
        would decide who has to wake up whom."""
        for cpu, device in enumerate(self.devices):
            directory = device + '/msi_irqs'
            numbers = os.listdir(directory) if os.path.isdir(directory) else [read_text(device + '/irq')]
            if os.path.isdir('/sys/devices/system/cpu/cpu%d' % cpu):
                for number in numbers:
                    write_text('/proc/irq/%s/smp_affinity_list' % number, str(cpu))

    def _has_link(self, namespace):
        return 'LOWER_UP' in run('ip', '-n', namespace, 'link', 'show', 'dev',
                                 self.names[namespace])

    def _down(self):
        for namespace in ADDRESSES:
            run('ip', 'netns', 'del', namespace, check=False)
        # A namespace gives its interfaces back soon after it is gone, not at once.
        for device in self.devices:
            if driver_of(device):
                wait_for('the interface is back', lambda: interface_of(device))
        if self.driver in ('xnet', '8139cp'):
            unload(self.driver)

    def pins(self):
        """Interrupt pins of both NICs."""
        return {read_text(device + '/irq') for device in self.devices}

    def interrupts(self):
        """Interrupts that CPU 0 took from both NICs until now."""
        lines = [line.split() for line in read_text('/proc/interrupts').splitlines()[1:]]
        return sum(int(words[1]) for words in lines if words[0].rstrip(':') in self.pins())

    def statistics(self, namespace):
        """The kernel's counters of the interface in a namespace."""
        name = self.names[namespace]
        text = run('ip', 'netns', 'exec', namespace, 'sh', '-c',
                   'cd /sys/class/net/%s/statistics && grep . *' % name)
        return {key: int(value) for key, value in
                (line.split(':') for line in text.split() if ':' in line)}
