// Keyglass in other pages: as <key-glass>, and as a plain frame. The pages around it are served from another port of
// loopback, which is another origin.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch, startServer } from "./helpers.mjs";
import { work } from "./lessons.mjs";

let browser, keyglass, host;
/** The page that the host serves next, and the headers it has. */
let body = "";
let headers = {};

before(async () => {
  browser = await launch();
  keyglass = await startServer({ base: "/some/folder/" });
  const server = createServer((request, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  host = {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => (server.close(), server.closeAllConnections()),
  };
});
after(async () => {
  await browser?.close();
  await keyglass?.close();
  host?.close();
});

const BOARD = `<pre>
&gt; ZADD board 120 ann 150 bob
(integer) 2
&gt; ZINCRBY board 40 ann
"160"
</pre>`;
const embed = (attributes, inside = BOARD) => `<key-glass ${attributes}>${inside}</key-glass>`;

/** A page of the host's with an embed script, opened; what it says and asks for is watched. */
async function open(t, inside, { script = true, theme = "light", width = 900, height = 700, csp = "", allowed = [], within = browser } = {}) {
  body = `<!doctype html><html lang="en"><title>A course</title>${script ? `<script src="${keyglass.url}embed.js" async></script>` : ""}<body>${inside}</body></html>`;
  headers = csp ? { "Content-Security-Policy": csp } : {};
  const context = await within.newContext({ viewport: { width, height }, colorScheme: theme });
  const page = await context.newPage();
  const faults = [];
  const requests = [];
  context.on("request", (request) => requests.push(request.url()));
  context.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
  context.on("weberror", (error) => faults.push(String(error.error().stack)));
  await page.addInitScript(() => {
    window.heard = [];
    window.messages = [];
    for (const type of ["ready", "result", "change", "check", "error"]) {
      addEventListener(type, (event) => event.target.localName === "key-glass" && heard.push({ type, id: event.target.id, ...event.detail }));
    }
    addEventListener("message", (event) => messages.push({ origin: event.origin, ...event.data }));
  });
  await page.goto(`${host.origin}/`);
  if (script) await page.waitForFunction(() => customElements.get("key-glass"));
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults.filter((fault) => !allowed.some((pattern) => pattern.test(fault))), []);
  });
  return { page, context, requests, faults };
}

/** The frame of the embed with an id. */
async function frameOf(page, id) {
  const frame = await page.waitForSelector(id ? `#${id} > iframe, iframe#${id}` : "iframe", { state: "attached" });
  return frame.contentFrame();
}

const call = (page, id, method, ...args) => page.evaluate(([id, method, args]) => document.getElementById(id)[method](...args), [id, method, args]);
const heard = (page, type) => page.evaluate((type) => heard.filter((event) => event.type === type), type);
const until = (page, type, ok = "true") => page.waitForFunction(`heard.some((event) => event.type === ${JSON.stringify(type)} && (${ok}))`);
const fragment = (text, more = "") => `#text=${encodeURIComponent(text)}${more}`;
const log = async (page, id) => (await frameOf(page, id)).locator(".log").first().innerText();

test("the author's text is there at once, and nothing loads before somebody clicks", async (t) => {
  const { page, requests } = await open(t, embed('id="k" view="board"'));
  const static_ = page.locator("#k pre").last();
  assert.match(await page.evaluate(() => document.querySelector("#k").shadowRoot.querySelector("pre").textContent), /^> ZADD board 120 ann 150 bob\n\(integer\) 2\n> ZINCRBY board 40 ann\n"160"$/);
  assert.ok(await static_.isVisible());
  assert.deepEqual(requests.filter((url) => url.startsWith(keyglass.url)), [`${keyglass.url}embed.js`]);
  assert.equal(await page.locator("iframe").count(), 0);
  await page.getByRole("button", { name: "Run all" }).click();
  await until(page, "result", "event.line.startsWith('ZINCRBY')");
  const frame = await frameOf(page, "k");
  await frame.locator(".rank[data-member=ann][data-rank='0']").waitFor();
  assert.equal(await log(page, "k"), '> ZADD board 120 ann 150 bob\n(integer) 2\n> ZINCRBY board 40 ann\n"160"');
});

