# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# xdrv char

# char_options DIRECTORY BACKEND: of a receiver also where it is, and how often it tells.
char_options()
{
	local file

	OPTIONS='' OPTIONS_JSON=''
	for file in "$1"/*; do
		case ${file##*/} in
		power | dev | peer | backend | size_limit | nmea) continue ;;
		esac
		get "$file" && add_option xchar "${file##*/}" "$VALUE"
	done
	case $2 in
	nmea | gnss)
		for file in rate fix latitude longitude speed; do
			get "$1/nmea/$file" && add_option xchar "$file" "$VALUE"
		done
		;;
	pair) get "$1/peer" && add_option xchar peer "${VALUE:+/dev/}$VALUE" ;;
	esac
}

# list_char DIRECTORY
list_char()
{
	local kind size state=off

	get "$1/backend"
	kind=$VALUE
	get "$1/buffer_size"
	[ "$kind" != mem ] || get "$1/size_limit"
	shown_size xchar "$VALUE"
	node_of xchar "$1"
	[ -z "$NODE" ] || state=on
	pair name "${1##*/}"
	pair_node node "$NODE"
	pair kind "$kind"
	pair size "$BYTES"
	pair state "$state"
	short "$BYTES"
	size=$TEXT
	char_options "$1" "$kind"
	pair_raw options "{$OPTIONS_JSON}"
	row "${1##*/}" "${NODE:+/dev/}${NODE:--}" "$kind" "$size" "$state" "$OPTIONS"
}

# list_foreign NODE: a device that another module has made.
list_foreign()
{
	local kind

	get "/sys/class/xchar/$1/type"
	kind=$VALUE
	get "/sys/class/xchar/$1/buffer_size"
	pair name "$1"
	pair_node node "$1"
	pair kind "$kind"
	pair size "$VALUE"
	pair state on
	pair_raw options '{}'
	short "$VALUE"
	row "$1" "/dev/$1" "$kind" "$TEXT" on ''
}

list_chars()
{
	local dir nodes=' '

	configfs_has xchar || return 0
	for dir in "$CONFIGFS"/xchar/*/; do
		list_char "${dir%/}"
		get "$dir/peer"
		nodes+="$NODE $VALUE "
	done
	for dir in /sys/class/xchar/*; do
		[[ $nodes == *" ${dir##*/} "* ]] || list_foreign "${dir##*/}"
	done
}

run_char_list()
{
	list_chars
	[ -n "$JSON" ] || table NAME NODE KIND SIZE STATE OPTIONS
}

# free_char_name: into NAME, after the kind that was asked for.
free_char_name()
{
	local i kind=loopback n=0

	for i in "${!NAMES[@]}"; do
		[ "${NAMES[i]}" != backend ] || kind=${VALUES[i]}
	done
	check_name "$kind"
	while [ -e "$CONFIGFS/xchar/$kind$n" ]; do
		n=$((n + 1))
	done
	NAME=$kind$n
}

run_char_create()
{
	NAME=${1-}
	[ $# = 0 ] || check_name "$NAME"
	load_for_one xchar
	[ $# = 1 ] || free_char_name
	make_directory xchar "$CONFIGFS/xchar/$NAME"
	set_all xchar "${MADE[0]}"
	power_on xchar "${MADE[0]}" power
	created xchar "${MADE[0]}"
}

# show_receiver DIRECTORY: what is in nmea/, as an object of its own for programs.
show_receiver()
{
	local file object=$OBJECT

	OBJECT=
	for file in "$1"/nmea/*; do
		get "$file" && pair "${file##*/}" "$VALUE"
	done
	object+=", \"nmea\": {$OBJECT}"
	OBJECT=$object
}

run_char_show()
{
	local word file kind

	for word in "$@"; do
		find_device xchar "$word"
		pair name "$NAME"
		pair_node node "$NODE"
		for file in "$DIR"/*; do
			if [ ! -f "$file" ] || ! get "$file"; then
				continue
			fi
			case ${file##*/} in
			dev) ;;
			peer) pair_node peer "$VALUE" ;;
			*) pair_attribute xchar "${file##*/}" "$VALUE" ;;
			esac
		done
		get "$DIR/backend"
		case $VALUE in
		nmea | gnss) show_receiver "$DIR" ;;
		esac
		pairs_end
	done
}

run_char_set()
{
	[ ${#NAMES[@]} -gt 0 ] || usage_error "no attribute is named: use --ATTRIBUTE VALUE"
	find_device xchar "$1"
	set_all xchar "$DIR"
}

run_char_remove()
{
	local word dirs=()

	for word in "$@"; do
		find_device xchar "$word"
		dirs+=("$DIR")
	done
	for word in "${dirs[@]}"; do
		remove_directory "$word"
	done
}

# char_stats NAME NODE [DIRECTORY]: the second device of a pair has counters, too.
char_stats()
{
	local file

	pair name "$1"
	pair_node node "$2"
	for file in "/sys/class/xchar/$2/statistics"/*; do
		get "$file" && pair "${file##*/}" "$VALUE"
	done
	get "$3/backend"
	case $VALUE in
	nmea | gnss)
		for file in "$3"/nmea/{epochs,missed,dropped}; do
			get "$file" && pair "${file##*/}" "$VALUE"
		done
		;;
	esac
	pairs_end
}

run_char_stats()
{
	local word

	if [ $# = 0 ] && configfs_has xchar; then
		for word in "$CONFIGFS"/xchar/*/dev; do
			get "$word"
			word=${word%/dev}
			[ -z "$VALUE" ] || set -- "$@" "${word##*/}"
		done
	fi
	for word in "$@"; do
		find_device xchar "$word"
		[ -n "$NODE" ] || die "$NAME is off; try: xdrv char set $NAME --power 1"
		char_stats "$NAME" "$NODE" "$DIR"
		get "$DIR/peer"
		[ -z "$VALUE" ] || char_stats "$NAME" "$VALUE" "$DIR"
	done
}
