// The profiler: what every client does, what it cost, and that a flood of commands does not slow the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exec, page, useFreshPage } from "./helpers.mjs";

useFreshPage();

const card = () => page.getByRole("region", { name: "Profiler", exact: true });
const rows = () => card().locator(".prof-row:not(.prof-head)");
const open = () => page.locator(`.keys button[title^="Profiler:"]`).click();

test("all commands of all clients, filtered, and KEYS stands out", async () => {
  await open();
  await exec(page, "A", "SET user:1 ann");
  await exec(page, "B", "GET user:1");
  await exec(page, "B", "KEYS user:*");
  await rows().filter({ hasText: "KEYS user:*" }).waitFor();
  const keys = rows().filter({ hasText: "KEYS user:*" });
  assert.match(await keys.innerText(), /whole keyspace/);
  await card().getByRole("searchbox", { name: "Only commands on keys like this" }).fill("user:*");
  await card().getByText("2 of the last").waitFor();
  assert.equal(await rows().count(), 2);
  await card().getByRole("combobox", { name: "Whose commands" }).selectOption({ label: "Client B" });
  await card().getByText("1 of the last").waitFor();
  assert.match(await rows().innerText(), /GET user:1/);
  await card().getByRole("button", { name: "By command" }).click();
  await card().getByRole("rowheader", { name: "KEYS", exact: true }).waitFor();
});

test("it stands still when paused, and says what it dropped", async () => {
  await open();
  await exec(page, "A", "SET before 1");
  await rows().filter({ hasText: "SET before 1" }).waitFor();
  await card().getByRole("button", { name: "Pause" }).click();
  await exec(page, "A", "3000 INCR n");
  assert.equal(await rows().filter({ hasText: "INCR n" }).count(), 0);
  await card().getByRole("button", { name: "Pause" }).click();
  await rows().filter({ hasText: "INCR n" }).first().waitFor();
  await card().getByText(/^The last 2,000 commands\. [\d,]+ older ones were dropped\.$/).waitFor();
});

test("a flood of commands leaves the page at ease", async () => {
  await open();
  const actors = page.getByRole("region", { name: "Actors", exact: true });
  await actors.getByRole("combobox", { name: "What a new actor does" }).selectOption({ label: "a text of your own" });
  for (const name of ["flood-1", "flood-2", "flood-3", "flood-4", "flood-5"]) {
    await actors.getByRole("button", { name: "Write", exact: true }).click();
    const editor = actors.getByRole("form", { name: "Text of an actor" });
    await editor.getByRole("textbox", { name: "Name" }).fill(name);
    await editor.getByRole("textbox", { name: "Text" }).fill("forever\n  INCR {me}");
    await editor.getByRole("button", { name: "Start it" }).click();
    await editor.waitFor({ state: "detached" });
  }
  await rows().filter({ hasText: "INCR flood-5" }).first().waitFor();
  const count = async () => Number((await card().locator(".meta").innerText()).replace(/\D/g, ""));
  const before = await count();
  const slow = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let last = performance.now();
        const from = last;
        let slow = 0;
        let frames = 0;
        const frame = (now) => {
          frames += 1;
          if (now - last > 100) slow += 1;
          last = now;
          if (now - from < 3000) requestAnimationFrame(frame);
          else resolve({ slow, frames });
        };
        requestAnimationFrame(frame);
      }),
  );
  assert.ok((await count()) - before > 3000, "five actors send a command each millisecond");
  assert.ok(slow.slow <= slow.frames * 0.1, `${slow.slow} of ${slow.frames} frames took more than 100 ms`);
  assert.ok((await rows().count()) < 80);
});
