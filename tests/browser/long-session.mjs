// A session of 100,000 inputs, kept as the page keeps one, so that it is there when the page is opened.
/** How many inputs it has, and how far apart they are, in milliseconds. */
export const INPUTS = 100_000;
const APART = 20;
const START = 1_700_000_000_000;

/** Puts it in the browser's storage, as the session of this tab. The page must be of the server, and not be Keyglass. */
export async function keepLongSession(page) {
  await page.evaluate(
    async ([INPUTS, APART, START]) => {
      // Postcard, as src/session/log.rs and src/app/kept.rs have it: numbers in sevens of bits, texts with their length.
      let bytes = [];
      const number = (n) => {
        for (; n >= 128; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
        bytes.push(n);
      };
      const text = (it) => {
        number(it.length);
        for (let at = 0; at < it.length; at++) bytes.push(it.charCodeAt(at));
      };
      const taken = () => {
        const all = Uint8Array.from(bytes);
        bytes = [];
        return all;
      };
      let state = 1;
      const below = (n) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * n);
      };
      const line = (n) => {
        if (n === 5) return "XGROUP CREATE orders workers 0 MKSTREAM";
        const kind = below(10);
        if (kind === 0) return `SET lock:${below(50)} token-${n} NX PX ${1 + below(30_000)}`;
        if (kind === 1) return `GET lock:${below(50)}`;
        if (kind <= 4) return `ZADD board ${below(100_000)} player:${below(20_000)}`;
        if (kind === 5) return `ZREVRANK board player:${below(20_000)}`;
        if (kind <= 7) return `XADD orders * id ${n} item book-${below(900)}`;
        if (kind === 8) return "XREADGROUP GROUP workers w COUNT 5 STREAMS orders >";
        return `PFADD visitors ${below(2 ** 31)}`;
      };
      const CLIENTS = 4;
      const input = (n) => {
        number(0); // Entry::Input
        number(START + n * APART);
        if (n < CLIENTS) {
          number(n);
          return number(0); // What::Connect
        }
        number(below(CLIENTS));
        number(1); // What::Bytes
        const words = line(n).split(" ");
        text(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`);
      };

      const opening = indexedDB.open("keyglass");
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("sessions", { keyPath: "id" });
        opening.result.createObjectStore("pieces");
      };
      const db = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
      const transaction = db.transaction(["sessions", "pieces"], "readwrite");
      const PIECE = 1_000;
      for (let from = 0; from < INPUTS; from += PIECE) {
        number(PIECE);
        for (let n = from; n < from + PIECE; n++) input(n);
        transaction.objectStore("pieces").put(taken(), ["long", from]);
      }
      number(1); // the seed
      number(START);
      number(START + INPUTS * APART);
      number(INPUTS);
      number(0); // no keys to be told by
      number(CLIENTS);
      for (let conn = 0; conn < CLIENTS; conn++) {
        number(conn);
        text("");
        number(conn);
      }
      number(1); // on the stage, not pinned: the first database's
      number(0);
      number(0);
      text("board");
      number(0);
      text(""); // the script
      number(1); // the clock is held
      number(10);
      transaction.objectStore("sessions").put({ id: "long", format: 1, changed: Date.now(), about: taken() });
      await new Promise((resolve) => (transaction.oncomplete = resolve));
      db.close();
      sessionStorage.setItem("keyglass.session", "long");
    },
    [INPUTS, APART, START],
  );
}

/** Goes to moments all over the session; gives how long each took until it was drawn, in milliseconds. */
export function seek(page, points) {
  return page.evaluate(
    async ([points, INPUTS, APART]) => {
      const clock = (ms) => new Date(ms).toISOString().slice(11, 23);
      const took = [];
      let state = 7;
      for (let n = 0; n < points; n++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const at = Math.floor((state / 2 ** 32) * INPUTS) * APART;
        const began = performance.now();
        await window.keyglass.exec("A", `.at ${clock(at)}`);
        // It is drawn in the next frame; what comes after that frame comes after the drawing.
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        took.push(performance.now() - began);
      }
      return took;
    },
    [points, INPUTS, APART],
  );
}
