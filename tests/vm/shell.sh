#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shell.sh: an interactive shell in the VM, package installed and modules loaded. KERNEL= selects; with
# GDB=1, for a kernel that is built here, the machine waits for a debugger to ask at any time.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/kernels.sh"

main()
{
	local kernel purposes=(vm)

	need_root vm-shell
	kernel=$(real_kernels "${KERNEL:-6.12}")
	! kernel_is_foreign "$kernel" || purposes+=("$kernel")
	export VM_OUT=$XDRV_TOP/out/shell/$kernel
	if [ -n "${GDB:-}" ]; then
		[[ " $XDRV_BUILT_KERNELS " = *" $kernel "* ]] ||
			die "only the kernels built here come with symbols for gdb: make vm-shell KERNEL=debug GDB=1"
		purposes+=(gdb)
		set -- --gdb "$@"
		export XDRV_MODULES=symbols
	fi
	"$XDRV_TOP/tests/deps.sh" "${purposes[@]}"
	exec "$XDRV_TOP/tests/vm/system.sh" "$kernel" "$XDRV_TOP/tests/vm/shell.py" "$@"
}

main "$@"
