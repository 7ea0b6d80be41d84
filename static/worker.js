// The server half's thread. Messages that come before the engine is ready wait here, in order.
const waiting = [];
self.onmessage = (event) => waiting.push(event);
// boot.js, which gives a name, waits until this thread runs; who else starts it does not.
if (self.name) setTimeout(() => self.postMessage("runs"));

try {
  // The wasm and the module around it are fetched side by side, and what that one imports too.
  const lua = import("./keyglass-lua.js");
  lua.catch(() => {}); // the module around the wasm fails by it, too
  const wasm = fetch(new URL("keyglass_bg.wasm", import.meta.url));
  const { default: init, restSoon, start, serve } = await import("./keyglass.js");
  const exports = await init({ module_or_path: wasm });

  // start() puts the engine's own onmessage in this one's place. Where several pages have the worker, each is at the other
  // end of a port.
  const shared = self.name === "keyglass-hub";
  if (shared) {
    // What such a page opens on needs the rest. If that does not come, what needs it asks again, and fails.
    await restSoon(exports).catch(() => {});
    self.onmessage = ({ data }) => serve(data.port, data.session);
    for (const event of waiting) self.onmessage(event);
  } else {
    // The rest is not to hold up what the page needs, nor its first prompt. What needs one that did not come asks again, and fails.
    const behind = () => setTimeout(() => restSoon(exports).catch(() => {}), 300);
    if (waiting.length) behind();
    else self.addEventListener("message", behind, { once: true });
    start(waiting);
  }

  // Once the page is up, the machine that runs scripts is fetched ahead of the first one. If that fails, the
  // first script tries again, and says so. In a part of another page most readers never run one.
  if (!shared) {
    const { prepare } = await lua;
    setTimeout(() => prepare().catch(() => {}), 3000);
  }
} catch (error) {
  // Thrown where no promise catches it, so that the page hears of it as the worker's error.
  setTimeout(() => {
    throw error;
  });
}
