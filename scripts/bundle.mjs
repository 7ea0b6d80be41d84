// bundle.mjs folder: makes one file of a built page's styles, and lets the browser fetch what the page's script imports beside it
// and not behind it: each file that is asked for by itself, and each that another names, makes the first prompt wait. Trunk runs
// this as a hook; not for `make dev`, where a file of styles is best found under its own name.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = process.argv[2] ?? process.env.TRUNK_STAGING_DIR;
const index = join(root, "index.html");

if (!process.env.KEYGLASS_DEV) {
  let page = readFileSync(index, "utf8");
  const sheets = [...page.matchAll(/<link rel="stylesheet" href="([^"]+)"[^>]*>\s*/g)];
  const styles = sheets.map(([, name]) => readFileSync(join(root, name), "utf8")).join("\n");
  const name = `page-${createHash("sha256").update(styles).digest("hex").slice(0, 16)}.css`;
  for (const [, old] of sheets) rmSync(join(root, old));
  writeFileSync(join(root, name), styles);
  sheets.forEach(([link], at) => (page = page.replace(link, at === 0 ? `<link rel="stylesheet" href="./${name}">\n    ` : "")));

  const [boot, script] = page.match(/<script src="[^"]*boot.js" data-js="([^"]+)"/);
  const imported = [...readFileSync(join(root, script), "utf8").matchAll(/^import .* from ['"](\.[^'"]+)['"]/gm)].map(([, from]) => from);
  // Before the script that the page waits for, which comes first.
  const preload = (as, href) => `<link rel="preload" as="${as}" href="${href}">`;
  const modules = [script, ...new Set(imported)].map((from) => `<link rel="modulepreload" href="${from}">`);
  const preloads = [preload("script", "./boot.js"), preload("style", `./${name}`), ...modules];
  writeFileSync(index, page.replace(boot, `${preloads.join("")}${boot}`));
}
