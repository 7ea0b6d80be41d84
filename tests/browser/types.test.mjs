// Every type's inspector and the list of keys, as a learner uses them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, exec, inspector, openPage, server, useBrowser, VIEWPORTS } from "./helpers.mjs";

useBrowser();

const rows = (page) => page.locator(".keys .key-rows .key:not(.skeleton) .name");

async function fits(page, card) {
  const wide = await card.evaluate((card) => [...card.querySelectorAll("*")].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "visible" && e.clientWidth > 0 && !e.closest("svg, .vh")).map((e) => e.className));
  assert.deepEqual(wide, [], "nothing is wider than its place");
}

test("a string is shown as what it looks like, and can be looked at otherwise", async () => {
  const { page, finish } = await openPage(browser, server);
  await exec(page, "A", "SET doc '{\"a\":[1,2.50],\"b\":{\"c\":null}}'");
  const doc = inspector(page, "doc");
  await doc.getByRole("button", { name: "JSON", pressed: true }).waitFor();
  await doc.getByText("2.50").waitFor();
  await doc.getByRole("button", { name: /"a"/ }).click();
  assert.equal(await doc.getByText("2.50").count(), 0, "a level is folded");
  await doc.getByRole("button", { name: "Text", exact: true }).click();
  await doc.getByText('{"a":[1,2.50]').waitFor();

  await exec(page, "A", "SET hits 41");
  await exec(page, "B", "INCR hits");
  const hits = inspector(page, "hits");
  await hits.getByText("41 → 42").waitFor();
  await hits.getByText("9,223,372,036,854,775,807", { exact: true }).waitFor();
  await hits.getByRole("button", { name: "JSON", exact: true }).click();
  await hits.getByRole("button", { name: "JSON", pressed: true }).waitFor();

  await exec(page, "A", "SET plain 'not {json'");
  const plain = inspector(page, "plain");
  assert.equal(await plain.getByText("Not JSON").count(), 0, "nobody asked");
  await plain.getByRole("button", { name: "JSON", exact: true }).click();
  await plain.getByText(/Not JSON\. At line 1, column \d+/).waitFor();
  await fits(page, plain);
  await finish();
});

test("the bits of a string of 512 MB are seen, in a window", async () => {
  const { page, finish } = await openPage(browser, server);
  await exec(page, "A", "SETBIT days 7 1");
  const days = inspector(page, "days");
  await days.getByRole("button", { name: "Bits", exact: true }).click();
  await days.getByRole("img", { name: /bits from bit 0, 1 of them set/ }).waitFor();
  await days.getByText("1 of all 8 are set.").waitFor();
  await exec(page, "B", "SETBIT days 4294967295 1");
  await days.getByRole("img", { name: /512 bits from bit 4,294,966,784, 1 of them set/ }).waitFor();
  await days.getByText("wrote 1 at bit 4,294,967,295").waitFor();
  await days.getByRole("button", { name: "the bits as a table" }).click();
  await days.getByRole("cell", { name: "written from 4294967295" }).waitFor();
  await days.getByRole("textbox", { name: "Offset of a bit" }).fill("9");
  await days.getByRole("button", { name: "Go" }).click();
  await days.getByRole("button", { name: "SETBIT 1" }).click();
  await days.getByText("wrote 1 at bit 9").waitFor();
  await fits(page, days);
  await finish();
});

test("a list, a set beside another, a hash and a key that went", async () => {
  const { page, finish } = await openPage(browser, server);
  await exec(page, "A", "RPUSH jobs a b c");
  await exec(page, "B", "LPUSH jobs z");
  const jobs = inspector(page, "jobs");
  await jobs.getByText("put 1 element at the head").waitFor();
  assert.match(await jobs.locator('[data-item="z"]').innerText(), /0\s+-4\s+z\s+(Client\s+)?B\s+pushed\s+head/);
  await exec(page, "B", "RPOP jobs");
  await jobs.getByText("took c from the tail").waitFor();

  await exec(page, "A", "SADD mon ann bob cy");
  await exec(page, "A", "SADD tue bob cy dee eve");
  const mon = inspector(page, "mon");
  await mon.getByRole("button", { name: "With another set" }).click();
  await mon.getByRole("combobox", { name: "The other set" }).selectOption("tue");
  await mon.getByRole("img", { name: "Two circles: 1 only in mon, 2 in both, 2 only in tue" }).waitFor();
  await mon.getByRole("region", { name: "in both" }).getByText("bob").waitFor();
  await exec(page, "B", "SADD tue ann");
  await mon.getByRole("img", { name: /0 only in mon, 3 in both/ }).waitFor();
  await mon.getByRole("button", { name: /SINTER mon tue$/ }).click();
  await fits(page, mon);

  await exec(page, "A", "HSET user name ann token x");
  await exec(page, "A", "HPEXPIRE user 200 FIELDS 1 token");
  const user = inspector(page, "user");
  await user.getByText(/token expired/).waitFor();

  await exec(page, "A", "DEL user");
  await user.getByText("It was a hash of 1 field.").waitFor();
  await user.getByText("deleted it").waitFor();
  await exec(page, "A", "LPOP nobody");
  void page.evaluate(() => window.keyglass.exec("B", "BLPOP queue 0"));
  const queue = inspector(page, "queue");
  await queue.getByText("Waiting for it").waitFor();
  await queue.getByRole("button", { name: "RPUSH queue job1" }).click();
  await queue.getByText("It was a list", { exact: false }).waitFor();
  await finish();
});

