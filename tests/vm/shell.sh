#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shell.sh: an interactive shell in the VM, package installed and modules loaded. KERNEL= selects.
set -euo pipefail
. "$(dirname "$0")/common.sh"

need_root vm-shell
"$XDRV_TOP/tests/deps.sh" vm
VM_OUT=$XDRV_TOP/out/shell/${KERNEL:-6.12}
export VM_OUT
exec "$XDRV_TOP/tests/vm/system.sh" "${KERNEL:-6.12}" "$XDRV_TOP/tests/vm/shell.py" "$@"
