// first.mjs folder: parts both wasm files of a built page into what runs until its prompt answers, and the rest, which is fetched
// behind it (split.mjs), and has wasm-opt make them smaller. Which functions run until then is seen by opening the page once, in the
// browser that KEYGLASS_CHROME names; without one the page stays whole, and opens more slowly. Trunk runs this as a hook; not for `make dev`.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FLAGS } from "./chrome.mjs";
import { serve } from "./serve.mjs";

const root = process.argv[2] ?? process.env.TRUNK_STAGING_DIR;
const browser = process.env.KEYGLASS_CHROME;
/** How long the page may take to be seen through, in milliseconds. */
const PATIENCE = 120_000;
/** How often it is opened. What runs hangs on the moment. */
const OPENINGS = 6;

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const page = readFileSync(join(root, "index.html"), "utf8");
const built = (path) => join(process.env.CARGO_TARGET_DIR, "wasm32-unknown-unknown", path);
/** The two, each as wasm-bindgen made it, which wasm-opt has not seen, and as the linker did. */
const HALVES = {
  page: { wasm: /data-wasm="([^"]+)"/.exec(page)[1], linked: built("release/keyglass.wasm"), flag: "-Oz" },
  engine: { wasm: "keyglass_bg.wasm", linked: built("engine/keyglass-engine.wasm"), flag: "-O3" },
};
const all = Object.entries(HALVES);
const split = (...args) => execFileSync(process.execPath, [script("split.mjs"), ...args], { stdio: "inherit" });

/** Runs in the page and in the worker before all else there: `ran()` gives the numbers of the functions that have run. */
const WATCH = `{
  const watched = [];
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const made = await own.apply(WebAssembly, args);
      watched.push((made.instance ?? made).exports);
      return made;
    };
  }
  WebAssembly.compileStreaming = () => new Promise((come) => (globalThis.come = come)); // the rest comes when that is called
  const numbers = (exports) => Object.entries(exports).flatMap(([name, value]) => (name.startsWith("ran:") && value.value ? [Number(name.slice(4))] : []));
  globalThis.ran = () => {
    // What asks for the rest must be there without it, and here is given one that does nothing.
    WebAssembly.Module = WebAssembly.Instance = class {};
    globalThis.XMLHttpRequest = class {
      status = 200;
      responseText = "";
      open() {}
      overrideMimeType() {}
      send() {}
    };
    for (const exports of watched) exports.rest?.();
    return watched.flatMap(numbers);
  };
}
`;
/** And in the worker: it gives its own, and is as late as a slow machine's, so that the page draws before it hears, or has to wait. */
const WORKER = `new BroadcastChannel("ran").onmessage = ({ target, data }) => data || target.postMessage(ran());
{
  const post = self.postMessage.bind(self);
  let sent = 0;
  let last = Promise.resolve();
  self.postMessage = (...message) => {
    const late = [0, 80, 400, 80, 80][sent++ % 5];
    last = last.then(() => new Promise((next) => setTimeout(next, late))).then(() => post(...message));
  };
}
`;
/**
 * What a reader does at a first prompt, and again in a browser that keeps a session by then. Each second time drawing takes long, as
 * on a slow machine, and the page rests after it.
 */
const READER = (to) => `(async () => {
  const opening = (localStorage.watched = Number(localStorage.watched ?? 0) + 1);
  if (opening % 2 === 0) {
    const frame = requestAnimationFrame;
    window.requestAnimationFrame = (draw) =>
      frame((time) => {
        draw(time);
        for (const end = performance.now() + 20; performance.now() < end; );
      });
  }
  const until = async (what) => {
    for (;;) {
      const found = await what();
      if (found) return found;
      await new Promise((next) => setTimeout(next, 20));
    }
  };
  await until(async () => (await window.keyglass?.exec("A", "PING")) === "PONG");
  const line = await until(() => document.querySelector(".con .field input"));
  // Each with what its reply begins with.
  const lines = { "SET greeting hello": "OK", "GET greeting": '"hello"', "GOT greeting": "ERR unknown" };
  for (const [text, reply] of Object.entries(lines)) {
    line.focus();
    for (const key of text) {
      line.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      line.setRangeText(key, line.selectionStart, line.selectionEnd, "end");
      line.dispatchEvent(new InputEvent("input", { bubbles: true, data: key, inputType: "insertText" }));
      await new Promise((next) => setTimeout(next, 20));
    }
    line.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    // Or types on before it is answered.
    if (opening % 3) await until(() => document.querySelector(".con .log").textContent.includes(reply));
  }
  // What follows too soon upon a frame waits for the next one.
  for (let times = 0; times < 3; times++) await Promise.all([..."ABC"].map((client) => window.keyglass.exec(client, "PING")));
  // By then the page is kept for when there is no network, and its session in the browser.
  await new Promise((later) => setTimeout(later, 3000));
  const page = ran();
  // The page's own rest is often there first. What it asks for next is held back in the worker until that one's is.
  (await until(() => globalThis.come))();
  await new Promise((later) => setTimeout(later, 500));
  const engine = await new Promise((answer) => {
    const channel = new BroadcastChannel("ran");
    channel.onmessage = ({ data }) => answer(data);
    channel.postMessage(0);
  });
  await fetch("${to}", { method: "POST", body: JSON.stringify({ page, engine }) });
  if (opening === ${OPENINGS}) return;
  sessionStorage.clear();
  location.reload();
})();
`;

