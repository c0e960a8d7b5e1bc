#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh: all tests. Narrow it with KERNELS="6.12" (or newest, see kernels.sh), TESTS="block/*" (or "xbd/*"),
# which leaves out lint, KUnit and packages, and STEPS="lint kunit packages vm". A check that is not narrowed is
# a plain one, for which tests that take long do not run on every kernel (see tests/README.md). XDRV_MINUTES=75:
# after so many minutes tests are skipped.
# Results are in out/check, or $CHECK_OUT, one TAP file per test; the last line is the sum. A plain check of all
# steps leaves it for supported.sh, too: "NAME PASSED FAILED SKIPPED" in the file sum, and "ended DATE".
set -euo pipefail
. "$(dirname "$0")/vm/common.sh"
. "$(dirname "$0")/vm/kernels.sh"

cd "$XDRV_TOP"
OUT=${CHECK_OUT:-out/check}
[ -n "${KERNELS:-}${TESTS:-}" ] || PLAIN=yes
[ -n "${KERNELS:-}${TESTS:-}${STEPS:-}" ] || WHOLE=yes
read -r -a KERNEL_LIST <<<"${KERNELS:-$XDRV_KERNELS${PLAIN:+ debug}}"
read -r -a TEST_GLOBS <<<"${TESTS:-*/*}"
[ -n "${TESTS:-}" ] || ALL_STEPS="lint kunit packages vm"
STEPS=${STEPS:-${ALL_STEPS:-vm}}

# Of the rounds of each test, where all kernels take their turn, and on a kernel that checks every step; where
# such a one does so in its turn.
PERCENT_WHEN_SLOW=20
PERCENT_WHEN_SLOW_IN_TURN=10

PASSED=0 FAILED=0 SKIPPED=0
TABLE=()
SUM=()
FAILURES=()

wanted()
{
	[[ " $STEPS " = *" $1 "* ]]
}

# add_row NAME STARTED PASSED FAILED SKIPPED: one line of the table, and into the sum.
add_row()
{
	local seconds=$(($(date +%s) - $2))

	PASSED=$((PASSED + $3))
	FAILED=$((FAILED + $4))
	SKIPPED=$((SKIPPED + $5))
	TABLE+=("$(printf '%-8s %7d %7d %8d %6d:%02d' "$1" "$3" "$4" "$5" \
		$((seconds / 60)) $((seconds % 60)))")
	SUM+=("$1 $3 $4 $5")
}

# add_tap NAME STARTED STATUS FILE...: a row from TAP files. A bad exit status without a failed test is
# a failure of its own, and so is an account that is empty.
add_tap()
{
	local name=$1 started=$2 status=$3 passed failed skipped results
	shift 3

	mapfile -t results < <(python3 -B tests/vm/tapfile.py "$@")
	read -r passed failed skipped <<<"${results[0]:-0 0 0}"
	FAILURES+=("${results[@]:1}")
	if [ $((passed + failed + skipped)) = 0 ]; then
		failed=1
		FAILURES+=("$name: no test ran")
	elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
		failed=1
		FAILURES+=("$name: ended with status $status ($*)")
	fi
	add_row "$name" "$started" "$passed" "$failed" "$skipped"
}

run_lint()
{
	local started status=0

	started=$(date +%s)
	step "lint"
	tests/lint.sh | tee "$OUT/lint.tap" || status=$?
	add_tap lint "$started" $status "$OUT/lint.tap"
}

run_kunit()
{
	local started status=0

	[ -x kunit/run.sh ] || return 0
	started=$(date +%s)
	step "KUnit"
	rm -f "$OUT/kunit.tap"
	kunit/run.sh || status=$?
	touch "$OUT/kunit.tap"
	add_tap kunit "$started" $status "$OUT/kunit.tap"
}

