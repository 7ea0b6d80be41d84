//! The engine and the real server side by side: one sequence of steps goes to both, and what each
//! client was sent is compared frame by frame.

use std::collections::VecDeque;
use std::thread::sleep;
use std::time::Duration;

use keyglass::command::dispatch;
use keyglass::command::server::config::named;
use keyglass::ds::zset::Encoding;
use keyglass::engine::db::Value;
use keyglass::engine::resp::encode_command;
use keyglass::engine::{Engine, What};

use crate::compare::{ADMIN, LEX_IN_SKIP_LIST, Tally, now, same_payload, sort};
use crate::frame::{self, Frame};
use crate::generate::CHANGED;
use crate::server::{Link, Server};
use crate::step::{CLIENTS, OBSERVER, Step, Words};

/// A client that waits no longer than this is waited for, in milliseconds; one that waits longer stays
/// blocked until another client wakes it, or until the sequence ends.
pub const SHORT_WAIT: u64 = 500;
/// How many bytes of one client go out at once.
const BATCH: usize = 32 * 1024;
/// How many commands may stand behind the one that waits; more are passed over.
const QUEUE: usize = 3;

/// A difference between the two.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The step after which it showed.
    pub step: usize,
    /// The client that was told different things.
    pub client: usize,
    /// The commands that the reply may belong to; the first is the likeliest.
    pub commands: Vec<Words>,
    /// What the engine said; `None`: nothing.
    pub ours: Option<Frame>,
    /// What the real server said; `None`: nothing.
    pub theirs: Option<Frame>,
}

/// Both servers, and the connections to the real one.
#[derive(Debug)]
pub struct Pair {
    server: Server,
    links: Vec<Link>,
    admin: Link,
    /// The real server's numbers for the clients.
    ids: Vec<Frame>,
    /// Connections whose state is not known, to be made anew.
    dirty: [bool; CLIENTS],
    markers: u64,
    /// The last sequence may have changed settings.
    configured: bool,
    /// What was compared so far.
    pub tally: Tally,
    /// How many generated commands both were given.
    pub commands: usize,
    /// How many commands the observer gave both beside those.
    pub checks: usize,
}

/// A frame that the engine sent, the step it came after and the commands it may belong to.
struct Ours {
    frame: Frame,
    step: usize,
    commands: Vec<Words>,
    /// The reference promises nothing of this reply but its shape.
    unspecified: bool,
    /// What EXEC ran, whose replies its own is made of.
    queued: Vec<Words>,
}

struct Run<'p> {
    pair: &'p mut Pair,
    engine: Engine,
    /// What the engine sent each client and the real server was not yet seen to send.
    ours: [VecDeque<Ours>; CLIENTS],
    /// Commands of a blocked client: the one that waits, and those behind it.
    waiting: [Vec<Words>; CLIENTS],
    /// Commands that a client has queued since MULTI.
    queued: [Vec<Words>; CLIENTS],
    step: usize,
    /// The command being handled is one of which the reference promises nothing.
    unspecified: bool,
}

impl Pair {
    /// Starts a real server and connects to it.
    pub fn start() -> Self {
        let server = Server::start();
        let links = (0..CLIENTS).map(|_| server.connect()).collect();
        let admin = connect_admin(&server);
        Self {
            server,
            links,
            admin,
            ids: vec![Frame::Int(0); CLIENTS],
            dirty: [true; CLIENTS],
            markers: 0,
            configured: false,
            tally: Tally::default(),
            commands: 0,
            checks: 0,
        }
    }

    /// The real server's version.
    pub fn version(&self) -> &str {
        &self.server.version
    }

    /// Runs a sequence on both, from nothing.
    pub fn run(&mut self, steps: &[Step]) -> Result<(), Difference> {
        self.begin();
        let configures = |step: &Step| match step {
            Step::Command(_, words) => words
                .first()
                .is_some_and(|name| name.eq_ignore_ascii_case(b"CONFIG")),
            _ => false,
        };
        self.configured = steps.iter().any(configures);
        let mut engine = Engine::new(1, now(), dispatch);
        for client in 0..CLIENTS {
            engine.handle(now(), client as u32, What::Connect);
        }
        let mut run = Run {
            pair: self,
            engine,
            ours: Default::default(),
            waiting: Default::default(),
            queued: Default::default(),
            step: 0,
            unspecified: false,
        };
        let result = run.all(steps);
        // RESET leaves these as they are.
        for step in steps {
            if let Step::Command(client, words) = step {
                let is = |at: usize, names: &[&str]| {
                    let word = words.get(at).map_or(b"".as_slice(), Vec::as_slice);
                    names
                        .iter()
                        .any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
                };
                if is(0, &["MULTI", "WATCH"]) || is(1, &["CAPA", "SETINFO"]) {
                    self.dirty[*client] = true;
                }
            }
        }
        if result.is_err() {
            self.dirty = [true; CLIENTS];
            self.admin = connect_admin(&self.server);
        }
        result
    }

