// The script editor: a lock released by its owner and not by a stranger, and a script stepped from call to call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleOf, context, exec, inspector, page, ready, type, useFreshPage, VIEWPORTS } from "./helpers.mjs";

useFreshPage(async () => {
  await shows(consoleOf(page, "C").log, /"pmessage"/);
});

/** Waits until an element's text fits; the element may be another one by then. */
async function shows(locator, pattern) {
  const end = Date.now() + 10_000;
  let text = "";
  while (Date.now() < end) {
    text = (await locator.allTextContents()).join("\n");
    if (pattern.test(text)) return;
    await page.waitForTimeout(20);
  }
  assert.match(text, pattern);
}

/** Waits until an element has the focus. */
async function focused(locator) {
  await page.waitForFunction((node) => node === document.activeElement, await locator.elementHandle(), { timeout: 10_000 });
}

const editor = () => page.getByRole("region", { name: "Script", exact: true });
const source = () => editor().getByRole("textbox", { name: /^Script, in Lua/ });
const button = (name) => editor().getByRole("button", { name, exact: true });
const field = (name) => editor().getByRole("textbox", { name: new RegExp(`^${name.replace(/[[\]]/g, "\\$&")}`) });

async function openEditor() {
  await page.getByRole("button", { name: /^Lua script/ }).click();
  await source().waitFor();
}

async function lock(token) {
  await exec(page, "A", "DEL lock:daily_report");
  assert.equal(await exec(page, "A", `SET lock:daily_report ${token} NX PX 30000`), "OK");
}

test("a lock is released by its owner and not by a stranger", async () => {
  await openEditor();
  await editor().getByRole("combobox", { name: "Ready-made scripts" }).selectOption({ label: "Release a lock" });
  await lock("9f3c51e1");
  assert.equal(await field("KEYS[1]").inputValue(), "lock:daily_report");

  await editor().getByRole("combobox", { name: "as client" }).selectOption({ label: "B" });
  await field("ARGV[1]").fill("77aa0c02");
  await button("Run").click();
  await shows(editor().locator(".outcome"), /\(integer\) 0/);
  await shows(consoleOf(page, "B").log, /EVAL ".*" 1 lock:daily_report 77aa0c02\s*\(integer\) 0/);
  assert.equal(await exec(page, "A", "GET lock:daily_report"), "\"9f3c51e1\"");

  await editor().getByRole("combobox", { name: "as client" }).selectOption({ label: "A" });
  await field("ARGV[1]").fill("9f3c51e1");
  await source().focus();
  await page.keyboard.press("Control+Enter");
  await shows(editor().locator(".outcome"), /\(integer\) 1/);
  assert.equal(await exec(page, "A", "EXISTS lock:daily_report"), "(integer) 0");
});

test("a script is stepped from one call to the next while others wait", async () => {
  await openEditor();
  await lock("9f3c51e1");
  await button("Step").click();

  await editor().locator('.code[data-line="1"]').waitFor();
  const side = editor().getByRole("group", { name: "Where the script stands" });
  await shows(side, /About to call\s*GET lock:daily_report/);
  assert.equal(await inspector(page, "lock:daily_report").getAttribute("data-holder"), "A", "nothing has happened yet");
  await page.locator(".time .bracket.open").waitFor();
  await shows(page.locator(".time .bracket.open"), /nobody else runs in here/);

  // Another client's command waits for the end, and it is nobody's fault: there is no Stop.
  await type(page, "B", "SET lock:daily_report stolen");
  await shows(consoleOf(page, "B").section, /waits for the script of A/);
  await shows(side, /1 input waits for its end/);
  await page.waitForTimeout(1500);
  assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);

  await button("Next call").click();
  await editor().locator('.code[data-line="2"]').waitFor();
  await shows(side, /About to call\s*DEL lock:daily_report/);
  await shows(side, /Last reply\s*"9f3c51e1"/);
  await focused(button("Next call"));

  await button("Run to end").click();
  await shows(consoleOf(page, "A").log, /EVAL [^]*\(integer\) 1/);
  await shows(editor().locator(".outcome"), /\(integer\) 1/);
  await shows(consoleOf(page, "B").log, /stolen\s*OK/);
  await editor().locator(".code[data-line]").waitFor({ state: "detached" });
  assert.equal(await page.locator(".time .inside i").count(), 2, "its two calls stand in the bracket");
  assert.equal(await exec(page, "A", "GET lock:daily_report"), '"stolen"');
});

