// The recipes of docs/recipes, each with its real tool: a small site is built from what stands in the recipe, opened in Chromium,
// and its element must be whole and run its commands.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve } from "../../scripts/serve.mjs";

const DIST = process.env.KEYGLASS_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));
const TOOLS = process.env.KEYGLASS_RECIPES;
const { chromium } = createRequire(new URL("../browser/", import.meta.url))("playwright-core");

// Where the recipes say that Keyglass stands, and the site of somebody else beside it.
const PLACE = "https://example.org/keyglass/";
let browser, keyglass;
const folders = [];

before(async () => {
  assert.ok(TOOLS, "KEYGLASS_RECIPES names no folder with the tools; scripts/test.sh recipes does");
  browser = await chromium.launch({ executablePath: process.env.CHROME, args: ["--no-sandbox", "--disable-gpu"] });
  keyglass = await serve(DIST, { base: "/keyglass/" });
});
after(async () => {
  await browser?.close();
  await keyglass?.close();
  folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

/** The blocks of a language in a recipe. */
function blocks(recipe, language) {
  const text = readFileSync(new URL(`../../docs/recipes/${recipe}.md`, import.meta.url), "utf8");
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block.replaceAll(PLACE, keyglass.url));
  assert.ok(found.length > 0, `${recipe}.md has no ${language}`);
  return found;
}

/** A folder with some files. */
function site(files) {
  const folder = mkdtempSync(join(tmpdir(), "keyglass-recipe-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function run(folder, program, ...args) {
  try {
    await promisify(execFile)(join(TOOLS, program), args, { cwd: folder, timeout: 120_000 });
  } catch (error) {
    assert.fail(`${program} ${args.join(" ")}: ${error.message}\n${error.stdout}\n${error.stderr}`);
  }
}

const TEXT = '> ZADD board 10 ann 20 bob\n(integer) 2\n> ZREVRANGE board 0 -1\n1) "bob"\n2) "ann"';

/** Opens a page of a built site, and looks at its element without scripts and with them. */
async function opens(folder, path = "index.html") {
  const host = await serve(folder);
  try {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const paper = await plain.newPage();
    await paper.goto(host.url + path);
    const element = paper.locator("key-glass");
    assert.equal(await element.count(), 1);
    assert.equal(await element.getAttribute("view"), "board");
    assert.equal(await element.getAttribute("height"), "320");
    assert.equal((await element.locator("pre").textContent()).trim(), TEXT);
    assert.ok(await element.locator("pre").isVisible());
    await plain.close();

    const context = await browser.newContext();
    const page = await context.newPage();
    // What a tool's theme fetches from elsewhere is not there, and not what is tried here.
    await context.route((url) => ![host.url, keyglass.url].some((known) => url.href.startsWith(known)), (route) => route.abort());
    const errors = [];
    page.on("pageerror", (error) => /hljs is not defined/.test(error) || errors.push(String(error)));
    await page.goto(host.url + path);
    const live = page.locator("key-glass");
    await live.getByRole("button", { name: "Run all" }).click();
    const frame = live.frameLocator("iframe");
    await frame.getByText('1) "bob"').first().waitFor({ timeout: 30_000 });
    assert.equal((await live.boundingBox()).height, 320);
    assert.deepEqual(errors, []);
    await context.close();
  } finally {
    await host.close();
  }
}

test("plain HTML", async () => {
  await opens(site({ "index.html": blocks("html", "html")[0] }));
});

test("mdBook", async () => {
  const folder = site({ "book.toml": '[book]\ntitle = "Recipes"\n', "src/SUMMARY.md": "# Summary\n\n- [Leaderboards](board.md)\n", "src/board.md": blocks("mdbook", "markdown")[0] });
  await run(folder, "venv/bin/mdbook", "build");
  await opens(join(folder, "book"), "board.html");
});

test("MkDocs", async () => {
  const folder = site({ "mkdocs.yml": blocks("mkdocs", "yaml")[0], "docs/index.md": blocks("mkdocs", "markdown")[0] });
  await run(folder, "venv/bin/mkdocs", "build", "--strict", "--quiet");
  await opens(join(folder, "site"));
});

test("Sphinx", async () => {
  const folder = site({ "conf.py": blocks("sphinx", "python")[0], "index.rst": blocks("sphinx", "rst")[0] });
  await run(folder, "venv/bin/sphinx-build", "-q", "-W", "-b", "html", ".", "out");
  await opens(join(folder, "out"));
});

test("VitePress", async () => {
  const folder = site({ "package.json": '{ "type": "module" }', ".vitepress/config.mjs": blocks("vitepress", "js")[0], "index.md": blocks("vitepress", "markdown")[0] });
  symlinkSync(join(TOOLS, "node_modules"), join(folder, "node_modules"));
  await run(folder, "node_modules/.bin/vitepress", "build", folder);
  await opens(join(folder, ".vitepress/dist"));
});

test("a Jupyter notebook", async () => {
  const [cell] = blocks("jupyter", "python");
  // As the magic shows what stands below it, when the cell has run.
  const html = cell.replace(/^%%html\n/, "");
  assert.notEqual(html, cell);
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
    cells: [{ cell_type: "code", id: "one", metadata: {}, execution_count: 1, source: cell, outputs: [{ output_type: "display_data", metadata: {}, data: { "text/html": html, "text/plain": "<IPython.core.display.HTML object>" } }] }],
  };
  const folder = site({ "board.ipynb": JSON.stringify(notebook) });
  await run(folder, "venv/bin/jupyter-nbconvert", "--to", "html", "--template", "basic", "board.ipynb");
  await opens(folder, "board.html");
});
