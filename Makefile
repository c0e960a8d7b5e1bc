# SPDX-License-Identifier: GPL-2.0-only
# For people. kbuild reads Kbuild, never this file; it is always called with a single goal.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PACKAGE := xdrv
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

DESTDIR ?=
SYSCONFDIR ?= /etc
INITRAMFS_TOOLS ?= /etc/initramfs-tools
DRACUT_CONF ?= /etc/dracut.conf.d
PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
DKMS_SRC := /usr/src/$(PACKAGE)-$(VERSION)

kbuild = $(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)
# WERROR=1, for continuous integration: a warning is an error.
ifdef WERROR
kbuild += KCFLAGS=-Werror
endif
# GCOV=1: a kernel with CONFIG_GCOV_KERNEL counts how often each line runs, see make coverage.
ifdef GCOV
kbuild += GCOV_PROFILE=y
endif

.PHONY: all modules clean help
all: modules
.NOTPARALLEL: dkms-install install-package

modules:
	@test -d $(KDIR) || { \
		echo "xdrv: no kernel headers in $(KDIR); try: apt-get install linux-headers-$(KVER)" >&2; \
		exit 1; }
	@$(kbuild) modules

clean:
	@test ! -d $(KDIR) || $(kbuild) clean
	@rm -rf out

help:
	@sed -n 's/^## //p' Makefile

## make                     build the modules for the running kernel, or for KVER= or KDIR=
## make demo                see it work: boots KERNEL=6.12 in QEMU with the package installed by dkms
## make check               lint, KUnit, then the tests on every kernel; KERNELS= and TESTS= narrow it
## make check-arm64         the tests on arm64, with modules from a cross compiler; TESTS= narrows it
## make supported           the table of supported kernels in README.md, from the last whole make check
## make stress              every test at full length on kernels that check locks, memory and races
## make coverage            which lines the tests run: out/coverage/index.html
## make kunit               KUnit alone; ARCH=x86_64 in QEMU, KUNIT_SOURCE=7.3 on another kernel
## make lint                static checks alone
## make check-packages      packages: build, install, upgrade, remove; Secure Boot; releases
## make bench               compare with the peers; KERNEL=, CASES="block/*" and PARTS=path narrow it
## make bench-docs          docs/benchmarks.md and its plots from the last make bench
## make vm-shell            a shell in the VM, KERNEL=6.12; with KERNEL=debug GDB=1, for gdb
.PHONY: demo check check-arm64 supported stress coverage kunit lint check-packages bench bench-docs vm-shell
demo:
	@KERNEL="$(KERNEL)" tests/demo.sh
check:
	@KERNELS="$(KERNELS)" TESTS="$(TESTS)" tests/check.sh
check-arm64:
	@KERNELS=arm64 TESTS="$(TESTS)" STEPS=vm XDRV_PERCENT=$${XDRV_PERCENT:-20} CHECK_OUT=out/check-arm64 \
		tests/check.sh
supported:
	@tests/supported.sh
stress:
	@KERNELS="$(or $(KERNELS),debug debug-remove kcsan)" TESTS="$(TESTS)" STEPS=vm XDRV_PERCENT=100 \
		CHECK_OUT=out/stress tests/check.sh
coverage:
	@tests/coverage/run.sh
kunit:
	@ARCH="$(ARCH)" KUNIT_SOURCE="$(KUNIT_SOURCE)" KUNIT_SEED="$(KUNIT_SEED)" kunit/run.sh
lint:
	@tests/lint.sh
check-packages:
	@STEPS=packages CHECK_OUT=out/check-packages tests/check.sh
bench:
	@KERNEL="$(KERNEL)" CASES="$(CASES)" PARTS="$(PARTS)" SMOKE="$(SMOKE)" tests/bench/run.sh
bench-docs:
	@tests/bench/docs.sh
vm-shell:
	@KERNEL="$(KERNEL)" GDB="$(GDB)" tests/vm/shell.sh

## make dkms-install        install with dkms for KVER=, with configuration, the command xdrv and manual pages
## make dkms-remove         remove all that dkms-install installed, for every kernel
COMMAND_DIR := $(DESTDIR)$(SBINDIR)
LIBRARY_DIR := $(DESTDIR)$(PREFIX)/lib/xdrv
COMPLETION_DIR := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
MAN_DIR := $(DESTDIR)$(PREFIX)/share/man
MAN_PAGES := xbd.4 xchar.4 xnet.4 xdrv.7 xdrv.8
.PHONY: dkms-install dkms-remove install-source install-config remove-config not-packaged
not-packaged:
	@[ -n "$(DESTDIR)" ] || packaging/not-packaged.sh $(PACKAGE)

dkms-install: dkms-remove install-source install-config
	@touch $(DKMS_SRC)/installed-by-make
	@dkms add -m $(PACKAGE) -v $(VERSION)
	@dkms build -m $(PACKAGE) -v $(VERSION) -k $(KVER)
	@dkms install -m $(PACKAGE) -v $(VERSION) -k $(KVER)

