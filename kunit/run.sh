#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the KUnit suites through the kernel's own kunit.py: `make kunit`, on User Mode Linux, or with
# ARCH=x86_64 in QEMU with an emulated 8139C+. The kernel is Debian's linux-source, unpacked and
# built once in the cache, with this tree linked in as drivers/xdrv.
#
# Environment: ARCH (um), KUNIT_SOURCE (6.12; which linux-source package), XDG_CACHE_HOME.
# Writes out/check/kunit.tap and, for a closer look, out/check/kunit.log.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
arch=${ARCH:-um}
package=linux-source-${KUNIT_SOURCE:-6.12}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/xdrv/kunit
out=$top/out/check

# shellcheck source=../tests/vm/common.sh
. "$top/tests/vm/common.sh"
# shellcheck source=kunit/source.sh
. "$top/kunit/source.sh"

# The tree takes part in the kernel's build as drivers/xdrv.
overlay() {
	local source=$1

	ln -sfn "$top" "$source/drivers/xdrv"
	grep -q drivers/xdrv/Kconfig "$source/drivers/Kconfig" ||
		sed -i '/^endmenu/i source "drivers/xdrv/Kconfig"' "$source/drivers/Kconfig"
	grep -q xdrv/ "$source/drivers/Makefile" ||
		echo 'obj-y += xdrv/' >>"$source/drivers/Makefile"
}

# Objects of another clone can be newer than the sources of this one: make cannot tell.
forget_other_clones() {
	local build=$1

	if [ "$(cat "$build/xdrv-tree" 2>/dev/null)" != "$top" ]; then
		rm -rf "$build/drivers/xdrv"
		mkdir -p "$build"
		echo "$top" >"$build/xdrv-tree"
	fi
}

# kunit.py asks QEMU for KVM wherever /dev/kvm exists, and hangs where that cannot run a kernel.
qemu_without_kvm() {
	local dir=$1 real

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

arguments=(--arch="$arch" --jobs="$(nproc)" --timeout=300)
case $arch in
um)
	arguments+=(--kunitconfig="$top/kunit/xdrv.kunitconfig")
	;;
x86_64)
	arguments+=(--kunitconfig="$top/kunit/x86_64.kunitconfig" --qemu_args="-device rtl8139")
	grep -qE '\b(vmx|svm)\b' /proc/cpuinfo || qemu_without_kvm "$cache/bin"
	;;
*)
	echo "kunit/run.sh: ARCH=$arch: use um or x86_64" >&2
	exit 1
	;;
esac

mkdir -p "$cache" "$out"
exec 9>"$cache/lock"
flock 9

source_dir=$(kernel_source "$package" "$cache")
build=$cache/build-$package-$arch
overlay "$source_dir"
forget_other_clones "$build"

status=0
run_showing "$out/kunit.log" env PYTHONUNBUFFERED=1 "$source_dir/tools/testing/kunit/kunit.py" run "${arguments[@]}" \
	--build_dir="$build" --raw_output=all || status=$?
sed -n 's/\r$//; /^KTAP version/,$p' "$out/kunit.log" | grep -aE '^ *(KTAP|1\.\.|#|ok |not ok )' \
	>"$out/kunit.tap" || true

# The lines of single tests: those of parameters are deeper, those of suites not indented.
passed=$(grep -acE '^    ok ' "$out/kunit.tap" || true)
failed=$(grep -acE '^    not ok ' "$out/kunit.tap" || true)
skipped=$(grep -acE '^    ok .*# SKIP' "$out/kunit.tap" || true)
passed=$((passed - skipped))

if [ "$failed" -gt 0 ] || [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; then
	grep -aE '^ +not ok |EXPECTATION FAILED|ASSERTION FAILED|error:|Kernel panic|ERROR' -A3 "$out/kunit.log" |
		head -n 60 >&2 || true
	echo "kunit: $passed passed, $failed failed, $skipped skipped, kunit.py exit $status: see $out/kunit.log"
	exit 1
fi
echo "kunit: $passed passed, $failed failed, $skipped skipped"
