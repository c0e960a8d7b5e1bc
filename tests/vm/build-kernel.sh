#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build-kernel.sh ROOT KERNEL VERSION: builds one of the kernels in configs/ from the linux-source
# package that is installed in the root file system ROOT, with the compiler there, and installs it, its
# modules and what building modules needs. Nothing else of the sources stays. Run by rootfs.sh.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/chroot.sh"

VM_ROOT=$1 KERNEL=$2 VERSION=$3
CONFIGS=$XDRV_TOP/tests/vm/configs
SOURCE=/usr/src/linux

unpack_source()
{
	local archive

	archive=$(find "$VM_ROOT/usr/src" -maxdepth 1 -name 'linux-source-*.tar.xz')
	[ -f "$archive" ] || die "found no single linux-source in $VM_ROOT/usr/src"
	mkdir "$VM_ROOT$SOURCE"
	tar -xf "$archive" -C "$VM_ROOT$SOURCE" --strip-components=1
	rm "$archive"
	[ ! -f "$CONFIGS/$KERNEL.patch" ] ||
		patch -d "$VM_ROOT$SOURCE" -p1 <"$CONFIGS/$KERNEL.patch"
}

run_make()
{
	in_chroot make -C $SOURCE -j"$(nproc)" KBUILD_EXTRA_WARN= "$@"
}

# An option that Kconfig drops, for something it depends on is off, would be missed by nobody.
check_config()
{
	local line missing=()

	while read -r line; do
		[ "${line%=n}" != "$line" ] || grep -qxF "$line" "$VM_ROOT$SOURCE/.config" ||
			missing+=("$line")
	done < <(grep -h '^CONFIG' "$@")
	[ ${#missing[@]} = 0 ] || die "Kconfig refuses: ${missing[*]}"
}

configure()
{
	cat "$CONFIGS/base" "$CONFIGS/$KERNEL" >"$VM_ROOT$SOURCE/wanted"
	echo "CONFIG_LOCALVERSION=\"${VERSION#"$(run_make -s kernelversion)"}\"" >>"$VM_ROOT$SOURCE/wanted"
	run_make KCONFIG_ALLCONFIG=wanted allnoconfig
	check_config "$VM_ROOT$SOURCE/wanted"
}

install_kernel()
{
	local modules=/lib/modules/$VERSION headers=/usr/src/linux-headers-$VERSION

	run_make INSTALL_MOD_STRIP=1 modules_install
	run_make run-command KBUILD_RUN_COMMAND="\$(srctree)/scripts/package/install-extmod-build $headers"
	ln -sfn "$headers" "$VM_ROOT$modules/build"
	rm -f "$VM_ROOT$modules/source"
	cp "$VM_ROOT$SOURCE/.config" "$VM_ROOT/boot/config-$VERSION"
	cp "$VM_ROOT$SOURCE/arch/x86/boot/bzImage" "$VM_ROOT/boot/vmlinuz-$VERSION"
}

# For gdb: the kernel's symbols, and the scripts that find those of modules.
install_symbols()
{
	local dir=$VM_ROOT/usr/lib/debug/linux

	mkdir -p "$dir/scripts"
	cp "$VM_ROOT$SOURCE"/vmlinux "$VM_ROOT$SOURCE/scripts/gdb/vmlinux-gdb.py" "$dir/"
	cp -r "$VM_ROOT$SOURCE/scripts/gdb" "$dir/scripts/"
}

# The same kernel, but that it probes each device, removes it and probes it again.
build_variant()
{
	in_chroot $SOURCE/scripts/config --file $SOURCE/.config --enable DEBUG_TEST_DRIVER_REMOVE
	run_make olddefconfig
	run_make bzImage
	cp "$VM_ROOT$SOURCE/arch/x86/boot/bzImage" "$VM_ROOT/boot/vmlinuz-remove-$VERSION"
}

main()
{
	unpack_source
	configure
	run_make bzImage modules scripts_gdb
	install_kernel
	install_symbols
	[ "$KERNEL" != debug ] || build_variant
	rm -rf --one-file-system "${VM_ROOT:?}$SOURCE"
}

if [ "${XDRV_PRIVATE_MOUNTS:-}" != yes ]; then
	export XDRV_PRIVATE_MOUNTS=yes
	exec unshare --mount --propagation private "$0" "$@"
fi
main
