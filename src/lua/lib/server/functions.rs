//! Libraries of functions: what they find while they are loaded, and how they register functions.

use crate::lua::message::Registered;
use crate::lua::state::State;
use crate::lua::value::{Error, Flow, TableId, Value};

use super::super::base::c_string;
use super::{Args, Done, Out, globals, raise, set_log_and_version};

/// What stands in a machine of functions only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tables {
    /// The globals that functions see.
    globals: TableId,
    /// The globals that a library sees while it is loaded.
    loading: TableId,
    /// The metatable of what scripts take for the globals: it leads on to one of those.
    metatable: TableId,
    /// The functions that were registered, so that they are kept.
    callbacks: TableId,
}

#[cfg(test)]
impl Tables {
    pub(super) fn metatable(self) -> TableId {
        self.metatable
    }
}

/// Puts an empty table before the locked globals, which leads on to them.
pub(super) fn divide(state: &mut State) -> Result<(), Error> {
    let loading = state.new_table(0, 0)?;
    let server = state.new_table(0, 0)?;
    state.register(server, &[("register_function", register_function)])?;
    set_log_and_version(state, server)?;
    globals::refuse_unknown(state, server)?;
    state.set_field(loading, "server", Value::Table(server))?;
    state.set_field(loading, "redis", Value::Table(server))?;
    globals::refuse_unknown(state, loading)?;
    globals::protect(state, loading)?;
    let front = state.new_table(0, 0)?;
    let metatable = state.new_table(0, 0)?;
    let callbacks = state.new_table(0, 0)?;
    let globals = state.globals;
    state.set_field(metatable, "__index", Value::Table(globals))?;
    state.set_readonly(metatable, true);
    state.set_metatable(front, Some(metatable));
    state.set_readonly(front, true);
    state.globals = front;
    let kept = [front, loading, metatable, callbacks];
    state.kept.extend(kept.map(Value::Table));
    state.server.functions = Some(Tables {
        globals,
        loading,
        metatable,
        callbacks,
    });
    Ok(())
}

/// A library is going to be loaded: what it sees is what there is for that, and it can register functions.
///
/// Errors: a budget.
pub fn begin_loading(state: &mut State) -> Result<(), Error> {
    let Some(tables) = state.server.functions else {
        return Ok(());
    };
    state.set_field(tables.metatable, "__index", Value::Table(tables.loading))?;
    state.server.loading = Some(Vec::new());
    Ok(())
}

/// The library has been loaded, or has failed: the functions that it has registered, which are not kept any
/// more from here on.
pub fn end_loading(state: &mut State) -> Vec<(Registered, Value)> {
    let Some(tables) = state.server.functions else {
        return Vec::new();
    };
    let mut registered = Vec::new();
    let functions = state.server.loading.take().unwrap_or_default();
    for (at, function) in functions.into_iter().enumerate() {
        registered.push((function, state.get_index(tables.callbacks, at + 1)));
    }
    // Both keys are there already, so that nothing has to grow.
    let index = Value::Table(tables.globals);
    let _ = state.set_field(tables.metatable, "__index", index);
    for at in 1..=registered.len() {
        let _ = state.set_index(tables.callbacks, at, Value::Nil);
    }
    registered
}

fn register_function(state: &mut State, args: Args, _: Out) -> Done {
    let Some(at) = state.server.loading.as_ref().map(Vec::len) else {
        return raise(
            state,
            "server.register_function can only be called on FUNCTION LOAD command",
        );
    };
    let read = match args {
        [Value::Table(named)] => by_name(state, *named)?,
        [_] => Err(
            "calling server.register_function with a single argument is only applicable to Lua table (representing named arguments).",
        ),
        [name, callback] => in_order(state, *name, *callback)?,
        _ => Err("wrong number of arguments to server.register_function"),
    };
    let (function, callback) = match read {
        Ok(read) => read,
        Err(text) => return raise(state, text),
    };
    if let Some(tables) = state.server.functions {
        state.set_index(tables.callbacks, at + 1, callback)?;
    }
    if let Some(functions) = &mut state.server.loading {
        functions.push(function);
    }
    Ok(Flow::Return)
}

