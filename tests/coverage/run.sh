#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh: `make coverage`: which lines of the modules do the tests run, KUnit on User Mode Linux and the
# integration tests on the debug kernel together? Writes out/coverage/index.html and summary.txt, and
# fails when a module has less than the least share.
set -euo pipefail
. "$(dirname "$0")/../vm/common.sh"

OUT=$XDRV_TOP/out/coverage
MODULES="common chardev blockdev netdev"
LEAST_PERCENT=90
VM_STATUS=0

# Paths in the VM and in the kernel tree that KUnit builds, as paths here; lines only, for the two
# come from compilers and versions of lcov that disagree about functions.
normalise()
{
	grep -E '^(TN:|SF:|DA:|end_of_record)' "$1" |
		sed -E "s,^SF:(/root/xdrv|.*/drivers/xdrv|$XDRV_TOP)/,SF:$XDRV_TOP/," >"$2"
}

# only_ours FILE: the drivers themselves, not the tests and not the kernel's headers.
only_ours()
{
	local module patterns=()

	for module in $MODULES; do
		patterns+=("$XDRV_TOP/$module/*")
	done
	lcov --quiet --extract "$1" "${patterns[@]}" --output-file "$2"
}

cover_kunit()
{
	step "coverage: KUnit"
	KUNIT_GCOV=$OUT/kunit.raw "$XDRV_TOP/kunit/run.sh"
	normalise "$OUT/kunit.raw" "$OUT/kunit.info"
}

# A test that fails is seen at the end: what the others ran is worth a report all the same.
cover_vm()
{
	local part

	step "coverage: integration tests on the debug kernel"
	XDRV_MODULES=gcov KERNELS=debug STEPS=vm CHECK_OUT=${OUT#"$XDRV_TOP"/}/vm "$XDRV_TOP/tests/check.sh" ||
		VM_STATUS=$?
	for part in "$OUT"/vm/debug*; do
		[ -s "$part/coverage.raw" ] || die "the tests left no account of what they ran in $part"
		normalise "$part/coverage.raw" "$part/coverage.info"
	done
}

# Of all .info files there are, one.
add_up()
{
	local info files=()

	for info in "$OUT"/*.info "$OUT"/vm/*/*.info; do
		files+=(--add-tracefile "$info")
	done
	lcov --quiet "${files[@]}" --output-file "$1"
}

main()
{
	need_root coverage
	"$XDRV_TOP/tests/deps.sh" vm kunit coverage
	rm -rf "$OUT"
	mkdir -p "$OUT/vm"
	cover_kunit
	cover_vm
	add_up "$OUT/all.info"
	only_ours "$OUT/all.info" "$OUT/total.info"
	genhtml --quiet --legend --title xdrv --prefix "$XDRV_TOP" --output-directory "$OUT" "$OUT/total.info"
	python3 -B "$XDRV_TOP/tests/coverage/table.py" $LEAST_PERCENT "$XDRV_TOP" "$OUT/total.info" |
		tee "$OUT/summary.txt"
	[ "$VM_STATUS" = 0 ] || die "tests failed on the debug kernel (results: $OUT/vm)"
}

main
