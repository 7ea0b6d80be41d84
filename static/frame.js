// The page as a part of another, at its end of the line: who may speak to it, and what it says. What the messages mean is
// the page's to know; docs/embedding.md describes them.
const query = new URLSearchParams(location.search);

// Only a page that the address names is listened to, and told more than how high this one wants to be.
const host = query.get("control") === "1" ? origin(query.get("origin")) : undefined;

function origin(text) {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) ? url.origin : undefined;
  } catch {
    return undefined;
  }
}

/** The query, the fragment, and where the page stands, if the address asks for the layout of an embed. */
export const address = () => (query.get("embed") === "1" ? [location.search, location.hash, location.href.replace(/[?#].*$/s, "")] : undefined);

/** Tells the page around this one a message. */
export function say(text) {
  if (host && parent !== window) parent.postMessage(JSON.parse(text), host);
}

/** Calls back with what that page says, as JSON. */
export function listen(heard) {
  // Another fragment is another embed.
  addEventListener("hashchange", () => location.reload());
  if (!host || parent === window) return;
  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== host) return;
    if (typeof event.data !== "object" || event.data?.keyglass === undefined) return;
    let text;
    try {
      text = JSON.stringify(event.data);
    } catch {
      return; // what is no JSON is no message of this protocol
    }
    heard(text);
  });
  say('{"keyglass":1,"type":"hello","version":1}');
}

/** Tells the page around this one how high this one wants to be: now, and when that becomes another. */
export function measure() {
  if (parent === window) return;
  let told = 0;
  let asked = false;
  const look = () => {
    asked = false;
    const height = wanted();
    if (Math.abs(height - told) < 1) return;
    told = height;
    // Nothing but a number, which any page around it may know.
    parent.postMessage({ keyglass: 1, type: "resize", height }, host ?? "*");
  };
  const ask = () => {
    if (!asked) requestAnimationFrame(look);
    asked = true;
  };
  new MutationObserver(ask).observe(document.body, { childList: true, subtree: true, characterData: true });
  new ResizeObserver(ask).observe(document.body);
  ask();
}

// What stands in the way of the commands' own height is measured, not the frame's: it must not depend on what it leads to.
const MOST = 640;
const LEAST = 252;

function wanted() {
  const part = (selector) => document.querySelector(`.embed ${selector}`)?.offsetHeight ?? 0;
  const consoles = [...document.querySelectorAll(".embed .con")].map((con) => {
    const log = con.querySelector(".log");
    const others = [...con.children].filter((child) => child !== log).reduce((sum, child) => sum + child.offsetHeight, 0);
    return others + (log ? content(log) : 0);
  });
  const beside = getComputedStyle(document.querySelector(".embed-consoles")).flexDirection === "row";
  const all = beside ? Math.max(0, ...consoles) : consoles.reduce((sum, height) => sum + height, 0);
  const top = getComputedStyle(document.querySelector(".embed-top"));
  const side = top.gridTemplateColumns.split(" ").length > 1 ? 0 : 240;
  return Math.round(Math.min(Math.max(all + side, LEAST), MOST) + part(".notice") + part(".embed-foot") + 2);
}

function content(log) {
  const range = document.createRange();
  range.selectNodeContents(log);
  const { paddingTop, paddingBottom } = getComputedStyle(log);
  return range.getBoundingClientRect().height + parseFloat(paddingTop) + parseFloat(paddingBottom);
}

/** Sets a custom property of the page. */
export const paint_one = (property, value) => document.documentElement.style.setProperty(property, value);

/** Puts the cursor into the first line; where nobody types, on the first button. */
export const focus = () => (document.querySelector(".embed .entry input") ?? document.querySelector(".embed button"))?.focus({ preventScroll: true });
