#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Prints what a bug report needs: versions, dkms status and build log, messages of our modules.
#   report.sh PACKAGE VERSION
package=$1 version=$2
modules="xdrv_common xchar xchar_gnss xbd xnet"

section() {
	printf '\n== %s\n' "$1"
}

section "System"
uname -a
grep -h PRETTY_NAME /etc/os-release
section "Compiler the kernel was built with"
cat /proc/version
section "Modules"
for module in $modules; do
	if version_loaded=$(cat "/sys/module/$module/version" 2>/dev/null); then
		echo "$module $version_loaded, loaded"
	else
		echo "$module $(modinfo -F version "$module" 2>/dev/null || echo "not installed"), not loaded"
	fi
done
section "dkms"
dkms status -m "$package" 2>&1
log=/var/lib/dkms/$package/$version/build/make.log
if [ -f "$log" ]; then
	section "Last failed build, $log"
	tail -n 100 "$log"
fi
section "Kernel messages"
dmesg 2>&1 | grep -E "$(echo "$modules" | tr ' ' '|')" | tail -n 100
