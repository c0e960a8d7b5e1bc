#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run by system.sh --no-install 7.3: installation, upgrade and removal of the RPM package, whose scripts run in
# Debian's system, with its dkms.
set -uo pipefail
. "$(dirname "$0")/../vm/common.sh"
. "$(dirname "$0")/../vm/chroot.sh"
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/common.sh"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# small_rpm VERSION: a package of that version, of one module.
small_rpm()
{
	make_small "$WORK/$1" "$1"
	make -C "$WORK/$1" rpm >/dev/null
	find "$WORK/$1/out/rpm/RPMS" -name '*.rpm'
}

# rpm_in_root OPTION...: the host's rpm on the system.
rpm_in_root()
{
	local status=0 fs

	mount -t proc proc "$VM_ROOT/proc"
	mount -t sysfs sys "$VM_ROOT/sys"
	mount --bind /dev "$VM_ROOT/dev"
	rpm --root "$VM_ROOT" --dbpath /var/lib/rpm --nodeps "$@" </dev/null || status=$?
	for fs in dev sys proc; do
		umount --lazy "$VM_ROOT/$fs"
	done
	return $status
}

main()
{
	local old new output

	old=$(small_rpm 0.0.8)
	new=$(small_rpm 0.0.9)
	# These belong to the package filesystem of systems with rpm.
	mkdir -p "$VM_ROOT"/usr/share/{licenses,man/man{4,7,8},bash-completion/completions}
	mkdir -p "$VM_ROOT/var/lib/rpm" "$VM_ROOT/usr/src/xdrv-0.0.1"
	in_chroot depmod "$VM_KVER"
	touch "$VM_ROOT/usr/src/xdrv-0.0.1/installed-by-make"
	output=$(rpm_in_root --install "$old" 2>&1) && t_report "not ok" "the package refuses"
	t_match "the package does not install over make dkms-install, and says why" "$output" \
		'run "make dkms-remove"'
	rm -r "$VM_ROOT/usr/src/xdrv-0.0.1"
	files_of "$VM_ROOT" >"$WORK/before"

	t_ok "rpm installs the package" rpm_in_root --install "$old"
	t_ok "dkms has built it" has_modules "$VM_KVER" 0.0.8 xdrv_common
	t_ok "rpm upgrades it" rpm_in_root --upgrade "$new"
	t_ok "dkms has built the new one" has_modules "$VM_KVER" 0.0.9 xdrv_common
	t_is "and knows no other" "$(in_chroot dkms status | cut -d, -f1)" xdrv/0.0.9
	t_ok "the old source is gone" test ! -e "$VM_ROOT/usr/src/xdrv-0.0.8"
	t_ok "rpm installs the same version again" rpm_in_root --upgrade --force "$new"
	t_ok "and the modules are there" has_modules "$VM_KVER" 0.0.9 xdrv_common
	t_ok "every file is as it was packed" rpm_in_root --verify xdrv-dkms
	t_ok "rpm removes it" rpm_in_root --erase xdrv-dkms
	t_is "dkms knows it no more" "$(in_chroot dkms status)" ""
	t_ok "the files are those from before its installation" same_files "$WORK/before"
	t_done
}

main
