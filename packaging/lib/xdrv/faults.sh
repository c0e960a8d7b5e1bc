# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# xdrv bd faults

find_rule()
{
	check_word "$1"
	RULE=$DIR/faults/$1
	[ -d "$RULE" ] || die "$NAME has no rule $1; try: xdrv bd faults list $NAME"
}

run_bd_faults_list()
{
	local rule file name

	find_device xbd "$1"
	for rule in "$DIR"/faults/*/; do
		name=${rule%/}
		pair name "${name##*/}"
		for file in "$rule"*; do
			get "$file" && pair "${file##*/}" "$VALUE"
		done
		pairs_end
	done
}

run_bd_faults_add()
{
	local n=0 rule=${2-}

	find_device xbd "$1"
	[ $# = 1 ] || check_name "$rule"
	while [ $# = 1 ] && { [ -z "$rule" ] || [ -e "$DIR/faults/$rule" ]; }; do
		rule=rule$n n=$((n + 1))
	done
	make_directory xbd "$DIR/faults/$rule"
	set_all xbd "${MADE[0]}"
	power_on xbd "${MADE[0]}" enabled
	MADE=()
	printf '%s\n' "$rule"
}

run_bd_faults_set()
{
	[ ${#NAMES[@]} -gt 0 ] || usage_error "no attribute is named: use --ATTRIBUTE VALUE"
	find_device xbd "$1"
	find_rule "$2"
	set_all xbd "$RULE"
}

run_bd_faults_remove()
{
	local rules=()

	find_device xbd "$1"
	shift
	while [ $# -gt 0 ]; do
		find_rule "$1"
		rules+=("$RULE")
		shift
	done
	[ ${#rules[@]} -gt 0 ] || rules=("$DIR"/faults/*/)
	[ ${#rules[@]} = 0 ] || REASON=$(rmdir "${rules[@]}" 2>&1) || die "cannot remove rules: ${REASON##*: }"
}
