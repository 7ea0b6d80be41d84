#!/usr/bin/env bash
# Bytes of each file in dist, raw and compressed; fails when the page is over its budget.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
[ -e "$ROOT/dist/index.html" ] || die "dist/ is not built. Run: make build"
exec node "$ROOT/scripts/size.mjs" "$ROOT/dist"
