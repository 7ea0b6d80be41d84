// A session is handed on and opened again: as a link, a file, a text; and what comes from elsewhere stays harmless.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { browser, consoleOf, exec, inspector, openPage, ready, server, type, useBrowser, VIEWPORTS } from "./helpers.mjs";

useBrowser();

const open = (path = "", options = {}) => openPage(browser, server, { path, ...options });
const sheet = (page) => page.getByRole("dialog", { name: "Share this session" });
const offer = (page) => page.locator("dialog.offered[open]");
const walk = (page) => page.getByRole("region", { name: "Script" });
const base64url = (text) => Buffer.from(text).toString("base64url");

async function share(page) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await sheet(page).waitFor();
}
const linkOf = (page) => sheet(page).getByRole("textbox", { name: "Link", exact: true }).inputValue();

/** Drops a file on the page, as far as a test can. */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name));
      return data;
    },
    [name, text],
  );
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

test("a link opens as it stood, with its title, clients and pinned inspectors", async () => {
  const one = await open();
  await ready(one.page);
  const added = await exec(one.page, "A", "XADD events:user_activity * type signup");
  await exec(one.page, "B", "SET k 'a b' PX 600000");
  await share(one.page);
  await sheet(one.page).getByLabel("Title").fill("Jobs & <b>workers</b>");
  await sheet(one.page).getByLabel("Note").fill("Look at k.");
  await sheet(one.page).getByLabel(/As it stands now/).check();
  const link = await linkOf(one.page);
  assert.match(link, /^http:\/\/[^#]+\/#v1\.[\w-]+$/);
  assert.ok(link.length < 2000, `${link.length} characters`);
  await sheet(one.page).getByText(`${link.length.toLocaleString("en-US")} characters for 19 commands`).waitFor();
  await one.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await sheet(one.page).getByRole("button", { name: "Copy the link" }).click();
  await sheet(one.page).getByText("Copied").waitFor();
  assert.equal(await one.page.evaluate(() => navigator.clipboard.readText()), link);
  await one.page.keyboard.press("Escape");
  assert.equal(await sheet(one.page).count(), 0);
  await one.finish();

  const two = await open(link.slice(server.url.length));
  await ready(two.page);
  await offer(two.page).getByRole("heading", { name: "Jobs & <b>workers</b>" }).waitFor();
  await offer(two.page).getByText("Look at k.").waitFor();
  await offer(two.page).getByText(/^19 commands as 3 clients/).waitFor();
  assert.equal(await exec(two.page, "A", "DBSIZE"), "(integer) 0", "nothing has run");
  await offer(two.page).getByRole("button", { name: "Run", exact: true }).click();
  await inspector(two.page, "k").waitFor({ timeout: 20_000 }).catch(() => {});
  await two.page.waitForFunction(() => document.querySelector(".title")?.textContent === "Jobs & <b>workers</b>");
  assert.match(await exec(two.page, "A", "XREVRANGE events:user_activity + - COUNT 1"), new RegExp(added.replaceAll('"', "")));
  assert.equal(await exec(two.page, "B", "GET k"), '"a b"');
  assert.equal(new URL(two.page.url()).hash, "", "loaded again, the page goes on with what came of it");
  await two.finish();
});

test("a link from the start is stepped through, command by command", async () => {
  const one = await open();
  await exec(one.page, "A", "INCR visits");
  await exec(one.page, "B", "INCR visits");
  await share(one.page);
  const link = await linkOf(one.page);
  await one.finish();

  const two = await open(link.slice(server.url.length));
  await offer(two.page).getByRole("button", { name: "Step through", exact: true }).click();
  await walk(two.page).getByText("0 of 19").waitFor();
  await walk(two.page).getByText(/^A> ZADD leaderboard/).waitFor();
  const next = walk(two.page).getByRole("button", { name: "Next", exact: true });
  await next.click();
  await consoleOf(two.page, "A").log.getByText("(integer) 7").waitFor();
  await two.page.keyboard.press("Enter");
  await walk(two.page).getByText("2 of 19").waitFor();
  await inspector(two.page, "leaderboard:2026:w14").waitFor();
  await walk(two.page).getByRole("button", { name: "Run the rest" }).click();
  await walk(two.page).getByText("That was all").waitFor();
  await consoleOf(two.page, "B").log.getByText("INCR visits").waitFor();
  assert.equal(await exec(two.page, "C", "PUNSUBSCRIBE").then(() => exec(two.page, "A", "GET visits")), '"2"');
  await walk(two.page).getByRole("button", { name: "Good" }).click();
  assert.equal(await walk(two.page).count(), 0);
  await two.finish();
});

test("links that a person writes, and those of documentation pages", async () => {
  const hand = await open("#cmd=ZADD board 10 ann;B>ZREVRANGE%20board 0 -1&title=A board&view=board");
  await offer(hand.page).getByRole("heading", { name: "A board" }).waitFor();
  await offer(hand.page).getByText("2 commands as 2 clients.").waitFor();
  await offer(hand.page).getByRole("button", { name: "Run", exact: true }).click();
  await consoleOf(hand.page, "B").log.getByText('1) "ann"').waitFor();
  await inspector(hand.page, "board").waitFor();
  // Another fragment in the same tab is offered too, and what was done is kept.
  await hand.page.waitForTimeout(500);
  await hand.page.evaluate(() => (location.hash = "#cmd=PING"));
  await offer(hand.page).getByText("1 command as 1 client.").waitFor();
  await offer(hand.page).getByRole("button", { name: "Run", exact: true }).click();
  await consoleOf(hand.page, "A").log.getByText("PONG").waitFor();
  await hand.page.locator(".kept-bar").getByRole("button", { name: "Bring it back" }).click();
  await hand.page.locator(".kept-bar").getByText(/is back/).waitFor();
  assert.equal(await exec(hand.page, "A", "ZSCORE board ann"), '"10"');
  await hand.finish();

  const small = await open("#cmd=SET k 1;GET k&run=1");
  await consoleOf(small.page, "A").log.getByText('"1"').waitFor();
  await small.finish();

  const large = await open(`#cmd=${"INCR k;".repeat(101)}&run=1`);
  await offer(large.page).getByText("101 commands").waitFor();
  await large.finish();

  const page = await open(`?commands=${base64url('["SET k \\"a;b\\"", "GET k"]')}&autorun=true`);
  await consoleOf(page.page, "A").log.getByText('"a;b"').first().waitFor();
  await page.finish();
});

test("a file is saved, dropped and chosen", async () => {
  const { page, finish } = await open();
  await exec(page, "A", "SET k 1");
  await share(page);
  await sheet(page).getByLabel("Title").fill("Ein Schloß");
  const [saved] = await Promise.all([page.waitForEvent("download"), sheet(page).getByRole("button", { name: "Save as a file" }).click()]);
  assert.equal(saved.suggestedFilename(), "ein-schloß.keyglass");
  const text = await readFile(await saved.path(), "utf8");
  const said = JSON.parse(text);
  assert.equal(said.keyglass, 1);
  assert.equal(said.title, "Ein Schloß");
  assert.equal(said.steps.at(-1).run, "SET k 1");

  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), sheet(page).getByRole("button", { name: "Open a file" }).click()]);
  await chooser.setFiles({ name: "x.keyglass", mimeType: "application/json", buffer: Buffer.from(text) });
  await offer(page).getByRole("heading", { name: "Ein Schloß" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await offer(page).count(), 0);
  assert.equal(await exec(page, "A", "GET k"), '"1"');

  await drop(page, "y.keyglass", JSON.stringify({ keyglass: 1, title: "Dropped", steps: [{ run: "SET dropped 1" }] }));
  await offer(page).getByRole("heading", { name: "Dropped" }).waitFor();
  await offer(page).getByRole("button", { name: "Run", exact: true }).click();
  await inspector(page, "dropped").waitFor();
  await page.locator(".kept-bar").getByText("The one before is kept").waitFor();

  await drop(page, "z.keyglass", '{"keyglass":1,"steps":[{"run":7}]}');
  await page.getByRole("alert").getByText('"steps[0].run" must be a text').waitFor();
  await finish();
});

