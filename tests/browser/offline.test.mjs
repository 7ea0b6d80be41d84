// The page without a network, as an app, and when the host has another version.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "../../scripts/serve.mjs";
import { browser, consoleOf, DIST, exec, openPage, ready as starts, type, useBrowser } from "./helpers.mjs";

useBrowser();

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A host whose files a test may change. */
async function host(base = "/") {
  const folder = mkdtempSync(join(tmpdir(), "keyglass-host-"));
  folders.push(folder);
  cpSync(DIST, folder, { recursive: true });
  return { folder, ...(await serve(folder, { base })) };
}
const LIST = fileURLToPath(new URL("../../scripts/offline.mjs", import.meta.url));
/** Puts another version of the page on a host. */
function publish(folder, name, { whole = true } = {}) {
  const index = join(folder, "index.html");
  writeFileSync(index, readFileSync(index, "utf8").replace(/<html[^>]*>/, `<html lang="en" data-version="${name}">`));
  appendFileSync(join(folder, "boot.js"), `\n// ${name}\n`);
  execFileSync(process.execPath, [LIST, folder]);
  // As if the worker had come before what it lists.
  if (!whole) appendFileSync(join(folder, "worker.js"), "\n// of another version\n");
}

const open = (server, options = {}) => openPage(browser, server, { serviceWorkers: "allow", ...options });
const versionOf = (page) => page.evaluate(() => document.documentElement.dataset.version);
/** Waits until the page is kept. */
const kept = (page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));
/** Waits until the page has its clients, which one that is loaded again brings back. */
async function ready(page) {
  await starts(page);
  await consoleOf(page, "A").input.waitFor();
}
/** Waits until the session that a page had before is back. */
const back = (page) => page.locator(".kept-bar").getByText("Your session is back").waitFor();
const notice = (page) => page.locator(".new-version");

test("after one visit the page works without a network and without its host, scripts included", async () => {
  const server = await host("/some/folder/");
  const { page, context, expect, finish } = await open(server);
  await ready(page);
  await kept(page);
  const [caches, listed] = await page.evaluate(async () => {
    const all = {};
    for (const name of await caches.keys()) all[name] = (await (await caches.open(name)).keys()).map(({ url }) => url).sort();
    return [all, await (await fetch("sw.js")).text()];
  });
  assert.equal(Object.keys(caches).length, 1);
  const files = Function(`${listed.split("\n\n")[0]}; return FILES;`)().map(([name]) => new URL(name, server.url).href);
  assert.deepEqual(Object.values(caches)[0], files.sort());
  assert.deepEqual(files.filter((name) => /\.d\.ts$|schema|\/sw\.js$|\/embed\.(js|html)$/.test(name)), []);

  await exec(page, "A", "SET mine 1");
  // What this visit fetches of its own for scripts is there before the network goes.
  assert.equal(await exec(page, "A", 'EVAL "return 7" 0'), "(integer) 7");
  await server.close();
  await context.setOffline(true);
  // Whether there is a newer version is asked in vain.
  expect(/sw\.js/);
  const notKept = [];
  context.on("response", (response) => response.fromServiceWorker() || notKept.push(response.url()));
  await page.reload();
  await back(page);
  assert.equal(await exec(page, "A", "GET mine"), '"1"');
  assert.equal(await exec(page, "A", `EVAL "return redis.call('INCRBY', KEYS[1], ARGV[1])" 1 mine 41`), "(integer) 42");
  assert.equal(await page.evaluate(() => [...document.fonts].length >= 0 && [...document.styleSheets].every((sheet) => sheet.cssRules.length > 0)), true);
  // A session in the address is no other page, nor is the file's own name.
  const another = await context.newPage();
  await another.goto(`${server.url}index.html?commands=${Buffer.from('["SET k 7", "GET k"]').toString("base64url")}&autorun=true`);
  await another.getByRole("region", { name: "Client A", exact: true }).getByText('"7"').first().waitFor();
  assert.deepEqual(notKept, []);
  await finish();
});

test("what is not on the list is asked of the host", async () => {
  const server = await host();
  const { page, finish } = await open(server);
  await ready(page);
  await kept(page);
  await page.reload();
  await ready(page);
  const [own, other] = await Promise.all(
    ["worker.js", "keyglass.schema.json"].map(async (name) => {
      const [response] = await Promise.all([page.waitForResponse(server.url + name), page.evaluate((name) => fetch(name).then(() => {}), name)]);
      return response.fromServiceWorker();
    }),
  );
  assert.deepEqual([own, other], [true, false]);
  await finish();
  await server.close();
});

