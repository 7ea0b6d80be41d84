// The way back: scrubbing, undo and redo, forks, moments with names, two moments compared.
import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleOf, exec, inspector, page, type, useFreshPage, VIEWPORTS } from "./helpers.mjs";

useFreshPage(async () => {
  await exec(page, "A", "PING");
});

const timeline = () => page.getByRole("contentinfo", { name: "Timeline" });
const button = (name) => timeline().getByRole("button", { name, exact: true });
const head = () => timeline().getByRole("slider", { name: "Moment of the session" });
const pastBar = () => timeline().getByRole("status");
const said = (letter) => consoleOf(page, letter).log.innerText();

/** Opens the history sheet, if it is not open. */
async function sheet() {
  const it = page.getByRole("region", { name: "History", exact: true });
  if (!(await it.isVisible())) await button("History").click();
  await it.waitFor();
  return it;
}

test("undo and redo from the keyboard: consoles, inspectors and the clock show that moment", async () => {
  await type(page, "A", "SET k one");
  await type(page, "A", "SET k two");
  await inspector(page, "k").getByText("two").first().waitFor();
  await consoleOf(page, "A").input.press("Control+z");
  await pastBar().waitFor();
  await inspector(page, "k").getByText("one").first().waitFor();
  assert.doesNotMatch(await said("A"), /SET k two/);
  const held = await page.getByRole("timer").textContent();
  await page.waitForTimeout(400);
  assert.equal(await page.getByRole("timer").textContent(), held, "the clock stands in the past");
  await consoleOf(page, "A").input.press("Control+z");
  await consoleOf(page, "A").log.getByText("SET k one").waitFor({ state: "detached" });
  await consoleOf(page, "A").input.press("Control+Shift+z");
  await consoleOf(page, "A").input.press("Control+Shift+z");
  await pastBar().waitFor({ state: "detached" });
  await inspector(page, "k").getByText("two").first().waitFor();
  assert.match(await said("A"), /SET k two/);
  // Where something is typed, Ctrl-Z is the field's own.
  await consoleOf(page, "A").input.fill("GET k");
  await consoleOf(page, "A").input.press("Control+z");
  await page.waitForTimeout(200);
  assert.equal(await pastBar().count(), 0);
});

test("scrub back before a worker's crash, and fork", async () => {
  const pending = (consumer) => inspector(page, "jobs").locator(`tr[data-consumer="${consumer}"]`);
  await exec(page, "A", "FLUSHALL");
  await exec(page, "A", "XGROUP CREATE jobs g $ MKSTREAM");
  await exec(page, "A", "XADD jobs 1-1 n 1");
  await exec(page, "B", "XREADGROUP GROUP g w1 COUNT 10 STREAMS jobs >");
  const read = await page.getByRole("timer").textContent();
  await exec(page, "A", ".advance 40s");
  // The clock is drawn a frame after the command is answered.
  await page.waitForFunction((read) => {
    const seconds = (text) => text.split(":").reduce((all, part) => all * 60 + Number(part), 0);
    return seconds(document.querySelector("[role=timer]").textContent) >= seconds(read) + 40;
  }, read);
  const before = await page.getByRole("timer").textContent();
  await exec(page, "A", ".advance 1s");
  // The worker's connection is cut, and another takes over what it had pending.
  await page.getByRole("button", { name: "What to do with client B" }).click();
  await page.getByRole("button", { name: /^Disconnect/ }).click();
  await exec(page, "A", ".advance 60s");
  await exec(page, "A", "XAUTOCLAIM jobs g w2 50000 0");
  await pending("w2").first().waitFor();

  await type(page, "C", `.at ${before}`);
  await pastBar().waitFor();
  await pending("w1").first().waitFor();
  assert.doesNotMatch(await said("A"), /XAUTOCLAIM/);
  assert.doesNotMatch(await said("B"), /Disconnected/);
  await button("Fork here").click();
  await pastBar().waitFor({ state: "detached" });
  assert.match(await exec(page, "B", "XACK jobs g 1-1"), /1/);
  assert.match(await exec(page, "A", "XPENDING jobs g"), /^1\) \(integer\) 0/);

  // What came after is a branch, and can be gone on with.
  const history = await sheet();
  await history.getByRole("button", { name: /^Go on with branch/ }).click();
  await pending("w2").first().waitFor();
  assert.match(await said("A"), /XAUTOCLAIM/);
  assert.match(await said("B"), /Disconnected/);
});

