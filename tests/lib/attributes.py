# SPDX-License-Identifier: GPL-2.0-only
"""The attributes of our devices, drivers and modules: what root can read and write as a file."""

import glob
import os
import stat

import netpair

CONFIGFS = ('/sys/kernel/config/xbd', '/sys/kernel/config/xchar')


def below(*roots):
    """Regular files in these directories."""
    for root in roots:
        for path, _, names in os.walk(root):
            for name in names:
                if stat.S_ISREG(os.lstat(os.path.join(path, name)).st_mode):
                    yield os.path.join(path, name)


def ours():
    """All of them, as far as the modules are loaded."""
    roots = [*CONFIGFS, '/sys/kernel/debug/xbd', '/sys/kernel/debug/xchar', '/sys/kernel/debug/xnet',
             *map(os.path.realpath, glob.glob('/sys/class/xchar/*') + glob.glob('/sys/block/xbd*')),
             *('/sys/module/' + name for name in ('xdrv_common', 'xchar', 'xbd', 'xnet'))]
    roots += ['/sys/class/net/%s/' % name for name in netpair.interfaces()]
    return [path for path in below(*roots) if 'sections' not in path]
