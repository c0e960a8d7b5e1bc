# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Running commands in $VM_ROOT. Sourced; the caller lives in a private mount namespace (system.sh).

# in_chroot COMMAND...: with a clean environment; none of the host's file systems stays mounted, for
# the VM would see them. Lazy, for a compiler that was interrupted may linger.
in_chroot()
{
	local fs status=0

	mount -t proc proc "$VM_ROOT/proc"
	mount -t sysfs sys "$VM_ROOT/sys"
	mount --bind /dev "$VM_ROOT/dev"
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
		KBUILD_EXTRA_WARN=1 chroot "$VM_ROOT" "$@" </dev/null || status=$?
	for fs in dev sys proc; do
		umount --lazy "$VM_ROOT/$fs"
	done
	return $status
}
