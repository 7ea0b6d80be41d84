// Sessions that the browser keeps: its process is killed, tabs are loaded again and opened twice, the storage refuses.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS } from "../../scripts/chrome.mjs";
import { chromeProgram, consoleOf, exec, ready, startServer, VIEWPORTS } from "./helpers.mjs";

let server, folder, context;
before(async () => {
  server = await startServer();
});
after(() => server?.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyglass-kept-"));
  await start();
});
afterEach(async () => {
  await context?.close().catch(() => {});
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function start() {
  context = await chromium.launchPersistentContext(folder, { executablePath: chromeProgram(), args: FLAGS, viewport: VIEWPORTS.desktop });
}

async function open(before) {
  const page = await context.newPage();
  if (before) await page.addInitScript(before);
  await page.goto(server.url);
  await ready(page);
  return page;
}

const bar = (page) => page.locator(".kept-bar");

/** Waits until what was typed is in the storage. */
async function saved(page, commands) {
  await page.waitForFunction(
    async (wanted) => {
      const request = indexedDB.open("keyglass");
      const db = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      if (!db.objectStoreNames.contains("pieces")) return false;
      const all = db.transaction("pieces").objectStore("pieces").getAll();
      const pieces = await new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
      db.close();
      const text = pieces.map((piece) => new TextDecoder().decode(piece)).join("");
      return text.includes(wanted);
    },
    commands,
    { timeout: 10_000 },
  );
}

test("the browser's process is killed, and the session is there to the last command", async () => {
  const page = await open();
  await exec(page, "A", "SET k last-but-one");
  await exec(page, "B", "XADD jobs 1-1 n 1");
  await exec(page, "A", "SET k the-last");
  const cdp = await context.newCDPSession(page);
  const { processInfo } = await (await context.browser()?.newBrowserCDPSession())?.send("SystemInfo.getProcessInfo") ?? { processInfo: [] };
  const main = processInfo.find(({ type }) => type === "browser")?.id;
  assert.ok(cdp && main, "the browser tells its process");
  await saved(page, "the-last");
  process.kill(main, "SIGKILL");
  await new Promise((closed) => context.once("close", closed));
  await start();
  const again = await open();
  await bar(again).getByText(/A session is kept/).waitFor();
  await bar(again).getByRole("button", { name: "Continue" }).click();
  await bar(again).getByText(/is back/).waitFor({ timeout: 20_000 });
  assert.equal(await exec(again, "A", "GET k"), '"the-last"');
  assert.match(await consoleOf(again, "B").log.innerText(), /XADD jobs 1-1 n 1/);

  // A fresh one is one click, and undone by another.
  await bar(again).getByRole("button", { name: "Start fresh" }).click();
  await bar(again).getByText(/The one before is kept/).waitFor();
  await ready(again);
  assert.equal(await exec(again, "A", "EXISTS k jobs"), "(integer) 0");
  await bar(again).getByRole("button", { name: "Bring it back" }).click();
  await bar(again).getByText(/is back/).waitFor({ timeout: 20_000 });
  assert.equal(await exec(again, "A", "GET k"), '"the-last"');
});

test("a page that is loaded again goes on with its session, its names and its clock", async () => {
  const page = await open();
  await exec(page, "A", "SET k 1");
  await exec(page, "A", ".pause");
  await exec(page, "C", "PING");
  await saved(page, "SET");
  await page.waitForTimeout(2500);
  await page.reload();
  await bar(page).getByText(/is back/).waitFor({ timeout: 20_000 });
  assert.equal(await exec(page, "A", "GET k"), '"1"');
  await page.getByRole("button", { name: "Resume" }).waitFor();
  await page.locator('section[data-key="k"]').waitFor();
});

test("two tabs have a session each, and neither is offered the other's", async () => {
  const one = await open();
  await exec(one, "A", "SET k one");
  await saved(one, "one");
  const two = await open();
  await exec(two, "A", "PING");
  await two.waitForTimeout(500);
  assert.equal(await bar(two).count(), 0, "the other tab still has it");
  await exec(two, "A", "SET k two");
  await saved(two, "two");
  await two.getByRole("button", { name: "Sessions", exact: true }).click();
  await two.getByText("in another tab").waitFor();
  await one.close();
  const three = await open();
  await bar(three).getByRole("button", { name: "Continue" }).click();
  await bar(three).getByText(/is back/).waitFor({ timeout: 20_000 });
  assert.equal(await exec(three, "A", "GET k"), '"one"');
  assert.equal(await exec(two, "A", "GET k"), '"two"');
});

test("a storage that refuses or is full is said, and the page goes on", async () => {
  const page = await open(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("no", "SecurityError");
    };
  });
  await page.getByText(/not being saved: the browser allows this page no storage/).waitFor();
  assert.equal(await exec(page, "A", "PING"), "PONG");
  const full = await open(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  assert.equal(await exec(full, "A", "SET k 1"), "OK");
  await full.getByText(/not being saved: the browser's storage is full/).waitFor();
  assert.equal(await exec(full, "A", "GET k"), '"1"');
});

test("a session of a later version is left alone", async () => {
  const page = await open();
  await exec(page, "A", "SET k 1");
  await saved(page, "SET");
  await page.evaluate(async () => {
    const request = indexedDB.open("keyglass");
    const db = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const transaction = db.transaction("sessions", "readwrite");
    transaction.objectStore("sessions").put({ id: "later", format: 99, changed: Date.now() + 1e6, about: new Uint8Array([255, 255]) });
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    db.close();
  });
  const other = await open();
  await exec(other, "A", "PING");
  await other.getByRole("button", { name: "Sessions", exact: true }).click();
  const row = other.getByRole("listitem").filter({ hasText: "made by a later version" });
  await row.waitFor();
  assert.equal(await row.getByRole("button", { name: /^Open/ }).count(), 0);
});
