# SPDX-License-Identifier: GPL-2.0-only
"""A little of netlink: what no program in the root file systems asks or tells the kernel.

    with Netlink('a', NETLINK_ROUTE) as route:
        route.ask(RTM_SETLINK, body)            # raises OSError
"""

import socket
import struct

import netpair

NETLINK_ROUTE, NETLINK_GENERIC = 0, 16
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NLMSGERR_ATTR_MSG = 270, 10, 11, 1
NESTED = 0x8000
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 0x10, 3, 1, 2


def attribute(kind, data):
    """One attribute, padded; a number is 32 bits."""
    if isinstance(data, int):
        data = struct.pack('=i', data)
    return struct.pack('=HH', len(data) + 4, kind) + data + bytes(-len(data) % 4)


def attributes(data):
    """{type: bytes} of attributes one after the other."""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from('=HH', data)
        found[kind & ~NESTED] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


class Netlink:
    """A socket in a network namespace."""

    def __init__(self, namespace, protocol):
        self.socket = netpair.socket_in(namespace, socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self.socket.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.socket.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sequence = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, kind, body, flags=0):
        """Sends a request; returns the bodies of all answers. An OSError has the words of the kernel, too."""
        self.sequence += 1
        flags |= NLM_F_REQUEST | NLM_F_ACK
        self.socket.send(struct.pack('=IHHII', 16 + len(body), kind, flags, self.sequence, 0) + body)
        answers = []
        while True:
            data = self.socket.recv(1 << 16)
            while data:
                size, kind = struct.unpack_from('=IH', data)
                message, data = data[16:size], data[(size + 3) & ~3:]
                if kind == NLMSG_ERROR:
                    number = -struct.unpack_from('=i', message)[0]
                    if number:
                        words = attributes(message[20:]).get(NLMSGERR_ATTR_MSG, b'netlink\0')
                        raise OSError(number, words[:-1].decode())
                    return answers
                if kind == NLMSG_DONE:
                    return answers
                answers.append(message)


class Generic(Netlink):
    """A family of generic netlink; OSError if the kernel does not have it."""

    def __init__(self, namespace, family):
        super().__init__(namespace, NETLINK_GENERIC)
        self.family = GENL_ID_CTRL
        answer = self.call(CTRL_CMD_GETFAMILY,
                           attribute(CTRL_ATTR_FAMILY_NAME, family.encode() + b'\0'))[0]
        self.family = struct.unpack('=H', answer[CTRL_ATTR_FAMILY_ID])[0]

    def call(self, command, body=b'', flags=0):
        """Returns the attributes of each answer."""
        answers = self.ask(self.family, struct.pack('=BBH', command, 1, 0) + body, flags)
        return [attributes(answer[4:]) for answer in answers]
