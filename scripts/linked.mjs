// What a linked wasm says of itself: which of its data each function and each other piece of data names, and which functions
// they take the address of. It must have been linked with --emit-relocs.
// Source: the tool conventions of WebAssembly, Linking.md ("linking" and "reloc." sections).
import { readFileSync } from "node:fs";

const SYMBOL = { function: 0, data: 1, section: 3 };
const UNDEFINED = 0x10;
const EXPLICIT_NAME = 0x40;
// Relocations that hold an addend; those that name an address in memory; those that name a place in the table of functions.
const ADDENDS = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25]);
const ADDRESSES = new Set([3, 4, 5, 11, 14, 15, 16, 17, 21, 23, 25]);
const PLACES = new Set([1, 2, 12, 18, 19, 24]);

/**
 * `data`: pieces in the order of their addresses, each with `at` (its address), `size` (in bytes), the pieces that it `names`, and the
 * names of the functions whose places it `points` to. `functions`: by name, what each of them `names` and `points` to. `segments`:
 * where in the memory each of them stands (`at`), and its `bytes`.
 */
export function linked(path) {
  const bytes = readFileSync(path);
  let p = 8;
  const unsigned = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[p++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const skip = () => {
    while (bytes[p++] >= 128);
  };
  const text = () => {
    const length = unsigned();
    p += length;
    return bytes.toString("utf8", p - length, p);
  };
  const times = (what) => Array.from({ length: unsigned() }, what);
  const limits = () => {
    const more = unsigned() & 1;
    skip();
    if (more) skip();
  };

  let imported = 0;
  let bodies = [];
  let segments = [];
  let symbols = [];
  const names = new Map();
  const relocations = new Map();
  const sections = [];
  while (p < bytes.length) {
    const id = bytes[p++];
    const length = unsigned();
    const [start, end] = [p, p + length];
    sections.push(id);
    if (id === 2) {
      times(() => {
        text();
        text();
        const kind = bytes[p++];
        if (kind === 0) {
          imported++;
          skip();
        } else if (kind === 1) {
          p++;
          limits();
        } else if (kind === 2) limits();
        else p += 2;
      });
    } else if (id === 10) {
      bodies = times(() => {
        const length = unsigned();
        p += length;
        return { from: p - length - start, names: new Set(), points: new Set() };
      });
    } else if (id === 11) {
      segments = times(() => {
        if (unsigned() !== 0 || bytes[p++] !== 0x41) throw new Error(`${path}: a segment of data without a fixed place`);
        let at = 0;
        for (let shift = 0; ; shift += 7) {
          at += (bytes[p] & 127) * 2 ** shift;
          if (bytes[p++] < 128) break;
        }
        p++;
        const length = unsigned();
        p += length;
        return { at, from: p - length - start, bytes: bytes.subarray(p - length, p) };
      });
    } else if (id === 0) {
      const name = text();
      if (name === "linking") {
        unsigned();
        while (p < end) {
          const kind = bytes[p++];
          const last = unsigned() + p;
          if (kind === 8) {
            symbols = times(() => {
              const [kind, flags] = [bytes[p++], unsigned()];
              if (kind === SYMBOL.data) {
                const symbol = { kind, name: text() };
                if (!(flags & UNDEFINED)) Object.assign(symbol, { segment: unsigned(), offset: unsigned(), size: unsigned(), names: new Set(), points: new Set() });
                return symbol;
              }
              const index = unsigned();
              if (kind !== SYMBOL.section && (!(flags & UNDEFINED) || flags & EXPLICIT_NAME)) text();
              return { kind, index };
            });
          }
          p = last;
        }
      } else if (name.startsWith("reloc.")) {
        const section = unsigned();
        relocations.set(
          sections[section],
          times(() => {
            const relocation = { type: bytes[p++], at: unsigned(), symbol: unsigned() };
            if (ADDENDS.has(relocation.type)) skip();
            return relocation;
          }),
        );
      } else if (name === "name") {
        while (p < end) {
          const kind = bytes[p++];
          const last = unsigned() + p;
          if (kind === 1) times(() => names.set(unsigned(), text()));
          p = last;
        }
      }
    }
    p = end;
  }
  if (!relocations.has(10) || !relocations.has(11)) throw new Error(`${path} was linked without --emit-relocs`);

  const data = symbols.filter(({ size }) => size > 0);
  for (const piece of data) {
    const segment = segments[piece.segment];
    piece.at = segment.at + piece.offset;
    piece.from = segment.from + piece.offset;
  }
  data.sort((a, b) => a.at - b.at);
  // Each relocation belongs to the part that it stands in. Pieces that lie in one another are strings, which have none.
  for (const [section, parts] of [[10, bodies], [11, data]]) {
    for (const { type, at, symbol } of relocations.get(section)) {
      let [low, high] = [0, parts.length];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (parts[middle].from <= at) low = middle;
        else high = middle;
      }
      if (ADDRESSES.has(type)) parts[low].names.add(symbols[symbol]);
      else if (PLACES.has(type)) parts[low].points.add(names.get(symbols[symbol].index));
    }
  }
  return { data, functions: new Map(bodies.map((body, n) => [names.get(imported + n), body])), segments };
}
