// The server half's thread. Messages that come before the engine is ready wait here, in order.
const waiting = [];
self.onmessage = (event) => waiting.push(event);

try {
  // The wasm and the module around it are fetched side by side.
  const wasm = fetch(new URL("keyglass_bg.wasm", import.meta.url));
  const { default: init, start, serve } = await import("./keyglass.js");
  await init({ module_or_path: wasm });

  // start() puts the engine's own onmessage in this one's place. Where several pages have the worker, each is at the other
  // end of a port.
  const shared = self.name === "keyglass-hub";
  if (shared) self.onmessage = ({ data }) => serve(data.port, data.session);
  else start();
  for (const event of waiting) self.onmessage(event);

  // Once the page is up, the machine that runs scripts is fetched ahead of the first one. If that fails, the
  // first script tries again, and says so. In a part of another page most readers never run one.
  if (!shared) {
    const { prepare } = await import("./keyglass-lua.js");
    setTimeout(() => prepare().catch(() => {}), 3000);
  }
} catch (error) {
  // Thrown where no promise catches it, so that the page hears of it as the worker's error.
  setTimeout(() => {
    throw error;
  });
}
