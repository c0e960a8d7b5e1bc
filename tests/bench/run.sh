#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh: the benchmark. KERNEL=7.2 selects the kernel (6.12), CASES="block/* net/udp*" what is
# measured, PARTS="path hardware throughput" how; SMOKE=1 only looks whether every case runs.
# Writes bench.json, bench.tap and table.txt to $BENCH_OUT (out/bench, or out/bench-smoke).
set -euo pipefail
. "$(dirname "$0")/../vm/common.sh"

main()
{
	local options=(--parts "${PARTS:-path hardware throughput}") globs out=out/bench

	need_root bench
	cd "$XDRV_TOP"
	tests/deps.sh vm bench
	read -r -a globs <<<"${CASES:-*/*}"
	if [ -n "${SMOKE:-}" ]; then
		options+=(--smoke)
		out=out/bench-smoke
	fi
	export VM_OUT=${BENCH_OUT:-$XDRV_TOP/$out}
	mkdir -p "$VM_OUT"
	rm -f "$VM_OUT"/{bench.json,bench.tap,table.txt} "$VM_OUT"/*-console.log
	tests/vm/system.sh "${KERNEL:-$XDRV_BENCH_KERNEL}" tests/bench/inside.sh "${options[@]}" "${globs[@]}" |
		tee "$VM_OUT/table.txt"
}

main
