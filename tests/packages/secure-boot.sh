#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run by system.sh --no-install 6.1: the Debian package on a machine with Secure Boot, whose firmware has
# dkms's key enrolled. That key is the one of Debian's firmware for tests, so nothing has to be written into
# the firmware's variables; it signs the kernel, too, which the firmware would not start otherwise. The kernel
# takes keys from there (db) as it takes those that shim hands over (MOK): into its keyring .platform.
set -uo pipefail
. "$(dirname "$0")/../vm/common.sh"
. "$(dirname "$0")/../vm/chroot.sh"
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/common.sh"

VERSION=$("$XDRV_TOP/packaging/version.sh")
FIRMWARE=/usr/share/OVMF
SNAKEOIL=/usr/share/ovmf/PkKek-1-snakeoil
DKMS=$VM_ROOT/var/lib/dkms
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

enroll_key()
{
	openssl rsa -in $SNAKEOIL.key -passin pass:snakeoil -out "$DKMS/mok.key" 2>/dev/null &&
		openssl x509 -in $SNAKEOIL.pem -outform DER -out "$DKMS/mok.pub"
}

install_package()
{
	cp "$PACKAGES"/deb/xdrv-dkms_*.deb "$VM_ROOT/root/xdrv.deb"
	make_package linux-headers-amd64 1 "Depends: linux-headers-$VM_KVER"
	t_ok "apt installs the package, with what it depends on" apt install /root/linux-headers-amd64.deb /root/xdrv.deb
	# shellcheck disable=SC2086 # a list of words
	t_ok "the modules are there" has_modules "$VM_KVER" "$VERSION" $MODULES
}

# signature_of MODULE: its parts in $WORK: what was signed, and the PKCS#7 message.
signature_of()
{
	python3 -B - "$1" "$WORK" <<-'END'
		import lzma, sys
		path, work = sys.argv[1:]
		with (lzma.open if path.endswith('.xz') else open)(path, 'rb') as file:
		    data = file.read()
		magic = b'~Module signature appended~\n'
		assert data.endswith(magic)
		data = data[:-len(magic)]
		length = int.from_bytes(data[-4:], 'big')
		with open(work + '/message', 'wb') as file:
		    file.write(data[-12 - length:-12])
		with open(work + '/signed', 'wb') as file:
		    file.write(data[:-12 - length])
	END
}

# verifies MODULE: by somebody else's program, with the certificate that a user would enroll.
verifies()
{
	signature_of "$(find "$VM_ROOT/lib/modules/$VM_KVER/updates/dkms" -name "$1.ko*")" || return
	openssl x509 -inform DER -in "$DKMS/mok.pub" -out "$WORK/certificate.pem"
	# Signed with the bare minimum, without the certificate.
	openssl smime -verify -binary -inform DER -in "$WORK/message" -content "$WORK/signed" \
		-certfile "$WORK/certificate.pem" -nointern -noverify -out /dev/null
}

signatures()
{
	local module

	for module in $MODULES; do
		t_ok "openssl finds $module signed by dkms's key" verifies "$module"
	done
	printf x >>"$WORK/signed"
	t_fails "and would notice if it had been tampered with" openssl smime -verify -binary -inform DER \
		-in "$WORK/message" -content "$WORK/signed" -certfile "$WORK/certificate.pem" \
		-nointern -noverify -out /dev/null
}

boot()
{
	local what

	openssl x509 -inform DER -in "$DKMS/mok.pub" -out "$WORK/certificate.pem"
	t_ok "the kernel can be signed" sbsign --key "$DKMS/mok.key" --cert "$WORK/certificate.pem" \
		--output "$WORK/vmlinuz" "$VM_IMAGE"
	cp $FIRMWARE/OVMF_VARS_4M.snakeoil.fd "$WORK/variables"
	# Twice the time, as for all tests on a busy machine: the firmware takes some of it.
	t_ok "with Secure Boot the package's tests pass (see $VM_OUT)" \
		env VM_IMAGE="$WORK/vmlinuz" XDRV_TIME_SCALE="${XDRV_TIME_SCALE:-2}" \
		"$XDRV_TOP/tests/vm/run.py" --qemu="-machine q35,smm=on" \
		--qemu="-global driver=cfi.pflash01,property=secure,value=on" \
		--qemu="-drive if=pflash,format=raw,readonly=on,file=$FIRMWARE/OVMF_CODE_4M.secboot.fd" \
		--qemu="-drive if=pflash,format=raw,file=$WORK/variables" core/dkms core/package core/signed
	for what in "the firmware has Secure Boot enabled" "and the kernel has locked itself down" \
		"a module with the signature of dkms is loaded, for its key is enrolled"; do
		t_match "core/signed says: $what" "$(cat "$VM_OUT/core-signed.tap")" "(^|"$'\n'")ok [0-9]+ - $what"
	done
}

enroll_key || t_bail "the key of Debian's firmware for tests can be read"
install_package
signatures
boot
t_done
