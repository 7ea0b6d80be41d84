// The server half as a module for others, in Node: its own calls, and client libraries that were written for a server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Duplex } from "node:stream";
import { pathToFileURL } from "node:url";
import { before, test } from "node:test";

const dist = pathToFileURL(`${process.env.KEYGLASS_DIST ?? new URL("../../dist", import.meta.url).pathname}/`);
const { Keyglass, ready } = await import(new URL("keyglass.js", dist));
// Where the client libraries lie.
const require = createRequire(`${process.env.KEYGLASS_CLIENTS}/`);
const Redis = require("ioredis");

before(() => ready());

const START = 1_700_000_000_000;
const held = () => new Keyglass({ seed: 7, start: START, clock: "held" });
const pairs = (map) => Object.fromEntries(map);

/** What a client library takes for a socket: its bytes go into a connection and come back from it. */
class Socket extends Duplex {
  constructor(connection) {
    super();
    this.connection = connection;
    connection.on("output", (bytes) => this.push(Buffer.from(bytes)));
    connection.on("close", () => this.push(null));
    this.on("close", () => connection.close());
    // The listener for it is set in the same turn.
    setImmediate(() => this.emit("connect"));
  }
  _read() {}
  _write(bytes, _, done) {
    // A socket answers later, when its client has noted what it asked.
    setImmediate(() => {
      if (this.connection.open) this.connection.feed(bytes);
      done();
    });
  }
  setNoDelay() { return this; }
  setKeepAlive() { return this; }
  setTimeout() { return this; }
  ref() { return this; }
  unref() { return this; }
}

/** An ioredis client of a server in memory. */
function ioredis(server, options = {}) {
  class Connector extends Redis.AbstractConnector {
    connect() {
      return Promise.resolve((this.stream = new Socket(server.connect())));
    }
  }
  return new Redis({ Connector, ...options });
}

test("a command's reply comes typed", async () => {
  const a = held().connect();
  assert.equal(await a.exec("SET name 'a b'"), "OK");
  assert.equal(await a.exec(["GET", "name"]), "a b");
  assert.equal(await a.exec("GET nothing"), null);
  assert.equal(await a.exec(["INCRBY", "n", 41]), 41);
  assert.equal(await a.exec(["SET", "n", 9223372036854775806n]), "OK");
  assert.equal(await a.exec("INCR n"), 9223372036854775807n);
  assert.equal(await a.exec("ZADD board 1.5 ann inf bob"), 2);
  assert.equal(await a.exec("ZSCORE board ann"), 1.5);
  assert.equal(await a.exec("ZSCORE board bob"), Infinity);
  assert.deepEqual(await a.exec("ZRANGE board 0 -1 WITHSCORES"), [["ann", 1.5], ["bob", Infinity]]);
  await a.exec("HSET h f v g w");
  const hash = await a.exec("HGETALL h");
  assert.ok(hash instanceof Map);
  assert.deepEqual(pairs(hash), { f: "v", g: "w" });
  await a.exec("SADD s 1 2");
  assert.deepEqual(await a.exec("SMEMBERS s"), new Set(["1", "2"]));
  assert.equal(await a.exec("EVAL 'redis.setresp(3) return true' 0"), true);
  await assert.rejects(a.exec("LPUSH name x"), { name: "ReplyError", code: "WRONGTYPE", message: /^WRONGTYPE Operation against a key/ });
  const raw = new Uint8Array([0, 255, 10]);
  await a.exec(["SET", "raw", raw]);
  assert.equal(await a.exec("STRLEN raw"), 3);
});

test("strings come as bytes where that is asked for", async () => {
  const a = held().connect({ bytes: true });
  const raw = new Uint8Array([0, 255, 10]);
  await a.exec(["SET", "raw", raw]);
  assert.deepEqual(await a.exec("GET raw"), raw);
});

test("what is no command is refused at once, and nothing is sent", async () => {
  const server = held();
  const a = server.connect();
  await assert.rejects(a.exec("SET k 'open"), TypeError);
  await assert.rejects(a.exec(""), TypeError);
  await assert.rejects(a.exec([]), TypeError);
  await assert.rejects(a.exec(["SET", "k", {}]), TypeError);
  await assert.rejects(a.exec(7), TypeError);
  assert.throws(() => new Keyglass({ sede: 1 }), /sede/);
  assert.throws(() => new Keyglass({ clock: "fast" }), /fast/);
  assert.throws(() => server.on("nothing", () => {}), /there is no event/);
  assert.throws(() => server.advance(-1), /0 or more/);
  assert.equal(await a.exec("DBSIZE"), 0);
});

