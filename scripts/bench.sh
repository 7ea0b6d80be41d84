#!/usr/bin/env bash
# Measures what docs/performance.md tells of, beside redis-server, ioredis-mock, an empty Yew page and native builds, and writes
# the table to target/bench/table.md. bench.sh [mock|redis|large|page|native]… measures some groups only; BENCH=short only checks that
# everything runs; BENCH=write also puts the table into docs/performance.md.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

OUT="$ROOT/target/bench"
groups=("$@")
if [ $# = 0 ]; then groups=(mock redis large page native); fi
wants() { [[ " ${groups[*]} " == *" $1 "* ]]; }

"$ROOT/scripts/setup.sh" bench

# To see that everything runs, what takes long to build is built without being made quick, and smaller values are measured.
profile=engine folder=engine
if [ "${BENCH:-}" = short ]; then
  profile=dev folder=debug
  export TRUNK_PROFILE=debug
fi

say "  building   what is measured"
mkdir -p "$OUT/site" "$OUT/empty"
TRUNK_STAGING_DIR="$OUT/site" "$ROOT/scripts/build-engine.sh" bench
cp bench/page.js bench/workloads.js "$OUT/site/"
cp "$MOCK_DIR/node_modules/ioredis-mock/browser.js" "$OUT/site/ioredis-mock.js"
cargo build --quiet --profile "$profile" --features bench --bin keyglass-bench

if wants page; then
  if [ "${BENCH:-}" != short ] || ! [ -e "$ROOT/dist/index.html" ]; then "$ROOT/scripts/build.sh"; fi
  (
    use_wasm
    cd bench/empty-page
    cargo build --quiet --release --target wasm32-unknown-unknown
    wasm-bindgen --target web --no-typescript --out-dir "$OUT/empty" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/empty-page.wasm"
    node "$ROOT/scripts/split.mjs" whole "$OUT/empty/empty-page_bg.wasm" "$OUT/empty/opt.wasm" -Oz
    mv "$OUT/empty/opt.wasm" "$OUT/empty/empty-page_bg.wasm"
    cp index.html "$OUT/empty/"
  )
fi

CHROME="$(find_chrome)" || die "There is no Chromium to measure in. Run: scripts/setup.sh bench"
export CHROME
export IOREDIS_MOCK_VERSION
export KEYGLASS_BENCH_NATIVE="$ROOT/target/$folder/keyglass-bench"
browser=()
for group in "${groups[@]}"; do if [ "$group" != native ]; then browser+=("$group"); fi; done
if [ ${#browser[@]} != 0 ]; then node bench/run.mjs "${browser[@]}"; fi

# Criterion compares each structure with how it was at the last run.
if wants native; then
  if [ "${BENCH:-}" = short ]; then
    cargo bench --quiet --profile "$profile" --bench structures -- --test
  else
    cargo bench --quiet --profile "$profile" --bench structures
  fi
fi

if [ "${BENCH:-}" = write ]; then node bench/write.mjs; fi