test("a lesson is read and worked through in another page", async (t) => {
  const { page, requests } = await open(t, embed('id="k" lesson="locks"', "<pre>\nA lesson on locks\n</pre>"));
  assert.deepEqual(requests.filter((url) => url.startsWith(keyglass.url)), [`${keyglass.url}embed.js`]);
  assert.equal(await page.getByRole("button", { name: "Step", exact: true }).count(), 0);
  const [told, wide] = await page.evaluate(() => {
    const { shadowRoot, offsetWidth } = document.getElementById("k");
    const pre = shadowRoot.querySelector("pre");
    return [pre.textContent, pre.offsetWidth >= offsetWidth - 2];
  });
  assert.deepEqual([told, wide], ["A lesson on locks", true], "no command, and on the whole width");
  await page.getByRole("button", { name: "Open the lesson" }).click();
  const frame = await frameOf(page, "k");
  const lesson = frame.getByRole("region", { name: "Lesson", exact: true });
  await lesson.getByRole("heading", { name: "Locks", level: 2 }).waitFor();
  assert.ok((await page.locator("#k").evaluate((element) => element.offsetHeight)) >= 600);
  await work(frame);
  await frame.locator(".lesson-steps .ticked").first().waitFor();
  await frame.locator(".embed-side .card").first().waitFor();
  // Nothing is wider than its place, on a narrow page too.
  for (const width of [900, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(200);
    assert.deepEqual(await frame.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  }
  await call(page, "k", "reset");
  await frame.waitForFunction(() => document.querySelector(".lesson") && !document.querySelector(".log").innerText.includes("SET"));
});

test("the author's output stays until it is run, step by step", async (t) => {
  const { page } = await open(t, embed('id="k"', "<pre>\nA> SET k 1\nnot what it says\nB> GET k\nnor this\n</pre>"));
  await call(page, "k", "step");
  const frame = await frameOf(page, "k");
  await frame.getByText("OK", { exact: true }).waitFor();
  assert.equal(await frame.getByText("not what it says").count(), 0);
  assert.ok(await frame.getByText("nor this").isVisible());
  const second = await call(page, "k", "step");
  assert.deepEqual(second, [{ client: "B", line: "GET k", reply: '"1"' }]);
  await frame.getByText("nor this").waitFor({ state: "detached" });
});

test("every method answers, and every event comes", async (t) => {
  const { page } = await open(t, embed('id="k" view="board" clients="A,C" check="ZREVRANK board ann = 0" goal="ann is first"'));
  assert.equal(await page.evaluate(() => document.getElementById("k").shareUrl), null);
  const ran = await call(page, "k", "run");
  assert.deepEqual(ran.map((one) => one.reply), ["(integer) 2", '"160"']);
  assert.equal(await call(page, "k", "exec", "ZSCORE board ann", "C"), '"160"');
  await until(page, "check", "event.passed");
  await until(page, "change", "event.shareUrl");
  const frame = await frameOf(page, "k");
  await frame.getByText("ann is first").waitFor();
  const state = await call(page, "k", "state");
  assert.deepEqual([state.done, state.commands, state.keys, state.passed], [2, 2, ["board"], true]);
  assert.match(state.clients.find((one) => one.client === "C").transcript, /C> ZSCORE board ann\n"160"/);
  const results = await heard(page, "result");
  assert.deepEqual(results.map((one) => `${one.client} ${one.line.split(" ")[0]}`), ["A ZADD", "A ZINCRBY", "C ZSCORE"]);
  await assert.rejects(call(page, "k", "exec", "PING", "F"), /no such client/);
  await assert.rejects(call(page, "k", "exec", "PING\nPING"), /only one/);

  // What it leads to opens as the session it is.
  const url = await page.evaluate(() => document.getElementById("k").shareUrl);
  assert.ok(url.startsWith(`${keyglass.url}#v1.`));
  assert.equal(await frame.getByRole("link", { name: "Open in Keyglass" }).getAttribute("href"), url);

  await call(page, "k", "reset");
  assert.equal(await call(page, "k", "exec", "EXISTS board"), "(integer) 0");
  assert.ok(await frame.getByText("(integer) 2", { exact: true }).isVisible(), "the author's output is back");
  assert.deepEqual(await heard(page, "error"), []);
});

test("setup runs unseen, readonly takes no line, autorun runs, and a height is kept", async (t) => {
  const { page } = await open(
    t,
    `<template id="before">SET k 41</template>${embed('id="k" setup="before" readonly autorun loading="eager" height="300"', "<pre>INCR k</pre>")}`,
  );
  await until(page, "result");
  assert.deepEqual((await heard(page, "result")).map((one) => [one.line, one.reply]), [["INCR k", "(integer) 42"]]);
  const frame = await frameOf(page, "k");
  assert.equal(await frame.getByRole("textbox").count(), 0);
  assert.equal(await frame.getByText("SET k 41").count(), 0);
  assert.equal(await page.evaluate(() => document.querySelector("iframe").offsetHeight), 300);
  await page.evaluate(() => document.getElementById("k").setAttribute("height", "340"));
  assert.equal(await page.evaluate(() => document.querySelector("iframe").offsetHeight), 340);
});

test("src may be a link to a session, to which the attributes are added", async (t) => {
  const { page } = await open(t, `${embed('id="one"')}`);
  await call(page, "one", "run");
  const link = await page.evaluate(() => document.getElementById("one").shareUrl);
  const { page: other } = await open(t, embed(`id="two" src="${link}" check="ZCARD board = 2"`, "<pre>what it shows before</pre>"));
  assert.equal((await call(other, "two", "run")).length, 2);
  await until(other, "check", "event.passed");
});

test("it loads when it comes into view, if that is wanted", async (t) => {
  const { page } = await open(t, `<div style="height: 3000px"></div>${embed('id="k" loading="lazy"')}`);
  await page.waitForTimeout(200); // nothing is to happen in it
  assert.equal(await page.locator("iframe").count(), 0);
  await page.evaluate(() => scrollTo(0, 2800));
  await until(page, "ready");
});

test("no embed takes the focus or moves the page", async (t) => {
  const { page } = await open(
    t,
    `<input id="mine" autofocus>${embed('id="a" loading="eager" autorun view="board"')}<div style="height: 2000px"></div>${embed('id="b" loading="eager" autorun')}`,
  );
  await page.focus("#mine");
  await page.evaluate(() => scrollTo(0, 40));
  for (const id of ["a", "b"]) await until(page, "result", `event.id === "${id}" && event.line.startsWith("ZINCRBY")`);
  await call(page, "b", "exec", "LPUSH more a b c d e f");
  await call(page, "b", "reset");
  await call(page, "b", "run");
  assert.equal(await page.evaluate(() => document.activeElement.id), "mine");
  assert.equal(await page.evaluate(() => scrollY), 40);
});

test("who clicks into the prompt or presses a key types on in the frame", async (t) => {
  const { page } = await open(t, embed('id="k"'));
  await page.getByRole("button", { name: /type a command/ }).click();
  const frame = await frameOf(page, "k");
  await frame.waitForFunction(() => document.activeElement?.matches(".entry input"));
  await page.keyboard.type("PING");
  await page.keyboard.press("Enter");
  await until(page, "result", "event.reply === 'PONG'");
});

test("elements share a session, each with its client, and one runs after another", async (t) => {
  const { page } = await open(
    t,
    embed('id="one" session="s"', "<pre>SET k from-one</pre>") +
      embed('id="two" session="s" after="one"', "<pre>GET k</pre>") +
      embed('id="three" session="s" clients="C" view="k"', "<pre>APPEND k !</pre>"),
  );
  const two = await call(page, "two", "run");
  assert.deepEqual(two, [{ client: "B", line: "GET k", reply: '"from-one"' }]);
  assert.deepEqual((await heard(page, "result")).map((one) => [one.id, one.client]), [["one", "A"], ["two", "B"]]);
  assert.deepEqual(await call(page, "three", "run"), [{ client: "C", line: "APPEND k !", reply: "(integer) 9" }]);
  assert.equal(await call(page, "one", "exec", "GET k"), '"from-one!"');
  // The link of each holds what all did.
  await until(page, "change", "event.id === 'three' && event.shareUrl");
  const frame = await frameOf(page, "three");
  await frame.getByText("from-one!").first().waitFor();
  // To begin anew is for all.
  await call(page, "one", "reset");
  await page.waitForFunction(() => heard.filter((event) => event.type === "ready").length >= 5);
  assert.equal(await call(page, "three", "exec", "EXISTS k"), "(integer) 0");
  assert.deepEqual(await heard(page, "error"), []);
});

test("where the first part of a page goes, the others go on", async (t) => {
  const { page } = await open(t, embed('id="one"') + embed('id="two"'));
  await call(page, "one", "run");
  await call(page, "two", "run");
  await page.evaluate(() => document.getElementById("one").remove());
  assert.equal(await call(page, "two", "exec", "ZSCORE board ann"), '"160"');
});

test("a plain frame says how high it wants to be and takes no commands", async (t) => {
  const { page } = await open(t, `<iframe id="f" width="700" height="260" src="${keyglass.url}?embed=1${fragment("> SET k 1\nOK", "&view=k").replaceAll('"', "&quot;")}"></iframe>`, { script: false });
  const frame = await frameOf(page, "f");
  await frame.getByRole("button", { name: "Run all" }).click();
  await frame.locator("section[data-key=k]").waitFor();
  await page.waitForFunction(() => messages.some((message) => message.type === "resize"));
  const before = await page.evaluate(() => messages.at(-1).height);
  await page.evaluate(() => document.getElementById("f").contentWindow.postMessage({ keyglass: 1, id: 1, type: "exec", line: "FLUSHALL" }, "*"));
  const input = frame.getByRole("textbox", { name: "Command for client A" });
  await input.fill("20 ECHO again");
  await input.press("Enter");
  await frame.getByText('"again"').nth(19).waitFor();
  await input.fill("EXISTS k");
  await input.press("Enter");
  await frame.getByText("(integer) 1", { exact: true }).waitFor();
  // More lines than an inspector is high.
  await input.fill(`RPUSH list ${Array.from({ length: 20 }, (_, n) => n).join(" ")}`);
  await input.press("Enter");
  await input.fill("LRANGE list 0 -1");
  await input.press("Enter");
  await page.waitForFunction((before) => messages.at(-1).height > before, before);
  assert.deepEqual(await page.evaluate(() => [...new Set(messages.map((message) => Object.keys(message).sort().join()))]), ["height,keyglass,origin,type"]);
});

test("a frame listens to the page that its address names, and to nobody else", async (t) => {
  const control = (origin) => `${keyglass.url}?embed=1&control=1&origin=${encodeURIComponent(origin)}${fragment("PING")}`;
  const { page } = await open(
    t,
    `<iframe id="yes" src="${control(host.origin)}"></iframe><iframe id="no" src="${control("http://127.0.0.1:1")}"></iframe><iframe id="bad" src="${control("javascript:1")}"></iframe>`,
    { script: false, allowed: [/target origin provided.*does not match/] },
  );
  for (const id of ["yes", "no", "bad"]) {
    const frame = await frameOf(page, id);
    await frame.waitForFunction(() => document.querySelector(".embed-acts button:not(:disabled)"));
  }
  await page.waitForFunction(() => messages.some((message) => message.type === "ready"));
  const ask = (id, message) => page.evaluate(([id, message]) => document.getElementById(id).contentWindow.postMessage(message, "*"), [id, message]);
  for (const id of ["no", "bad", "yes"]) await ask(id, { keyglass: 1, id, type: "exec", line: `SET ${id} 1` });
  await page.waitForFunction(() => messages.some((message) => message.id === "yes"));
  // Another frame of the page is not the page.
  const sibling = await frameOf(page, "no");
  await sibling.evaluate(() => parent.frames[0].postMessage({ keyglass: 1, id: "sibling", type: "exec", line: "SET sibling 1" }, "*"));
  // What the browser does with it is over when the next question is answered.
  await ask("yes", { keyglass: 1, id: "last", type: "exec", line: "KEYS *" });
  await page.waitForFunction(() => messages.some((message) => message.id === "last"));
  const answers = await page.evaluate(() => messages.filter((message) => message.id !== undefined));
  assert.deepEqual(answers.map((one) => one.id), ["yes", "last"]);
  assert.equal(answers[1].reply, '1) "yes"');
  for (const id of ["no", "bad"]) {
    const frame = await frameOf(page, id);
    assert.equal(await frame.evaluate((id) => window.keyglass.exec("A", `EXISTS ${id}`), id), "(integer) 0");
  }
  assert.ok((await page.evaluate(() => messages)).every((message) => message.origin === new URL(keyglass.url).origin));
});

test("what is no message of the protocol does nothing, however large, deep or odd it is", async (t) => {
  const { page } = await open(t, `<iframe id="f" src="${keyglass.url}?embed=1&control=1&origin=${encodeURIComponent(host.origin)}${fragment("PING")}"></iframe>`, { script: false });
  const frame = await frameOf(page, "f");
  await page.waitForFunction(() => messages.some((message) => message.type === "ready"));
  await page.evaluate(() => {
    const say = (message) => document.getElementById("f").contentWindow.postMessage(message, "*");
    const command = { keyglass: 1, id: 1, type: "exec", line: "SET odd 1" };
    let deep = {};
    for (let level = 0; level < 3000; level++) deep = { keyglass: 1, id: 1, type: "exec", line: deep };
    const cyclic = { ...command };
    cyclic.line = cyclic;
    for (const message of [null, 1, "keyglass", [command], new Map(Object.entries(command)), deep, cyclic, { ...command, id: 2n }]) say(message);
    for (const id of [undefined, null, {}, [1], true, "x".repeat(101)]) say({ ...command, id });
    for (const version of [0, 2, "1", null]) say({ ...command, keyglass: version, id: "version" });
    say(JSON.parse('{"__proto__":{"keyglass":1,"id":1,"type":"exec","line":"SET odd 1"}}'));
    say(JSON.parse('{"keyglass":1,"id":"proto","type":"theme","tokens":{"__proto__":{"accent":"red"},"constructor":"red"}}'));
    for (const token of ["url(https://example.com)", "red;--x:url(//example.com)", "image-set(url(x))", "var(--x)", "expression(1)"]) say({ keyglass: 1, id: "token", type: "theme", tokens: { accent: token } });
    say({ ...command, line: "SET odd " + "x".repeat(2 ** 21) });
    say({ ...command, id: "lines", line: "PING\nSET odd 1" });
    say({ ...command, id: "last", line: "EXISTS odd" });
  });
  await page.waitForFunction(() => messages.some((message) => message.id === "last"));
  const answers = await page.evaluate(() => messages.filter((message) => message.id !== undefined).map(({ id, type, reply }) => [id, type, reply]));
  assert.deepEqual(answers.filter(([id]) => id === "last"), [["last", "result", "(integer) 0"]]);
  assert.deepEqual(answers.filter(([id, type]) => id !== "last" && type !== "error"), []);
  assert.deepEqual(await frame.evaluate(() => [typeof {}.keyglass, typeof {}.accent, document.documentElement.style.getPropertyValue("--accent")]), ["undefined", "undefined", ""]);
});

test("it works under a strict policy of the page around it", async (t) => {
  const origin = new URL(keyglass.url).origin;
  const { page } = await open(t, embed('id="k" view="board" loading="lazy" theme="dark"'), {
    csp: `default-src 'none'; script-src ${origin}; frame-src ${origin}`,
  });
  assert.equal((await call(page, "k", "run")).length, 2);
  const frame = await frameOf(page, "k");
  assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("iframe")).borderTopWidth), "0px");
});

