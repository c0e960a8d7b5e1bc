# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# xdrv net

# driver_of ADDRESS: into DRIVER, empty where there is none.
driver_of()
{
	local drivers=(/sys/bus/pci/drivers/*/"$1")

	DRIVER=${drivers[0]:-}
	DRIVER=${DRIVER%/*}
	DRIVER=${DRIVER##*/}
}

# is_8139cp ADDRESS: a chip for xnet and 8139cp, not one for 8139too.
is_8139cp()
{
	local dev=/sys/bus/pci/devices/$1

	get "$dev/vendor" && [ "$VALUE" = 0x10ec ] && get "$dev/device" && [ "$VALUE" = 0x8139 ] &&
		get "$dev/revision" && ((VALUE >= 0x20))
}

# list_nic ADDRESS: it has no interface here where nobody drives it, or in another network namespace.
list_nic()
{
	local interface state=- names=("/sys/bus/pci/devices/$1/net"/*)

	interface=${names[0]:-}
	OPTIONS='' OPTIONS_JSON=''
	if [ -n "$interface" ]; then
		get "$interface/operstate" && state=$VALUE
		get "$interface/address" && add_option xnet address "$VALUE"
		get "$interface/mtu" && add_option xnet mtu "$VALUE"
	fi
	interface=${interface##*/}
	pair_if name "$interface"
	pair_node node ''
	pair_if kind "$DRIVER"
	pair pci "$1"
	pair state "$state"
	pair_raw options "{$OPTIONS_JSON}"
}

# list_nics DRIVER: those that it drives, for the list of all devices; if empty, all of them.
list_nics()
{
	local dev name

	for dev in /sys/bus/pci/devices/*; do
		dev=${dev##*/}
		is_8139cp "$dev" || continue
		driver_of "$dev"
		[ -z "$1" ] || [ "$DRIVER" = "$1" ] || continue
		list_nic "$dev"
		name=${PAIRS[1]}
		if [ -n "$1" ]; then
			row "$name" "$dev" "$DRIVER" - "${PAIRS[9]}" "$OPTIONS"
		else
			row "$name" "$dev" "${DRIVER:--}" "${PAIRS[9]}" "$OPTIONS"
		fi
	done
}

run_net_list()
{
	list_nics ''
	[ -n "$JSON" ] || table NAME PCI DRIVER STATE OPTIONS
}

run_net_stats()
{
	local interface file dirs

	[ $# -gt 0 ] || for file in /sys/bus/pci/drivers/xnet/*/net/*; do
		set -- "$@" "${file##*/}"
	done
	for interface in "$@"; do
		check_word "$interface"
		dirs=(/sys/bus/pci/drivers/xnet/*/net/"$interface")
		[ ${#dirs[@]} = 1 ] || die "xnet drives no interface $interface here; try: xdrv net list"
		pair name "$interface"
		for file in "${dirs[0]}"/statistics/*; do
			get "$file" && pair "${file##*/}" "$VALUE"
		done
		pairs_end
	done
}

# find_nic WORD: ADDRESS of a PCI device or of an interface, if it is an 8139C+.
find_nic()
{
	local dev

	[[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9_.:-]*$ ]] || usage_error "'${1//[![:print:]]/?}' names no device"
	for dev in /sys/bus/pci/devices/*; do
		[ "${dev##*/}" = "$1" ] || [ "${dev##*/}" = "0000:$1" ] || [ -d "$dev/net/$1" ] || continue
		ADDRESS=${dev##*/}
		is_8139cp "$ADDRESS" && return
		die "$1 is not an 8139C+, which is 10ec:8139 from revision 20 on"
	done
	die "there is no $1; try: xdrv net list"
}

# An interface that is up goes with all its addresses.
check_nic_is_down()
{
	local interface found=

	[ -z "$FORCE" ] || return 0
	for interface in "/sys/bus/pci/devices/$ADDRESS/net"/*; do
		found=yes
		get "$interface/flags" || continue
		interface=${interface##*/}
		((VALUE & 1)) && die "$interface is up, and would lose its addresses; try: ip link set $interface down, or --force"
	done
	driver_of "$ADDRESS"
	[ -n "$found" ] || [ -z "$DRIVER" ] ||
		die "$ADDRESS may be in use: $DRIVER drives it, and no interface is to be seen here; look into other network namespaces (ip netns), or use --force"
}

# probe DRIVER: lets it have the device, which it may have taken when it was loaded; if empty, whoever wants it.
probe()
{
	local dev=/sys/bus/pci/devices/$ADDRESS

	store "$dev/driver_override" "$1" || return
	driver_of "$ADDRESS"
	[ -z "$DRIVER" ] || [ "$DRIVER" != "$1" ] || return 0
	if [ -n "$DRIVER" ]; then
		store "$dev/driver/unbind" "$ADDRESS" || return
	fi
	store /sys/bus/pci/drivers_probe "$ADDRESS"
	driver_of "$ADDRESS"
	[ -z "$1" ] || [ "$DRIVER" = "$1" ]
}

run_net_bind()
{
	local before driver=${2:-xnet}

	case $driver in
	xnet | 8139cp) ;;
	*) usage_error "the drivers of this chip are xnet and 8139cp" ;;
	esac
	find_nic "$1"
	driver_of "$ADDRESS"
	before=$DRIVER
	if [ "$before" != "$driver" ]; then
		check_nic_is_down
		# By name, although the package has modprobe try xnet instead.
		load "$driver" --ignore-install
		if ! probe "$driver"; then
			probe "$before"
			die "$driver does not take $ADDRESS, which ${DRIVER:-nobody} drives now; try: dmesg | tail"
		fi
	fi
	# It may be about to have another name.
	udevadm settle --timeout=10 2>/dev/null || :
	for before in "/sys/bus/pci/devices/$ADDRESS/net"/*; do
		printf '%s\n' "${before##*/}"
	done
}

run_net_unbind()
{
	local dev

	find_nic "$1"
	dev=/sys/bus/pci/devices/$ADDRESS
	[ -e "$dev/driver" ] || die "nobody drives $ADDRESS"
	check_nic_is_down
	store "$dev/driver/unbind" "$ADDRESS" || die "$ADDRESS: $REASON"
	store "$dev/driver_override" ''
}
