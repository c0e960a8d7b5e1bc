#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# dist.sh [DIRECTORY]: the release, in out or there: a tarball of what is committed, its SBOM, and the
# checksums of both. The same bytes for the same commit, whoever makes them where.
set -euo pipefail
export LC_ALL=C TZ=UTC

cd "$(dirname "$0")/.."
out=${1:-out}
version=$(packaging/version.sh)
name=xdrv-$version
[ -e .git ] || {
	echo "dist.sh: these sources are not from git: they are a release already" >&2
	exit 1
}
epoch=$(git log -1 --format=%ct)

umask 022
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Modes and line ends as the configuration of git has them on this machine would make a difference.
git -c core.autocrlf=false -c core.attributesFile=/dev/null -c tar.umask=0022 \
	archive --format=tar --prefix="$name/" HEAD >"$work/$name.tar"
tar -C "$work" -xf "$work/$name.tar"
gzip -n9 "$work/$name.tar"
python3 -B "$work/$name/packaging/sbom.py" "$work/$name" "$work/$name.tar.gz" "$epoch" >"$work/$name.spdx.json"
(cd "$work" && sha256sum "$name.tar.gz" "$name.spdx.json" >"$name.sha256")
for file in "$name.tar.gz" "$name.spdx.json" "$name.sha256"; do
	mv "$work/$file" "$out/"
	echo "$out/$file"
done
