#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# supported.sh: writes the table of supported kernels in README.md anew, from what the last plain check has left in
# out/check, or $CHECK_OUT; refuses when that was not green, or not complete but for tests of the debug kernel for
# which there was no time. supported.sh --drift: says what in the table cannot be from there.
set -euo pipefail
. "$(dirname "$0")/vm/common.sh"
. "$(dirname "$0")/vm/kernels.sh"

cd "$XDRV_TOP"
OUT=${CHECK_OUT:-out/check}
BEGIN='<!-- kernels -->'
END='<!-- /kernels -->'

distribution_of()
{
	local release

	release=$(kernel_release_name "$1")
	case $release in
	bookworm) printf 'Debian 12 %s' "$release" ;;
	trixie) printf 'Debian 13 %s' "$release" ;;
	*) printf 'Debian %s' "$release" ;;
	esac
	! kernel_needs_backports "$1" || printf '%s' -backports
	echo
}

# What check.sh says of a whole plain check, see there.
need_green_check()
{
	local name passed failed skipped

	[ -f "$OUT/sum" ] || die "$OUT has no complete plain check: make check"
	while read -r name passed failed skipped; do
		[ "$failed" = 0 ] || die "the check was not green: $name has $failed failed"
		[ "$((passed + skipped))" -gt 0 ] || die "the check was not complete: $name ran nothing"
	done < <(grep -v '^ended ' "$OUT/sum")
	for name in lint kunit packages $XDRV_KERNELS debug; do
		grep -q "^$name " "$OUT/sum" || die "the check was not complete: it has no $name"
	done
	for name in $XDRV_KERNELS; do
		! grep -qrF '# SKIP time is up' "$OUT/$name" --include='*.tap' ||
			die "the check was not complete: time was up on $name"
	done
}

# row KERNEL: run.py keeps what the kernel says of itself: "Linux version RELEASE (BUILDER) (COMPILER (…) …".
row()
{
	local version release compiler passed failed skipped

	version=$(grep -m1 '^# Linux version ' "$OUT/$1/boot-1.tap") || die "$OUT/$1/boot-1.tap names no kernel"
	release=$(sed -E 's/^# Linux version ([^ ]+) .*/\1/' <<<"$version")
	compiler=$(sed -nE 's/.*\([a-z0-9_-]*gcc-([0-9]+) \(.*/gcc \1/p' <<<"$version")
	[ -n "$compiler" ] || die "no compiler in: $version"
	read -r passed failed skipped < <(sed -n "s/^$1 //p" "$OUT/sum")
	: "$failed"
	echo "| $1 | $(distribution_of "$1") | $compiler | $release | $passed | $skipped |"
}

table()
{
	local kernel

	echo '| kernel | tested on | compiler | release | passed | skipped |'
	echo '|---|---|---|---|---|---|'
	for kernel in $XDRV_KERNELS; do
		row "$kernel"
	done
	echo
	echo "From \`make check\` of $(sed -n 's/^ended //p' "$OUT/sum")."
}

current()
{
	sed -n "\\|^$BEGIN|,\\|^$END|p" README.md | sed '1d;$d'
}

write()
{
	local new readme

	need_green_check
	new=$(table)
	readme=$(NEW=$new BEGIN=$BEGIN END=$END awk '
		$0 == ENVIRON["END"] { inside = 0 }
		!inside
		$0 == ENVIRON["BEGIN"] { inside = 1; print ENVIRON["NEW"] }' README.md)
	printf '%s\n' "$readme" >README.md
}

# Kernels and distributions are those that would be tested today; release and counts look like what they are.
drift()
{
	local kernel want got rows

	mapfile -t rows < <(current | grep -E '^\| [0-9]')
	[ "${#rows[@]}" = "$(wc -w <<<"$XDRV_KERNELS")" ] || echo "README.md: ${#rows[@]} kernels, tested: $XDRV_KERNELS"
	for kernel in $XDRV_KERNELS; do
		want="| $kernel | $(distribution_of "$kernel") | gcc [0-9]+ |"
		[ "$(current | grep -c '^| kernel .* skipped |$')" = 0 ] ||
			want+=" ${kernel//./\\.}\.[0-9][^ ]*-amd64 | [1-9][0-9]* | [0-9]+ |"
		got=$(printf '%s\n' "${rows[@]}" | grep "^| ${kernel//./\\.} |" || true)
		grep -qxE "${want//|/\\|}" <<<"$got" || echo "README.md: is \"$got\", should be like \"$want\""
	done
}

case "$*" in
"") write ;;
--drift) drift ;;
*) die "usage: supported.sh [--drift]" ;;
esac