test("time is held, and passes when it is told to", async () => {
  const server = held();
  const a = server.connect();
  await a.exec("SET lock token PX 30000");
  assert.equal(server.now, START);
  assert.equal(server.next, START + 30_000);
  server.advance(29_999);
  assert.equal(await a.exec("GET lock"), "token");
  server.advance(1);
  assert.equal(await a.exec("GET lock"), null);
  assert.equal(server.next, undefined);
  // The whole of it passed in no time here.
  assert.equal(server.now, START + 30_000);
});

test("who waits hears of it when somebody else acts, or when its time is over", async () => {
  const server = held();
  const [a, b] = [server.connect(), server.connect()];
  const popped = a.exec("BLPOP jobs 5");
  assert.equal(await b.exec("RPUSH jobs one"), 1);
  assert.deepEqual(await popped, ["jobs", "one"]);
  let answer = "waits";
  const late = a.exec("BLPOP jobs 5").then((reply) => (answer = reply));
  server.advance(4999);
  await b.exec("PING");
  assert.equal(answer, "waits");
  server.advance(1);
  assert.equal(await late, null);
  const never = a.exec("BLPOP jobs 0");
  a.close();
  await assert.rejects(never, { name: "ConnectionError" });
  assert.equal(a.open, false);
  await assert.rejects(a.exec("PING"), { name: "ConnectionError" });
});

test("with the wall's clock, waits end by themselves", async () => {
  const a = new Keyglass().connect();
  assert.ok(Math.abs((await a.exec("TIME"))[0] - Date.now() / 1000) < 5);
  const began = performance.now();
  assert.equal(await a.exec("BLPOP jobs 0.05"), null);
  assert.ok(performance.now() - began >= 45);
});

test("messages come beside replies", async () => {
  const server = held();
  const [a, b] = [server.connect(), server.connect()];
  const pushed = [];
  a.on("push", (push) => pushed.push(push));
  assert.deepEqual(await a.exec("SUBSCRIBE news sport"), [["subscribe", "news", 1], ["subscribe", "sport", 2]]);
  assert.equal(await b.exec("PUBLISH news hello"), 1);
  assert.equal(await a.exec("PING"), "PONG");
  assert.deepEqual(pushed, [["message", "news", "hello"]]);
  assert.deepEqual(await a.exec("UNSUBSCRIBE news sport"), [["unsubscribe", "news", 1], ["unsubscribe", "sport", 0]]);
  await b.exec("CLIENT TRACKING ON");
  await b.exec("GET k");
  const told = new Promise((done) => b.on("push", done));
  await a.exec("SET k 1");
  assert.deepEqual(await told, ["invalidate", ["k"]]);
});

test("transactions and the password", async () => {
  const server = held();
  const a = server.connect();
  assert.equal(await a.exec("MULTI"), "OK");
  assert.equal(await a.exec("INCR n"), "QUEUED");
  assert.equal(await a.exec("LPUSH n x"), "QUEUED");
  const [one, error] = await a.exec("EXEC");
  assert.equal(one, 1);
  assert.ok(error instanceof Error);
  assert.equal(error.code, "WRONGTYPE");
  await a.exec("CONFIG SET requirepass secret");
  const b = server.connect();
  await assert.rejects(b.exec("PING"), { code: "NOAUTH" });
  await b.exec("AUTH secret");
  await b.exec("HSET h f v");
  assert.deepEqual(pairs(await b.exec("HGETALL h")), { f: "v" });
});

test("events tell what happened, and who calls back is heard in order", async () => {
  const server = held();
  const [a, b] = [server.connect(), server.connect()];
  const events = [];
  const listener = (event) => {
    events.push(event);
    if (event.name === "member-added") b.exec("SET seen 1 PX 10");
  };
  server.on("event", listener);
  await a.exec("ZADD board 1 ann");
  server.advance(10);
  const found = events.find(({ name }) => name === "member-added");
  assert.deepEqual(found, { at: START, connection: a.id, db: 0, key: "board", name: "member-added" });
  assert.ok(events.some(({ key, connection, at }) => key === "seen" && connection === undefined && at === START + 10), JSON.stringify(events));
  server.off("event", listener);
  const before = events.length;
  await a.exec("ZADD board 2 ann");
  assert.equal(events.length, before);
});

test("a snapshot is all that the keys hold", async () => {
  const server = held();
  const a = server.connect();
  for (const line of ["SET s text PX 500", "RPUSH l 1 2", "SADD e x", "HSET h f v", "ZADD z 2 b 1 a", "XADD x 5-1 f v f w"]) await a.exec(line);
  await a.exec(["SET", "raw", new Uint8Array([255])]);
  server.advance(100);
  const { now, keys } = server.snapshot();
  assert.equal(now, START + 100);
  const key = (key, type, value, ttl) => ({ db: 0, key, type, ttl, value });
  assert.deepEqual(keys, [
    key("s", "string", "text", 400),
    key("l", "list", ["1", "2"]),
    key("e", "set", ["x"]),
    key("h", "hash", new Map([["f", "v"]])),
    key("z", "zset", new Map([["a", 1], ["b", 2]])),
    key("x", "stream", [["5-1", [["f", "v"], ["f", "w"]]]]),
    key("raw", "string", new Uint8Array([255])),
  ]);
});

