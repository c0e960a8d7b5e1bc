# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Finds, or fetches and unpacks, a kernel source from the distribution. Sourced after common.sh and
# kernels.sh of tests/vm, which know where it comes from.

# fetch_source KERNEL VERSION DIR: unpacks that version of linux-source-X.Y into DIR.
fetch_source()
{
	local package=linux-source-$1 version=$2 dir=$3 tmp

	step "fetching and unpacking $package $version"
	mkdir -p "${dir%/*}"
	tmp=$(mktemp -d "${dir%/*}/tmp.XXXXXX")
	if (cd "$tmp" && kernel_apt "$1" apt-get download -qq "$package=$version" >&2) &&
		dpkg-deb -x "$tmp/$package"_*.deb "$tmp/deb" &&
		mkdir -p "$tmp/tree" &&
		tar -xf "$tmp/deb/usr/src/$package.tar.xz" -C "$tmp/tree" --strip-components=1; then
		rm -rf "${dir%/*}/$package"-*/ "${dir%/*}/build-$package"-*/
		mv "$tmp/tree" "$dir"
	fi
	rm -rf "$tmp"
	[ -d "$dir" ]
}

# kernel_source KERNEL: prints the directory of the unpacked source of kernel X.Y, as the distribution
# has it. What was found earlier today may have left the archive, so before a download it asks again.
kernel_source()
{
	local cache=$XDRV_CACHE/kunit version

	version=$(resolve_source "$1") || return
	if [ ! -d "$cache/linux-source-$1-$version" ]; then
		rm -f "$XDRV_CACHE/apt/$1.source"
		version=$(resolve_source "$1") || return
		fetch_source "$1" "$version" "$cache/linux-source-$1-$version" ||
			die "cannot fetch linux-source-$1 $version"
	fi
	echo "$cache/linux-source-$1-$version"
}
