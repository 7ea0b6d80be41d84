// The five things that the page is for, typed by three clients: what the consoles say, and what the inspectors show.
import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleOf, exec, inspector, page, type, useFreshPage } from "./helpers.mjs";

useFreshPage(async () => {
  // The example is done when its last subscriber has its message.
  await shows("C", /"pmessage"/);
});

/** Waits until a client's log shows something. */
async function shows(letter, pattern) {
  const { log } = consoleOf(page, letter);
  await page.waitForFunction(
    ([node, source]) => new RegExp(source).test(node.textContent),
    [await log.elementHandle(), pattern.source],
    { timeout: 10_000 },
  );
}

/** Waits until an element has an attribute's value. */
async function has(locator, name, value) {
  const until = Date.now() + 10_000;
  let seen;
  do {
    seen = await locator.getAttribute(name, { timeout: 10_000 });
    if (seen === value) return;
    await page.waitForTimeout(20);
  } while (Date.now() < until);
  assert.equal(seen, value, name);
}

async function gone(locator) {
  await locator.waitFor({ state: "detached", timeout: 10_000 });
}

test("a leaderboard: ranks move as scores are typed", async () => {
  await type(page, "A", "ZADD board 120 ann 150 bob 90 cid");
  await shows("A", /\(integer\) 3/);
  const row = (member) => inspector(page, "board").locator(`[data-member="${member}"]`);
  await has(row("bob"), "data-rank", "0");
  await has(row("ann"), "data-rank", "1");
  await type(page, "B", "ZINCRBY board 40 ann");
  await shows("B", /"160"/);
  await has(row("ann"), "data-rank", "0");
  await has(row("ann"), "data-score", "160");
  await has(row("bob"), "data-rank", "1");
  assert.equal(await inspector(page, "board").getAttribute("data-type"), "zset");
  assert.equal(await exec(page, "A", "ZREVRANGE board 0 1 WITHSCORES"), '1) "ann"\n2) "160"\n3) "bob"\n4) "150"');
  assert.equal(await exec(page, "A", "ZREVRANK board ann"), "(integer) 0");
  assert.equal(await exec(page, "A", "ZREVRANK board nobody"), "(nil)");
});

test("a stream: a blocked reader wakes, entries stay pending until acknowledged", async () => {
  await type(page, "A", "XGROUP CREATE jobs workers 0 MKSTREAM");
  await shows("A", /OK/);
  const waiting = page.evaluate(() => window.keyglass.exec("B", "XREADGROUP GROUP workers w1 COUNT 10 BLOCK 60000 STREAMS jobs >"));
  await shows("B", /XREADGROUP GROUP workers w1 COUNT 10/);
  const b = consoleOf(page, "B").section;
  await b.getByText(/blocked/).waitFor();
  await type(page, "A", "XADD jobs 7-1 kind mail");
  assert.equal(await waiting, '1) 1) "jobs"\n   2) 1) 1) "7-1"\n         2) 1) "kind"\n            2) "mail"');
  await b.getByText(/blocked/).waitFor({ state: "detached" });
  const pending = inspector(page, "jobs").locator('[data-entry-id="7-1"][data-consumer]');
  await has(pending, "data-consumer", "w1");
  await has(pending, "data-deliveries", "1");
  // The buttons type their commands.
  await pending.getByRole("button", { name: /Claim/ }).click();
  await page.waitForFunction(() => /XCLAIM jobs workers/.test(document.querySelector(".consoles").textContent));
  await has(pending, "data-deliveries", "2");
  await pending.getByRole("button", { name: /Ack/ }).click();
  await gone(pending);
  assert.match(await page.locator(".consoles").textContent(), /XACK jobs workers 7-1/);
  assert.equal(await exec(page, "A", "XLEN jobs"), "(integer) 1");
});

