// Actors: a worker that crashes with entries pending, another that takes them over; texts that are written and steered.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exec, inspector, page, useFreshPage, VIEWPORTS } from "./helpers.mjs";

useFreshPage();

const actors = () => page.getByRole("region", { name: "Actors", exact: true });
const card = (name) => page.getByRole("region", { name: `Actor ${name}`, exact: true });
const press = (name, button) => card(name).getByRole("button", { name: button, exact: true }).click();
const is = (name, state) => page.locator(`.actor[aria-label="Actor ${name}"][data-state="${state}"]`).waitFor();
const pending = (consumer) => inspector(page, "events").locator(`tr[data-consumer="${consumer}"]`);

async function choose(label) {
  await actors().getByRole("combobox", { name: "What a new actor does" }).selectOption({ label });
}

/** Writes a text and starts it. */
async function write(name, text) {
  await choose("a text of your own");
  await actors().getByRole("button", { name: "Write", exact: true }).click();
  const editor = actors().getByRole("form", { name: "Text of an actor" });
  await editor.getByRole("textbox", { name: "Name" }).fill(name);
  await editor.getByRole("textbox", { name: "Text" }).fill(text);
  await editor.getByRole("button", { name: "Start it" }).click();
  await editor.waitFor({ state: "detached" });
}

/** Waits until so many elements are there. */
async function count(locator, wanted) {
  const end = Date.now() + 15_000;
  while (Date.now() < end && (await locator.count()) !== wanted) await page.waitForTimeout(20);
  assert.equal(await locator.count(), wanted);
}

test("a worker crashes, its entries are seen idle, reclaimed by another and acknowledged", async () => {
  await write(
    "worker-1",
    "try XGROUP CREATE events workers $ MKSTREAM\nforever\n  reply = XREADGROUP GROUP workers {me} COUNT 10 BLOCK 2000 STREAMS events >\n  for entry in reply.entries\n    wait 60s\n    XACK events workers {entry.id}",
  );
  await is("worker-1", "blocked");
  await exec(page, "A", "MULTI");
  for (const user of ["ann", "bob", "cy"]) await exec(page, "A", `XADD events * user ${user}`);
  await exec(page, "A", "EXEC");
  await count(pending("worker-1"), 3);

  await press("worker-1", "Crash");
  await is("worker-1", "crashed");
  assert.doesNotMatch(await exec(page, "A", "CLIENT LIST"), /cmd=xreadgroup/);
  await page.waitForTimeout(1200);
  assert.match(await pending("worker-1").first().textContent(), /[1-9]\.\d s/, "its entries lie idle");

  await write(
    "reclaimer-1",
    "forever\n  claimed = XAUTOCLAIM events workers {me} 1000 0-0 COUNT 10\n  wait 2s\n  for entry in claimed.2\n    XACK events workers {entry.id}",
  );
  await count(pending("reclaimer-1"), 3);
  assert.equal(await pending("reclaimer-1").first().getAttribute("data-deliveries"), "2");
  await count(inspector(page, "events").locator("tr[data-consumer]"), 0);
  assert.match(await card("reclaimer-1").getByRole("log").textContent(), /XACK events workers \d+-\d+\(integer\) 1/);

  await press("worker-1", "Restart");
  await is("worker-1", "blocked");
  await exec(page, "A", "XADD events * user dan");
  await count(pending("worker-1"), 1);
});

test("what is wrong in a text names its line before it is started", async () => {
  await choose("a text of your own");
  await actors().getByRole("button", { name: "Write", exact: true }).click();
  const editor = actors().getByRole("form", { name: "Text of an actor" });
  const text = editor.getByRole("textbox", { name: "Text" });
  await text.fill("forever\n  INCR n\n  wait soon");
  await editor.getByText(/^Line 3: expected a time/).waitFor();
  assert.ok(await editor.getByRole("button", { name: "Start it" }).isDisabled());
  await text.fill("forever\n  INCR n\n  wait 9ms");
  await editor.getByRole("textbox", { name: "Name" }).fill("counter");
  await text.press("Control+Enter");
  await is("counter", "running");

  await press("counter", "Pause");
  await is("counter", "paused");
  const stands = await exec(page, "A", "GET n");
  await page.waitForTimeout(300);
  assert.equal(await exec(page, "A", "GET n"), stands);
  await press("counter", "Resume");
  await is("counter", "running");
  await card("counter").getByRole("combobox", { name: "How slow counter is" }).selectOption("100");
  await page.waitForFunction(() => /running/.test(document.querySelector(".actor")?.textContent ?? ""));
  await press("counter", "Remove");
  await count(page.locator(".actor"), 0);
  assert.notEqual(await exec(page, "A", "GET n"), stands);
});

