#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build.sh: the RPM package, in out/rpm, and the source package. The same bytes for the same sources.
set -euo pipefail
. "$(dirname "$0")/../../tests/vm/common.sh"

cd "$XDRV_TOP"
version=$(packaging/version.sh)
SOURCE_DATE_EPOCH=$(packaging/epoch.sh)
export SOURCE_DATE_EPOCH
out=$XDRV_TOP/out/rpm

tests/deps.sh packages
umask 022
rm -rf "$out"
mkdir -p "$out/SOURCES" "$out/SPECS"
packaging/tree.sh "$out/xdrv-$version"
{
	echo "%global xdrv_version $version"
	cat packaging/rpm/xdrv.spec
	packaging/changelog.py rpm "$SOURCE_DATE_EPOCH"
} >"$out/SPECS/xdrv.spec"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
	-cf - "xdrv-$version" | gzip -n9 >"$out/SOURCES/xdrv-$version.tar.gz"

run_logged "$XDRV_TOP/out/rpm.log" rpmbuild -ba --define "_topdir $out" \
	--define "_buildhost xdrv" \
	--define "use_source_date_epoch_as_buildtime 1" --define "clamp_mtime_to_source_date_epoch 1" \
	--define "_smp_build_ncpus 1" --nodeps "$out/SPECS/xdrv.spec"
find "$out" -name '*.rpm'
