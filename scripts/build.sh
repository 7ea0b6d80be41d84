#!/usr/bin/env bash
# Builds the release page and its engine into dist/, installing first what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
"$ROOT/scripts/setup.sh" build
use_wasm
cd "$ROOT"
began=$SECONDS
say "  building   the page and its engine (a first build takes some minutes)"
trunk build --release "$@"
say "  built      dist/ in $((SECONDS - began)) s"
