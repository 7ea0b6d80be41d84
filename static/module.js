
// From here on: scripts/build-engine.sh appends this to the JavaScript that wasm-bindgen writes for the engine.
import { prepare } from "./keyglass-lua.js";

/** Makes the module ready, in a browser or in Node, from the files beside it. Without `scripts`, Lua is left out. */
export async function ready({ scripts = true } = {}) {
  if (globalThis.process?.versions?.node) {
    const { readFileSync } = await import("node:fs");
    initSync({ module: readFileSync(new URL("keyglass_bg.wasm", import.meta.url)) });
  } else {
    await __wbg_init();
  }
  if (scripts) await prepare();
}
