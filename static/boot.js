// Runs before anything is drawn. Lights the page as the reader chose, so that nothing flashes; starts both halves side by side, as
// early as can be, the page half being the module and the wasm that this script's element names, as Trunk wrote them there; and
// stays to tell of a page half that broke.
{
  const { dataset } = document.currentScript;
  const addressOf = (name) => new URL(name, document.baseURI).href;
  const query = new URLSearchParams(location.search);
  const embedded = query.get("embed") === "1";
  let whole = embedded || location.hash !== "" || location.search !== "";
  try {
    // A session that this tab had before it was loaded again (kept.js).
    whole ||= sessionStorage.getItem("keyglass.session") !== null;
    // A part of another page is lit as that one says.
    const theme = embedded ? query.get("theme") : localStorage.getItem("keyglass.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage that is refused has no choice to tell of.
  }

  let runs;
  const startWorker = (name) => {
    const worker = new Worker(addressOf("worker.js"), { type: "module", name });
    runs = new Promise((settle) => {
      for (const event of ["message", "error"]) worker.addEventListener(event, settle);
      setTimeout(settle, 1000);
    });
    return worker;
  };
  if (embedded) {
    document.documentElement.dataset.embed = "";
    embed();
  } else {
    const worker = startWorker("keyglass");
    // One that fails before it is taken over is forgotten: the page then starts its own, and tells of its failure.
    worker.onerror = (event) => {
      event.preventDefault();
      delete window.keyglassWorker;
    };
    window.keyglassWorker = worker;
  }

  open();
  async function open() {
    // Of several parts of one page the first compiles it for all.
    const module = embedded ? window.keyglassEmbed.module(addressOf(dataset.wasm)) : fetch(addressOf(dataset.wasm));
    module.catch(() => {}); // whoever waits for it is told
    // The rest of it follows the first prompt, except where more opens than an empty session.
    let rest;
    if (whole && dataset.rest) {
      const address = addressOf(dataset.rest);
      rest = embedded ? window.keyglassEmbed.module(address) : WebAssembly.compileStreaming(fetch(address));
      rest.catch(() => {});
    }
    const { default: start } = await import(addressOf(dataset.js));
    // Chromium hands a thread no messages before this one has heard that it runs, which it does not while it draws the page.
    await runs;
    if (document.readyState === "loading") await new Promise((read) => document.addEventListener("DOMContentLoaded", read));
    // What is drawn is measured at once.
    const missing = [...document.querySelectorAll("link[rel=stylesheet]")].filter((link) => !link.sheet);
    await Promise.all(missing.map((link) => new Promise((over) => (link.onload = link.onerror = over))));
    window.keyglassRest = await rest;
    await start({ module_or_path: await module });
  }

  // Several parts of one page share a worker, and the wasm that the first of them compiled: it is the hub. It lives in that
  // one's window, which the others reach since they are of the same origin.
  function embed() {
    const hub = {
      worker: undefined,
      over: false,
      // Who has a line to the worker, and is told when it ends.
      users: new Set(),
      // Shared sessions: how often each began anew, and who is in it.
      sessions: new Map(),
      modules: new Map(),
      // Who is told when it goes.
      goes: new Set(),
      session(name) {
        if (!hub.sessions.has(name)) hub.sessions.set(name, { round: 0, members: new Set(), resetting: false });
        return hub.sessions.get(name);
      },
      start() {
        if (hub.worker) return;
        hub.worker = startWorker("keyglass-hub");
        hub.worker.onerror = (event) => {
          event.preventDefault();
          hub.end(event.message || "its worker could not be loaded");
        };
      },
      connect(port, name, lost) {
        hub.start();
        hub.worker.postMessage({ port, session: name && `${name}#${hub.session(name).round}` }, [port]);
        hub.users.add(lost);
      },
      /** Ends the worker, for all that have it. */
      end(why) {
        hub.worker?.terminate();
        hub.worker = undefined;
        const all = [...hub.users];
        hub.users.clear();
        for (const lost of all) lost(why);
      },
    };

    const find = () => {
      if (parent !== window) {
        for (let at = 0; at < parent.length; at++) {
          try {
            const other = parent[at].keyglassHub;
            if (other && !other.over && other !== hub) return other;
          } catch {
            // That frame is another's.
          }
        }
      }
      window.keyglassHub = hub;
      return hub;
    };
    let used = find();
    const now = () => (used.over ? (used = find()) : used);

    // One that goes takes the worker along; who else had it goes on with the next.
    addEventListener("pagehide", () => {
      if (window.keyglassHub !== hub) return;
      hub.over = true;
      for (const gone of hub.goes) gone();
      hub.end("");
    });

    const session = query.get("session") ?? "";
    window.keyglassEmbed = {
      /** A line to the shared worker. `lost` is told when that has ended, and why if it broke. */
      join(lost) {
        const { port1, port2 } = new MessageChannel();
        const at = now();
        at.connect(port2, session, lost);
        return Object.assign(port1, {
          leave() {
            at.users.delete(lost);
            port1.postMessage(null);
            port1.close();
          },
        });
      },
      /** Ends the shared worker: something holds it up. */
      end() {
        now().end("");
      },
      /** A session that several share begins anew for all of them. */
      renew(own) {
        const shared = session && now().session(session);
        if (!shared || shared.resetting) return;
        shared.resetting = true;
        shared.round++;
        for (const member of shared.members) if (member !== own) member();
        shared.resetting = false;
      },
      /** Is told when another part begins the session anew. */
      member(own) {
        if (session) now().session(session).members.add(own);
        addEventListener("pagehide", () => session && now().session(session).members.delete(own));
      },
      shares: session !== "",
      /** The compiled wasm of an address: compiled once, for all parts of the page. */
      module(url) {
        const at = now();
        const compiled = () => WebAssembly.compileStreaming(fetch(url));
        if (!at.modules.has(url)) at.modules.set(url, compiled());
        // A hub that goes answers nobody any more.
        const gone = new Promise((resolve) => at.goes.add(() => resolve(compiled())));
        return Promise.race([at.modules.get(url), gone]);
      },
    };
    // A hub of one's own is wanted at once.
    if (used === hub) hub.start();
  }

  // A trap in the page half leaves it standing as it was drawn, and deaf. What was typed is kept by then.
  const failed = (error) => {
    if (document.querySelector(".broke")) return;
    if (document.querySelector(".boot") || error?.name === "NotLoaded") tell("The page could not be loaded", "Look at your connection, then try again.", error);
    else if (error instanceof WebAssembly.RuntimeError) {
      tell("The page broke", "Your session is kept in this browser, up to the last command: open the page again, and it offers to go on.", error);
    }
  };
  // Captured, since a file that does not come tells nobody but its own element.
  window.addEventListener("error", (event) => failed(event.error ?? event.message ?? `${event.target.src ?? event.target.href} did not come`), true);
  window.addEventListener("unhandledrejection", (event) => failed(event.reason));

  function tell(title, advice, error) {
    const box = document.createElement("div");
    box.className = "broke";
    box.setAttribute("role", "alertdialog");
    box.setAttribute("aria-label", title);
    const add = (name, text, to = box) => Object.assign(to.appendChild(document.createElement(name)), { textContent: text });
    add("h2", title);
    add("p", advice);
    const again = add("button", "Open it again");
    again.onclick = () => location.reload();
    const more = add("details", "");
    add("summary", "What the browser says", more);
    add("pre", String(error?.stack ?? error), more);
    document.querySelector(".boot")?.remove();
    document.body.append(box);
    if (!embedded) again.focus();
  }
}
