#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# rootfs.sh KERNEL: makes, or finds in the cache, a Debian root file system with that kernel and all
# that the tests need. Prints its path; the kernel's version is in the file kver beside it. cross-arm64 is one
# of this machine's architecture with what builds modules for the kernel arm64.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/kernels.sh"
. "$(dirname "$0")/cross.sh"

BUILD_PACKAGES="dkms gcc make dwarves kmod sparse"
SYSTEM_PACKAGES="udev iproute2 iputils-ping ethtool procps psmisc python3 bash coreutils util-linux
	busybox-static linux-base"
TEST_PACKAGES="iperf3 fio e2fsprogs xfsprogs btrfs-progs fdisk dmsetup lvm2 mdadm nvme-cli stress-ng gpsd
	gpsd-tools gpsd-clients socat strace tcpdump"

# Left out to unpack faster: documentation, and drivers for hardware that QEMU does not have.
UNWANTED="/usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/*
	/usr/share/lintian/*"
UNWANTED_DRIVERS="gpu media iio infiniband staging hid usb/gadget scsi/qla2xxx scsi/lpfc
	net/wireless net/ethernet/mellanox net/ethernet/intel/ice net/ethernet/chelsio
	net/ethernet/qlogic net/ethernet/broadcom"

# What decides about the content, comments not included.
system_key()
{
	{
		echo "$@"
		dpkg_options
		apt_sources "$1"
		declare -f setup_hook customize_hook build_root
		! kernel_is_built "$1" || kernel_recipe "$1"
	} | sha256sum | cut -c1-12
}

kernel_recipe()
{
	cat "$XDRV_TOP/tests/vm/build-kernel.sh" "$XDRV_TOP/tests/vm/configs"/{base,"$1"*} |
		grep -v '^[[:space:]]*#'
}

# What mmdebstrap passes to dpkg, and the architecture where it is not this machine's.
dpkg_options()
{
	local path

	set -f
	if [ "$ARCH" != amd64 ]; then
		echo "--architectures=$ARCH"
		# Packages do without it; an emulator takes minutes for it.
		echo --dpkgopt=path-exclude=/usr/bin/py3compile
	fi
	echo --dpkgopt=force-unsafe-io
	echo --dpkgopt=force-confold
	for path in $UNWANTED; do
		echo "--dpkgopt=path-exclude=$path"
	done
	for path in $UNWANTED_DRIVERS; do
		echo "--dpkgopt=path-exclude=*/lib/modules/*/kernel/drivers/$path/*"
	done
	echo "--dpkgopt=path-exclude=*/lib/modules/*/kernel/sound/*"
	set +f
}

# Runs outside the new root ($1) before anything is installed in it.
setup_hook()
{
	cat <<-'END'
		mkdir -p "$1/etc/initramfs-tools" "$1/etc/apt/preferences.d" "$1/var/cache/apt/archives"
		echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"
		printf '%s\n' 'Package: linux-base* linux-image* linux-binary* linux-modules* linux-headers* linux-kbuild*' \
			'Pin: release n=*-backports' 'Pin-Priority: 900' >"$1/etc/apt/preferences.d/kernel"
		find "$XDRV_DEBS" -name '*.deb' -exec cp -al -t "$1/var/cache/apt/archives" {} +
	END
}

# Runs when all is installed: keeps the packages for the next build, drops the link to the archive.
customize_hook()
{
	cat <<-'END'
		find "$1/var/cache/apt/archives" -name '*.deb' -exec cp -aln -t "$XDRV_DEBS" {} +
		find "$1/var/cache/apt/archives" -name '*.deb' -delete
		rm -rf "$1/var/lib/apt/lists" "$1/etc/resolv.conf"
		echo xdrv >"$1/etc/hostname"
	END
}

build_root()
{
	local kernel=$1 root=$2 packages=$3 option options=()

	while read -r option; do
		options+=("$option")
	done < <(dpkg_options)
	while read -r option; do
		options+=("--aptopt=$option")
	done < <(host_apt_options)
	XDRV_DEBS=$XDRV_CACHE/debs/$(kernel_release_name "$kernel")
	export XDRV_DEBS
	mkdir -p "$XDRV_DEBS"
	find "$XDRV_DEBS" -name '*.deb' -ctime +90 -delete
	apt_sources "$kernel" |
		mmdebstrap --mode=root --variant=minbase --format=directory \
			--include="$(tr -s ' \n\t' , <<<"$packages" | sed 's/,$//')" \
			--skip=download/empty,essential/unlink,cleanup/apt/cache \
			--setup-hook="$(setup_hook)" --customize-hook="$(customize_hook)" \
			"${options[@]}" "" "$root" - >&2
}

build_kernel()
{
	local kernel=$1 root=$2 version=$3

	step "root file system $kernel: building the kernel (takes 10 minutes on 2 CPUs, once)"
	run_logged "$XDRV_CACHE/rootfs/$kernel.log" "$XDRV_TOP/tests/vm/build-kernel.sh" "$root" \
		"$kernel" "$version"
}

# Puts the kernel beside the root under one name, wherever its package keeps it.
link_kernel()
{
	local system=$1 version=$2 image

	for image in "boot/vmlinuz-$version" "usr/lib/modules/$version/vmlinuz.unsigned" \
		"usr/lib/modules/$version/vmlinuz"; do
		if [ -f "$system/root/$image" ]; then
			ln -s "root/$image" "$system/vmlinuz"
			return
		fi
	done
	die "no kernel image of $version in $system/root"
}

# Other keys of the same kernel go, except those in use (locked by system.sh) or used within a day: another
# checkout on this machine may want them.
remove_others()
{
	local kernel=$1 keep=$2 old

	for old in "$XDRV_CACHE/rootfs/$kernel-"*; do
		[ "$old" != "$keep" ] || continue
		[ -z "$(find "$old/used" -mmin -1440 2>/dev/null)" ] || continue
		(flock -n 7 && rm -rf --one-file-system "$old") 7<"$old/kver"
	done
}

main()
{
	local kernel=${1:?usage: rootfs.sh KERNEL} version packages system new

	need_root check
	read -r version packages < <(resolve_kernel "${kernel#cross-}")
	[ -n "$version" ] || exit 1
	packages="$packages $BUILD_PACKAGES $SYSTEM_PACKAGES $TEST_PACKAGES"
	! is_cross_root "$kernel" || packages=$(cross_packages "$kernel" "$version")
	ARCH=$(kernel_arch "$kernel")
	system=$XDRV_CACHE/rootfs/$kernel-$(system_key "$kernel" "$version" "$packages")
	if [ ! -f "$system/kver" ]; then
		take_lock 8 "$XDRV_CACHE/rootfs/$kernel.lock" "root file system $kernel"
	fi
	if [ ! -f "$system/kver" ]; then
		step "root file system $kernel: installing Debian $(kernel_release_name "$kernel")" \
			"with kernel $version (takes minutes, once)"
		new=$system.new
		rm -rf --one-file-system "$new"
		mkdir -p "$new"
		[ "$ARCH" = amd64 ] || run_foreign_programs "$kernel"
		run_logged "$XDRV_CACHE/rootfs/$kernel.log" build_root "$kernel" "$new/root" "$packages"
		! kernel_is_built "$kernel" || build_kernel "$kernel" "$new/root" "$version"
		! is_cross_root "$kernel" || install_cross_tools "$kernel" "$new/root"
		is_cross_root "$kernel" || link_kernel "$new" "$version"
		echo "$version" >"$new/kver"
		touch "$new/used"
		mv "$new" "$system"
		remove_others "$kernel" "$system"
		step "root file system $kernel: ready, $(du -sh "$system" | cut -f1)"
	fi
	touch "$system/used"
	echo "$system/root"
}

main "$@"
