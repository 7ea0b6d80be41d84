#!/usr/bin/env bash
# Serves the page by Trunk, which rebuilds page and engine at every change and reloads the browser.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
node "$ROOT/scripts/serve.mjs" --check
"$ROOT/scripts/setup.sh" build
use_wasm
cd "$ROOT"
# A folder of its own: a release in dist/ stays what it is.
mkdir -p target/dev-dist
# Without what a page that changes all the time must not have: see scripts/offline.mjs.
export KEYGLASS_DEV=1
exec trunk serve --port "${PORT:-8080}" --dist target/dev-dist "$@"