test("pub/sub: a message reaches two of three clients, or nobody", async () => {
  const [a, b] = await Promise.all([
    exec(page, "A", "SUBSCRIBE news:eu"),
    exec(page, "B", "PSUBSCRIBE news:*"),
  ]);
  assert.equal(a, '1) "subscribe"\n2) "news:eu"\n3) (integer) 1');
  assert.equal(b, '1) "psubscribe"\n2) "news:*"\n3) (integer) 1');
  // C has a subscription of the example's, which does not match.
  await consoleOf(page, "C").input.press("Control+c");
  assert.equal(await exec(page, "C", "PUBLISH news:eu hello"), "(integer) 2");
  await shows("A", /1\) "message"\s*2\) "news:eu"\s*3\) "hello"/);
  await shows("B", /1\) "pmessage"\s*2\) "news:\*"\s*3\) "news:eu"\s*4\) "hello"/);
  assert.equal(await exec(page, "C", "PUBLISH weather rain"), "(integer) 0");
  const card = page.locator('section[data-type="pubsub"]');
  await card.getByText("weather").first().waitFor();
  await card.getByText(/nobody/i).first().waitFor();
  // A subscribed RESP2 client may not do other things, and leaves with Ctrl-C.
  assert.match(await exec(page, "A", "GET k"), /^\(error\) ERR Can't execute 'get'/);
  await consoleOf(page, "A").input.press("Control+c");
  assert.equal(await exec(page, "A", "GET k"), "(nil)");
  assert.equal(await exec(page, "C", "PUBLISH news:eu again"), "(integer) 1");
});

test("unique visitors: an estimate beside the true count", async () => {
  await type(page, "A", "PFADD visitors:home ann bob cid ann");
  await shows("A", /\(integer\) 1/);
  const card = inspector(page, "visitors:home");
  await has(card, "data-type", "hll");
  await card.getByText(/true count 3\b/).waitFor();
  assert.equal(await exec(page, "B", "PFCOUNT visitors:home"), "(integer) 3");
  assert.equal(await exec(page, "B", "PFADD visitors:home bob"), "(integer) 0");
});

test("a token lock: refused while held, kept from strangers, free after its TTL", async () => {
  assert.equal(await exec(page, "A", "SET lock:job t-a NX PX 1500"), "OK");
  const card = inspector(page, "lock:job");
  await has(card, "data-holder", "A");
  assert.ok(Number(await card.getAttribute("data-ttl-ms")) > 0);
  assert.equal(await exec(page, "B", "SET lock:job t-b NX PX 1500"), "(nil)");
  await card.getByText(/refused/).first().waitFor();
  assert.equal(await exec(page, "C", "PING").then((r) => r), '1) "pong"\n2) ""');
  assert.equal(await exec(page, "B", "DELIFEQ lock:job t-b"), "(integer) 0");
  await card.getByText(/wrong token/).first().waitFor();
  await card.getByText(/ran out/).first().waitFor({ timeout: 5000 });
  assert.equal(await exec(page, "B", "SET lock:job t-b NX PX 60000"), "OK");
  await has(card, "data-holder", "B");
  assert.equal(await exec(page, "A", "DELIFEQ lock:job t-a"), "(integer) 0");
  assert.equal(await exec(page, "B", "DELIFEQ lock:job t-b"), "(integer) 1");
  assert.equal(await exec(page, "A", "EXISTS lock:job"), "(integer) 0");
});

