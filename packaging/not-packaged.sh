#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# not-packaged.sh PACKAGE: fails, and says what to do, when a package of the distribution has installed
# the sources. Only one of the two may have a say about them.

owner() {
	{
		dpkg-query -S "$1" | sed 's/:.*//'
		rpm -qf --qf '%{NAME}\n' "$1" | grep -v ' '
		pacman -Qqo "$1"
	} 2>/dev/null | head -n 1
}

for conf in "/usr/src/$1"-*/dkms.conf; do
	[ -f "$conf" ] || continue
	package=$(owner "$conf")
	[ -n "$package" ] || continue
	echo "$1 is installed as the package $package: update that, or remove it first, with the package manager" >&2
	exit 1
done
