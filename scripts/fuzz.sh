#!/usr/bin/env bash
# fuzz.sh [target]…: runs the fuzz targets of fuzz/, each for FUZZ_SECONDS. What they find that is new stays in
# target/fuzz; a crash ends it and names its file. With a nightly toolchain the address sanitizer is on;
# without one the same coverage is asked of the stable compiler, and overflow checks and assertions remain.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

SECONDS_EACH="${FUZZ_SECONDS:-600}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$ROOT/target}/fuzz"
HOST="$(rustc -vV | sed -n 's/^host: //p')"
FLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
  -Cllvm-args=-sanitizer-coverage-trace-compares"
TOOLCHAIN=()
if [ "${FUZZ_SANITIZER:-address}" = address ] && rustup run nightly rustc --version >/dev/null 2>&1; then
  TOOLCHAIN=(+nightly)
  FLAGS="$FLAGS -Zsanitizer=address"
fi
# With --target, build scripts and macros are built without these flags.
RUSTFLAGS="$FLAGS" cargo "${TOOLCHAIN[@]}" build --release --target "$HOST" --manifest-path fuzz/Cargo.toml
[ $# -gt 0 ] || set -- resp replies commands restore glob scripts links addresses files transcripts lessons embeds messages actors kept
[ "$SECONDS_EACH" = 0 ] && exit
for target in "$@"; do
  say "== $target, $SECONDS_EACH s"
  mkdir -p "$CARGO_TARGET_DIR/corpus/$target" "$CARGO_TARGET_DIR/crashes"
  "$CARGO_TARGET_DIR/$HOST/release/$target" -max_total_time="$SECONDS_EACH" -timeout=20 -rss_limit_mb=2048 -max_len=4096 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$CARGO_TARGET_DIR/crashes/$target-" \
    "$CARGO_TARGET_DIR/corpus/$target" "fuzz/corpus/$target"
done