test("a console is a terminal: history, search, completion, hints, help, repeats, paste", async () => {
  const { input, log, section } = consoleOf(page, "A");
  await type(page, "A", "SET greeting 'hello \\'you\\''");
  await type(page, "A", 'GET greeting');
  await shows("A", /"hello 'you'"/);
  // An unfinished line is kept.
  await input.fill("ECHO unfin");
  await input.press("ArrowUp");
  assert.equal(await input.inputValue(), "GET greeting");
  await input.press("ArrowUp");
  assert.match(await input.inputValue(), /^SET greeting/);
  await input.press("ArrowDown");
  await input.press("ArrowDown");
  assert.equal(await input.inputValue(), "ECHO unfin");
  // Ctrl-R finds an older line.
  await input.press("Control+r");
  await page.keyboard.type("SET gree");
  await page.keyboard.press("Enter");
  await page.waitForFunction((n) => n.value === "" || /^SET greeting/.test(n.value), await input.elementHandle());
  await input.fill("");
  // Tab completes commands, options and keys; Shift-Tab goes back.
  await input.fill("ZREVRA");
  await input.press("Tab");
  const first = await input.inputValue();
  assert.match(first, /^ZREVRA(NGE|NK)/);
  await input.press("Tab");
  const second = await input.inputValue();
  assert.notEqual(second.trim(), first.trim());
  await input.press("Shift+Tab");
  assert.equal(await input.inputValue(), first);
  await input.fill("GET gree");
  await input.press("Tab");
  assert.equal((await input.inputValue()).trim(), "GET greeting");
  await input.fill("ZADD ");
  await section.getByText(/key \[NX\s?\|\s?XX\]/).waitFor();
  await input.fill("");
  await type(page, "A", "HELP ZADD");
  await shows("A", /sorted set|sorted-set/);
  await type(page, "A", "3 INCR hits");
  await shows("A", /\(integer\) 1[\s\S]*\(integer\) 2[\s\S]*\(integer\) 3/);
  await type(page, "A", "GET 'open");
  await shows("A", /Invalid argument\(s\)/);
  // Pasted lines run line by line.
  await input.focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "SET p1 one\nSET p2 two\n");
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await shows("A", /SET p2 two/);
  assert.equal(await exec(page, "A", "GET p2"), '"two"');
  await type(page, "A", "clear");
  await page.waitForFunction((n) => n.textContent.trim() === "", await log.elementHandle());
});

test("ten thousand lines keep the page alive", async () => {
  const began = Date.now();
  const last = await page.evaluate(async () => {
    let reply;
    for (let i = 0; i < 10_000; i++) reply = window.keyglass.exec("A", `ZADD big ${i} user:${i}`);
    return reply;
  });
  assert.equal(last, "(integer) 1");
  assert.ok(Date.now() - began < 30_000, `${Date.now() - began} ms`);
  assert.equal(await exec(page, "B", "ZCARD big"), "(integer) 10000");
  await has(inspector(page, "big").locator('[data-member="user:9999"]'), "data-rank", "0");
});

test("a leaderboard of a million scrolls to its end", async () => {
  const count = await page.evaluate(async () => {
    const sent = [];
    for (let from = 0; from < 1_000_000; from += 2000) {
      const words = [];
      for (let i = from; i < from + 2000; i++) words.push(i, `u${i}`);
      sent.push(window.keyglass.exec("A", `ZADD million ${words.join(" ")}`));
    }
    await Promise.all(sent);
    return window.keyglass.exec("A", "ZCARD million");
  });
  assert.equal(count, "(integer) 1000000");
  const card = inspector(page, "million");
  await has(card.locator('[data-member="u999999"]'), "data-rank", "0");
  await card.evaluate((node) => {
    const scroller = [...node.querySelectorAll("*")].find((e) => e.scrollHeight > e.clientHeight + 1000);
    scroller.scrollTop = scroller.scrollHeight;
  });
  await has(card.locator('[data-member="u0"]'), "data-rank", "999999");
});

test("a command that runs too long can be stopped, and nothing else is lost", async () => {
  await exec(page, "A", "SET before kept");
  // Enough elements that every register has its own six bits: a union then reads all 16,384 of them.
  await exec(page, "A", "PFADD h " + Array.from({ length: 6000 }, (_, i) => `e${i}`).join(" "));
  const counted = await exec(page, "A", "PFCOUNT h");
  await exec(page, "B", "SET other kept-too");
  // A union of the same key so many times keeps the server half busy for many seconds.
  const long = page.evaluate(() => window.keyglass.exec("A", "PFCOUNT" + " h".repeat(500_000)));
  const stop = consoleOf(page, "A").section.getByRole("button", { name: /Stop/ });
  await stop.waitFor({ timeout: 15_000 });
  await stop.click();
  assert.match(await long, /stopped/i);
  assert.equal(await exec(page, "A", "GET before"), '"kept"');
  assert.equal(await exec(page, "B", "GET other"), '"kept-too"');
  assert.equal(await exec(page, "A", "PFCOUNT h"), counted);
});
