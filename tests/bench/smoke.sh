#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# smoke.sh: run by system.sh, for `make check`: does every case of the benchmark still run, and can its
# page be made? Writes bench-smoke.tap to $VM_OUT, the rest to $VM_OUT/bench.
set -euo pipefail
. "$(dirname "$0")/../vm/common.sh"

measure()
{
	VM_OUT=$VM_OUT/bench "$(dirname "$0")/inside.sh" --smoke
}

make_page()
{
	python3 -B "$(dirname "$0")/docs.py" "$VM_OUT/bench/bench.json" "$VM_OUT/bench/docs"
}

# result STATUS DESCRIPTION: one more line of the account that host.py wrote.
result()
{
	local number

	number=$(($(grep -cE '^(not )?ok ' "$TAP") + 1))
	sed -i '/^1\.\./d' "$TAP"
	[ "$1" = 0 ] || printf 'not ' >>"$TAP"
	printf 'ok %d - %s\n1..%d\n' "$number" "$2" "$number" >>"$TAP"
}

main()
{
	local started=$SECONDS status=0 page=0

	rm -rf "$VM_OUT/bench"
	mkdir -p "$VM_OUT/bench"
	measure >"$VM_OUT/bench/log" 2>&1 || status=$?
	TAP=$VM_OUT/bench-smoke.tap
	touch "$VM_OUT/bench/bench.tap"
	mv "$VM_OUT/bench/bench.tap" "$TAP"
	make_page >>"$VM_OUT/bench/log" 2>&1 || page=$?
	result $status "the benchmark ends well"
	result $page "docs/benchmarks.md can be made"
	printf '%8s  %-4s %-32s %3d passed  %d s\n' "$([ $((status + page)) = 0 ] && echo ok || echo FAILED)" \
		"$VM_KERNEL" bench/smoke "$(grep -c '^ok ' "$TAP")" $((SECONDS - started))
	[ $((status + page)) = 0 ] || tail -n 30 "$VM_OUT/bench/log"
	return $((status + page))
}

main
