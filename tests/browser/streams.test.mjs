// Streams and channels as their panels show them: a crashed worker's entries, one entry's life, messages that were missed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exec, inspector, page, useFreshPage, VIEWPORTS } from "./helpers.mjs";

useFreshPage();

const stream = () => inspector(page, "jobs");
const life = () => stream().locator("[data-follows]");
const channels = () => page.locator('section[data-type="pubsub"]');
const seat = (letter) => channels().locator(`tr[data-client="${letter}"]`);

async function run(lines) {
  for (const [client, line] of lines) assert.doesNotMatch(await exec(page, client, line), /^\(error\)/, line);
}

/** Waits until an element's text fits. */
async function says(locator, pattern) {
  const end = Date.now() + 10_000;
  let text;
  do {
    text = await locator.textContent({ timeout: 10_000 });
    if (pattern.test(text)) return;
    await page.waitForTimeout(20);
  } while (Date.now() < end);
  assert.match(text, pattern);
}

test("a worker crashes: its entry is seen idle, followed, claimed by another and acknowledged", async () => {
  await run([
    ["A", "XGROUP CREATE jobs workers 0 MKSTREAM"],
    ["A", "XADD jobs 1-0 kind mail"],
    ["A", "XADD jobs 2-0 kind sms"],
    ["A", "XADD jobs 3-0 kind mail"],
    ["B", "XREADGROUP GROUP workers w1 COUNT 2 STREAMS jobs >"],
    ["A", "XGROUP CREATECONSUMER jobs workers w2"],
    ["A", "XGROUP CREATECONSUMER jobs workers w3"],
  ]);
  await says(stream(), /workers\s*has delivered up to here\s*1 to come/);
  // The worker is gone for 40 seconds, by the session's clock, which is then held: idle times stand still with it.
  await page.getByRole("button", { name: "+30 s" }).click();
  await page.getByRole("button", { name: "+1 s", exact: true }).click();
  const cell = stream().locator('[data-pending-id="2-0"]');
  await says(cell, /3[1-9]s×1/);
  // Its cell stands under its entry.
  const [own, under] = await Promise.all([stream().locator('[id="ent-2-0"]').boundingBox(), cell.boundingBox()]);
  assert.ok(Math.abs(own.x - under.x) < 2 && Math.abs(own.width - under.width) < 2, "on the same scale as the log");
  await says(stream(), /has not acknowledged for 3\d/);

  // Its life is followed from the log by the keyboard.
  await stream().getByRole("listbox").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await says(life(), /2-0/);
  await says(life(), /added by Client A.*delivered to w1: pending, asked by Client B/);
  await says(life(), /pending for w1, idle 3\d\.\d s, delivered 1 time/);

  // Who claims is chosen; the buttons type their commands.
  await stream().getByRole("combobox", { name: "Who claims in group workers" }).selectOption("w3");
  await life().getByRole("button", { name: "Claim 2-0 for w3" }).click();
  await says(life(), /claimed from w1 for w3 by Client A/);
  await says(life(), /pending for w3, idle 0\.\d s, delivered 2 times/);
  await stream().getByRole("button", { name: "Autoclaim for w3 in group workers" }).click();
  await says(page.locator(".consoles"), /XAUTOCLAIM jobs workers w3 0 0/);
  await says(life(), /delivered 3 times/);
  await life().getByRole("button", { name: "Ack 2-0 in workers" }).click();
  await says(life(), /acknowledged by Client A: no longer pending/);
  await says(life(), /behind the cursor, not pending/);
  await life().getByRole("button", { name: "Stop following" }).click();
  await life().waitFor({ state: "detached" });

  // Data that is dropped while it is pending, and what takes it off the list.
  await run([["A", "XDEL jobs 1-0"]]);
  await says(stream(), /1 of 3 entries ever added are gone/);
  const row = stream().locator('tr[data-entry-id="1-0"]');
  await says(row, /data gone/);
  await row.getByRole("button", { name: "Follow 1-0" }).click();
  await says(life(), /deleted from the log by Client A/);
  assert.equal(await exec(page, "A", "XCLAIM jobs workers w2 0 1-0"), "(empty array)");
  await says(life(), /found its data gone: no longer pending/);

  // The table says the same.
  await stream().getByRole("button", { name: "log as a table" }).click();
  await says(stream().locator(".twin-table"), /before 2-0dropped.*2-0kind sms.*not pending.*3-0kind mail.*to come/);
});

test("eight groups with many pending entries each stay quick", async () => {
  await run([
    ["A", "EVAL \"for i=1,20000 do redis.call('XADD',KEYS[1],i..'-0','k','v') end\" 1 jobs"],
    ["A", "EVAL \"for g=1,8 do redis.call('XGROUP','CREATE',KEYS[1],'g'..g,'0'); redis.call('XREADGROUP','GROUP','g'..g,'w','COUNT','20000','STREAMS',KEYS[1],'>') end\" 1 jobs"],
  ]);
  await says(stream(), /g8.*has delivered up to here/s);
  const began = Date.now();
  for (let i = 0; i < 20; i++) await exec(page, "A", `XACK jobs g1 ${i + 1}-0`);
  await says(stream(), /19,980 pending/);
  assert.ok(Date.now() - began < 5_000, `20 acknowledgements took ${Date.now() - began} ms`);
});

test("a message is missed by who was away, and a stream still has it", async () => {
  await run([["B", "HELLO 3"], ["B", "SUBSCRIBE news"], ["A", "PUBLISH news one"]]);
  await says(seat("B"), /got 1/);
  await says(seat("A"), /sent 1/);
  await says(channels(), /No stream that was added to holds what these said/);
  await run([["B", "UNSUBSCRIBE news"], ["A", "PUBLISH news two"], ["A", "XADD jobs 5-0 text two"], ["A", "PUBLISH weather rain"]]);
  await says(seat("B"), /left.*missed 1/);
  await says(seat("A"), /sent 1.*1 lost/);
  await says(channels(), /lost: reached nobody/);
  await says(channels(), /jobs holds 1 of the last \d messages\. Client B missed 1 of those, and can still read them/);
  await channels().getByRole("button", { name: /XREAD COUNT 10 STREAMS jobs 4-18446744073709551615/ }).click();
  await says(page.locator(".consoles"), /1\) "5-0"\s*2\) 1\) "text"\s*2\) "two"/);
});

for (const [theme, viewport] of [["light", VIEWPORTS.tablet], ["dark", VIEWPORTS.phone]]) {
  test(`nothing of the panels is cut at ${viewport.width} in ${theme}`, async () => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: theme });
    await run([
      ["A", "XADD jobs 1-0 kind mail"],
      ["A", "XADD jobs 2-0 kind mail"],
      ["A", "XGROUP CREATE jobs a-group-with-a-long-name 0"],
      ["A", "XREADGROUP GROUP a-group-with-a-long-name a-consumer-with-a-long-name STREAMS jobs >"],
    ]);
    if (viewport === VIEWPORTS.phone) await page.getByRole("button", { name: "Inspect", exact: true }).click();
    await stream().locator(".strm-cell").first().waitFor();
    const cut = await stream().locator(".strm").evaluate((node) => node.scrollWidth - node.clientWidth);
    assert.ok(cut <= 0, `the stream's panel is ${cut} px too wide`);
  });
}
