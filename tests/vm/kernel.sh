#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run by system.sh: all that check.sh does with one kernel. kernel.sh GLOB...
set -euo pipefail

"$(dirname "$0")/probes.sh"
exec "$(dirname "$0")/run.py" "$@"
