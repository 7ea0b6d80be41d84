// What runs in the browser: the engine behind its door of bytes, and ioredis-mock.
import init, { Door } from "./bench.js";
import * as work from "./workloads.js";

const START = 1_700_000_000_000;
let wasm, door, heap = new Uint8Array(), numbers, others = [];
/** Where in the wasm's memory bytes are written that are sent, and for how many there is room. */
let at, room;
/** Where its numbers say where what was answered stands and, next to that, how many bytes it has. */
let answer;
/** The bytes that were answered last, until something is sent again. */
let reply = new Uint8Array(1024);

/** An engine of its own; `observed`: as the page runs it, with what inspectors show. */
export async function open(observed = false) {
  wasm ??= await init();
  door?.free();
  others = [];
  room = 0;
  door = new Door(START, observed);
  answer = door.answer() >> 2;
  door.connect(0);
}

export const memory = () => wasm.memory.buffer.byteLength;

const decoder = new TextDecoder();

/** The beginning of what was answered. */
function first(length) {
  const text = length === 0 ? "-nothing was answered" : decoder.decode(reply.subarray(0, Math.min(length, 200)));
  if (text.startsWith("-")) throw new Error(text);
  return text;
}

/** The memory of the wasm, as it is now: where it has grown, it is another. */
function bytes() {
  if (heap.length === 0) {
    heap = new Uint8Array(wasm.memory.buffer);
    numbers = new Uint32Array(wasm.memory.buffer);
  }
  return heap;
}

/** Sends bytes, and takes what they are answered into `reply`: how many bytes. Both are copied. */
function feed(conn, piece) {
  if (piece.length > room) {
    room = piece.length;
    at = door.room(room);
  }
  bytes().set(piece, at);
  door.feed(conn, piece.length);
  return copied();
}

function take(conn) {
  door.take(conn);
  return copied();
}

function copied() {
  const memory = bytes();
  const from = numbers[answer];
  const length = numbers[answer + 1];
  if (length > reply.length) reply = new Uint8Array(2 * length);
  // A few bytes are copied sooner one by one than by a call.
  if (length > 32) reply.set(memory.subarray(from, from + length));
  else for (let n = 0; n < length; n++) reply[n] = memory[from + n];
  return length;
}

/** Sends pieces and takes what they are answered; milliseconds. */
export function drive(pieces) {
  let count = 0;
  const began = performance.now();
  for (const piece of pieces) {
    const length = feed(0, piece);
    if (length === 0 || reply[0] === 45) first(length);
    count += length;
    for (const conn of others) count += take(conn);
  }
  const took = performance.now() - began;
  if (count === 0) throw new Error("nothing was answered");
  return took;
}

/** One command, and its reply's bytes as text. */
export function ask(...words) {
  return first(feed(0, work.command(words)));
}

export function subscribe(count) {
  for (let conn = 1; conn <= count; conn++) {
    door.connect(conn);
    feed(conn, work.command(["SUBSCRIBE", "news"]));
    others.push(conn);
  }
}

export function unsubscribe() {
  for (const conn of others) feed(conn, work.command(["UNSUBSCRIBE"]));
  others = [];
}

export const setUp = (size) => drive(work.pieces(work.setup(size)));

/** Commands a second of a workload. */
export function rate(workload, size, seed) {
  if (workload.before) drive(work.pieces(work.before(workload.before, size)));
  const pieces = work.pieces(work.filled(workload.template, workload.count, workload.range, seed));
  return workload.count / (drive(pieces) / 1000);
}

/** Builds the large set, and says how long that took and by how much the memory of the wasm grew. */
export async function build(size, long = false) {
  await open();
  const empty = memory();
  const took = drive(work.pieces(work.members(size, long)));
  return { took, bytes: memory() - empty };
}

export async function buildStream(size) {
  await open();
  const empty = memory();
  const took = drive(work.pieces(work.entries(size)));
  return { took, bytes: memory() - empty };
}

/** Microseconds that one of these commands takes, sent a hundred at a time. */
export function each(template, count, range, seed) {
  const pieces = work.pieces(work.filled(template, count, range, seed));
  return (drive(pieces) * 1000) / count;
}

export function send(commands) {
  drive(work.pieces(commands));
}

/** A stream with a group that has read `pending` of its entries and acknowledged none. */
export async function pendingGroup(pending) {
  await open();
  drive(work.pieces(work.entries(pending, "jobs")));
  ask("XGROUP", "CREATE", "jobs", "workers", "0");
  send(Array.from({ length: Math.ceil(pending / 100) }, (_, n) => ["XREADGROUP", "GROUP", "workers", `w${n % 10}`, "COUNT", "100", "STREAMS", "jobs", ">"]));
}

/** Milliseconds that the tick takes in which `count` keys expire; `observed`: as the page runs it. */
export async function expire(count, observed = false) {
  await open(observed);
  send(Array.from({ length: count }, (_, n) => ["SET", `session:${n}`, "x", "PX", "1000"]));
  const began = performance.now();
  door.advance(START + 1000);
  const took = performance.now() - began;
  if (ask("DBSIZE") !== ":0\r\n") throw new Error("keys are left");
  return took;
}

// ioredis-mock answers in promises; each command is awaited, as a program would. Through the door each goes alone, too.

const SMALL = [
  ["ZADD", (n) => ["ZADD", "board", String((n * 7_919) % 1_000_003), `player:${work.digits((n * 31) % 20_000)}`]],
  ["ZREVRANK", (n) => ["ZREVRANK", "board", `player:${work.digits((n * 31) % 20_000)}`]],
  ["ZREVRANGE 0 9", () => ["ZREVRANGE", "board", "0", "9"]],
  ["SET", (n) => ["SET", `key:${n % 1000}`, "value"]],
  ["INCR", () => ["INCR", "counter"]],
  ["XADD", (n) => ["XADD", "log", "*", "user", `u${n % 100}`]],
];

/** How long each command is sent to either, in milliseconds. */
const WHILE = 150;

let mock;

/** For each command: microseconds through the door, and with ioredis-mock. */
export async function beside(count) {
  if (!mock) {
    // Its build for browsers leaves out the files that its Lua would read, and asks for their modules all the same.
    globalThis.require = () => ({});
    const { default: Redis } = await import("./ioredis-mock.js");
    mock = new Redis();
    const flat = [];
    for (const [, key, score, member] of work.members(count)) flat.push(score, member);
    for (let n = 0; n < flat.length; n += 2000) await mock.zadd("board", ...flat.slice(n, n + 2000));
    await open();
    drive(work.pieces(work.members(count)));
  }
  const rows = [];
  for (const [name, words] of SMALL) {
    // As often as fits in a while, here and there, so that quick commands are measured as well as slow ones.
    const [method, ...rest] = [words(0)[0].toLowerCase()];
    let theirs = 0;
    let began = performance.now();
    while (performance.now() - began < WHILE || theirs < 3) {
      const [, ...args] = words(theirs++);
      await mock[method](...args, ...rest);
    }
    theirs = ((performance.now() - began) * 1000) / theirs;
    const commands = Array.from({ length: 10_000 }, (_, n) => work.command(words(n)));
    let [took, ours] = [0, 0];
    while (took < WHILE) {
      took += drive(commands);
      ours += commands.length;
    }
    rows.push({ name, theirs, ours: (took * 1000) / ours });
  }
  return rows;
}
