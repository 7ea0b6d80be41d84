// Every inspector and every view of the page, at three widths and at 200 %, light and dark: nothing overflows, overlaps or is cut, and
// axe finds nothing. With KEYGLASS_GALLERY naming a folder, each is also a picture there for a person to look at (`make gallery`).
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { browser, exec, openPage, ready, server, useBrowser, VIEWPORTS } from "./helpers.mjs";
import { layoutFaults, scrollAll } from "./layout.mjs";
import { SCENES } from "./scenes.mjs";

// Run by the debugger, since the page's policy lets nobody add a script to it.
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FOLDER = process.env.KEYGLASS_GALLERY;
// What a window of 1440 by 900 leaves when its text is twice as large.
const SIZES = { ...VIEWPORTS, doubled: { width: 720, height: 450 } };

useBrowser();

/** What axe finds, as sentences. */
async function axeFaults(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const found = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"],
    });
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `axe ${id}: ${node.target.join(" ")} ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ""}`));
  });
}

/** Waits until what was last done is drawn, which takes a frame to measure and one to draw, and what slides is at its place. */
const rests = (page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
    const ends = (animation) => animation.playState === "running" && Number.isFinite(animation.effect.getComputedTiming().endTime);
    await Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
  });

/** Opens the page as a scene has it. */
async function stage(scene) {
  const opened = await openPage(browser, server, { reducedMotion: "reduce", path: scene.address ?? "" });
  const { page } = opened;
  page.setDefaultTimeout(10_000);
  await ready(page);
  if (!scene.example) {
    await exec(page, "A", "FLUSHALL");
    await exec(page, "C", "PUNSUBSCRIBE");
    // A card may go by itself with its key.
    await page.evaluate(async () => {
      for (let close; (close = document.querySelector(".stage [aria-label^='Close ']")); await new Promise(requestAnimationFrame)) close.click();
    });
  }
  for (const line of scene.lines) {
    const [, client, waits, text] = /^([A-Z])> (…?)(.*)$/s.exec(line);
    const reply = exec(page, client, text);
    if (waits) reply.catch(() => {});
    else await reply;
  }
  await scene.press?.(page);
  await rests(page);
  return opened;
}

async function look(page, scene, size, theme) {
  await page.setViewportSize(SIZES[size]);
  await page.emulateMedia({ colorScheme: theme });
  const tab = page.getByRole("navigation", { name: "Parts of the page" }).getByRole("button", { name: scene.part ?? "Inspect", exact: true });
  // Under a modal dialog, nothing else can be pressed.
  if ((await tab.isVisible()) && !(await page.locator("dialog[open]").count())) await tab.click();
  await page.evaluate(scrollAll, false);
  await rests(page);
}

/** What is wrong with the layout, and still is once what slides has stopped: the clock runs on, and keys expire while one looks. */
async function stayingFaults(page) {
  const found = await page.evaluate(layoutFaults);
  if (!found.length) return found;
  await rests(page);
  const still = new Set(await page.evaluate(layoutFaults));
  return found.filter((fault) => still.has(fault));
}

const pictures = [];

for (const scene of SCENES) {
  test(`${scene.name}: nothing overflows, overlaps or is cut, and axe finds nothing`, async () => {
    const { page, finish } = await stage(scene);
    const faults = [];
    for (const size of Object.keys(SIZES)) {
      for (const theme of ["light", "dark"]) {
        await look(page, scene, size, theme);
        const note = (found) => faults.push(...found.map((fault) => `${size} ${theme}: ${fault}`));
        if (FOLDER && size !== "doubled") {
          const name = `${scene.name}-${size}-${theme}.png`;
          mkdirSync(FOLDER, { recursive: true });
          await page.screenshot({ path: join(FOLDER, name) });
          pictures.push(name);
        }
        // Layout does not hang on the theme.
        if (theme === "light") {
          note(await stayingFaults(page));
          await page.evaluate(scrollAll, true);
          note(await stayingFaults(page));
          await page.evaluate(scrollAll, false);
        }
        note(await axeFaults(page));
      }
    }
    await finish();
    assert.deepEqual([...new Set(faults)], []);
  });
}

test("the pictures stand on one sheet", { skip: !FOLDER && "pictures are made by `make gallery`" }, () => {
  const figure = (name) => `<figure><img src="${name}" loading="lazy" alt=""><figcaption>${name}</figcaption></figure>`;
  const style = "body{font:14px system-ui;margin:24px}figure{display:inline-block;margin:0 16px 24px 0;vertical-align:top}img{height:420px;border:1px solid #ccc;display:block}";
  writeFileSync(join(FOLDER, "index.html"), `<!doctype html><meta charset="utf-8"><title>Keyglass gallery</title><style>${style}</style>${pictures.map(figure).join("\n")}`);
});

test("the looks find what is wrong on purpose", async () => {
  const { page, finish } = await stage({ lines: ["A> SET k 1"] });
  assert.deepEqual(await page.evaluate(layoutFaults), []);
  const broken = {
    "px wide in a window": `<div data-css="position:absolute;left:0;top:0;width:3000px;height:1px"></div>`,
    "holds 300 px in 100": `<div data-css="position:fixed;left:0;top:0;width:100px;height:20px"><div data-css="width:300px;height:5px"></div></div>`,
    "is cut at its foot": `<div data-css="position:fixed;left:0;top:0;width:100px;height:10px;overflow:hidden"><div data-css="height:50px"></div></div>`,
    "“press” is cut": `<div data-css="position:fixed;left:0;top:0;width:40px;height:40px;overflow:hidden"><button data-css="width:90px">press</button></div>`,
    "“press” is covered": `<div data-css="position:fixed;left:300px;top:300px"><button>press</button><div data-css="position:absolute;inset:0;background:red"></div></div>`,
    "printed over each other": `<div data-css="position:fixed;left:300px;top:300px;background:#fff"><p>one text</p><p data-css="margin-top:-18px">another</p></div>`,
    "axe button-name": `<button data-css="position:fixed;left:300px;top:300px;width:40px;height:40px"></button>`,
    "axe color-contrast": `<p data-css="position:fixed;left:300px;top:300px;background:#fff;color:#ccc">pale</p>`,
  };
  for (const [fault, html] of Object.entries(broken)) {
    await page.evaluate((html) => {
      document.querySelector(".page").insertAdjacentHTML("beforeend", `<div id="broken">${html}</div>`);
      // The page's policy allows styles from scripts, and none in markup.
      for (const element of document.querySelectorAll("[data-css]")) element.style.cssText = element.dataset.css;
    }, html);
    const found = [...(await page.evaluate(layoutFaults)), ...(await axeFaults(page))];
    assert.ok(found.some((sentence) => sentence.includes(fault)), `${fault}: ${JSON.stringify(found)}`);
    await page.evaluate(() => document.querySelector("#broken").remove());
  }
  await finish();
});
