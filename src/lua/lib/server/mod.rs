//! The server library: how scripts call commands, and what they and functions find under `server`.

mod answer;
mod double;
mod errors;
mod functions;
mod globals;
mod reply;

use sha1_smol::Sha1;

use crate::lua::arg;
use crate::lua::message::{CallKind, Registered};
use crate::lua::state::{NativeFn, State};
use crate::lua::value::{Error, Flow, Special, TableId, Value};

pub use answer::take_reply;
pub use errors::{failure, field, handle, handled};
pub use functions::{begin_loading, end_loading};
pub use globals::{lock, set_keys_and_args};
pub use reply::{Reply, reply};

use super::base::c_string;
use errors::table_of_error;

type Args<'a> = &'a [Value];
type Out<'a> = &'a mut Vec<Value>;
type Done = Result<Flow, Error>;

/// The version that the reference has of its own.
const VERSION: (&[u8], f64) = (b"9.1.2", 0x0009_0102 as f64);
/// The version of Redis that it is compatible with.
const REDIS_VERSION: (&[u8], f64) = (b"7.2.4", 0x0007_0204 as f64);

/// Whose machine it is: scripts and functions see different globals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// EVAL's.
    Scripts,
    /// Of libraries and their functions.
    Functions,
}

/// A command that is being called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// How.
    pub kind: CallKind,
    /// Its words, at least one.
    pub words: Vec<Vec<u8>>,
}

/// What the server library keeps.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// `setresp(3)` was called in the script that runs.
    resp3: bool,
    /// What [`Special::Call`] is for.
    pub call: Option<Call>,
    /// The functions that the library being loaded has registered.
    loading: Option<Vec<Registered>>,
    /// What stands in a machine of functions only.
    functions: Option<functions::Tables>,
}

impl Server {
    /// The protocol version that commands reply in.
    pub fn resp(&self) -> u8 {
        if self.resp3 { 3 } else { 2 }
    }

    /// A script or function starts.
    pub fn start(&mut self) {
        self.resp3 = false;
        self.call = None;
    }
}

/// Puts the library into the globals: all of it that there is before they are [locked](lock). The libraries
/// of Lua must be there already, since the reference's order of globals is kept.
///
/// Errors: a budget.
pub fn open(state: &mut State, which: For) -> Result<(), Error> {
    let server = state.new_table(0, 0)?;
    state.register(server, &[("call", call), ("pcall", pcall)])?;
    set_log_and_version(state, server)?;
    state.register(server, FUNCTIONS)?;
    let set = |state: &mut State, name, value| state.set_field(server, name, Value::Number(value));
    set(state, "REPL_NONE", 0.0)?;
    set(state, "REPL_AOF", 1.0)?;
    set(state, "REPL_SLAVE", 2.0)?;
    set(state, "REPL_REPLICA", 2.0)?;
    set(state, "REPL_ALL", 3.0)?;
    state.register(server, &[("acl_check_cmd", acl_check_cmd)])?;
    let globals = state.globals;
    state.set_field(globals, "server", Value::Table(server))?;
    state.set_field(globals, "redis", Value::Table(server))?;
    if state.get_field(globals, "debug") != Value::Nil {
        // Only the error handler of the reference uses it.
        state.set_field(globals, "debug", Value::Nil)?;
    }
    if which == For::Scripts {
        state.register(server, DEBUGGING)?;
        let handler = state.native(errors::handler, Vec::new())?;
        state.set_field(globals, "__server__err__handler", handler)?;
        state.set_field(globals, "__redis__err__handler", handler)?;
    }
    Ok(())
}

const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("setresp", setresp),
    ("sha1hex", sha1hex),
    ("error_reply", error_reply),
    ("status_reply", status_reply),
    ("set_repl", set_repl),
];

const DEBUGGING: &[(&str, NativeFn)] = &[
    ("breakpoint", breakpoint),
    ("debug", debug),
    ("replicate_commands", replicate_commands),
];

/// What the library has also while a library is loaded.
fn set_log_and_version(state: &mut State, table: TableId) -> Result<(), Error> {
    state.register(table, &[("log", log)])?;
    let levels = ["LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING"];
    for (level, name) in levels.into_iter().enumerate() {
        state.set_field(table, name, Value::Number(level as f64))?;
    }
    state.set_field(table, "REDIS_VERSION_NUM", Value::Number(REDIS_VERSION.1))?;
    let version = state.text(REDIS_VERSION.0)?;
    state.set_field(table, "REDIS_VERSION", version)?;
    state.set_field(table, "VALKEY_VERSION_NUM", Value::Number(VERSION.1))?;
    let version = state.text(VERSION.0)?;
    state.set_field(table, "VALKEY_VERSION", version)?;
    let name = state.text(b"valkey")?;
    state.set_field(table, "SERVER_NAME", name)
}

/// An error table, raised.
fn raise<T>(state: &mut State, text: &str) -> Result<T, Error> {
    let table = table_of_error(state, text.as_bytes())?;
    Err(Error::Raised(Value::Table(table)))
}

