#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# initramfs.sh ROOT KVER: makes the small initramfs that mounts ROOT over 9p, beside ROOT; kept until
# this script changes. Prints its path.
set -euo pipefail
. "$(dirname "$0")/common.sh"

MODULES="virtio_pci 9pnet_virtio 9p"

# Paths of the modules in $MODULES with all they need, in the order of loading. What is built in has
# no file.
module_files()
{
	local moddir=$1 module line

	for module in $MODULES; do
		line=$(grep -E "(^|/)$module\.ko[^/]*:" "$moddir/modules.dep") || continue
		tr -d : <<<"$line" | tr ' ' '\n' | grep . | tac
	done | awk '!seen[$0]++'
}

unpack_module()
{
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

write_init()
{
	cat <<-'END'
		#!/bin/busybox sh
		/bin/busybox --install -s /bin
		export PATH=/bin
		mount -t proc proc /proc
		mount -t devtmpfs dev /dev
		while read -r module; do
			insmod "/modules/$module" || echo "initramfs: cannot load $module"
		done </modules/order
		init=/sbin/init
		for word in $(cat /proc/cmdline); do
			case $word in
			init=*) init=${word#init=} ;;
			esac
		done
		mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=512000 root /root ||
			exec sh
		umount /proc
		mount --move /dev /root/dev
		exec switch_root /root "$init"
		echo "initramfs: cannot start $init"
	END
}

build()
{
	local root=$1 kver=$2 dir=$3 out=$4 moddir=$1/lib/modules/$2 file name

	mkdir -p "$dir"/{bin,dev,proc,root,modules}
	cp "$root/bin/busybox" "$dir/bin/busybox"
	while read -r file; do
		name=$(basename "$file")
		name=${name%.ko*}.ko
		unpack_module "$moddir/$file" >"$dir/modules/$name"
		echo "$name"
	done < <(module_files "$moddir") >"$dir/modules/order"
	write_init >"$dir/init"
	chmod +x "$dir/init"
	(cd "$dir" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$out"
}

main()
{
	local root=$1 kver=$2 out work

	out=$(dirname "$root")/initramfs-$(sha256sum "$0" | cut -c1-12).gz
	if [ ! -f "$out" ]; then
		work=$(mktemp -d "$(dirname "$root")/initramfs.XXXXXX")
		# shellcheck disable=SC2064 # the value of now
		trap "rm -rf '$work'" EXIT
		build "$root" "$kver" "$work/tree" "$work/initramfs.gz"
		mv "$work/initramfs.gz" "$out"
	fi
	echo "$out"
}

main "$@"
