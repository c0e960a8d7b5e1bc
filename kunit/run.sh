#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the KUnit suites through the kernel's own kunit.py: `make kunit`, on User Mode Linux, or with
# ARCH=x86_64 in QEMU with an emulated 8139C+. The kernel is Debian's linux-source, unpacked and
# built once in the cache, with this tree linked in as drivers/xdrv.
#
# Environment: ARCH (um), KUNIT_SOURCE (6.12; or 7.2, 7.3), KUNIT_SEED (new in every run; or what a
# failure printed, to repeat it), KUNIT_GCOV (a file for lcov's count of the lines that ran; um only),
# XDG_CACHE_HOME.
# Writes out/check/kunit.tap and, for a closer look, out/check/kunit.log.
set -euo pipefail
# shellcheck source=../tests/vm/common.sh
. "$(dirname "$0")/../tests/vm/common.sh"
# shellcheck source=../tests/vm/kernels.sh
. "$XDRV_TOP/tests/vm/kernels.sh"
# shellcheck source=source.sh
. "$XDRV_TOP/kunit/source.sh"

ARCH=${ARCH:-um}
KERNEL=${KUNIT_SOURCE:-6.12}
CACHE=$XDRV_CACHE/kunit
BUILD=$CACHE/build-linux-source-$KERNEL-$ARCH
OUT=$XDRV_TOP/out/check

# The tree takes part in the kernel's build as drivers/xdrv.
overlay()
{
	local source=$1

	ln -sfn "$XDRV_TOP" "$source/drivers/xdrv"
	grep -q drivers/xdrv/Kconfig "$source/drivers/Kconfig" ||
		sed -i '/^endmenu/i source "drivers/xdrv/Kconfig"' "$source/drivers/Kconfig"
	grep -q xdrv/ "$source/drivers/Makefile" ||
		echo 'obj-y += xdrv/' >>"$source/drivers/Makefile"
}

# Objects of another clone can be newer than the sources of this one: make cannot tell.
forget_other_clones()
{
	if [ "$(cat "$BUILD/xdrv-tree" 2>/dev/null)" != "$XDRV_TOP" ]; then
		rm -rf "$BUILD/drivers/xdrv"
		mkdir -p "$BUILD"
		echo "$XDRV_TOP" >"$BUILD/xdrv-tree"
	fi
}

