#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# keep-symvers.sh KERNEL ARCH: run by dkms after a build, in its directory. Keeps the symbols that other
# modules need to be built against these; old versions of dkms do that themselves, newer ones do not.
dir=../$1/$2/module
[ ! -d "$dir" ] || cp Module.symvers "$dir/"
