# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# Attributes: the files of configfs and sysfs, and the sizes in them.

# Results of functions. A device may go while it is looked at: then they stay as they are.
VALUE='' BYTES=0 TEXT='' NODE='' REASON=''

# get FILE: its text into VALUE, without white space around it; fails where it cannot be opened.
get()
{
	VALUE=
	{ read -r -d '' VALUE || :; } 2>/dev/null <"$1"
}

# store FILE VALUE: one write; the error is in REASON.
store()
{
	REASON=$({ printf '%s\n' "$2" >"$1"; } 2>&1) && return
	REASON=${REASON##*: }
	return 1
}

# is_size MODULE ATTRIBUTE
is_size()
{
	case $1/$2 in
	xbd/size | xbd/*_size | xbd/*_limit | xbd/*_capacity | xchar/*_size | xchar/*_limit) ;;
	*) return 1 ;;
	esac
}

# to_bytes TEXT UNIT: a number with a letter, or else UNIT, into BYTES; as long as it fits.
to_bytes()
{
	local shift unit

	[[ ${1^^} =~ ^(0|[1-9][0-9]{0,17})([BKMGTPE]?)$ ]] || return 1
	unit=${BASH_REMATCH[2]:-$2}
	case $unit in
	B) shift=0 ;; K) shift=10 ;; M) shift=20 ;; G) shift=30 ;; T) shift=40 ;; P) shift=50 ;; E) shift=60 ;;
	esac
	((BASH_REMATCH[1] <= (0x7fffffffffffffff >> shift))) || return 1
	BYTES=$((BASH_REMATCH[1] << shift))
}

# exact BYTES: into TEXT, with the largest unit that loses nothing.
exact()
{
	local units=('' K M G T P E) i=0 n=$1

	while ((n && n % 1024 == 0 && i < 6)); do
		n=$((n / 1024)) i=$((i + 1))
	done
	TEXT=$n${units[i]}
}

# short BYTES: into TEXT, with a decimal at most.
short()
{
	local units=('' K M G T P E) i=0 tenths=$(($1 % 1024 * 10)) n=$1

	while ((n >= 1024)); do
		tenths=$((n % 1024 * 10 / 1024)) n=$((n / 1024)) i=$((i + 1))
	done
	TEXT=$n
	((i == 0 || tenths == 0)) || TEXT+=.$tenths
	TEXT+=${units[i]}
}

# shown_size MODULE TEXT: what the kernel shows, into BYTES; xbd counts in MiB, as null_blk does.
shown_size()
{
	case $1 in
	xbd) to_bytes "$2" M ;;
	*) to_bytes "$2" B ;;
	esac
}

# given_size MODULE TEXT: what was asked for, as the kernel takes it, into VALUE.
given_size()
{
	to_bytes "$2" B || return 1
	VALUE=$2
	case $1/$2 in
	xbd/*[0-9]) VALUE=${2}B ;;
	xchar/*[Bb]) VALUE=$BYTES ;;
	esac
}
