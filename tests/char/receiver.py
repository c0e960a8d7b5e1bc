# SPDX-License-Identifier: GPL-2.0-only
"""Receivers for tests: pretend ones, their sentences, and gpsd that listens to them."""

import calendar
import json
import os
import select
import socket
import subprocess
import time

from tap import bail, note, patience, read_text, wait_for, write_text
from xchardev import CONFIGFS


class Receiver:
    """A pretend receiver; settings are those in nmea/."""

    def __init__(self, fanout='shared', backend='nmea', **settings):
        self.directory = CONFIGFS + 'receiver'
        os.mkdir(self.directory)
        write_text(self.directory + '/backend', backend)
        write_text(self.directory + '/buffer_size', 4096)
        write_text(self.directory + '/fanout', fanout)
        self.set(**settings)
        write_text(self.directory + '/power', 1)
        self.path = '/dev/' + read_text(self.directory + '/dev')

    def set(self, **settings):
        for name, value in settings.items():
            write_text('%s/nmea/%s' % (self.directory, name), value)

    def get(self, name):
        return read_text('%s/nmea/%s' % (self.directory, name))

    def attributes(self):
        return {name: self.get(name) for name in os.listdir(self.directory + '/nmea')}

    def remove(self):
        os.rmdir(self.directory)


def is_right(line):
    """A whole sentence with the right checksum."""
    body, star, checksum = line.rstrip('\r\n').rpartition('*')
    total = 0
    for byte in body[1:].encode():
        total ^= byte
    return bool(line.startswith('$') and line.endswith('\r\n') and len(line) <= 82 and star
                and checksum == '%02X' % total)


def clock_of(fields):
    """Seconds since 1970 of the fields of an RMC sentence."""
    day = time.strptime(fields[9] + fields[1][:6], '%d%m%y%H%M%S')
    return calendar.timegm(day) + float('0' + fields[1][6:])


class Gpsd:
    """gpsd with a device, and what it reports."""

    def __init__(self, path):
        self.gpsd = subprocess.Popen(['gpsd', '-N', '-n', path], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = wait_for(20, self.connect) or bail('gpsd listens')
        self.client.sendall(b'?WATCH={"enable":true,"json":true}\n')
        self.rest = b''

    @staticmethod
    def connect():
        try:
            return socket.create_connection(('127.0.0.1', 2947))
        except OSError:
            return None

    def reports(self, seconds):
        deadline = time.monotonic() + patience(seconds)
        while time.monotonic() < deadline:
            if not select.select([self.client], [], [], 0.2)[0]:
                continue
            data = self.client.recv(65536)
            if not data:
                bail('gpsd goes on')
            self.rest += data
            while b'\n' in self.rest:
                line, self.rest = self.rest.split(b'\n', 1)
                yield json.loads(line)

    def find(self, what, test, seconds=30):
        """The first report of this class that fits."""
        last = None
        for report in self.reports(seconds):
            if report['class'] == what:
                last = report
                if test(report):
                    return report
        note('the last %s was %s' % (what, last))
        return None

    def end(self):
        self.client.close()
        self.gpsd.terminate()
        self.gpsd.wait(patience(20))


def close_to(value, wanted, by):
    return value is not None and abs(value - wanted) <= by
