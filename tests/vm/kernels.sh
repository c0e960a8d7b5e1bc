# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Finds which Debian packages make up kernel X.Y today, and which its source: no version and no mirror
# is written down here, apt knows both. Sourced after common.sh.

# Kernels that build-kernel.sh makes from this distribution kernel's sources, and the one that a kernel
# for another architecture is.
BUILT_FROM=6.12
# Debian releases of which a kernel can be the newest: with what is taken from their backports, or tried
# out in experimental before it gets there.
NEWEST_FROM="trixie sid"

kernel_release_name()
{
	case $1 in
	6.1) echo bookworm ;;
	6.12 | 7.[0-3] | debug | kcsan | arm64 | cross-arm64) echo trixie ;;
	newest-*) echo "${1#newest-}" ;;
	*)
		sed -n "s/^$1 //p" "$XDRV_CACHE/apt/newest.resolved" 2>/dev/null | grep . ||
			die "unknown kernel '$1' (known: $XDRV_KERNELS $XDRV_BUILT_KERNELS $XDRV_CROSS_KERNELS newest)"
		;;
	esac
}

# The architecture of the programs in its root file system, by Debian's name.
kernel_arch()
{
	case $1 in
	arm64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

kernel_series()
{
	case $1 in
	arm64) echo $BUILT_FROM ;;
	*) echo "$1" ;;
	esac
}

kernel_is_built()
{
	[ -f "$XDRV_TOP/tests/vm/configs/$1" ]
}

kernel_is_foreign()
{
	[ "$(kernel_arch "$1")" != amd64 ]
}

kernel_needs_backports()
{
	[[ $1 = 7.* || $1 = newest-* ]] && [ "$(kernel_release_name "$1")" != sid ]
}

# host_repo LABEL: the URI of the repository with this label in the machine's own apt configuration.
host_repo()
{
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
		sed -n "s/^$1|//p" | head -n 1
}

# The machine's own apt settings that decide whether a download works.
host_apt_options()
{
	apt-config dump | grep -E '^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy[^ ]*|Retries) '
}

# apt_sources KERNEL: one-line sources for a system with that kernel.
apt_sources()
{
	local release debian security keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	local signed=""

	release=$(kernel_release_name "$1")
	debian=${XDRV_MIRROR:-$(host_repo Debian)}
	security=$(host_repo Debian-Security)
	[ -n "$debian" ] ||
		die "no Debian repository in the apt configuration: set XDRV_MIRROR to a mirror's URI"
	[ -f "$keyring" ] && signed="[signed-by=$keyring] "
	echo "deb $signed$debian $release main"
	if [ "$release" = sid ]; then
		echo "deb $signed$debian experimental main"
		return
	fi
	[ -z "$security" ] || echo "deb $signed$security $release-security main"
	if kernel_needs_backports "$1"; then
		echo "deb $signed$debian $release-backports main"
	fi
}

# kernel_apt KERNEL COMMAND...: apt-get or apt-cache with a state of its own, so that the machine's is
# neither needed nor changed; its sources are those of KERNEL.
kernel_apt()
{
	local dir=$XDRV_CACHE/apt/$1
	shift

	APT_CONFIG=$dir/apt.conf "$@"
}

# update_packages KERNEL: which packages there are today. One at a time: apt does not wait for itself.
update_packages()
{
	local dir=$XDRV_CACHE/apt/$1

	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	(
		flock 8
		apt_sources "$1" >"$dir/sources.list"
		cat >"$dir/apt.conf" <<-END
			$(host_apt_options)
			Dir::Etc::sourcelist "$dir/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::State "$dir/state";
			Dir::State::status "/dev/null";
			Dir::Cache "$dir/cache";
			Acquire::Languages "none";
			APT::Sandbox::User "root";
			APT::Architecture "$(kernel_arch "$1")";
			APT::Architectures { "$(kernel_arch "$1")"; };
		END
		kernel_apt "$1" apt-get -qq update >&2
	) 8>"$dir/lock"
}

# kernel_packages KERNEL: "VERSION PACKAGE..." of the newest X.Y kernel that has its headers.
kernel_packages()
{
	update_packages "$1" || return
	packages_of_series "$1" "$(kernel_series "$1")"
}

