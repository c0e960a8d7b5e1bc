#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run by system.sh --no-install 6.12: the life of the Debian package on a system, from before its
# installation to after its purge, with kernels that come and go.
set -uo pipefail
. "$(dirname "$0")/../vm/common.sh"
. "$(dirname "$0")/../vm/kernels.sh"
. "$(dirname "$0")/../vm/chroot.sh"
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/common.sh"

VERSION=$("$XDRV_TOP/packaging/version.sh")
OLD=0.0.9
SECOND=7.2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

old_package()
{
	make_small "$WORK/tree" $OLD
	make -C "$WORK/tree" deb >/dev/null
	cp "$WORK/tree/out/deb"/*.deb "$VM_ROOT/root/xdrv-old.deb"
}

# archive_deb KERNEL NAME: a package of the release of the kernel, from the cache of rootfs.sh or from the archive.
archive_deb()
{
	local kernel=$1 name=$2 file debs

	debs=$XDRV_CACHE/debs/$(kernel_release_name "$kernel")
	file=$(find "$debs" -name "${name}_*.deb" 2>/dev/null | sort -V | tail -n 1)
	if [ -z "$file" ]; then
		update_packages "$kernel"
		(cd "$WORK" && kernel_apt "$kernel" apt-get -qq download "$name")
		file=$(find "$WORK" -maxdepth 1 -name "${name}_*.deb")
	fi
	echo "$file"
}

# kernel_deb NAME: a package of the second kernel, made ready to be installed.
kernel_deb()
{
	without_dependencies "$(archive_deb $SECOND "$1")" "$VM_ROOT/root/$1.deb"
}

# without_dependencies FROM TO: what kernels need of their release is not at issue, and much of it is big.
without_dependencies()
{
	local dir

	dir=$(mktemp -d "$WORK/deb.XXXXXX")
	dpkg-deb -R "$1" "$dir"
	sed -i '/^Depends:/d' "$dir/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "$dir" "$2" >/dev/null
	rm -rf "$dir"
}

# The packages that make up the headers of the second kernel. Its image is 100 MB of drivers: one
# that stands in for it calls the hooks as it does.
second_kernel()
{
	local version=$1 package

	for package in "linux-headers-$version" "linux-headers-${version%-amd64}-common" \
		"linux-kbuild-${version%-amd64}"; do
		kernel_deb "$package"
	done
	image_package "$version"
}

# image_package KERNEL: its directory, and the hooks that kernels of Debian run.
image_package()
{
	make_package "linux-image-$1" 1 "Section: kernel" "mkdir -p /lib/modules/$1
touch /lib/modules/$1/modules.order /lib/modules/$1/modules.builtin
depmod $1
DEB_MAINT_PARAMS=\"\$*\" run-parts --report --exit-on-error --arg=$1 --arg=/boot/vmlinuz-$1 /etc/kernel/postinst.d"
}

prepare()
{
	local newest

	cp "$PACKAGES"/deb/xdrv-dkms_*.deb "$VM_ROOT/root/xdrv-new.deb"
	old_package
	make_package linux-headers-amd64 "${VM_KVER%%+*}" "Depends: linux-headers-$VM_KVER"
	read -r newest _ < <(resolve_kernel $SECOND)
	SECOND_KVER=$newest
	second_kernel "$SECOND_KVER"
	image_package 7.9.1-amd64
	echo COMPRESS=lz4 >"$VM_ROOT/etc/initramfs-tools/conf.d/quick"
	apt install /root/linux-headers-amd64.deb >/dev/null
	in_chroot depmod "$VM_KVER"
}

status()
{
	in_chroot dkms status | sort | xargs -d '\n' | sed 's/ x86_64//g'
}

initramfs()
{
	in_chroot lsinitramfs "/boot/initrd.img-$VM_KVER"
}

first_install()
{
	t_ok "apt installs the package before this one" apt install /root/xdrv-old.deb
	t_is "dkms has built it" "$(status)" "xdrv/$OLD, $VM_KVER,: installed"
	t_ok "for the kernel that is there" has_modules "$VM_KVER" $OLD xdrv_common
}

new_kernel()
{
	local common=${SECOND_KVER%-amd64}

	t_ok "the headers of kernel $SECOND_KVER install after it" in_chroot dpkg -i \
		"/root/linux-kbuild-$common.deb" "/root/linux-headers-$common-common.deb" \
		"/root/linux-headers-$SECOND_KVER.deb"
	t_ok "and its image" in_chroot dpkg -i "/root/linux-image-$SECOND_KVER.deb"
	t_ok "dkms has built the package for it by itself" has_modules "$SECOND_KVER" $OLD xdrv_common
}

# The headers are those of a supported kernel: what decides is the name.
unsupported_kernel()
{
	mkdir -p "$VM_ROOT/lib/modules/7.9.1-amd64"
	ln -s "../$VM_KVER/build" "$VM_ROOT/lib/modules/7.9.1-amd64/build"
	t_ok "a kernel that is not supported installs" in_chroot dpkg -i /root/linux-image-7.9.1-amd64.deb
	t_ok "without modules of ours" has_no_modules 7.9.1-amd64
	t_is "and dpkg finds nothing wrong" "$(in_chroot dpkg --audit)" ""
}

# update_initramfs yes|no: those that nothing is learnt from are not made, for each takes 10 seconds.
update_initramfs()
{
	echo "update_initramfs=$1" >"$VM_ROOT/etc/initramfs-tools/update-initramfs.conf"
}

upgrade()
{
	update_initramfs yes
	t_ok "apt upgrades the package" apt install /root/xdrv-new.deb
	# shellcheck disable=SC2086 # a list of words
	t_ok "the new modules are there" has_modules "$VM_KVER" "$VERSION" $MODULES
	t_fails "dkms knows the old version no more" grep -F "xdrv/$OLD" <<<"$(status)"
	t_ok "nor is its source there" test ! -e "$VM_ROOT/usr/src/xdrv-$OLD"
	t_ok "the unsupported kernel is still skipped" has_no_modules 7.9.1-amd64
	t_ok "udev finds nothing wrong with the rules" in_chroot sh -c \
		'! command -v udevadm >/dev/null || ! udevadm verify --help >/dev/null 2>&1 || udevadm verify /usr/lib/udev/rules.d/60-xdrv.rules'
	t_match "xnet is loaded in place of 8139cp" "$(in_chroot modprobe -S "$VM_KVER" -n -v 8139cp)" \
		"install .*modprobe -q xnet"
	initramfs >"$WORK/initramfs-now"
	t_ok "the initramfs has been made anew, with xnet" grep 'updates/dkms/xnet\.ko' "$WORK/initramfs-now"
	t_ok "and with what modprobe is told" grep 'modprobe\.d/xdrv\.conf' "$WORK/initramfs-now"
	t_ok "every file of the package is as it was packed" in_chroot dpkg --verify xdrv-dkms
}

# Laid out as in its repository, from where it runs, too: installed it would change the system.
autopkgtest()
{
	local dir=$VM_ROOT/root/autopkgtest package

	mkdir "$dir"
	for package in autopkgtest python3-debian python3-charset-normalizer; do
		dpkg-deb -x "$(archive_deb "$VM_KERNEL" $package)" "$dir"
	done
	ln -s usr/bin "$dir/virt"
	ln -s usr/bin "$dir/runner"
	ln -s usr/share/autopkgtest/lib "$dir/lib"
	cp "$PACKAGES"/deb/xdrv_*.dsc "$PACKAGES"/deb/xdrv_*.tar.* "$dir"
	t_ok "its own tests pass (see $VM_OUT)" "$XDRV_TOP/tests/vm/run.py" core/autopkgtest
	t_match "in the hands of autopkgtest" "$(cat "$VM_OUT/core-autopkgtest.tap")" "(^|"$'\n'")ok [0-9]+ - its test use"
}

# A package and "make dkms-install" are not to be mixed.
no_mixture()
{
	local output

	output=$(in_chroot make -C /root/xdrv dkms-install "KVER=$VM_KVER" 2>&1) && t_report "not ok" "make dkms-install refuses"
	t_match "make dkms-install does nothing beside the package, and says why" "$output" \
		"installed as the package xdrv-dkms"
	output=$(in_chroot make -C /root/xdrv dkms-remove 2>&1) || true
	t_match "nor does make dkms-remove" "$output" "installed as the package xdrv-dkms"
	output=$(in_chroot make -j4 -C /root/xdrv uninstall "KVER=$VM_KVER" 2>&1) && t_report "not ok" "make uninstall refuses"
	t_match "nor make uninstall" "$output" "installed as the package xdrv-dkms"
	t_ok "and no file of the package is missing" in_chroot dpkg --verify xdrv-dkms
	# shellcheck disable=SC2086 # a list of words
	t_ok "the modules are still there" has_modules "$VM_KVER" "$VERSION" $MODULES
}

removal()
{
	t_ok "apt removes the second kernel's headers" in_chroot dpkg --purge "linux-headers-$SECOND_KVER" \
		"linux-image-$SECOND_KVER" "linux-image-7.9.1-amd64" \
		"linux-headers-${SECOND_KVER%-amd64}-common" "linux-kbuild-${SECOND_KVER%-amd64}"
	rm -rf "$VM_ROOT/lib/modules/$SECOND_KVER" "$VM_ROOT/lib/modules/7.9.1-amd64"
	autopkgtest
	t_ok "apt removes the package" apt remove xdrv-dkms
	t_is "dkms knows it no more" "$(status)" ""
	initramfs >"$WORK/initramfs-now"
	t_ok "the initramfs has been made anew, with what it had before" diff "$WORK/initramfs" "$WORK/initramfs-now"
	t_ok "the files are those from before its installation" same_files "$WORK/before"
	t_ok "nothing is left to purge" in_chroot dpkg --purge xdrv-dkms
	t_ok "the files are still those" same_files "$WORK/before"
}

refusal()
{
	local output

	mkdir -p "$VM_ROOT/usr/src/xdrv-$VERSION"
	cp "$XDRV_TOP/dkms.conf" "$VM_ROOT/usr/src/xdrv-$VERSION/"
	output=$(apt install /root/xdrv-new.deb 2>&1) && t_report "not ok" "the package refuses"
	t_match "the package does not install over make dkms-install, and says why" "$output" \
		'run "make dkms-remove"'
	rm -rf "$VM_ROOT/usr/src/xdrv-$VERSION"
	in_chroot dpkg --purge xdrv-dkms >/dev/null 2>&1 || true
	t_ok "and has left nothing" same_files "$WORK/before"
}

main()
{
	prepare
	update_initramfs yes
	in_chroot update-initramfs -c -k "$VM_KVER" >/dev/null 2>&1
	initramfs >"$WORK/initramfs"
	files_of "$VM_ROOT" >"$WORK/before"
	update_initramfs no
	first_install
	new_kernel
	unsupported_kernel
	upgrade
	no_mixture
	removal
	refusal
	t_done
}

main
