#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# inside.sh [options of host.py]: run by system.sh; compiles the measuring loops, statically so that
# they are the same on every system, then boots.
set -euo pipefail
. "$(dirname "$0")/../vm/common.sh"

compile()
{
	local name=$1

	gcc -O2 -Wall -static -o "$VM_ROOT/root/xdrv/out/bench/$name" "$XDRV_TOP/tests/bench/$name.c"
}

mkdir -p "$VM_ROOT/root/xdrv/out/bench"
for program in char net; do
	run_logged "$VM_OUT/compile.log" compile "$program"
done
PYTHONPATH=$XDRV_TOP/tests/vm exec python3 -B "$XDRV_TOP/tests/bench/host.py" "$@"
