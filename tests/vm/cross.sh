# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Kernels of another architecture: their root file systems are made, and their modules built, on this one.
# Sourced after kernels.sh.

is_cross_root()
{
	[[ $1 = cross-* ]]
}

# What uname -m says there, and programs of the GNU project are called by.
kernel_machine()
{
	case $(kernel_arch "${1#cross-}") in
	arm64) echo aarch64 ;;
	*) echo x86_64 ;;
	esac
}

# cross_packages ROOT VERSION: the compiler that the kernel's headers ask for, the programs of kbuild, and dkms.
# The headers themselves are in the kernel's own root file system, see mount_overlay() in system.sh.
cross_packages()
{
	local kernel=${1#cross-} version=$2 compiler

	[ -f "$XDRV_CACHE/apt/$kernel/apt.conf" ] || update_packages "$kernel"
	compiler=$(kernel_apt "$kernel" apt-cache depends "linux-headers-$version" |
		sed -nE 's/^ *Depends: (gcc-[0-9]+)(-for-host)?$/\1/p')
	[ -n "$compiler" ] || die "linux-headers-$version does not say which compiler it needs"
	echo "dkms make kmod linux-kbuild-${version%-*} $compiler-$(kernel_machine "$kernel")-linux-gnu"
}

# dkms strips modules, and takes the machine that it runs on for the one that it builds for.
install_cross_tools()
{
	local machine bin=$2/usr/local/bin

	machine=$(kernel_machine "$1")
	ln -s "/usr/bin/$machine-linux-gnu-strip" "$bin/strip"
	cat >"$bin/uname" <<-END
		#!/bin/sh
		# This root file system builds for another machine.
		[ "\$*" != -m ] || exec echo $machine
		exec /usr/bin/uname "\$@"
	END
	chmod +x "$bin/uname"
}

# An emulator runs the programs of the packages while they are set up. The kernel finds it by what is registered,
# once for the whole machine, until it is switched off. Nobody needs the initramfs of the kernel's package, which
# takes an emulator minutes.
run_foreign_programs()
{
	local misc=/proc/sys/fs/binfmt_misc name

	name=qemu-$(kernel_machine "$1")
	[ -e $misc/register ] || mount -t binfmt_misc binfmt_misc $misc ||
		die "this machine's kernel cannot run programs by an emulator (binfmt_misc)"
	export INITRD=No
	[ -e "$misc/$name" ] || cat "/usr/lib/binfmt.d/$name.conf" >$misc/register
}