test("where the page around it allows no such frame, it says so and stays as it was", async (t) => {
  const origin = new URL(keyglass.url).origin;
  const { page } = await open(t, embed('id="k"'), { csp: `default-src 'none'; script-src ${origin}`, allowed: [/Content Security Policy/] });
  await page.clock.install();
  const failed = page.evaluate(() => document.getElementById("k").run().then(() => "ran", (error) => error.message));
  await page.waitForSelector("iframe", { state: "attached" });
  await page.clock.fastForward(30_000);
  assert.equal(await failed, "Keyglass could not be loaded.");
  await until(page, "error");
  assert.ok(await page.getByRole("button", { name: "Run all" }).isEnabled());
});

test("it takes the colours of the page around it, in both themes", async (t) => {
  for (const theme of ["light", "dark"]) {
    const { page } = await open(t, `<style>key-glass { --keyglass-card: rgb(1, 2, 3); --keyglass-ink: #fefefe; --keyglass-radius: 2px }</style>${embed('id="k" loading="eager"')}`, { theme });
    await until(page, "ready");
    const frame = await frameOf(page, "k");
    await frame.waitForFunction(() => getComputedStyle(document.querySelector(".embed")).backgroundColor === "rgb(1, 2, 3)");
    const colours = await frame.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.documentElement).getPropertyValue("--line").trim()]);
    assert.deepEqual(colours, ["rgb(254, 254, 254)", theme === "light" ? "#dfe3ea" : "#262d39"]);
    await page.evaluate(() => document.getElementById("k").setAttribute("theme", "dark"));
    await frame.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  }
});

