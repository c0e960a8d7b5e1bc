#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boots the system that system.sh made ready with its console on this terminal. Takes the machine's
options, see --help; the guest's requests (host_cmd) are served meanwhile. --gdb lets gdb attach."""

import argparse
import glob
import os
import shutil
import subprocess
import sys
import time

from lock import take_vm_lock
from machine import Machine, MachineEnded, end_on_sigterm, option_parser

INIT = '/root/xdrv/tests/vm/init'
FOREVER = 365 * 86400
KERNEL_SYMBOLS = 'usr/lib/debug/linux'

# nokaslr keeps the kernel where vmlinux says; lx-symbols finds the modules by their names.
GDB_COMMANDS = """\
set pagination off
add-auto-load-safe-path {symbols}
file {symbols}/vmlinux
source {symbols}/vmlinux-gdb.py
target remote {socket}
lx-symbols {out}
"""


def prepare_gdb(options):
    """Symbols and a command file for gdb in $VM_OUT; gdb asks QEMU by a socket there."""
    root, out = os.environ['VM_ROOT'], os.environ['VM_OUT']
    symbols, socket = os.path.join(out, 'symbols'), os.path.join(out, 'gdb.socket')
    shutil.rmtree(symbols, ignore_errors=True)
    shutil.copytree(os.path.join(root, KERNEL_SYMBOLS), symbols)
    for path in glob.glob(root + '/root/xdrv/*/*.ko'):
        shutil.copy(path, symbols)
    commands = os.path.join(out, 'gdb.commands')
    with open(commands, 'w', encoding='utf-8') as file:
        file.write(GDB_COMMANDS.format(symbols=symbols, socket=socket, out=symbols))
    options.qemu.append('-gdb unix:%s,server=on,wait=off' % socket)
    options.append += ' nokaslr'
    print('In another terminal: gdb -x %s' % os.path.relpath(commands))


def main():
    parser = argparse.ArgumentParser(parents=[option_parser()], description=__doc__)
    parser.add_argument('--gdb', action='store_true', help='wait for gdb')
    options = parser.parse_args()
    if options.gdb:
        prepare_gdb(options)
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