    /// Puts the real server back to nothing, and its connections as they were when they opened.
    fn begin(&mut self) {
        if self.configured {
            let mut words = vec!["CONFIG", "SET"];
            for (name, values) in CHANGED {
                words.extend([*name, values[0]]);
            }
            assert_eq!(
                self.admin.ask(&words),
                Some(Frame::Text(b'+', b"OK".to_vec())),
                "the real server keeps its settings"
            );
        }
        for client in 0..CLIENTS {
            if self.dirty[client] {
                self.reconnect(client);
            } else {
                self.links[client].send_words(&["RESET"]);
                let mark = self.mark(client);
                while let Some(frame) = self.links[client].next() {
                    if is_mark(&frame, &mark) {
                        break;
                    }
                }
            }
        }
        assert_eq!(
            self.admin.ask(&["FLUSHALL"]),
            Some(Frame::Text(b'+', b"OK".to_vec())),
            "the real server does not answer"
        );
    }

    fn reconnect(&mut self, client: usize) {
        self.links[client] = self.server.connect();
        self.ids[client] = self.links[client]
            .ask(&["CLIENT", "ID"])
            .expect("the real server does not answer");
        self.dirty[client] = false;
    }

    /// How many clients wait for a key on the real server.
    fn waiting_clients(&mut self) -> usize {
        let info = self.admin.ask(&["INFO", "clients"]);
        let text = String::from_utf8_lossy(info.as_ref().and_then(Frame::text).unwrap_or_default())
            .into_owned();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("blocked_clients:"))
            .expect("INFO clients says who waits");
        line.trim().parse().unwrap()
    }

    /// Sends a PING that can be told from every other, to know when all before it was answered.
    fn mark(&mut self, client: usize) -> Vec<u8> {
        self.markers += 1;
        let mark = format!("\u{1}mark {}", self.markers).into_bytes();
        self.links[client].send_words(&[b"PING".as_slice(), &mark]);
        mark
    }
}

