// The sorted set's inspector: rows slide, ties and slices show, the way of a lookup, a range of scores, a map.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, exec, inspector, openPage, server, useBrowser, VIEWPORTS } from "./helpers.mjs";

useBrowser();

/** A key's inspector: a command that touches the key shows it, and on a narrow page its part is turned to. */
async function show(page, key) {
  const card = inspector(page, key);
  const tab = page.getByRole("button", { name: "Inspect", exact: true });
  if (await tab.isVisible()) await tab.click();
  await card.waitFor();
  return card;
}

test("rows slide to their new ranks, the one that moved as well as those it passed; with reduced motion they do not", async () => {
  for (const reducedMotion of ["no-preference", "reduce"]) {
    const { page, finish } = await openPage(browser, server, { reducedMotion });
    await exec(page, "A", "ZADD board 10 ann 20 bob 30 cy 40 dan 50 eve");
    const card = await show(page, "board");
    await card.locator('.rank[data-member="ann"][data-rank="4"]').waitFor();
    await page.waitForTimeout(400);
    // Every row's place in every frame.
    await page.evaluate(() => {
      window.seen = {};
      const look = () => {
        for (const row of document.querySelectorAll('[data-key="board"] .rank[data-member]')) {
          (window.seen[row.dataset.member] ??= new Set()).add(Math.round(row.getBoundingClientRect().top));
        }
        window.looking = requestAnimationFrame(look);
      };
      look();
    });
    await exec(page, "A", "ZINCRBY board 100 ann");
    await card.locator('.rank[data-member="ann"][data-rank="0"]').waitFor();
    await page.waitForTimeout(500);
    const places = await page.evaluate(() => Object.fromEntries(Object.entries(window.seen).map(([name, tops]) => [name, tops.size])));
    for (const name of ["ann", "bob", "cy", "dan", "eve"]) {
      if (reducedMotion === "reduce") assert.ok(places[name] <= 2, `${name} jumps: ${JSON.stringify(places)}`);
      else assert.ok(places[name] > 3, `${name} slides: ${JSON.stringify(places)}`);
    }
    await finish();
  }
});

test("ties say their order, and a range read is lit and can be shown", async () => {
  const { page, finish } = await openPage(browser, server);
  const members = Array.from({ length: 300 }, (_, i) => `${i} m${i}`).join(" ");
  await exec(page, "A", `ZADD board ${members} 299 zoe`);
  const card = await show(page, "board");
  const row = (name) => card.locator(`.rank[data-member="${name}"]`);
  await row("zoe").waitFor();
  assert.match(await row("zoe").innerText(), /tie/);
  assert.match(await row("m299").innerText(), /tie/);
  assert.doesNotMatch(await row("m298").innerText(), /tie/);

  await exec(page, "A", "ZRANGE board 0 9");
  await card.getByText(/read 10 members, 292nd to 301st/).waitFor();
  await card.getByRole("button", { name: "Show", exact: true }).click();
  await row("m9").waitFor();
  await row("m2").waitFor();
  assert.ok((await card.locator(".rank.lit").count()) >= 8);
  await exec(page, "A", "ZADD board 5.5 new");
  await page.waitForFunction(() => document.querySelectorAll('[data-key="board"] .rank.lit').length === 0);
  await finish();
});

