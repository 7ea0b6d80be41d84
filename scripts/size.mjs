// size.mjs [--json] folder: a table of the files' bytes, and the check of the budget; or only the two sums that it judges.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// All that must arrive before the prompt answers, as a host that compresses sends it.
const BUDGET = 350 * 1024;
// The Lua machine, which is fetched when the page is idle or a script is first run.
const LUA = "keyglass-lua_bg.wasm";
const LUA_BUDGET = 220 * 1024;
// What a browser never asks for while the page opens.
const LATER = ["_rest.wasm", ".ts", ".map", ".md", ".txt", ".png", ".webmanifest"];
// What it asks for once the page is up, or others ask for.
const AFTER = ["keyglass-reader.js", "keyglass-reader_bg.wasm", "sw.js", "keyglass.schema.json", "icons/keyglass.svg", "embed.js", "embed.html", "embed-page.css"];

const root = process.argv.at(-1);
const json = process.argv.includes("--json");
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

const rows = files.map((path) => {
  const bytes = readFileSync(path);
  return {
    name: relative(root, path),
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length,
    first: !LATER.some((end) => path.endsWith(end)) && !AFTER.includes(relative(root, path)) && !path.endsWith(LUA),
  };
});
rows.sort((a, b) => b.raw - a.raw);
const needed = rows.filter((row) => row.first);
const sum = (of, what) => of.reduce((total, row) => total + row[what], 0);
const total = (name, of) => ({ name, raw: sum(of, "raw"), gzip: sum(of, "gzip"), brotli: sum(of, "brotli") });

const lua = rows.find((row) => row.name === LUA)?.brotli ?? 0;
const used = sum(needed, "brotli");
if (json) {
  console.log(JSON.stringify({ first: used, lua }));
  process.exit(0);
}

const lines = [...rows, total("everything", rows), total("before the prompt answers", needed)];
const width = Math.max(...lines.map((row) => row.name.length));
const cell = (text) => String(text).padStart(11);
console.log(`${"".padEnd(width)}${cell("raw")}${cell("gzip -9")}${cell("brotli -11")}`);
for (const row of lines) {
  const number = (value) => cell(value.toLocaleString("en-US"));
  console.log(`${row.name.padEnd(width)}${number(row.raw)}${number(row.gzip)}${number(row.brotli)}`);
}

if (lua > LUA_BUDGET) {
  console.error(`Over budget: the Lua machine has ${lua.toLocaleString("en-US")} of ${LUA_BUDGET.toLocaleString("en-US")} bytes (brotli).`);
  process.exit(1);
}
const verdict = `${used.toLocaleString("en-US")} of ${BUDGET.toLocaleString("en-US")} bytes (brotli) are used before the prompt answers.`;
if (used > BUDGET) {
  console.error(`Over budget: ${verdict}`);
  process.exit(1);
}
console.log(`Within budget: ${verdict}`);
