#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run by system.sh: all that check.sh does with one kernel. kernel.sh GLOB... What is no test in a VM
# is left out when some tests are asked for, and done by the first part where they are divided.
# Probes are compared where the compiler in the system runs here. CHECK_BENCH is the kernel on which the
# benchmark is tried, too. What modules that count their lines have counted is kept for coverage.
set -euo pipefail

main()
{
	local status=0

	[ "$* ${XDRV_PART%/*} $VM_MACHINE" != "*/* 1 $(uname -m)" ] || "$(dirname "$0")/probes.sh"
	"$(dirname "$0")/run.py" "$@" || status=$?
	[ "${CHECK_BENCH:-} ${XDRV_PART%/*}" != "$VM_KERNEL 1" ] || "$(dirname "$0")/../bench/smoke.sh" || status=$?
	[ "${XDRV_MODULES:-}" != gcov ] || "$(dirname "$0")/../coverage/collect.sh"
	return $status
}

main "$@"