test("in 390 px it stands below one another and nothing sticks out", async (t) => {
  const { page } = await open(t, embed('id="k" view="board" check="ZCARD board = 2"'), { width: 390, height: 844 });
  await call(page, "k", "run");
  await until(page, "check", "event.passed");
  const frame = await frameOf(page, "k");
  const [left, side, foot, wide] = await frame.evaluate(() => {
    const box = (selector) => document.querySelector(selector).getBoundingClientRect().toJSON();
    return [box(".embed-consoles"), box(".embed-side"), box(".embed-foot"), document.documentElement.scrollWidth];
  });
  assert.ok(side.top >= left.bottom - 1 && foot.top >= side.bottom - 1);
  assert.ok(side.height >= 110 && left.height >= 100);
  assert.ok(wide <= (await page.evaluate(() => document.querySelector("iframe").offsetWidth)));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
});

/** What a process and those it started have in memory, in bytes: shared pages in equal shares. */
function memory() {
  const own = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1];
      own.set(pid, parent);
    } catch {
      // It ended.
    }
  }
  const ours = (pid) => pid !== undefined && (pid === String(process.pid) || ours(own.get(pid)));
  let bytes = 0;
  for (const pid of own.keys()) {
    if (pid === String(process.pid) || !ours(pid)) continue;
    try {
      bytes += 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]);
    } catch {
      // It ended, or is none of ours to look at.
    }
  }
  return bytes;
}

