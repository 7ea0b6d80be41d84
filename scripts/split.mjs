// Splits a wasm in two: what runs until the prompt answers, and the rest, which is fetched behind it.
//
// split.mjs watch whole.wasm watched.wasm: the same module with a global for each of its functions, exported as `ran:n`, that is 1
//   once that function, the nth of those it defines, has run.
// split.mjs part whole.wasm linked.wasm ran.json first.wasm rest.wasm flag: of the functions, those whose numbers ran.json lists stay
//   in first.wasm, with short ones that they may call, what drops their values, and the data that they name. In the place of each
//   other one that may be called from there stands a stub, which asks for the rest if it has not come (by the module's export `rest`), then calls it through a table. rest.wasm imports from
//   "first" what first.wasm exports; where it is instantiated, it fills that table, the places of functions that only its own code and
//   data point to, and the memory of its data. What names what is read from linked.wasm, as the linker left it (linked.mjs).
//
// split.mjs whole whole.wasm out.wasm flag: only makes it smaller.
//
// The flag says what wasm-opt works for, such as -Oz. Binaryen's own wasm-split parts functions, too, but no data, and is in none of the packages that bring wasm-opt here.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linked } from "./linked.mjs";

const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"].map((name) => `--enable-${name}`);
// A large function that is called in one place stays one: browsers compile a function when it is first called, and brotli makes less
// of them, too.
const CALLED = "--one-caller-inline-max-function-size=60";
const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+)`;

const [mode, whole, ...rest] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "keyglass-split-"));
const run = (tool, ...args) => execFileSync(tool, [...FEATURES, ...args], { stdio: ["ignore", "inherit", "inherit"] });

/** A module without what its linker, its compiler and wasm-bindgen say of it, except names. */
function bare(wasm) {
  const bytes = readFileSync(wasm);
  const kept = [bytes.subarray(0, 8)];
  for (let p = 8; p < bytes.length; ) {
    const start = p++;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      length += (bytes[p] & 127) * 2 ** shift;
      if (bytes[p++] < 128) break;
    }
    if (bytes[start] !== 0 || bytes.toString("utf8", p, p + 5) === "\x04name") kept.push(bytes.subarray(start, p + length));
    p += length;
  }
  const path = join(work, "bare.wasm");
  writeFileSync(path, Buffer.concat(kept));
  return path;
}

/** The items of a module as text, each with its kind and its name. */
function items(wasm) {
  const text = join(work, "whole.wat");
  run("wasm-dis", bare(wasm), "-o", text);
  return readFileSync(text, "utf8")
    .trimEnd()
    .split(/\n(?= \(|\)$)/)
    .slice(1, -1)
    .map((text) => {
      const [, kind, name] = new RegExp(`^ \\((\\w+) ?(${NAME})?`).exec(text);
      return { kind, name, text };
    });
}

/** Writes a module of items. */
function write(parts, wasm, flag) {
  const text = join(work, "part.wat");
  writeFileSync(text, ["(module", ...parts, ")"].join("\n"));
  // With names where somebody wants to look at it.
  const names = process.env.KEYGLASS_NAMES ? ["-g"] : [];
  run("wasm-as", text, ...names, "-o", wasm);
  if (flag) run("wasm-opt", wasm, ...names, flag, CALLED, "-o", wasm);
}

/** The names that the items of code and tables mention. */
const mentioned = (all) => new Set(all.flatMap(({ kind, text }) => (["func", "elem", "export", "start"].includes(kind) ? text.match(new RegExp(NAME, "g")) : [])));

const HEADER = /^ \(func [^\n]*(?:\n {2}\(local [^\n]*)*/;
const SIGNATURE = /\((param|result) (?:\$\d+ )?([^)]*)\)/g;

const CALL = new RegExp(`\\(call (${NAME})`, "g");
/** As text. A stub in the place of a shorter function saves little. */
const SHORT = 800;
/** What is done to what nobody has any more. */
const DROPS = /drop_in_place/;
/** What core writes floating-point numbers with. */
const WRITES = /^\$"?_R[A-Za-z0-9_]*_4core3num(7flt2dec|6bignum)/;

function watch(out) {
  let n = 0;
  const parts = items(whole).flatMap(({ kind, text }) => {
    if (kind !== "func") return [text];
    const ran = `$ran:${n}`;
    const [header] = HEADER.exec(text);
    const body = `${header}\n  (global.set ${ran} (i32.const 1))${text.slice(header.length)}`;
    return [` (global ${ran} (mut i32) (i32.const 0))`, ` (export "ran:${n++}" (global ${ran}))`, body];
  });
  // As if it were parted, so that what waits for the rest goes on waiting.
  write([...parts, ' (export "_0" (global $ran:0))'], out);
}

/**
 * What functions, by their names, reach without a call: constants (`live`, pieces of the first segment), and the names of the functions
 * that they or their data point to (`pointed`).
 */
function within({ data, functions }, from) {
  const live = new Set();
  const pointed = new Set();
  // What may be written to stays, whoever writes to it: it is little.
  const waiting = [...from.flatMap((name) => functions.get(name) ?? []), ...data.filter(({ segment }) => segment > 0)];
  while (waiting.length > 0) {
    const { names, points } = waiting.pop();
    for (const name of points) pointed.add(name);
    for (const piece of names) {
      // What the linker itself names, such as the end of the data, has no size.
      if (piece.size === undefined || live.has(piece)) continue;
      live.add(piece);
      waiting.push(piece);
    }
  }
  return { live: [...live].filter(({ segment }) => segment === 0), pointed };
}

/** The ranges of a segment that pieces take, and those that are left, each a start and an end within it. */
function ranges(pieces, segment) {
  const taken = [];
  for (const { at, size } of pieces.sort((a, b) => a.at - b.at)) {
    const [from, to] = [at - segment.at, at - segment.at + size];
    const last = taken.at(-1);
    // A new range costs about as much as a gap of this.
    if (last && from - last[1] < 12) last[1] = Math.max(last[1], to);
    else taken.push([from, to]);
  }
  const edges = [0, ...taken.flat(), segment.bytes.length];
  const left = edges.flatMap((edge, n) => (n % 2 === 0 && edge < edges[n + 1] ? [[edge, edges[n + 1]]] : []));
  return { taken, left };
}

const dataOf = (segment, parts) =>
  parts.map(([from, to]) => ` (data (i32.const ${segment.at + from}) "${segment.bytes.subarray(from, to).toString("hex").replace(/../g, "\\$&")}")`);
const hash = (path) => createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16);
/** What a function takes and gives, as text. */
const typeOf = (text) => [...text.slice(0, text.search(/\n|$/)).matchAll(SIGNATURE)].map(([, what, type]) => `(${what} ${type})`);

function part(link, list, first, later, flag) {
  const all = items(whole);
  const functions = all.filter(({ kind }) => kind === "func");
  const ask = all.map(({ text }) => new RegExp(`^ \\(export "rest" \\(func (${NAME})\\)\\)`).exec(text)?.[1]).find(Boolean);
  if (!ask) throw new Error(`${whole} exports no function "rest"`);
  const ran = new Set(JSON.parse(readFileSync(list, "utf8")).map((n) => functions[n]));
  ran.add(functions.find(({ name }) => name === ask));
  const known = linked(link);
  // wasm-bindgen takes a mark off the names of what is exported.
  const marked = new Map([...known.functions.keys()].map((name) => [name.replace(/_[0-9a-f]{16}$/, ""), name]));
  const inLinked = (name) => {
    const plain = name.replace(/^\$"?|"$/g, "");
    return known.functions.has(plain) ? plain : marked.get(plain);
  };
  const reached = () =>
    within(
      known,
      [...ran].map(({ name }) => inLinked(name)),
    );
  // What of these was not called may be the next time: it hangs on the moment, or on the number that is written.
  const points = reached().pointed;
  for (const item of functions) if (DROPS.test(item.name) && points.has(inLinked(item.name))) ran.add(item);
  const byName = new Map(functions.map((item) => [item.name, item]));
  for (const { text } of ran) {
    for (const [, called] of text.matchAll(CALL)) if (byName.get(called)?.text.length < SHORT || WRITES.test(called)) ran.add(byName.get(called));
  }
  const left = functions.filter((item) => !ran.has(item));
  const { live, pointed } = reached();

  // The constants, of which each part has those that its functions name. What wasm-bindgen made names none.
  const [segment] = known.segments;
  for (const { name, text } of ran) {
    const numbers = inLinked(name) ? [] : [...text.matchAll(/(?:i32\.const |offset=)(\d+)/g)].map(([, number]) => Number(number));
    if (numbers.some((number) => number >= segment.at && number < segment.at + segment.bytes.length)) throw new Error(`${name} of ${whole} names data, and is not in ${link}`);
  }
  const constants = all.find(({ kind, text }) => kind === "data" && text.includes(`(i32.const ${segment.at})`));
  if (!constants) throw new Error(`the data of ${whole} do not stand where ${link} has them`);
  const { taken, left: others } = ranges(live, segment);

  // The table of functions. A place that only the rest's own code and data point to is filled by the rest.
  const tables = all.filter(({ kind }) => kind === "elem");
  if (tables.length !== 1) throw new Error(`${whole} has ${tables.length} tables of functions`);
  const [, head, start, places] = /^( \(elem .*?\(i32\.const )(\d+)\) func (.*)\)$/s.exec(tables[0].text);
  const entries = places.match(new RegExp(NAME, "g"));
  const absent = new Set(left.map(({ name }) => name).filter((name) => !pointed.has(inLinked(name))));

  const kept = all.filter((item) => (item.kind !== "func" || ran.has(item)) && item !== constants && item !== tables[0]);
  const here = mentioned(kept);
  for (const name of entries) if (!absent.has(name)) here.add(name);
  const there = mentioned(left);
  const called = left.filter(({ name }) => here.has(name));
  const stubs = called.map(({ name, text }, at) => {
    const type = typeOf(text);
    const args = type.filter((of) => of.startsWith("(param")).map((_, n) => `(local.get ${n})`);
    return ` (func ${name} ${type.join(" ")} (call_indirect $rest:table ${[...type, ...args].join(" ")} (call $rest:at (i32.const ${at}))))`;
  });

  const exports = [];
  const imports = [];
  const share = (kind, name, type, as = `_${exports.length.toString(36)}`) => {
    exports.push(` (export "${as}" (${kind} ${name}))`);
    imports.push(` (import "first" "${as}" (${kind} ${name} ${type}))`);
  };
  for (const { kind, name, text } of kept) {
    if (kind === "memory" || kind === "table") share(kind, name, /^ \(\w+ \S+ ([^()]+)\)$/.exec(text)[1]);
    else if (kind === "func" && there.has(name)) share(kind, name, typeOf(text).join(" "));
    else if (kind === "global" && there.has(name)) share(kind, name, /^ \(global \S+ (\(mut \w+\)|\w+)/.exec(text)[1]);
    else if (kind === "import") {
      const [, what, name, type] = new RegExp(`\\((\\w+) (${NAME}) ?(.*)\\)\\)$`).exec(text);
      if (there.has(name)) share(what, name, type);
    }
  }
  share("global", "$rest:here", "(mut i32)");
  // Halves of two builds, as a host may send them in the midst of a change, share no name for this, and do not fit.
  share("table", "$rest:table", `${called.length} funcref`, `_${hash(whole)}${hash(list)}`);

  write(
    [
      ...kept.map(({ text }) => text),
      ...dataOf(segment, taken),
      `${head}${start}) func ${entries.map((name) => (absent.has(name) ? "$rest:none" : name)).join(" ")})`,
      ` (table $rest:table ${called.length} funcref)`,
      " (global $rest:here (mut i32) (i32.const 0))",
      ` (func $rest:at (param i32) (result i32) (if (i32.eqz (global.get $rest:here)) (then (call ${ask}))) (local.get 0))`,
      " (func $rest:none (unreachable))",
      ...stubs,
      ...exports,
    ],
    first,
    flag,
  );

  const runs = [];
  entries.forEach((name, n) => {
    if (!absent.has(name)) return;
    if (absent.has(entries[n - 1])) runs.at(-1).names.push(name);
    else runs.push({ at: Number(start) + n, names: [name] });
  });
  write(
    [
      ...all.filter(({ kind }) => kind === "type").map(({ text }) => text),
      ...imports,
      ...left.map(({ text }) => text),
      ...dataOf(segment, others),
      ` (elem (table $rest:table) (i32.const 0) func ${called.map(({ name }) => name).join(" ")})`,
      ...runs.map(({ at, names }) => `${head.replace(/elem \S+/, "elem")}${at}) func ${names.join(" ")})`),
      " (func $rest:begin (global.set $rest:here (i32.const 1)))",
      " (start $rest:begin)",
    ],
    later,
    flag,
  );
}

try {
  if (mode === "watch") watch(...rest);
  else if (mode === "part") part(...rest);
  else run("wasm-opt", bare(whole), rest[1], CALLED, "-o", rest[0]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
