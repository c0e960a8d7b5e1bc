# SPDX-License-Identifier: GPL-2.0-only
"""Net cases on two CPUs by the clock on the wall: the NICs take turns."""

import json
import subprocess

from nics import ADDRESSES, Pair
from pktgen import Pktgen
from system import PROGRAMS, Cannot, last_line, run, wait_for

RR_LOOPS = 5000
PKTGEN_RATE = 150000
BURST = 32


def in_namespace(name, *command):
    return ['ip', 'netns', 'exec', name] + [str(word) for word in command]


def iperf3(*words):
    """One run against a server that is there for this run only; returns its report."""
    server = subprocess.Popen(in_namespace('b', 'iperf3', '-s', '-1'), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for('iperf3 listens', lambda: ':5201' in run('ip', 'netns', 'exec', 'b', 'ss', '-ltn'))
        text = run(*in_namespace('a', 'iperf3', '-c', ADDRESSES['b'], '-J', *words), check=False)
    finally:
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    report = json.loads(text[text.index('{'):])
    if 'error' in report:
        raise Cannot('iperf3: ' + report['error'])
    return report['end']


def how_long(seconds):
    """iperf3 counts whole seconds; a glance is a number of bytes."""
    return ('-t', round(seconds)) if seconds >= 1 else ('-n', '4M')


def stream(_pair, seconds):
    """Longer than the rest: most of what is lost is lost at its beginning."""
    end = iperf3(*how_long(2.5 * seconds))
    return {'stream-rate': end['sum_received']['bits_per_second'] / 1e6,
            'stream-retransmits': end['sum_sent']['retransmits'] / end['sum_sent']['seconds']}


def udp(_pair, seconds):
    end = iperf3(*how_long(seconds), '-u', '-b', '0', '-l', 1472)
    total = end.get('sum_received') or end['sum']
    lost = end['sum']['lost_percent']
    return {'udp-rate': end['sum']['bits_per_second'] / 1e6 * (1 - lost / 100)
            if not total.get('bits_per_second') else total['bits_per_second'] / 1e6,
            'udp-loss': lost}


def pktgen(pair, seconds):
    rates = {}
    for name, burst in (('pktgen-rate', 1), ('pktgen-burst-rate', BURST)):
        usec, sent = Pktgen(pair, max(1000, int(PKTGEN_RATE * seconds)), burst).start()
        rates[name] = sent * 1e6 / usec
    return rates


def rr(_pair, seconds):
    """net.c counts nanoseconds for a transaction."""
    loops = max(50, int(RR_LOOPS * seconds))
    done = subprocess.run([PROGRAMS + 'net', 'rr2', '1', '1', str(loops), '1'], text=True,
                          input='go\ngo\n', stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    words = done.stdout.split()
    if done.returncode or len(words) != 2:
        raise Cannot(last_line(done.stdout))
    return {'rr-rate': 1e9 / float(words[1])}


LOADS = {'stream': stream, 'udp': udp, 'pktgen': pktgen, 'rr': rr}
COMMANDS = {
    'stream': 'iperf3 -c 10.9.0.2 -t SECONDS',
    'udp': 'iperf3 -c 10.9.0.2 -u -b 0 -l 1472 -t SECONDS',
    'pktgen': 'pktgen count N, pkt_size 60, burst 1 or 32, dst_mac of nobody',
    'rr': 'net rr2 1 1 N 1, each end on the CPU that has the interrupts of its NIC',
}


def run_round(subject, loads, seconds, samples, reasons):
    """Everything once on one kind of NIC."""
    try:
        with Pair(subject) as pair:
            for load in loads:
                try:
                    for name, value in LOADS[load](pair, seconds).items():
                        samples.setdefault((name, subject), []).append(value)
                except Cannot as reason:
                    reasons[load, subject] = reason
    except Cannot as reason:
        for load in loads:
            reasons[load, subject] = reason


def run_cases(cases, context):
    scale = context.scale
    loads = list(dict.fromkeys(case.how['load'] for case in cases))
    samples, reasons = {}, {}
    for i in range(scale.rounds + 1 if scale.rounds > 1 else 1):
        for subject in cases[0].subjects:
            context.progress('round %d: %s' % (i, subject))
            # The first round warms up and is forgotten, unless it is the only one.
            kept = samples if i or scale.rounds == 1 else {}
            run_round(subject, loads, scale.seconds if i else scale.seconds / 3, kept, reasons)
    for case in cases:
        for subject in case.subjects:
            values = samples.get((case.name, subject))
            if values:
                context.value(case, subject, values, COMMANDS[case.how['load']])
            else:
                context.skip(case, subject, reasons.get((case.how['load'], subject),
                                                        'no result'))
