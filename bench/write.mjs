// Puts the table of the last run between the two marks in docs/performance.md.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const doc = `${root}/docs/performance.md`;
const [begin, end] = ["<!-- table: make bench BENCH=write -->", "<!-- end of the table -->"];
const text = readFileSync(doc, "utf8");
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error("docs/performance.md has lost the marks of its table");
writeFileSync(doc, `${text.slice(0, from + begin.length)}\n\n${readFileSync(`${root}/target/bench/table.md`, "utf8")}\n${text.slice(to)}`);
console.log("The table is in docs/performance.md");
