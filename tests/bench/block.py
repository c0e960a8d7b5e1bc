# SPDX-License-Identifier: GPL-2.0-only
"""Block cases, by fio: path length, one disk after another; throughput, the disks in turn."""

import fcntl
import json
import os
import struct
import subprocess
import time

from cases import AGAIN
from disks import DISKS, Made, remove
from meter import cost, wait_until_quiet
from system import Cannot, last_line, sort_memory

HUGE = 16 << 40
BLKDISCARD = 0x1277

URING = ('--iodepth=32', '--iodepth_batch_submit=32', '--iodepth_batch_complete_min=32',
         '--registerfiles=1', '--fixedbufs=1')


def fio_command(disk, how, ms, ramp_ms):
    command = ['fio', '--name=bench', '--filename=' + disk.node, '--size=%d' % disk.size,
               '--direct=1', '--rw=' + how['rw'], '--bs=' + how.get('bs', '4k'),
               '--ioengine=' + how['engine'], '--norandommap=1', '--gtod_reduce=1',
               '--time_based=1', '--runtime=%dms' % ms, '--ramp_time=%dms' % ramp_ms,
               '--numjobs=%d' % how.get('jobs', 1), '--group_reporting=1', '--thread=1',
               '--mem=mmaphuge', '--hugepage-size=2m']
    if how['engine'] == 'io_uring':
        command += URING
    if how.get('poll'):
        command.append('--hipri=1')
    return command


def fio(command):
    """I/Os per second. Under icount a second is 10^9 instructions."""
    done = subprocess.run(command + ['--eta=never', '--output-format=json'], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Cannot('fio: ' + last_line(done.stdout))
    job = json.loads(done.stdout[done.stdout.index('{'):])['jobs'][0]
    ios, ms = ((job['read'][key] or job['write'][key]) for key in ('total_ios', 'runtime'))
    if job['error'] or not ios or not ms:
        raise Cannot('fio did no I/O')
    return ios * 1000 / ms


# Path length

def run_path(cases, context):
    for subject in DISKS:
        for poll in (0, 1):
            chosen = [case for case in cases if 'rw' in case.how and not case.is_self_test and
                      case.how.get('poll', 0) == poll]
            with_disk(subject, poll, chosen, context, fio_path)
        with_disk(subject, 0, [case for case in cases if 'trim' in case.how], context, trim,
                  size=context.scale.disk_size // 2)
        for case in cases:
            if 'teardown' in case.how:
                context.attempt([case], subject, teardown, subject, case, context)
        chosen = {case.how['huge']: case for case in cases if 'huge' in case.how}
        context.attempt(chosen.values(), subject, huge, subject, chosen, context)
    for case in cases:
        if case.is_self_test:
            for subject in case.subjects:
                with_disk(subject.removesuffix(AGAIN), 0, [case], context, fio_path, subject)


def with_disk(name, poll, cases, context, measure, subject=None, size=None):
    """Makes the disk once for all the cases; every case that cannot be gets its reason."""
    subject = subject or name
    if not cases:
        return
    context.progress('%s: %s' % (subject, ', '.join(case.name for case in cases)))

    def on_disk():
        with Made(name, size or context.scale_for(cases[0]).disk_size, bool(poll)) as disk:
            for case in cases:
                context.attempt([case], subject, measure, disk, case, subject, context)

    context.attempt(cases, subject, on_disk)


def fio_path(disk, case, subject, context):
    scale = context.scale_for(case)
    disk.equalise(case.how.get('iostats', 0))
    command = fio_command(disk, case.how, scale.fio_ms, scale.ramp_ms)
    context.value(case, subject, [1e9 / fio(command)], ' '.join(command))


def discard_all(disk):
    fd = os.open(disk.node, os.O_WRONLY)
    try:
        fcntl.ioctl(fd, BLKDISCARD, struct.pack('QQ', 0, disk.size))
    except OSError as error:
        raise Cannot('BLKDISCARD: ' + error.strerror) from error
    finally:
        os.close(fd)


def measure_discard(disk, with_what_is_left):
    if with_what_is_left:
        return cost(lambda: discard_all(disk))
    wait_until_quiet()
    started = time.perf_counter_ns()
    discard_all(disk)
    return time.perf_counter_ns() - started


def trim(disk, case, subject, context):
    """Of a full disk: until the caller can go on, or until all is done that it caused."""
    if not disk.keeps_data:
        raise Cannot('there is no data to discard')
    samples = []
    for _ in range(context.scale.samples):
        sort_memory()
        disk.fill()
        samples.append(measure_discard(disk, case.how['trim'] == 'all') / (disk.size / 4096))
    context.value(case, subject, samples, 'ioctl(%s, BLKDISCARD, {0, %d})' % (disk.node, disk.size))


def teardown(subject, case, context):
    """Until all memory of a full device is free."""
    context.progress('%s: %s' % (subject, case.name))
    samples = []
    for _ in range(context.scale.samples):
        disk = DISKS[subject](context.scale.disk_size)
        if not disk.keeps_data:
            raise Cannot('there is no data to free')
        disk.huge = int(case.how['teardown'] == 'huge')
        sort_memory()
        try:
            disk.create()
            disk.fill()
            samples.append(cost(disk.destroy) / (disk.size / 4096))
        finally:
            remove(disk)
    context.value(case, subject, samples, 'rmmod of ' + disk.module)


def huge(subject, cases, context):
    """Both halves of a huge disk's life."""
    if not cases:
        return
    context.progress('%s: %s' % (subject, ', '.join(case.name for case in cases.values())))
    samples = {'create': [], 'destroy': []}
    for i in range(1 + 2 * context.scale.samples):
        create, destroy = huge_once(DISKS[subject](HUGE))
        if i:
            samples['create'].append(create / 1000)
            samples['destroy'].append(destroy / 1000)
    for what, case in cases.items():
        context.value(case, subject, samples[what],
                      'finit_module, configfs; delete_module of ' + DISKS[subject].module)


def huge_once(disk):
    try:
        sort_memory()
        create = cost(disk.create)
        fd = os.open(disk.node, os.O_RDONLY)
        try:
            if os.lseek(fd, 0, os.SEEK_END) != HUGE:
                raise Cannot('%s is not 16 TiB large' % disk.node)
        finally:
            os.close(fd)
        return create, cost(disk.destroy)
    finally:
        remove(disk)


# Throughput

def run_throughput(cases, context):
    """Disks that exist together."""
    made = {}

    def make(subject):
        made[subject] = Made(subject, context.scale.disk_size // 2).__enter__()

    try:
        for subject in DISKS:
            context.attempt(cases, subject, make, subject)
        for case in cases:
            context.progress('%s, in turn' % case.name)
            context.attempt([case], 'block', in_turn, case, made, context)
    finally:
        for disk in reversed(made.values()):
            remove(disk)


def in_turn(case, disks, context):
    """A B C D A B C D …: what changes on the host meanwhile, changes for all."""
    scale = context.scale
    commands = {subject: fio_command(disk, case.how, int(scale.seconds * 1000),
                                     int(scale.seconds * 200))
                for subject, disk in disks.items()}
    samples = {subject: [] for subject in disks}
    for _ in range(scale.rounds):
        for subject, command in commands.items():
            samples[subject].append(fio(command))
    for subject, command in commands.items():
        context.value(case, subject, samples[subject], ' '.join(command))
