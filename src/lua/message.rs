//! What the machine and who drives it say to each other. All of it can cross to another module.

use serde::{Deserialize, Serialize};

/// What a script may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Steps: an instruction is one, and so is each piece of work of about its cost inside a library function.
    pub steps: u64,
    /// Bytes of memory, the loaded scripts' own not counted.
    pub memory: u64,
}

/// Which budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Budget {
    /// Of steps.
    Steps,
    /// Of memory.
    Memory,
}

/// What the machine is asked. One script runs at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Compiles a script's body and keeps it. Answer: `Done` or `Failed`.
    Load {
        /// What it will be called by: its SHA-1 in hex.
        name: String,
        /// Its body, without a shebang's line (the line break stays, so that lines keep their numbers).
        source: Vec<u8>,
    },
    /// Forgets a script. Answer: `Done`.
    Unload {
        /// Its name.
        name: String,
    },
    /// Runs a library's code, which registers functions. Answers: as of `Start`, ending in `Registered`.
    LoadLibrary {
        /// Its name; a library of that name that was there is replaced if this succeeds.
        name: String,
        /// Its code, without the shebang.
        source: Vec<u8>,
        /// What it may use up.
        limits: Limits,
    },
    /// Forgets a library and its functions. Answer: `Done`.
    UnloadLibrary {
        /// Its name.
        name: String,
    },
    /// Forgets all scripts, or all libraries, and whatever they left behind. Answer: `Done`.
    Clear {
        /// Libraries; scripts otherwise.
        functions: bool,
    },
    /// Runs a script or a registered function.
    Start(Start),
    /// Goes on after a `Call`. Answer: as of `Start`.
    Resume {
        /// The reply, as RESP bytes of the version that the call asked for. What begins with `-` is an error.
        reply: Vec<u8>,
        /// How many steps the command counts for.
        steps: u64,
    },
    /// Ends the running script where it stands, from outside. Answer: `Done`.
    Stop,
    /// What the running script's functions hold, while it stands at a call. Answer: `Frames`.
    Look,
}

/// A script or function to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// A script's name, or a registered function's.
    pub name: String,
    /// Whether it is a registered function: KEYS and ARGV are then its two arguments, not globals.
    pub function: bool,
    /// KEYS.
    pub keys: Vec<Vec<u8>>,
    /// ARGV.
    pub args: Vec<Vec<u8>>,
    /// The protocol version of the client that is to get the reply: 2 or 3.
    pub resp: u8,
    /// What it may use up.
    pub limits: Limits,
}

/// What the machine answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It is done.
    Done,
    /// The script calls a command and stands still until it is resumed with the reply.
    Call(Call),
    /// The script returned.
    Returned {
        /// Its reply as RESP bytes, in the client's version.
        reply: Vec<u8>,
        /// The errors that stand in it, in this order.
        errors: Vec<ReplyError>,
    },
    /// A library's code has run.
    Registered {
        /// The functions that it registered, in that order.
        functions: Vec<Registered>,
    },
    /// It does not compile, or an error that nothing caught ended it.
    Failed(Failure),
    /// Of `Look`: the innermost function first.
    Frames(Vec<Frame>),
}

/// An error that a script returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyError {
    /// The code that it is counted under.
    pub code: Vec<u8>,
    /// It was a command's own error, which is counted already: the script has failed nevertheless.
    pub counted: bool,
}

/// A command that a script calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// How.
    pub kind: CallKind,
    /// The command's words, at least one.
    pub words: Vec<Vec<u8>>,
    /// The protocol version of the reply: 2, or 3 after `setresp(3)`.
    pub resp: u8,
    /// The line that the call stands on.
    pub line: u32,
}

/// How a script calls a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallKind {
    /// `call`: an error ends the script unless it is caught.
    Call,
    /// `pcall`: an error is a table.
    Protected,
    /// `acl_check_cmd`: the command does not run; the reply is `:1`, `:0` or an error.
    AclCheck,
}

/// A function that a library registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: Option<Vec<u8>>,
    /// Its flags as they were written, such as `no-writes`; checked by the machine.
    pub flags: Vec<String>,
}

/// Why a script ended without a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error's text, as in the `err` field of an error table: `ERR …` or a command's own code. Of a chunk
    /// that does not compile: Lua's message alone.
    pub text: Vec<u8>,
    /// Where it was raised, as in the error table's `source` and `line`: `@user_script` and `3`.
    pub place: Option<(Vec<u8>, Vec<u8>)>,
    /// The budget that was used up, if that is why.
    pub budget: Option<Budget>,
    /// It was a command's own error, which is counted already.
    pub counted: bool,
}

/// A function of the script that is running, as somebody who steps through it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The line it stands on.
    pub line: u32,
    /// Its local variables in scope, outermost first, each with its value as Lua would write it, shortened.
    pub locals: Vec<(String, String)>,
}
