#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Finds out which kernel interfaces the headers at hand offer, and writes them as #defines.
#
#   probe.sh OUTPUT COMPILER FLAG...         all probes in one compilation
#   probe.sh --each OUTPUT COMPILER FLAG...  one compilation per probe, to check the former
#
# probes.c names each probe by a #line directive, so that the compiler itself says to which of them
# an error belongs. A probe without an error is an interface that is there. What keeps a broken
# toolchain from reading as "nothing is there": no error may lie outside the probes, the control
# that must pass must pass, and the one that must fail must fail.
set -eu
export LC_ALL=C

each=
if [ "$1" = --each ]; then
	each=yes
	shift
fi
out=$1
shift
probes=$(dirname "$0")/probes.c
log=${out%.h}.log

compile() {
	"$@" -Wno-error -Werror=implicit-function-declaration -Werror=implicit-int \
		-Werror=incompatible-pointer-types -Werror=int-conversion -fsyntax-only -x c -
}

# The largest error count and the reporting of errors at the place where a macro is used are
# spelled differently by the two compilers.
case $(echo __clang__ | "$@" -E -P -x c -) in
1) set -- "$@" -ferror-limit=0 ;;
*) set -- "$@" -fmax-errors=0 -ftrack-macro-expansion=0 ;;
esac

names=$(sed -n 's/^#line 1 "\(XDRV_[A-Z0-9_]*\)"$/\1/p' "$probes")

if [ "$each" ]; then
	: >"$log"
	for name in $names; do
		awk -v name="$name" '/^#line 1 /{ on = ($3 == "\"" name "\""); seen = 1 }
			on || !seen' "$probes" | compile "$@" 2>>"$log" || true
	done
else
	compile "$@" <"$probes" 2>"$log" || true
fi

failed=$(sed -n 's/^\(XDRV_[A-Z0-9_]*\):.* error: .*/\1/p' "$log" | sort -u)

is_missing() {
	echo "$failed" | grep -qx "$1"
}

complain() {
	echo "xdrv: cannot probe this kernel's headers: $1" >&2
	echo "xdrv: is the compiler the one the kernel was built with, and are its headers complete? See $log" >&2
	exit 1
}

if grep -v '^XDRV_' "$log" | grep -q 'error: '; then
	grep -v '^XDRV_' "$log" | grep 'error: ' | head -n 5 >&2
	complain "the common part does not compile"
fi
is_missing XDRV_CONTROL_MUST_PASS && complain "a program that is right does not compile"
is_missing XDRV_CONTROL_MUST_FAIL || complain "a program that is wrong compiles"

# REUSE-IgnoreStart
{
	echo "/* SPDX-License-Identifier: GPL-2.0-only */"
	echo "/* Made by probe.sh from probes.c; only compat*.h read it. */"
	for name in $names; do
		case $name in
		XDRV_CONTROL_*) ;;
		*) if is_missing "$name"; then echo "#undef $name"; else echo "#define $name 1"; fi ;;
		esac
	done
} >"$out"
# REUSE-IgnoreEnd
