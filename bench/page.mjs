// The built page: how soon its prompt answers, and how it keeps up while actors are busy and a large leaderboard is scrolled.
import { execFileSync } from "node:child_process";
import { exec, inspector, openPage, ready, startServer, VIEWPORTS } from "../tests/browser/helpers.mjs";
import { serve } from "../scripts/serve.mjs";
import { kilobytes, median, millis } from "./table.mjs";

/** Milliseconds from navigation until `answers`, called in the page in each turn of its loop, says so. */
async function opening(browser, url, answers) {
  const context = await browser.newContext({ viewport: VIEWPORTS.desktop });
  const page = await context.newPage();
  await page.addInitScript(`{
    const answers = ${answers};
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = async () => {
      if (await answers()) window.answered = performance.now();
      else port2.postMessage(0);
    };
    port2.postMessage(0);
  }`);
  await page.goto(url);
  const took = await page.waitForFunction(() => window.answered, null, { polling: 50 }).then((handle) => handle.jsonValue());
  await context.close();
  return took;
}

/** The prompt answers a command, and the empty page a press of its button. */
const PROMPT = `async () => window.keyglass?.exec && (await window.keyglass.exec("A", "PING")) === "PONG"`;
const EMPTY = `async () => {
  const button = document.querySelector("button");
  button?.click();
  return button && button.textContent !== "0";
}`;

/** In the page: tasks over 50 ms and frames a second for a while in which the list is scrolled at each frame. */
async function scrolled(node, seconds) {
  const scroller = [...node.querySelectorAll("*")].find((e) => e.scrollHeight > e.clientHeight + 1000);
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ entryTypes: ["longtask"] });
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    times.push(await new Promise(requestAnimationFrame));
    scroller.scrollTop += 40;
  }
  tasks.push(...observer.takeRecords().map((entry) => entry.duration));
  observer.disconnect();
  return { rate: ((times.length - 1) * 1000) / (times.at(-1) - times[0]), tasks };
}

export async function builtPage(table, browser, { rounds, size, folder, dist, short }) {
  const keyglass = await startServer();
  const empty = await serve(`${folder}/empty`);
  try {
    table.group("The page in Chromium", ["Keyglass", "beside"]);
    const opened = [];
    for (let round = 0; round <= rounds; round++) {
      const theirs = await opening(browser, empty.url, EMPTY);
      const ours = await opening(browser, keyglass.url, PROMPT);
      if (round > 0) opened.push({ ours, theirs });
    }
    const of = (what) => median(opened.map((o) => o[what]));
    table.row("From navigation to a prompt that answers, beside an empty Yew page", millis(of("ours")), millis(of("theirs")), median(opened.map((o) => o.ours / o.theirs)), { most: 3 });

    // What must arrive, from the tool that holds the budget.
    const sizes = JSON.parse(execFileSync(process.execPath, [`${dist}/../scripts/size.mjs`, "--json", dist], { encoding: "utf8" }));
    table.row("Bytes before the prompt answers, with brotli", kilobytes(sizes.first), "–", sizes.first / 1024, { most: 350, unit: "KB" });
    table.row("Bytes of Lua, with brotli", kilobytes(sizes.lua), "–", sizes.lua / 1024, { most: 220, unit: "KB" });

    await busy(table, browser, keyglass, { rounds, size, seconds: short ? 1 : 5 });
  } finally {
    await empty.close();
    await keyglass.close();
  }
}

/** Frames, long tasks and typing while ten actors write and the list is scrolled. */
async function busy(table, browser, server, { rounds, size, seconds }) {
  const { page, finish } = await openPage(browser, server);
  await ready(page);
  await page.evaluate(async (size) => {
    const sent = [];
    for (let from = 0; from < size; from += 2000) {
      const words = [];
      for (let i = from; i < from + 2000; i++) words.push((i * 7919) % 1_000_003, `player:${i}`);
      sent.push(window.keyglass.exec("A", `ZADD board ${words.join(" ")}`));
    }
    await Promise.all(sent);
  }, size);
  const card = inspector(page, "board");
  await card.locator("[data-member]").first().waitFor();
  for (let n = 0; n < 10; n++) await start(page, `busy-${n}`, `forever\n  wait 1ms\n  ZADD board {1..1000000} player:{0..${size - 1}}`);

  const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await exec(page, "A", "INFO stats"))[1]);
  const runs = [];
  for (let round = 0; round < rounds; round++) {
    const before = await commands();
    const began = performance.now();
    const seen = await card.evaluate(scrolled, seconds);
    const rate = ((await commands()) - before) / ((performance.now() - began) / 1000);
    runs.push({ ...seen, commands: rate });
  }
  const of = (what) => median(runs.map(what));
  const beside = `${Math.round(of((r) => r.commands)).toLocaleString("en-US")} commands/s`;
  table.row(`Frames a second, ${size.toLocaleString("en-US")} members open and scrolled`, `${of((r) => r.rate).toFixed(1)}`, beside, of((r) => r.rate), { least: 55, unit: "fps" });
  // They are counted over whole frames.
  table.row("Commands a second of the actors meanwhile", beside, "–", Math.round(of((r) => r.commands) / 50) * 50, { least: 5000, unit: "a second" });
  const longest = Math.max(0, ...runs.flatMap((r) => r.tasks));
  const count = runs.reduce((n, r) => n + r.tasks.length, 0);
  table.row(`The longest task of the main thread meanwhile (${count} over 50 ms)`, millis(longest), "–", longest, { most: 50, unit: "ms" });

  const echoes = await echo(page);
  table.row("Typing meanwhile: frames until a key is drawn, nine in ten", `${echoes.frames}`, millis(echoes.took), echoes.frames, { most: 1, unit: "frames" });
  await finish();
}

async function start(page, name, text) {
  const actors = page.getByRole("region", { name: "Actors", exact: true });
  await actors.getByRole("combobox", { name: "What a new actor does" }).selectOption({ label: "a text of your own" });
  await actors.getByRole("button", { name: "Write", exact: true }).click();
  const editor = actors.getByRole("form", { name: "Text of an actor" });
  await editor.getByRole("textbox", { name: "Name" }).fill(name);
  await editor.getByRole("textbox", { name: "Text" }).fill(text);
  await editor.getByRole("button", { name: "Start it" }).click();
  await editor.waitFor({ state: "detached" });
}

/** Types, and counts the frames from each key's event until the frame in which its letter is there to be drawn. */
async function echo(page) {
  const input = page.getByRole("textbox", { name: "Command for client A" });
  await input.click();
  await page.evaluate(() => {
    const field = document.activeElement;
    window.echoes = [];
    let frame = 0;
    const tick = () => {
      frame++;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    addEventListener(
      "keydown",
      (event) => {
        const [was, at, from] = [field.value.length, frame, performance.now()];
        const late = from - event.timeStamp;
        const look = () => {
          if (field.value.length > was) window.echoes.push({ frames: frame - at, took: performance.now() - from + late });
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      },
      true,
    );
  });
  await page.keyboard.type("ZADD board 12 player:900 XX CH ", { delay: 60 });
  await page.waitForFunction(() => window.echoes.length >= 31);
  const echoes = await page.evaluate(() => window.echoes);
  const at = (list) => list.sort((a, b) => a - b)[Math.floor(list.length * 0.9)];
  return { frames: at(echoes.map((e) => e.frames)), took: at(echoes.map((e) => e.took)) };
}
