//! Scripts: what the server keeps of them, and how one runs.
//!
//! The language itself is a machine that the engine is handed. It says which command a script calls, and
//! stands still until it is told the reply; so a script can be run at once, or from call to call.

mod cache;
#[cfg(test)]
pub mod fake;
mod library;
pub mod shebang;
mod stand;

use std::fmt::Debug;

pub use crate::lua::message::{
    Answer, CallKind, Failure, Frame, Limits, Registered, ReplyError, Request, Start,
};
pub use cache::{Cache, Script, digest};
pub use library::{Function, Libraries, Library, Policy};
pub use stand::Standing;

use super::client::Conn;
use super::error::{Error, c_string};
use super::lock::Looked;
use super::names::Place;
use super::reply::{Resp, Writer};
use super::{Args, Ctx, Engine};
use crate::ds::bytes::Bytes;
use crate::lua::message::{Budget, Call};

/// What runs scripts. One runs at a time.
pub trait Machine: Debug {
    /// Does what it is asked, and answers.
    fn ask(&mut self, request: Request) -> Answer;

    /// A copy that goes on by itself from where this one stands.
    fn copy(&self) -> Box<dyn Machine>;

    /// About how many bytes it takes.
    fn memory(&self) -> usize;

    /// How many steps scripts have taken so far.
    fn steps(&self) -> u64;
}

impl Clone for Box<dyn Machine> {
    fn clone(&self) -> Self {
        self.as_ref().copy()
    }
}

/// There is nothing that could run a script.
pub const NO_MACHINE: Error = Error::text("ERR This server cannot run scripts: it has no Lua");
/// The machine answered what does not belong to the question.
const NO_ANSWER: Error = Error::text("ERR The script could not be run");

/// A reply that a script ended with, or the error.
pub type Outcome = Result<Vec<u8>, Error>;

/// What the server knows of scripts.
#[derive(Clone, Debug, Default)]
pub struct Scripting {
    machine: Option<Box<dyn Machine>>,
    /// Scripts by their SHA-1.
    pub cache: Cache,
    /// Functions.
    pub libraries: Libraries,
    /// A script that a client starts stands still before each call.
    pub stepping: bool,
    running: Option<Running>,
    /// How many scripts have begun.
    begun: u64,
}

/// A script or function to run, and for whom.
#[derive(Clone, Debug)]
pub struct Job {
    /// The script's SHA-1, or the function's name.
    pub name: String,
    /// It is a function.
    pub function: bool,
    /// It may write nothing.
    pub read_only: bool,
    /// It may use memory where there is none left.
    pub allow_oom: bool,
    /// KEYS.
    pub keys: Vec<Vec<u8>>,
    /// ARGV.
    pub args: Vec<Vec<u8>>,
    /// The command that runs it, as it is counted.
    pub place: Place,
    /// It may [stand still](Engine::stands) before a call.
    pub may_stand: bool,
}

/// A script that runs.
#[derive(Clone, Debug)]
struct Running {
    conn: Conn,
    job: Job,
    /// The words of the command that runs it, while somebody steps.
    command: Vec<Bytes>,
    /// The database that is selected within it.
    db: usize,
    /// It called a command that writes.
    wrote: bool,
    calls: u32,
    /// How much the last call has gone through, in bytes or elements.
    worked: u64,
    /// The reply to the last call, while somebody steps.
    last: Option<Vec<u8>>,
    /// The call that it stands still before.
    call: Option<Call>,
    /// Messages to its own client since it stood still first; they come after the reply.
    pushed: Vec<u8>,
    /// What it has read and done nothing with yet.
    looked: Vec<Looked>,
    serial: u64,
}

/// How many steps a call counts for, whatever it calls: in a page it crosses to the machine's own module and back.
const CALL_STEPS: u64 = 220;
/// How many more, where it fails.
const ERROR_STEPS: u64 = 80;
/// As many bytes or elements are gone through in the time of a step.
const STEP_BYTES: u64 = 16;

impl Scripting {
    /// The database that is selected within the script that runs, where one does.
    pub(super) fn selected(&self) -> Option<usize> {
        self.running.as_ref().map(|running| running.db)
    }

    /// What the script that runs has read and done nothing with yet; `None`: none runs.
    pub(super) fn looked(&mut self) -> Option<&mut Vec<Looked>> {
        self.running.as_mut().map(|running| &mut running.looked)
    }

    /// Whether there is something to run scripts with.
    pub fn runs(&self) -> bool {
        self.machine.is_some()
    }

    /// About how many bytes scripts take, loaded ones and what runs them.
    pub fn memory_bytes(&self) -> usize {
        let machine = self.machine.as_ref().map_or(0, |machine| machine.memory());
        machine + self.cache.memory() + self.libraries.memory()
    }

    /// How many steps scripts have taken so far; one takes 10 to 20 ns.
    pub fn steps(&self) -> u64 {
        self.machine.as_ref().map_or(0, |machine| machine.steps())
    }

