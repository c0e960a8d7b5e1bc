#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system.sh [--no-install] KERNEL COMMAND...: runs COMMAND with a throw-away system made ready for a VM:
# an overlay over the pristine root file system, this repository copied to /root/xdrv in it and its
# package installed by dkms as a user would; for a kernel of another architecture in a second root file system
# on top, which has a compiler for it. COMMAND finds $VM_ROOT, $VM_KERNEL, $VM_KVER, $VM_MACHINE, $VM_IMAGE,
# $VM_INITRD and $VM_OUT. XDRV_MODULES=symbols or gcov replaces the modules by others that are built
# for that. XDRV_PART=2/3 is one of several at the same time. All mounts are in a private mount
# namespace: however this ends, none stays.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/kernels.sh"
. "$(dirname "$0")/cross.sh"
. "$(dirname "$0")/chroot.sh"

VM_DIR=$XDRV_TOP/tests/vm

copy_repository()
{
	"$XDRV_TOP/packaging/tree.sh" "$VM_ROOT/root/xdrv"
}

# A kernel that is tried before it is supported would be skipped by dkms.
support_kernel()
{
	[[ " $XDRV_KERNELS $XDRV_BUILT_KERNELS $XDRV_CROSS_KERNELS " != *" ${VM_KERNEL%-remove} "* ]] || return 0
	sed -i "s/^BUILD_EXCLUSIVE_KERNEL=\"^(/&${VM_KERNEL//./\\\\.}|/" "$VM_ROOT/root/xdrv/dkms.conf"
}

# As dkms would make it, which takes openssl, and that is not there: it signs what it builds.
make_signing_key()
{
	mkdir -p "$VM_ROOT/var/lib/dkms"
	openssl req -new -x509 -nodes -days 36500 -subj "/CN=DKMS module signing key" -newkey rsa:2048 \
		-keyout "$VM_ROOT/var/lib/dkms/mok.key" -outform DER -out "$VM_ROOT/var/lib/dkms/mok.pub" 2>/dev/null
}

# Where the checkout itself is on an overlay, as in a container, the upper layer must be elsewhere:
# some 200 MB of memory do.
mount_overlay()
{
	local lower=$1 work=$2

	rm -rf --one-file-system "$work/upper" "$work/work"
	if ! try_overlay "$lower" "$work" 2>/dev/null; then
		mount -t tmpfs tmpfs "$work"
		try_overlay "$lower" "$work" || die "cannot mount an overlay file system"
	fi
	VM_ROOT=$work/root
}

# What was built on this architecture stays for the kernel of the other one; what it was built with goes.
leave_cross_root()
{
	umount "$VM_ROOT"
	try_overlay "$1" "$2" || die "cannot mount an overlay file system"
}

try_overlay()
{
	local lower=$1 work=$2

	mkdir -p "$work/upper" "$work/work" "$work/root"
	mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" \
		"$work/root"
}

dkms_logs()
{
	find "$VM_ROOT/var/lib/dkms" -name make.log -path "*/$VM_KVER/*" 2>/dev/null
}

# Compiler and modpost warnings about our sources. That a kernel was built by another minor version of
# the compiler, and that headers come without vmlinux, is not about us.
warnings_in()
{
	grep -E -i '\bwarning:' "$1" |
		grep -v -E 'the compiler differs from the one|Skipping BTF generation' || true
}

build_warnings()
{
	dkms_logs | while read -r log; do
		warnings_in "$log"
	done
}

# Installs the package; writes what happened as TAP, for every run counts it as a test of its own.
install_package()
{
	local tap=$VM_OUT/install.tap log=$VM_OUT/install.log warnings

	if ! in_chroot sh -c "cd /root/xdrv && make dkms-install KVER=$VM_KVER" >"$log" 2>&1
	then
		dkms_logs | xargs -r cat >>"$log"
		{
			echo "not ok 1 - dkms installs the package for $VM_KVER"
			tail -n 25 "$log" | sed 's/^/# /'
			echo 1..1
		} | tee "$tap" >&2
		return 1
	fi
	dkms_logs | xargs -r cat >"$VM_OUT/make.log"
	warnings=$(build_warnings)
	{
		echo "ok 1 - dkms installs the package for $VM_KVER"
		[ -z "$warnings" ] || printf 'not '
		echo "ok 2 - modules build without a warning"
		[ -z "$warnings" ] || printf '# %s\n' "${warnings//$'\n'/$'\n'# }"
		echo 1..2
	} >"$tap"
	build_examples
	grep -A20 '^not ok' "$tap" >&2 || true
}

# build_example DIRECTORY: as somebody would who has the package from dkms. It stays for the tests.
build_example()
{
	local log=$VM_OUT/example.log

	in_chroot make -C "$1" KVER="$VM_KVER" >"$log" 2>&1 || return
	[ -z "$(warnings_in "$log")" ]
}

