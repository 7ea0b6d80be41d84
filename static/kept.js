// Keeps sessions in the browser's IndexedDB. What stands in a session is the page's to know: here it is bytes.
// A session is a row of "sessions" and its log in pieces, keyed by the session and the place of the piece's first entry.
const NAME = "keyglass";
const TAB = "keyglass.session";
let opening;
let release = () => {};

function database() {
  opening ??= new Promise((resolve, reject) => {
    // Without a version: what a later page made of it is opened too.
    const request = indexedDB.open(NAME);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("sessions", { keyPath: "id" });
      request.result.createObjectStore("pieces");
    };
    request.onsuccess = () => {
      // A tab with a later version of the page is not held up by this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older version of the storage"));
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

const done = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the storage gave up"));
  });
const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const pieces = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);
const lockOf = (id) => `${NAME}.${id}`;

/** The session that this tab had before it was loaded again. */
export function tab() {
  try {
    return sessionStorage.getItem(TAB) ?? undefined;
  } catch {
    return undefined;
  }
}

// One after another: the session that was asked for last is the tab's.
let turn = Promise.resolve();

/** Takes a session for this tab, letting go of the one before; a new one without an id. False: another tab has it. */
export function hold(id) {
  const taken = turn.then(() => take(id));
  turn = taken.catch(() => {});
  return taken;
}

async function take(id) {
  const own = id ?? crypto.randomUUID();
  if (navigator.locks) {
    // The tab that is being loaded again lets go a little late.
    for (let tries = id ? 10 : 1; ; tries--) {
      const got = await new Promise((resolve) => {
        const held = (lock) => {
          if (!lock) return resolve(undefined);
          return new Promise((end) => resolve(end));
        };
        navigator.locks.request(lockOf(own), { ifAvailable: true }, held).catch(() => resolve(undefined));
      });
      if (got) {
        release();
        release = got;
        break;
      }
      if (tries <= 1) return undefined;
      await new Promise((later) => setTimeout(later, 100));
    }
  }
  try {
    sessionStorage.setItem(TAB, own);
  } catch {
    // Then a page that is loaded again offers the session instead of going on with it.
  }
  return own;
}

/** All sessions, the one changed last first: [id, format, when, held by another tab, about]. */
export async function list() {
  const db = await database();
  const rows = await result(db.transaction("sessions").objectStore("sessions").getAll());
  const held = new Set(((await navigator.locks?.query())?.held ?? []).map(({ name }) => name));
  rows.sort((one, other) => other.changed - one.changed);
  return rows.map(({ id, format, changed, about }) => {
    const when = new Date(changed);
    const day = when.toDateString() === new Date().toDateString() ? "today" : when.toLocaleDateString();
    return [id, format, `${day} ${when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`, held.has(lockOf(id)), about];
  });
}

/** Saves what is known about a session, and a piece of its log that begins at an entry. */
export async function save(id, format, about, from, piece) {
  const db = await database();
  const transaction = db.transaction(["sessions", "pieces"], "readwrite");
  transaction.objectStore("sessions").put({ id, format, changed: Date.now(), about });
  if (piece.length > 0) transaction.objectStore("pieces").put(piece, [id, from]);
  await done(transaction);
}

/** The pieces of a session's log, in order, each with the place of its first entry. */
export async function load(id) {
  const db = await database();
  const store = db.transaction("pieces").objectStore("pieces");
  const [keys, values] = await Promise.all([result(store.getAllKeys(pieces(id))), result(store.getAll(pieces(id)))]);
  return keys.map((key, at) => [key[1], values[at]]);
}

/** Lets the browser do what waits, in the middle of something long. */
export const breathe = () => new Promise((go) => setTimeout(go));

/** Deletes a session. */
export async function remove(id) {
  const db = await database();
  const transaction = db.transaction(["sessions", "pieces"], "readwrite");
  transaction.objectStore("sessions").delete(id);
  transaction.objectStore("pieces").delete(pieces(id));
  await done(transaction);
}
