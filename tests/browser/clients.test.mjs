// Clients: sixteen of them, named, moved, cut off and closed; their state and their raw bytes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleOf, exec, page, ready, type, useFreshPage, VIEWPORTS } from "./helpers.mjs";

useFreshPage(async () => {
  await consoleOf(page, "C").log.getByText(/"pmessage"/).first().waitFor();
});

/** Waits until an element's text fits. */
async function shows(locator, pattern) {
  const end = Date.now() + 10_000;
  let text = "";
  while (Date.now() < end) {
    text = (await locator.allTextContents()).join("\n");
    if (pattern.test(text)) return text;
    await page.waitForTimeout(20);
  }
  assert.match(text, pattern);
}

const part = (letter, selector) => consoleOf(page, letter).section.locator(selector);
const doing = (letter) => part(letter, ".ends > :first-child");
const order = () => page.locator(".con > header > b").allTextContents();
const settled = (expected) => shows(page.locator(".consoles"), /./).then(async () => {
  const end = Date.now() + 5000;
  while ((await order()).join("") !== expected && Date.now() < end) await page.waitForTimeout(20);
  assert.equal((await order()).join(""), expected);
});
const menuOf = async (letter) => {
  const button = page.getByRole("button", { name: `What to do with client ${letter}` });
  if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
  return page.getByRole("group", { name: `Client ${letter}`, exact: true });
};
const choose = async (letter, name) => (await menuOf(letter)).getByRole("button", { name, exact: true }).click();

test("sixteen clients are added, each answers, and each has a colour of its own", async () => {
  const add = page.getByRole("button", { name: "Add client" });
  for (let i = 3; i < 16; i++) await add.click();
  await settled("ABCDEFGHIJKLMNOP");
  assert.ok(await add.isDisabled());
  const letters = await order();
  for (const letter of letters.filter((letter) => letter !== "C")) {
    assert.equal(await exec(page, letter, `ECHO ${letter}`), `"${letter}"`);
  }
  const colours = await page.locator(".con > header > b").evaluateAll((all) => all.map((b) => getComputedStyle(b).color));
  assert.equal(new Set(colours).size, 16);

  // The strip brings any of them, with the cursor in its line.
  const strip = page.getByRole("navigation", { name: "Clients" });
  await strip.getByRole("button", { name: /^P/ }).click();
  await page.keyboard.type("ECHO typed");
  await page.keyboard.press("Enter");
  await shows(consoleOf(page, "P").log, /"typed"/);
  const box = await consoleOf(page, "P").input.boundingBox();
  assert.ok(box.y >= 0 && box.y + box.height <= VIEWPORTS.desktop.height, "it is in view");
});

test("a client is named, coloured, moved by keyboard and by dragging, and closed", async () => {
  const menu = await menuOf("B");
  await menu.getByRole("textbox", { name: "Name" }).fill("night worker");
  await shows(part("B", "header > .label"), /^night worker$/);
  const colour = () => part("B", "header > b").evaluate((b) => getComputedStyle(b).color);
  const before = await colour();
  await menu.getByRole("button", { name: "Colour 6", exact: true }).click();
  await page.waitForFunction((was) => getComputedStyle(document.querySelector('[data-conn="1"] > header > b')).color !== was, before);

  const grip = () => page.getByRole("button", { name: /^Client B, place/ });
  await grip().focus();
  await page.keyboard.press("ArrowUp");
  await settled("BAC");
  // It keeps the focus, and its line what was typed.
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label")?.startsWith("Client B, place 1 of 3"));
  await page.keyboard.press("End");
  await settled("ACB");
  await grip().dragTo(consoleOf(page, "A").log);
  await settled("BAC");

  await choose("A", "Close");
  await settled("BC");
  assert.equal(await exec(page, "B", "PING"), "PONG");
  await assert.rejects(exec(page, "A", "PING"));
  await page.getByRole("button", { name: "Add client" }).click();
  await settled("BCA");
  assert.equal(await exec(page, "A", "PING"), "PONG");
});

