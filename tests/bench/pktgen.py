# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's packet generator, sending from namespace a."""

import re

from system import Cannot, modprobe, run

NOBODY = '02:00:00:00:00:99'
# Nobody has this address: what arrives is dropped after the route was looked up.
UNKNOWN_ADDRESS = '10.9.0.99'
RESULT = re.compile(r'Result: OK: (\d+)\(c\d+\+d\d+\) usec, (\d+) ')


def _script(lines):
    run('ip', 'netns', 'exec', 'a', 'sh', '-ec', '\n'.join(lines))


class Pktgen:
    """Sends count packets of 60 bytes; receive: with the other NIC's address."""

    def __init__(self, pair, count, burst=1, receive=False):
        modprobe('pktgen')
        self.device = pair.names['a']
        self.command = 'pktgen count %d, pkt_size 60, burst %d, dst_mac %s' % (
            count, burst, 'of the other NIC' if receive else 'of nobody')
        settings = ['count %d' % count, 'pkt_size 60', 'delay 0', 'clone_skb 0',
                    'burst %d' % burst, 'dst ' + UNKNOWN_ADDRESS,
                    'dst_mac ' + (pair.macs['b'] if receive else NOBODY)]
        directory = '/proc/net/pktgen/'
        _script(['echo rem_device_all >%skpktgend_0' % directory,
                 'echo add_device %s >%skpktgend_0' % (self.device, directory)] +
                ['echo "%s" >%s%s' % (words, directory, self.device) for words in settings])

    def start(self):
        """Returns microseconds and packets sent, when all are."""
        _script(['echo start >/proc/net/pktgen/pgctrl'])
        text = run('ip', 'netns', 'exec', 'a', 'cat', '/proc/net/pktgen/' + self.device)
        match = RESULT.search(text)
        if not match:
            raise Cannot('pktgen: ' + ' '.join(text.split())[-200:])
        return int(match.group(1)), int(match.group(2))
