// The page by keyboard alone, for a screen reader, on paper, in forced colours, without a flash, and when it breaks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, consoleOf, exec, inspector, openPage, ready, server, useBrowser, VIEWPORTS } from "./helpers.mjs";
import { layoutFaults } from "./layout.mjs";

useBrowser();

async function open(options) {
  const opened = await openPage(browser, server, options);
  await ready(opened.page);
  return opened;
}

test("Tab goes through the whole page and out of it, and what has focus is seen to have it", async () => {
  const { page, finish } = await open();
  const seen = [];
  const unseen = [];
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const it = document.activeElement;
      if (!it || it === document.body) return null;
      const style = getComputedStyle(it);
      const box = it.getBoundingClientRect();
      // A prompt shows its caret; its line is lit as a whole.
      const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      const around = it.closest(".entry") && getComputedStyle(it.closest(".entry"));
      return {
        name: `${it.tagName} ${it.getAttribute("aria-label") ?? it.textContent.trim().slice(0, 30)}`,
        marked: marked || (around && (around.boxShadow !== "none" || around.outlineStyle !== "none")) || false,
        within: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
      };
    });
    if (!at) break;
    seen.push(at.name);
    if (!at.marked || !at.within) unseen.push(at.name);
  }
  assert.ok(seen.length < 200, "Tab comes out of the page again");
  assert.deepEqual(unseen, [], "focus is visible");
  for (const part of [/Help/, /Filter|filter/, /Command for client A/, /Command for client C/, /History/]) {
    assert.ok(seen.some((name) => part.test(name)), `${part} is reached: ${seen.join(", ")}`);
  }
  await finish();
});

test("with a line half typed, Esc lets Tab go on, so that a prompt is no trap", async () => {
  const { page, finish } = await open();
  const { input } = consoleOf(page, "A");
  // The commands that Tab proposes come with the server half's first answer.
  await exec(page, "A", "PING");
  await input.fill("ZAD");
  await input.press("Tab");
  assert.match(await input.inputValue(), /^ZADD/);
  await input.press("Escape");
  await input.press("Tab");
  assert.notEqual(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Command for client A");
  await finish();
});

test("ranks, pending entries and locks that change are said in a sentence, and not when that is turned off", async () => {
  const { page, finish } = await open();
  const said = page.getByRole("status", { name: "What changed" });
  await exec(page, "A", "ZADD board 10 ann 20 bob 30 cy 40 dan 50 eve");
  await page.waitForTimeout(2500);
  await exec(page, "B", "ZINCRBY board 25 ann");
  await said.filter({ hasText: "ann moved from 5th to 3rd in board." }).waitFor();
  await page.waitForTimeout(2000);
  await exec(page, "A", "SET lock:x t1 NX PX 60000");
  await said.filter({ hasText: "Client A took lock:x for" }).waitFor();
  await page.keyboard.press("F1");
  const help = page.getByRole("dialog", { name: "How to use it" });
  await help.getByRole("checkbox", { name: /Tell a screen reader/ }).uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await exec(page, "B", "ZINCRBY board 100 ann");
  await page.waitForTimeout(2600);
  assert.equal(await said.textContent(), "");
  await page.reload();
  await ready(page);
  await page.getByRole("button", { name: "Help", exact: true }).click();
  assert.equal(await help.getByRole("checkbox", { name: /Tell a screen reader/ }).isChecked(), false, "it is remembered");
  await finish();
});

test("help opens at F1 and at a question mark, keeps the focus, and gives it back", async () => {
  const { page, finish } = await open();
  const help = page.getByRole("dialog", { name: "How to use it" });
  const { input } = consoleOf(page, "B");
  await input.focus();
  await page.keyboard.type("what?");
  assert.equal(await input.inputValue(), "what?", "a question mark in a line is text");
  await page.keyboard.press("F1");
  await help.waitFor();
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement.closest("dialog"))), "Tab stays in the help or the browser");
  }
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Command for client B");
  await page.getByRole("button", { name: "Undo" }).focus();
  await page.keyboard.press("?");
  await help.waitFor();
  for (const viewport of Object.values(VIEWPORTS)) {
    await page.setViewportSize(viewport);
    assert.deepEqual(await page.evaluate(layoutFaults), []);
  }
  await help.getByRole("button", { name: "Close" }).click();
  await help.waitFor({ state: "detached" });
  await finish();
});

test("the title tells of the session", async () => {
  const { page, finish } = await open();
  await exec(page, "A", "FLUSHALL");
  await page.waitForFunction(() => document.title === "Keyglass · no keys");
  await exec(page, "A", "SET a 1");
  await page.waitForFunction(() => document.title === "Keyglass · 1 key");
  await exec(page, "A", ".undo");
  await page.waitForFunction(() => /, in the past$/.test(document.title));
  await finish();
});

