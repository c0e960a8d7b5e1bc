# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of xbd share. Sourced after tap.sh.

# unload: udev looks at a disk whenever somebody has closed it after writing, so one refusal of rmmod
# means nothing.
unload()
{
	wait_for 10 rmmod xbd
}

# memory_used: bytes of data in the disk's store.
memory_used()
{
	cat /sys/block/xbd0/xbd/memory_used
}

# memory_used_below BYTES
memory_used_below()
{
	[ "$(memory_used)" -lt "$1" ]
}
