import { exec, inspector, launch, openPage, startServer, VIEWPORTS } from "/tmp/wt/types/tests/browser/helpers.mjs";
const b = await launch(); const s = await startServer();
for (const [name, viewport] of Object.entries(VIEWPORTS)) for (const theme of ["light","dark"]) {
  if (process.argv[2] && !process.argv[2].includes(name+theme)) continue;
  const { page, context } = await openPage(b, s, { viewport, theme });
  await exec(page,"A","FLUSHALL");
  for (const n of ["leaderboard","events","lock","visitors"]) { const c = page.locator(`section[aria-label] button[aria-label^="Close "]`); }
  for (const l of ["MSET user:1 a user:2 b user:3 c session:9 xx","SADD mon ann bob cy","SADD tue bob cy dee eve","RPUSH jobs a b c","LPUSH jobs z","HSET user name ann token x","HEXPIRE user 300 FIELDS 1 token",`SET doc '{"a":[1,2.50],"b":{"c":null,"d":"text"}}'`,"SET n 41","INCR n","BITFIELD days SET u16 20 40000 GET u8 64"]) await exec(page,"A",l);
  void page.evaluate(() => window.keyglass.exec("B", "BLPOP queue 0"));
  await page.getByRole("button",{name:"Group",exact:true}).evaluate(e=>e.click());
  await page.evaluate(()=>{ const e=document.querySelector(".keys-group .open"); e?.click(); });
  if (name==="phone") await page.getByRole("button",{name:"Inspect"}).click();
  for (const k of ["mon","jobs","days","doc","user","queue"]) if (!(await inspector(page,k).count())) await exec(page,"A",`TYPE ${k}`);
  await inspector(page,"mon").getByRole("button",{name:"With another set"}).click();
  await inspector(page,"mon").getByRole("combobox",{name:"The other set"}).selectOption("tue");
  await page.waitForTimeout(600);
  await page.screenshot({path:`/tmp/types-shots/${name}-${theme}.png`});
  for (const k of ["mon","tue","jobs","user","doc","n","days","queue"]) { const c=inspector(page,k); if (await c.count()) await c.screenshot({path:`/tmp/types-shots/${name}-${theme}-${k}.png`}); else console.log("none",k); }
  if (name==="phone") { await page.getByRole("button",{name:"Keys",exact:true}).click(); await page.waitForTimeout(300); await page.screenshot({path:`/tmp/types-shots/phone-keys-${theme}.png`}); }
  await context.close();
}
await b.close(); await s.close();
