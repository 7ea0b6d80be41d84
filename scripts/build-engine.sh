#!/usr/bin/env bash
# Builds the server half as the JavaScript module keyglass.js, the Lua machine that it fetches when it needs one as
# keyglass-lua.js, and what reads lessons as keyglass-reader.js. Trunk runs this as a hook while it builds the page, and puts what it finds in the staging folder
# into dist.
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

# module BIN NAME [FLAG]: makes the module NAME.js of a wasm, by wasm-opt with this flag if there is one, and copies it to the
# staging folder.
module() {
  local bin="$1" name="$2"
  shift 2
  local wasm="$CARGO_TARGET_DIR/wasm32-unknown-unknown/$folder/$bin.wasm" made="$CARGO_TARGET_DIR/$name-module-$profile"
  # wasm-opt takes seconds: what it made is kept beside cargo's output while that stays the same.
  if ! [ "$made/done" -nt "$wasm" ] || ! [ "$made/done" -nt "$ROOT/scripts/build-engine.sh" ] || ! [ "$made/done" -nt "$ROOT/scripts/split.mjs" ] \
    || ! [ "$made/done" -nt "$ROOT/Cargo.toml" ]; then
    rm -rf "$made"
    local flags=(--no-demangle)
    if [ "$profile" = dev ]; then flags+=(--debug --keep-debug); fi
    wasm-bindgen --target web --out-name "$name" --out-dir "$made" "${flags[@]}" "$wasm"
    if [ "$profile" = engine ] && [ $# -gt 0 ]; then
      node "$ROOT/scripts/split.mjs" whole "$made/${name}_bg.wasm" "$made/${name}_bg.opt.wasm" "$@"
      mv "$made/${name}_bg.opt.wasm" "$made/${name}_bg.wasm"
    fi
    touch "$made/done"
  fi
  cp "$made/$name.js" "$made/${name}_bg.wasm" "$made"/*.d.ts "$out/"
}

if [ "${1:-}" = bench ]; then
  module keyglass-bench bench -O3
  exit
fi
# Parted from what its first prompt does not need, and made smaller, once the page is there: scripts/first.mjs.
module keyglass-engine keyglass
module keyglass-lua keyglass-lua -O3
module keyglass-reader keyglass-reader -Oz
# One file, which others import: what it imports from rest.js stands in it.
sed -E -e 's#^import \* as (import[0-9]+) from .*/rest\.js"#const \1 = { restNow };#' -e '/^import \{.*\/rest\.js/d' "$out/keyglass.js" > "$out/keyglass.whole.js"
mv "$out/keyglass.whole.js" "$out/keyglass.js"
cat "$ROOT/static/rest.js" >> "$out/keyglass.js"
cat "$ROOT/static/lua.js" >> "$out/keyglass-lua.js"
cat "$ROOT/static/module.js" >> "$out/keyglass.js"
cat >>"$out/keyglass.d.ts" <<'END'

/** Makes the module ready, in a browser or in Node, from the files beside it. Without `scripts`, Lua is left out. */
export function ready(options?: { scripts?: boolean }): Promise<void>;
END
cp "$ROOT/static/worker.js" "$out/"
