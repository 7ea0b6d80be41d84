
// From here on: scripts/build-engine.sh appends this to the JavaScript that wasm-bindgen writes for the engine.
import { prepare } from "./keyglass-lua.js";

/** Makes the module ready, in a browser or in Node, from the files beside it. Without `scripts`, Lua is left out. */
export async function ready({ scripts = true } = {}) {
  if (globalThis.process?.versions?.node) {
    const { readFileSync } = await import("node:fs");
    const read = (name) => readFileSync(new URL(name, import.meta.url));
    initSync({ module: read("keyglass_bg.wasm") });
    if (SHARED in wasm) module = new WebAssembly.Module(read("keyglass_rest.wasm"));
  } else {
    await __wbg_init();
  }
  await restSoon(wasm);
  if (scripts) await prepare();
}
