/** The types of `embed.js`, which defines `<key-glass>`. See docs/embedding.md. */

/** A line that was run, and its reply as redis-cli prints it. */
export interface KeyglassResult {
  client: string;
  line: string;
  reply: string;
}

/** What a session is like. */
export interface KeyglassState {
  /** The session's moment, in milliseconds since 1970. */
  at: number;
  ready: boolean;
  /** How many of the author's commands were run, and how many there are. */
  done: number;
  commands: number;
  clients: { client: string; transcript: string; busy: boolean }[];
  /** The first keys. */
  keys: string[];
  /** Whether the check passes; null: there is none, or nothing was run yet. */
  passed: boolean | null;
  /** What leads to the session, behind the address of Keyglass. */
  link: string | null;
}

export interface KeyglassEventMap {
  ready: CustomEvent<{ clients: string[]; commands: number; link: string | null }>;
  result: CustomEvent<KeyglassResult>;
  change: CustomEvent<{ at: number; link: string | null; shareUrl: string | null }>;
  check: CustomEvent<{ check: string; passed: boolean; reply: string }>;
  error: CustomEvent<{ message: string }>;
}

/** `<key-glass>`: commands in a page that run in Keyglass. */
export class KeyGlassElement extends HTMLElement {
  /** Runs the commands that are left; all of them again, where none is. */
  run(): Promise<KeyglassResult[]>;
  /** Runs the next command. */
  step(): Promise<KeyglassResult[]>;
  /** Makes everything as it was before anything was run. */
  reset(): Promise<void>;
  /** Runs a line, as the first client if none is named ("B"). Resolves to its reply, as redis-cli prints it. */
  exec(line: string, client?: string): Promise<string>;
  state(): Promise<KeyglassState>;
  /** A link that opens the session in Keyglass as it was at the last `change`; null before it is loaded, or where it is too long for one. */
  readonly shareUrl: string | null;

  addEventListener<K extends keyof KeyglassEventMap>(type: K, listener: (this: KeyGlassElement, event: KeyglassEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof KeyglassEventMap>(type: K, listener: (this: KeyGlassElement, event: KeyglassEventMap[K]) => unknown, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** What a page asks a frame with `control=1`. Each has an `id`, and so has its answer. */
export type KeyglassRequest = { keyglass: 1; id: number | string } & (
  | { type: "hello" | "run" | "step" | "reset" | "state" | "share" | "focus" }
  | { type: "exec"; line: string; client?: string }
  | { type: "check"; check?: string }
  | { type: "theme"; scheme?: "light" | "dark" | "system"; tokens?: Record<string, string> }
);

/** What a frame tells: with the `id` of a request its answer, without one an event. */
export type KeyglassMessage = { keyglass: 1; id?: number | string } & (
  | { type: "hello"; version: 1 }
  | { type: "resize"; height: number }
  | { type: "ready"; clients: string[]; commands: number; link: string | null }
  | ({ type: "result" } & KeyglassResult)
  | { type: "ran"; results: KeyglassResult[] }
  | { type: "change"; at: number; link: string | null }
  | { type: "check"; check: string; passed: boolean; reply: string }
  | ({ type: "state" } & KeyglassState)
  | { type: "share"; link: string | null }
  | { type: "theme" | "focus" }
  | { type: "error"; message: string }
);

declare global {
  interface HTMLElementTagNameMap {
    "key-glass": KeyGlassElement;
  }
}