/** Frames a second, over three seconds, and the longest, in milliseconds. */
const frames = () =>
  page.evaluate(async () => {
    const times = [];
    const end = performance.now() + 3000;
    while (performance.now() < end) times.push(await new Promise(requestAnimationFrame));
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    return [times.length / 3, Math.max(...gaps)];
  });

test("ten busy actors leave the page its frames", async () => {
  const added = async () => Number(/"entries-added"\n *\d+\) \(integer\) (\d+)/.exec(await exec(page, "A", "XINFO STREAM busy"))[1]);
  const [idle] = await frames();
  for (let n = 0; n < 10; n++) {
    await write(`busy-${n}`, "forever\n  wait 1ms\n  XADD busy MAXLEN 1000 * user {ann|bob|cy} n {1..100}");
  }
  const before = await added();
  const began = Date.now();
  const [busy, longest] = await frames();
  const rate = ((await added()) - before) / ((Date.now() - began) / 1000);
  console.log(`${idle.toFixed(1)} frames a second before, ${busy.toFixed(1)} with ten actors at ${rate.toFixed(0)} commands a second; the longest ${longest.toFixed(0)} ms`);
  assert.ok(rate > 3000, `${rate} commands a second`);
  assert.ok(busy > idle / 2, `${busy} frames a second, ${idle} before`);
});

test("an hour with a thousand expiries and ten workers passes within a second", async () => {
  await exec(page, "A", ".pause");
  await exec(page, "A", "EVAL 'for n = 1, 1000 do redis.call(\"SET\", \"k\" .. n, n, \"EX\", n * 3) end' 0");
  await choose("producer: adds events to a stream");
  await actors().getByRole("button", { name: "Start", exact: true }).click();
  await choose("worker: reads as one of a group, and acknowledges four in five");
  for (let n = 0; n < 10; n++) await actors().getByRole("button", { name: "Start", exact: true }).click();
  await page.locator('.actor[aria-label="Actor worker-10"]').waitFor();
  await exec(page, "A", ".advance 1s");
  const before = Number(await exec(page, "A", "DBSIZE").then((reply) => reply.match(/\d+/)[0]));
  const began = await page.evaluate(() => performance.now());
  await exec(page, "A", ".advance 1h");
  const took = (await page.evaluate(() => performance.now())) - began;
  const after = Number(await exec(page, "A", "DBSIZE").then((reply) => reply.match(/\d+/)[0]));
  assert.ok(before - after >= 1000, `${before - after} expired`);
  const handled = Number(/"entries-read"\n *\d+\) \(integer\) (\d+)/.exec(await exec(page, "A", "XINFO STREAM events FULL"))[1]);
  console.log(`an hour with 1,000 expiries and ten workers who read ${handled} entries took ${took.toFixed(0)} ms`);
  assert.ok(handled > 1000, `${handled} entries`);
  assert.ok(took < 3000, `${took} ms`);
});

for (const [size, viewport] of Object.entries(VIEWPORTS)) {
  test(`actors have room on a ${size}`, async () => {
    await page.setViewportSize(viewport);
    if (size === "phone") await page.getByRole("button", { name: "Consoles", exact: true }).click();
    for (const label of [/^producer/, /^worker/]) {
      const select = actors().getByRole("combobox", { name: "What a new actor does" });
      const value = await select.locator("option").filter({ hasText: label }).getAttribute("value");
      await select.selectOption(value);
      await actors().getByRole("button", { name: "Start", exact: true }).click();
    }
    await press("producer-1", "More");
    await card("worker-1").getByRole("button", { name: "Edit", exact: true }).click();
    await page.waitForTimeout(1500);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
    await card("worker-1").getByRole("textbox", { name: "Text" }).press("Escape");
    await card("worker-1").getByRole("form").waitFor({ state: "detached" });
    for (const button of await card("worker-1").getByRole("button").all()) {
      const box = await button.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= viewport.width + 1 || size === "tablet", JSON.stringify(box));
    }
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/actors-${size}.png` });
  });
}
