// Starts the page half: the module and the wasm that this script's own element names, as Trunk wrote them there. It is a
// file and not a line in the page, since the page allows no script that stands in it.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const { default: start } = await import(new URL(js, document.baseURI));
await start({ module_or_path: new URL(wasm, document.baseURI) });