test("the way of a lookup among many members, and its comparisons beside log2 n and n", async () => {
  const { page, finish } = await openPage(browser, server);
  await exec(page, "A", "EVAL \"for i = 0, 199 do local a = {} for j = 1, 1000 do local n = i * 1000 + j a[#a + 1] = n % 5000 a[#a + 1] = 'user:' .. n end redis.call('ZADD', KEYS[1], unpack(a)) end\" 1 board");
  const card = await show(page, "board");
  await card.getByRole("button", { name: "How", exact: true }).click();
  await exec(page, "A", "ZREVRANK board user:4242");
  const region = card.getByRole("region", { name: "How it is found" });
  await card.locator(".why").getByText(/asked for the rank of user:4242/).waitFor();
  await region.getByText("Leaf", { exact: true }).waitFor();
  assert.match(await region.innerText(), /200,000 members under \d+ children/);
  const bars = region.getByRole("list", { name: "What it took, to scale" });
  const numbers = (await bars.locator("b").allInnerTexts()).map((text) => Number(text.replaceAll(",", "")));
  const told = Number((await card.locator(".why").innerText()).match(/(\d+) comparisons among 200,000/)[1]);
  assert.equal(numbers[0], told, "the way drawn took what the command paid");
  assert.ok(told >= 14 && told <= 24, `${told} comparisons`);
  assert.equal(numbers[1], 17.6);
  assert.equal(numbers[2], 200_000);

  await region.getByRole("button", { name: "way through the order as a table" }).click();
  const table = region.getByRole("table");
  const rows = await table.locator("tbody tr").allInnerTexts();
  assert.ok(rows.length >= 3 && rows.length <= 4, "a row for each node of the way");
  assert.equal(rows.map((text) => Number(text.split("\t").at(-1))).reduce((a, b) => a + b), told);
  await region.getByRole("button", { name: "way through the order as a table" }).click();
  await exec(page, "A", "ZREVRANGE board 1000 1009");
  await region.getByText(/counts read/).first().waitFor();
  await exec(page, "A", "ZCOUNT board 100 200");
  await region.getByText("To the upper end").waitFor();
  await finish();
});

test("two sliders stand for a ZRANGEBYSCORE, which a click types", async () => {
  const { page, finish } = await openPage(browser, server);
  await exec(page, "A", "ZADD board 0 ann 25 bob 50 cy 75 dan 100 eve");
  const card = await show(page, "board");
  await card.getByRole("button", { name: "Score range" }).click();
  await card.getByText("5 members lie between them.").waitFor();
  await card.getByRole("slider", { name: "Lowest" }).fill("50");
  await card.getByRole("slider", { name: "Highest" }).fill("100");
  await card.getByText("2 members lie between them.").waitFor();
  assert.equal(await card.locator(".rank.lit").count(), 2);
  await card.getByRole("button", { name: "ZRANGEBYSCORE board 25 50" }).click();
  await card.getByText(/read 2 members, 3rd to 4th: \d comparisons? among 5 members found both ends/).waitFor();
  // One slider takes the other along.
  await card.getByRole("slider", { name: "Lowest" }).fill("150");
  await card.getByRole("button", { name: "ZRANGEBYSCORE board 75 75" }).waitFor();
  await finish();
});

test("what GEOADD made has a map with the last search over it", async () => {
  for (const viewport of Object.values(VIEWPORTS)) {
    const { page, finish } = await openPage(browser, server, { viewport });
    await exec(page, "A", "GEOADD sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.5113 38.0176 Trapani");
    const card = await show(page, "sicily");
    await card.getByRole("button", { name: "Map", exact: true }).click();
    await card.getByRole("img", { name: /^Map\. 3 places\./ }).waitFor();
    await exec(page, "A", "GEOSEARCH sicily FROMLONLAT 15 37 BYRADIUS 200 km ASC");
    await card.getByRole("img", { name: /within 200 km of 15° E, 37° N: 2 lit/ }).waitFor();
    assert.equal(await card.locator("circle.lit").count(), 2);
    await card.getByRole("button", { name: "map as a table" }).click();
    const first = await card.getByRole("table").locator("tbody tr").first().innerText();
    assert.match(first, /^(Palermo|Catania)\t(190\.4|56\.4) km\tyes\t/);
    await card.getByRole("button", { name: "map as a table" }).click();

    await exec(page, "A", "ZADD sicily 5 ann");
    await card.getByRole("button", { name: "Map", exact: true }).waitFor({ state: "detached" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= viewport.width, `${wide} px in ${viewport.width}`);
    await finish();
  }
});
