//! How globals are locked, and what stands in them for one script.

use crate::lua::state::State;
use crate::lua::value::{Error, TableId, Value};

use super::super::base::c_string;
use super::{Args, Done, For, Out, functions};

/// The globals that there may be.
const ALLOWED: &[&str] = &[
    "string",
    "cjson",
    "bit",
    "cmsgpack",
    "math",
    "table",
    "struct",
    "os",
    "server",
    "redis",
    "__redis__err__handler",
    "__server__err__handler",
    "xpcall",
    "tostring",
    "setmetatable",
    "next",
    "assert",
    "tonumber",
    "rawequal",
    "collectgarbage",
    "getmetatable",
    "rawset",
    "pcall",
    "coroutine",
    "type",
    "_G",
    "select",
    "unpack",
    "gcinfo",
    "pairs",
    "rawget",
    "loadstring",
    "ipairs",
    "_VERSION",
    "load",
    "error",
];

/// Locks the globals: drops what is not allowed, makes every table that can be reached read-only, and lets
/// unknown names be an error.
///
/// Errors: a budget.
pub fn lock(state: &mut State, which: For) -> Result<(), Error> {
    let globals = state.globals;
    let mut denied = Vec::new();
    for (key, _) in state.table(globals).pairs() {
        if let Value::Str(id) = key
            && !ALLOWED
                .iter()
                .any(|name| name.as_bytes() == state.bytes(id))
        {
            denied.push(key);
        }
    }
    for key in denied {
        state.set(globals, key, Value::Nil)?;
    }
    refuse_unknown(state, globals)?;
    protect(state, globals)?;
    if let Some(metatable) = state.string_metatable {
        protect(state, metatable)?;
    }
    if which == For::Functions {
        functions::divide(state)?;
    }
    Ok(())
}

/// Gives a table a metatable with which names that it does not hold are an error.
pub(super) fn refuse_unknown(state: &mut State, table: TableId) -> Result<(), Error> {
    let metatable = state.new_table(0, 0)?;
    let refuse = state.native(unknown, Vec::new())?;
    state.set_field(metatable, "__index", refuse)?;
    state.set_metatable(table, Some(metatable));
    Ok(())
}

/// Makes a table read-only, and those that it leads to.
pub(super) fn protect(state: &mut State, table: TableId) -> Result<(), Error> {
    let mut left = vec![table];
    while let Some(id) = left.pop() {
        state.spend(1)?;
        if state.table(id).readonly {
            continue;
        }
        state.set_readonly(id, true);
        let table = state.table(id);
        left.extend(table.metatable);
        left.extend(table.pairs().filter_map(|(_, value)| match value {
            Value::Table(inner) => Some(inner),
            _ => None,
        }));
    }
    Ok(())
}

fn unknown(state: &mut State, args: Args, _: Out) -> Done {
    let [_, name] = args else {
        return Err(Error::Text(
            b"Wrong number of arguments to luaProtectedTableError".to_vec(),
        ));
    };
    let Some(name) = state.coerce(*name)? else {
        return Err(Error::Text(
            b"Second argument to luaProtectedTableError must be a string or number".to_vec(),
        ));
    };
    let name = c_string(state.bytes(name));
    let text = b"Script attempted to access nonexistent global variable '";
    Err(Error::Text([text, name, b"'"].concat()))
}

/// The tables of a script's keys and arguments; where they are globals, sets those.
///
/// Errors: a budget.
pub fn set_keys_and_args(
    state: &mut State,
    keys: &[Vec<u8>],
    args: &[Vec<u8>],
) -> Result<(Value, Value), Error> {
    let as_globals = state.server.functions.is_none();
    let mut lists = [Value::Nil; 2];
    for (place, (name, words)) in [("KEYS", keys), ("ARGV", args)].into_iter().enumerate() {
        state.spend(words.len())?;
        let list = state.new_table(words.len(), 0)?;
        for (at, word) in words.iter().enumerate() {
            let word = state.text(word)?;
            state.set_index(list, at + 1, word)?;
        }
        lists[place] = Value::Table(list);
        if as_globals {
            state.set_field(state.globals, name, lists[place])?;
        }
    }
    let [keys, args] = lists;
    Ok((keys, args))
}
