// Nothing that comes from elsewhere runs, draws or asks anybody: what links and files hold is only ever text, and the page's
// policy would stop it if it were more.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { serve } from "../../scripts/serve.mjs";
import { browser, DIST, exec, openPage, ready, server, useBrowser } from "./helpers.mjs";

useBrowser();

// Somebody else's host, which nobody may ask.
let other, asked;
before(async () => {
  other = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end();
  });
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
});
after(() => other?.close());
const elsewhere = () => `http://127.0.0.1:${other.address().port}`;

const offer = (page) => page.locator("dialog.offered[open]");
const walk = (page) => page.getByRole("region", { name: "Script" });
const base64url = (text) => Buffer.from(text).toString("base64url");

/** What each field is filled with, so that one which becomes markup, style or script anywhere is seen. */
const attacks = () => [
  `<img src=${elsewhere()}/img onerror="window.evil=1">`,
  `</dialog></pre></title><script>window.evil=1</script><script src=${elsewhere()}/js></script>`,
  `"><svg/onload=window.evil=1><style>@import "${elsewhere()}/css";</style>`,
  `'"\`]}--><iframe srcdoc="<script>parent.evil=1</script>" src=${elsewhere()}/frame></iframe>`,
  `javascript:window.evil=1`,
  `;background:url(${elsewhere()}/bg)}*{background:url(${elsewhere()}/all)`,
  `\${window.evil=1}{{constructor.constructor('window.evil=1')()}}`,
  `<base href=${elsewhere()}/><meta http-equiv=refresh content="0;url=${elsewhere()}/meta"><link rel=stylesheet href=${elsewhere()}/link>`,
];

/** A session whose every text is an attack: each of them stands in each of the fields, in turn. */
function evil(turn) {
  const all = attacks();
  let next = turn;
  const text = () => all[next++ % all.length];
  const word = () => JSON.stringify(text());
  const [string, hash, set, zset, list, stream] = ["s", "h", "e", "z", "l", "x"].map((kind) => JSON.stringify(`${text()}${kind}`));
  return {
    keyglass: 1,
    title: text().slice(0, 120),
    note: all.join("\n"),
    clients: [{ client: "A", label: text().slice(0, 24) }, { client: "B", label: text().slice(0, 24) }],
    view: [string, hash, set, zset, list, stream].map((key) => ({ key })),
    script: `-- ${text()}\nreturn ${word()}`,
    steps: [
      { run: `SET ${string} ${word()}` },
      { run: `HSET ${hash} ${word()} ${word()} ${word()} ${word()}` },
      { run: `SADD ${set} ${word()} ${word()}` },
      { run: `ZADD ${zset} 1 ${word()} 2 ${word()}` },
      { run: `RPUSH ${list} ${word()} ${word()}` },
      { run: `XADD ${stream} * ${word()} ${word()}` },
      { run: `XGROUP CREATE ${stream} ${word()} 0` },
      { run: `XGROUP CREATE ${stream} g 0` },
      { run: `XREADGROUP GROUP g ${word()} STREAMS ${stream} >` },
      { run: `SET lock ${word()} NX PX 600000` },
      { run: `CLIENT SETNAME ${JSON.stringify(text().replaceAll(/\s/g, ""))}` },
      { client: "B", run: `SUBSCRIBE ${word()}` },
      { client: "B", run: `PSUBSCRIBE ${word()}` },
      { run: `PUBLISH ${word()} ${word()}` },
      { run: `EVAL ${JSON.stringify(`return ${JSON.stringify(text())}`)} 0` },
      { run: `EVAL ${JSON.stringify(`error(${JSON.stringify(text())})`)} 0` },
      { run: text().replaceAll(/["']/g, "") },
      { actor: 1, do: "start", name: text(), text: `SET actor ${word()}\nwait 1s` },
      { actor: 2, do: "start", name: text(), text: text() },
    ],
  };
}

/** Counts what only a page's own files put there. */
const furniture = (page) => page.evaluate(() => document.querySelectorAll("script, style, link, meta, base, img, iframe, object, embed, [onerror], [onload], [srcdoc]").length);

async function harmless(page, before) {
  // Two frames and an answer: what ran or loaded would have begun.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await exec(page, "A", "PING");
  assert.equal(await page.evaluate(() => window.evil), undefined, "something ran");
  assert.equal(await furniture(page), before, "a text became an element");
  assert.deepEqual(asked, [], "something was requested");
}

/** Goes through all that shows what the session holds. */
async function seeAll(page) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("dialog", { name: "Share this session" }).waitFor();
  await page.keyboard.press("Escape");
  for (const view of await page.locator("summary:visible").all()) await view.click({ timeout: 2000 }).catch(() => {});
}

for (const turn of [0, 2, 4, 6]) {
  test(`what a session holds is only text, attack ${turn + 1} first`, async () => {
    asked = [];
    const { page, finish } = await openPage(browser, server);
    await ready(page);
    const before = await furniture(page);
    const session = evil(turn);
    await page.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], "evil.keyglass"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, JSON.stringify(session));
    await offer(page).getByText(session.title, { exact: true }).first().waitFor();
    await harmless(page, before);
    await offer(page).getByRole("button", { name: "Run", exact: true }).click();
    await walk(page).getByText("That was all").waitFor();
    await page.waitForFunction((title) => document.querySelector(".title")?.textContent === title, session.title);
    await seeAll(page);
    await harmless(page, before);

    // What the page made of it as a link, in another browser.
    await page.getByRole("button", { name: "Share", exact: true }).click();
    const link = await page.getByRole("dialog", { name: "Share this session" }).getByRole("textbox", { name: "Link", exact: true }).inputValue();
    const there = await openPage(browser, server, { path: link.slice(server.url.length) });
    await offer(there.page).getByRole("button", { name: "Step through", exact: true }).click();
    await walk(there.page).getByRole("button", { name: "Run the rest" }).click();
    await walk(there.page).getByText("That was all").waitFor();
    await seeAll(there.page);
    await harmless(there.page, before);
    await there.finish();
    await finish();
  });
}

