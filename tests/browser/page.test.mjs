// The page opens, from the root of a host and from a folder of one, quietly and without outside help.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { exec, launch, openPage, ready, startServer, VIEWPORTS } from "./helpers.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const base of ["/", "/some/folder/"]) {
  test(`the page opens at ${base} and answers a command`, async () => {
    const server = await startServer({ base });
    try {
      const { page, finish } = await openPage(browser, server);
      assert.match(await page.title(), /^Keyglass/);
      assert.equal(await exec(page, "A", "PING"), "PONG");
      assert.equal(page.workers().length, 1, "the page takes over the worker that boot.js started");
      await finish();
    } finally {
      await server.close();
    }
  });
}

test("a file beside the page is not found, and nothing outside dist is served", async () => {
  const server = await startServer();
  try {
    assert.equal((await fetch(`${server.url}none.js`)).status, 404);
    assert.equal((await fetch(`${server.url}..%2fCargo.toml`)).status, 404);
    assert.equal((await fetch(`${server.url}keyglass_bg.wasm`, { method: "HEAD" })).headers.get("content-type"), "application/wasm");
  } finally {
    await server.close();
  }
});

test("the page fits its window in each size and theme", async () => {
  const server = await startServer();
  try {
    for (const viewport of Object.values(VIEWPORTS)) {
      for (const theme of ["light", "dark"]) {
        const { page, finish } = await openPage(browser, server, { viewport, theme });
        await ready(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= viewport.width, `${wide} px of content in a window of ${viewport.width} px, ${theme}`);
        await finish();
      }
    }
  } finally {
    await server.close();
  }
});

test("the first command leaves the inspectors where they are, and one that is new comes into view", async () => {
  const server = await startServer();
  try {
    const { page, finish } = await openPage(browser, server);
    await ready(page);
    await page.waitForFunction(() => document.querySelectorAll(".stage > .card").length >= 5);
    const scrolled = () => page.evaluate(() => document.querySelector(".stage").scrollTop);
    await exec(page, "A", "ZADD leaderboard:2026:w14 5 late");
    await page.getByText("late", { exact: false }).first().waitFor();
    await page.waitForTimeout(500);
    assert.equal(await scrolled(), 0);
    await exec(page, "A", "ZADD another 5 late");
    await page.waitForFunction(() => document.querySelector(".stage").scrollTop > 0);
    await finish();
  } finally {
    await server.close();
  }
});

test("what happens in one moment, and names that are no text, do not break the page", async () => {
  const server = await startServer();
  try {
    const { page, finish } = await openPage(browser, server, {});
    await exec(page, "A", ".pause");
    for (let times = 0; times < 3; times++) {
      await exec(page, "B", "SUBSCRIBE news");
      await exec(page, "B", "UNSUBSCRIBE news");
    }
    await exec(page, "A", "XADD odd 1-0 a b");
    for (const group of ["g\\xff", "g\\xfe"]) {
      await exec(page, "A", `XGROUP CREATE odd "${group}" 0`);
      for (const consumer of ["c\\xff", "c\\xfe"]) await exec(page, "A", `XREADGROUP GROUP "${group}" "${consumer}" STREAMS odd >`);
    }
    for (const key of ["k\\xff", "k\\xfe"]) await exec(page, "A", `XADD "${key}" * a b`);
    await page.evaluate(() => new Promise((drawn) => setTimeout(drawn, 400)));
    assert.equal(await exec(page, "A", "PING"), "PONG");
    await page.getByRole("region", { name: "Client A", exact: true }).getByText("PONG").waitFor();
    // Where drawing breaks, the page says so.
    await finish();
  } finally {
    await server.close();
  }
});
