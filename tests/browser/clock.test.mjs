// The clock in the learner's hand: held, moved on, hurried, from the bar and from a console.
import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleOf, exec, inspector, page, server, type, useFreshPage, VIEWPORTS } from "./helpers.mjs";

useFreshPage(async () => {
  await exec(page, "A", "PING");
});

const bar = () => page.getByRole("group", { name: "Clock", exact: true });
const button = (name) => bar().getByRole("button", { name });

/** The time that the bar shows, in milliseconds since the session began. */
async function shown() {
  return time(await page.getByRole("timer").textContent());
}

function time(text) {
  const [, h, m, s, ms] = text.match(/^(\d+):(\d\d):(\d\d)\.(\d{3})$/).map(Number);
  return ((h * 60 + m) * 60 + s) * 1000 + ms;
}

async function pause() {
  await button("Pause").click();
  await button("Resume").waitFor();
}

/** Waits until the bar shows a time. */
async function shows(ms) {
  const until = Date.now() + 5000;
  let seen;
  do {
    seen = await shown();
    if (seen === ms) return;
    await page.waitForTimeout(20);
  } while (Date.now() < until);
  assert.equal(seen, ms);
}

const moving = (key) => inspector(page, key).locator(".ring-left").evaluate((ring) => getComputedStyle(ring).strokeDashoffset);

test("pause and step through a lock's expiry", async () => {
  // The example's own keys would be next.
  await exec(page, "A", "FLUSHALL");
  await exec(page, "A", "SET lock:job t NX PX 30000");
  await inspector(page, "lock:job").getByText("held by").waitFor();
  await pause();
  const held = await shown();
  const [left, dash] = [await exec(page, "B", "PTTL lock:job"), await moving("lock:job")];
  await page.waitForTimeout(2000);
  assert.equal(await shown(), held, "the display stands");
  assert.equal(await exec(page, "B", "PTTL lock:job"), left, "and so does the server's time");
  assert.equal(await moving("lock:job"), dash, "and the ring");

  await button("+1 s").click();
  await shows(held + 1000);
  const number = (text) => Number(text.match(/\d+/)[0]);
  assert.equal(number(await exec(page, "B", "PTTL lock:job")), number(left) - 1000);
  const ring = Number.parseFloat(await moving("lock:job")) - Number.parseFloat(dash);
  assert.ok(Math.abs(ring - 264 / 30) < 1, `the ring moved by ${ring}`);

  assert.match(await button("Next expiry").textContent(), /lock:job/);
  await button("Next expiry").click();
  await inspector(page, "lock:job").getByText("ran out: free again").waitFor();
  await shows(held + number(left));
  assert.equal(await exec(page, "B", "SET lock:job other NX PX 500"), "OK");
  await button("Step").click();
  await shows(held + number(left) + 500);
  await page.waitForFunction(() => document.querySelector(".clock .step").disabled);
  assert.ok(await button("Next expiry").isDisabled());
  await button("Resume").click();
  await page.waitForFunction((was) => document.querySelector(".clock .now").textContent > was, await page.getByRole("timer").textContent());
});

test("the next timeout ends a wait, and names whose it is", async () => {
  await pause();
  const held = await shown();
  const waiting = exec(page, "B", "BLPOP nothing 40");
  await button(/Next timeout/).getByText("B", { exact: true }).waitFor();
  await consoleOf(page, "B").section.getByText("blocked, 40.0 s left").waitFor();
  await button("+30 s").click();
  await consoleOf(page, "B").section.getByText("blocked, 10.0 s left").waitFor();
  await button(/Next timeout/).click();
  assert.equal(await waiting, "(nil)");
  await shows(held + 40_000);
});

