# SPDX-License-Identifier: GPL-2.0-only
"""As many VMs at a time on a machine as it has CPUs: more would make time limits meaningless. Under
TCG a VM keeps about one CPU busy."""

import fcntl
import os
import sys
import time


def take_vm_lock():
    """Waits for a place and returns the file that holds it; the place is free when that closes."""
    directory = os.environ['XDRV_CACHE']
    os.makedirs(directory, exist_ok=True)
    places = [open(os.path.join(directory, 'vm.lock.%d' % i), 'a+', encoding='utf-8')
              for i in range(os.cpu_count() or 1)]
    free = _find_free(places)
    if not free:
        places[0].seek(0)
        print('waiting for the VM of', places[0].read().strip() or 'another run', file=sys.stderr)
    while not free:
        time.sleep(0.5)
        free = _find_free(places)
    for place in places:
        if place is not free:
            place.close()
    free.truncate(0)
    print('process %d in %s' % (os.getpid(), os.getcwd()), file=free, flush=True)
    return free


def _find_free(places):
    for place in places:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return place
    return None
