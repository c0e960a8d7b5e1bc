# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What all harness scripts share: where things are, messages, locks. Sourced, never run.

XDRV_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
XDRV_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/xdrv
XDRV_KERNELS="6.1 6.12 7.2 7.3"
XDRV_BENCH_KERNEL=6.12
# Built from the sources of a distribution kernel, see configs/.
XDRV_BUILT_KERNELS="debug kcsan"
# Of another architecture, by its name; the modules are built by a cross compiler.
XDRV_CROSS_KERNELS="arm64"
export XDRV_TOP XDRV_CACHE XDRV_KERNELS XDRV_BUILT_KERNELS XDRV_CROSS_KERNELS XDRV_BENCH_KERNEL

# Progress goes to stderr: stdout belongs to results. $XDRV_STARTED is the start of the whole run.
: "${XDRV_STARTED:=$(date +%s)}"
export XDRV_STARTED

elapsed()
{
	local s=$(($(date +%s) - XDRV_STARTED))

	printf '%d:%02d' $((s / 60)) $((s % 60))
}

step()
{
	printf '[%5s] %s\n' "$(elapsed)" "$*" >&2
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

need_root()
{
	[ "$(id -u)" = 0 ] || die "needs root for chroot and overlay mounts: sudo make $1"
}

# take_lock FD FILE WHAT: waits for an exclusive lock on FILE, says so when it is not free at once.
take_lock()
{
	local fd=$1 file=$2 what=$3

	mkdir -p "$(dirname "$file")"
	eval "exec $fd>>\"\$file\""
	flock -n "$fd" && return
	step "waiting: another run holds the $what"
	flock "$fd"
}

# run_showing LOG COMMAND...: into LOG; every half minute its last line tells how far things are.
run_showing()
{
	local log=$1 pid seconds=0
	shift

	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		sleep 1
		seconds=$((seconds + 1))
		[ $((seconds % 30)) != 0 ] ||
			step "... $(tail -n 1 "$log" | tr -d '\r' | tr '\t' ' ' | cut -c1-80)"
	done
	wait $pid
}

# run_logged LOG COMMAND...: the same, and the end of the log when it fails.
run_logged()
{
	run_showing "$@" && return
	tail -n 30 "$1" >&2
	step "failed: $2 (whole log: $1)"
	return 1
}
