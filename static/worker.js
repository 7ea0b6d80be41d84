// The server half's thread. Messages that come before the engine is ready wait here, in order.
import init, { start } from "./keyglass.js";

const waiting = [];
self.onmessage = (event) => waiting.push(event);

await init();

// start() puts the engine's own onmessage in this one's place.
start();
for (const event of waiting) self.onmessage(event);