test("bytes go in and come out, in any pieces", async () => {
  const a = held().connect();
  for (const byte of Buffer.from("*1\r\n$4\r\nPING\r\nINCR n\r\n")) a.feed(new Uint8Array([byte]));
  assert.equal(Buffer.from(a.take()).toString(), "+PONG\r\n:1\r\n");
  assert.equal(a.take().length, 0);
  await assert.rejects(a.exec("PING"), /exec or with feed/);
  a.feed(Buffer.from("QUIT\r\n"));
  assert.equal(a.open, false);
  assert.throws(() => a.feed(new Uint8Array([1])), /closed/);
});

test("the same seed and the same commands give the same replies", async () => {
  const run = async () => {
    const a = held().connect();
    await a.exec(["SADD", "s", ...Array(50).keys()]);
    return [await a.exec("SRANDMEMBER s 10"), await a.exec("SPOP s 5"), await a.exec("XADD x * f v")];
  };
  assert.deepEqual(await run(), await run());
});

test("ioredis: commands, pipelines, transactions, scripts", async () => {
  const server = new Keyglass();
  const client = ioredis(server);
  assert.equal(await client.set("k", "v"), "OK");
  assert.equal(await client.get("k"), "v");
  const many = client.pipeline();
  for (let n = 1; n <= 500; n++) many.incr("n");
  assert.deepEqual((await many.exec()).map(([error, n]) => [error, n]), Array.from({ length: 500 }, (_, n) => [null, n + 1]));
  assert.deepEqual(await client.multi().zadd("board", 10, "ann", 20, "bob").zrevrange("board", 0, -1, "WITHSCORES").exec(), [[null, 2], [null, ["bob", "20", "ann", "10"]]]);
  assert.equal(await client.eval("return redis.call('INCRBY', KEYS[1], ARGV[1])", 1, "n", 5), 505);
  client.defineCommand("release", { numberOfKeys: 1, lua: "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0" });
  await client.set("lock", "token", "PX", 30_000, "NX");
  assert.equal(await client.release("lock", "other"), 0);
  assert.equal(await client.release("lock", "token"), 1);
  const large = Buffer.alloc(1 << 20, 7);
  await client.set("large", large);
  assert.ok(large.equals(await client.getBuffer("large")));
  await assert.rejects(client.lpush("k", 1), /WRONGTYPE/);
  await client.quit();
});

test("ioredis: messages, waits and streams, as several clients", async () => {
  const server = new Keyglass();
  const [one, two] = [ioredis(server), ioredis(server)];
  const heard = new Promise((done) => one.on("message", (channel, message) => done([channel, message])));
  assert.equal(await one.subscribe("news"), 1);
  assert.equal(await two.publish("news", "hello"), 1);
  assert.deepEqual(await heard, ["news", "hello"]);
  await one.unsubscribe("news");
  const popped = one.blpop("jobs", 0);
  await two.rpush("jobs", "one");
  assert.deepEqual(await popped, ["jobs", "one"]);
  const read = one.xread("BLOCK", 0, "STREAMS", "events", "$");
  // Sent only once the other waits.
  while (!(await two.client("LIST")).includes("cmd=xread")) await new Promise(setImmediate);
  const id = await two.xadd("events", "*", "type", "signup");
  assert.deepEqual(await read, [["events", [[id, ["type", "signup"]]]]]);
  assert.equal(await one.blpop("jobs", 0.02), null);
  await Promise.all([one.quit(), two.quit()]);
});

test("ioredis: the types of RESP3", async () => {
  const client = ioredis(new Keyglass(), { protocol: 3 });
  const hello = await client.call("HELLO", "3");
  assert.ok(JSON.stringify([...(hello.entries?.() ?? Object.entries(hello))]).includes("proto"), JSON.stringify(hello));
  await client.hset("h", "f", "v");
  assert.deepEqual(await client.hgetall("h"), { f: "v" });
  await client.quit();
});

test("what the module declares is what it has", () => {
  const types = readFileSync(new URL("keyglass.d.ts", dist), "utf8");
  for (const name of ["export class Keyglass", "export class Connection", "export function ready", "interface KeyglassOptions", "Promise<Reply>"]) {
    assert.ok(types.includes(name), name);
  }
  for (const name of Object.getOwnPropertyNames(Keyglass.prototype)) {
    if (!name.startsWith("__") && name !== "constructor") assert.match(types, new RegExp(`\\b${name}\\b`));
  }
});
