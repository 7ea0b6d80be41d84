// The lock's inspector: the accident played by two clients, and what keeps it from happening.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exec, inspector, page, useFreshPage } from "./helpers.mjs";

useFreshPage(async () => {
  await exec(page, "A", "FLUSHALL");
  await exec(page, "A", ".pause");
});

const card = () => inspector(page, "lock:job");
const saying = (text) => card().getByText(text).first().waitFor();

test("the accident: two owners at once, until one deletes the other's lock", async () => {
  await exec(page, "A", "SET lock:job t1 NX PX 20000");
  await saying("Never two owners at once.");
  for (let i = 0; i < 3; i += 1) await exec(page, "B", "SET lock:job t2 NX PX 20000");
  await saying("tried 3 times");
  await saying("still trying");
  await saying("3 refused, 0 kept for a wrong token");
  // A pauses past its TTL; B takes the lock, and A comes back.
  await exec(page, "A", ".advance 21s");
  await exec(page, "B", "SET lock:job t2 NX PX 20000");
  await exec(page, "A", ".advance 4s");
  await saying("Two owners for 4.0 s so far:");
  await saying("still thinks that it holds it");
  assert.equal(await card().getAttribute("data-holder"), "B");
  assert.ok(await card().locator(".lock-both i").isVisible(), "the overlap is drawn");
  await exec(page, "A", "DEL lock:job");
  await saying("Two owners for 4.0 s:");
  await saying("deleted the lock of");
  assert.equal(await card().getAttribute("data-holder"), "");
  await card().getByRole("button", { name: "owners over time as a table" }).click();
  const rows = card().getByRole("table").getByRole("row");
  assert.deepEqual(await rows.nth(1).getByRole("cell").allTextContents(), ["A", "t1", "+0.0 s", "20.0 s", "its TTL ran out", "25.0 s", "0"]);
  assert.deepEqual((await rows.nth(2).getByRole("cell").allTextContents()).slice(0, 5), ["B", "t2", "+21.0 s", "4.0 s", "A deleted it"]);
});

test("who is told in time does no harm: a script that compares keeps the other's lock", async () => {
  await exec(page, "A", "SETNX lock:job t1");
  await exec(page, "A", "EXPIRE lock:job 20");
  await saying("took it, token");
  await exec(page, "A", ".advance 10s");
  await exec(page, "A", "EXPIRE lock:job 20");
  await saying("extended it: 20.0 s left");
  await exec(page, "A", ".advance 21s");
  await exec(page, "B", "SET lock:job t2 NX EX 20");
  const script = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end";
  assert.equal(await exec(page, "A", `EVAL "${script}" 1 lock:job t1`), "(integer) 0");
  await saying("1 kept for a wrong token");
  assert.equal(await card().getByText("still thinks that it holds it").count(), 0);
  assert.equal(await exec(page, "B", `EVAL "${script}" 1 lock:job t2`), "(integer) 1");
  await saying("released it");
});

test("nothing of it is cut on a narrow page", async () => {
  await exec(page, "A", "SET lock:job a-rather-long-token-of-36-characters-00 NX PX 20000");
  await exec(page, "A", ".advance 21s");
  await exec(page, "B", "SET lock:job t2 NX PX 20000");
  for (const width of [320, 360, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.locator(".tabs button").nth(1).click();
    await card().locator(".lock-strip").scrollIntoViewIfNeeded();
    const faults = await card().evaluate((section) => {
      const { left, right } = section.getBoundingClientRect();
      const parts = [...section.querySelectorAll(".lock-strip, .lock-lane, .lock-ends, .lock-verdict, .lock-legend, .twin-tools, .steps li")];
      return parts
        .filter((part) => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > right || part.getBoundingClientRect().left < left)
        .map((part) => part.className);
    });
    assert.deepEqual(faults, [], `${width} px`);
  }
});
