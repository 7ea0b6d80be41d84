// Keyglass in a page: <key-glass> around a <pre> of commands. See docs/embedding.md.
{
  const VERSION = 1;
  const script = document.currentScript;
  // Where Keyglass stands: beside this file.
  const home = new URL(".", script.src);
  const PATIENCE = 20_000;
  // How high a lesson is at least, in pixels, where no height is given.
  const LESSON = 600;
  const TOKENS = ["paper", "card", "sunk", "line", "line-strong", "ink", "ink-2", "ink-3", "focus", "good", "warn", "bad", "accent", "accent-soft", "mono", "radius"];
  const PROMPT = /^\s*(?:([A-Pa-p])|redis|valkey|keydb|not connected|(?:redis )?[^\s:>[("]+:\d+|\/[^\s>]+)?(?:\[\d+\])?(?:\(TX\)|\(subscribed mode\))?>(.*)$/;

  const words = {
    run: "Run all",
    lesson: "Open the lesson",
    text: "What it is about",
    step: "Step",
    reset: "Reset",
    open: "Open in Keyglass",
    acts: "What to run",
    commands: "Commands and expected replies",
    prompt: "type a command, Tab completes it",
    side: "Run the commands to see what they change.",
    loading: "Loading…",
    frame: "Keyglass",
    failed: "Keyglass could not be loaded.",
    again: "Try again",
  };

  const css = `
:host { display: block; color-scheme: light dark; position: relative; min-width: 0;
  --c: var(--keyglass-card, light-dark(#ffffff, #171b23)); --s: var(--keyglass-sunk, light-dark(#eef0f4, #11151c)); --l: var(--keyglass-line, light-dark(#dfe3ea, #262d39));
  --i: var(--keyglass-ink, light-dark(#161a22, #e8ebf1)); --i2: var(--keyglass-ink-2, light-dark(#4b5566, #aab4c4)); --i3: var(--keyglass-ink-3, light-dark(#5f697b, #8792a5));
  --f: var(--keyglass-focus, light-dark(#2457d6, #86a8ff)); --a: var(--keyglass-accent, light-dark(#0b6b78, #57c7d6)); --b: var(--keyglass-bad, light-dark(#b3261e, #ff8f86)); }
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
* { box-sizing: border-box; }
.box { display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr); font: 13px/1.45 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--i); background: var(--c); border: 1px solid var(--l); border-radius: var(--keyglass-radius, 9px); overflow: hidden; height: 100%; }
.top { display: grid; grid-template-columns: minmax(0, 1fr) minmax(220px, 37%); min-height: 0; }
.auto .top { min-height: 252px; }
.teaches .top { grid-template-columns: minmax(0, 1fr); }
.left { display: flex; flex-direction: column; min-height: 0; }
pre { flex: 1; margin: 0; padding: 8px 12px; min-height: 96px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--i2); }
pre, .entry { font: 12.5px/1.55 var(--keyglass-mono, ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace); }
pre .l { color: var(--i); }
.p { color: var(--a); font-weight: 600; }
button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--l); background: var(--c); border-radius: 5px; padding: 3px 9px; }
button:hover { background: var(--s); }
button.solid { background: var(--i); color: var(--c); border-color: transparent; }
button:disabled { opacity: .45; cursor: default; }
:focus-visible { outline: 2px solid var(--f); outline-offset: 1px; }
pre:focus-visible, .entry:focus-visible { outline-offset: -2px; }
.entry { flex: none; display: block; width: 100%; text-align: left; color: var(--i3); border: 0; border-top: 1px solid var(--l); border-radius: 0; padding: 7px 12px; }
.side { border-left: 1px solid var(--l); background: var(--s); padding: 8px 12px; font-size: 12px; color: var(--i3); overflow: auto; }
.side b { display: block; color: var(--i); font: 600 12.5px/1.6 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.foot { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 6px 8px; border-top: 1px solid var(--l); }
.acts { display: flex; gap: 6px; }
.foot .says { font-size: 12px; color: var(--i3); }
.foot .says.bad { color: var(--b); }
.foot a { margin-left: auto; color: var(--i2); font-size: 12px; white-space: nowrap; padding: 3px 0; }
@media (max-width: 560px) { .top { grid-template: minmax(0, 1fr) auto / minmax(0, 1fr); } .side { border-left: 0; border-top: 1px solid var(--l); } }
.source { display: none; }
/* The page around it must not take the frame apart. */
::slotted(iframe) { display: block !important; position: absolute !important; inset: 0 !important; width: 100% !important; height: 100% !important; min-width: 0 !important; max-width: none !important; max-height: none !important; margin: 0 !important; padding: 0 !important; border: 0 !important; background: none !important; color-scheme: light dark !important; visibility: hidden !important; opacity: 1 !important; transform: none !important; }
:host([theme="light"]) ::slotted(iframe) { color-scheme: light !important; }
:host([theme="dark"]) ::slotted(iframe) { color-scheme: dark !important; }
.on ::slotted(iframe) { visibility: visible !important; }
.on .box { visibility: hidden; }
`;
  let sheet;
  const styles = () => {
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
    return [sheet];
  };

  const make = (name, fields = {}, ...children) => {
    const element = Object.assign(document.createElement(name), fields);
    element.append(...children);
    return element;
  };
  const escaped = (text) => encodeURIComponent(text);

  // Those that share a session, by its name, in the order in which they came: the clients that each has.
  const shared = new Map();

  class KeyGlass extends HTMLElement {
    static observedAttributes = ["theme", "height"];

    #frame;
    #box;
    #says;
    #buttons = [];
    #ready; // resolves once the frame can be used
    #opened; // resolves it
    #asked = new Map();
    #next = 1;
    #link = null;
    #after; // resolves once what comes before has run
    #seen;
    #timer;
    #height = 0;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = styles();
    }

    connectedCallback() {
      if (!this.#box) {
        this.#draw();
        // The parser may not be at the author's text yet.
        if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.#begin(), { once: true });
        else this.#begin();
      }
      addEventListener("message", this.#hear);
    }

    disconnectedCallback() {
      removeEventListener("message", this.#hear);
      // One that only moves is connected again by then.
      queueMicrotask(() => {
        if (this.isConnected) return;
        this.#seen?.disconnect();
        this.#drop("It was taken out of the page.");
        shared.get(this.getAttribute("session"))?.delete(this);
      });
    }

    attributeChangedCallback(name) {
      if (!this.#box) return;
      if (name === "height") this.#size();
      else if (this.#frame) this.#paint();
    }

    // -- What the author wrote ------------------------------------------------------------------------------------------

    #text() {
      const pre = this.querySelector("pre");
      return (pre ?? this).textContent.replace(/^\n/, "").trimEnd();
    }

    #setup() {
      const id = this.getAttribute("setup");
      const from = id && this.ownerDocument.getElementById(id);
      return from ? (from.content ?? from).textContent.trim() : "";
    }

    #letters() {
      const given = (this.getAttribute("clients") ?? "").toUpperCase().match(/[A-P]/g) ?? [];
      const name = this.getAttribute("session");
      if (!name) return given;
      if (!shared.has(name)) shared.set(name, new Map());
      const seats = shared.get(name);
      if (!seats.has(this)) {
        const taken = new Set([...seats.values()].flat());
        let own = given.filter((letter) => !taken.has(letter));
        if (own.length < given.length) this.#fail(`Another element of the session ${name} has one of these clients.`);
        if (!own.length) own = [[..."ABCDEFGHIJKLMNOP"].find((letter) => !taken.has(letter)) ?? "P"];
        seats.set(this, own);
      }
      return seats.get(this);
    }

    #address() {
      const fragment = [];
      const put = (name, value) => value && fragment.push(`${name}=${escaped(value)}`);
      // A lesson by its name; one that src holds stands there already.
      const lesson = this.getAttribute("lesson");
      if (lesson) fragment.push(`lesson=${lesson}`);
      else put("text", this.#text());
      put("title", this.getAttribute("title"));
      put("view", this.getAttribute("view"));
      put("setup", this.#setup());
      put("check", this.getAttribute("check"));
      put("goal", this.getAttribute("goal"));
      put("clients", this.#letters().join(","));
      if (this.hasAttribute("readonly")) fragment.push("readonly=1");
      const url = new URL(this.getAttribute("src") || home, document.baseURI);
      // A link to a session holds it; what stands beside it in the fragment is read too.
      if (url.hash.length > 1) {
        const own = fragment.filter((part) => !part.startsWith("text="));
        url.hash = [url.hash.slice(1), ...own].join("&");
      } else url.hash = fragment.join("&");
      url.searchParams.set("embed", "1");
      url.searchParams.set("control", "1");
      url.searchParams.set("origin", location.origin);
      const theme = this.getAttribute("theme");
      if (theme) url.searchParams.set("theme", theme);
      const session = this.getAttribute("session");
      if (session) url.searchParams.set("session", session);
      return url;
    }

    // -- Before it is loaded --------------------------------------------------------------------------------------------

    #draw() {
      const press = (act) => () => this.#act(act);
      const button = (text, act, className = "") => make("button", { type: "button", textContent: text, className, onclick: press(act) });
      const teaches = this.hasAttribute("lesson");
      this.#buttons = teaches ? [button(words.lesson, "focus", "solid")] : [button(words.run, "run", "solid"), button(words.step, "step")];
      this.#says = make("span", { className: "says", role: "status" });
      const acts = make("div", { className: "acts" }, ...this.#buttons);
      acts.setAttribute("role", "group");
      acts.setAttribute("aria-label", words.acts);
      const pre = make("pre", { tabIndex: 0 });
      pre.setAttribute("role", "region");
      pre.setAttribute("aria-label", teaches ? words.text : words.commands);
      const entry = make("button", { type: "button", className: "entry", onclick: press("focus") }, make("span", { className: "p", textContent: "> " }), words.prompt);
      const side = make("div", { className: "side" });
      this.#box = make(
        "div",
        { className: teaches ? "box teaches" : "box" },
        make("div", { className: "top" }, make("div", { className: "left" }, pre, entry), side),
        make("div", { className: "foot" }, acts, this.#says),
      );
      const slot = make("slot", { name: "keyglass-frame" });
      const source = make("div", { className: "source" }, make("slot"));
      this.shadowRoot.append(make("div", { className: "view" }, this.#box, slot), source);
    }

    #begin() {
      const pre = this.shadowRoot.querySelector("pre");
      const lines = this.#text().split("\n");
      const teaches = this.hasAttribute("lesson");
      const prompts = lines.some((line) => PROMPT.test(line));
      const line = (text, at) => {
        const end = at + 1 < lines.length ? "\n" : "";
        const found = PROMPT.exec(text);
        // What stands in for a lesson is about it: it is no command, unless it says so.
        if (!found && (teaches || prompts || !text.trim())) return text + end;
        const who = (found?.[1] ?? "").toUpperCase();
        return make("span", { className: "l" }, make("span", { className: "p", textContent: `${who}> ` }), (found ? found[2] : text).trim() + end);
      };
      pre.replaceChildren(...lines.map(line));
      const side = this.shadowRoot.querySelector(".side");
      const keys = (this.getAttribute("view") ?? "").split(",").filter((key) => key.trim());
      side.replaceChildren(...keys.map((key) => make("b", { textContent: key.trim() })), words.side);
      if (this.hasAttribute("readonly") || teaches) this.shadowRoot.querySelector(".entry").remove();
      if (teaches) side.remove();
      this.#letters();
      this.#size();
      const loading = this.getAttribute("loading");
      if (loading === "eager" || (this.hasAttribute("autorun") && loading !== "lazy" && loading !== "click")) this.#load();
      else if (loading === "lazy" || this.hasAttribute("autorun")) {
        this.#seen = new IntersectionObserver((entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          this.#seen.disconnect();
          this.#load();
        });
        this.#seen.observe(this);
      }
    }

    #size() {
      const set = Number.parseFloat(this.getAttribute("height"));
      const least = this.#frame && this.hasAttribute("lesson") ? LESSON : 0;
      const height = set > 0 ? set : Math.max(least, this.#height);
      this.shadowRoot.querySelector(".view").classList.toggle("auto", !(set > 0));
      // Set through the DOM: no policy on styles that stand in a page is about that.
      this.shadowRoot.querySelector(".view").style.height = height > 0 ? `${height}px` : "";
    }

    async #act(act) {
      const inside = this.shadowRoot.activeElement;
      await this.#load();
      // The focus was on something that is gone: it goes where the reader pressed.
      if (inside) this.#frame.focus({ preventScroll: true });
      if (act === "focus" || inside) await this.#ask("focus");
      if (act === "run") await this.run();
      if (act === "step") await this.step();
    }

    // -- The frame ------------------------------------------------------------------------------------------------------

    #load() {
      if (this.#ready) return this.#ready;
      this.#seen?.disconnect();
      this.#ready = new Promise((resolve, reject) => (this.#opened = { resolve, reject }));
      // Who waits is told; nobody else need hear of it twice.
      this.#ready.catch(() => {});
      this.#says.className = "says";
      this.#says.textContent = words.loading;
      for (const button of this.#buttons) button.disabled = true;
      const view = this.shadowRoot.querySelector(".view");
      // What is there now is as high as what comes.
      this.#height ||= view.offsetHeight;
      this.#size();
      this.#frame = make("iframe", { slot: "keyglass-frame", title: this.getAttribute("title") || words.frame, allow: "clipboard-write" });
      this.#frame.src = this.#address();
      this.append(this.#frame);
      this.#timer = setTimeout(() => this.#drop(words.failed), PATIENCE);
      return this.#ready;
    }

    #drop(why) {
      if (!this.#frame) return;
      clearTimeout(this.#timer);
      this.#frame.remove();
      this.#frame = undefined;
      this.shadowRoot.querySelector(".view").classList.remove("on");
      for (const button of this.#buttons) button.disabled = false;
      this.#says.className = "says bad";
      this.#says.textContent = why;
      const { reject } = this.#opened;
      this.#ready = this.#opened = this.#after = undefined;
      reject(new Error(why));
      for (const { reject } of this.#asked.values()) reject(new Error(why));
      this.#asked.clear();
      if (this.isConnected) this.#fail(why);
    }

    #fail(message) {
      this.#tell("error", { message });
    }

    #tell(type, detail) {
      this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
    }

    #hear = (event) => {
      if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== new URL(this.#frame.src).origin) return;
      const { keyglass, id, type, ...detail } = event.data ?? {};
      if (keyglass !== VERSION) return;
      if (id !== undefined) {
        const waits = this.#asked.get(id);
        this.#asked.delete(id);
        if (type === "error") waits?.reject(new Error(detail.message));
        else waits?.resolve(detail);
      }
      if (detail.link !== undefined && type !== "result") {
        this.#link = detail.link;
      }
      if (type === "resize" && !this.hasAttribute("height")) {
        this.#height = Math.max(this.#height, Math.min(detail.height, 2000));
        this.#size();
      } else if (type === "hello" && id === undefined) this.#paint();
      else if (type === "ready") {
        clearTimeout(this.#timer);
        this.#says.textContent = "";
        this.shadowRoot.querySelector(".view").classList.add("on");
        this.#opened.resolve(detail);
        this.#tell("ready", detail);
        if (id === undefined && this.hasAttribute("autorun") && !this.#after) this.run().catch(() => {});
      } else if (type === "result" || type === "change" || type === "check") {
        if (type === "change") detail.shareUrl = this.shareUrl;
        this.#tell(type, detail);
      } else if (type === "error" && id === undefined) this.#fail(detail.message);
    };

    #send(message) {
      this.#frame.contentWindow.postMessage({ keyglass: VERSION, ...message }, new URL(this.#frame.src).origin);
    }

    #ask(type, fields = {}) {
      return new Promise((resolve, reject) => {
        if (!this.#frame) return reject(new Error(words.failed));
        const id = this.#next++;
        this.#asked.set(id, { resolve, reject });
        this.#send({ id, type, ...fields });
      });
    }

    #paint() {
      const style = getComputedStyle(this);
      const tokens = {};
      for (const name of TOKENS) {
        const value = style.getPropertyValue(`--keyglass-${name}`).trim();
        if (value) tokens[name] = value;
      }
      const scheme = this.getAttribute("theme") || "system";
      this.#ask("theme", { scheme, tokens }).catch(() => {});
    }

    /** Runs what is to be run before, once. */
    async #before() {
      await this.#load();
      this.#after ??= (async () => {
        for (const id of (this.getAttribute("after") ?? "").split(/[\s,]+/).filter(Boolean)) {
          const before = document.getElementById(id);
          if (before === this || !(before instanceof KeyGlass)) {
            this.#fail(`after names ${id}, which is no other <key-glass>.`);
            continue;
          }
          await before.#ran();
        }
      })();
      await this.#after;
    }

    #done;
    /** Its commands, run at least once. */
    #ran() {
      return this.#done ?? this.run();
    }

    // -- For scripts ----------------------------------------------------------------------------------------------------

    /** Runs the commands that are left; all of them again, where none is. Resolves to what they replied. */
    run() {
      const running = this.#before().then(() => this.#ask("run")).then(({ results }) => results);
      this.#done ??= running;
      // One that failed may be tried again.
      running.catch(() => (this.#done = undefined));
      return running;
    }

    /** Runs the next command. */
    async step() {
      await this.#before();
      return (await this.#ask("step")).results;
    }

    /** Makes everything as it was before anything was run. */
    async reset() {
      await this.#load();
      this.#done = undefined;
      await this.#ask("reset");
    }

    /** Runs a line, as a client. Resolves to its reply, as redis-cli would print it. */
    async exec(line, client) {
      await this.#before();
      return (await this.#ask("exec", { line: String(line), client })).reply;
    }

    /** What the session is like. */
    async state() {
      await this.#load();
      return this.#ask("state");
    }

    /** A link that opens the session in Keyglass as it was at the last `change`; null before it is loaded, or where it is too long for one. */
    get shareUrl() {
      if (!this.#link) return null;
      const url = new URL(this.getAttribute("src") || home, document.baseURI);
      return url.href.replace(/[?#].*$/s, "") + this.#link;
    }
  }

  if (!customElements.get("key-glass")) customElements.define("key-glass", KeyGlass);
}
