// What the page asks of the browser for lessons: their texts, and how far the reader is with each.

/** The text of a lesson that comes with the page. */
export async function fetch_lesson(name) {
  const answer = await fetch(`lessons/${name}.md`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return await answer.text();
}

// What reads lessons is fetched with the first of them.
let reader;

/** What a lesson's text means, as bytes. */
export async function read_lesson(text) {
  reader ??= import(new URL("keyglass-reader.js", document.baseURI)).then(async (module) => {
    await module.default();
    return module;
  });
  try {
    return (await reader).read(text);
  } catch (error) {
    reader = undefined;
    throw error;
  }
}

const key = (name) => `keyglass-lesson-${name}`;

/** What was remembered of a lesson; nothing, where the browser keeps nothing. */
export function remembered(name) {
  try {
    return localStorage.getItem(key(name)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers it. Where the browser refuses, the session itself still holds it. */
export function remember(name, progress) {
  try {
    localStorage.setItem(key(name), progress);
  } catch {
    // Said already where the session could not be kept.
  }
}
