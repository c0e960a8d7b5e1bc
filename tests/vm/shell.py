#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boots the system that system.sh made ready with its console on this terminal. Takes the machine's
options, see --help; the guest's requests (host_cmd) are served meanwhile."""

import argparse
import os
import subprocess
import sys
import time

from lock import take_vm_lock
from machine import Machine, MachineEnded, end_on_sigterm, option_parser

INIT = '/root/xdrv/tests/vm/init'
FOREVER = 365 * 86400


def main():
    parser = argparse.ArgumentParser(parents=[option_parser()], description=__doc__)
    options = parser.parse_args()
    end_on_sigterm()
    lock = take_vm_lock()
    terminal = subprocess.run(['stty', '-g'], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL, check=False).stdout.strip()
    print('Kernel %s. `exit` or Ctrl-D powers the machine off.' % os.environ['VM_KVER'])
    machine = Machine(options)
    try:
        machine.start(INIT, 'xdrv.shell')
        while True:
            machine.read_line(time.monotonic() + FOREVER)
    except (MachineEnded, KeyboardInterrupt):
        pass
    finally:
        machine.stop()
        if terminal:
            subprocess.run(['stty', terminal], check=False)
        lock.close()
    return 0


if __name__ == '__main__':
    sys.exit(main())