test("a blocked client and a subscriber are cut off and connect again", async () => {
  const waiting = exec(page, "B", "BLPOP jobs more 60");
  await shows(doing("B"), /^blocked, 5\d\.\d s left$/);
  const first = await doing("B").textContent();
  await page.waitForFunction(([was]) => document.querySelector('[data-conn="1"] .ends').textContent !== was, [first]);
  await shows(part("B", ".facts"), /waits for\s*jobs\s*more/);
  await choose("B", "Disconnect");
  assert.match(await waiting, /Server closed the connection/);
  await shows(part("B", ".who"), /not connected/);
  assert.equal(await exec(page, "A", "RPUSH jobs a"), "(integer) 1");

  await shows(part("C", ".facts"), /listens to\s*notifications:\*/);
  await choose("C", "Disconnect");
  await shows(part("C", ".who"), /not connected/);
  assert.equal(await exec(page, "A", "PUBLISH notifications:1 x"), "(integer) 0");
  await doing("C").click(); // Connect
  await shows(doing("C"), /^ready$/);

  await type(page, "B", "LPOP jobs");
  await shows(consoleOf(page, "B").log, /LPOP jobs\s*"a"/);
  await shows(doing("B"), /^ready$/);
});

test("a transaction shows its queue, what it watches, and that it is dirty", async () => {
  for (const line of ["WATCH stock", "MULTI", "DECR stock", "SET note 'two words'"]) await exec(page, "A", line);
  await shows(doing("A"), /^MULTI · 2 queued$/);
  await shows(part("A", ".facts"), /queued\s*DECR stock\s*SET note "two words"\s*watches\s*stock/);
  await shows(part("A", ".entry > .p"), /^A\(TX\)>$/);
  await exec(page, "B", "SET stock 5");
  await shows(part("A", ".facts .bad"), /dirty\s*stock was modified, so EXEC will run nothing/);
  assert.equal(await exec(page, "A", "EXEC"), "(nil)");
  await part("A", ".facts").waitFor({ state: "detached" });
});

test("the raw bytes of HELLO 3 and of a map, in place of the log", async () => {
  await exec(page, "B", "HSET h f v");
  await exec(page, "B", "HELLO 3");
  await shows(part("B", ".resp"), /^RESP3$/);
  await exec(page, "B", "HGETALL h");
  const toggle = page.getByRole("button", { name: "Raw bytes of B" });
  await toggle.click();
  const raw = consoleOf(page, "B").section.getByRole("log", { name: "Raw bytes of client B" });
  const text = await shows(raw, /HGETALL/);
  assert.match(text, /→sent \*2\\r\\n.*\$5\\r\\n.*HELLO\\r\\n.*\$1\\r\\n.*3\\r\\n.*←received %7\\r\\n/s);
  assert.match(text, /HGETALL\\r\\n.*\$1\\r\\n.*h\\r\\n.*←received %1\\r\\n.*\$1\\r\\n.*f\\r\\n.*\$1\\r\\n.*v\\r\\n/s);
  const colours = await raw.locator(".sent, .received").evaluateAll((all) => all.map((row) => getComputedStyle(row).color));
  assert.equal(new Set(colours).size, 2);
  await toggle.click();
  await shows(consoleOf(page, "B").log, /> HGETALL h\s*1# "f" => "v"/);
});

test("on a phone everything of a client can be reached", async () => {
  await page.setViewportSize(VIEWPORTS.phone);
  for (let i = 3; i < 6; i++) await page.getByRole("button", { name: "Add client" }).click();
  const menu = await menuOf("B");
  for (const name of ["Move up", "Move down", "Disconnect", "Close"]) {
    const button = menu.getByRole("button", { name, exact: true });
    await button.scrollIntoViewIfNeeded();
    const box = await button.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= VIEWPORTS.phone.width, name);
  }
  await choose("B", "Move down");
  await settled("ACBDEF");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing hangs over the edge");
});