    fn ask(&mut self, request: Request) -> Answer {
        match &mut self.machine {
            Some(machine) => machine.ask(request),
            None => Answer::Done,
        }
    }
}

impl Engine {
    /// Hands over what runs scripts. It is to know none yet.
    pub fn set_machine(&mut self, machine: Box<dyn Machine>) {
        self.scripting.machine = Some(machine);
    }

    /// Compiles a script and keeps it, if it is not there yet.
    pub fn load_script(&mut self, sha: &str, body: &[u8], evaled: bool) -> Result<(), Error> {
        let scripting = &mut self.scripting;
        if !evaled && scripting.cache.keep(sha) {
            return Ok(());
        }
        let (flags, start) = shebang::script(body)?;
        if !scripting.runs() {
            return Err(NO_MACHINE);
        }
        let answer = scripting.ask(Request::Load {
            name: sha.to_string(),
            source: body.get(start..).unwrap_or_default().to_vec(),
        });
        if let Answer::Failed(failure) = answer {
            return Err(Error::quoting(&[
                b"ERR Error compiling script (new function): ",
                &failure.text,
            ]));
        }
        if evaled && let Some(name) = scripting.cache.evict() {
            self.stats.evicted_scripts += 1;
            scripting.ask(Request::Unload { name });
        }
        scripting.cache.insert(sha.to_string(), body, flags, evaled);
        Ok(())
    }

    /// Forgets all scripts, but not the libraries.
    pub fn flush_scripts(&mut self) {
        self.scripting.cache.clear();
        self.scripting.ask(Request::Clear { functions: false });
    }

    /// Runs a script; `None`: it stands still before its first call, and will be answered later.
    pub fn run_script(&mut self, conn: Conn, mut job: Job, words: &[&[u8]]) -> Option<Outcome> {
        let client = self.clients.get(&conn);
        let (db, resp) = client
            .map(|client| (client.db, client.resp))
            .unwrap_or_default();
        let start = Start {
            name: job.name.clone(),
            function: job.function,
            keys: std::mem::take(&mut job.keys),
            args: std::mem::take(&mut job.args),
            resp: resp.version() as u8,
            limits: self.config.script_limits,
        };
        job.may_stand &= self.scripting.stepping;
        let steps = job.may_stand;
        self.scripting.begun += 1;
        self.scripting.running = Some(Running {
            conn,
            job,
            command: match steps {
                true => words.iter().map(|word| Bytes::from_slice(word)).collect(),
                false => Vec::new(),
            },
            db,
            wrote: false,
            calls: 0,
            worked: 0,
            last: None,
            call: None,
            pushed: Vec::new(),
            looked: Vec::new(),
            serial: self.scripting.begun,
        });
        let answer = self.scripting.ask(Request::Start(start));
        let outcome = self.go_on(answer, steps)?;
        self.script_over(&outcome);
        Some(outcome)
    }

    /// The script that ran does no longer.
    fn script_over(&mut self, outcome: &Outcome) -> Option<Running> {
        let mut running = self.scripting.running.take()?;
        if let Ok(reply) = outcome {
            self.note_looked(running.conn, std::mem::take(&mut running.looked), reply);
        }
        if !running.job.function {
            self.scripting.cache.used(&running.job.name);
        }
        Some(running)
    }

    /// Runs what a script calls, until it ends, or `steps` and stands before a call.
    fn go_on(&mut self, mut answer: Answer, steps: bool) -> Option<Outcome> {
        loop {
            match answer {
                Answer::Call(call) if steps && call.kind != CallKind::AclCheck => {
                    if let Some(running) = &mut self.scripting.running {
                        running.call = Some(call);
                    }
                    return None;
                }
                Answer::Call(call) => {
                    let (reply, steps) = self.call_from_script(&call);
                    answer = self.scripting.ask(Request::Resume { reply, steps });
                }
                Answer::Returned { reply, errors } => return Some(self.returned(reply, &errors)),
                Answer::Failed(failure) => {
                    let text = failure_text(&failure, self.config.script_limits);
                    return Some(Err(match failure.counted {
                        true => Error::Counted(text),
                        false => Error::Quoting(text),
                    }));
                }
                _ => return Some(Err(NO_ANSWER)),
            }
        }
    }