test("ten on one page compile the wasm once, and each after the first adds little memory", async (t) => {
  const ids = Array.from({ length: 10 }, (_, at) => `k${at}`);
  // A browser in which nothing was before, and which has put nothing off.
  const within = await launch();
  t.after(() => within.close());
  const { page, context, requests } = await open(t, ids.map((id) => embed(`id="${id}" view="board"`)).join(""), { within });
  const devtools = await context.newCDPSession(page);
  const workers = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  await call(page, "k0", "run");
  // What a browser has in memory comes to rest some time after it was busy.
  const settled = async () => {
    for (let last = memory(), tries = 0; ; tries++) {
      await devtools.send("HeapProfiler.collectGarbage");
      await new Promise((later) => setTimeout(later, 1000));
      const now = memory();
      if (Math.abs(now - last) < 2 ** 19 || tries > 40) return now;
      last = now;
    }
  };
  const first = await settled();
  for (const id of ids.slice(1)) assert.equal((await call(page, id, "run")).length, 2);
  const each = ((await settled()) - first) / (ids.length - 1);
  const wasm = requests.filter((url) => url.endsWith(".wasm"));
  t.diagnostic(`each embed after the first adds ${(each / 2 ** 20).toFixed(2)} MB; ${wasm.length} wasm files were fetched; ${workers.length} workers`);
  assert.equal(new Set(wasm).size, wasm.length, "no wasm is fetched twice");
  assert.equal(wasm.length, 4, "the page half and the server half, each what a first prompt needs and the rest");
  assert.ok(each < 4 * 2 ** 20, `each adds ${each} bytes`);
  // And each is a session of its own.
  await call(page, "k3", "exec", "DEL board");
  assert.equal(await call(page, "k4", "exec", "EXISTS board"), "(integer) 1");
});