/** Opens the page with wasm files that are watched; the numbers of the functions that ran, of the page and of the engine. */
async function seen(work) {
  const site = join(work, "site");
  cpSync(root, site, { recursive: true });
  for (const [, { wasm }] of all) split("watch", join(root, wasm), join(site, wasm));
  let told;
  const enough = new Promise((settle) => (told = settle));
  const heard = [];
  const listener = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.writeHead(204, { "Access-Control-Allow-Origin": "*" }).end();
    heard.push(JSON.parse(Buffer.concat(pieces)));
    if (heard.length === OPENINGS) told();
  });
  await new Promise((ready) => listener.listen(0, "127.0.0.1", ready));
  const watched = page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "").replace("<head>", '<head><script src="./watch.js"></script>');
  writeFileSync(join(site, "index.html"), watched);
  writeFileSync(join(site, "watch.js"), WATCH + READER(`http://127.0.0.1:${listener.address().port}/`));
  writeFileSync(join(site, "worker.js"), WATCH + WORKER + readFileSync(join(root, "worker.js"), "utf8"));
  const server = await serve(site);
  const chrome = spawn(browser, ["--headless=new", ...FLAGS, `--user-data-dir=${join(work, "profile")}`, server.url], { stdio: "ignore" });
  try {
    const late = new Promise((_, fail) => setTimeout(fail, PATIENCE, new Error("the page that is watched did not answer")).unref());
    await Promise.race([enough, late]);
    return Object.fromEntries(all.map(([half]) => [half, [...new Set(heard.flatMap((ran) => ran[half]))]]));
  } finally {
    const gone = new Promise((settle) => chrome.once("exit", settle));
    chrome.kill();
    await gone;
    await server.close();
    listener.close();
  }
}

/** Parts both, or takes what was made of the same files before. */
async function parts() {
  const sum = createHash("sha256").update(browser);
  const scripts = ["first.mjs", "split.mjs", "linked.mjs"].map(script);
  for (const path of [...all.map(([, { wasm }]) => join(root, wasm)), ...scripts, join(root, "boot.js"), join(root, "worker.js")]) sum.update(readFileSync(path));
  const kept = join(process.env.CARGO_TARGET_DIR, "keyglass-first");
  const made = join(kept, sum.digest("hex").slice(0, 16));
  if (existsSync(join(made, "done"))) return made;
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "keyglass-first-"));
  try {
    const ran = browser && (await seen(work));
    for (const [half, { wasm, linked, flag }] of all) {
      if (!browser) {
        split("whole", join(root, wasm), join(made, `${half}.wasm`), flag);
        continue;
      }
      const list = join(made, `${half}.json`);
      writeFileSync(list, JSON.stringify(ran[half].sort((a, b) => a - b)));
      split("part", join(root, wasm), linked, list, join(made, `${half}.wasm`), join(made, `${half}.rest.wasm`), flag);
    }
    writeFileSync(join(made, "done"), "");
  } finally {
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  }
  return made;
}

if (!browser) console.log("  no Chrome or Chromium: the page is not parted, and opens more slowly (docs/performance.md)");
const made = await parts();
const put = (half, name) => {
  rmSync(join(root, HALVES[half].wasm));
  cpSync(join(made, `${half}.wasm`), join(root, `${name}_bg.wasm`));
  if (browser) cpSync(join(made, `${half}.rest.wasm`), join(root, `${name}_rest.wasm`));
};
put("engine", "keyglass");
// What may be kept for good is named after what is in it.
const name = `keyglass-${createHash("sha256").update(readFileSync(join(made, "page.wasm"))).digest("hex").slice(0, 16)}`;
put("page", name);
writeFileSync(join(root, "index.html"), page.replace(`data-wasm="${HALVES.page.wasm}"`, `data-wasm="${name}_bg.wasm"${browser ? ` data-rest="${name}_rest.wasm"` : ""}`));
