#!/usr/bin/env bash
# Real clients against the port: redis-cli, redis-benchmark, redis-py, ioredis, redis-rs. Each that works
# is a line "ok …"; one that does not ends in "not ok …" and a failure at the end.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

cargo build --features client-tests --bin keyglass-server --test clients || exit 1
SERVER="${CARGO_TARGET_DIR:-target}/debug/keyglass-server"
OUT="$(mktemp)"
"$SERVER" --port 0 >"$OUT" &
SERVER_PID=$!
trap 'kill "$SERVER_PID" 2>/dev/null; rm -f "$OUT"' EXIT
for _ in $(seq 100); do
  PORT="$(sed -n 's/^Listening on .*://p' "$OUT")"
  [ -n "$PORT" ] && break
  sleep 0.1
done
[ -n "$PORT" ] || die "the server did not start"

failed=0
# works NAME COMMAND…: a client that says "ok …" for itself, or is silent.
works() {
  local name="$1"
  shift
  if "$@"; then say "ok $name"; else
    say "not ok $name"
    failed=1
  fi
}

cli() { redis-cli -h 127.0.0.1 -p "$PORT" "$@"; }

cli_works() {
  [ "$(cli PING)" = PONG ] \
    && [ "$(cli SET cli:k 'a b')" = OK ] \
    && [ "$(cli GET cli:k)" = "a b" ] \
    && [ "$(cli -3 GET cli:none)" = "" ] \
    && [ "$(cli --no-auth-warning INCR cli:k)" = "ERR value is not an integer or out of range" ] \
    && [ "$(printf 'INCR cli:n\n%.0s' {1..50} | cli | tail -n 1)" = 50 ] \
    && [ "$(cli --scan --pattern 'cli:*' | sort | tr '\n' ' ')" = "cli:k cli:n " ] \
    && printf '*1\r\n$4\r\nPING\r\n' | cli --pipe | grep -q 'errors: 0, replies: 1'
}

benchmark_works() {
  local out
  out="$(redis-benchmark -h 127.0.0.1 -p "$PORT" -q -n 1000 "$@" \
    -t ping,set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,zadd,zpopmin,lrange,mset 2>&1)" || return 1
  ! grep -iq 'error' <<<"$out" && [ "$(tr '\r' '\n' <<<"$out" | grep -c 'requests per second')" -ge 19 ]
}

works redis-cli cli_works
works redis-benchmark benchmark_works
works "redis-benchmark -P 16 --threads 2" benchmark_works -P 16 --threads 2
works redis-py "$CLIENTS_DIR/venv/bin/python" tests/clients/redis_py.py "$PORT"
works ioredis env NODE_PATH="$CLIENTS_DIR/node_modules" node tests/clients/ioredis.cjs "$PORT"
works redis-rs cargo test --features client-tests --test clients
works "ending on SIGTERM" kill "$SERVER_PID"
exit "$failed"
