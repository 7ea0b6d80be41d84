// measure-history.mjs [points]: how long the built page takes to show a moment of a session of 100,000 inputs, from when it
// is asked for until the consoles have drawn it; and how much memory the server half then has.
import { ready, launch, openPage, startServer } from "../tests/browser/helpers.mjs";
import { INPUTS, keepLongSession, seek } from "../tests/browser/long-session.mjs";

const points = Number(process.argv[2] ?? 25);
const server = await startServer();
const browser = await launch();
try {
  const { page, context } = await openPage(browser, server, { path: "worker.js" });
  await keepLongSession(page);
  const began = Date.now();
  await page.goto(server.url);
  await ready(page);
  await page.getByText("Your session is back").waitFor({ timeout: 120_000 });
  console.log(`${INPUTS} inputs came back in ${Date.now() - began} ms`);
  const took = await seek(page, points);
  const sorted = [...took].sort((a, b) => a - b);
  const ms = (n) => n.toFixed(0);
  console.log(`to ${points} moments: median ${ms(sorted[points >> 1])} ms, worst ${ms(sorted[points - 1])} ms (${took.map(ms).join(" ")})`);
  await context.close();
} finally {
  await browser.close();
  await server.close();
}
