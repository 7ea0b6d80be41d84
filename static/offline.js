// Keeps the page for when there is no network (sw.js), and tells of a new version.
const HOUR = 3_600_000;
// All of the page is fetched once more to be kept, which is not to hold up a page that opens.
const PAUSE = 2000;
let registration;

/** Begins once the page is up, where the page may be kept. Calls back when another version is ready to be used. */
export async function keep(ready) {
  // A page that is being worked on has no manifest, and is not kept.
  if (!isSecureContext || !navigator.serviceWorker || !document.querySelector("link[rel=manifest]")) return;
  await new Promise((later) => setTimeout(later, PAUSE));
  try {
    registration = await navigator.serviceWorker.register(new URL("sw.js", document.baseURI), { updateViaCache: "none" });
  } catch {
    return; // Storage is refused, or the host has no such file: the page works as it does without.
  }
  if (!registration) return;
  const look = () => registration.waiting && navigator.serviceWorker.controller && ready();
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", look);
  });
  look();
  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - asked < HOUR) return;
    asked = Date.now();
    registration.update().catch(() => {});
  });
}

/** Lets the new version take over and loads it, once the session is saved; true: not while the page is open in other tabs. */
export async function change(saved) {
  const waiting = registration?.waiting;
  if (waiting) {
    const { port1, port2 } = new MessageChannel();
    const others = await new Promise((answer) => {
      port1.onmessage = (event) => answer(event.data);
      waiting.postMessage("change", [port2]);
    });
    if (others > 0) return true;
    if (waiting.state !== "activated") {
      await new Promise((done) => waiting.addEventListener("statechange", () => waiting.state === "activated" && done()));
    }
  }
  // As a rule it is by now: all that is done is saved at once.
  for (let tries = 60; tries > 0 && !saved(); tries--) await new Promise((later) => setTimeout(later, 50));
  location.reload();
  return false;
}