impl Run<'_> {
    fn all(&mut self, steps: &[Step]) -> Result<(), Difference> {
        let mut at = 0;
        while let Some(step) = steps.get(at) {
            self.step = at;
            match step {
                Step::Command(client, words) => {
                    // Commands of one client that follow each other go out together, as long as nobody waits.
                    let more = steps[at + 1..].iter().map_while(|step| match step {
                        Step::Command(c, words) if c == client => Some(words),
                        _ => None,
                    });
                    let commands: Vec<&Words> = std::iter::once(words).chain(more).collect();
                    at += self.batch(*client, &commands)?;
                }
                Step::Raw(client, bytes) => {
                    if !self.blocked(*client) {
                        self.engine_takes(*client, bytes.clone(), &vec![bytes.clone()]);
                        self.server_takes(*client, bytes, &[])?;
                    }
                    at += 1;
                }
                Step::Hangup(client) => {
                    self.hang_up(*client)?;
                    at += 1;
                }
                Step::Pause(ms) => {
                    sleep(Duration::from_millis(*ms));
                    self.advance()?;
                    at += 1;
                }
                Step::ScanAll(options) => {
                    self.scan_all(options)?;
                    at += 1;
                }
                Step::Carry(key) => {
                    self.carry(key)?;
                    at += 1;
                }
                Step::Dump => {
                    self.dump()?;
                    at += 1;
                }
            }
        }
        self.step = steps.len().saturating_sub(1);
        self.finish()
    }

    fn blocked(&self, client: usize) -> bool {
        self.engine
            .client(client as u32)
            .is_some_and(|c| c.blocked.is_some())
    }

    /// How many commands a client has queued; `None`: it queues none.
    fn queued(&self, client: usize) -> Option<usize> {
        let client = self.engine.client(client as u32)?;
        client.transaction.queue.as_ref().map(Vec::len)
    }

    fn all_blocked(&self) -> Vec<usize> {
        (0..CLIENTS).filter(|&c| self.blocked(c)).collect()
    }

    /// Those of `before` who do not wait any more.
    fn woken(&self, before: &[usize]) -> Vec<usize> {
        before
            .iter()
            .copied()
            .filter(|&c| !self.blocked(c))
            .collect()
    }

    fn closed(&self, client: usize) -> bool {
        self.engine.client(client as u32).is_none()
    }

    /// Gives as many of the commands to both as may go together; says how many.
    fn batch(&mut self, client: usize, commands: &[&Words]) -> Result<usize, Difference> {
        if self.blocked(client) && self.waiting[client].len() > QUEUE {
            return Ok(1);
        }
        let before = self.all_blocked();
        let mut bytes = Vec::new();
        let mut taken = 0;
        for words in commands {
            if changes(words) && self.unspecified_lex(client, words) {
                // What it would change is promised nowhere: neither server is asked.
                taken += 1;
                self.step += 1;
                continue;
            }
            let one = encode_command(words);
            bytes.extend_from_slice(&one);
            self.engine_takes(client, one, words);
            taken += 1;
            self.step += 1;
            if !before.is_empty()
                || self.closed(client)
                || !self.all_blocked().is_empty()
                || bytes.len() > BATCH
            {
                break;
            }
        }
        self.step -= 1;
        let woken = self.woken(&before);
        self.server_takes(client, &bytes, &woken)?;
        Ok(taken)
    }

    fn engine_takes(&mut self, client: usize, bytes: Vec<u8>, words: &Words) {
        *(if client == OBSERVER {
            &mut self.pair.checks
        } else {
            &mut self.pair.commands
        }) += 1;
        self.waiting[client].push(words.clone());
        self.unspecified = self.unspecified_lex(client, words);
        let mut bytes = bytes;
        if bytes.len().is_multiple_of(4) {
            // Commands may come in pieces.
            let rest = bytes.split_off(bytes.len() / 3);
            self.engine.handle(now(), client as u32, What::Bytes(bytes));
            bytes = rest;
        }
        self.engine.handle(now(), client as u32, What::Bytes(bytes));
        match self.queued(client) {
            Some(count) if count > self.queued[client].len() => {
                self.queued[client].push(words.clone());
            }
            Some(count) => self.queued[client].truncate(count),
            None => {}
        }
        self.collect(Some(words));
        if self.queued(client).is_none() {
            self.queued[client].clear();
        }
    }

    /// Cuts a client's connection and makes it anew.
    fn hang_up(&mut self, client: usize) -> Result<(), Difference> {
        if self.blocked(client) {
            self.read_as_many(client)?;
        } else {
            self.read(client)?;
        }
        self.pair.reconnect(client);
        self.engine.handle(now(), client as u32, What::Disconnect);
        self.engine.handle(now(), client as u32, What::Connect);
        self.waiting[client].clear();
        Ok(())
    }

    /// Reads what a client that waits or queues commands was sent, as far as the engine sent it.
    fn read_as_many(&mut self, client: usize) -> Result<(), Difference> {
        while !self.ours[client].is_empty() {
            let frame = self.pair.links[client].next();
            self.compare(client, frame)?;
        }
        Ok(())
    }

    /// Whether a command asks for a range of members of a skip list whose scores differ.
    fn unspecified_lex(&self, client: usize, words: &Words) -> bool {
        let name = words[0].to_ascii_uppercase();
        let by_lex = words.iter().any(|word| word.eq_ignore_ascii_case(b"BYLEX"))
            || name.ends_with(b"BYLEX")
            || name == b"ZLEXCOUNT";
        let source = if name == b"ZRANGESTORE" { 2 } else { 1 };
        let db = self.engine.client(client as u32).map_or(0, |c| c.db);
        match words
            .get(source)
            .and_then(|key| self.engine.dbs[db].value(key))
        {
            Some(Value::Zset(set)) if by_lex && set.encoding() == Encoding::Skiplist => {
                let score = |rank| set.nth(rank).map(|(_, score)| score);
                score(0) != score(set.len() - 1)
            }
            _ => false,
        }
    }

    /// Takes what the engine sent since.
    fn collect(&mut self, current: Option<&Words>) {
        for client in 0..CLIENTS {
            let bytes = self.engine.take_output(client as u32);
            if !bytes.is_empty() {
                let mut commands = self.waiting[client].clone();
                commands.extend(current.cloned());
                for frame in frame::read_all(&bytes) {
                    self.ours[client].push_back(Ours {
                        frame,
                        step: self.step,
                        commands: commands.clone(),
                        unspecified: self.unspecified,
                        queued: self.queued[client].clone(),
                    });
                }
            }
            if !self.blocked(client) {
                self.waiting[client].clear();
            }
        }
    }

    /// Sends bytes to the real server and reads what it answers; then reads what those were told whom it woke.
    fn server_takes(
        &mut self,
        client: usize,
        bytes: &[u8],
        woken: &[usize],
    ) -> Result<(), Difference> {
        self.pair.links[client].send(bytes);
        if self.blocked(client) || !woken.is_empty() {
            // Once the admin is answered, the server has also seen what was sent before, and gone on
            // with what stood behind the waits that this ended.
            let _ = self.pair.admin.ask(&["PING"]);
        }
        for &other in woken.iter().filter(|&&other| other != client) {
            self.read(other)?;
        }
        if !self.blocked(client) {
            self.read(client)?;
        }
        self.short_waits()
    }

    /// Reads all that the real server has to say to a client that does not wait, and compares it.
    fn read(&mut self, client: usize) -> Result<(), Difference> {
        if self.closed(client) {
            while let Some(frame) = self.pair.links[client].next() {
                self.compare(client, Some(frame))?;
            }
            self.all_said(client)?;
            self.pair.reconnect(client);
            self.engine.handle(now(), client as u32, What::Connect);
            return Ok(());
        }
        if self.queued(client).is_some() {
            return self.read_as_many(client); // a mark would be queued
        }
        let mark = self.pair.mark(client);
        loop {
            match self.pair.links[client].next() {
                Some(frame) if is_mark(&frame, &mark) => return self.all_said(client),
                frame => self.compare(client, frame)?,
            }
        }
    }

    /// Holds a frame of the real server against the engine's next one.
    fn compare(&mut self, client: usize, theirs: Option<Frame>) -> Result<(), Difference> {
        if let Some(theirs) = &theirs
            && self.ours[client]
                .front()
                .is_some_and(|ours| ours.frame != *theirs)
        {
            let all = |ours: &Ours| ours.commands.iter().any(unsubscribes_from_all);
            let next = self.ours[client].iter_mut().map(|ours| {
                let all = all(ours);
                (&mut ours.frame, ours.step, all)
            });
            let mut next: Vec<_> = next.collect();
            self.pair.tally.in_any_order(&mut next, theirs);
        }
        match (self.ours[client].pop_front(), theirs) {
            (Some(ours), Some(theirs))
                if ours.unspecified && ours.frame.kind() == theirs.kind() =>
            {
                *self.pair.tally.rules.entry(LEX_IN_SKIP_LIST).or_default() += 1;
                Ok(())
            }
            (Some(ours), Some(theirs))
                if self.pair.tally.same(&ours.commands, &ours.frame, &theirs)
                    || self
                        .pair
                        .tally
                        .same_each(&ours.queued, &ours.frame, &theirs) =>
            {
                Ok(())
            }
            (Some(ours), theirs) => Err(Difference {
                step: ours.step,
                client,
                commands: ours.commands,
                ours: Some(ours.frame),
                theirs,
            }),
            (None, theirs) => Err(Difference {
                step: self.step,
                client,
                commands: self.waiting[client].clone(),
                ours: None,
                theirs,
            }),
        }
    }

    /// The real server has said all; so must the engine have.
    fn all_said(&mut self, client: usize) -> Result<(), Difference> {
        match self.ours[client].pop_front() {
            Some(ours) => Err(Difference {
                step: ours.step,
                client,
                commands: ours.commands,
                ours: Some(ours.frame),
                theirs: None,
            }),
            None => Ok(()),
        }
    }

    /// Waits for clients that wait only shortly.
    fn short_waits(&mut self) -> Result<(), Difference> {
        loop {
            let clients = self
                .engine
                .clients()
                .filter_map(|(_, c)| c.blocked.as_ref()?.until);
            let Some(until) = clients.min().filter(|&until| until <= now() + SHORT_WAIT) else {
                return Ok(());
            };
            sleep(Duration::from_millis(until.saturating_sub(now()) + 1));
            self.advance()?;
        }
    }

    /// Lets the engine's time catch up, and compares what that brought.
    fn advance(&mut self) -> Result<(), Difference> {
        let before = self.all_blocked();
        self.engine.advance_to(now());
        self.collect(None);
        for client in self.woken(&before) {
            self.read(client)?;
        }
        Ok(())
    }

    fn scan_all(&mut self, options: &Words) -> Result<(), Difference> {
        let words = |cursor: &[u8]| -> Words {
            [b"SCAN".to_vec(), cursor.to_vec()]
                .into_iter()
                .chain(options.iter().cloned())
                .collect()
        };
        let engine = &mut self.engine;
        let ours = walk(|cursor| {
            engine.handle(
                now(),
                OBSERVER as u32,
                What::Bytes(encode_command(&words(cursor))),
            );
            frame::read_all(&engine.take_output(OBSERVER as u32)).pop()
        });
        let link = &mut self.pair.links[OBSERVER];
        let theirs = walk(|cursor| link.ask(&words(cursor)));
        // SCAN's own rule would let any page pass: whole walks have to be equal.
        if ours == theirs {
            return Ok(());
        }
        Err(Difference {
            step: self.step,
            client: OBSERVER,
            commands: vec![words(b"0")],
            ours,
            theirs,
        })
    }

    /// Lets a value travel from the real server to the engine, back, and once more. Its payloads are equal
    /// where the form of a value is definite; in any case each side takes what the other gives.
    fn carry(&mut self, key: &[u8]) -> Result<(), Difference> {
        // Nor while somebody is told of every RESTORE, or none is allowed.
        let config = &self.engine.config;
        let refused = named(config, "min-replicas-to-write") != "0";
        if !self.all_blocked().is_empty() || config.notify != 0 || refused {
            return Ok(());
        }
        let mut last = Vec::new();
        for travels in 0..2 {
            let dump = [b"DUMP", key];
            let ours = self.ask_engine(&dump);
            let theirs = self.pair.links[OBSERVER].ask(&dump);
            let (our_payload, their_payload) = match (&ours, &theirs) {
                (Some(Frame::Null(_)), Some(Frame::Null(_))) => return Ok(()),
                (Some(a), Some(b)) => (a.text(), b.text()),
                _ => (None, None),
            };
            let (Some(our_payload), Some(their_payload)) = (our_payload, their_payload) else {
                return self.differ(&dump, ours, theirs);
            };
            if !same_payload(our_payload, their_payload) {
                return self.differ(&dump, ours, theirs);
            }
            last = their_payload.to_vec();
            if travels == 0 {
                self.restored(key, &last, true)?;
                let ours = self.ask_engine(&dump);
                let payload = ours.as_ref().and_then(Frame::text).unwrap_or_default();
                self.restored(key, payload, false)?;
            }
        }
        self.restored(key, &last, true)
    }

    /// RESTOREs a payload, in the engine or in the real server, and holds that it is taken.
    fn restored(&mut self, key: &[u8], payload: &[u8], engine: bool) -> Result<(), Difference> {
        let words = [b"RESTORE", key, b"0", payload, b"REPLACE"];
        let ok = Some(Frame::Text(b'+', b"OK".to_vec()));
        if engine {
            match self.ask_engine(&words) {
                said if said == ok => Ok(()),
                said => self.differ(&words, said, ok),
            }
        } else {
            match self.pair.links[OBSERVER].ask(&words) {
                said if said == ok => Ok(()),
                said => self.differ(&words, ok, said),
            }
        }
    }

    fn ask_engine(&mut self, words: &[&[u8]]) -> Option<Frame> {
        self.engine
            .handle(now(), OBSERVER as u32, What::Bytes(encode_command(words)));
        frame::read_all(&self.engine.take_output(OBSERVER as u32)).pop()
    }

    fn differ(
        &self,
        words: &[&[u8]],
        ours: Option<Frame>,
        theirs: Option<Frame>,
    ) -> Result<(), Difference> {
        Err(Difference {
            step: self.step,
            client: OBSERVER,
            commands: vec![words.iter().map(|word| word.to_vec()).collect()],
            ours,
            theirs,
        })
    }

    /// The observer reads every key of every database that has one, in both.
    fn dump(&mut self) -> Result<(), Difference> {
        let mut commands: Vec<Words> = Vec::new();
        let words = |text: &str, key: &[u8], rest: &str| -> Words {
            let split = |t: &str| {
                t.split_whitespace()
                    .map(|w| w.as_bytes().to_vec())
                    .collect::<Vec<_>>()
            };
            split(text)
                .into_iter()
                .chain([key.to_vec()])
                .chain(split(rest))
                .collect()
        };
        for (number, db) in self.engine.dbs.iter().enumerate() {
            if number > 0 && db.is_empty() {
                continue;
            }
            commands.push(words("SELECT", number.to_string().as_bytes(), ""));
            // The reference counts keys whose time is over until it comes by them; a walk does.
            commands.push(words("SCAN 0 COUNT", b"1000000", ""));
            commands.push(vec![b"DBSIZE".to_vec()]);
            for (key, entry) in db.iter() {
                commands.extend([
                    words("TYPE", key, ""),
                    words("PTTL", key, ""),
                    words("OBJECT ENCODING", key, ""),
                ]);
                match &entry.value {
                    Value::Str(_) => commands.push(words("GET", key, "")),
                    Value::List(_) => commands.push(words("LRANGE", key, "0 -1")),
                    Value::Set(_) => commands.push(words("SMEMBERS", key, "")),
                    Value::Hash(_) => commands.push(words("HGETALL", key, "")),
                    Value::Zset(_) => commands.push(words("ZRANGE", key, "0 -1 WITHSCORES")),
                    Value::Stream(_) => {
                        commands.extend([
                            words("XINFO STREAM", key, "FULL COUNT 0"),
                            words("XINFO GROUPS", key, ""),
                            words("XRANGE", key, "- +"),
                        ]);
                    }
                }
            }
        }
        commands.push(words("SELECT", b"0", ""));
        for some in commands.chunks(40) {
            let mut bytes = Vec::new();
            for words in some {
                let one = encode_command(words);
                bytes.extend_from_slice(&one);
                self.engine_takes(OBSERVER, one, words);
            }
            self.pair.links[OBSERVER].send(&bytes);
            self.read(OBSERVER)?;
        }
        Ok(())
    }

    /// Compares what is still to be read, and that both left the same clients waiting.
    fn finish(&mut self) -> Result<(), Difference> {
        for client in (0..CLIENTS)
            .filter(|&c| !self.blocked(c))
            .collect::<Vec<_>>()
        {
            self.read(client)?;
        }
        for client in self.all_blocked() {
            self.pair.dirty[client] = true;
            self.read_as_many(client)?;
        }
        let ours = self.all_blocked().len();
        if ours > 0 && self.pair.waiting_clients() != ours {
            let client = self.all_blocked()[0];
            return Err(Difference {
                step: self.step,
                client,
                commands: self.waiting[client].clone(),
                ours: None,
                theirs: None,
            });
        }
        Ok(())
    }
}

