//! The server half for who embeds it without the page: `Keyglass`, its connections, and what they tell.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use keyglass::command::dispatch;
use keyglass::engine::{Engine, What};
use keyglass::session::clock::Clock;
use keyglass::session::message::{
    Conn, Event, Millis, Reply, Resp, decode, encode_command, split_words,
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::value::{self, Text, named};
use super::{lua, wall};

/// The longest time that one timer is set for, in milliseconds.
const NAP_MAX: Millis = 60_000;
/// The confirmations that stand in for a reply.
const CONFIRMED: [&str; 6] = [
    "subscribe",
    "unsubscribe",
    "psubscribe",
    "punsubscribe",
    "ssubscribe",
    "sunsubscribe",
];

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How a server begins. */
export interface KeyglassOptions {
  /** The seed of its chance, 0 unless said: the same seed and the same commands give the same replies. */
  seed?: number;
  /** Its first moment, in milliseconds since 1970; now, unless said. */
  start?: number;
  /** "wall" (the default): its time passes as ours does. "held": only `advance` lets time pass. */
  clock?: "wall" | "held";
}

/** What a command answers, by its type in RESP3. */
export type Reply = null | boolean | number | bigint | string | Uint8Array | Error | Reply[] | Map<Reply, Reply> | Set<Reply>;

/** An error that the server answered. */
export interface ReplyError extends Error { name: "ReplyError"; /** Its first word, such as WRONGTYPE. */ code: string; }

/** What happened to a key or a channel. */
export interface KeyglassEvent {
  /** When, in milliseconds since 1970. */
  at: number;
  /** The `id` of the connection whose command did it; undefined when time did. */
  connection: number | undefined;
  db: number;
  /** The key, or the channel. */
  key: string | Uint8Array;
  /** What happened, such as "member-added", "lock-refused" or "expired". */
  name: string;
}

/** What one key holds. Text is a string, or a Uint8Array where it is no UTF-8. */
export interface KeyglassKey {
  db: number;
  key: string | Uint8Array;
  type: "string" | "list" | "set" | "hash" | "zset" | "stream";
  /** How many milliseconds are left to it; undefined: it stays. */
  ttl: number | undefined;
  /** A string; a list's elements; a set's members; a hash's Map of fields; a sorted set's Map of members to scores, lowest first; a stream's [id, [[field, value], …]]. */
  value: any;
}

export interface KeyglassSnapshot { /** The server's moment. */ now: number; keys: KeyglassKey[]; }
"#;

#[derive(Deserialize, Default)]
struct Options {
    seed: Option<u64>,
    start: Option<Millis>,
    clock: Option<Runs>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Runs {
    Wall,
    Held,
}

#[derive(Deserialize, Default)]
struct ConnectOptions {
    #[serde(default)]
    bytes: bool,
}

#[derive(Serialize)]
struct Told<'a> {
    at: Millis,
    connection: Option<Conn>,
    db: usize,
    key: Text<'a>,
    name: &'static str,
}

/// What a connection is used with; it keeps to what came first.
#[derive(Clone, Copy, PartialEq)]
enum Speaks {
    Nothing,
    Values,
    Bytes,
}

/// A command whose reply has not come.
struct Pending {
    /// Fulfils and rejects its promise; `None`: nobody wants to know.
    settle: Option<(Function, Function)>,
    /// How many confirmations stand in for its reply, and those that came.
    confirmations: usize,
    came: Vec<Reply>,
}

type Listeners = Vec<(String, Function)>;

struct Line {
    speaks: Speaks,
    /// Strings are given as bytes.
    bytes: bool,
    /// Bytes that the server sent and nobody took, or no whole reply.
    received: Vec<u8>,
    pending: VecDeque<Pending>,
    listeners: Listeners,
}

struct Server {
    engine: Engine,
    clock: Clock,
    lines: BTreeMap<Conn, Line>,
    next: Conn,
    listeners: Listeners,
    /// Calls to be made, in order, once nobody holds the server.
    calls: VecDeque<(Function, JsValue)>,
    calling: bool,
    timer: Option<JsValue>,
    on_timer: Option<Closure<dyn FnMut()>>,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(todo: &Function, delay: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(timer) = &self.timer {
            clear_timeout(timer);
        }
    }
}

impl Server {
    /// Lets the time pass that has passed.
    fn pass(&mut self) {
        let now = self.clock.read(wall());
        self.engine.advance_to(now);
    }

    /// Sorts what the server sent and what it tells into calls.
    fn collect(&mut self) {
        for conn in self.engine.take_touched() {
            let bytes = self.engine.take_output(conn);
            if let Some(line) = self.lines.get_mut(&conn) {
                line.receive(bytes, &mut self.calls);
                if self.engine.client(conn).is_none() {
                    self.end(conn);
                }
            }
        }
        let events = std::mem::take(&mut self.engine.events);
        for event in &events {
            call(&self.listeners, "event", || told(event), &mut self.calls);
        }
    }

    /// A connection is over.
    fn end(&mut self, conn: Conn) {
        let Some(mut line) = self.lines.remove(&conn) else {
            return;
        };
        let closed = || JsValue::from(named("ConnectionError", "the connection is closed"));
        for pending in line.pending.drain(..) {
            if let Some((_, reject)) = pending.settle {
                self.calls.push_back((reject, closed()));
            }
        }
        call(
            &line.listeners,
            "close",
            || JsValue::UNDEFINED,
            &mut self.calls,
        );
    }

    /// Sets the timer for what happens next by itself.
    fn arm(&mut self) {
        if let Some(timer) = self.timer.take() {
            clear_timeout(&timer);
        }
        let next = self
            .engine
            .next_deadline()
            .and_then(|when| self.clock.wall_at(when));
        let (Some(when), Some(todo)) = (next, &self.on_timer) else {
            return;
        };
        let delay = when.saturating_sub(wall()).min(NAP_MAX);
        let timer = set_timeout(todo.as_ref().unchecked_ref(), delay as f64);
        // Keys that expire keep no Node process alive, as they would not in a server elsewhere; who waits does.
        if !self.engine.clients().any(|(_, client)| client.waits())
            && let Ok(unref) = Reflect::get(&timer, &"unref".into())
            && let Some(unref) = unref.dyn_ref::<Function>()
        {
            let _ = unref.call0(&timer);
        }
        self.timer = Some(timer);
    }
}

/// Does something to the server, and then calls those who are to hear of it: they may call back.
fn act<T>(server: &Rc<RefCell<Server>>, todo: impl FnOnce(&mut Server) -> T) -> T {
    let (done, calling) = {
        let mut server = server.borrow_mut();
        server.pass();
        let done = todo(&mut server);
        server.collect();
        server.arm();
        (done, std::mem::replace(&mut server.calling, true))
    };
    // Who calls back from a call adds to the queue, so that everything is heard in order.
    if !calling {
        loop {
            let next = server.borrow_mut().calls.pop_front();
            let Some((to, what)) = next else { break };
            if let Err(error) = to.call1(&JsValue::UNDEFINED, &what) {
                // Thrown where no one else's call suffers: as a rejection that nobody handles.
                let _ = Promise::reject(&error);
            }
        }
        server.borrow_mut().calling = false;
    }
    done
}

/// Puts a call of each listener to an event into the queue.
fn call(
    listeners: &Listeners,
    event: &str,
    what: impl Fn() -> JsValue,
    calls: &mut VecDeque<(Function, JsValue)>,
) {
    for (name, listener) in listeners {
        if name == event {
            calls.push_back((listener.clone(), what()));
        }
    }
}

fn told(event: &Event) -> JsValue {
    let told = Told {
        at: event.at,
        connection: event.conn,
        db: event.db,
        key: Text(&event.key),
        name: (&event.fact).into(),
    };
    serde_wasm_bindgen::to_value(&told).unwrap_or_default()
}

fn listen(
    listeners: &mut Listeners,
    known: &[&str],
    event: String,
    listener: Function,
) -> Result<(), JsError> {
    if !known.contains(&event.as_str()) {
        return Err(JsError::new(&format!(
            "there is no event {event:?}; there are: {}",
            known.join(", ")
        )));
    }
    listeners.push((event, listener));
    Ok(())
}

/// Reads options, of which each must be known.
fn options<T: Default + for<'de> Deserialize<'de>>(
    given: JsValue,
    known: &[&str],
) -> Result<T, JsError> {
    let Some(object) = given.dyn_ref::<Object>() else {
        return if given.is_undefined() {
            Ok(T::default())
        } else {
            Err(JsError::new("options are an object"))
        };
    };
    let names = Object::keys(object);
    for name in names.iter().filter_map(|name| name.as_string()) {
        if !known.contains(&name.as_str()) {
            return Err(JsError::new(&format!(
                "there is no option {name:?}; there are: {}",
                known.join(", ")
            )));
        }
    }
    Ok(serde_wasm_bindgen::from_value(given)?)
}

impl Line {
    fn heard(&self, event: &str) -> bool {
        self.listeners.iter().any(|(name, _)| name == event)
    }

    fn receive(&mut self, bytes: Vec<u8>, calls: &mut VecDeque<(Function, JsValue)>) {
        if bytes.is_empty() {
            return;
        }
        if self.speaks != Speaks::Values {
            if self.heard("output") {
                let bytes = || Uint8Array::from(bytes.as_slice()).into();
                call(&self.listeners, "output", bytes, calls);
            } else {
                self.received.extend(bytes);
            }
            return;
        }
        self.received.extend(bytes);
        let mut read = 0;
        while let Some((reply, took)) = decode(&self.received[read..]) {
            read += took;
            self.reply(reply, calls);
        }
        self.received.drain(..read);
    }

    fn reply(&mut self, reply: Reply, calls: &mut VecDeque<(Function, JsValue)>) {
        if let Reply::Push(items) = &reply {
            let confirms = matches!(items.first(), Some(Reply::Bulk(kind)) if CONFIRMED.iter().any(|known| known.as_bytes() == kind));
            match self.pending.front_mut() {
                Some(first) if confirms && first.came.len() < first.confirmations => {
                    first.came.push(reply);
                    if first.came.len() < first.confirmations {
                        return;
                    }
                    let all = Reply::Array(std::mem::take(&mut first.came));
                    self.answer(&all, calls);
                }
                _ => call(
                    &self.listeners,
                    "push",
                    || value::reply(&reply, self.bytes),
                    calls,
                ),
            }
            return;
        }
        self.answer(&reply, calls);
    }

    fn answer(&mut self, reply: &Reply, calls: &mut VecDeque<(Function, JsValue)>) {
        let Some(pending) = self.pending.pop_front() else {
            // What nobody asked for, such as what MONITOR shows.
            return call(
                &self.listeners,
                "push",
                || value::reply(reply, self.bytes),
                calls,
            );
        };
        if let Some((fulfil, reject)) = pending.settle {
            let value = value::reply(reply, self.bytes);
            let to = if matches!(reply, Reply::Error(_)) {
                reject
            } else {
                fulfil
            };
            calls.push_back((to, value));
        }
    }
}

/// A server of its own, in memory: what the page's worker runs, without the page.
#[wasm_bindgen]
pub struct Keyglass {
    server: Rc<RefCell<Server>>,
}

#[wasm_bindgen]
impl Keyglass {
    /// An empty server.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(js_name = options, unchecked_optional_param_type = "KeyglassOptions")] given: JsValue,
    ) -> Result<Keyglass, JsError> {
        let Options {
            seed,
            start,
            clock: runs,
        } = options(given, &["seed", "start", "clock"])?;
        let (now, seed) = (wall(), seed.unwrap_or(0));
        let start = start.unwrap_or(now);
        let mut engine = Engine::new(seed, start, dispatch);
        if let Some(machine) = lua::machine() {
            engine.set_machine(machine);
        }
        let mut clock = Clock::new(start);
        clock.stand(now);
        if runs == Some(Runs::Held) {
            clock.pause();
        }
        let server = Rc::new_cyclic(|weak: &Weak<RefCell<Server>>| {
            let weak = weak.clone();
            let on_timer = Closure::new(move || {
                if let Some(server) = weak.upgrade() {
                    act(&server, |server| server.timer = None);
                }
            });
            RefCell::new(Server {
                engine,
                clock,
                lines: BTreeMap::new(),
                next: 1,
                listeners: Vec::new(),
                calls: VecDeque::new(),
                calling: false,
                timer: None,
                on_timer: Some(on_timer),
            })
        });
        Ok(Self { server })
    }

    /// Opens a connection, as a client does. `bytes`: `exec` gives strings as `Uint8Array`s.
    pub fn connect(
        &self,
        #[wasm_bindgen(js_name = options, unchecked_optional_param_type = "{ bytes?: boolean }")]
        given: JsValue,
    ) -> Result<Connection, JsError> {
        let ConnectOptions { bytes } = options(given, &["bytes"])?;
        let conn = act(&self.server, |server| {
            let conn = server.next;
            server.next += 1;
            server.engine.handle(server.engine.now, conn, What::Connect);
            let line = Line {
                speaks: Speaks::Nothing,
                bytes,
                received: Vec::new(),
                pending: VecDeque::new(),
                listeners: Vec::new(),
            };
            server.lines.insert(conn, line);
            conn
        });
        Ok(Connection {
            server: Rc::clone(&self.server),
            conn,
        })
    }

    /// Lets time pass, in milliseconds, beside what passes by itself: keys expire and waits end, each at its moment.
    pub fn advance(&self, ms: f64) -> Result<(), JsError> {
        if !(ms >= 0.0 && ms.is_finite()) {
            return Err(JsError::new(
                "time passes by a number of milliseconds, 0 or more",
            ));
        }
        act(&self.server, |server| {
            let to = server.clock.now().saturating_add(ms as Millis);
            server.clock.jump_to(to);
            server.engine.advance_to(server.clock.now());
        });
        Ok(())
    }

    /// The server's moment, in milliseconds since 1970.
    #[wasm_bindgen(getter)]
    pub fn now(&self) -> f64 {
        act(&self.server, |server| server.engine.now as f64)
    }

    /// The moment at which something next happens by itself: a key expires, a wait ends. Undefined: nothing does.
    #[wasm_bindgen(getter)]
    pub fn next(&self) -> Option<f64> {
        act(&self.server, |server| {
            server.engine.next_deadline().map(|when| when as f64)
        })
    }

    /// Calls back at each "event": what happened to a key or a channel.
    pub fn on(
        &self,
        #[wasm_bindgen(unchecked_param_type = "\"event\"")] event: String,
        #[wasm_bindgen(unchecked_param_type = "(event: KeyglassEvent) => void")] listener: Function,
    ) -> Result<(), JsError> {
        let mut server = self.server.borrow_mut();
        listen(&mut server.listeners, &["event"], event, listener)?;
        server.engine.observing = true;
        Ok(())
    }

    /// No longer calls back.
    pub fn off(&self, event: &str, listener: &Function) {
        let mut server = self.server.borrow_mut();
        server
            .listeners
            .retain(|(name, known)| name != event || known != listener);
        server.engine.observing = !server.listeners.is_empty();
    }

    /// All that the keys hold now.
    #[wasm_bindgen(unchecked_return_type = "KeyglassSnapshot")]
    pub fn snapshot(&self) -> Result<JsValue, JsError> {
        act(&self.server, |_| ());
        let server = self.server.borrow();
        Ok(serde_wasm_bindgen::to_value(&value::snapshot(
            &server.engine,
        ))?)
    }
}