test("links that are written by hand hold only text too", async () => {
  asked = [];
  for (const text of attacks()) {
    const line = `SET ${JSON.stringify(text)} ${JSON.stringify(text)}`;
    const some = encodeURIComponent(text);
    for (const path of [
      `#cmd=${encodeURIComponent(line)}&title=${some}&note=${some}&view=${encodeURIComponent(JSON.stringify(text))}&run=1`,
      `?commands=${base64url(JSON.stringify([line]))}&autorun=true&title=${some}`,
      `?${some}=${some}#${some}`,
      `#v1.${some}`,
      `?embed=1#text=${encodeURIComponent(`> ${line}`)}%0A${some}&title=${some}&goal=${some}&check=${encodeURIComponent(`GET k = ${text}`)}&view=${encodeURIComponent(JSON.stringify(text))}&run=1`,
    ]) {
      const { page, finish } = await openPage(browser, server, { path });
      await ready(page);
      assert.equal(await page.evaluate(() => window.evil), undefined, path);
      assert.equal(await page.locator("img, iframe, style, base, svg[onload]").count(), 0, path);
      assert.deepEqual(asked, [], path);
      await finish();
    }
  }
});

test("the page's policy stops scripts, styles and requests that are not its own", async () => {
  asked = [];
  const { page, expect, finish } = await openPage(browser, server);
  await ready(page);
  // All of it is tried here, and each try is told of.
  expect(/./);
  const tries = {
    "script-src-elem": `document.head.append(Object.assign(document.createElement("script"), { textContent: "window.evil = 1" }))`,
    "script-src-elem elsewhere": `document.head.append(Object.assign(document.createElement("script"), { src: "${elsewhere()}/js" }))`,
    "script-src-attr": `document.body.insertAdjacentHTML("beforeend", '<i onclick="window.evil = 1"></i>'); document.body.lastElementChild.click()`,
    "script-src": `setTimeout("window.evil = 1")`,
    "style-src-attr": `document.body.insertAdjacentHTML("beforeend", '<i style="color:red"></i>')`,
    "style-src-elem": `document.head.append(Object.assign(document.createElement("style"), { textContent: "*{color:red}" }))`,
    "style-src-elem elsewhere": `document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "${elsewhere()}/css" }))`,
    "img-src": `document.body.append(Object.assign(document.createElement("img"), { src: "${elsewhere()}/img" }))`,
    "connect-src": `fetch("${elsewhere()}/fetch").catch(() => {})`,
    "connect-src socket": `try { new WebSocket("${elsewhere().replace("http", "ws")}/socket") } catch {}`,
    "connect-src beacon": `navigator.sendBeacon("${elsewhere()}/beacon")`,
    "frame-src": `document.body.append(Object.assign(document.createElement("iframe"), { src: "${elsewhere()}/frame" }))`,
    "worker-src": `try { new Worker(URL.createObjectURL(new Blob(["1"]))) } catch {}`,
    "font-src": `new FontFace("f", "url(${elsewhere()}/font)").load().catch(() => {})`,
    "media-src": `document.body.append(Object.assign(document.createElement("audio"), { src: "${elsewhere()}/audio" }))`,
    "object-src": `document.body.append(Object.assign(document.createElement("embed"), { src: "${elsewhere()}/embed" }))`,
    "base-uri": `document.head.append(Object.assign(document.createElement("base"), { href: "${elsewhere()}/" }))`,
    "form-action": `{ const form = Object.assign(document.createElement("form"), { action: "${elsewhere()}/form", method: "post" }); document.body.append(form); form.submit() }`,
  };
  for (const [name, code] of Object.entries(tries)) {
    const directive = name.split(" ")[0];
    const stopped = await page.evaluate(
      ([directive, code]) =>
        new Promise((done) => {
          addEventListener("securitypolicyviolation", function heard(event) {
            if (event.effectiveDirective !== directive) return;
            removeEventListener("securitypolicyviolation", heard);
            done(event.effectiveDirective);
          });
          // The debugger may evaluate, which the page may not.
          (0, eval)(code);
        }),
      [directive, code],
    ).catch((error) => String(error));
    assert.equal(stopped, directive, name);
  }
  assert.equal(await page.evaluate(() => window.evil), undefined);
  assert.deepEqual(asked, []);
  await finish();
});

test("with the headers that docs/hosting.md advises, the page, its workers and scripts work", async () => {
  const advice = readFileSync(new URL("../../docs/hosting.md", import.meta.url), "utf8");
  const headers = Object.fromEntries([...advice.matchAll(/^(Content-Security-Policy|Referrer-Policy|Permissions-Policy): (.+)$/gm)].map(([, name, value]) => [name, value]));
  assert.equal(Object.keys(headers).length, 3);
  const strict = await serve(DIST, { headers });
  const { page, finish } = await openPage(browser, strict);
  assert.equal(await exec(page, "A", `EVAL "return redis.call('SET', KEYS[1], 'v')" 1 k`), "OK");
  assert.equal(await page.evaluate(() => document.querySelector("meta[http-equiv]").content), headers["Content-Security-Policy"], "the header says what the page says");
  await finish();
  await strict.close();
});

test("a session that breaks the policy's rules fails its test", async () => {
  const { page, finish } = await openPage(browser, server);
  await ready(page);
  await page.evaluate(
    () =>
      new Promise((told) => {
        addEventListener("securitypolicyviolation", told, { once: true });
        document.body.setAttribute("style", "color:red");
      }).then(() => {}),
  );
  await assert.rejects(finish(), /style-src/);
});
