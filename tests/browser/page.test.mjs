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
