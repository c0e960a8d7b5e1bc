# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# xdrv bd

# disk_options DIRECTORY: those in use, but for what the list has a column for.
disk_options()
{
	local file name zoned='' cpus rules=("$1"/faults/*/)

	OPTIONS='' OPTIONS_JSON=''
	online_cpus
	cpus=$VALUE
	get "$1/zoned" && zoned=$VALUE
	for file in "$1"/*; do
		name=${file##*/}
		case $name in
		size | index | power | media | power_cut | faults) continue ;;
		zone_*) [ "$zoned" = 1 ] || continue ;;
		esac
		get "$file" || continue
		[[ $VALUE == 0 || $name=$VALUE == "submit_queues=$cpus" ]] || add_option xbd "$name" "$VALUE"
	done
	[ ${#rules[@]} = 0 ] || add_option xbd faults ${#rules[@]}
}

# disk_state DIRECTORY: into STATE.
disk_state()
{
	STATE=off
	get "$1/power" && [ "$VALUE" = 1 ] || return 0
	STATE=on
	get "$1/removable" && [ "$VALUE" = 1 ] && get "$1/media" && [ "$VALUE" = 0 ] && STATE=no-medium
	get "$1/power_cut" && [ "$VALUE" = 1 ] && STATE=power-cut
	return 0
}

# list_disk DIRECTORY FULL: with FULL, also what the list of all devices has no column for.
list_disk()
{
	local size used=-

	node_of xbd "$1"
	get "$1/size" && shown_size xbd "$VALUE"
	pair name "${1##*/}"
	pair_node node "$NODE"
	pair kind xbd
	pair size "$BYTES"
	short "$BYTES"
	size=$TEXT
	if [ -n "$2" ] && [ -n "$NODE" ] && get "/sys/block/$NODE/xbd/memory_used"; then
		pair used "$VALUE"
		short "$VALUE"
		used=$TEXT
	fi
	disk_state "$1"
	pair state "$STATE"
	disk_options "$1"
	pair_raw options "{$OPTIONS_JSON}"
	if [ -n "$2" ]; then
		row "${1##*/}" "${NODE:+/dev/}${NODE:--}" "$size" "$used" "$STATE" "$OPTIONS"
	else
		row "${1##*/}" "${NODE:+/dev/}${NODE:--}" xbd "$size" "$STATE" "$OPTIONS"
	fi
}

list_disks()
{
	local dir

	configfs_has xbd || return 0
	for dir in "$CONFIGFS"/xbd/*/; do
		list_disk "${dir%/}" "$1"
	done
}

run_bd_list()
{
	list_disks full
	[ -n "$JSON" ] || table NAME NODE SIZE USED STATE OPTIONS
}

# free_disk_name: into NAME; directories of any name have indexes.
free_disk_name()
{
	local dir n=0 taken=()

	for dir in "$CONFIGFS"/xbd/*/; do
		! get "$dir/index" || taken[VALUE]=1
	done
	while [ -n "${taken[n]:-}" ]; do
		n=$((n + 1))
	done
	NAME=xbd$n
}

run_bd_create()
{
	NAME=${1-}
	[ $# = 0 ] || check_name "$NAME"
	load_for_one xbd
	[ $# = 1 ] || free_disk_name
	make_directory xbd "$CONFIGFS/xbd/$NAME"
	set_all xbd "${MADE[0]}"
	power_on xbd "${MADE[0]}" power
	created xbd "${MADE[0]}"
}

# show_rules DIRECTORY: as an array, or as a line for each.
show_rules()
{
	local rule file text objects=() object

	for rule in "$1"/faults/*/; do
		rule=${rule%/}
		json_text "${rule##*/}"
		object="\"name\": $TEXT" text=
		for file in "$rule"/*; do
			get "$file" || continue
			json_value "$VALUE"
			object+=", \"${file##*/}\": $TEXT"
			text+=" ${file##*/}=$VALUE"
		done
		objects+=("{$object}")
		PAIRS+=("faults/${rule##*/}" "${text# }")
	done
	join , ${objects[@]+"${objects[@]}"}
	pair_raw faults "[$TEXT]"
}

run_bd_show()
{
	local word file

	for word in "$@"; do
		find_device xbd "$word"
		pair name "$NAME"
		pair_node node "$NODE"
		disk_state "$DIR"
		pair state "$STATE"
		for file in "$DIR"/*; do
			[ ! -f "$file" ] || ! get "$file" || pair_attribute xbd "${file##*/}" "$VALUE"
		done
		show_rules "$DIR"
		pairs_end
	done
}

