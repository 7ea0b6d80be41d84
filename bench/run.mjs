// run.mjs [group]…: measures, and writes a table to target/bench/. What it needs is built by scripts/bench.sh.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DIST, launch } from "../tests/browser/helpers.mjs";
import { serve } from "../scripts/serve.mjs";
import { besideMock, besideRedis, large } from "./engine.mjs";
import { builtPage } from "./page.mjs";
import { startRedis } from "./servers.mjs";
import { Table } from "./table.mjs";

const folder = fileURLToPath(new URL("../target/bench", import.meta.url));
const short = process.env.BENCH === "short";
const options = {
  rounds: short ? 1 : Number(process.env.ROUNDS ?? 5),
  size: short ? 10_000 : 1_000_000,
  small: short ? 2_000 : 20_000,
  native: process.env.KEYGLASS_BENCH_NATIVE,
  folder,
  dist: DIST,
  short,
};

const GROUPS = {
  mock: async (table, { page }) => besideMock(table, page, options),
  redis: async (table, { page, redis }) => besideRedis(table, page, redis, options),
  page: async (table, { browser }) => builtPage(table, browser, options),
  large: async (table, { page, redis }) => large(table, page, redis, options),
};
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(GROUPS);

mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/site/index.html`, "<!doctype html><title>bench</title>\n");
const server = await serve(`${folder}/site`);
const redis = await startRedis(folder);
const browser = await launch();
const table = new Table();
const began = Date.now();
try {
  for (const name of names) {
    // A page of its own, so that no group finds what another left.
    const page = await (await browser.newContext()).newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(server.url);
    const from = Date.now();
    await GROUPS[name](table, { page, redis, browser });
    console.log(`-- ${name}: ${((Date.now() - from) / 1000).toFixed(1)} s`);
    await page.context().close();
  }
  const first = (text) => text.split("\n")[0];
  const versions = [
    `Chromium ${browser.version()}`,
    `redis-server ${await redis.version()}`,
    `ioredis-mock ${process.env.IOREDIS_MOCK_VERSION}`,
    first(execFileSync("rustc", ["--version"], { encoding: "utf8" })),
    `commit ${execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", cwd: folder }).trim()}`,
  ];
  writeFileSync(`${folder}/table.md`, table.markdown(versions, options.rounds));
  console.log(`The table: target/bench/table.md (${((Date.now() - began) / 1000).toFixed(0)} s)`);
} finally {
  await browser.close();
  await redis.stop();
  await server.close();
}
