// screenshot.mjs [folder]: pictures of the built page in each size and theme, as folder/desktop-light.png and so on.
// SETUP= names a file of lines "A> PING" that are sent first, so that the picture shows something.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exec, launch, openPage, ready, startServer, VIEWPORTS } from "../tests/browser/helpers.mjs";

const folder = process.argv[2] ?? "target/screenshots";
mkdirSync(folder, { recursive: true });

const lines = process.env.SETUP ? readFileSync(process.env.SETUP, "utf8").split("\n") : [];
const commands = lines.map((line) => /^([A-Z])> (.*)$/.exec(line)).filter(Boolean);

const server = await startServer();
const browser = await launch();
try {
  for (const [name, viewport] of Object.entries(VIEWPORTS)) {
    for (const theme of ["light", "dark"]) {
      const { page, finish } = await openPage(browser, server, { viewport, theme });
      await ready(page);
      for (const [, client, line] of commands) await exec(page, client, line);
      // Movements on the page last a quarter of a second; the picture is of what they end in.
      await page.waitForTimeout(700);
      const path = join(folder, `${name}-${theme}.png`);
      await page.screenshot({ path });
      console.log(path);
      await finish();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
