// Keeps the page for when there is no network: exactly the files of one version, which stands above (scripts/offline.mjs wrote it).
// What is not on the list goes to the network as if this was not here. A version is whole or not at all, and is never mixed with
// another: it comes in beside the one that runs, and takes over when nobody uses that one any more, or when the reader says so.
const OWN = `keyglass ${registration.scope} `;
const CACHE = OWN + VERSION;
const addressOf = (name) => new URL(name, registration.scope).href;
const KEPT = new Set(FILES.map(([name]) => addressOf(name)));
const PAGE = addressOf("./");

addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      try {
        await Promise.all(
          FILES.map(async ([name, integrity]) => {
            // A host that is being changed has files of two versions: the one that is not on the list fails here, and all is tried again later.
            const answer = await fetch(addressOf(name), { integrity, cache: "no-cache" });
            if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
            await cache.put(addressOf(name), answer);
          }),
        );
      } catch (error) {
        await caches.delete(CACHE);
        throw error;
      }
    })(),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)));
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  // Sessions in a query change nothing in the page that is served.
  if (request.mode === "navigate") address.search = "";
  address.hash = "";
  const name = address.href === `${PAGE}index.html` ? PAGE : address.href;
  if (!KEPT.has(name)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      // A browser that is short of room may have thrown it away.
      return (await cache.match(name)) ?? fetch(request);
    })(),
  );
});

// A page asks to have this version now. Others that are open would go on with files of two versions: then it has to wait.
addEventListener("message", (event) => {
  event.waitUntil(
    (async () => {
      const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
      const others = pages.filter(({ id, url }) => id !== event.source.id && url.startsWith(registration.scope));
      if (others.length === 0) await skipWaiting();
      event.ports[0].postMessage(others.length);
    })(),
  );
});
