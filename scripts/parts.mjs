// parts.mjs twiggy name.wasm…: what each part of a wasm costs, by the path of its modules. The wasm must have its names.
import { execFileSync } from "node:child_process";
import { basename } from "node:path";

const [twiggy, ...files] = process.argv.slice(2);

/** The part that an item belongs to: two steps of a path for our own code, one for a crate's. */
function part(name) {
  if (/^(data segment|"function names"|custom section)/.test(name)) return name.startsWith("data") ? "data" : "names";
  // `<A as B>::c` belongs to A; references, slices and generics around it are passed over.
  const path = /([a-z_][a-z0-9_]*)::([A-Za-z_][A-Za-z0-9_]*)(?:::([A-Za-z_][A-Za-z0-9_]*))?/.exec(name.replaceAll(/\[[0-9a-f]{8,}\]/g, ""));
  if (!path) return "other";
  const [, crate, first] = path;
  return crate.startsWith("keyglass") ? `${crate}::${first}` : crate;
}

for (const file of files) {
  const items = JSON.parse(execFileSync(twiggy, ["top", "-f", "json", "-n", "1000000", file], { maxBuffer: 1 << 30, encoding: "utf8" }));
  const parts = new Map();
  for (const { name, shallow_size: bytes } of items) {
    // What wasm-bindgen reads and takes out.
    if (bytes === undefined || name.includes("__wbindgen_describe")) continue;
    const key = part(name);
    if (key !== "names") parts.set(key, (parts.get(key) ?? 0) + bytes);
  }
  const total = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (parts.size < 10) {
    console.log(`\n${basename(file)} has no names`);
    continue;
  }
  console.log(`\n${basename(file)}, before wasm-opt made it smaller, without its names: ${total.toLocaleString("en-US")} bytes`);
  const rows = [...parts].sort((a, b) => b[1] - a[1]);
  for (const [name, bytes] of rows.slice(0, 24)) console.log(`${bytes.toLocaleString("en-US").padStart(11)}  ${((bytes * 100) / total).toFixed(1).padStart(4)} %  ${name}`);
  const rest = rows.slice(24).reduce((sum, [, bytes]) => sum + bytes, 0);
  if (rest > 0) console.log(`${rest.toLocaleString("en-US").padStart(11)}  ${((rest * 100) / total).toFixed(1).padStart(4)} %  ${rows.length - 24} others`);
}
