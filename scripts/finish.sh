#!/usr/bin/env bash
# Makes of the built page in the staging folder what is published. Trunk runs this as a hook, once page and engine stand there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
use_wasm
if [ "${TRUNK_PROFILE:-release}" = release ]; then KEYGLASS_CHROME="$(find_chrome || true)" node "$ROOT/scripts/first.mjs"; fi
node "$ROOT/scripts/bundle.mjs"
node "$ROOT/scripts/offline.mjs"