test("the locals of each function are shown at a call", async () => {
  await openEditor();
  await source().fill("local function double(n)\n  local twice = n * 2\n  return redis.call('ECHO', twice)\nend\nlocal start = 21\nlocal result = double(start)\nreturn result");
  await button("Remove KEYS[1]").click();
  await button("Step").click();
  const side = editor().getByRole("group", { name: "Where the script stands" });
  await editor().locator('.code[data-line="3"]').waitFor();
  await shows(side, /About to call\s*ECHO 42/);
  const rows = await side.locator(".locals tr").allInnerTexts();
  const seen = rows.map((row) => row.replace(/\s+/g, " ").trim());
  assert.ok(seen.includes("n 21") && seen.includes("twice 42") && seen.includes("start 21"), seen.join(" | "));
  // The buttons keep their places, and the focus: the next one in the row is the one behind Next call.
  await focused(button("Next call"));
  await page.keyboard.press("Tab");
  await focused(button("Run to end"));
  await page.keyboard.press("Enter");
  await shows(editor().locator(".outcome"), /"42"/);
});

test("each ready-made script runs, and an error marks its line", async () => {
  await openEditor();
  const menu = editor().getByRole("combobox", { name: "Ready-made scripts" });
  for (const [label, reply] of [
    ["Token bucket", /1\) \(integer\) 1\s*2\) \(integer\) 3\s*3\) \(integer\) 0/],
    ["Sliding-window limiter", /1\) \(integer\) 1\s*2\) \(integer\) 2\s*3\) \(integer\) 0/],
    ["Move within a queue", /"job:1"/],
  ]) {
    await menu.selectOption({ label });
    if (label === "Move within a queue") await exec(page, "A", "RPUSH jobs:ready job:1 job:2 job:3");
    await button("Run").click();
    await shows(editor().locator(".outcome"), reply);
  }
  await source().fill("local x = 1\nreturn nothing + x");
  await button("Run").click();
  await shows(editor().locator(".outcome"), /user_script:2/);
  assert.equal(await editor().locator(".gutter .err").innerText(), "2");
});

test("text is indented, taken back and left by keyboard", async () => {
  await openEditor();
  await source().fill("");
  await source().focus();
  await page.keyboard.type("if x then");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("y = 'é😀'");
  await page.keyboard.press("Enter");
  await page.keyboard.type("z");
  assert.equal(await source().inputValue(), "if x then\n  y = 'é😀'\n  z");
  assert.equal(await editor().locator(".lua-str").innerText(), "'é😀'");
  await page.keyboard.press("Control+z");
  assert.notEqual(await source().inputValue(), "if x then\n  y = 'é😀'\n  z");
  await page.keyboard.press("Control+Shift+z");
  assert.equal(await source().inputValue(), "if x then\n  y = 'é😀'\n  z");
  // A ready-made script takes the place of what was written, which can be had back.
  await editor().getByRole("combobox", { name: "Ready-made scripts" }).selectOption({ label: "Token bucket" });
  await shows(editor(), /A bucket gains tokens/);
  await source().focus();
  await page.keyboard.press("Control+z");
  assert.match(await source().inputValue(), /^if x then/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.ok(!(await source().evaluate((node) => node === document.activeElement)), "Escape, then Tab leaves");
});

test("KEYS and ARGV are added and removed by keyboard", async () => {
  await openEditor();
  await field("KEYS[1]").focus();
  await page.keyboard.press("Enter");
  await focused(field("KEYS[2]"));
  await page.keyboard.type("second");
  assert.equal(await field("KEYS[2]").inputValue(), "second");
  await field("KEYS[2]").fill("");
  await page.keyboard.press("Backspace");
  await field("KEYS[2]").waitFor({ state: "detached" });
  await focused(field("KEYS[1]"));
  await page.keyboard.press("Control+Enter");
  await shows(consoleOf(page, "A").log, /EVAL ".*" 1 lock:daily_report 9f3c51e1/);
});

test("a script of 10,000 lines stays usable", async () => {
  await openEditor();
  const text = Array.from({ length: 10_000 }, (_, i) => `local x${i % 150} = redis.call('GET', KEYS[1]) -- line ${i + 1}`).join("\n");
  // As one pastes it: Playwright's own way of filling a field takes minutes for so many lines.
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await source().focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+v");
  await editor().locator(".code").evaluate((node) => (node.scrollTop = node.scrollHeight));
  await shows(editor().locator(".gutter"), /10000/);
  assert.ok((await editor().locator(".src").count()) < 200, "only the lines in view are drawn");
  await source().focus();
  await page.keyboard.press("Control+End");
  const started = Date.now();
  await page.keyboard.type("abcdefghij");
  await page.waitForFunction(() => [...document.querySelectorAll(".code .src")].at(-1)?.textContent.endsWith("abcdefghij"));
  assert.ok(Date.now() - started < 3000, `ten keys took ${Date.now() - started} ms`);
});

test("the editor fits each window", async () => {
  for (const viewport of Object.values(VIEWPORTS)) {
    await page.setViewportSize(viewport);
    if (viewport.width <= 700) await page.getByRole("button", { name: "Keys", exact: true }).click();
    await openEditor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= viewport.width, `${wide} px of content in ${viewport.width} px`);
    const over = await editor().evaluate((node) => node.scrollWidth - node.clientWidth);
    assert.ok(over <= 0, `the card is ${over} px too narrow at ${viewport.width} px`);
  }
});
