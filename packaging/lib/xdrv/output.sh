# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# What is printed: a list of objects for programs, tables and pairs for people.

ITEMS=() CELLS=() OBJECT='' PAIRS=()

# json_text TEXT: as a string of JSON, into TEXT. Bytes that are not ASCII are names that somebody made
# by hand, in whatever character set.
json_text()
{
	local i code out='' text=$1

	text=${text//\\/\\\\}
	text=${text//\"/\\\"}
	if [[ $text == *[!\ -~]* ]]; then
		for ((i = 0; i < ${#text}; i++)); do
			printf -v code '%d' "'${text:i:1}"
			if [[ ${text:i:1} == [\ -~] ]]; then
				out+=${text:i:1}
			else
				printf -v code '\\u%04x' $((code & 255))
				out+=$code
			fi
		done
		text=$out
	fi
	TEXT=\"$text\"
}

# json_value TEXT: a number where it is one, into TEXT.
json_value()
{
	if [[ $1 =~ ^-?(0|[1-9][0-9]*)(\.[0-9]+)?$ ]]; then
		TEXT=$1
	else
		json_text "$1"
	fi
}

join()
{
	local IFS=$1
	shift

	TEXT="$*"
}

# pair NAME VALUE: one more of the object that is being made.
pair()
{
	PAIRS+=("$1" "$2")
	[ -n "$JSON" ] || return 0
	json_text "$1"
	OBJECT+="${OBJECT:+, }$TEXT: "
	# A name is text, also where it looks like a number.
	if [ "$1" = name ]; then
		json_text "$2"
	else
		json_value "$2"
	fi
	OBJECT+=$TEXT
}

# pair_raw NAME JSON: for programs only.
pair_raw()
{
	OBJECT+="${OBJECT:+, }\"$1\": $2"
}

# pair_if NAME VALUE: null if it is empty.
pair_if()
{
	if [ -n "$2" ]; then
		pair "$1" "$2"
	else
		PAIRS+=("$1" -)
		pair_raw "$1" null
	fi
}

# pair_node NAME NODE
pair_node()
{
	pair_if "$1" "${2:+/dev/$2}"
}

# pair_attribute MODULE NAME VALUE
pair_attribute()
{
	if is_size "$1" "$2" && shown_size "$1" "$3"; then
		exact "$BYTES"
		[ -n "$JSON" ] && TEXT=$BYTES
		pair "$2" "$TEXT"
	else
		pair "$2" "$3"
	fi
}

# pairs_end: the object is complete.
pairs_end()
{
	local i width=0

	ITEMS+=("{$OBJECT}")
	OBJECT=
	if [ -z "$JSON" ]; then
		for ((i = 0; i < ${#PAIRS[@]}; i += 2)); do
			((${#PAIRS[i]} <= width)) || width=${#PAIRS[i]}
		done
		[ ${#ITEMS[@]} = 1 ] || echo
		for ((i = 0; i < ${#PAIRS[@]}; i += 2)); do
			TEXT=${PAIRS[i + 1]:--}
			printf '%-*s  %s\n' "$width" "${PAIRS[i]}" "${TEXT//$'\n'/, }"
		done
	fi
	PAIRS=()
}

# row CELL...: of a table; the object beside it is complete.
row()
{
	CELLS+=("$@")
	ITEMS+=("{$OBJECT}")
	OBJECT='' PAIRS=()
}

# table HEADING...: prints the rows; the last column is as wide as it is.
table()
{
	local cells=("$@" ${CELLS[@]+"${CELLS[@]}"}) widths=() columns=$# i line=''

	for i in "${!cells[@]}"; do
		cells[i]=${cells[i]//[![:print:]]/?}
		((${#cells[i]} <= ${widths[i % columns]:-0})) || widths[i % columns]=${#cells[i]}
	done
	for i in "${!cells[@]}"; do
		printf -v TEXT '%-*s  ' "${widths[i % columns]}" "${cells[i]}"
		line+=$TEXT
		(((i + 1) % columns)) && continue
		printf '%s\n' "${line%"${line##*[! ]}"}"
		line=
	done
}

print_json()
{
	local i

	printf '['
	for i in "${!ITEMS[@]}"; do
		((i)) && printf ','
		printf '\n  %s' "${ITEMS[i]}"
	done
	[ ${#ITEMS[@]} = 0 ] || echo
	echo ']'
}
