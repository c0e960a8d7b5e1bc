#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# docs.sh [BENCH_JSON]: docs/benchmarks.md and its plots from the last run, or from the results that
# are kept in docs/benchmarks when this checkout has made no run.
set -euo pipefail
. "$(dirname "$0")/../vm/common.sh"

cd "$XDRV_TOP"
KEPT=docs/benchmarks/bench.json
source=${1:-out/bench/bench.json}
tests/deps.sh bench
mkdir -p docs/benchmarks
[ ! -f "$source" ] || cp "$source" "$KEPT"
[ -f "$KEPT" ] || die "there are no results yet; please run: sudo make bench"
python3 -B tests/bench/docs.py "$KEPT" docs
echo docs/benchmarks.md
