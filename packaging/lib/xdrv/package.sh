# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# xdrv version, xdrv report

MODULES=(xdrv_common xchar xchar_gnss xbd xnet)

# module_version MODULE: into VALUE, of what is loaded or else of what is installed; empty if neither.
module_version()
{
	get "/sys/module/$1/version" || VALUE=$(modinfo -F version "$1" 2>/dev/null)
}

run_version()
{
	local module state

	pair name xdrv
	pair version "$VERSION"
	row xdrv "$VERSION" ''
	for module in "${MODULES[@]}"; do
		state='not loaded'
		! is_loaded "$module" || state=loaded
		module_version "$module"
		[ -n "$VALUE" ] || state='not installed'
		pair name "$module"
		pair_if version "$VALUE"
		pair state "$state"
		row "$module" "${VALUE:--}" "$state"
	done
	[ -n "$JSON" ] || table NAME VERSION STATE
}

section()
{
	printf '\n== %s\n' "$1"
}

report_system()
{
	section System
	uname -a
	grep -h PRETTY_NAME /etc/os-release
	section "Compiler the kernel was built with"
	cat /proc/version
	section Modules
	run_version
	CELLS=() ITEMS=()
}

report_parameters()
{
	local module file

	section Parameters
	for module in "${MODULES[@]}"; do
		for file in "/sys/module/$module/parameters"/*; do
			get "$file" && printf '%s %s=%s\n' "$module" "${file##*/}" "$VALUE"
		done
	done
}

# The list is made in a process of its own: it ends if configfs is not mounted.
run_report()
{
	local log pattern

	report_system
	report_parameters
	section Devices
	(run_list) 2>&1
	section dkms
	if ! command -v dkms >/dev/null; then
		echo "not installed"
	else
		dkms status -m xdrv 2>&1
	fi
	for log in /var/lib/dkms/xdrv/*/build/make.log; do
		section "Last failed build, $log"
		tail -n 100 "$log"
	done
	section "Kernel messages"
	join '|' "${MODULES[@]}"
	pattern=$TEXT
	dmesg >/dev/null 2>&1 || echo "cannot be read: run this as root"
	dmesg 2>/dev/null | grep -E "$pattern" | tail -n 100
	return 0
}
