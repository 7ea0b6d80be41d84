// The inspector of a HyperLogLog, as one learns from it: an element's way to its register, and a merge foretold.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exec, inspector, page, useFreshPage, VIEWPORTS } from "./helpers.mjs";

useFreshPage(async () => {
  await exec(page, "A", "FLUSHALL");
});

test("an element is followed to its register, and what is typed is not shown to it", async () => {
  await exec(page, "A", "PFADD seen bob ann");
  const card = inspector(page, "seen");
  await card.getByRole("button", { name: "Element" }).click();
  // What PFADD showed last, to the register that a real server gives it.
  await card.getByText("It held 0 and grew to 1.").waitFor();
  await card.getByText("choose register 10,757.").waitFor();
  await exec(page, "A", "PFADD seen ann");
  await card.getByText("It held 1, which is no less: it did not grow.").waitFor();
  await card.getByRole("textbox", { name: "Follow an element" }).fill("zoe");
  await card.getByText(/It holds 0: PFADD of this would make it \d+\./).waitFor();
  assert.equal(await exec(page, "B", "PFCOUNT seen"), "(integer) 2");
  await card.getByRole("button", { name: "PFADD seen zoe" }).click();
  await card.getByText(/It held 0 and grew to \d+\./).waitFor();
  assert.equal(await exec(page, "B", "PFCOUNT seen"), "(integer) 3");
  // The map is read by keys, from the register that is marked.
  const map = card.getByRole("slider", { name: "Register map" });
  await map.press("Home");
  await map.press("ArrowDown");
  assert.equal(await map.getAttribute("aria-valuetext"), "Register 128 holds 0.");
});

test("a merge is foretold register by register and changes nothing until it is typed", async () => {
  await exec(page, "A", "PFADD one a b c d");
  const card = inspector(page, "one");
  await card.getByRole("button", { name: "Merge" }).click();
  await card.getByText("There is no other HyperLogLog.").waitFor();
  await exec(page, "B", "PFADD two c d e f g");
  await card.getByRole("combobox", { name: "Merge with" }).selectOption({ label: "two" });
  await card.getByText(/estimated of both together · true count 7; 4 here, 5 there/).waitFor();
  for (const part of ["2 from this one", "3 from the other", "2 the same in both"]) await card.getByText(part).waitFor();
  await card.getByRole("button", { name: "registers of both as a table" }).click();
  assert.equal(await card.getByRole("table").getByRole("row").count(), 8);
  assert.equal(await exec(page, "B", "EXISTS merged"), "(integer) 0");
  await card.getByRole("button", { name: "PFMERGE merged one two" }).click();
  await inspector(page, "merged").getByText(/true count 7/).waitFor();
  assert.equal(await exec(page, "B", "PFCOUNT merged"), "(integer) 7");
});

test("a sparse one turns dense at its threshold, and stays small beside a set", async () => {
  const card = inspector(page, "many");
  const names = (from, to) => Array.from({ length: to - from }, (_, i) => `visitor:${from + i}`).join(" ");
  await exec(page, "A", `PFADD many ${names(0, 100)}`);
  await card.getByText(/of 3,000 bytes, then it turns dense/).waitFor();
  for (let n = 100; n < 4000; n += 1300) await exec(page, "A", `PFADD many ${names(n, n + 1300)}`);
  await card.getByText("12,304 bytes: six bits for each register").waitFor();
  const set = await card.getByText(/what MEMORY USAGE would say here/).textContent();
  for (let n = 0; n < 4000; n += 1300) await exec(page, "B", `SADD same ${names(n, Math.min(n + 1300, 4000))}`);
  assert.match(set, /KB/);
  await card.getByText(/true count 4,000/).waitFor();
});

test("nothing is cut on a phone", async () => {
  await page.setViewportSize(VIEWPORTS.phone);
  await exec(page, "A", "PFADD one a b c d");
  await page.locator(".tabs button").nth(1).click();
  const card = inspector(page, "one");
  for (const side of ["Count", "Element", "Merge"]) {
    await card.getByRole("button", { name: side }).click();
    const wide = await card.locator(".hll").evaluate((body) => body.scrollWidth - body.clientWidth);
    assert.ok(wide <= 0, `${side} is ${wide} px too wide`);
  }
});