run_bd_set()
{
	[ ${#NAMES[@]} -gt 0 ] || usage_error "no attribute is named: use --ATTRIBUTE VALUE"
	find_device xbd "$1"
	set_all xbd "$DIR"
}

# in_use NODE: WHO uses the disk or a partition; fails if nobody is known to.
in_use()
{
	local file numbers=' ' number where source

	for file in "/sys/block/$1/holders"/* "/sys/block/$1/$1"p*/holders/*; do
		WHO="part of ${file##*/}"
		return 0
	done
	for file in "/sys/block/$1/dev" "/sys/block/$1/$1"p*/dev; do
		! get "$file" || numbers+="$VALUE "
	done
	while read -r _ _ number _ where source; do
		source=${source#* - }
		source=${source#* }
		source=${source%% *}
		if [[ $numbers == *" $number "* || $source =~ ^/dev/$1(p[0-9]+)?$ ]]; then
			WHO="mounted on $where"
			return 0
		fi
	done </proc/self/mountinfo
	# Which names one of its disks there.
	for file in /sys/fs/btrfs/*/devices/"$1" /sys/fs/btrfs/*/devices/"$1"p*; do
		WHO="part of a btrfs that is mounted"
		return 0
	done
	while read -r where _; do
		WHO="used for swap"
		[[ ! $where =~ ^/dev/$1(p[0-9]+)?$ ]] || return 0
	done </proc/swaps
	return 1
}

run_bd_remove()
{
	local word dirs=()

	for word in "$@"; do
		find_device xbd "$word"
		dirs+=("$DIR")
		[ -z "$NODE" ] || [ -n "$FORCE" ] || ! in_use "$NODE" ||
			die "$NAME is $WHO: end that first, or use --force, and users get errors"
	done
	for word in "${dirs[@]}"; do
		remove_directory "$word"
	done
}

run_bd_resize()
{
	local wanted

	find_device xbd "$1"
	to_bytes "$2" B && wanted=$BYTES
	if [ -n "${wanted-}" ] && [ -z "$FORCE" ] && get "$DIR/size" && shown_size xbd "$VALUE" &&
		((wanted < BYTES)); then
		exact "$BYTES"
		die "$NAME has $TEXT, and what lies behind $2 would be lost; if it may be, use --force"
	fi
	set_attribute xbd "$DIR" size "$2"
}

run_bd_snapshot()
{
	find_device xbd "$1"
	set_attribute xbd "$DIR" snapshot 1
}

run_bd_rollback()
{
	find_device xbd "$1"
	set_attribute xbd "$DIR" rollback 1
}

# While it is removed, what was written since goes down to the disk, page by page.
run_bd_drop()
{
	local writer

	find_device xbd "$1"
	get "$DIR/snapshot"
	[ "$VALUE" = 1 ] || die "$NAME has no snapshot"
	if [ -t 2 ]; then
		set_attribute xbd "$DIR" snapshot 0 &
		writer=$!
		while sleep 0.2 && kill -0 "$writer" 2>/dev/null && get "/sys/block/$NODE/xbd/memory_snapshot"; do
			short "$VALUE"
			printf '\r%s: %s to go \033[K' "$NAME" "$TEXT" >&2
		done
		printf '\r\033[K' >&2
		wait "$writer" || exit
	else
		set_attribute xbd "$DIR" snapshot 0
	fi
}

run_bd_power_cut()
{
	local dirty=0

	find_device xbd "$1"
	! get "/sys/block/$NODE/xbd/cache_dirty" || dirty=$VALUE
	set_attribute xbd "$DIR" power_cut 1
	echo "$NAME: $dirty bytes were not flushed and are lost; until xdrv bd power-on $NAME all I/O fails"
}

run_bd_power_on()
{
	find_device xbd "$1"
	if [ -n "$NODE" ]; then
		set_attribute xbd "$DIR" power_cut 0
	else
		set_attribute xbd "$DIR" power 1
	fi
}

# disk_stats NODE: the fields of the file stat in the order of the kernel, and the driver's own.
disk_stats()
{
	local names=(reads reads_merged sectors_read ms_reading writes writes_merged sectors_written
		ms_writing in_flight ms_busy ms_queued discards discards_merged sectors_discarded
		ms_discarding flushes ms_flushing) fields file i

	read -r -a fields <"/sys/block/$1/stat"
	for i in "${!names[@]}"; do
		pair "${names[i]}" "${fields[i]:-0}"
	done
	for file in "/sys/block/$1/xbd"/*; do
		[ "${file##*/}" = name ] || ! get "$file" || pair "${file##*/}" "$VALUE"
	done
}

run_bd_stats()
{
	local word file

	if [ $# = 0 ] && configfs_has xbd; then
		for file in "$CONFIGFS"/xbd/*/power; do
			file=${file%/power}
			node_of xbd "$file"
			[ -z "$NODE" ] || set -- "$@" "${file##*/}"
		done
	fi
	for word in "$@"; do
		find_device xbd "$word"
		[ -n "$NODE" ] || die "$NAME is off; try: xdrv bd power-on $NAME"
		pair name "$NAME"
		pair_node node "$NODE"
		disk_stats "$NODE"
		for file in "$DIR"/faults/*/hits; do
			word=${file%/hits}
			get "$file" && pair "hits/${word##*/}" "$VALUE"
		done
		pairs_end
	done
}