test("a new version is told of, waits for the reader and for other tabs, and the session goes on in it", async () => {
  const server = await host();
  const { page, context, finish } = await open(server);
  await ready(page);
  await kept(page);
  await page.reload();
  await ready(page);
  await exec(page, "A", "SET mine 1");
  const other = await context.newPage();
  await other.goto(server.url);
  await ready(other);

  publish(server.folder, "second");
  // As the browser does by itself when the page is opened.
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()).then(() => {}));
  await notice(page).getByText("A new version of this page is ready").waitFor();
  assert.equal(await versionOf(page), undefined, "nothing is loaded by itself");
  assert.equal(await exec(page, "A", "INCR mine"), "(integer) 2");
  // An old page that is opened again meanwhile is old as a whole.
  await other.reload();
  await ready(other);
  assert.equal(await versionOf(other), undefined);
  assert.doesNotMatch(await other.evaluate(() => fetch("boot.js").then((answer) => answer.text())), /second/);

  await notice(page).getByRole("button", { name: "Reload" }).click();
  await notice(page).getByText("once the other tabs with this page are closed").waitFor();
  await other.close();
  await Promise.all([page.waitForEvent("load"), notice(page).getByRole("button", { name: "Reload" }).click()]);
  await back(page);
  assert.equal(await versionOf(page), "second");
  assert.match(await page.evaluate(() => fetch("boot.js").then((answer) => answer.text())), /second/);
  assert.equal(await exec(page, "A", "GET mine"), '"2"');
  assert.equal(await notice(page).count(), 0);
  assert.equal(await page.evaluate(() => caches.keys().then((names) => names.length)), 1);

  // One that is not wanted now is not asked about again.
  publish(server.folder, "third");
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()).then(() => {}));
  await notice(page).getByRole("button", { name: "Not now" }).click();
  await notice(page).waitFor({ state: "detached" });
  assert.equal(await exec(page, "A", "GET mine"), '"2"');
  await finish();
  await server.close();
});

test("where the session cannot be saved, the notice of a new version says so", async () => {
  const server = await host();
  const { page, finish } = await open(server);
  await ready(page);
  await kept(page);
  // As in a browser that lets no page keep anything but its files.
  await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { get: () => undefined }));
  await page.reload();
  await ready(page);
  const come = () => page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()).then(() => {}));
  publish(server.folder, "second");
  await come();
  await notice(page).getByRole("button", { name: "Reload", exact: true }).waitFor();
  await type(page, "A", "SET mine 1");
  await notice(page).getByText("This session cannot be saved here").waitFor();
  await notice(page).getByRole("button", { name: "Reload without it" }).waitFor();
  await finish();
  await server.close();
});

test("a version of which a file is another's never comes in", async () => {
  const server = await host();
  const { page, expect, finish } = await open(server);
  await ready(page);
  await kept(page);
  await page.reload();
  await ready(page);
  publish(server.folder, "half", { whole: false });
  expect(/integrity|worker\.js|ServiceWorker/i);
  const state = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const found = new Promise((done) => registration.addEventListener("updatefound", () => done(registration.installing)));
    await registration.update();
    const coming = await found;
    while (coming.state !== "redundant" && coming.state !== "installed") await new Promise((done) => coming.addEventListener("statechange", done, { once: true }));
    return coming.state;
  });
  assert.equal(state, "redundant");
  assert.equal(await notice(page).count(), 0);
  await page.waitForFunction(() => caches.keys().then((names) => names.length === 1));
  await page.reload();
  await ready(page);
  assert.equal(await versionOf(page), undefined);
  await finish();
  await server.close();
});

test("it can be installed as an app", async () => {
  const server = await host();
  const { page, context, finish } = await open(server);
  await ready(page);
  await kept(page);
  const devtools = await context.newCDPSession(page);
  const { errors, data } = await devtools.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  assert.equal(JSON.parse(data).name, "Keyglass");
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A test's window keeps nothing, and nothing is installed from such a window.
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
  for (const { src, sizes } of JSON.parse(data).icons) {
    const size = await page.evaluate((src) => new Promise((done) => Object.assign(new Image(), { src, onload: (event) => done(event.target.naturalWidth) })), src);
    if (sizes !== "any") assert.equal(`${size}x${size}`, sizes);
    else assert.ok(size > 0);
  }
  await finish();
  await server.close();
});

test("where nothing can be kept, the page works as it does", async () => {
  const server = await host();
  rmSync(join(server.folder, "sw.js"));
  const { page, expect, finish } = await open(server);
  expect(/sw\.js|404/);
  await ready(page);
  assert.equal(await exec(page, "A", "PING"), "PONG");
  await finish();
  await server.close();
});
