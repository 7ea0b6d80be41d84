// A recorded session gives the same bytes natively and in the page.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { browser, openPage, server, useBrowser } from "./helpers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${process.env.CARGO_TARGET_DIR ?? `${root}/target`}/tmp/replay`;

useBrowser();

test("a recorded session replays in the page to the bytes that it sent natively", async () => {
  // Written anew, by the very sources that the page was built from.
  execFileSync("cargo", ["test", "--quiet", "--features", "server", "--test", "history", "recorded_sessions"], { cwd: root });
  const names = readdirSync(folder).filter((name) => name.endsWith(".record"));
  assert.ok(names.length > 0);
  const { page, finish } = await openPage(browser, server);
  for (const name of names) {
    const record = readFileSync(`${folder}/${name}`).toString("base64");
    const replayed = await page.evaluate(async (record) => {
      const { ready, replay } = await import("./keyglass.js");
      await ready();
      const bytes = replay(Uint8Array.from(atob(record), (c) => c.charCodeAt(0)));
      let text = "";
      for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
      return btoa(text);
    }, record);
    const [there, here] = [Buffer.from(replayed, "base64"), readFileSync(`${folder}/${name.replace("record", "sent")}`)];
    const differs = here.findIndex((byte, at) => byte !== there[at]);
    const around = (bytes) => JSON.stringify(bytes.subarray(Math.max(0, differs - 300), differs + 60).toString("latin1"));
    assert.ok(differs === -1 && there.length === here.length, `${name}, at ${differs}:\n${around(here)}\n${around(there)}`);
  }
  await finish();
});