# packages_of_series KERNEL X.Y: the same, from what apt knows for KERNEL. Signed images are preferred; a series
# that has none yet comes as linux-binary-unsigned plus modules. Before its first stable release it has no Z.
packages_of_series()
{
	local names version arch
	local pattern="${2//./\\.}\\([.+][^ ]*\\|\\)"

	arch=$(kernel_arch "$1")
	names=$(kernel_apt "$1" apt-cache pkgnames) || return
	while read -r version; do
		case $version in
		*cloud* | *rt-"$arch"*) continue ;;
		esac
		if grep -qxF "linux-image-$version" <<<"$names"; then
			echo "$version linux-image-$version linux-headers-$version"
			return
		fi
		if grep -qxF "linux-binary-unsigned-$version" <<<"$names"; then
			echo "$version linux-binary-unsigned-$version" \
				"linux-modules-$version linux-headers-$version"
			return
		fi
	done < <(sed -n "s/^linux-headers-\\($pattern-$arch\\)\$/\\1/p" <<<"$names" | sort -rV)
	return 1
}

# "X.Y RELEASE" of the newest kernel with headers that any release offers; one that the first of them has does
# not come from a later one.
newest_series()
{
	local release series

	for release in $NEWEST_FROM; do
		update_packages "newest-$release" || return
	done
	while read -r series release; do
		if packages_of_series "newest-$release" "$series" >/dev/null; then
			echo "$series $release"
			return
		fi
	done < <(for release in $NEWEST_FROM; do
		kernel_apt "newest-$release" apt-cache pkgnames |
			sed -nE "s/^linux-headers-([0-9]+\.[0-9]+)([.+].*)?-amd64\$/\1 $release/p"
	done | sort -s -u -k1,1rV)
	return 1
}

# source_version KERNEL: the newest version of the package linux-source-X.Y.
source_version()
{
	update_packages "$1" || return
	kernel_apt "$1" apt-cache policy "linux-source-$1" | sed -n '/(none)$/!s/^  Candidate: //p'
}

# built_packages KERNEL: "VERSION PACKAGE..." of a kernel that is built here: the sources, what is needed
# to build them, and lcov, for what it counts is in the format of the compiler there.
built_packages()
{
	local version

	version=$(source_version "$BUILT_FROM") && [ -n "$version" ] || return
	echo "${version//\~/.}-$1 linux-source-$BUILT_FROM bc bison flex libelf-dev libssl-dev rsync xz-utils lcov"
}

# ask_daily ANSWER WHAT COMMAND...: what COMMAND prints, asked from the network at most once a day and
# kept in the file ANSWER; an older answer is used when the network does not answer. Several may ask at once.
ask_daily()
{
	local answer=$1 what=$2 new=$1.$BASHPID
	shift 2

	if [ -z "$(find "$answer" -mmin -1440 2>/dev/null)" ]; then
		mkdir -p "${answer%/*}"
		if "$@" >"$new" && [ -s "$new" ]; then
			mv "$new" "$answer"
		elif [ -s "$answer" ]; then
			rm -f "$new"
			step "no network: staying with the $what known from $(date -r "$answer" +%F)"
		else
			rm -f "$new"
			die "found no $what in the package archive"
		fi
	fi
	cat "$answer"
}

# resolve_kernel KERNEL: what kernel_packages, or built_packages, says today.
resolve_kernel()
{
	local how=kernel_packages

	! kernel_is_built "$1" || how=built_packages
	ask_daily "$XDRV_CACHE/apt/$1.resolved" "$1 kernel with headers" $how "$1"
}

# resolve_source KERNEL: what source_version says today.
resolve_source()
{
	ask_daily "$XDRV_CACHE/apt/$1.source" "linux-source-$1" source_version "$1"
}

# real_kernels KERNEL...: the same with the series of today for "newest".
real_kernels()
{
	local kernel

	for kernel in "$@"; do
		[ "$kernel" != newest ] ||
			kernel=$(ask_daily "$XDRV_CACHE/apt/newest.resolved" "newest kernel" newest_series | cut -d' ' -f1)
		[ -n "$kernel" ] || return
		echo "$kernel"
	done
}
