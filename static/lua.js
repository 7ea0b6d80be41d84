
// From here on: scripts/build-engine.sh appends this to the JavaScript that wasm-bindgen writes for the Lua
// machine, so that its wasm is fetched only when a script is first run, or when there is nothing else to do.
const address = new URL("keyglass-lua_bg.wasm", import.meta.url);
let compiled;
let ready = false;

/** Fetches and compiles the machine's wasm, so that the first script does not wait for it. */
export async function prepare() {
  if (!ready) compiled ??= await (globalThis.process?.versions?.node ? compileFile() : WebAssembly.compileStreaming(fetch(address)));
}

async function compileFile() {
  const { readFileSync } = await import("node:fs");
  return new WebAssembly.Module(readFileSync(address));
}

/** A machine that knows no scripts. A worker may wait for what it fetches; elsewhere, call prepare() first. */
export function machine() {
  if (!ready) {
    initSync({ module: compiled ?? new WebAssembly.Module(fetchNow()) });
    compiled = undefined;
    ready = true;
  }
  return new Machine();
}

function fetchNow() {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${address} answered ${request.status}`);
  return request.response;
}
