#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# epoch.sh: the time that everything built from these sources bears: that of the commit, or of the
# changelog where there is no git.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
	echo "$SOURCE_DATE_EPOCH"
elif [ -e .git ]; then
	git log -1 --format=%ct
else
	stat -c %Y CHANGELOG.md
fi
