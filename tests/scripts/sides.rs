//! Those who answer: real servers, and the engine.

use keyglass::command::dispatch;
use keyglass::engine::resp::encode_command;
use keyglass::engine::{Engine, What};

use crate::case::Case;
use crate::frame::{self, Frame};
use crate::server::{Link, Server};
use keyglass::session::lua::machine;

/// The replies to the commands of a case; `None`: there came none.
pub type Replies = Vec<Option<Frame>>;

/// Who answers a case.
pub trait Side {
    /// Runs a case from an empty server. `None`: it ended the server.
    fn run(&mut self, case: &Case) -> Option<Replies>;
}

/// What empties a server before a case. Scripts of one command leave nothing that another would notice.
fn beginning(case: &Case, before: bool) -> Vec<Vec<&'static str>> {
    let mut commands = vec![vec!["RESET"], vec!["FLUSHALL"], vec!["CONFIG", "RESETSTAT"]];
    if before || case.leaves_scripts() {
        commands.push(vec!["FUNCTION", "FLUSH"]);
        commands.push(vec!["SCRIPT", "FLUSH"]);
    }
    if case.draws() {
        commands.push(vec!["EVAL", "math.randomseed(0)", "0"]);
    }
    if case.resp3 {
        commands.push(vec!["HELLO", "3"]);
    }
    commands
}

/// A real server.
pub struct Real {
    server: Server,
    start: fn() -> Option<Server>,
    link: Link,
    /// The case before this one left scripts.
    unclean: bool,
    /// How many cases have ended the server itself.
    pub ended: usize,
}

impl Real {
    /// A server, and how to start another when a script ends it. `None`: there is none here.
    pub fn start(start: fn() -> Option<Server>) -> Option<Self> {
        let server = start()?;
        let link = server.connect();
        Some(Self {
            server,
            start,
            link,
            unclean: false,
            ended: 0,
        })
    }

    /// What it says of its version.
    pub fn version(&self) -> &str {
        &self.server.version
    }
}

impl Side for Real {
    fn run(&mut self, case: &Case) -> Option<Replies> {
        let beginning = beginning(case, self.unclean);
        self.unclean = case.leaves_scripts();
        let mut bytes = Vec::new();
        beginning
            .iter()
            .for_each(|words| bytes.extend(encode_command(words)));
        case.commands
            .iter()
            .for_each(|words| bytes.extend(encode_command(words)));
        self.link.send(&bytes);
        let begun = beginning.iter().all(|_| self.link.next().is_some());
        let replies: Replies = case.commands.iter().map(|_| self.link.next()).collect();
        if begun && replies.iter().all(Option::is_some) {
            return Some(replies);
        }
        if self.server.runs() {
            let mut other = self.server.connect();
            other.ask(&["SCRIPT", "KILL"]);
            other.ask(&["FUNCTION", "KILL"]);
            panic!(
                "{} hangs in {}\n{}",
                self.version(),
                case.name,
                case.shown(usize::MAX - 1)
            );
        }
        self.ended += 1;
        self.server = (self.start)().expect("the server started before");
        self.link = self.server.connect();
        None
    }
}

/// The engine.
pub struct Ours {
    engine: Engine,
    unclean: bool,
}

impl Ours {
    /// A new one.
    pub fn new() -> Self {
        let mut engine = Engine::new(1, now(), dispatch);
        if let Some(machine) = machine() {
            engine.set_machine(machine);
        }
        engine.handle(now(), 0, What::Connect);
        Self {
            engine,
            unclean: false,
        }
    }

    fn ask<W: AsRef<[u8]>>(&mut self, words: &[W]) -> Option<Frame> {
        self.engine
            .handle(now(), 0, What::Bytes(encode_command(words)));
        let bytes = self.engine.take_output(0);
        frame::read_all(&bytes).into_iter().next()
    }
}

impl Side for Ours {
    fn run(&mut self, case: &Case) -> Option<Replies> {
        for words in beginning(case, self.unclean) {
            self.ask(&words);
        }
        self.unclean = case.leaves_scripts();
        Some(case.commands.iter().map(|words| self.ask(words)).collect())
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_millis() as u64
}