# Before the kernels, whose systems it uses, one at a time.
run_packages()
{
	local started status=0

	started=$(date +%s)
	step "packages"
	rm -rf "$OUT/packages"
	PACKAGES=$XDRV_TOP/$OUT/packages tests/packages/run.sh || status=$?
	add_tap packages "$started" $status "$OUT/packages"/*.tap
}

is_built()
{
	[[ " $XDRV_BUILT_KERNELS " = *" ${1%-*} "* ]]
}

# out_of KERNEL PART: the directory with the results of the tests that the part has run.
out_of()
{
	echo "$OUT/$1$([ "$2" = 1 ] || echo ".$2")"
}

# plain_as KERNEL: what it is to a plain check.
plain_as()
{
	case $1 in
	"${XDRV_KERNELS%% *}")
		echo oldest
		;;
	"${XDRV_KERNELS##* }")
		echo newest
		;;
	*)
		is_built "$1" && echo "$1" || echo between
		;;
	esac
}

percent_of()
{
	if is_built "$1" && [ -n "${PLAIN:-}" ]; then
		echo $PERCENT_WHEN_SLOW_IN_TURN
	elif is_built "$1" || [ -n "${PLAIN:-}" ]; then
		echo $PERCENT_WHEN_SLOW
	else
		echo 100
	fi
}

# run_kernel KERNEL PART OF: its part of the tests on a kernel, beside others: what is to be counted later
# is left in its directory.
run_kernel()
{
	local kernel=$1 status=0 dir

	dir=$(out_of "$1" "$2")
	date +%s >"$dir/started"
	step "kernel $kernel"
	export XDRV_PERCENT=${XDRV_PERCENT:-$(percent_of "$kernel")}
	[ -z "${PLAIN:-}" ] || XDRV_PLAIN_AS=$(plain_as "$kernel")
	export XDRV_PLAIN_AS
	XDRV_PART=$2/$3 VM_OUT=$XDRV_TOP/$dir tests/vm/system.sh "$kernel" tests/vm/kernel.sh \
		"${TEST_GLOBS[@]}" || status=$?
	echo "$status $(date +%s)" >"$dir/ended"
}

count_kernel()
{
	local kernel=$1 part dir status=0 part_status ended last=0 taps=()

	for part in $(seq "$(parts_of "$kernel")"); do
		dir=$(out_of "$kernel" "$part")
		read -r part_status ended <"$dir/ended" || part_status=1 ended=$(date +%s)
		[ "$part_status" = 0 ] || status=$part_status
		[ "$ended" -lt "$last" ] || last=$ended
		taps+=("$dir"/*.tap)
	done
	add_tap "$kernel" $(($(date +%s) - last + $(cat "$OUT/$kernel/started"))) "$status" "${taps[@]}"
}

# parts_of KERNEL: into how many parts its tests are divided: as many as there are CPUs where it would
# be the last to end, or the only one.
parts_of()
{
	if is_built "$1" || [ ${#KERNEL_LIST[@]} = 1 ]; then
		nproc
	else
		echo 1
	fi
}

# What takes longest comes first: the one that also tries the benchmark; but a kernel that checks every step
# comes last, in as many parts as there are CPUs, for its tests are those to do without when time is up.
# Lines of "KERNEL PART OF".
parts_in_order()
{
	local kernel part

	for kernel in "${KERNEL_LIST[@]}"; do
		for part in $(seq "$(parts_of "$kernel")"); do
			if is_built "$kernel"; then
				echo "3 $kernel $part $(parts_of "$kernel")"
			elif [ "$kernel" = "$XDRV_BENCH_KERNEL" ]; then
				echo "1 $kernel $part $(parts_of "$kernel")"
			else
				echo "2 $kernel $part $(parts_of "$kernel")"
			fi
		done
	done | sort -s -k1,1 | cut -d' ' -f2-
}

# Which kernel is the newest, and what a kernel needs that is not for this machine.
find_kernels()
{
	local kernels kernel

	kernels=$(real_kernels "${KERNEL_LIST[@]}")
	mapfile -t KERNEL_LIST <<<"$kernels"
	for kernel in "${KERNEL_LIST[@]}"; do
		! kernel_is_foreign "$kernel" || tests/deps.sh "$kernel"
	done
}

# As many at once as there are CPUs, which slows the tests down: their time limits are doubled. Each in a
# process group of its own, so that it can be ended as a whole.
run_kernels()
{
	local kernel part of jobs order

	jobs=$(nproc)
	mapfile -t order < <(parts_in_order)
	for part in "${order[@]}"; do
		read -r kernel part of <<<"$part"
		rm -rf "$(out_of "$kernel" "$part")"
		mkdir -p "$(out_of "$kernel" "$part")"
	done
	[ "$jobs" = 1 ] || export XDRV_TIME_SCALE=${XDRV_TIME_SCALE:-2}
	[ -n "${TESTS:-}" ] || export CHECK_BENCH=$XDRV_BENCH_KERNEL
	if [ -n "${XDRV_MINUTES:-}" ]; then
		export XDRV_DEADLINE=$((XDRV_STARTED + 60 * XDRV_MINUTES))
	fi
	set -m
	for part in "${order[@]}"; do
		read -r kernel part of <<<"$part"
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
			wait -n || true
		done
		run_kernel "$kernel" "$part" "$of" </dev/null &
	done
	wait
	set +m
	for kernel in "${KERNEL_LIST[@]}"; do
		count_kernel "$kernel"
	done
}

end_kernels()
{
	local job

	for job in $(jobs -p); do
		kill -- "-$job" 2>/dev/null || true
	done
}

report()
{
	printf '\n%-8s %7s %7s %8s %9s\n' "" passed failed skipped time
	printf '%s\n' "${TABLE[@]}"
	printf '%-8s %7d %7d %8d %9s\n\n' all $PASSED $FAILED $SKIPPED "$(elapsed)"
	if [ ${#FAILURES[@]} -gt 0 ]; then
		printf 'failed: %s\n' "${FAILURES[@]}"
		echo
	fi
	[ -z "${WHOLE:-}" ] || printf '%s\n' "${SUM[@]}" "ended $(date +%F)" >"$OUT/sum"
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
}

# What is not in the cache yet takes long to make, much of it with one CPU: beside the other steps, in the time
# that they leave. Who needs one waits for it; what is wrong is said then.
make_roots()
{
	local kernel

	for kernel in "${KERNEL_LIST[@]}"; do
		nice -n 19 tests/vm/rootfs.sh "$kernel" >/dev/null 2>&1 || return 0
	done
}

main()
{
	need_root check
	mkdir -p "$OUT"
	rm -f "$OUT/sum"
	tests/deps.sh vm lint kunit bench packages
	find_kernels
	trap end_kernels EXIT
	set -m
	! wanted vm || make_roots </dev/null &
	set +m
	! wanted lint || run_lint
	! wanted kunit || run_kunit
	! wanted packages || run_packages
	! wanted vm || run_kernels
	report
	[ "$FAILED" = 0 ] && [ "$PASSED" -gt 0 ]
}

main
