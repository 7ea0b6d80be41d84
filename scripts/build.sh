#!/usr/bin/env bash
# Builds the release page and its engine into dist/, installing first what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
"$ROOT/scripts/setup.sh" build
use_wasm
cd "$ROOT"
# Functions of the page half keep to themselves: the smaller they are, the less a first prompt needs, and the less a browser compiles for
# it. (The engine, which sets its own, would be a sixth slower.)
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS -C llvm-args=-inline-instr-cost=80"
began=$SECONDS
say "  building   the page and its engine (a first build takes some minutes)"
trunk build --release "$@"
say "  built      dist/ in $((SECONDS - began)) s"
