#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tree.sh DIRECTORY: copies the sources as they are now there, committed or not, without what git ignores.
# Modes are the same whatever the umask of the checkout was.
set -euo pipefail

cd "$(dirname "$0")/.."

source_files()
{
	if [ -e .git ]; then
		git ls-files -z --cached --others --exclude-standard --deduplicate |
			while IFS= read -r -d '' file; do
				[ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"
			done
	else
		find . -path ./out -prune -o ! -type d -print0
	fi
}

mkdir -p "$1"
source_files | tar --null --no-recursion -T - --mode=u=rwX,go=rX -cf - | tar -C "$1" --no-same-owner -xf -