/// A connection to a server. It is used either with `exec`, which speaks in values, or with `feed`, which speaks in bytes.
#[wasm_bindgen]
pub struct Connection {
    server: Rc<RefCell<Server>>,
    conn: Conn,
}

#[wasm_bindgen]
impl Connection {
    /// Its number, which events name.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> u32 {
        self.conn
    }

    /// Whether it is open.
    #[wasm_bindgen(getter)]
    pub fn open(&self) -> bool {
        self.server.borrow().lines.contains_key(&self.conn)
    }

    /// Sends a command: a line as redis-cli takes it, or its words. It has run when this returns, unless it waits; the
    /// promise is kept with its reply, or broken with a `ReplyError`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Reply>")]
    pub fn exec(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "string | (string | number | bigint | Uint8Array)[]"
        )]
        command: JsValue,
    ) -> Promise {
        let words = match (command.as_string(), command.dyn_ref::<Array>()) {
            (Some(line), _) => {
                split_words(line.as_bytes()).ok_or("the line has a quote that is not closed")
            }
            (_, Some(words)) => value::words(words)
                .ok_or("a word of a command is a string, a number or a Uint8Array"),
            _ => Err("a command is a line or an array of words"),
        };
        let words = words.and_then(|words| {
            if words.is_empty() {
                Err("the command is empty")
            } else {
                Ok(words)
            }
        });
        let words = match words {
            Ok(words) => words,
            Err(text) => return Promise::reject(&js_sys::TypeError::new(text)),
        };
        Promise::new(&mut |fulfil, reject| {
            act(&self.server, |server| {
                let fail = reject.clone();
                if let Err(text) = server.say(self.conn, &words, (fulfil, reject)) {
                    server
                        .calls
                        .push_back((fail, named("ConnectionError", text).into()));
                }
            });
        })
    }

    /// Sends bytes, in any pieces: RESP as a client library writes it.
    pub fn feed(&self, bytes: &[u8]) -> Result<(), JsError> {
        act(&self.server, |server| {
            server.speak(self.conn, Speaks::Bytes)?;
            server.engine.feed(self.conn, bytes);
            Ok(())
        })
        .map_err(JsError::new)
    }

    /// Takes the bytes that the server sent, where nobody listens to "output".
    pub fn take(&self) -> Vec<u8> {
        act(&self.server, |server| {
            let line = server.lines.get_mut(&self.conn);
            let line = line.filter(|line| line.speaks != Speaks::Values);
            line.map(|line| std::mem::take(&mut line.received))
                .unwrap_or_default()
        })
    }

    /// Calls back at each "output" (bytes, where `feed` is used), each "push" (messages and whatever else comes without
    /// being asked for, where `exec` is used) and at "close".
    pub fn on(
        &self,
        #[wasm_bindgen(unchecked_param_type = "\"output\" | \"push\" | \"close\"")] event: String,
        #[wasm_bindgen(unchecked_param_type = "(what: any) => void")] listener: Function,
    ) -> Result<(), JsError> {
        let mut server = self.server.borrow_mut();
        let Some(line) = server.lines.get_mut(&self.conn) else {
            return Ok(());
        };
        listen(
            &mut line.listeners,
            &["output", "push", "close"],
            event,
            listener,
        )
    }

    /// No longer calls back.
    pub fn off(&self, event: &str, listener: &Function) {
        if let Some(line) = self.server.borrow_mut().lines.get_mut(&self.conn) {
            line.listeners
                .retain(|(name, known)| name != event || known != listener);
        }
    }

    /// Closes it: subscriptions, watches and waits end.
    pub fn close(&self) {
        act(&self.server, |server| {
            server
                .engine
                .handle(server.engine.now, self.conn, What::Disconnect);
            server.end(self.conn);
        });
    }
}

