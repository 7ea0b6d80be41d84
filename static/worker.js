// The server half's thread. Messages that come before the engine is ready wait here, in order.
const waiting = [];
self.onmessage = (event) => waiting.push(event);

try {
  // The wasm and the module around it are fetched side by side.
  const wasm = fetch(new URL("keyglass_bg.wasm", import.meta.url));
  const { default: init, start } = await import("./keyglass.js");
  await init({ module_or_path: wasm });

  // start() puts the engine's own onmessage in this one's place.
  start();
  for (const event of waiting) self.onmessage(event);

  // Once the page is up, the machine that runs scripts is fetched ahead of the first one. If that fails, the
  // first script tries again, and says so.
  const { prepare } = await import("./keyglass-lua.js");
  setTimeout(() => prepare().catch(() => {}), 3000);
} catch (error) {
  // Thrown where no promise catches it, so that the page hears of it as the worker's error.
  setTimeout(() => {
    throw error;
  });
}