/// What was to be registered, or what is wrong with it.
type Read = Result<(Registered, Value), &'static str>;

fn in_order(state: &mut State, name: Value, callback: Value) -> Result<Read, Error> {
    let Some(name) = text(state, name)? else {
        return Ok(Err(
            "first argument to server.register_function must be a string",
        ));
    };
    let Value::Function(_) = callback else {
        return Ok(Err(
            "second argument to server.register_function must be a function",
        ));
    };
    Ok(Ok((registered(name, None, Vec::new()), callback)))
}

fn registered(name: Vec<u8>, description: Option<Vec<u8>>, flags: Vec<String>) -> Registered {
    Registered {
        name: String::from_utf8_lossy(&name).into_owned(),
        description: description.map(|text| c_string(&text).to_vec()),
        flags,
    }
}

fn text(state: &mut State, value: Value) -> Result<Option<Vec<u8>>, Error> {
    let text = state.coerce(value)?;
    Ok(text.map(|id| state.bytes(id).to_vec()))
}

fn by_name(state: &mut State, table: TableId) -> Result<Read, Error> {
    let (mut name, mut description, mut callback) = (None, None, None);
    let mut flags = Vec::new();
    let mut last = Value::Nil;
    while let Some((key, value)) = state.next(table, last)? {
        state.spend(1)?;
        last = key;
        let Some(key) = text(state, key)? else {
            return Ok(Err(
                "named argument key given to server.register_function is not a string",
            ));
        };
        match c_string(&key).to_ascii_lowercase().as_slice() {
            b"function_name" => match text(state, value)? {
                Some(text) => name = Some(text),
                None => {
                    return Ok(Err(
                        "function_name argument given to server.register_function must be a string",
                    ));
                }
            },
            b"description" => match text(state, value)? {
                Some(text) => description = Some(text),
                None => {
                    return Ok(Err(
                        "description argument given to server.register_function must be a string",
                    ));
                }
            },
            b"callback" => match value {
                Value::Function(_) => callback = Some(value),
                _ => {
                    return Ok(Err(
                        "callback argument given to server.register_function must be a function",
                    ));
                }
            },
            b"flags" => match value {
                Value::Table(list) => match read_flags(state, list)? {
                    Some(read) => flags = read,
                    None => return Ok(Err("unknown flag given")),
                },
                _ => {
                    return Ok(Err(
                        "flags argument to server.register_function must be a table representing function flags",
                    ));
                }
            },
            _ => return Ok(Err("unknown argument given to server.register_function")),
        }
    }
    let Some(name) = name else {
        return Ok(Err(
            "server.register_function must get a function name argument",
        ));
    };
    let Some(callback) = callback else {
        return Ok(Err("server.register_function must get a callback argument"));
    };
    Ok(Ok((registered(name, description, flags), callback)))
}

/// The flags that there are, in the order in which they are told.
const FLAGS: &[&str] = &[
    "no-writes",
    "allow-oom",
    "allow-stale",
    "no-cluster",
    "allow-cross-slot-keys",
];

/// A function's flags, each once; `None` where one is unknown.
fn read_flags(state: &mut State, list: TableId) -> Result<Option<Vec<String>>, Error> {
    let mut given = [false; FLAGS.len()];
    for at in 1.. {
        state.spend(1)?;
        let value = state.get_index(list, at);
        if value == Value::Nil {
            break;
        }
        let flag = text(state, value)?.unwrap_or_default();
        let flag = c_string(&flag);
        let known = FLAGS
            .iter()
            .position(|known| known.as_bytes().eq_ignore_ascii_case(flag));
        match known.and_then(|at| given.get_mut(at)) {
            Some(given) => *given = true,
            None => return Ok(None),
        }
    }
    let flags = FLAGS.iter().zip(given).filter(|(_, given)| *given);
    Ok(Some(flags.map(|(flag, _)| flag.to_string()).collect()))
}
