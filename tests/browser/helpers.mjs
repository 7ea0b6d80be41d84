// What every browser test needs: a server for dist, a Chromium, a page that is watched, and a way to type commands.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before, beforeEach } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { FLAGS } from "../../scripts/chrome.mjs";
import { serve } from "../../scripts/serve.mjs";

export const DIST = process.env.KEYGLASS_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

/** The sizes that the page is looked at in. */
export const VIEWPORTS = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 1024, height: 768 },
  phone: { width: 390, height: 844 },
};

/** Serves dist on a free port, under `base` ("/" or, as a static host might, "/some/folder/"). */
export function startServer({ base = "/" } = {}) {
  assert.ok(existsSync(`${DIST}/index.html`), `there is no page in ${DIST}; run: make build`);
  return serve(DIST, { base });
}

export function chromeProgram() {
  const known = [
    process.env.CHROME,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  const found = known.find((path) => path && existsSync(path));
  assert.ok(found, "no Chromium was found; set CHROME to the browser's program");
  return found;
}

export function launch() {
  return chromium.launch({ executablePath: chromeProgram(), args: FLAGS });
}

/** What a worker fetches before anybody needs it. */
const AHEAD = /\/keyglass(_rest|-lua_bg)\.wasm$/;

/**
 * Opens the page in a fresh context. `page.close()` is not enough at the end: call `finish()`, which fails the test
 * on any console error or warning, uncaught error, failed request, or request beyond the page's own files.
 */
export async function openPage(browser, server, { viewport = VIEWPORTS.desktop, theme = "light", path = "", reducedMotion = "no-preference", serviceWorkers = "block" } = {}) {
  // A page that is looked at for a moment is not kept for later, except by the tests of that.
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion, serviceWorkers });
  const page = await context.newPage();
  const faults = [];
  const requests = [];
  // Tests that break something on purpose say what they expect.
  const expected = serviceWorkers === "block" ? [/Service Worker registration blocked by Playwright/] : [];

  context.on("request", (request) => {
    requests.push(request.url());
    if (!request.url().startsWith(server.url) && !/^(data|blob|about):/.test(request.url())) {
      faults.push(`foreign request: ${request.url()}`);
    }
  });
  context.on("response", (response) => {
    if (response.status() >= 400) faults.push(`status ${response.status()}: ${response.url()}`);
  });
  context.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // A worker that ends, with its page or because its session begins anew, takes along what it has asked for ahead of need.
    if (why === "net::ERR_ABORTED" && AHEAD.test(request.url())) return;
    faults.push(`failed request: ${request.url()} ${why}`);
  });
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`uncaught: ${error.error().stack ?? error.error()}`));
  page.on("crash", () => faults.push("the page crashed"));

  // What the page's policy stops is a fault even where the browser would not say so in its console.
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      console.error(`policy: ${violatedDirective} stops ${blockedURI} at ${sourceFile}:${lineNumber}`);
    });
  });

  await page.goto(server.url + path);
  return {
    page,
    context,
    requests,
    expect: (pattern) => expected.push(pattern),
    async finish() {
      await context.close();
      const left = faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
      assert.deepEqual(left, [], "the page must be quiet and keep to its own files");
    },
  };
}

// What a test file has once it has asked for it below.
export let browser, server, page, context, expect, finish;

/** For the tests of the file that calls it: a browser and a server, and what `begin` does with them. */
export function useBrowser(begin = async () => {}) {
  before(async () => {
    browser = await launch();
    server = await startServer();
    await begin();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
}

/** And a fresh page before each of them, which `begin` makes ready; it is looked after until the test ends. */
export function useFreshPage(begin = async () => {}) {
  useBrowser();
  beforeEach(async () => {
    ({ page, context, expect, finish } = await openPage(browser, server));
    await ready(page);
    await begin();
  });
  afterEach(() => finish());
}

/** Waits until the page is whole, with what it opens on. */
export async function ready(page) {
  await page.waitForFunction(() => typeof window.keyglass?.exec === "function" && !document.querySelector(".stage[aria-busy]"), null, { timeout: 20_000 });
}

/** Sends one command as `client` ("A", "B", …) and gives the reply as redis-cli would print it. */
export async function exec(page, client, line) {
  await ready(page);
  return page.evaluate(([client, line]) => window.keyglass.exec(client, line), [client, line]);
}

/** The parts of one client's console. */
export function consoleOf(page, letter) {
  const section = page.getByRole("region", { name: `Client ${letter}`, exact: true });
  return {
    section,
    log: section.getByRole("log"),
    input: section.getByRole("textbox", { name: `Command for client ${letter}` }),
  };
}

/** Types a command in a client's console as a person would, and presses Enter. */
export async function type(page, letter, line) {
  const { input } = consoleOf(page, letter);
  await input.fill(line);
  await input.press("Enter");
}

/** The inspector of a key. */
export const inspector = (page, key) => page.locator(`section[data-key=${JSON.stringify(key)}]`);
