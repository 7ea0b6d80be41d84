// ioredis against the port: ioredis.cjs PORT (NODE_PATH names where it is installed)
const assert = require("node:assert/strict");
const { Redis } = require("ioredis");

async function main() {
  const options = { port: Number(process.argv[2]), host: "127.0.0.1", maxRetriesPerRequest: 1 };
  const r = new Redis(options);
  const other = new Redis(options);
  assert.equal(await r.flushall(), "OK");
  assert.equal(await r.ping(), "PONG");
  assert.equal(await r.set("k", "v", "EX", 100), "OK");
  assert.equal(await r.get("k"), "v");
  assert.equal(await r.get("none"), null);
  assert.equal(await r.incrby("n", 3), 3);
  assert.equal(await r.rpush("l", "a", "b"), 2);
  assert.deepEqual(await r.lrange("l", 0, -1), ["a", "b"]);
  assert.equal(await r.hset("h", { f: "1", g: "2" }), 2);
  assert.deepEqual(await r.hgetall("h"), { f: "1", g: "2" });
  assert.equal(await r.zadd("z", 1.5, "a"), 1);
  assert.deepEqual(await r.zrange("z", 0, -1, "WITHSCORES"), ["a", "1.5"]);
  await assert.rejects(r.incr("l"), /WRONGTYPE/);

  const pipe = r.pipeline();
  for (let i = 0; i < 500; i++) pipe.incr("m");
  const replies = await pipe.exec();
  assert.deepEqual(replies.map(([, n]) => n), Array.from({ length: 500 }, (_, i) => i + 1));

  const waiting = r.blpop("queue", 5);
  setTimeout(() => other.lpush("queue", "job"), 100);
  assert.deepEqual(await waiting, ["queue", "job"]);

  const heard = new Promise((resolve) => other.once("message", (...message) => resolve(message)));
  assert.equal(await other.subscribe("news"), 1);
  assert.equal(await r.publish("news", "hello"), 1);
  assert.deepEqual(await heard, ["news", "hello"]);

  const names = new Set();
  for await (const keys of r.scanStream({ count: 2 })) keys.forEach((key) => names.add(key));
  assert.ok(names.has("k") && names.has("m"));
  r.disconnect();
  other.disconnect();
  console.log("ok ioredis");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