    /// Runs a command for the script that runs, and gives the reply, and how many steps it counts for.
    fn call_from_script(&mut self, call: &Call) -> (Vec<u8>, u64) {
        let Some(running) = &mut self.scripting.running else {
            return (Vec::new(), 0);
        };
        running.worked = 0;
        let (conn, db) = (running.conn, running.db);
        running.calls += u32::from(call.kind != CallKind::AclCheck);
        let unseen = self.clients.get(&conn).is_some_and(|client| client.unseen);
        self.ready_databases(unseen, db);
        let dispatch = self.dispatch;
        let resp = match call.resp {
            3 => Resp::Three,
            _ => Resp::Two,
        };
        let most = self.eviction.replies_max();
        let mut ctx = Ctx {
            engine: self,
            conn,
            db,
            out: Writer {
                resp,
                most,
                ..Writer::default()
            },
            retry: false,
            in_exec: true,
            script: Some(call.kind),
        };
        let words: Vec<&[u8]> = call.words.iter().map(Vec::as_slice).collect();
        let result = dispatch(&mut ctx, Args(&words));
        let mut out = ctx.out;
        self.eviction.replied(out.full);
        let mut steps = CALL_STEPS;
        if let Err(error) = result {
            out.bytes.clear();
            out.error(&error);
            steps += ERROR_STEPS;
        }
        self.notify_births();
        if let Some(running) = &mut self.scripting.running
            && running.job.may_stand
        {
            running.last = Some(out.bytes.clone());
        }
        let words: usize = call.words.iter().map(Vec::len).sum();
        let worked = self.scripting.running.as_ref().map_or(0, |r| r.worked);
        let bytes = (words + out.bytes.len()) as u64;
        (out.bytes, steps + (bytes + worked) / STEP_BYTES)
    }

    /// A script returned: the errors in its reply are counted, but for those that are already, and it has failed.
    fn returned(&mut self, reply: Vec<u8>, errors: &[ReplyError]) -> Outcome {
        for error in errors.iter().filter(|error| !error.counted) {
            self.count_code(&error.code);
        }
        if let [b'-', text @ ..] = reply.as_slice() {
            let text = text.strip_suffix(b"\r\n").unwrap_or(text);
            return Err(Error::Counted(text.to_vec()));
        }
        if let Some(running) = &self.scripting.running {
            let calls = self.stats.calls_of(running.job.place);
            calls[2] += u64::from(!errors.is_empty());
        }
        Ok(reply)
    }

    /// Counts an error reply by its code.
    pub fn count_error(&mut self, error: &Error) {
        /// How far the space after a code is looked for.
        const CODE_MAX: usize = 31;
        if matches!(error, Error::Counted(_)) {
            return;
        }
        let wire = error.wire();
        let begin = wire.get(..CODE_MAX).unwrap_or(&wire);
        match begin.iter().position(|&byte| byte == b' ') {
            Some(end) => self.count_code(begin.get(..end).unwrap_or_default()),
            None => self.count_code(b"ERR"),
        }
    }

    fn count_code(&mut self, code: &[u8]) {
        /// How many codes are told apart (the reference's `ERRORSTATS_LIMIT`).
        const CODES_MAX: usize = 128;
        let errors = &mut self.stats.errors;
        let code = String::from_utf8_lossy(code);
        let code = match errors.len() >= CODES_MAX && !errors.contains_key(&*code) {
            true => "ERRORSTATS_OVERFLOW",
            false => &code,
        };
        *errors.entry(code.to_string()).or_default() += 1;
    }
}

/// What a command may know of the script that calls it.
impl Ctx<'_> {
    /// Selects a database, for the client or for the script that runs.
    pub fn select(&mut self, db: usize) {
        match self
            .engine
            .scripting
            .running
            .as_mut()
            .filter(|_| self.script.is_some())
        {
            Some(running) => running.db = db,
            None => self.client().db = db,
        }
    }

    /// Whether the script that runs may write nothing.
    pub fn script_reads_only(&self) -> bool {
        let running = self.engine.scripting.running.as_ref();
        running.is_some_and(|running| running.job.read_only)
    }

    /// The script that runs is about to write.
    pub fn script_writes(&mut self) {
        if let Some(running) = &mut self.engine.scripting.running {
            running.wrote = true;
        }
    }

    /// The command that the script calls goes through so many bytes or elements, beside its own words and reply.
    pub fn script_works(&mut self, size: u64) {
        if let Some(running) = &mut self.engine.scripting.running {
            running.worked += size;
        }
    }

    /// Whether the script that runs is not to use more memory: there is none left, it was not written to do without, and
    /// has changed nothing yet.
    pub fn script_needs_room(&self) -> bool {
        let running = self.engine.scripting.running.as_ref();
        self.engine.is_full()
            && running.is_some_and(|running| !running.job.allow_oom && !running.wrote)
    }

    /// Whether the script that runs has written.
    pub fn script_wrote(&self) -> bool {
        let running = self.engine.scripting.running.as_ref();
        running.is_some_and(|running| running.wrote)
    }
}

/// The text of the error that a script ended with.
fn failure_text(failure: &Failure, limits: Limits) -> Vec<u8> {
    let mut text = match failure.budget {
        None => c_string(&failure.text).to_vec(),
        Some(Budget::Steps) => format!(
            "ERR Script used up its budget of {} steps (setting script-step-limit)",
            limits.steps
        )
        .into_bytes(),
        Some(Budget::Memory) => format!(
            "ERR Script used up its budget of {} bytes of memory (setting script-memory-limit)",
            limits.memory
        )
        .into_bytes(),
    };
    if let Some((source, line)) = &failure.place {
        text.extend(
            [
                b" script: on ",
                c_string(source),
                b":",
                c_string(line),
                b".",
            ]
            .concat(),
        );
    }
    text
}
