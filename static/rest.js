// Fetches what of a wasm is not needed until a prompt answers (scripts/split.mjs), and puts it in its place.

/** What a wasm that was parted exports for its rest. */
const SHARED = "_0";

/** boot.js tells of it what it tells of a page that did not come. */
class NotLoaded extends Error {
  name = "NotLoaded";
}

let module;
let fetched;
let there = false;

// A file of its own is the page half's, whose rest boot.js knows; in the engine's, this stands in keyglass.js.
const page = import.meta.url.endsWith("/rest.js") && document.querySelector("script[data-rest]")?.dataset.rest;
const address = () => (page ? new URL(page, document.baseURI) : new URL("keyglass_rest.wasm", import.meta.url));

function place(exports) {
  if (!there) new WebAssembly.Instance(module, { first: exports });
  there = true;
}

/** Whether it is in its place, or could be at once; so too of a wasm that was not parted. */
export const restAhead = (exports) => there || !(SHARED in exports) || Boolean(page && window.keyglassRest);

/** Settles once it is in its place. It is fetched once, whoever asks; what did not come is asked for again by the next. */
export async function restSoon(exports) {
  if (there || !(SHARED in exports)) return;
  try {
    module ??= await (fetched ??= WebAssembly.compileStreaming(fetch(address())));
    place(exports);
  } catch (error) {
    fetched = undefined;
    throw new NotLoaded(`${address()}: ${error.message}`);
  }
}

/** The bytes of a file, at once. */
function read(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  // The one way in which a page may have them: each is a character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`status ${request.status}`);
  return Uint8Array.from(request.responseText, (byte) => byte.charCodeAt(0));
}

/** Does not come back before it is in its place: what is called there is called in the midst of something else. */
export function restNow(exports) {
  try {
    // boot.js has compiled it where it is needed at once.
    if (page) module ??= window.keyglassRest;
    module ??= new WebAssembly.Module(read(address()));
    place(exports);
  } catch (error) {
    throw new NotLoaded(`${address()}: ${error.message}`);
  }
}
