#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# version.sh: the version, which is that of dkms.conf. Fails when the changelog does not begin with it.
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
described=$(sed -n 's/^## \([^ ]*\) - .*/\1/p' CHANGELOG.md | head -n 1)
if [ "$version" != "$described" ]; then
	echo "version.sh: dkms.conf says $version, CHANGELOG.md $described" >&2
	exit 1
fi
echo "$version"
