// A first prompt answers before the rest of the page has come, and what needs the rest waits for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, consoleOf, inspector, ready, server, type, useBrowser } from "./helpers.mjs";

useBrowser();

/** The page, whose rests are sent when `pass` is called, and each of which is then asked for as `asked` tells. */
async function held(t, answer = (route) => route.continue()) {
  const context = await browser.newContext({ serviceWorkers: "block" });
  t.after(() => context.close());
  const asked = [];
  let pass;
  const passed = new Promise((settle) => (pass = settle));
  await context.route(/_rest\.wasm$/, async (route) => {
    asked.push(route.request().url());
    await passed;
    await answer(route);
  });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(server.url);
  await ready(page);
  return { page, asked, pass, errors };
}

test("a first prompt answers while the rest of both wasm files is on its way, and the inspectors come with it", async (t) => {
  const { page, asked, pass, errors } = await held(t);
  const { log } = consoleOf(page, "A");
  await type(page, "A", "SET greeting hello");
  await log.getByText("OK").last().waitFor();
  await type(page, "A", "GET greeting");
  await log.getByText('"hello"', { exact: true }).waitFor();
  await type(page, "A", "GOT greeting");
  await log.getByText("ERR unknown command 'GOT'").waitFor();
  await page.waitForTimeout(400);
  assert.equal(asked.length, 2, `the page half asks for its rest, and the server half for its own: ${asked}`);
  assert.equal(await page.locator(".stage section").count(), 0);
  pass();
  await inspector(page, "leaderboard:2026:w14").waitFor();
  assert.equal(asked.length, 2, "nobody asks twice");
  assert.deepEqual(errors, []);
});

test("what is asked for that the rest holds is there once that has come", async (t) => {
  const { page, asked, pass, errors } = await held(t);
  setTimeout(pass, 500);
  await type(page, "A", "BITFIELD bits SET u8 0 255 GET u8 0");
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await consoleOf(page, "A").log.getByText("(integer) 255").waitFor();
  await inspector(page, "leaderboard:2026:w14").waitFor();
  assert.ok(asked.length >= 2);
  assert.deepEqual(errors, []);
});

test("that the rest does not come is told, with a way to try again", async (t) => {
  const { page, pass } = await held(t, (route) => route.abort());
  pass();
  const told = page.getByRole("alertdialog", { name: "The page could not be loaded" });
  await told.waitFor();
  assert.match(await told.innerText(), /Open it again/);
});
