#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is released: the tarball repeats, its SBOM is right, every file has a licence, and the packages are as they
# should be.
set -uo pipefail
. "$(dirname "$0")/../vm/common.sh"
. "$(dirname "$0")/../lib/tap.sh"

PACKAGES=${PACKAGES:-$XDRV_TOP/out/check/packages}
VERSION=$("$XDRV_TOP/packaging/version.sh")
NAME=xdrv-$VERSION
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$XDRV_TOP" || exit

# A repository of its own with what is here now, committed or not.
clone()
{
	packaging/tree.sh "$WORK/tree"
	(
		cd "$WORK/tree" || exit
		git -c init.defaultBranch=main init -q .
		git add -A
		GIT_COMMITTER_DATE="@1700000000 +0000" GIT_AUTHOR_DATE="@1700000000 +0000" \
			git -c user.name=xdrv -c user.email=xdrv@xdrv.example commit -qm release
	) && git clone -q "$WORK/tree" "$WORK/other"
}

# As somebody else would: another place, user settings, time zone, language and mask.
dist_elsewhere()
(
	cd "$WORK/other" || exit
	find . -name .git -prune -o -type f -exec touch -d '2020-02-02' {} +
	umask 077
	export TZ=Asia/Tokyo LC_ALL=C.UTF-8 HOME=$WORK GZIP_OPT=-1
	git config --global tar.umask 0077
	git config --global core.autocrlf true
	packaging/dist.sh "$WORK/second"
)

dist()
{
	t_ok "make dist works" make -C "$WORK/tree" dist
	t_ok "it works for somebody else" dist_elsewhere
	t_ok "the tarball is the same, byte for byte" cmp "$WORK/tree/out/$NAME.tar.gz" "$WORK/second/$NAME.tar.gz"
	t_ok "so is the SBOM" cmp "$WORK/tree/out/$NAME.spdx.json" "$WORK/second/$NAME.spdx.json"
	t_ok "the checksums are right" sh -c "cd '$WORK/second' && sha256sum -c '$NAME.sha256'"
	tar -C "$WORK" -xf "$WORK/second/$NAME.tar.gz"
	t_is "the tarball has every file of the commit, and no other" \
		"$(cd "$WORK/$NAME" && find . -type f | sed 's|^\./||' | LC_ALL=C sort)" \
		"$(git -C "$WORK/tree" ls-files | LC_ALL=C sort)"
	t_is "and nothing that only its owner can read" "$(find "$WORK/$NAME" ! -perm -044)" ""
}

# Sources in a repository that is not theirs, and those that git refuses to look at.
places()
{
	git -c init.defaultBranch=main init -q "$WORK/home"
	echo '*' >"$WORK/home/.gitignore"
	cp -r "$WORK/$NAME" "$WORK/home/sources"
	"$WORK/home/sources/packaging/tree.sh" "$WORK/home/copy"
	t_ok "sources below somebody else's repository are copied as they are" diff -r "$WORK/$NAME" "$WORK/home/copy"
	cp -r "$WORK/tree" "$WORK/untrusted"
	chown -R nobody "$WORK/untrusted"
	t_ok "a checkout that git does not trust is not taken for sources without git" env GIT_CONFIG_NOSYSTEM=1 \
		GIT_CONFIG_GLOBAL=/dev/null sh -c "! '$WORK/untrusted/packaging/tree.sh' '$WORK/copy'"
}

# Every file of the tarball, with its checksum and a licence whose text is there; and the same licences
# as reuse finds.
sbom_is_right()
{
	python3 -B - "$WORK/$NAME" "$WORK/second/$NAME.spdx.json" "$WORK/second/$NAME.tar.gz" <<-'END'
		import hashlib, json, os, sys
		tree, path, tarball = sys.argv[1:]
		with open(path, encoding='utf-8') as file:
		    sbom = json.load(file)
		assert sbom['spdxVersion'] == 'SPDX-2.3', sbom['spdxVersion']
		def sha256(name):
		    with open(name, 'rb') as file:
		        return hashlib.sha256(file.read()).hexdigest()
		have = {file['fileName'] for file in sbom['files']}
		want = {'./' + os.path.relpath(os.path.join(directory, name), tree)
		        for directory, _, names in os.walk(tree) for name in names}
		assert have == want, have ^ want
		for file in sbom['files']:
		    sums = {entry['algorithm']: entry['checksumValue'] for entry in file['checksums']}
		    assert sums['SHA256'] == sha256(os.path.join(tree, file['fileName'])), file
		    licence = file['licenseConcluded']
		    text = file['fileName'].startswith('./LICENSES/')
		    assert text if licence == 'NONE' else os.path.exists(
		        '%s/LICENSES/%s.txt' % (tree, licence)), file
		ids = [entry['SPDXID'] for entry in sbom['packages'] + sbom['files']]
		assert len(ids) == len(set(ids))
		for relation in sbom['relationships']:
		    assert relation['relatedSpdxElement'] in ids, relation
		assert sbom['packages'][0]['checksums'][0]['checksumValue'] == sha256(tarball)
		assert sbom['packages'][0]['versionInfo'] == os.path.basename(tree).partition('-')[2]
	END
}

licences()
{
	t_ok "the SBOM tells of every file what it is" sbom_is_right
	t_ok "the tree is as REUSE wants it" reuse --root "$WORK/tree" lint
	sed -i '/SPDX-License/d' "$WORK/other/Kbuild"
	rm -r "$WORK/other/.reuse"
	t_fails "which would notice a file without a licence" reuse --root "$WORK/other" lint
}

version_is_checked()
{
	sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="9.9.9"/' "$WORK/tree/dkms.conf"
	t_fails "a changelog without the version of dkms.conf makes no release" "$WORK/tree/packaging/dist.sh"
	git -C "$WORK/tree" checkout -q dkms.conf
}

