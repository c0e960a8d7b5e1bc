# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of packages share. Sourced after common.sh, chroot.sh and tap.sh; the caller runs under
# system.sh, which has made $VM_ROOT.

PACKAGES=${PACKAGES:-$XDRV_TOP/out/check/packages}
# shellcheck disable=SC2034 # for those who source this
MODULES="xdrv_common xchar xbd xnet"

# make_small TREE VERSION: the sources with another version and with one module only, which builds in a
# fifth of the time: as a release that comes before this one, with fewer modules.
make_small()
{
	"$XDRV_TOP/packaging/tree.sh" "$1"
	sed -i -e "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$2\"/" -e '/^BUILT_MODULE_NAME\[1\]/,$d' "$1/dkms.conf"
	sed -i -E '/^obj-.*(chardev|blockdev|netdev|kunit)\/$/d' "$1/Kbuild"
	sed -i "0,/^## /s/^## .*/## $2 - 2026-01-01\n\n### Added\n\n- What there was.\n\n&/" "$1/CHANGELOG.md"
}

# files_of ROOT: every file with its type, mode, owner, size and target, and what is in those that decide how the
# system works. Left out: what is not on the disk, what package managers, caches and logs keep for themselves.
files_of()
(
	cd "$1" || exit
	find . \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./tmp -o -path ./root \
		-o -path ./var/cache -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/lib/apt \
		-o -path ./var/lib/rpm -o -path ./var/lib/initramfs-tools -o -path './boot/initrd*' \) -prune -o \
		\( -type d -printf '%y %m %U:%G %p\n' -o -printf '%y %m %U:%G %s %p %l\n' \) |
		sort -k5
	# Some of these are not there.
	{ find ./etc ./boot ./usr/src/xdrv* ./lib/modules/*/modules.* ./lib/modules/*/updates -type f \
		! -name 'initrd*' -exec sha256sum {} + 2>/dev/null || :; } | sort -k2
)

# has_modules KERNEL VERSION MODULE...: the system has these modules for the kernel, and no other of ours.
has_modules()
{
	local kernel=$1 version=$2 module found
	shift 2

	for module in "$@"; do
		[ "$(in_chroot modinfo -k "$kernel" -F version "$module")" = "$version" ] || return
	done
	found=$(find "$VM_ROOT/lib/modules/$kernel/updates/dkms" -name '*.ko*' 2>/dev/null |
		grep -vc xchar_gnss || true)
	[ "$found" = $# ]
}

has_no_modules()
{
	[ -z "$(find "$VM_ROOT/lib/modules/$1/" -name 'x*.ko*' -path '*/updates/*' 2>/dev/null)" ]
}

# same_files BEFORE: nothing is there that was not then, and the other way round.
same_files()
{
	files_of "$VM_ROOT" >"$1.now"
	diff -U0 "$1" "$1.now" | grep '^[-+][^-+]'
	cmp -s "$1" "$1.now"
}

# make_package NAME VERSION FIELDS [FILE MODE CONTENT]: a Debian package for the test, in $VM_ROOT/root.
make_package()
{
	local name=$1 version=$2 fields=$3 postinst=${4:-} dir

	dir=$(mktemp -d)
	mkdir -p "$dir/DEBIAN"
	{
		printf 'Package: %s\nVersion: %s\nArchitecture: all\n' "$name" "$version"
		printf 'Maintainer: nobody <nobody@xdrv.example>\n%s\n' "$fields"
		printf 'Description: stands in for a package of the distribution\n'
	} >"$dir/DEBIAN/control"
	if [ -n "$postinst" ]; then
		printf '#!/bin/sh\nset -e\n%s\n' "$postinst" >"$dir/DEBIAN/postinst"
		chmod 755 "$dir/DEBIAN/postinst"
	fi
	chmod 755 "$dir"
	dpkg-deb --root-owner-group -Znone -b "$dir" "$VM_ROOT/root/$name.deb" >/dev/null
	rm -rf "$dir"
}

# apt COMMAND...: in the chroot, as somebody would who is asked nothing.
apt()
{
	in_chroot env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 -o Acquire::Languages=none "$@"
}
