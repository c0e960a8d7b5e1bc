#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run by system.sh: builds the modules with sparse and prints what it says about our files. What it
# says about the kernel's headers is not ours to mend.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/chroot.sh"

LOG=$VM_OUT/sparse.log

if ! in_chroot make -C "/lib/modules/$VM_KVER/build" M=/root/xdrv C=2 \
	CF=-D__CHECK_ENDIAN__ modules >"$LOG" 2>&1; then
	tail -n 20 "$LOG"
	exit 1
fi
grep -E '^(/root/xdrv/)?[^ /][^ ]*\.[ch]:[0-9]+:[0-9]+: (warning|error):' "$LOG" || :