impl Server {
    /// A connection is used with values or with bytes.
    fn speak(&mut self, conn: Conn, how: Speaks) -> Result<&mut Line, &'static str> {
        let line = self
            .lines
            .get_mut(&conn)
            .ok_or("the connection is closed")?;
        if line.speaks == Speaks::Nothing {
            line.speaks = how;
        }
        if line.speaks != how {
            return Err("a connection is used with exec or with feed, not with both");
        }
        Ok(line)
    }

    /// Sends a command whose reply is wanted as a value.
    fn say(
        &mut self,
        conn: Conn,
        words: &[Vec<u8>],
        settle: (Function, Function),
    ) -> Result<(), &'static str> {
        let resp = self.engine.client(conn).map(|client| client.resp);
        let line = self.speak(conn, Speaks::Values)?;
        // The types of RESP3 are asked for by who speaks in values. Before a password, that is refused, and asked again.
        if resp != Some(Resp::Three) {
            line.pending.push_back(Pending {
                settle: None,
                confirmations: 0,
                came: Vec::new(),
            });
            self.engine.feed(conn, &encode_command(&["HELLO", "3"]));
            self.collect();
        }
        let line = self.speak(conn, Speaks::Values)?;
        let name = words[0].to_ascii_lowercase();
        let confirmed = CONFIRMED.iter().any(|known| known.as_bytes() == name);
        let confirmations = if confirmed {
            (words.len() - 1).max(1)
        } else {
            0
        };
        line.pending.push_back(Pending {
            settle: Some(settle),
            confirmations,
            came: Vec::new(),
        });
        self.engine.feed(conn, &encode_command(words));
        Ok(())
    }
}
