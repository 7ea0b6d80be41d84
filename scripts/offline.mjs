// offline.mjs folder: writes the service worker of a built page, with the list of the page's files and their hashes. Trunk runs it
// as a hook once all else stands in its folder. For `make dev` it takes out what a page that is being worked on must not have.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.argv[2] ?? process.env.TRUNK_STAGING_DIR;
const index = join(root, "index.html");

if (process.env.KEYGLASS_DEV) {
  // Trunk adds a script that loads the page again, and what was built just now must never come from a cache.
  const page = readFileSync(index, "utf8");
  writeFileSync(index, page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "").replace(/<link rel="manifest"[^>]*>/, ""));
  rmSync(join(root, "sw.js"), { force: true });
} else {
  // What the page itself asks for; what other pages and people take from the host is not kept.
  const kept = new Set([".html", ".css", ".js", ".wasm", ".svg", ".png", ".webmanifest"]);
  const others = new Set(["sw.js", "embed.js", "embed.html", "embed-page.css"]);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .filter((name) => kept.has(extname(name)) && !others.has(name))
    .sort()
    .map((name) => [name === "index.html" ? "./" : name, `sha256-${createHash("sha256").update(readFileSync(join(root, name))).digest("base64")}`]);
  const worker = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "../static/sw.js"), "utf8");
  const version = createHash("sha256").update(JSON.stringify(files)).update(worker).digest("hex").slice(0, 16);
  const lines = files.map((file) => `  ${JSON.stringify(file)},`).join("\n");
  writeFileSync(join(root, "sw.js"), `const VERSION = "${version}";\nconst FILES = [\n${lines}\n];\n\n${worker}`);
}
