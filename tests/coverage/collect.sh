#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# collect.sh: run by kernel.sh after the tests: what they ran of our lines, in the format of the compiler
# in the root file system: $VM_OUT/coverage.raw.
set -euo pipefail
. "$(dirname "$0")/../vm/common.sh"
. "$(dirname "$0")/../vm/chroot.sh"

# It takes the paths of the kernel's headers for paths here.
in_chroot lcov --capture --directory /root/coverage --base-directory /root/xdrv \
	--ignore-errors source,inconsistent --output-file /root/coverage.raw >"$VM_OUT/lcov.log" 2>&1 ||
	die "lcov finds nothing to count: $(tail -n 3 "$VM_OUT/lcov.log")"
cp "$VM_ROOT/root/coverage.raw" "$VM_OUT/"
