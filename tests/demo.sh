#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# demo.sh: the main job of every module, in a VM with a distribution kernel, package installed by dkms.
# KERNEL= selects the kernel. The exit status tells whether all of it worked.
set -euo pipefail
. "$(dirname "$0")/vm/common.sh"

KERNEL=${KERNEL:-6.12}
OUT=$XDRV_TOP/out/demo

show_report()
{
	local tap=$OUT/demo-main-job.tap

	[ -f "$tap" ] || die "the VM brought no result (console: $OUT/console.log)"
	echo
	sed -n 's/^# report: //p' "$tap"
	echo
}

main()
{
	need_root demo
	cd "$XDRV_TOP"
	tests/deps.sh vm
	rm -rf "$OUT"
	mkdir -p "$OUT"
	export VM_OUT=$OUT
	step "demo on kernel $KERNEL"
	if ! tests/vm/system.sh "$KERNEL" tests/vm/run.py demo/main-job; then
		[ ! -f "$OUT/demo-main-job.tap" ] || show_report
		die "FAILED; what happened is in $OUT"
	fi
	show_report
	step "all of it worked"
}

main
