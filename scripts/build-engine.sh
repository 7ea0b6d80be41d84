#!/usr/bin/env bash
# Builds the server half as the JavaScript module keyglass.js, the Lua machine that it fetches when it needs one as
# keyglass-lua.js, and what reads lessons as keyglass-reader.js. Trunk runs this as a hook while it builds the page, and puts what it finds in the staging folder
# into dist. Alone: TRUNK_STAGING_DIR=folder scripts/build-engine.sh
# build-engine.sh bench: the engine's door alone, built in the same way, as bench.js, for `make bench`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
use_wasm

out="${TRUNK_STAGING_DIR:?is not set: the folder to write keyglass.js to}"

# A page that is rebuilt at every change wants a short build more than a quick engine.
if [ "${TRUNK_PROFILE:-release}" = release ]; then profile=engine; else profile=dev; fi
if [ "$profile" = dev ]; then folder=debug; else folder="$profile"; fi

bins=(--bin keyglass-engine --bin keyglass-lua --bin keyglass-reader)
if [ "${1:-}" = bench ]; then bins=(--features bench --bin keyglass-bench); fi

cd "$ROOT"
cargo build --quiet --target wasm32-unknown-unknown --profile "$profile" "${bins[@]}"

# module BIN NAME [-Oz]: makes the module NAME.js of a wasm, quick or else small, and copies it to the staging folder.
module() {
  local wasm="$CARGO_TARGET_DIR/wasm32-unknown-unknown/$folder/$1.wasm" made="$CARGO_TARGET_DIR/$2-module-$profile"
  # wasm-opt takes seconds: what it made is kept beside cargo's output while that stays the same.
  if ! [ "$made/done" -nt "$wasm" ] || ! [ "$made/done" -nt "$ROOT/scripts/build-engine.sh" ] || ! [ "$made/done" -nt "$ROOT/Cargo.toml" ]; then
    rm -rf "$made"
    local flags=()
    if [ "$profile" = dev ]; then flags+=(--debug --keep-debug); fi
    wasm-bindgen --target web --out-name "$2" --out-dir "$made" ${flags[@]+"${flags[@]}"} "$wasm"
    if [ "$profile" = engine ]; then
      # The features are those that rustc turns on for this target by default. A large function that is called in one place
      # stays one: browsers compile a function when it is first called, and brotli makes less of them, too.
      wasm-opt "${3:--O3}" --one-caller-inline-max-function-size=60 --enable-bulk-memory --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int \
        --enable-reference-types --enable-sign-ext "$made/$2_bg.wasm" -o "$made/$2_bg.opt.wasm"
      mv "$made/$2_bg.opt.wasm" "$made/$2_bg.wasm"
    fi
    touch "$made/done"
  fi
  cp "$made/$2.js" "$made/$2_bg.wasm" "$made"/*.d.ts "$out/"
}

if [ "${1:-}" = bench ]; then
  module keyglass-bench bench
  exit
fi
module keyglass-engine keyglass
module keyglass-lua keyglass-lua
module keyglass-reader keyglass-reader -Oz
cat "$ROOT/static/lua.js" >> "$out/keyglass-lua.js"
cat "$ROOT/static/module.js" >> "$out/keyglass.js"
cat >>"$out/keyglass.d.ts" <<'END'

/** Makes the module ready, in a browser or in Node, from the files beside it. Without `scripts`, Lua is left out. */
export function ready(options?: { scripts?: boolean }): Promise<void>;
END
cp "$ROOT/static/worker.js" "$out/"
