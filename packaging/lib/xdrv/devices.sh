# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# Devices that configfs describes, of any kind: found, made, changed and removed.

CONFIGFS=/sys/kernel/config

# What says nothing in a list; as is a value that is 0, -1 or empty.
USUAL=" blocksize=512 queue_mode=mq hw_queue_depth=128 discard=1 memory_backed=1 power=1 fanout=shared \
overflow=block buffer_size=65536 fix=3d mtu=1500 "

is_loaded()
{
	[ -d "/sys/module/$1" ]
}

# configfs_has MODULE: fails where the module is not loaded; without configfs it says what to do.
configfs_has()
{
	is_loaded "$1" || return 1
	[ -d "$CONFIGFS/$1" ] || die "configfs is not mounted; try: mount -t configfs none $CONFIGFS"
}

# load MODULE [OPTION...]: what modprobe takes
load()
{
	local output

	is_loaded "$1" && return
	output=$(modprobe "$@" 2>&1) || die "cannot load $1: ${output##*: }; try: modprobe $1; dmesg | tail"
}

# load_for_one MODULE: for a device of its own, so without those that the module makes at load, unless
# somebody has configured how many. systemd mounts configfs by itself, but a moment later.
load_for_one()
{
	local i options=(nr_devices=0)

	if ! is_loaded "$1"; then
		! modprobe --showconfig 2>/dev/null | grep -q "^options $1 .*nr_devices" || options=()
		load "$1" ${options[@]+"${options[@]}"}
		for ((i = 0; i < 20; i++)); do
			[ ! -d "$CONFIGFS/$1" ] || break
			[ -d /run/systemd/system ] || break
			sleep 0.1
		done
	fi
	configfs_has "$1"
}

# check_name NAME: of something that is to be made.
check_name()
{
	[[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$ ]] || usage_error \
		"'${1//[![:print:]]/?}' is no name: use up to 63 letters, digits and _ . -, no mark at the beginning"
}

