#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run by system.sh: asks this kernel's headers what they offer once as every build does, all probes in
# one compilation, and once with a compilation for each. Writes the result of the comparison as TAP.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/chroot.sh"

CONFIG=common/compat/compat_config.h

# Only the first directory is built: the probes come before it.
probe()
{
	in_chroot make -C "/lib/modules/$VM_KVER/build" M=/root/probes "$@" common/ \
		>>"$VM_OUT/probes.log" 2>&1
	cp "$VM_ROOT/root/probes/$CONFIG" "$VM_OUT/probes$#.h"
}

: >"$VM_OUT/probes.log"
cp -r "$VM_ROOT/root/xdrv" "$VM_ROOT/root/probes"
verdict="not ok"
if probe && probe XDRV_PROBE_EACH=1 && diff "$VM_OUT"/probes[01].h >>"$VM_OUT/probes.log"; then
	verdict=ok
fi
rm -rf "$VM_ROOT/root/probes"
{
	echo "$verdict 1 - probes answer the same together and one by one"
	[ "$verdict" = ok ] || tail -n 25 "$VM_OUT/probes.log" | sed 's/^/# /'
	echo 1..1
} >"$VM_OUT/probes.tap"
grep -A25 '^not ok' "$VM_OUT/probes.tap" >&2 || true
