#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# deps.sh PURPOSE...: installs the Debian packages that the purpose (vm, lint, kunit, bench…) needs and
# that are missing. Says nothing when nothing is.
set -euo pipefail
. "$(dirname "$0")/vm/common.sh"

packages_for()
{
	case $1 in
	vm) echo qemu-system-x86 mmdebstrap cpio xz-utils zstd python3 git patch util-linux mount openssl ;;
	arm64) echo qemu-system-arm qemu-user-static arch-test ;;
	lint)
		echo shellcheck codespell mandoc python3 perl git xz-utils
		echo gcc dwarves linux-libc-dev
		;;
	kunit) echo gcc make flex bison bc libelf-dev libssl-dev xz-utils python3 qemu-system-x86 ;;
	bench) echo gcc libc6-dev gnuplot-nox python3 ;;
	coverage) echo lcov python3 ;;
	gdb) echo gdb ;;
	packages)
		echo debhelper dh-dkms dpkg-dev fakeroot lintian rpm makepkg pacman-package-manager
		echo libarchive-tools reuse git gnupg make openssl ovmf sbsigntool shellcheck python3
		;;
	build) echo gcc make kmod dwarves libelf-dev ;;
	*) die "unknown purpose '$1' (known: vm arm64 lint kunit bench coverage gdb packages build)" ;;
	esac
}

is_installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_packages()
{
	local purpose package

	for purpose in "$@"; do
		for package in $(packages_for "$purpose"); do
			is_installed "$package" || echo "$package"
		done
	done | sort -u | xargs
}

install_packages()
{
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update || true
	apt-get -qq install -y --no-install-recommends "$@"
}

# A fresh machine or container has no lists to find the archive by.
have_package_lists()
{
	[ -n "$(find /var/lib/apt/lists -name '*Packages*' -print -quit 2>/dev/null)" ]
}

main()
{
	local missing

	command -v apt-get >/dev/null ||
		die "this is not a Debian system; please install what is needed for: $*"
	missing=$(missing_packages "$@")
	if [ -z "$missing" ]; then
		have_package_lists || [ "$(id -u)" != 0 ] || apt-get -qq update
		return 0
	fi
	if [ "$(id -u)" != 0 ]; then
		echo "packages are missing, please run: sudo apt-get install $missing" >&2
		exit 1
	fi
	step "installing $missing"
	# shellcheck disable=SC2086 # a list of words
	run_logged "$XDRV_TOP/out/deps.log" install_packages $missing
}

main "$@"
