# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# xdrv help: what the table of commands says, and what attributes there are.

# help_lines COMMAND: of those that begin so; HELP_TAKES is what any of them takes.
help_lines()
{
	local line key takes usage does

	for line in "${COMMANDS[@]}"; do
		key=${line%%|*}
		[[ -z $1 || "$key " == "$1 "* ]] || continue
		does=${line##*|} usage=${line%|*} takes=${line#*|*|}
		usage=${usage##*|} takes=${takes%%|*}
		HELP_TAKES+=" $takes" HELP_FOUND=1
		usage="xdrv $key${usage:+ $usage}"
		if [ ${#usage} -gt 40 ]; then
			printf '  %s\n' "$usage"
			usage=
		fi
		printf '  %-40s  %s\n' "$usage" "$does"
	done
}

# help_attributes COMMAND: what the driver has, as far as it is loaded.
help_attributes()
{
	local dirs=() names=''

	case $1 in
	"bd faults"*) dirs=("$CONFIGFS"/xbd/*/faults/*/) ;;
	bd*) ! get "$CONFIGFS/xbd/features" || names=${VALUE//,/ } ;;
	char*)
		! get "$CONFIGFS/xchar/features" || names=${VALUE//,/ }
		echo "KIND: --loopback, --pair, --nmea, --gnss, --mem [SIZE]"
		;;
	esac
	if [ ${#dirs[@]} -gt 0 ]; then
		attribute_files "${dirs[0]%/}"
		join ' ' "${FILES[@]##*/}"
		names=$TEXT
	fi
	[ -n "$names" ] || names="those in xbd(4) and xchar(4); here, once there is such a device"
	fold -s -w 78 <<<"ATTRIBUTE: $names"
	echo "A name may be cut short as long as one only begins so. Sizes are in bytes, or in units of 1024"
	echo "and so on with K, M, G, T, P or E behind the number."
}

help()
{
	HELP_TAKES='' HELP_FOUND=''
	if [ $# = 0 ]; then
		help_lines ''
		printf '\n%s\n' "--json (-j) prints JSON. More: xdrv help COMMAND; xdrv(8), xbd(4), xchar(4), xnet(4)."
		return
	fi
	help_lines "$*"
	[ -n "$HELP_FOUND" ] || usage_error "there is no command '${*//[![:print:]]/?}'"
	[[ $HELP_TAKES != *json* ]] || echo "--json (-j): prints an array of objects, as JSON."
	[[ $HELP_TAKES != *force* ]] || echo "--force (-f): also where it does harm to somebody who uses the device."
	[[ $HELP_TAKES != *attributes* ]] || help_attributes "$*"
}
