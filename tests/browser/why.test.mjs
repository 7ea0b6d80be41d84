// Why a reply is what it is: a sentence below it, which can be switched off for good.
import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleOf, context, exec, page, ready, type, useFreshPage } from "./helpers.mjs";

useFreshPage(async () => {
  await exec(page, "A", "FLUSHALL");
});

const sentences = (letter) => consoleOf(page, letter).log.locator(".why");

test("a lock that is refused says who holds it and for how long, right below the nil", async () => {
  await type(page, "A", "SET lock:x t1 NX PX 30000");
  await type(page, "B", "SET lock:x t2 NX PX 30000");
  const last = sentences("B").last();
  await last.filter({ hasText: "A holds this lock for another" }).waitFor();
  assert.match(await last.innerText(), /^A holds this lock for another \d+\.\d s, so NX refused to set it\.$/);
  const before = await last.evaluate((element) => element.previousElementSibling.textContent);
  assert.equal(before, "(nil)");
});

test("pasted lines have their sentences below their own replies, and no flood of the same", async () => {
  const { input } = consoleOf(page, "A");
  await input.focus();
  const lines = ["TYPE none", ...Array(8).fill("GET none"), "ZRANK board ann"].join("\n") + "\n";
  await input.evaluate((element, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, lines);
  await exec(page, "A", "PING");
  // An answer is there before it is drawn.
  await consoleOf(page, "A").log.getByText("PONG").waitFor();
  assert.equal(await sentences("A").filter({ hasText: "There is no key “none”." }).count(), 3);
});

test("they are switched off in a client's menu, and stay off", async () => {
  await page.getByRole("button", { name: "What to do with client A" }).click();
  await page.getByRole("checkbox", { name: /Say why/ }).uncheck();
  const before = await sentences("A").count();
  await exec(page, "A", "GET none");
  assert.equal(await sentences("A").count(), before);
  const again = await context.newPage();
  await again.goto(page.url());
  await ready(again);
  await exec(again, "A", "GET none");
  assert.equal(await again.locator(".con .why").count(), 0);
  await again.close();
});
