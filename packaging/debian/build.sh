#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build.sh: the Debian package, in out/deb. The same bytes for the same sources.
set -euo pipefail
. "$(dirname "$0")/../../tests/vm/common.sh"

cd "$XDRV_TOP"
version=$(packaging/version.sh)
SOURCE_DATE_EPOCH=$(packaging/epoch.sh)
export SOURCE_DATE_EPOCH
out=$XDRV_TOP/out/deb
tree=$out/xdrv-$version

tests/deps.sh packages
umask 022
rm -rf "$out"
packaging/tree.sh "$tree"
cp -r packaging/debian "$tree/debian"
find "$tree/debian" -name '*.license' -delete
packaging/changelog.py debian "$SOURCE_DATE_EPOCH" >"$tree/debian/changelog"
# dpkg-source keeps times; those of a checkout say nothing.
find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
cd "$tree"
run_logged "$XDRV_TOP/out/deb.log" dpkg-buildpackage --no-sign
ls "$out"/*.deb