/// A command's words from what `call` was given.
fn words(state: &mut State, args: Args) -> Result<Result<Vec<Vec<u8>>, &'static str>, Error> {
    if args.is_empty() {
        return Ok(Err("Please specify at least one argument for this call"));
    }
    let mut words = Vec::with_capacity(args.len());
    let mut size = 0;
    for arg in args {
        let word = match arg {
            Value::Number(number) => double::word(*number),
            Value::Str(id) => {
                size += state.bytes(*id).len();
                state.room(size)?;
                state.bytes(*id).to_vec()
            }
            _ => return Ok(Err("Command arguments must be strings or integers")),
        };
        words.push(word);
    }
    state.spend(args.len() + size / 16)?;
    Ok(Ok(words))
}

fn call_as(state: &mut State, args: Args, out: Out, kind: CallKind) -> Done {
    match words(state, args)? {
        Ok(words) => {
            state.server.call = Some(Call { kind, words });
            Ok(Flow::Special(Special::Call))
        }
        Err(text) if kind == CallKind::Protected => {
            out.push(Value::Table(table_of_error(state, text.as_bytes())?));
            Ok(Flow::Return)
        }
        Err(text) => raise(state, text),
    }
}

fn call(state: &mut State, args: Args, out: Out) -> Done {
    call_as(state, args, out, CallKind::Call)
}

fn pcall(state: &mut State, args: Args, out: Out) -> Done {
    call_as(state, args, out, CallKind::Protected)
}

fn acl_check_cmd(state: &mut State, args: Args, out: Out) -> Done {
    call_as(state, args, out, CallKind::AclCheck)
}

/// A number cut to an integer of 32 bits, 0 where it is none, as `lua_tonumber` and a cast give it.
fn to_int(state: &State, args: Args) -> i32 {
    let number = state.to_number(arg::any(args, 1)).unwrap_or(0.0).trunc();
    let fits = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    if fits { number as i32 } else { i32::MIN }
}

fn log(state: &mut State, args: Args, _: Out) -> Done {
    if args.len() < 2 {
        return raise(state, "server.log() requires two arguments or more.");
    }
    if state.to_number(arg::any(args, 1)).is_none() {
        return raise(state, "First argument must be a number (log level).");
    }
    // There is no log that anybody could read.
    match to_int(state, args) {
        0..=3 => Ok(Flow::Return),
        _ => raise(state, "Invalid log level."),
    }
}

fn setresp(state: &mut State, args: Args, _: Out) -> Done {
    if args.len() != 1 {
        return raise(state, "server.setresp() requires one argument.");
    }
    match to_int(state, args) {
        version @ (2 | 3) => state.server.resp3 = version == 3,
        _ => return raise(state, "RESP version must be 2 or 3."),
    }
    Ok(Flow::Return)
}

fn sha1hex(state: &mut State, args: Args, out: Out) -> Done {
    let [value] = args else {
        return raise(state, "wrong number of arguments");
    };
    let digest = match state.coerce(*value)? {
        Some(id) => {
            state.spend(100 + state.bytes(id).len() / 4)?;
            Sha1::from(state.bytes(id)).digest().to_string()
        }
        None => Sha1::new().digest().to_string(),
    };
    out.push(state.text(digest.as_bytes())?);
    Ok(Flow::Return)
}

fn error_reply(state: &mut State, args: Args, out: Out) -> Done {
    let [Value::Str(id)] = args else {
        return wrong_arguments(state, out);
    };
    let mut text = c_string(state.bytes(*id)).to_vec();
    if text.first() != Some(&b'-') {
        text.insert(0, b'-');
    }
    out.push(Value::Table(table_of_error(state, &text)?));
    Ok(Flow::Return)
}

fn status_reply(state: &mut State, args: Args, out: Out) -> Done {
    let [text @ Value::Str(_)] = args else {
        return wrong_arguments(state, out);
    };
    let table = state.new_table(0, 0)?;
    state.set_field(table, "ok", *text)?;
    out.push(Value::Table(table));
    Ok(Flow::Return)
}

/// This error is returned, not raised.
fn wrong_arguments(state: &mut State, out: Out) -> Done {
    let error = table_of_error(state, b"wrong number or type of arguments")?;
    out.push(Value::Table(error));
    Ok(Flow::Return)
}

/// Nothing is sent to replicas here, so that only its errors are to be seen.
fn set_repl(state: &mut State, args: Args, _: Out) -> Done {
    if args.len() != 1 {
        return raise(state, "server.set_repl() requires one argument.");
    }
    if !(0..=3).contains(&to_int(state, args)) {
        return raise(
            state,
            "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.",
        );
    }
    Ok(Flow::Return)
}

/// Only the debugger of the reference stops here.
fn breakpoint(_: &mut State, _: Args, out: Out) -> Done {
    out.push(Value::Bool(false));
    Ok(Flow::Return)
}

/// Only the debugger of the reference shows anything.
fn debug(_: &mut State, _: Args, _: Out) -> Done {
    Ok(Flow::Return)
}

fn replicate_commands(_: &mut State, _: Args, out: Out) -> Done {
    out.push(Value::Bool(true));
    Ok(Flow::Return)
}

#[cfg(test)]
mod tests;