test("what redis-cli printed becomes a session, pasted in a console or in the dialog", async () => {
  const { page, finish } = await open();
  await ready(page);
  const printed = "127.0.0.1:6379> SELECT 2\nOK\n127.0.0.1:6379[2]> MULTI\nOK\n127.0.0.1:6379[2](TX)> INCR n\nQUEUED\n127.0.0.1:6379[2](TX)> EXEC\n1) (integer) 1\n";
  await consoleOf(page, "A").input.evaluate((input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, printed);
  await offer(page).getByText("4 commands as 1 client.").waitFor();
  await offer(page).getByRole("button", { name: "Not now" }).click();
  assert.doesNotMatch(await consoleOf(page, "A").log.innerText(), /INCR n/);
  await share(page);
  await sheet(page).getByLabel("Link or transcript").fill(printed);
  await sheet(page).getByRole("button", { name: "Open this text" }).click();
  await offer(page).getByRole("button", { name: "Run", exact: true }).click();
  await consoleOf(page, "A").log.getByText("1) (integer) 1").waitFor();
  await share(page);
  await sheet(page).getByLabel("Link or transcript").fill("no session");
  await sheet(page).getByRole("button", { name: "Open this text" }).click();
  await page.getByRole("alert").getByText("This holds no session").waitFor();
  await finish();
});

test("what is broken or takes too much says so, and leaves nothing behind", async () => {
  const said = async (path, pattern) => {
    const { page, finish } = await open(path);
    await page.getByRole("alert").getByText(pattern).waitFor();
    assert.equal(await exec(page, "A", "PING"), "PONG");
    await finish();
  };
  await said("#v1.AAAA", /not whole/);
  await said("#v2.AAAA", /later version/);
  await said(`#cmd=${"PING;".repeat(5001)}`, /too many inputs.*5,000 at most/);
  await said("#cmd=9000 PING", /5,000 at most/);

  const { page, finish } = await open();
  await exec(page, "A", "SET mine 1");
  const busy = (text) => ({
    keyglass: 1,
    opens: "now",
    start: 1_700_000_000_000,
    steps: [{ do: "connect" }, { actor: 1, do: "start", name: "busy", text }, { after: 86_400_000, run: "PING" }],
  });
  await drop(page, "keys.keyglass", JSON.stringify(busy("let n = 0\nforever\n  let n = {n} + 1\n  SET k:{n} 1\n")));
  await offer(page).getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("alert").getByText(/not opened: it takes more than 100,000 (keys|commands of its actors)/).waitFor({ timeout: 20_000 });
  assert.equal(await exec(page, "A", "EXISTS k:1 mine"), "(integer) 0");
  await page.locator(".kept-bar").getByRole("button", { name: "Bring it back" }).click();
  await page.locator(".kept-bar").getByText(/is back/).waitFor();
  assert.equal(await exec(page, "A", "GET mine"), '"1"');
  await finish();
});

test("no single input takes more memory than it may: not a transaction, a reply, an actor or what is typed behind it", async () => {
  const { page, finish } = await open();
  await ready(page);
  const big = (n) => `SETRANGE k:${n} 140000000 x`;
  const many = Array.from({ length: 40 }, (_, n) => big(n));
  const whole = (lines) => ({ keyglass: 1, opens: "now", start: 1_700_000_000_000, steps: [{ do: "connect" }, ...lines] });
  const runs = async (session, pattern) => {
    await drop(page, "bomb.keyglass", JSON.stringify(session));
    await offer(page).getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("alert").getByText(pattern).waitFor({ timeout: 20_000 });
    await page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();
  };
  const notOpened = /not opened: it takes more than 134,217,728 bytes of memory/;
  await runs(whole(["MULTI", ...many, "EXEC"].map((run) => ({ run }))), notOpened);
  await runs(whole([{ run: "SETRANGE k 100000000 x" }, { run: `MGET${" k".repeat(1000)}` }]), notOpened);
  const actor = { actor: 1, do: "start", name: "busy", text: `let n = 0\nforever\n  let n = {n} + 1\n  ${big("{n}")}\n` };
  await runs(whole([actor, { after: 60_000, run: "PING" }]), notOpened);
  assert.equal(await exec(page, "A", "EXISTS k:1"), "(integer) 0");
  // By hand it has opened before it is too much: it goes no further.
  const takes = /takes more than 134,217,728 bytes of memory.*its script goes no further/;
  await runs({ keyglass: 1, steps: [...many.map((run) => ({ run })), { run: "SET last 1" }] }, takes);
  assert.equal(await exec(page, "A", "EXISTS k:0 k:1 last"), "(integer) 1");
  await runs({ keyglass: 1, steps: [{ run: "PING" }, actor] }, takes);
  assert.equal(await exec(page, "A", "EXISTS k:1 k:2"), "(integer) 1");
  await finish();
});

test("a long session says that its link is long, and the dialogs fit each window", async () => {
  for (const viewport of Object.values(VIEWPORTS)) {
    const { page, finish } = await open("", { viewport });
    await ready(page);
    await page.evaluate(async () => {
      for (let n = 0; n < 300; n++) window.keyglass.exec("A", `SET key:${Math.random()} ${Math.random()}`);
      await window.keyglass.exec("A", "PING");
    });
    await share(page);
    await sheet(page).getByText(/some places cut links of more than 8,000/).waitFor();
    const box = await sheet(page).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= viewport.width && box.height <= viewport.height, JSON.stringify(box));
    await finish();
  }
});
