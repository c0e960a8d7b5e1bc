#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh: builds the packages and tests what becomes of systems that they are installed on. One TAP file for
# each part, in out/check/packages or $PACKAGES. PARTS="release rpm" chooses.
set -uo pipefail
. "$(dirname "$0")/../vm/common.sh"

HERE=$XDRV_TOP/tests/packages
export PACKAGES=${PACKAGES:-$XDRV_TOP/out/check/packages}
PARTS=${PARTS:-release debian rpm secure-boot}

# What a part runs in: nothing special, or a throw-away system with a kernel.
part()
{
	case $1 in
	release) "$HERE/release.sh" ;;
	debian) in_system 6.12 debian ;;
	rpm) in_system 7.3 rpm ;;
	secure-boot) in_system 6.1 secure-boot ;;
	*) die "unknown part '$1' (known: release debian rpm secure-boot)" ;;
	esac
}

# What the release leaves for the other parts.
build_package()
{
	rm -rf "$PACKAGES/deb"
	"$XDRV_TOP/packaging/debian/build.sh" >&2 && cp -r "$XDRV_TOP/out/deb" "$PACKAGES/"
}

in_system()
{
	VM_OUT=$PACKAGES/$2 "$XDRV_TOP/tests/vm/system.sh" --no-install "$1" "$HERE/$2.sh"
}

main()
{
	local name status=0

	need_root check-packages
	"$XDRV_TOP/tests/deps.sh" vm packages
	mkdir -p "$PACKAGES"
	[[ " $PARTS " = *" release "* ]] || build_package
	for name in $PARTS; do
		step "packages: $name"
		part "$name" >"$PACKAGES/$name.tap" 2>"$PACKAGES/$name.log" || status=1
		grep -A10 '^not ok' "$PACKAGES/$name.tap" | cut -c1-200 >&2
		grep -q '^1\.\.' "$PACKAGES/$name.tap" || {
			echo "not ok - $name runs to its end" >>"$PACKAGES/$name.tap"
			tail -n 20 "$PACKAGES/$name.log" >&2
		}
	done
	return $status
}

main