test("keys are sorted, grouped, walked by keyboard and pinned", async () => {
  const { page, finish } = await openPage(browser, server);
  await exec(page, "A", "FLUSHALL");
  await exec(page, "A", "MSET user:2 bb user:1 a loner cccc");
  const order = page.getByRole("combobox", { name: "Order of the keys" });
  const names = () => rows(page).allInnerTexts();
  await page.waitForFunction(() => document.querySelectorAll(".keys .key-rows .key .name").length === 3);
  assert.deepEqual(await names(), ["user:2", "user:1", "loner"]);
  await order.selectOption("By name");
  await page.waitForFunction(() => document.querySelector(".keys .key-rows .name").textContent === "loner");
  await order.selectOption("Largest first");
  await page.waitForFunction(() => [...document.querySelectorAll(".keys .key-rows .name")].map((e) => e.textContent).join() === "loner,user:2,user:1");
  await page.getByRole("button", { name: "Group", exact: true }).click();
  const group = page.getByRole("button", { name: /^user: / });
  await group.waitFor();
  await group.focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelectorAll(".keys .keys-grouped").length === 2);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.querySelector(".name").textContent), "user:1");
  await page.keyboard.press("p");
  await page.getByRole("button", { name: "Pin user:1", pressed: true }).first().waitFor();
  await page.keyboard.press("End");
  assert.equal(await page.evaluate(() => document.activeElement.querySelector(".name").textContent), "loner");
  await page.keyboard.press("Enter");
  await inspector(page, "loner").waitFor();

  await exec(page, "B", "SELECT 2");
  await exec(page, "B", "SET elsewhere 1");
  await page.getByRole("combobox", { name: "Database" }).selectOption("2");
  await page.getByRole("button", { name: /^elsewhere/ }).click();
  await inspector(page, "elsewhere").waitFor();
  await finish();
});

test("a list of 100,000 keys is walked to its end, and stays quick under 5,000 writes a second", async () => {
  const { page, finish } = await openPage(browser, server);
  await exec(page, "A", "FLUSHALL");
  for (let part = 0; part < 100; part++) {
    const pairs = Array.from({ length: 1000 }, (_, n) => `k:${String(part * 1000 + n).padStart(6, "0")} v`).join(" ");
    await exec(page, "A", `MSET ${pairs}`);
  }
  await page.getByRole("combobox", { name: "Order of the keys" }).selectOption("By name");
  await page.getByRole("list", { name: "Keys" }).focus();
  await page.keyboard.press("End");
  await page.getByRole("button", { name: /^k:099999/ }).waitFor();
  await page.waitForFunction(() => document.activeElement.querySelector?.(".name")?.textContent === "k:099999");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.evaluate(() => document.activeElement.querySelector(".name").textContent), "k:099998");

  const slow = await page.evaluate(async () => {
    const took = [];
    let n = 0;
    const end = performance.now() + 3000;
    while (performance.now() < end) {
      const batch = Array.from({ length: 80 }, () => `k:${String((n += 7919) % 130000).padStart(6, "0")} ${n}`).join(" ");
      const began = performance.now();
      await window.keyglass.exec("B", `MSET ${batch}`);
      took.push(performance.now() - began);
      await new Promise((done) => setTimeout(done, 12));
    }
    took.sort((a, b) => a - b);
    return took[Math.floor(took.length * 0.9)];
  });
  assert.ok(slow < 120, `nine in ten answers came within ${slow.toFixed(0)} ms`);
  await finish();
});

for (const [name, viewport] of Object.entries(VIEWPORTS)) {
  test(`the inspectors fit on a ${name}`, async () => {
    const { page, finish } = await openPage(browser, server, { viewport });
    await exec(page, "A", "FLUSHALL");
    await exec(page, "A", "SETBIT days 100 1");
    await exec(page, "A", "SADD mon ann bob");
    await exec(page, "A", "SADD tue bob");
    await exec(page, "A", "RPUSH jobs a b c");
    await exec(page, "A", "HSET user name ann");
    if (name === "phone") await page.getByRole("button", { name: "Inspect" }).click();
    await inspector(page, "days").getByRole("button", { name: "Bits", exact: true }).click();
    await inspector(page, "mon").getByRole("button", { name: "With another set" }).click();
    await inspector(page, "mon").getByRole("combobox", { name: "The other set" }).selectOption("tue");
    await inspector(page, "mon").getByRole("img", { name: /Two circles/ }).waitFor();
    for (const key of ["days", "mon", "jobs", "user"]) await fits(page, inspector(page, key));
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/types-${name}.png` });
    await finish();
  });
}
