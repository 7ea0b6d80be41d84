// The engine in Chromium beside ioredis-mock, beside redis-server, and by itself as values grow.
import { writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { median, micros, millis, per } from "./table.mjs";
import * as work from "./workloads.js";

/** A function of bench/page.js, called in the page. */
export const inPage = (page) => (name, ...args) =>
  page.evaluate(async ([name, args]) => (await import("./page.js"))[name](...args), [name, args]);

const ratios = (rounds, of) => median(rounds.map(of));

export async function besideMock(table, page, { rounds, small }) {
  const call = inPage(page);
  await call("beside", small); // so that both are compiled
  const all = [];
  for (let round = 0; round < rounds; round++) all.push(await call("beside", small));
  table.group(`In Chromium, beside ioredis-mock, at ${small.toLocaleString("en-US")} members`, ["Keyglass", "ioredis-mock"]);
  all[0].forEach(({ name }, i) => {
    const of = (what) => median(all.map((rows) => rows[i][what]));
    const figure = ratios(all, (rows) => rows[i].theirs / rows[i].ours);
    table.row(name, micros(of("ours")), micros(of("theirs")), figure, { least: name.startsWith("Z") ? 300 : 3 });
  });
}

export async function besideRedis(table, page, redis, { rounds, size }) {
  const call = inPage(page);
  await call("open", false);
  await call("setUp", size);
  await redis.send(work.pieces(work.setup(size)));
  const workloads = work.doorWorkloads(size);
  const ours = new Map(workloads.map(({ name }) => [name, []]));
  const theirs = new Map(workloads.map(({ name }) => [name, []]));
  // The first round is not counted: the browser compiles the wasm anew while it runs.
  for (let round = 0; round <= rounds; round++) {
    for (const workload of workloads) {
      if (workload.subscribers) await Promise.all([call("subscribe", workload.subscribers), redis.subscribe(workload.subscribers)]);
      const here = await call("rate", workload, size, 7 + round);
      if (workload.before) await redis.send(work.pieces(work.before(workload.before, size)));
      const there = await redis.rate(workload);
      if (workload.subscribers) {
        await call("unsubscribe");
        redis.unsubscribe();
      }
      if (round === 0) continue;
      ours.get(workload.name).push(here);
      theirs.get(workload.name).push(there);
    }
  }
  table.group("In Chromium, through the door of bytes, beside redis-server with `redis-benchmark -P 100 -c 1`", ["Keyglass", "redis-server"]);
  const row = (label, a, b) => table.row(label, per(median(a)), per(median(b)), median(a.map((rate, i) => rate / b[i])), { least: 1.5 });
  // An entry that is read is then acknowledged: the two together, as one.
  const both = (of) => of.get("XREADGROUP").map((rate, i) => 1 / (1 / rate + 1 / of.get("XACK")[i]));
  for (const { name, label } of workloads) {
    if (name === "XREADGROUP") row("XREADGROUP + XACK, a pair", both(ours), both(theirs));
    else if (label) row(label, ours.get(name), theirs.get(name));
  }
}

const bytes = (n) => `${n.toFixed(1)} B`;

export async function large(table, page, redis, { rounds, size, native, folder }) {
  const call = inPage(page);
  table.group(`${size.toLocaleString("en-US")} members, and as many entries`, ["Keyglass", "beside"]);
  const key = { set: "bench:board", stream: "bench:events" };

  const file = `${folder}/members.resp`;
  const pieces = work.pieces(work.members(size, false));
  writeFileSync(file, Buffer.concat(pieces.flatMap((piece) => [Buffer.from(Uint32Array.of(piece.length).buffer), piece])));
  const builds = [];
  for (let round = 0; round < rounds; round++) {
    await redis.cli("DEL", key.set);
    const theirs = (await redis.script(work.luaMembers(false), key.set, size)) * 1000;
    // The memory of a wasm never shrinks: each round has a new one, which is also compiled anew.
    await page.reload();
    const ours = await call("build", size);
    const [plain] = JSON.parse(execFileSync(native, [file]));
    builds.push({ theirs, ...ours, native: plain });
  }
  const of = (what) => median(builds.map((build) => build[what]));
  table.row("Building them, beside a Lua loop in redis-server", millis(of("took")), millis(of("theirs")), ratios(builds, (b) => b.took / b.theirs), { most: 0.5 });
  table.row("The same build natively, beside wasm", millis(of("native")), `${millis(of("took"))} in wasm`, ratios(builds, (b) => b.took / b.native), { most: 1.6 });

  for (const long of [false, true]) {
    await redis.cli("DEL", key.set);
    await redis.script(work.luaMembers(long), key.set, size);
    const there = Number(await redis.cli("MEMORY", "USAGE", key.set, "SAMPLES", 0)) / size;
    await page.reload();
    const here = (await call("build", size, long)).bytes / size;
    const names = long ? "names of 19 bytes" : "names of up to 11 bytes";
    table.row(`Memory per member, ${names}, beside MEMORY USAGE there`, bytes(here), bytes(there), here / there, { most: 0.65 });
  }

  const growth = [];
  for (let round = 0; round < rounds; round++) {
    const rank = (range, seed) => call("each", ["ZREVRANK", "board", "user:@"], size / 5, range, seed);
    await call("build", 1000);
    await rank(1000, 2);
    const few = await rank(1000, 3);
    await call("build", size);
    const many = await rank(size, 4);
    growth.push({ few, many });
  }
  const cost = (list, what) => median(list.map((g) => g[what]));
  table.row("ZREVRANK, beside its cost at 1,000 members", micros(cost(growth, "many")), micros(cost(growth, "few")), ratios(growth, (g) => g.many / g.few), { most: 3 });

  const streams = [];
  for (let round = 0; round < rounds; round++) {
    await page.reload();
    streams.push(await call("buildStream", size));
  }
  await redis.cli("DEL", key.stream);
  await redis.script(work.LUA_ENTRIES, key.stream, size);
  const stream = Number(await redis.cli("MEMORY", "USAGE", key.stream, "SAMPLES", 0)) / size;
  await redis.cli("DEL", key.set, key.stream);
  const entry = median(streams.map((s) => s.bytes)) / size;
  table.row("Memory per entry of a stream, beside MEMORY USAGE there", bytes(entry), bytes(stream), entry / stream, { most: 0.8 });

  // Logarithmic: a hundred times as many cost as much but for a few levels more.
  const ranges = [];
  const [few, many] = [Math.max(size / 1000, 100), size / 10];
  for (let round = 0; round < rounds; round++) {
    const found = {};
    for (const [name, count] of [["few", few], ["many", many]]) {
      await call("pendingGroup", count);
      const xrange = ["XRANGE", "jobs", "#-1", "+", "COUNT", "1"];
      const xpending = ["XPENDING", "jobs", "workers", "#-1", "+", "1"];
      for (const seed of [1, 2]) {
        found[name] = {
          xrange: await call("each", xrange, size / 10, count, seed),
          xpending: await call("each", xpending, size / 10, count, seed),
        };
      }
    }
    ranges.push(found);
  }
  for (const [label, what] of [["XRANGE by ID", "xrange"], ["XPENDING by range", "xpending"]]) {
    const at = (name) => median(ranges.map((r) => r[name][what]));
    table.row(
      `${label} with ${many.toLocaleString("en-US")} pending, beside ${few.toLocaleString("en-US")}`,
      micros(at("many")),
      micros(at("few")),
      ratios(ranges, (r) => r.many[what] / r.few[what]),
      { most: 3 },
    );
  }

  const expiries = [];
  for (let round = 0; round < rounds; round++) {
    expiries.push({ alone: await call("expire", size / 10), observed: await call("expire", size / 10, true) });
  }
  const keys = (size / 10).toLocaleString("en-US");
  for (const [label, what] of [["", "alone"], [", while inspectors look", "observed"]]) {
    const took = median(expiries.map((e) => e[what]));
    table.row(`${keys} keys that expire in one tick${label}`, millis(took), "–", took, { most: 50, unit: "ms" });
  }
}
