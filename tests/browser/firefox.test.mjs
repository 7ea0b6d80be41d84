// The page's main work in Firefox: typed commands as several clients, each inspector, the clock, the history, a kept session.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { startServer, VIEWPORTS } from "./helpers.mjs";
import { layoutFaults, scrollAll } from "./layout.mjs";

let browser, server, page;
const faults = [];

before(async () => {
  server = await startServer();
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    // Nothing is fetched beside the page.
    extraPrefsFirefox: { "app.update.enabled": false, "extensions.update.enabled": false, "network.captive-portal-service.enabled": false },
  });
  page = await browser.newPage();
  await page.setViewport(VIEWPORTS.desktop);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(server.url);
  await ready();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const ready = () => page.waitForFunction(() => typeof window.keyglass?.exec === "function" && !document.querySelector(".stage[aria-busy]"));
const exec = async (client, line) => {
  await ready();
  return page.evaluate((client, line) => window.keyglass.exec(client, line), client, line);
};
const button = (name, scope = "") => page.locator(`${scope} ::-p-aria([name="${name}"][role="button"])`);

test("typed commands run as several clients, and the ranks move", async () => {
  const input = await page.locator(`[aria-label="Command for client A"]`).waitHandle();
  await input.type("ZADD board 120 ann 150 bob 90 cid");
  await input.press("Enter");
  await page.locator('.card[data-key="board"] [data-member="bob"][data-rank="0"]').wait();
  assert.equal(await exec("B", "ZINCRBY board 40 ann"), '"160"');
  await page.locator('.card[data-key="board"] [data-member="ann"][data-rank="0"]').wait();
  await input.type("ZINC");
  await input.press("Tab");
  assert.match(await input.evaluate((e) => e.value), /^ZINCRBY/);
});

test("every inspector is drawn, and nothing of it is cut", async () => {
  const lines = [
    ["A", "SET greeting hello", "greeting"],
    ["A", "RPUSH jobs a b c", "jobs"],
    ["A", "SADD tags a b c", "tags"],
    ["A", "HSET user name ann theme dark", "user"],
    ["A", "XADD events 1-0 kind mail", "events"],
    ["A", "PFADD seen ann bob", "seen"],
    ["A", "SET lock:x t1 NX PX 60000", "lock:x"],
    ["A", "GEOADD sicily 13.361389 38.115556 Palermo", "sicily"],
    ["A", "SETBIT days 7 1", "days"],
  ];
  for (const [client, line, key] of lines) {
    assert.doesNotMatch(await exec(client, line), /^\(error\)/, line);
    await page.locator(`.card[data-key="${key}"]`).wait();
    assert.deepEqual(await page.evaluate(layoutFaults), [], key);
  }
});

test("scripts run, the clock is held and moved, and the past is shown", async () => {
  assert.equal(await exec("A", `EVAL "return redis.call('GET', KEYS[1])" 1 greeting`), '"hello"');
  await exec("A", "SET brief 1 PX 60000");
  await exec("A", ".pause");
  await exec("A", ".advance 61s");
  assert.equal(await exec("A", "GET brief"), "(nil)");
  await exec("A", ".resume");
  await exec("A", "SET greeting bye");
  await exec("A", ".undo");
  await page.locator(".past-bar").wait();
  await button("Back to now").click();
  await page.waitForFunction(() => !document.querySelector(".past-bar"));
  assert.equal(await exec("B", "GET greeting"), '"bye"');
});

test("a phone held upright shows one part at a time", async () => {
  await page.setViewport(VIEWPORTS.phone);
  for (const tab of ["Keys", "Inspect", "Consoles"]) {
    await button(tab, ".tabs").click();
    assert.deepEqual(await page.evaluate(layoutFaults), [], tab);
    await page.evaluate(scrollAll, true);
    assert.deepEqual(await page.evaluate(layoutFaults), [], tab);
  }
  await page.setViewport(VIEWPORTS.desktop);
});

test("the session is kept", async () => {
  await exec("A", "SET survives yes");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await page.reload();
  await ready();
  await page.waitForFunction(() => /is kept|is back/.test(document.querySelector(".kept-bar")?.textContent ?? ""));
  if (await page.evaluate(() => /is kept/.test(document.querySelector(".kept-bar").textContent))) await button("Continue").click();
  await page.waitForFunction(() => /is back/.test(document.querySelector(".kept-bar")?.textContent ?? ""));
  assert.equal(await exec("A", "GET survives"), '"yes"');
});

test("the page was quiet all along", () => assert.deepEqual(faults, []));
