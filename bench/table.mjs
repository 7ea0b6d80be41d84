// Medians, and the table that a run writes.
import { cpus, totalmem } from "node:os";

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

const digits = (n) => (Math.abs(n) >= 100 ? Math.round(n).toLocaleString("en-US") : Number(n.toPrecision(3)).toString());

/** Rows in groups: what, ours, beside what, the figure that is judged, and what it must be. */
export class Table {
  groups = [];

  group(title, columns) {
    this.groups.push({ title, columns, rows: [] });
  }

  /** `figure` is judged: at least `least`, or at most `most`; without either it is only told. */
  row(name, ours, theirs, figure, { least, most, unit = "times" } = {}) {
    const wanted = least !== undefined ? `≥ ${digits(least)} ${unit}` : most !== undefined ? `≤ ${digits(most)} ${unit}` : "–";
    const met = least !== undefined ? figure >= least : most !== undefined ? figure <= most : null;
    const row = { name, ours, theirs, figure: `${digits(figure)} ${unit}`, wanted, met };
    this.groups.at(-1).rows.push(row);
    // A run that only sees that everything runs judges nothing.
    if (process.env.BENCH === "short") return console.log(`ran: ${name}`);
    console.log(`${met === false ? "falls short" : met ? "met" : "told"}: ${name}: ${row.figure} (wanted ${wanted}; ${ours} beside ${theirs})`);
  }

  markdown(versions, rounds) {
    const { model } = cpus()[0];
    const lines = [
      `Measured on ${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${versions.join(", ")}. Each figure is the median of ${rounds} rounds in which both sides took turns, and each ratio the median of the rounds' ratios.`,
    ];
    for (const { title, columns, rows } of this.groups) {
      if (rows.length === 0) continue;
      lines.push("", `### ${title}`, "", `| | ${columns.join(" | ")} | figure | wanted | |`, `|---|${"---:|".repeat(columns.length + 2)}---|`);
      for (const row of rows) {
        const verdict = row.met === null ? "" : row.met ? "met" : "**falls short**";
        lines.push(`| ${row.name} | ${row.ours} | ${row.theirs} | ${row.figure} | ${row.wanted} | ${verdict} |`);
      }
    }
    return `${lines.join("\n")}\n`;
  }
}

export const per = (rate) => (rate >= 1e6 ? `${(rate / 1e6).toFixed(2)} M/s` : `${Math.round(rate / 1000)} k/s`);
export const micros = (us) => `${Number(us.toPrecision(3))} µs`;
export const millis = (ms) => `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(3))} ms`;
export const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
