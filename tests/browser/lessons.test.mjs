// Every lesson, from its first step to its last, by what a learner would press; and the ways into and out of one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, exec, openPage, ready, server, useBrowser } from "./helpers.mjs";
import { lessonOf as lesson, work } from "./lessons.mjs";

const NAMES = ["leaderboards", "streams", "notifications", "uniques", "locks", "limits", "caching", "feeds", "choosing"];

useBrowser();

const button = (scope, name) => scope.getByRole("button", { name, exact: true });
const steps = (page) => lesson(page).getByRole("list", { name: "Steps" }).getByRole("button");
const current = (page) => lesson(page).locator(".lesson-steps [aria-current=step]");
const ticked = (page) => current(page).evaluate((step) => step.classList.contains("ticked"));

async function opened(name) {
  const open = await openPage(browser, server, { path: `#lesson=${name}`, reducedMotion: "reduce" });
  await ready(open.page);
  await lesson(open.page).waitFor();
  return open;
}

/** Turns to the next step, which is at this place, and waits until it is drawn. */
async function turn(page, at) {
  await button(lesson(page), "Next").click();
  await page.waitForFunction(([at, step]) => document.querySelectorAll(".lesson-steps button")[at]?.matches(step), [at, "[aria-current=step]"]);
}

/** Ticks a step that has no checks. */
async function tick(page) {
  const byHand = lesson(page).getByRole("checkbox", { name: "I have done this" });
  if ((await byHand.count()) && !(await byHand.isChecked())) await byHand.check();
}

/** Waits for the step's tick; what actors still have to do, they do while the clock moves on. */
async function done(page, step) {
  for (let tries = 0; tries < 60; tries++) {
    for (let looks = 0; looks < 50; looks++) {
      if (await ticked(page)) return;
      await page.waitForTimeout(60);
    }
    await exec(page, "A", ".advance 1s");
  }
  const open = await lesson(page).locator(".lesson-checks li:not(.holds)").allInnerTexts();
  assert.fail(`${step}: ${open.join("; ")}`);
}

for (const name of NAMES) {
  test(`${name} runs from start to end`, { timeout: 240_000 }, async () => {
    const { page, finish } = await opened(name);
    const count = await steps(page).count();
    assert.ok(count >= 4, `${count} steps`);
    for (let at = 0; at < count; at++) {
      const title = await lesson(page).locator("h3").innerText();
      assert.equal(await ticked(page), false, `${title}: nothing was done yet`);
      await work(page);
      await tick(page);
      await done(page, title);
      assert.deepEqual(await page.locator(".notice").allInnerTexts(), [], title);
      for (const value of await lesson(page).locator(".lesson-value").all()) assert.match(await value.innerText(), /^(?!…|\(error\))/s);
      for (const plot of await lesson(page).locator(".lesson-plot").all()) await plot.locator("svg").first().waitFor();
      if (at + 1 < count) await turn(page, at + 1);
    }
    assert.equal(await lesson(page).locator(".lesson-steps .ticked").count(), count);
    await finish();
  });
}

test("a newcomer goes from the page to a lesson and through its first step by keyboard", async () => {
  const { page, finish } = await openPage(browser, server, {});
  await ready(page);
  await button(page, "Lessons").focus();
  await page.keyboard.press("Enter");
  const list = page.getByRole("dialog", { name: "Lessons" });
  assert.equal(await list.getByRole("listitem").count(), NAMES.length);
  await list.getByRole("listitem").first().getByRole("button").focus();
  await page.keyboard.press("Enter");
  await lesson(page).waitFor();
  assert.equal(await lesson(page).getByRole("heading", { level: 2 }).innerText(), "Leaderboards");
  const run = lesson(page).locator(".lesson-block figcaption button").first();
  await run.focus();
  await page.keyboard.press("Enter");
  await page.locator(".lesson-steps .ticked").first().waitFor();
  await page.locator("[role=status]", { hasText: "Step 1 is done" }).first().waitFor({ state: "attached" });
  await button(lesson(page), "Next").focus();
  await page.keyboard.press("Enter");
  await lesson(page).getByRole("heading", { level: 3, name: /Step 2/ }).waitFor();
  // Who turned the page reads on at its top.
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Step 2/);
  await finish();
});

test("typing counts, wandering off breaks nothing, and both ways back lead there", async () => {
  const { page, finish } = await opened("leaderboards");
  await work(page);
  await done(page, "1");
  await button(lesson(page), "Next").click();
  await page.waitForTimeout(300);
  await exec(page, "A", "FLUSHALL");
  await exec(page, "A", "SET mine 1");
  await button(lesson(page), "Back to the lesson").click();
  await page.waitForFunction(async () => (await keyglass.exec("A", "EXISTS mine points")) === "(integer) 1");
  await exec(page, "A", "DEL points");
  await button(lesson(page), "Reset this step").click();
  await page.waitForFunction(async () => (await keyglass.exec("A", "EXISTS points")) === "(integer) 1");
  await finish();
});

test("a lesson comes back with its session, its notes and its ticks", async () => {
  const { page, finish } = await opened("locks");
  await work(page);
  await done(page, "1");
  await lesson(page).getByText("Your notes").click();
  await lesson(page).getByRole("textbox", { name: "Your notes" }).fill("a token each time");
  await button(lesson(page), "Next").click();
  await page.waitForTimeout(2500);
  await page.reload();
  await ready(page);
  await lesson(page).waitFor();
  assert.match(await current(page).getAttribute("aria-label"), /^Step 2,/);
  assert.equal(await lesson(page).locator(".lesson-steps .ticked").count(), 1);
  assert.equal(await lesson(page).getByRole("textbox", { name: "Your notes" }).inputValue(), "a token each time");
  // Opened anew, it begins anew, and what was done is still told.
  await button(page, "Lessons").click();
  const list = page.getByRole("dialog", { name: "Lessons" });
  assert.match(await list.getByRole("listitem").filter({ hasText: "Locks" }).innerText(), /1 of \d+ steps done/);
  await finish();
});

test("a lesson from a file is only ever text", async () => {
  const { page, finish } = await openPage(browser, server, {});
  await ready(page);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const evil = `<img src=x onerror="globalThis.hurt=1"><script>globalThis.hurt=2</script>`;
  const text = [
    "---", `title: Mine ${evil}`, "minutes: 1", `about: ${evil}`, "clients: A = <b>x</b>", "---", "", evil, "", `[x](javascript:hurt=3) [y](#cmd=PING) ![z](https://example.com/z.png)`,
    "", "## One " + evil, "", "```keyglass", `A> SET k '${evil}'`, "```", "", "```plot", `title: ${evil}`, "kind: bars", `s: HGETALL nothing`, "```", "", "```check", `${"there"}: EXISTS k = 1`, "```", "",
  ].join("\n");
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "mine.md", { type: "text/markdown" }));
    dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, text);
  await lesson(page).waitFor();
  await work(page);
  await done(page, "1");
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
  assert.equal(await lesson(page).locator("img, script, iframe, object").count(), 0);
  assert.deepEqual(await lesson(page).locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href"))), ["./#cmd=PING"]);
  assert.deepEqual(asked.filter((url) => !url.startsWith(server.url)), []);
  await finish();
});

test("a lesson that is wrong says in which line", async () => {
  const { page, finish } = await openPage(browser, server, {});
  await ready(page);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(["---\ntitle: x\nminutes: 1\n---\n## One\n\n```check\nnonsense\n```\n"], "x.md"));
    dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await page.locator(".notice", { hasText: "line 8" }).waitFor();
  assert.equal(await lesson(page).count(), 0);
  await finish();
});
