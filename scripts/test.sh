#!/usr/bin/env bash
# Runs all tests, going on past a part that fails. The last line counts what passed and what failed:
# each test that cargo or node reports is one, and so is each lint and build step.
# test.sh [fmt|clippy|clippy-wasm|native|clients|oracle|build|module|recipes|browser|bench]… runs some parts only.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

LOGS="$ROOT/target/test-logs"
PASSED=0
FAILED=0
TESTS=0
BROKEN=()
STARTED=$SECONDS

# part NAME COMMAND…: runs it with its output shown and kept; sets LOG and RC.
part() {
  local name="$1" began=$SECONDS
  shift
  LOG="$LOGS/$name.log"
  say "" "== $name"
  set +e
  # A subshell, so that a part's environment ends with it.
  ("$@") 2>&1 </dev/null | tee "$LOG"
  RC=${PIPESTATUS[0]}
  set -e
  if [ "$RC" = 0 ]; then say "-- $name: ok in $((SECONDS - began)) s"; else
    say "-- $name: FAILED after $((SECONDS - began)) s (log: $LOG)"
    BROKEN+=("$LOG")
  fi
}

# A part that is one check.
check() {
  part "$@"
  if [ "$RC" = 0 ]; then PASSED=$((PASSED + 1)); else FAILED=$((FAILED + 1)); fi
}

# A part whose log counts its tests. One that fails without a failed test (it did not compile, say) counts as one failed.
count() {
  local counter="$1" passed failed
  shift
  part "$@"
  read -r passed failed < <("$counter" "$LOG")
  if [ "$RC" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  if [ "$RC" = 0 ] && [ "$((passed + failed))" = 0 ]; then
    say "-- no test ran"
    failed=1
  fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
  TESTS=$((TESTS + passed + failed))
}

# cargo closes each test program with "test result: ok. 12 passed; 0 failed; …".
cargo_counts() {
  awk '/^test result: / { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i - 1); if ($i ~ /^failed/) f += $(i - 1) } }
    END { print p + 0, f + 0 }' "$1"
}

# scripts/clients.sh says "ok" or "not ok" of each client.
client_counts() {
  awk '/^ok / { p++ } /^not ok / { f++ } END { print p + 0, f + 0 }' "$1"
}

# node closes with "# pass 12" in TAP, "ℹ pass 12" in its own format.
node_counts() {
  awk '$2 == "pass" && NF == 3 { p = $3 } ($2 == "fail" || $2 == "cancelled") && NF == 3 { f += $3 } END { print p + 0, f + 0 }' "$1"
}

# Everything native but the comparison with a real server and the real clients, which are parts of their own.
native_tests() {
  local args=(--lib --bins) file name
  for file in tests/*.rs tests/*/main.rs; do
    [ -e "$file" ] || continue
    name="${file#tests/}"
    name="${name%/main.rs}"
    name="${name%.rs}"
    case "$name" in
      oracle | scripts | clients) ;;
      *) args+=(--test "$name") ;;
    esac
  done
  local rc=0
  cargo test --no-fail-fast --features server "${args[@]}" || rc=1
  cargo test --doc || rc=1
  return "$rc"
}

oracle_tests() {
  KEYGLASS_VALKEY="$(find_valkey)" || die "There is no real server to compare with. Run: scripts/setup.sh test"
  export KEYGLASS_VALKEY
  cargo test --no-fail-fast --test oracle --test scripts -- --nocapture
}

build_page() {
  "$ROOT/scripts/build.sh" && "$ROOT/scripts/size.sh"
}

browser_tests() {
  CHROME="$(find_chrome)" || die "There is no Chromium to test in. Run: scripts/setup.sh test"
  FIREFOX="$(find_firefox)" || die "There is no Firefox to test in. Run: scripts/setup.sh test"
  export CHROME FIREFOX
  cd tests/browser
  # One file at a time: with two cores, browsers side by side only make each other late.
  node --test --test-concurrency=1 --test-reporter=tap ./*.test.mjs
}

module_tests() {
  KEYGLASS_CLIENTS="$CLIENTS_DIR" node --test --test-reporter=tap tests/module/*.test.mjs
}

recipe_tests() {
  CHROME="$(find_chrome)" || die "There is no Chromium to test in. Run: scripts/setup.sh test"
  CHROME="$CHROME" KEYGLASS_RECIPES="$RECIPES_DIR" node --test --test-reporter=tap tests/recipes/*.test.mjs
}

run() {
  case "$1" in
    fmt) check fmt scripts/lint.sh fmt ;;
    clippy) check clippy scripts/lint.sh native ;;
    clippy-wasm) check clippy-wasm scripts/lint.sh wasm ;;
    native) count cargo_counts native native_tests ;;
    clients) count client_counts clients scripts/clients.sh ;;
    oracle) count cargo_counts oracle oracle_tests ;;
    build) check build build_page ;;
    module) count node_counts module module_tests ;;
    recipes) count node_counts recipes recipe_tests ;;
    browser) count node_counts browser browser_tests ;;
    bench) check bench env BENCH=short scripts/bench.sh ;;
    *) die "usage: scripts/test.sh [fmt|clippy|clippy-wasm|native|clients|oracle|build|module|recipes|browser|bench]…" ;;
  esac
}

mkdir -p "$LOGS"
whole=0
if [ $# = 0 ]; then
  whole=1
  set -- fmt clippy native clients oracle clippy-wasm build module recipes browser bench
fi

check setup scripts/setup.sh test
for name in "$@"; do run "$name"; done

# What failed is told again at the end, as it stands in a log of thousands of lines.
for LOG in ${BROKEN[@]+"${BROKEN[@]}"}; do
  say "" "== what failed, from $LOG"
  awk '/^ *not ok |^---- .* stdout ----$|^error|panicked at/ { left = 30 } left-- > 0' "$LOG"
done

say "" "All of it took $((SECONDS - STARTED)) s."
if [ "$whole" = 1 ] && [ "$TESTS" = 0 ]; then
  say "No test ran, which counts as a failure."
  FAILED=$((FAILED + 1))
fi
say "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
