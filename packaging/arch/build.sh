#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build.sh: a PKGBUILD with its source, in out/arch; "makepkg -i" in there builds and installs it.
set -euo pipefail
. "$(dirname "$0")/../../tests/vm/common.sh"

cd "$XDRV_TOP"
version=$(packaging/version.sh)
epoch=$(packaging/epoch.sh)
out=$XDRV_TOP/out/arch

umask 022
rm -rf "$out"
mkdir -p "$out"
packaging/tree.sh "$out/xdrv-$version"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -cf - "xdrv-$version" |
	gzip -n9 >"$out/xdrv-$version.tar.gz"
rm -rf "$out/xdrv-$version"
sum=$(sha256sum "$out/xdrv-$version.tar.gz" | cut -d' ' -f1)
sed "s/@VERSION@/$version/; s/@SHA256@/$sum/" packaging/arch/PKGBUILD.in >"$out/PKGBUILD"
echo "$out/PKGBUILD"
