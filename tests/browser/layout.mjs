// Looks at a laid-out page for what a careful person would see: what is wider than its place, cut, covered or printed over.

/** The faults of what is shown now, as sentences; none: an empty array. Runs in the page, so it names nothing outside itself. */
export function layoutFaults() {
  const faults = [];
  const SLACK = 1.5;
  const modal = document.querySelector("dialog:modal");
  const root = modal ?? document.body;
  // Said to a screen reader, not shown.
  const unseen = (element) => {
    for (let at = element; at; at = at.parentElement) if (getComputedStyle(at).clipPath === "inset(50%)") return true;
    return false;
  };
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true }) && !unseen(element);
  const named = (element) => {
    const own = `${element.tagName.toLowerCase()}${element.classList.length ? `.${[...element.classList].join(".")}` : ""}`;
    const card = element.closest("[data-type]");
    const text = (element.getAttribute("aria-label") ?? element.textContent).trim().replace(/\s+/g, " ").slice(0, 40);
    return `${card && card !== element ? `${card.dataset.type} ` : ""}${own} “${text}”`;
  };
  const scrolls = (style, axis) => /^(auto|scroll)$/.test(axis === "x" ? style.overflowX : style.overflowY);
  const hides = (style, axis) => /^(hidden|clip)$/.test(axis === "x" ? style.overflowX : style.overflowY);

  // Where an element can be seen, and how far it could be without being cut for good: up to what can be scrolled.
  const regions = new Map();
  function region(element) {
    if (!element || element === document.documentElement) {
      const all = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
      return { seen: all, x: [0, innerWidth], y: [0, innerHeight] };
    }
    const known = regions.get(element);
    if (known) return known;
    const style = getComputedStyle(element);
    const outer = region(style.position === "fixed" ? null : element.parentElement);
    let { seen, x, y } = outer;
    const box = element.getBoundingClientRect();
    const inside = { left: box.left + element.clientLeft, top: box.top + element.clientTop };
    inside.right = element.clientWidth ? inside.left + element.clientWidth : box.right;
    inside.bottom = element.clientHeight ? inside.top + element.clientHeight : box.bottom;
    if (scrolls(style, "x") || hides(style, "x")) seen = { ...seen, left: Math.max(seen.left, inside.left), right: Math.min(seen.right, inside.right) };
    if (scrolls(style, "y") || hides(style, "y")) seen = { ...seen, top: Math.max(seen.top, inside.top), bottom: Math.min(seen.bottom, inside.bottom) };
    if (scrolls(style, "x")) x = [-Infinity, Infinity];
    else if (hides(style, "x")) x = [Math.max(x[0], inside.left), Math.min(x[1], inside.right)];
    if (scrolls(style, "y")) y = [-Infinity, Infinity];
    else if (hides(style, "y")) y = [Math.max(y[0], inside.top), Math.min(y[1], inside.bottom)];
    const found = { seen, x, y };
    regions.set(element, found);
    return found;
  }

  const wide = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
  if (wide > innerWidth + SLACK) faults.push(`the page is ${wide} px wide in a window of ${innerWidth}`);

  // Boxes: what they hold must fit, be scrollable, or end in an ellipsis.
  for (const element of root.querySelectorAll("*")) {
    if (!(element instanceof HTMLElement) || !element.clientWidth || !shown(element) || /^(INPUT|TEXTAREA|SELECT|OPTION)$/.test(element.tagName)) continue;
    const style = getComputedStyle(element);
    if (element.scrollWidth > element.clientWidth + SLACK && !scrolls(style, "x") && style.textOverflow !== "ellipsis" && style.display !== "inline") {
      faults.push(`${named(element)} holds ${element.scrollWidth} px in ${element.clientWidth}`);
    }
    if (hides(style, "y") && element.scrollHeight > element.clientHeight + 2) {
      faults.push(`${named(element)} is cut at its foot: ${element.scrollHeight} px in ${element.clientHeight}`);
    }
  }

  // Controls: whole, and on top of everything.
  for (const control of root.querySelectorAll("button, input, select, textarea, summary, a[href], [role=slider]")) {
    if (!shown(control)) continue;
    const box = control.getBoundingClientRect();
    const { seen, x, y } = region(control.parentElement);
    if (box.left < x[0] - SLACK || box.right > x[1] + SLACK || box.top < y[0] - SLACK || box.bottom > y[1] + SLACK) {
      faults.push(`${named(control)} is cut`);
    }
    const at = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    if (at.x <= seen.left || at.x >= seen.right || at.y <= seen.top || at.y >= seen.bottom) continue;
    const top = document.elementFromPoint(at.x, at.y);
    const same = top && (control.contains(top) || top.contains(control) || top.closest("label")?.contains(control));
    // What sticks to an edge, or was opened over the page, may cover what scrolls beneath.
    if (!same && top && !over(top, control)) faults.push(`${named(control)} is covered by ${named(top)}`);
  }

  // Texts: no two are printed over each other.
  function over(top, below) {
    for (let at = top; at && !at.contains(below); at = at.parentElement) {
      const style = getComputedStyle(at);
      const opaque = /^rgb\(/.test(style.backgroundColor);
      if (/^(sticky|fixed)$/.test(style.position) || (style.position === "absolute" && style.zIndex > 0 && opaque)) return true;
    }
    return false;
  }
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element || /^(SCRIPT|STYLE|OPTION|TEXTAREA)$/.test(element.tagName) || !shown(element)) continue;
    const { seen, x, y } = region(element);
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const ellipsis = getComputedStyle(element).textOverflow === "ellipsis" || (element.parentElement && getComputedStyle(element.parentElement).textOverflow === "ellipsis");
      if (!ellipsis && box.width && (box.left < x[0] - SLACK || box.right > x[1] + SLACK || box.top < y[0] - SLACK - 2 || box.bottom > y[1] + SLACK + 2)) {
        faults.push(`the text of ${named(element)} is cut`);
      }
      // A line's box is higher than its letters.
      const inset = box.height * 0.22;
      const rect = {
        left: Math.max(box.left, seen.left),
        right: Math.min(box.right, seen.right),
        top: Math.max(box.top + inset, seen.top),
        bottom: Math.min(box.bottom - inset, seen.bottom),
        element,
      };
      if (rect.right - rect.left > 1 && rect.bottom - rect.top > 1) texts.push(rect);
    }
  }
  texts.sort((a, b) => a.top - b.top);
  for (const [i, a] of texts.entries()) {
    for (let k = i + 1; k < texts.length && texts[k].top < a.bottom; k++) {
      const b = texts[k];
      if (a.element === b.element) continue;
      const left = Math.max(a.left, b.left);
      const right = Math.min(a.right, b.right);
      const bottom = Math.min(a.bottom, b.bottom);
      if (right - left <= 2 || bottom - b.top <= 2) continue;
      const point = [(left + right) / 2, (b.top + bottom) / 2];
      const stack = document.elementsFromPoint(...point);
      const [high, low] = [a.element, b.element].sort((p, q) => (stack.indexOf(p) + 1 || Infinity) - (stack.indexOf(q) + 1 || Infinity));
      if (!over(high, low)) faults.push(`${named(a.element)} and ${named(b.element)} are printed over each other`);
    }
  }
  return [...new Set(faults)];
}

/** Scrolls everything that scrolls to its end, or back to its beginning, and waits until that is drawn. Runs in the page. */
export async function scrollAll(toEnd) {
  for (const element of document.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (/^(auto|scroll)$/.test(style.overflowY) && element.scrollHeight > element.clientHeight) element.scrollTop = toEnd ? element.scrollHeight : 0;
    if (/^(auto|scroll)$/.test(style.overflowX) && element.scrollWidth > element.clientWidth) element.scrollLeft = toEnd ? element.scrollWidth : 0;
  }
  for (let frames = 0; frames < 4; frames++) await new Promise(requestAnimationFrame);
}