test("the theme that was chosen is there before anything is drawn", async () => {
  const { page, context, finish } = await open();
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  const again = await context.newPage();
  // The page half never comes: what is lit is lit without it.
  await again.route(/keyglass-.*\.js$/, () => {});
  await again.goto(server.url, { waitUntil: "commit" });
  await again.locator(".boot").waitFor();
  assert.equal(await again.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.equal(await again.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(15, 18, 24)");
  await finish();
});

test("when the page half breaks, that is said, and the session is offered again", async () => {
  const { page, expect, finish } = await open();
  expect(/unreachable/);
  await exec(page, "A", "SET survives yes");
  await page.waitForTimeout(2500);
  // A trap, as Rust's panic makes one.
  await page.evaluate(() => {
    const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3, 0, 0, 11]);
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    setTimeout(f);
  });
  const said = page.getByRole("alertdialog", { name: "The page broke" });
  await said.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Open it again");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^(Continue|Good)$/ }).first().waitFor();
  const go = page.getByRole("button", { name: "Continue" });
  if (await go.isVisible()) await go.click();
  await page.getByText("Your session is back", { exact: false }).waitFor();
  assert.equal(await exec(page, "A", "GET survives"), '"yes"');
  await finish();
});

test("a page half that does not come is told of", async () => {
  const { page, expect, finish } = await openPage(browser, server);
  expect(/./);
  await page.route(/_bg\.wasm$/, (route) => route.abort());
  await page.reload();
  await page.getByRole("alertdialog", { name: "The page could not be loaded" }).waitFor();
  await finish();
});

test("on paper every inspector and transcript is whole, and nothing is there to press", async () => {
  const { page, finish } = await open();
  // The example is still being typed when the page first answers.
  await page.waitForFunction(() => document.querySelectorAll(".card").length >= 4);
  await page.emulateMedia({ media: "print" });
  const shown = await page.evaluate(() => ({
    buttons: [...document.querySelectorAll(".bar button, .entry, .find, .time")].filter((e) => e.checkVisibility()).length,
    cut: [...document.querySelectorAll(".con .log, .card")].filter((e) => getComputedStyle(e).overflowY !== "visible").map((e) => e.className),
    cards: [...document.querySelectorAll(".card")].filter((e) => e.checkVisibility()).length,
  }));
  assert.equal(shown.buttons, 0);
  assert.deepEqual(shown.cut, []);
  assert.ok(shown.cards >= 4);
  await finish();
});

test("in forced colours what is chosen is still told from what is not", async () => {
  const { page, finish } = await open();
  await page.emulateMedia({ forcedColors: "active" });
  const border = (selector) => page.locator(selector).first().evaluate((e) => getComputedStyle(e).borderTopStyle);
  assert.equal(await border(".key.on"), "solid");
  assert.equal(await border(".clock .speeds [aria-pressed=true]"), "solid");
  assert.deepEqual(await page.evaluate(layoutFaults), []);
  await finish();
});

test("by touch on a phone: every control is at least 24 px, and texts to write in are 16 px", async () => {
  const context = await browser.newContext({ viewport: VIEWPORTS.phone, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  await page.goto(server.url);
  await ready(page);
  for (const tab of ["Keys", "Inspect", "Consoles"]) {
    await page.getByRole("navigation", { name: "Parts of the page" }).getByRole("button", { name: tab, exact: true }).tap();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, input, select, textarea, summary")]
        .filter((e) => e.checkVisibility() && !e.closest(".vh"))
        .filter((e) => {
          const box = e.getBoundingClientRect();
          const writes = /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName) && !/^(checkbox|range)$/.test(e.type);
          return box.height < 24 || box.width < 24 || (writes && parseFloat(getComputedStyle(e).fontSize) < 16);
        })
        .map((e) => `${e.className || e.tagName} ${e.getAttribute("aria-label") ?? e.textContent}`.slice(0, 60)),
    );
    assert.deepEqual(small, [], tab);
  }
  await page.getByRole("navigation", { name: "Parts of the page" }).getByRole("button", { name: "Consoles", exact: true }).tap();
  const { input } = consoleOf(page, "A");
  await input.tap();
  await page.keyboard.type("ZINCRBY leaderboard:2026:w14 700 user:203");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Parts of the page" }).getByRole("button", { name: "Inspect", exact: true }).tap();
  await inspector(page, "leaderboard:2026:w14").locator('[data-member="user:203"][data-rank="1"]').waitFor();
  await context.close();
});