test("a drag across the timeline goes there and the page stays quick; the slider answers to keys", async () => {
  for (let i = 0; i < 40; i++) {
    await exec(page, "A", `SET k${i} v`);
    await exec(page, "A", ".advance 1s");
  }
  await page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
    }).observe({ entryTypes: ["longtask"] });
  });
  const box = await timeline().locator(".track").first().boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.9, y);
  await page.mouse.down();
  for (let step = 0; step <= 30; step++) {
    await page.mouse.move(box.x + box.width * (0.9 - step * 0.02), y);
  }
  await page.mouse.up();
  await pastBar().waitFor();
  const [now, all] = await head().evaluate((it) => [it.ariaValueNow, it.ariaValueMax].map(Number));
  assert.ok(now > 5 && now < all - 5, `${now} of ${all}`);
  await head().focus();
  await head().press("Home");
  await page.waitForFunction(() => document.querySelector("[role=slider]").ariaValueNow === "0");
  await head().press("ArrowRight");
  await page.waitForFunction(() => document.querySelector("[role=slider]").ariaValueNow === "1");
  await head().press("PageUp");
  await page.waitForFunction(() => document.querySelector("[role=slider]").ariaValueNow === "11");
  await head().press("End");
  await pastBar().waitFor({ state: "detached" });
  const longest = await page.evaluate(() => window.longest);
  assert.ok(longest < 250, `a task of ${longest} ms`);
});

test("name a moment, come back to it, and compare two", async () => {
  await exec(page, "A", "FLUSHALL");
  await exec(page, "A", "ZADD board 1 ann 2 bob");
  let history = await sheet();
  await history.getByRole("textbox", { name: "A name for this moment" }).fill("two players");
  await history.getByRole("button", { name: "Name it" }).click();
  await history.getByText("two players").first().waitFor();
  await exec(page, "A", "ZADD board 3 cid 5 ann");
  await exec(page, "A", "SET lock t NX PX 30000");
  await history.getByRole("combobox", { name: "One moment" }).selectOption("two players");
  await history.getByRole("combobox", { name: "The other moment" }).selectOption("the end");
  await history.getByRole("button", { name: "Compare", exact: true }).click();
  const rows = history.getByRole("region", { name: "What differs" }).getByRole("row");
  await rows.nth(3).waitFor();
  const text = (await rows.allInnerTexts()).join("\n");
  assert.match(text, /board\s+member ann\s+1\s+5/);
  assert.match(text, /board\s+member cid\s+—\s+3/);
  assert.match(text, /lock\s+the key\s+—\s+lock, 1 byte/);
  await history.getByRole("button", { name: "Go to two players" }).click();
  await pastBar().waitFor();
  assert.match(await said("A"), /ZADD board 1 ann 2 bob/);
  assert.doesNotMatch(await said("A"), /ZADD board 3 cid/);
  await page.keyboard.press("Escape");
  await button("Back to now").click();
  await pastBar().waitFor({ state: "detached" });
  assert.match(await said("A"), /ZADD board 3 cid/);
});

test("on a phone the history is a sheet with a slider", async () => {
  await page.setViewportSize(VIEWPORTS.phone);
  await exec(page, "A", "SET k one");
  await exec(page, "A", "SET k two");
  const history = await sheet();
  const slider = history.getByRole("slider", { name: "Go to an input" });
  await slider.focus();
  await slider.press("ArrowLeft");
  await pastBar().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(wide, 390);
});