# With a key made for this, as docs/release.md has it.
signed()
{
	local work=$WORK/signed key="xdrv <release@xdrv.example>"

	export GNUPGHOME=$WORK/gnupg
	git clone -q "$WORK/tree" "$work"
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch --quiet --passphrase '' --quick-generate-key "$key" ed25519 sign never
	git -C "$work" config user.name xdrv
	git -C "$work" config user.email release@xdrv.example
	t_ok "a release is tagged with a signature" git -C "$work" tag -s -m "xdrv $VERSION" "v$VERSION"
	t_ok "which git verifies" git -C "$work" verify-tag "v$VERSION"
	git -C "$work" -c user.name=other tag -f -m "xdrv $VERSION" "v$VERSION" >/dev/null
	t_fails "as it does not of a tag without one" git -C "$work" verify-tag "v$VERSION"
	cd "$WORK/second" || exit
	t_ok "the checksums are signed" gpg --batch --armor --detach-sign "$NAME.sha256"
	t_ok "and whoever gets them verifies that" gpg --verify "$NAME.sha256.asc"
	echo >>"$NAME.sha256"
	t_fails "but not when they were changed" gpg --verify "$NAME.sha256.asc"
	cd "$XDRV_TOP" || exit
	gpgconf --kill all
	unset GNUPGHOME
}

debian()
{
	local deb changes

	mkdir -p "$PACKAGES"
	rm -rf "$PACKAGES/deb"
	t_ok "make deb works" make deb
	cp -r out/deb "$PACKAGES/"
	deb=$PACKAGES/deb/xdrv-dkms_${VERSION}_all.deb
	changes=$(find "$PACKAGES/deb" -name '*.changes')
	t_is "lintian finds nothing, not even by its pedantic rules" \
		"$(lintian --allow-root --pedantic --display-info "$changes" 2>&1)" ""
	t_ok "make deb works again" make deb
	t_ok "and makes the same package, byte for byte" cmp "$deb" "out/deb/${deb##*/}"
	t_match "it can be built for by the headers of any kernel" "$(dpkg-deb -f "$deb" Depends)" \
		'linux-headers-amd64 \| linux-headers-generic \| linux-headers, dkms'
	dpkg-deb --fsys-tarfile "$deb" | tar -tf - | sed 's|^\.||' | grep -v '/$' | sort >"$WORK/deb.files"
	t_is "every manual page is in it" \
		"$(grep -c '/usr/share/man/man./.*\.[0-9]\.gz$' "$WORK/deb.files")" \
		"$(find docs/man -name '*.[0-9]' | wc -l)"
}

rpm_package()
{
	local package

	t_ok "make rpm works" make rpm
	package=$(find out/rpm/RPMS -name '*.rpm')
	t_is "the package has the version of dkms.conf" "$(rpm -qp --qf '%{NAME} %{VERSION} %{ARCH}' "$package")" \
		"xdrv-dkms $VERSION noarch"
	t_match "it needs dkms" "$(rpm -qp --requires "$package" | xargs)" "dkms >= 3.0.3"
	t_match "its changelog is that of the sources" "$(rpm -qp --changelog "$package")" \
		"$VERSION-1.*xdrv_common: device class"
	rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$package" | grep -v '^d' | cut -d' ' -f2- |
		grep -vE '/licenses/|CHANGELOG' | sort >"$WORK/rpm.files"
	t_is "it has the same files as the Debian package, and the same names" \
		"$(comparable "$WORK/rpm.files")" "$(comparable "$WORK/deb.files")"
	t_ok "the source package builds it again" rpmbuild --rebuild --nodeps --define "_topdir $WORK/rpmbuild" \
		"$(find out/rpm/SRPMS -name '*.rpm')"
}

# What belongs to one packager alone is left out.
comparable()
{
	grep -vE '/doc/xdrv-dkms/(changelog|copyright|CHANGELOG)|/initramfs-tools/|/licenses/|/\.[A-Z]+$' "$1" |
		sed 's|^/usr/bin/|/usr/sbin/|' | sort
}

# makepkg does not run as root, nor below directories that others must not see.
as_nobody()
{
	(cd "$WORK/arch" && setpriv --reuid nobody --regid nogroup --clear-groups \
		env HOME="$WORK/arch" PKGEXT=.pkg.tar "$@" 2>&1)
}

arch()
{
	t_ok "make arch works" make arch
	chmod 711 "$WORK"
	cp -r out/arch "$WORK/arch"
	chown -R nobody "$WORK/arch"
	t_match "makepkg finds nothing wrong with the PKGBUILD" "$(as_nobody makepkg --printsrcinfo)" "pkgver = $VERSION"
	t_ok "shellcheck finds nothing" shellcheck -s bash -e SC2034,SC2154,SC2164 "$WORK/arch/PKGBUILD"
	t_ok "makepkg builds a package" as_nobody makepkg --nodeps
	t_ok "the device belongs to the group that serial lines have there" grep -q 'GROUP="uucp"' <(bsdtar -xOf \
		"$WORK/arch/xdrv-dkms-$VERSION-1-any.pkg.tar" usr/lib/udev/rules.d/60-xdrv.rules)
	bsdtar -tf "$WORK/arch/xdrv-dkms-$VERSION-1-any.pkg.tar" | sed 's|^|/|' | grep -v '/$' | sort >"$WORK/arch.files"
	t_is "it has the same files as the Debian package, and the same names" \
		"$(comparable "$WORK/arch.files")" "$(comparable "$WORK/deb.files")"
}

clone || t_bail "the sources can be cloned"
dist
places
licences
version_is_checked
signed
debian
rpm_package
arch
t_done
