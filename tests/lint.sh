#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# lint.sh: everything that judges the sources without running them. One TAP line per judge.
set -euo pipefail
. "$(dirname "$0")/vm/common.sh"
. "$(dirname "$0")/vm/kernels.sh"
. "$(dirname "$0")/../kunit/source.sh"
. "$(dirname "$0")/lib/tap.sh"

cd "$XDRV_TOP"

# files PATTERN...: tracked and new files; what git ignores is not ours.
files()
{
	git ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
		while IFS= read -r file; do
			[ ! -f "$file" ] || printf '%s\n' "$file"
		done
}

# Files that begin with #! and this word, whatever their name.
scripts_in()
{
	files | while IFS= read -r file; do
		[[ $(head -c 64 "$file" | head -n 1 | tr -d '\0') =~ ^\#!.*[/\ ]($1)$ ]] || continue
		printf '%s\n' "$file"
	done
}

# finds_nothing DESC COMMAND...: COMMAND succeeds and is silent.
finds_nothing()
{
	local desc=$1 output
	shift

	if output=$("$@" 2>&1) && [ -z "$output" ]; then
		t_report ok "$desc"
	else
		t_report "not ok" "$desc"
		t_diag "$(head -n 60 <<<"$output")"
	fi
}

# The kernel source that KUnit needs too brings checkpatch.pl; the lock is the one of kunit/run.sh.
kernel_scripts()
{
	local source

	source=$(
		take_lock 9 "$XDRV_CACHE/kunit/lock" "kernel source of KUnit"
		kernel_source 6.12
	) || return
	echo "$source/scripts"
}

# Tracepoints are declared by macros that have a style of their own.
# CONFIG_DESCRIPTION and FILE_PATH_CHANGES speak of a kernel tree. Code that stands in for what old
# kernels lack declares functions and repeats or drops macro arguments as the original does. Counters of
# IEEE 802.3 have its names. What is in tests are programs.
checkpatch()
{
	local ignore=FILE_PATH_CHANGES,CONFIG_DESCRIPTION

	set -- "$SCRIPTS/checkpatch.pl" --no-tree --strict --quiet --terse --show-types --no-summary \
		--max-line-length=100 --ignore
	files '*.c' '*.h' ':!common/compat' ':!tests' ':!*_trace.h' ':!netdev/stats.c' \
		':!kunit/xnet_stats_kunit.c' | xargs -r "$@" "$ignore" -f
	files netdev/stats.c kunit/xnet_stats_kunit.c | xargs -r "$@" "$ignore,CAMELCASE" -f
	files '*_trace.h' | xargs -r "$@" "$ignore,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE" -f
	files 'common/compat/*.[ch]' | xargs -r "$@" \
		"$ignore,AVOID_EXTERNS,COMPLEX_MACRO,CONST_STRUCT,MACRO_ARG_UNUSED,MACRO_ARG_REUSE" -f
}

sparse()
{
	local out=$XDRV_TOP/out/check

	mkdir -p "$out"
	VM_OUT=$out/sparse tests/vm/system.sh --no-install 6.12 tests/vm/sparse.sh 2>"$out/sparse.err" && return
	cat "$out/sparse.err"
	return 1
}

python_compiles()
{
	{
		files '*.py'
		scripts_in 'python3'
	} | sort -u | xargs -r python3 -B -c '
import sys
for path in sys.argv[1:]:
    compile(open(path, encoding="utf-8").read(), path, "exec")'
}

python_unit_tests()
{
	local directory output

	for directory in tests/lib tests/vm tests/bench; do
		output=$(cd "$directory" && PYTHONPATH=$XDRV_TOP/tests/vm python3 -B -m unittest 2>&1) ||
			echo "$output"
	done
}

# SC2317 takes functions that are passed to t_ok by name for dead code.
shell_scripts()
{
	{
		files '*.sh' 'packaging/bash-completion/*'
		scripts_in 'bash|sh'
	} | sort -u | xargs -r shellcheck -x -P SCRIPTDIR -e SC2317
}

spelling()
{
	files ':!LICENSES' | xargs -r codespell --ignore-words-list=fo,ot,te,nd,isnt,unx,inflight,xdpf
}

man_pages()
{
	local pages

	pages=$(files 'docs/man/*.[0-9]')
	# shellcheck disable=SC2086 # a list of files
	[ -z "$pages" ] || mandoc -T lint -W warning $pages
}

licence_lines()
{
	files ':!LICENSES' | while IFS= read -r file; do
		if [ -s "$file" ] && [ ! -f "$file.license" ] && [[ $file != *.license ]]; then
			head -n 10 "$file" | grep -aq SPDX-License-Identifier ||
				echo "$file: no SPDX-License-Identifier"
		fi
	done
}

# Links, the places in the sources that the documents point at, paths and names of functions.
links()
{
	files '*.md' 'docs/man/*.[0-9]' | xargs -r python3 -B tests/lib/links.py
}

# What pahole says of every structure of a header that programs include: the same for programs of 32
# and of 64 bits, and nothing between or behind the members.
uapi_layouts()
{
	local header name bits out=$XDRV_TOP/out/check

	mkdir -p "$out"
	files 'chardev/uapi/*.h' | while IFS= read -r header; do
		for bits in 32 64; do
			gcc "-m$bits" -g -fno-eliminate-unused-debug-types -ffreestanding -Wall -Wextra \
				-Wpadded -Wpedantic -std=c99 -I "/usr/include/$(gcc -print-multiarch)" \
				-x c -c -o "$out/uapi$bits.o" "$header"
		done
		sed -n 's/^struct \([a-z0-9_]*\) {$/\1/p' "$header" | while IFS= read -r name; do
			pahole -C "$name" "$out/uapi32.o" >"$out/uapi32.txt"
			pahole -C "$name" "$out/uapi64.o" >"$out/uapi64.txt"
			grep -q size: "$out/uapi64.txt" || echo "$header: pahole does not find $name"
			grep -E 'hole|padding' "$out/uapi64.txt" | sed "s|^|$header: $name: |" || :
			diff "$out/uapi32.txt" "$out/uapi64.txt" || :
		done
	done
}

version_checks()
{
	files '*.c' '*.h' ':!common/compat' | xargs -r grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION *\(' || :
}

leftovers()
{
	files ':!tests/lint.sh' ':!LICENSES' | xargs -r grep -nwIE 'TODO|FIXME|XXX' || :
}

main()
{
	[ $# = 0 ] || die "usage: lint.sh"
	SCRIPTS=$(kernel_scripts) || SCRIPTS=
	finds_nothing "checkpatch finds nothing" checkpatch
	if [ "$(id -u)" = 0 ]; then
		tests/vm/rootfs.sh 6.12 >/dev/null || :
		finds_nothing "sparse finds nothing" sparse
	else
		t_skip "sparse finds nothing" "needs root for a system with kernel headers"
	fi
	finds_nothing "shellcheck finds nothing" shell_scripts
	finds_nothing "every Python file compiles" python_compiles
	finds_nothing "the harness passes its unit tests" python_unit_tests
	finds_nothing "codespell finds nothing" spelling
	finds_nothing "mandoc finds nothing in the man pages" man_pages
	finds_nothing "links and anchors in the documents lead somewhere" links
	finds_nothing "every file names its licence" licence_lines
	finds_nothing "the README names the kernels that are tested" tests/supported.sh --drift
	finds_nothing "uAPI structures have no holes and are the same for 32 bits" uapi_layouts
	finds_nothing "no driver code compares kernel versions" version_checks
	finds_nothing "nothing is left to do" leftovers
	t_done
}

main "$@"
