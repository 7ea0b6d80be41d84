// What the gallery shows: every inspector and every view of the page, each made by what a learner would type and press.
import { inspector } from "./helpers.mjs";
import { lessonOf, work } from "./lessons.mjs";

const button = (scope, name, options = {}) => scope.getByRole("button", { name, exact: true, ...options });

async function side(page, key, ...names) {
  for (const name of names) await button(inspector(page, key), name).click();
}

/** Does what the steps before one do, and that one. */
async function lessonStep(page, step) {
  const lesson = lessonOf(page);
  await lesson.locator(".lesson-steps button").nth(step - 1).click();
  await button(lesson, "Do the steps before").click();
  await button(lesson, "Do the steps before").waitFor({ state: "detached" });
  await work(page, { solve: false });
  await lesson.locator(".lesson-plot svg").first().waitFor();
}

/**
 * Each scene: its name, the lines that make it ("A> PING"; a client's line that waits is not waited for where it
 * begins with "…"), what is pressed afterwards, and the `address` it is opened by. `part` is what a phone shows. `closed` keys are closed.
 */
export const SCENES = [
  { name: "first-visit", lines: [], example: true, part: "Consoles" },
  { name: "keys", lines: ["A> MSET user:1 a user:2 bb cart:1 ccc plain dddd", "A> HSET session:9 user 1 theme dark", "A> EXPIRE session:9 1800", "A> ZADD board 3 ann 5 bob", "A> RPUSH jobs a b"], part: "Keys", async press(page) {
    await button(page.locator(".keys"), "Group").click();
    await page.locator(".keys .keys-group").first().waitFor();
    await page.locator(".keys .skeleton").first().waitFor({ state: "detached" });
  } },
  { name: "empty", lines: [], part: "Inspect" },
  { name: "missing", lines: ["A> SET gone 1", "A> DEL gone", "B> …BLPOP gone 0"], part: "Inspect" },
  { name: "string-text", lines: ["A> SET greeting 'The quick brown fox jumps over the lazy dog. Ärger mit Umlauten, 東京, 🐢.'"] },
  { name: "string-number", lines: ["A> SET hits 41", "B> INCR hits", "B> INCRBYFLOAT price 2.5"] },
  { name: "string-json", lines: ["A> SET doc '{\"title\":\"Sorted sets\",\"tags\":[\"ranks\",\"scores\"],\"pages\":{\"from\":12,\"to\":31},\"draft\":null}'"] },
  { name: "bitmap", lines: ["A> SETBIT days 7 1", "A> SETBIT days 100 1", "B> BITFIELD days SET u8 16 200"], press: (page) => side(page, "days", "Bits") },
  { name: "list", lines: ["A> RPUSH queue mail resize invoice thumbnail", "B> LPUSH queue urgent", "C> RPOP queue"] },
  { name: "set-algebra", lines: ["A> SADD monday ann bob cy dee", "B> SADD tuesday bob cy eve fay gus"], key: "monday", async press(page) {
    await side(page, "monday", "With another set");
    await inspector(page, "monday").getByRole("combobox", { name: "The other set" }).selectOption("tuesday");
  } },
  { name: "hash", lines: ["A> HSET session:42 user ann theme dark token 9f3c51e1 cart 3", "A> HEXPIRE session:42 90 FIELDS 1 token", "B> HINCRBY session:42 cart 1"] },
  { name: "zset", lines: ["A> ZADD board 299 zoe 299 amy 312 bob 275 cy 275 dan 275 eve 120 fay", "B> ZINCRBY board 40 cy", "A> ZRANGE board 0 2"] },
  { name: "zset-how", lines: ["A> EVAL \"for i = 0, 19 do local a = {} for j = 1, 1000 do local n = i * 1000 + j a[#a + 1] = n * 7 % 5000 a[#a + 1] = 'user:' .. n end redis.call('ZADD', KEYS[1], unpack(a)) end\" 1 board", "B> ZREVRANK board user:4242"], press: (page) => side(page, "board", "How") },
  { name: "zset-range", lines: ["A> ZADD board 0 ann 25 bob 50 cy 75 dan 100 eve", "B> ZRANGEBYSCORE board 25 75"], press: (page) => side(page, "board", "Score range") },
  { name: "geo", lines: ["A> GEOADD sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.5113 38.0176 Trapani 14.2793 37.0672 Gela", "B> GEOSEARCH sicily FROMLONLAT 15 37 BYRADIUS 200 km ASC"], press: (page) => side(page, "sicily", "Map") },
  { name: "stream", lines: ["A> XGROUP CREATE jobs mailers $ MKSTREAM", "A> XADD jobs 1-0 to ann subject hello", "A> XADD jobs 2-0 to bob subject hello", "A> XADD jobs 3-0 to cy subject hello", "A> XADD jobs 4-0 to dan subject hello", "B> XREADGROUP GROUP mailers worker_1 COUNT 2 STREAMS jobs >", "C> XREADGROUP GROUP mailers worker_2 COUNT 1 STREAMS jobs >", "B> XACK jobs mailers 1-0", "A> .advance 40s", "A> XDEL jobs 2-0"] },
  { name: "stream-entry", lines: ["A> XGROUP CREATE jobs mailers $ MKSTREAM", "A> XADD jobs 1-0 to ann subject hello", "A> XADD jobs 2-0 to bob subject hello", "B> XREADGROUP GROUP mailers worker_1 COUNT 2 STREAMS jobs >", "A> .advance 40s", "C> XAUTOCLAIM jobs mailers worker_2 30000 0 COUNT 1", "C> XACK jobs mailers 1-0"], press: (page) => inspector(page, "jobs").getByRole("option").first().click() },
  { name: "pubsub", lines: ["B> SUBSCRIBE news:eu", "C> PSUBSCRIBE news:*", "A> XADD inbox 1-0 text hello", "A> PUBLISH news:eu hello", "A> PUBLISH news:us hi", "A> PUBLISH nobody anyone?"], press: (page) => page.locator(".keys").getByRole("button", { name: /^Channels|channels and/i }).first().click().catch(() => {}) },
  { name: "hll-element", lines: ["A> PFADD visitors ann bob cid dan eve fay gus hal ivy joe", "B> PFADD visitors zoe"], press: (page) => side(page, "visitors", "Element") },
  { name: "hll-registers", lines: [0, 1, 2, 3].map((n) => `A> PFADD visitors ${Array.from({ length: 1000 }, (_, i) => `u${n * 1000 + i}`).join(" ")}`) },
  { name: "hll-merge", lines: ["A> PFADD monday a b c d", "B> PFADD tuesday c d e f g"], key: "monday", async press(page) {
    await side(page, "monday", "Merge");
    await inspector(page, "monday").getByRole("combobox", { name: "Merge with" }).selectOption({ label: "tuesday" });
  } },
  { name: "lock", lines: ["A> .pause", "A> SET lock:report 9f3c51e1 NX PX 30000", "B> SET lock:report 77aa0c02 NX PX 30000", "C> DELEX lock:report IFEQ 1234", "A> .advance 12s"] },
  { name: "lock-accident", lines: ["A> .pause", "A> SET lock:report 9f3c51e1 NX PX 20000", "B> SET lock:report 77aa0c02 NX PX 20000", "A> .advance 21s", "B> SET lock:report 77aa0c02 NX PX 20000", "A> .advance 4s", "A> DEL lock:report", "A> .advance 2s"] },
  { name: "profiler", lines: ["A> SET user:1 ann", "B> GET user:1", "B> KEYS user:*", "C> ZADD board 1 ann 2 bob 3 cy", "C> ZRANGE board 0 -1"], key: null, press: (page) => page.locator(`.keys button[title^="Profiler:"]`).click() },
  { name: "script", lines: ["A> SET k 1"], key: null, press: (page) => page.locator(`.keys button[title^="Lua script"]`).click() },
  { name: "transaction-and-why", part: "Consoles", lines: ["A> WATCH stock", "B> SET stock 1", "A> MULTI", "A> DECR stock", "A> EXEC", "B> INCR board", "A> GET nothing", "B> LPUSH stock x", "C> SUBSCRIBE news"] },
  { name: "past", lines: ["A> SET k one", "A> SET k two", "A> .undo"], part: "Consoles" },
  { name: "history", lines: ["A> ZADD board 1 ann 2 bob", "A> .name two players", "A> ZADD board 3 cid"], key: null, part: "Consoles", press: (page) => page.getByRole("contentinfo", { name: "Timeline" }).getByRole("button", { name: "History", exact: true }).click() },
  { name: "clients", lines: ["A> PING"], part: "Consoles", async press(page) {
    for (let more = 0; more < 13; more++) await button(page, "Add client").click();
    await page.getByRole("button", { name: "What to do with client A" }).click();
  } },
  { name: "actors", lines: ["A> PING"], part: "Consoles", key: null, async press(page) {
    const actors = page.getByRole("region", { name: "Actors", exact: true });
    await button(actors, "Write").click();
  } },
  { name: "share", lines: ["A> ZADD board 3 ann"], part: "Consoles", press: (page) => button(page, "Share").click() },
  { name: "help", lines: ["A> ZADD board 3 ann"], part: "Consoles", press: (page) => page.keyboard.press("F1") },
  { name: "lesson", address: "#lesson=locks", lines: [], part: "Lesson", example: true, press: (page) => work(page) },
  { name: "lesson-plot", address: "#lesson=limits", lines: [], part: "Lesson", example: true, press: (page) => lessonStep(page, 6) },
  { name: "lessons", lines: ["A> ZADD board 3 ann"], part: "Consoles", press: (page) => button(page, "Lessons").click() },
  { name: "offered", address: "#cmd=ZADD board 10 ann;ZREVRANGE board 0 -1&title=Two players", lines: [], part: "Consoles", example: true },
];
