#!/usr/bin/env bash
# Builds the server half as the JavaScript module keyglass.js. Trunk runs this as a hook while it builds the page,
# and puts what it finds in the staging folder into dist. Alone: TRUNK_STAGING_DIR=folder scripts/build-engine.sh
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
use_wasm

out="${TRUNK_STAGING_DIR:?is not set: the folder to write keyglass.js to}"
bin=keyglass-engine

# A page that is rebuilt at every change wants a short build more than a quick engine.
if [ "${TRUNK_PROFILE:-release}" = release ]; then profile=engine; else profile=dev; fi
if [ "$profile" = dev ]; then folder=debug; else folder="$profile"; fi

cd "$ROOT"
cargo build --quiet --target wasm32-unknown-unknown --profile "$profile" --bin "$bin"
wasm="$CARGO_TARGET_DIR/wasm32-unknown-unknown/$folder/$bin.wasm"

flags=()
if [ "$profile" = dev ]; then flags+=(--debug --keep-debug); fi
wasm-bindgen --target web --out-name keyglass --out-dir "$out" ${flags[@]+"${flags[@]}"} "$wasm"

if [ "$profile" = engine ]; then
  # The names are those of the features that rustc turns on for this target by default.
  wasm-opt -O3 --enable-bulk-memory --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int \
    --enable-reference-types --enable-sign-ext "$out/keyglass_bg.wasm" -o "$out/keyglass_bg.wasm.opt"
  mv "$out/keyglass_bg.wasm.opt" "$out/keyglass_bg.wasm"
fi

cp "$ROOT/static/worker.js" "$out/worker.js"
