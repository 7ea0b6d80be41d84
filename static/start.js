// Starts the page half: the module and the wasm that this script's own element names, as Trunk wrote them there. It is a
// file and not a line in the page, since the page allows no script that stands in it.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const { default: start } = await import(new URL(js, document.baseURI));
const address = new URL(wasm, document.baseURI).href;
// Of several parts of one page, the first compiles it for all.
await start({ module_or_path: (await window.keyglassEmbed?.module(address)) ?? address });
