# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced: finds, or fetches and unpacks, a kernel source from the distribution.

# kernel_source PACKAGE CACHE: prints the directory of the unpacked source.
kernel_source() {
	local package=$1 cache=$2 version dir tmp

	version=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
	if [ -z "$version" ] || [ "$version" = "(none)" ]; then
		version=$(cat "$cache/$package.version" 2>/dev/null || true)
	fi
	if [ -z "$version" ]; then
		echo "kunit: apt offers no $package; run 'apt-get update', or set KUNIT_SOURCE" >&2
		return 1
	fi
	dir=$cache/$package-$version
	if [ ! -e "$dir/.complete" ]; then
		echo "kunit: fetching and unpacking $package $version" >&2
		tmp=$(mktemp -d "$cache/tmp.XXXXXX")
		(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root "$package=$version" >&2)
		dpkg-deb -x "$tmp/$package"_*.deb "$tmp/deb"
		rm -rf "$dir" "$cache/$package"-*/ "$cache/build-$package"-*/
		mkdir -p "$dir"
		tar -xf "$tmp/deb/usr/src/$package.tar.xz" -C "$dir" --strip-components=1
		rm -rf "$tmp"
		echo "$version" >"$cache/$package.version"
		touch "$dir/.complete"
	fi
	echo "$dir"
}