test("a console turns the clock too", async () => {
  await exec(page, "A", "FLUSHALL");
  const said = await exec(page, "A", ".pause");
  assert.match(said, /^the clock stands at 00:00:/);
  const held = time(said.slice(said.indexOf("00:")));
  await shows(held);
  assert.equal(await exec(page, "A", "SET k v PX 20000\n.advance 15s\nPTTL k\n.advance 4s\nPTTL k"), "(integer) 1000");
  await type(page, "A", ".advance 1s");
  const { log } = consoleOf(page, "A");
  await log.getByText(/^1\.0 s on, to 00:00:/).waitFor();
  assert.match(await log.innerText(), /\.advance 15s\s+15\.0 s on, to 00:00:\d\d\.\d{3}\s+A> PTTL k\s+\(integer\) 5000\s+A> \.advance 4s/);
  assert.equal(await exec(page, "A", "EXISTS k"), "(integer) 0");
  await shows(held + 20_000);
  assert.equal(await exec(page, "C", ".step"), "(error) nothing happens by itself");
  assert.equal(await exec(page, "B", ".advance 30"), "(error) '30' is no length of time: a number with ms, s, m or h behind it, such as 30s");
  const { input } = consoleOf(page, "A");
  await input.fill(".adv");
  await input.press("Tab");
  assert.equal((await input.inputValue()).trim(), ".advance");
  await input.fill("");
  assert.equal(await exec(page, "A", ".speed 10"), "the clock stands; it will run ×10");
  assert.equal(await exec(page, "A", ".resume"), "the clock runs ×10");
  await page.waitForFunction(() => document.querySelector(".clock").dataset.speed === "10");
});

test("ten and a hundred times as fast", async () => {
  await exec(page, "A", "FLUSHALL");
  await exec(page, "A", "SET long v PX 120000");
  await button("×100").click();
  await page.waitForFunction(() => document.querySelector(".clock").dataset.speed === "100");
  assert.equal(await button("×100").getAttribute("aria-pressed"), "true");
  const [from, began] = [await shown(), Date.now()];
  await page.waitForFunction(() => !document.querySelector('.keys [title*="time to live"]'), null, { timeout: 10_000 });
  assert.equal(await exec(page, "A", "EXISTS long"), "(integer) 0");
  const [ran, took] = [(await shown()) - from, Date.now() - began];
  assert.ok(ran > 50 * took && ran < 200 * took, `${ran} ms in ${took} ms`);
  await button("×0.1").click();
  await page.waitForFunction(() => document.querySelector(".clock").dataset.speed === "0.1");
  await page.waitForTimeout(100);
  const slow = await shown();
  await page.waitForTimeout(1000);
  const slowly = (await shown()) - slow;
  assert.ok(slowly >= 60 && slowly <= 400, `${slowly} ms of the session in a second`);
});

test("a held clock leaves the page idle", async () => {
  await exec(page, "A", "SET lock:idle t NX PX 30000");
  await pause();
  // A screen reader is told of the lock first, at its own pace.
  await page.getByRole("status", { name: "What changed" }).filter({ hasText: "took lock:idle" }).waitFor();
  await page.waitForTimeout(300);
  const changes = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let seen = 0;
        const observer = new MutationObserver((list) => (seen += list.length));
        observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        setTimeout(() => resolve(seen), 1500);
      }),
  );
  assert.equal(changes, 0);
});

for (const [name, viewport] of Object.entries(VIEWPORTS)) {
  test(`the whole clock can be reached on a ${name}`, async () => {
    await page.setViewportSize(viewport);
    const more = bar().getByRole("button", { name: /more of the clock$/ });
    if (await more.isVisible()) await more.click();
    for (const each of ["Pause", "×0.1", "×100", "Step", "+1 s", "+30 s", /^Next expiry/, /^Next timeout/]) {
      const box = await button(each).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= viewport.width, `${each}: ${JSON.stringify(box)}`);
    }
    if (await more.isVisible()) {
      await page.keyboard.press("Escape");
      await button("+30 s").waitFor({ state: "hidden" });
    }
  });
}