# check_word NAME: of something that may be there, made by hand, and nothing that leads elsewhere.
check_word()
{
	case $1 in
	'' | . | .. | */* | *[[:cntrl:]]*) usage_error "'${1//[![:print:]]/?}' is no name" ;;
	esac
}

# node_of MODULE DIRECTORY: NODE is what it is called in /dev, empty while there is none.
node_of()
{
	NODE=
	case $1 in
	xbd)
		get "$2/power" && [ "$VALUE" = 1 ] && get "$2/index" && NODE=xbd$VALUE
		;;
	xchar)
		get "$2/dev" && NODE=$VALUE
		;;
	esac
}

# find_device MODULE WORD: DIR, NAME and NODE of a device that is called so, or whose node is; there must be one.
find_device()
{
	local dir word=${2#/dev/}

	check_word "$word"
	if configfs_has "$1"; then
		DIR=$CONFIGFS/$1/$word NAME=$word
		node_of "$1" "$DIR"
		[ -d "$DIR" ] && [ "$2" = "$word" ] && return
		for dir in "$CONFIGFS/$1"/*/; do
			DIR=${dir%/} NAME=${DIR##*/}
			node_of "$1" "$DIR"
			[ "$NODE" = "$word" ] && return
			[ "$1" = xchar ] && get "$DIR/peer" && [ "$VALUE" = "$word" ] && return
		done
		die "there is no $2; try: xdrv ${COMMAND%% *} list"
	fi
	die "there is no $2: the module $1 is not loaded; try: xdrv ${COMMAND%% *} create"
}

# make_directory MODULE PATH: goes again if what follows fails.
make_directory()
{
	[ ! -e "$2" ] || die "there is ${2##*/} already: use another name, or remove it first"
	if ! REASON=$(mkdir "$2" 2>&1); then
		say "cannot make ${2##*/}: ${REASON##*: }"
		log_line "$1" "${2##*/}" another
		exit 1
	fi
	MADE=("$2")
}

# attribute_files DIRECTORY: into FILES, also those of what belongs to it.
attribute_files()
{
	local file

	FILES=()
	for file in "$1"/* "$1"/nmea/*; do
		[ ! -f "$file" ] || FILES+=("$file")
	done
}

# find_attribute DIRECTORY WORD: the file, into FILE. WORD may be the beginning of one name only, and have
# dashes for underscores.
find_attribute()
{
	local wanted=${2//-/_} hits=() file

	attribute_files "$1"
	for file in "${FILES[@]}"; do
		case ${file##*/} in
		"$wanted")
			hits=("$file")
			break
			;;
		"$wanted"*) hits+=("$file") ;;
		esac
	done
	FILE=${hits[0]:-}
	[ ${#hits[@]} != 1 ] || return 0
	if [ ${#hits[@]} = 0 ]; then
		join ' ' "${FILES[@]##*/}"
		usage_error "there is no attribute '$wanted'; there are: $TEXT"
	fi
	join ' ' "${hits[@]##*/}"
	usage_error "'$wanted' is the beginning of several attributes: $TEXT"
}

# log_line MODULE ITEM [ATTRIBUTE]: shows the last line that the driver has logged about it.
log_line()
{
	local lines

	lines=$(dmesg --notime 2>/dev/null | grep -F "$1: configfs $2: ${3-}")
	[ -z "$lines" ] || printf 'kernel: %s\n' "${lines##*$'\n'}" >&2
}

# set_attribute MODULE DIRECTORY WORD VALUE
set_attribute()
{
	local name item=${2##*/}

	find_attribute "$2" "$3"
	name=${FILE##*/} VALUE=$4
	SET+=("$name")
	[[ $4 != *[[:cntrl:]]* ]] || usage_error "$name: the value has characters that cannot be printed"
	if [[ $2 != */faults/* ]] && is_size "$1" "$name"; then
		given_size "$1" "$4" || usage_error \
			"$name=$4: a size is a whole number of bytes, or with K, M, G, T, P or E in units of 1024: 512M, 4G"
	fi
	store "$FILE" "$VALUE" && return
	[ "$REASON" != "Permission denied" ] || die "$item: $name cannot be written, only read"
	say "$item: $name=$4: $REASON"
	[ "$name" != power ] || name=
	log_line "$1" "$item" "$name"
	exit 1
}

# set_all MODULE DIRECTORY: what the command line says.
set_all()
{
	local i

	for i in "${!NAMES[@]}"; do
		set_attribute "$1" "$2" "${NAMES[i]}" "${VALUES[i]}"
	done
}

# power_on MODULE DIRECTORY ATTRIBUTE: unless the command line says what is to become of that.
power_on()
{
	[[ " ${SET[*]-} " == *" $3 "* ]] || set_attribute "$1" "$2" "$3" 1
}

# created MODULE DIRECTORY: prints what there is now.
created()
{
	MADE=()
	node_of "$1" "$2"
	VALUE=
	[ "$1" != xchar ] || get "$2/peer"
	if [ -n "$JSON" ]; then
		pair name "${2##*/}"
		pair_node node "$NODE"
		[ -z "$VALUE" ] || pair_node peer "$VALUE"
		ITEMS+=("{$OBJECT}")
	elif [ -z "$NODE" ]; then
		printf '%s\n' "${2##*/}"
	else
		printf '/dev/%s\n' "$NODE" ${VALUE:+"$VALUE"}
	fi
}

# remove_directory DIRECTORY: a device that was made when the module was loaded has one that stays.
remove_directory()
{
	local rules=("$1"/faults/*/)

	REASON=$(rmdir "${rules[@]}" "$1" 2>&1) && return
	[ -d "$1" ] || return 0
	[[ $REASON == *"Operation not permitted" ]] || die "cannot remove ${1##*/}: ${REASON##*: }"
	store "$1/power" 0 || die "cannot turn ${1##*/} off: $REASON"
	say "${1##*/} is off; it was made when the module was loaded, so its description stays"
}

# add_option MODULE NAME TEXT: of a device, unless nobody would ask for it. Sizes have their units for people.
add_option()
{
	[[ $3 && $3 != 0 && $3 != -1 && $USUAL != *" $2=$3 "* ]] || return 0
	TEXT=$3
	if is_size "$1" "$2" && shown_size "$1" "$3"; then
		TEXT=$BYTES
		[ -n "$JSON" ] || exact "$BYTES"
	fi
	OPTIONS+="${OPTIONS:+ }$2=${TEXT//$'\n'/,}"
	[ -n "$JSON" ] || return 0
	json_value "$TEXT"
	OPTIONS_JSON+="${OPTIONS_JSON:+, }\"$2\": $TEXT"
}

# online_cpus: into VALUE; empty where their numbers have gaps.
online_cpus()
{
	get /sys/devices/system/cpu/online
	case $VALUE in
	0) VALUE=1 ;;
	0-*[!0-9]*) VALUE= ;;
	0-*) VALUE=$((${VALUE#0-} + 1)) ;;
	*) VALUE= ;;
	esac
}
