#!/usr/bin/env bash
# Bytes of each file in dist, raw and compressed, and what each part of the wasm costs where twiggy is installed (`make size` sees
# to that); fails when the page is over its budget.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
[ -e "$ROOT/dist/index.html" ] || die "dist/ is not built. Run: make build"
if command -v twiggy >/dev/null; then
  # As cargo left them: what is in dist has no names any more.
  use_wasm
  built="$CARGO_TARGET_DIR/wasm32-unknown-unknown"
  wasm=()
  for file in "$built"/release/keyglass.wasm "$built"/engine/keyglass-{engine,lua}.wasm; do
    if [ -e "$file" ]; then wasm+=("$file"); fi
  done
  node "$ROOT/scripts/parts.mjs" twiggy ${wasm[@]+"${wasm[@]}"}
  say ""
fi
exec node "$ROOT/scripts/size.mjs" "$ROOT/dist"
