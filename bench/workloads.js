// What is measured, as RESP: shared by the harness and the page. `#` in a word stands for twelve random digits, as
// `__rand_int__` does for redis-benchmark, and `@` for a random number as it is written.

const encoder = new TextEncoder();
export const MEMBERS = 1_000_000;

/** Random numbers that are the same in every run (MINSTD: exact in doubles, and so in Lua too). */
export function random(seed = 42) {
  let x = seed;
  return (range) => {
    x = (x * 16_807) % 2_147_483_647;
    return x % range;
  };
}

export const digits = (n) => String(n).padStart(12, "0");

/** One command as its bytes. */
export function command(words) {
  return encoder.encode(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`);
}

/** `commands` (lists of ASCII words) as pieces of bytes with `pipeline` commands each. */
export function pieces(commands, pipeline = 100) {
  const out = [];
  let text = "";
  let n = 0;
  for (const words of commands) {
    text += `*${words.length}\r\n`;
    for (const word of words) text += `$${word.length}\r\n${word}\r\n`;
    if (++n % pipeline === 0) {
      out.push(encoder.encode(text));
      text = "";
    }
  }
  if (text !== "") out.push(encoder.encode(text));
  return out;
}

/** `count` commands made of a template. */
export function* filled(template, count, range, seed) {
  const next = random(seed);
  for (let n = 0; n < count; n++) yield template.map((word) => (word.includes("#") ? word.replace("#", digits(next(range))) : word.includes("@") ? word.replace("@", String(next(range))) : word));
}

/** The members of a large sorted set, with scores in no order; their names are `user:7`, or longer than 16 bytes. */
export function* members(count, long = true) {
  const next = random();
  for (let n = 0; n < count; n++) yield ["ZADD", "board", String(next(1_000_000)), long ? `player:${digits(n)}` : `user:${n}`];
}

/** The same, as a Lua loop for the server: ARGV[1] is how many. */
export const luaMembers = (long) => `local x = 42
for n = 0, tonumber(ARGV[1]) - 1 do
  x = (x * 16807) % 2147483647
  redis.call('ZADD', KEYS[1], x % 1000000, ${long ? "string.format('player:%012d', n)" : "'user:' .. n"})
end`;

export function* entries(count, key = "events") {
  for (let n = 0; n < count; n++) yield ["XADD", key, `${n + 1}-1`, "user", `u${n % 1000}`, "amount", String(n % 100)];
}

export const LUA_ENTRIES = `for n = 0, tonumber(ARGV[1]) - 1 do
  redis.call('XADD', KEYS[1], (n + 1) .. '-1', 'user', 'u' .. (n % 1000), 'amount', n % 100)
end`;

const value = "x".repeat(16);

/**
 * What goes through the door and to redis-benchmark. `before` is what must be there, for both, before a run; `count` is how
 * many commands a run has, `range` what the random digits are below; `after` what a run leaves that must go.
 */
export function doorWorkloads(size) {
  return [
    { name: "ZADD", label: `ZADD into ${size.toLocaleString("en-US")} members`, template: ["ZADD", "board", "#", "player:#"], count: size / 5, range: size },
    { name: "ZREVRANK", label: "ZREVRANK", template: ["ZREVRANK", "board", "player:#"], count: size / 4, range: size },
    { name: "ZREVRANGE", label: "ZREVRANGE 0 9 WITHSCORES", template: ["ZREVRANGE", "board", "0", "9", "WITHSCORES"], count: size / 5, range: size },
    { name: "XADD", label: "XADD MAXLEN ~", template: ["XADD", "log", "MAXLEN", "~", "10000", "*", "user", "u#", "amount", "12"], count: size / 4, range: size },
    {
      name: "XREADGROUP",
      template: ["XREADGROUP", "GROUP", "workers", "w1", "COUNT", "1", "STREAMS", "jobs", ">"],
      count: size / 5,
      range: size,
      before: "jobs",
    },
    { name: "XACK", template: ["XACK", "jobs", "workers", "#-1"], count: size / 5, range: size / 5 },
    { name: "PFADD", label: "PFADD", template: ["PFADD", "visitors", "user:#"], count: size / 4, range: size },
    {
      name: "SET",
      label: "SET NX PX",
      template: ["SET", "lock:#", "token", "NX", "PX", "30000"],
      count: size / 4,
      range: size,
      before: "locks",
    },
    { name: "GET", label: "GET", template: ["GET", "key:#"], count: size / 2, range: size / 10 },
    { name: "PUBLISH", label: "PUBLISH to 10 subscribers", template: ["PUBLISH", "news", value], count: size / 10, range: size, subscribers: 10 },
  ];
}

/** What is there before the workloads above. */
export function* setup(size) {
  yield* members(size);
  for (let n = 0; n < size / 10; n++) yield ["SET", `key:${digits(n)}`, value];
}

/** What makes a workload's run like the one before it. */
export function* before(what, size) {
  if (what === "jobs") {
    yield ["DEL", "jobs"];
    yield* entries(size / 5, "jobs");
    yield ["XGROUP", "CREATE", "jobs", "workers", "0"];
  }
  if (what === "locks") {
    // Without locks that are there, as each run needs as many refused as the others.
    for (let n = 0; n < size; n += 100) yield ["DEL", ...Array.from({ length: 100 }, (_, i) => `lock:${digits(n + i)}`)];
  }
}