/// Whether a command by member changes something.
fn changes(words: &Words) -> bool {
    let names = [b"ZREMRANGEBYLEX".as_slice(), b"ZRANGESTORE"];
    names.iter().any(|name| words[0].eq_ignore_ascii_case(name))
}

fn unsubscribes_from_all(words: &Words) -> bool {
    let names = [b"UNSUBSCRIBE".as_slice(), b"PUNSUBSCRIBE", b"SUNSUBSCRIBE"];
    words.len() == 1 && names.iter().any(|name| words[0].eq_ignore_ascii_case(name))
}

fn is_mark(frame: &Frame, mark: &[u8]) -> bool {
    let is = |frame: &Frame| frame.text() == Some(mark);
    is(frame) || matches!(frame.items(), [_, text] if is(text))
}

/// A whole SCAN: the union of its pages, sorted; or the first reply that is not a page.
fn walk(mut page: impl FnMut(&[u8]) -> Option<Frame>) -> Option<Frame> {
    let mut cursor = b"0".to_vec();
    let mut keys: Vec<Frame> = Vec::new();
    for _ in 0..10_000 {
        let reply = page(&cursor)?;
        let [Frame::Text(_, next), Frame::List(_, found)] = reply.items() else {
            return Some(reply);
        };
        keys.extend_from_slice(found);
        cursor.clone_from(next);
        if cursor == b"0" {
            let mut union = Frame::List(b'*', keys);
            sort(&mut union);
            union.items_mut()?.dedup();
            return Some(union);
        }
    }
    None
}

/// The connection that keeps the comparison, by a name that lists of clients show.
fn connect_admin(server: &Server) -> Link {
    let mut link = server.connect();
    let named = link.ask(&["CLIENT", "SETNAME", ADMIN]);
    assert_eq!(named, Some(Frame::Text(b'+', b"OK".to_vec())));
    link
}