# kunit.py asks QEMU for KVM wherever /dev/kvm exists, and hangs where that cannot run a kernel.
qemu_without_kvm()
{
	local dir=$CACHE/bin real

	real=$(command -v qemu-system-x86_64)
	mkdir -p "$dir"
	cat >"$dir/qemu-system-x86_64" <<-WRAPPER
		#!/bin/bash
		args=()
		while [ \$# -gt 0 ]; do
			if [ "\$1" = -accel ] && [ "\$2" != tcg ]; then shift 2; continue; fi
			args+=("\$1"); shift
		done
		exec $real "\${args[@]}"
	WRAPPER
	chmod +x "$dir/qemu-system-x86_64"
	PATH=$dir:$PATH
}

# Only in our files: the kernel's CONFIG_GCOV counts in all of its own, which doubles the time to build
# it. The wrapped functions are those of arch/um/Makefile; libgcov has a mangle_path() too, unused.
count_lines()
{
	local wraps=(malloc free calloc)

	echo "--make_options=XDRV_GCOV=y"
	echo "--make_options=LINK_WRAPS=${wraps[*]/#/-Wl,--wrap,} -fprofile-arcs -Wl,-z,muldefs"
}

# Two CPUs, for the tests of what happens at the same time; and time for a busy machine: it takes a minute at most
# on one that is not.
arguments()
{
	echo "--arch=$ARCH"
	echo "--jobs=$(nproc)"
	echo "--timeout=900"
	echo "--build_dir=$BUILD"
	echo "--raw_output=all"
	if [ "$ARCH" = um ]; then
		echo "--kunitconfig=$XDRV_TOP/kunit/xdrv.kunitconfig"
	else
		echo "--kunitconfig=$XDRV_TOP/kunit/x86_64.kunitconfig"
		echo "--qemu_args=-smp 2 -device rtl8139"
	fi
	[ -z "${KUNIT_GCOV:-}" ] || count_lines
	[ -z "${KUNIT_SEED:-}" ] || echo "--kernel_args=xdrv_kunit.seed=$KUNIT_SEED"
}

run_kunit()
{
	local source=$1 options

	mapfile -t options < <(arguments)
	PYTHONUNBUFFERED=1 run_showing "$OUT/kunit.log" "$source/tools/testing/kunit/kunit.py" run \
		"${options[@]}"
}

# A count of lines adds up over all runs since it was deleted.
forget_lines()
{
	find "$BUILD" -name '*.gcda' -delete 2>/dev/null || true
}

keep_lines()
{
	lcov --quiet --capture --directory "$BUILD/drivers/xdrv/" --output-file "$KUNIT_GCOV"
}

keep_tap()
{
	sed -n 's/\r$//; /^KTAP version/,$p' "$OUT/kunit.log" |
		grep -aE '^ *(KTAP|1\.\.|#|ok |not ok )' >"$OUT/kunit.tap" || true
}

suites_declared()
{
	sed -n '/^static struct kunit_suite /,/^};/s/^\t\.name = "\(.*\)",$/\1/p' \
		"$XDRV_TOP"/kunit/*_kunit.c | sort
}

suites_run()
{
	sed -nE 's/^(not )?ok [0-9]+ ([a-z0-9_]+).*/\2/p' "$OUT/kunit.tap" | sort
}

# Tests that were skipped for want of a device.
without_device()
{
	sed -nE '/# Subtest: xnet_(device|loop)$/,/^ok /s/^    ok [0-9]+ (.*) # SKIP ?(.*)/\1/p' "$OUT/kunit.tap"
}

# What is wrong with a run in which no test failed. In QEMU there is a device.
shortcomings()
{
	comm -23 <(suites_declared) <(suites_run) | sed 's/.*/kunit: suite & did not run/'
	[ "$ARCH" = um ] || without_device | sed 's/.*/kunit: & was skipped, as if there were no device/'
}

show_failures()
{
	grep -aE '^ +not ok |EXPECTATION FAILED|ASSERTION FAILED|error:|Kernel panic|ERROR|seed' -A3 \
		"$OUT/kunit.log" | head -n 60 >&2 || true
}

# report STATUS: of kunit.py. One line, and whether all is well.
report()
{
	local passed failed skipped missing sum

	read -r passed failed skipped < <(python3 -B "$XDRV_TOP/tests/vm/tapfile.py" "$OUT/kunit.tap")
	missing=$(shortcomings)
	sum="$passed passed, $failed failed, $skipped skipped in $(suites_run | wc -l) suites"
	sum+=" ($KERNEL, $ARCH)"

	if [ "$1" = 0 ] && [ "$failed" = 0 ] && [ "$passed" != 0 ] && [ -z "$missing" ]; then
		echo "kunit: $sum"
		return
	fi
	show_failures
	[ -z "$missing" ] || echo "$missing"
	echo "kunit: $sum, kunit.py exit $1: see $OUT/kunit.log"
	return 1
}

main()
{
	local source status=0

	case $ARCH in
	um) ;;
	x86_64) grep -qE '\b(vmx|svm)\b' /proc/cpuinfo || qemu_without_kvm ;;
	*) die "ARCH=$ARCH: use um or x86_64" ;;
	esac
	mkdir -p "$OUT"
	take_lock 9 "$CACHE/lock" "kernel source of KUnit"
	source=$(kernel_source "$KERNEL")
	overlay "$source"
	forget_other_clones
	[ -z "${KUNIT_GCOV:-}" ] || forget_lines
	run_kunit "$source" || status=$?
	keep_tap
	report $status
	[ -z "${KUNIT_GCOV:-}" ] || keep_lines
}

main