# Of every version, or an older one would come back with the next kernel.
dkms-remove: remove-config
	@for dir in $(wildcard /var/lib/dkms/$(PACKAGE)/*/source); do \
		version=$$(basename $$(dirname $$dir)); \
		dkms remove -m $(PACKAGE) -v $$version --all || exit; done
	@rm -rf /usr/src/$(PACKAGE)-[0-9]*

# What dkms builds from. Nothing else that is in the directories: no products of an earlier make.
install-source:
	@mkdir -p $(DESTDIR)$(DKMS_SRC)
	@find dkms.conf Makefile Kbuild Kconfig common chardev blockdev netdev \
		$(addprefix packaging/,keep-symvers.sh not-packaged.sh) -type f \
		! -name '*.mod.c' ! -name compat_config.h \
		\( -name '*.[ch]' -o -name '*.sh' -o -name 'K*' -o -name Makefile -o -name dkms.conf \) | \
		tar -cf - --mode=u=rwX,go=rX -T - | tar -C $(DESTDIR)$(DKMS_SRC) --no-same-owner -xf -

install-config: not-packaged
	@install -D -m 644 packaging/modprobe.d/xdrv.conf $(DESTDIR)$(SYSCONFDIR)/modprobe.d/xdrv.conf
	@install -D -m 644 packaging/udev/60-xdrv.rules $(DESTDIR)$(SYSCONFDIR)/udev/rules.d/60-xdrv.rules
	@install -d $(COMMAND_DIR) $(LIBRARY_DIR)
	@sed 's/^VERSION=uninstalled.*/VERSION=$(VERSION)/' packaging/bin/xdrv >$(COMMAND_DIR)/xdrv
	@chmod 755 $(COMMAND_DIR)/xdrv
	@install -m 644 packaging/lib/xdrv/*.sh $(LIBRARY_DIR)
	@install -D -m 644 packaging/bash-completion/xdrv $(COMPLETION_DIR)/xdrv
	@for page in $(MAN_PAGES); do \
		install -D -m 644 docs/man/$$page $(MAN_DIR)/man$${page##*.}/$$page || exit; done
	@[ ! -d $(DESTDIR)$(INITRAMFS_TOOLS) ] || \
		install -D -m 755 packaging/initramfs/hook $(DESTDIR)$(INITRAMFS_TOOLS)/hooks/xdrv
	@[ ! -d $(DESTDIR)$(DRACUT_CONF) ] || \
		install -D -m 644 packaging/initramfs/dracut.conf $(DESTDIR)$(DRACUT_CONF)/xdrv.conf

remove-config: not-packaged
	@rm -f $(DESTDIR)$(INITRAMFS_TOOLS)/hooks/xdrv $(DESTDIR)$(DRACUT_CONF)/xdrv.conf
	@rm -f $(DESTDIR)$(SYSCONFDIR)/modprobe.d/xdrv.conf
	@rm -f $(DESTDIR)$(SYSCONFDIR)/udev/rules.d/60-xdrv.rules
	@rm -f $(COMMAND_DIR)/xdrv $(COMPLETION_DIR)/xdrv
	@rm -rf $(LIBRARY_DIR)
	@for page in $(MAN_PAGES); do rm -f $(MAN_DIR)/man$${page##*.}/$$page; done

# For those who make packages: all files of one, with DESTDIR. The package manager's hooks, or its
# scripts, tell dkms.
DOC ?= $(PACKAGE)
DOCDIR = $(DESTDIR)/usr/share/doc/$(DOC)
.PHONY: install-package install-dirs
install-package: SYSCONFDIR := /usr/lib
install-package: INITRAMFS_TOOLS := /usr/share/initramfs-tools
install-package: DRACUT_CONF := /usr/lib/dracut/dracut.conf.d
install-package: install-dirs install-source install-config
install-dirs:
	@mkdir -p $(DESTDIR)/usr/share/initramfs-tools $(DESTDIR)/usr/lib/dracut/dracut.conf.d
	@mkdir -p $(DOCDIR)
	@tar -cf - --mode=u=rwX,go=rX --exclude=man README.md docs | tar -C $(DOCDIR) --no-same-owner -xf -

## make install             modules_install and depmod, without dkms; DESTDIR is honoured
## make uninstall           undo that
.PHONY: install uninstall
MODULES_DIR := $(DESTDIR)/lib/modules/$(KVER)
install: modules install-config
	@$(kbuild) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates modules_install
	@depmod $(if $(DESTDIR),-b $(DESTDIR)) $(KVER)

uninstall: remove-config
	@find $(MODULES_DIR)/updates -name '*.ko*' 2>/dev/null | \
		grep -E '/(common/xdrv_common|chardev/xchar|chardev/xchar_gnss|blockdev/xbd|netdev/xnet)\.ko' | xargs -r rm -f
	@depmod $(if $(DESTDIR),-b $(DESTDIR)) $(KVER)

## make dist                a source tarball and its SBOM (SPDX), the same bytes for the same commit
## make deb                 a package for Debian and Ubuntu: out/deb
## make rpm                 a package for Fedora, openSUSE and their like: out/rpm
## make arch                a PKGBUILD for Arch Linux: out/arch
.PHONY: dist deb rpm arch
dist:
	@packaging/dist.sh
deb:
	@packaging/debian/build.sh
rpm:
	@packaging/rpm/build.sh
arch:
	@packaging/arch/build.sh

## make report              what a bug report needs
.PHONY: report
report:
	@packaging/bin/xdrv report

docs/%.svg: docs/%.dot
	@dot -Tsvg $< | sed '1a <!-- SPDX-License-Identifier: GPL-2.0-only -->' >$@
