#!/usr/bin/env bash
# lint.sh [fmt|native|wasm]…: formatting, clippy for native targets, clippy for wasm; all of them by default.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

lint_fmt() { cargo fmt --all --check; }
lint_native() { cargo clippy --quiet --all-targets --features client-tests,bench -- -D warnings; }
lint_wasm() (
  use_wasm
  # The release profile, whose macros and build scripts the page's build has compiled already or will use.
  cargo clippy --quiet --release --target wasm32-unknown-unknown --features bench --lib --bins -- -D warnings
)

if [ $# = 0 ]; then
  "$ROOT/scripts/setup.sh" lint
  set -- fmt native wasm
fi
for part in "$@"; do
  case "$part" in
    fmt | native | wasm) "lint_$part" ;;
    *) die "usage: scripts/lint.sh [fmt|native|wasm]…" ;;
  esac
done