# build_test_module DIRECTORY: a module that a test needs, of no use to anybody else.
build_test_module()
{
	local log=$VM_OUT/test-module.log

	in_chroot make -C "/lib/modules/$VM_KVER/build" "M=$1" modules >"$log" 2>&1 || return
	[ -z "$(warnings_in "$log")" ]
}

# Adds to what install_package has written.
build_examples()
{
	local example count=2 tap=$VM_OUT/install.tap

	sed -i '/^1\.\./d' "$tap"
	for example in "$VM_ROOT"/root/xdrv/docs/examples/*/; do
		count=$((count + 1))
		build_example "${example#"$VM_ROOT"}" || printf 'not ' >>"$tap"
		echo "ok $count - the example $(basename "$example") builds against the package" >>"$tap"
	done
	count=$((count + 1))
	build_test_module /root/xdrv/tests/net/sleeper || printf 'not ' >>"$tap"
	echo "ok $count - the module that lets a device sleep builds" >>"$tap"
	echo "1..$count" >>"$tap"
}

# Instead of what dkms installed: modules with symbols, which dkms strips, and for XDRV_MODULES=gcov such
# as count how often each line runs.
replace_modules()
{
	local module options=()

	[ "$XDRV_MODULES" != gcov ] || options=(GCOV=1)
	step "$VM_KERNEL: building the modules for $XDRV_MODULES"
	in_chroot make -C /root/xdrv KVER="$VM_KVER" "${options[@]}" >"$VM_OUT/$XDRV_MODULES.log" 2>&1 ||
		die "the modules do not build for $XDRV_MODULES (log: $VM_OUT/$XDRV_MODULES.log)"
	rm -f "$VM_ROOT/lib/modules/$VM_KVER/updates/dkms"/*
	for module in "$VM_ROOT/root/xdrv"/{common,chardev,blockdev,netdev}/*.ko; do
		cp "$module" "$VM_ROOT/lib/modules/$VM_KVER/updates/dkms/"
	done
	in_chroot depmod "$VM_KVER"
}

# debug-remove is the system of debug with the other image that build-kernel.sh makes.
kernel_image()
{
	case $VM_KERNEL in
	*-remove) echo "$1/boot/vmlinuz-remove-$VM_KVER" ;;
	*) realpath "${1%/root}/vmlinuz" ;;
	esac
}

main()
{
	local lower work cross="" install=yes

	if [ "$1" = --no-install ]; then
		install=no
		shift
	fi
	VM_KERNEL=$1
	shift
	need_root check
	VM_OUT=${VM_OUT:-$XDRV_TOP/out/check/$VM_KERNEL}
	mkdir -p "$VM_OUT"
	lower=$("$VM_DIR/rootfs.sh" "${VM_KERNEL%-remove}") || die "no root file system for $VM_KERNEL"
	exec 7<"${lower%/root}/kver"
	flock -s 7
	touch "${lower%/root}/used"
	if kernel_is_foreign "$VM_KERNEL"; then
		cross=$("$VM_DIR/rootfs.sh" "cross-$VM_KERNEL") || die "no root file system to build for $VM_KERNEL"
		exec 5<"${cross%/root}/kver"
		flock -s 5
	fi
	work=$XDRV_TOP/out/vm/$VM_KERNEL${XDRV_PART:+.${XDRV_PART%/*}}
	take_lock 6 "$work/lock" "system for $VM_KERNEL in this checkout"
	VM_KVER=$(cat "${lower%/root}/kver")
	VM_IMAGE=$(kernel_image "$lower")
	VM_INITRD=$("$VM_DIR/initramfs.sh" "$lower" "$VM_KVER")
	VM_MACHINE=$(kernel_machine "$VM_KERNEL")
	mount_overlay "${cross:+$cross:}$lower" "$work"
	copy_repository
	support_kernel
	make_signing_key
	if [ $install = yes ]; then
		step "$VM_KERNEL: installing the package by dkms for $VM_KVER"
		install_package ||
			die "the package does not install on $VM_KERNEL (log: $VM_OUT/install.log)"
	fi
	[ -z "${XDRV_MODULES:-}" ] || replace_modules
	[ -z "$cross" ] || leave_cross_root "$lower" "$work"
	export VM_KERNEL VM_KVER VM_MACHINE VM_IMAGE VM_INITRD VM_ROOT VM_OUT
	exec "$@"
}

[ $# -ge 2 ] || die "usage: system.sh KERNEL COMMAND..."
if [ "${XDRV_PRIVATE_MOUNTS:-}" != yes ]; then
	export XDRV_PRIVATE_MOUNTS=yes
	exec unshare --mount --propagation private "$0" "$@"
fi
main "$@"
