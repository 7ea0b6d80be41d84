// Scripts that would not end by themselves, in the page: each is ended by its budget within a second, while the
// page goes on drawing; what was stored stays, and the next script runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, exec, openPage, ready, server, useBrowser } from "./helpers.mjs";

const STEPS = /script-step-limit/;
const MEMORY = /script-memory-limit/;
const OVERFLOW = /stack overflow/;
const HOSTILE = [
  ["an endless loop", "while true do end", STEPS],
  ["one inside pcall", "while true do pcall(function() while true do end end) end", STEPS],
  ["one inside a coroutine", "coroutine.wrap(function() while true do end end)()", STEPS],
  ["one inside an error handler", "xpcall(error, function() while true do end end)", STEPS],
  ["a pattern that explodes", "return ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40) .. 'b')", STEPS],
  ["string.rep of gigabytes", "return ('x'):rep(4e9 / 4)", MEMORY],
  ["string.rep in a loop", "local s = ('x'):rep(1e6) while true do s:upper() end", STEPS],
  ["table.concat", "local s, t = ('x'):rep(1e5), {} for i = 1, 1e4 do t[i] = s end return table.concat(t)", MEMORY],
  ["doubling strings", "local s = 'x' while true do s = s .. s end", MEMORY],
  ["a million tables", "local t = {} for i = 1, 1e6 do t[i] = {} end", MEMORY],
  ["garbage without end", "local t while true do t = {t and 1} end", STEPS],
  ["deep recursion", "local function f() return f() + 1 end f()", OVERFLOW],
  ["deep recursion through metamethods", "local t = setmetatable({}, {}) getmetatable(t).__add = function(a, b) return a + b end return t + t", OVERFLOW],
  ["coroutines inside coroutines", "local function f() return coroutine.wrap(f)() end return f()", OVERFLOW],
  ["a huge unpack", "return unpack({}, 1, 1e7)", /too many results to unpack/],
  ["unpack in a loop", "local t = {} for i = 1, 7000 do t[i] = i end while true do select('#', unpack(t)) end", STEPS],
  ["inserting at the front", "local t = {} while true do table.insert(t, 1, 1) end", STEPS],
  ["sorting without end", "table.sort({1, 2, 3}, function() while true do end end)", STEPS],
  ["gsub that grows", "return (('x'):rep(1e4):gsub('x', ('y'):rep(1e5)))", MEMORY],
  ["commands without end", "while true do redis.call('GET', 'kept') end", STEPS],
  ["failing commands without end", "while true do redis.pcall('NOSUCH') end", STEPS],
];

let page, finish;
useBrowser(async () => {
  ({ page, finish } = await openPage(browser, server));
  await ready(page);
  await exec(page, "A", "SET kept value");
  await exec(page, "A", "EVAL 'return 1' 0"); // the machine is there
  // And the browser is done with what opening the page makes it do, which is no script's: a second without a pause.
  await page.evaluate(async () => {
    let last = performance.now();
    let quiet = last;
    while (last - quiet < 1000) {
      await new Promise((next) => setTimeout(next, 4));
      const now = performance.now();
      if (now - last > 30) quiet = now;
      last = now;
    }
  });
});

for (const [name, script, error] of HOSTILE) {
  test(name, async () => {
    const line = `EVAL "${script}" 0`;
    const { reply, took, pause } = await page.evaluate(async (line) => {
      // The longest time in which the page could not have done anything else.
      let pause = 0;
      let last = performance.now();
      const tick = setInterval(() => {
        const now = performance.now();
        pause = Math.max(pause, now - last - 4);
        last = now;
      }, 4);
      const began = performance.now();
      const reply = await keyglass.exec("A", line);
      const took = performance.now() - began;
      clearInterval(tick);
      return { reply, took, pause };
    }, line);
    console.log(`# ${took.toFixed(0)} ms, longest pause of the page ${pause.toFixed(0)} ms: ${script}`);
    assert.match(reply, error);
    assert.ok(took < 1000, `it took ${took} ms`);
    assert.ok(pause < 100, `the page stood still for ${pause} ms`);
    assert.equal(await exec(page, "A", "GET kept"), '"value"');
    assert.equal(await exec(page, "A", "EVAL 'return redis.call(\"DBSIZE\") > 0' 0"), "(integer) 1");
  });
}

test("and the page was quiet all along", () => finish());
