// What the page asks of the browser to share a session: its address, files, and what is dropped on it.

/** The page's query and fragment. */
export const address = () => [location.search, location.hash];

/** Where the page stands, without query and fragment. */
export const place = () => location.href.replace(/[?#].*$/s, "");

/** Takes what was a session out of the address: a page that is loaded again goes on with what came of it. */
export function unlink() {
  history.replaceState(history.state, "", location.pathname);
}

/** Calls back when the fragment becomes another, and with the text of a file that is dropped on the page. */
export function listen(came, dropped) {
  addEventListener("hashchange", () => came());
  const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const shown = (on) => document.documentElement.toggleAttribute("data-drop", on);
  addEventListener("dragover", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    shown(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? shown(false));
  addEventListener("drop", (event) => {
    shown(false);
    if (!holds(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) text(file).then(dropped);
  });
}

// Far more than a session may have is not read at all: the page only has to see that it is too much.
const MOST = 2 ** 22;
const text = (file) => file.slice(0, MOST).text();

/** Lets somebody choose a file. Its text; nothing, where none was chosen. */
export function pick() {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".keyglass,.json,.txt";
    input.onchange = () => resolve(input.files[0] && text(input.files[0]));
    input.oncancel = () => resolve(undefined);
    input.click();
  });
}

/** Saves a text as a file. */
export function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Shows a dialog above everything else, or closes it. */
export function show(dialog, open) {
  if (open && !dialog.open) dialog.showModal();
  if (!open && dialog.open) dialog.close();
}
