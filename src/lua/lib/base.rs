//! The base library and that of coroutines.

use crate::lua::arg;
use crate::lua::state::{DISPLAY, Event, Function, NativeFn, State};
use crate::lua::value::{Error, Flow, Special, StrId, Value};

/// The part that is written in Lua. It is to be called with what [`helpers`] gives.
pub const PRELUDE: &[u8] = include_bytes!("base.lua");

/// How many values a function that is written in C can have on its stack.
const C_STACK: usize = 8000;

type Args<'a> = &'a [Value];
type Out<'a> = &'a mut Vec<Value>;
type Done = Result<Flow, Error>;

/// Puts the base library and that of coroutines into the globals.
///
/// Errors: a budget.
pub fn open(state: &mut State) -> Result<(), Error> {
    let globals = state.globals;
    state.set_field(globals, "_G", Value::Table(globals))?;
    let helpers = state.new_table(0, 8)?;
    state.register(helpers, HELPERS)?;
    for (name, run) in FUNCTIONS {
        let upvalues = match *name {
            "collectgarbage" => vec![Value::Number(200.0); 2],
            "load" | "tostring" => vec![Value::Table(helpers)],
            _ => Vec::new(),
        };
        let function = match run {
            Some(run) => state.native(*run, upvalues)?,
            None => Value::Nil,
        };
        state.set_field(globals, name, function)?;
    }
    let version = state.text(b"Lua 5.1")?;
    state.set_field(globals, "_VERSION", version)?;
    for (name, run, step) in [
        ("ipairs", ipairs as NativeFn, ipairs_step as NativeFn),
        ("pairs", pairs, next),
    ] {
        let step = state.native(step, Vec::new())?;
        let function = state.native(run, vec![step])?;
        state.set_field(globals, name, function)?;
    }
    state.set_field(globals, "newproxy", Value::Nil)?;
    state.open("coroutine", COROUTINE)?;
    Ok(())
}

/// What the part that is written in Lua is called with: a table that `load` and `tostring` look into. To be asked for
/// before the globals are locked.
pub fn helpers(state: &mut State) -> Value {
    match state.get_field(state.globals, "load") {
        Value::Function(id) => match state.function(id) {
            Some(Function::Native(load)) => load.upvalues.first().copied().unwrap_or_default(),
            _ => Value::Nil,
        },
        _ => Value::Nil,
    }
}

/// In the reference's order, with what it denies: the place that such a name took stays taken, which decides
/// where others go and so in which order the globals are walked.
const FUNCTIONS: &[(&str, Option<NativeFn>)] = &[
    ("assert", Some(assert)),
    ("collectgarbage", Some(collectgarbage)),
    ("dofile", None),
    ("error", Some(error)),
    ("gcinfo", Some(gcinfo)),
    ("getfenv", None),
    ("getmetatable", Some(getmetatable)),
    ("loadfile", None),
    ("load", Some(load)),
    ("loadstring", Some(loadstring)),
    ("next", Some(next)),
    ("pcall", Some(pcall)),
    ("print", None),
    ("rawequal", Some(rawequal)),
    ("rawget", Some(rawget)),
    ("rawset", Some(rawset)),
    ("select", Some(select)),
    ("setfenv", None),
    ("setmetatable", Some(setmetatable)),
    ("tonumber", Some(tonumber)),
    ("tostring", Some(tostring)),
    ("type", Some(type_of)),
    ("unpack", Some(unpack)),
    ("xpcall", Some(xpcall)),
];

const COROUTINE: &[(&str, NativeFn)] = &[
    ("create", create),
    ("resume", resume),
    ("running", running),
    ("status", status),
    ("wrap", wrap),
    ("yield", yield_),
];

const HELPERS: &[(&str, NativeFn)] = &[
    ("pcall", pcall),
    ("xpcall", xpcall),
    ("error", error),
    ("type", type_of),
    ("compile", loadstring),
    ("concat", concat),
];

/// An error that the interpreter's core raises inside a function written in C: no place is put before it.
pub fn unplaced(state: &mut State, error: Error) -> Error {
    match error {
        Error::Text(text) | Error::Plain(text) => match state.text(&text) {
            Ok(text) => Error::Raised(text),
            Err(budget) => budget,
        },
        other => other,
    }
}

/// A value as `tostring` shows it that asks no metamethod.
pub fn display(state: &mut State, value: Value) -> Result<StrId, Error> {
    state.spend(DISPLAY)?;
    // Each kind has addresses of its own, as different things have different ones.
    let address = |kind: u64, id: u32| 0x5581_0000_0000 + (kind << 36) + (u64::from(id) << 5);
    let text = match value {
        Value::Nil => "nil".to_string(),
        Value::Bool(bool) => bool.to_string(),
        Value::Str(id) => return Ok(id),
        Value::Number(_) => return Ok(state.coerce(value)?.unwrap_or(StrId(0))),
        Value::Table(id) => format!("table: {:#x}", address(0, id.0)),
        Value::Function(id) => format!("function: {:#x}", address(1, id.0)),
        Value::Thread(id) => format!("thread: {:#x}", address(2, id.0)),
        Value::Null => "userdata: (nil)".to_string(),
    };
    state.string(text.as_bytes())
}

/// A string as C sees it: up to the first zero byte.
pub fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// An integer of 32 bits, as `luaL_checkint` gives it.
fn int_or(state: &State, args: Args, n: usize, default: i32) -> Result<i32, Error> {
    Ok(arg::integer_or(state, args, n, i64::from(default))? as i32)
}

fn assert(state: &mut State, args: Args, out: Out) -> Done {
    if !arg::present(args, 1)?.truth() {
        return Err(Error::Text(match arg::string_or_none(state, args, 2)? {
            Some(text) => c_string(state.bytes(text)).to_vec(),
            None => b"assertion failed!".to_vec(),
        }));
    }
    out.extend_from_slice(args);
    Ok(Flow::Return)
}

fn collectgarbage(state: &mut State, args: Args, out: Out) -> Done {
    let option = match arg::string_or_none(state, args, 1)? {
        Some(option) => c_string(state.bytes(option)).to_vec(),
        None => b"collect".to_vec(),
    };
    const OPTIONS: &[&[u8]] = &[
        b"stop",
        b"restart",
        b"collect",
        b"count",
        b"step",
        b"setpause",
        b"setstepmul",
    ];
    if !OPTIONS.contains(&option.as_slice()) {
        let text = [b"invalid option '", option.as_slice(), b"'"].concat();
        return Err(Error::Argument(1, text));
    }
    let value = Value::Number(f64::from(int_or(state, args, 2, 0)?));
    out.push(match option.as_slice() {
        b"collect" => return Ok(Flow::Special(Special::Collect)),
        b"count" => Value::Number(state.memory() as f64 / 1024.0),
        b"step" => {
            // The reference says true only where a step has ended a cycle.
            state.collect_soon();
            Value::Bool(false)
        }
        b"setpause" | b"setstepmul" => {
            let at = usize::from(option == b"setstepmul");
            let before = state.upvalue(at);
            state.set_upvalue(at, value);
            before
        }
        _ => Value::Number(0.0),
    });
    Ok(Flow::Return)
}

fn error(state: &mut State, args: Args, out: Out) -> Done {
    let level = int_or(state, args, 2, 1)?;
    let mut value = arg::any(args, 1);
    if level > 0
        && let Some(text) = state.coerce(value)?
    {
        value = Value::Str(text);
    }
    out.extend([value, Value::Number(f64::from(level))]);
    Ok(Flow::Special(Special::Error))
}

fn gcinfo(state: &mut State, _: Args, out: Out) -> Done {
    out.push(Value::Number((state.memory() / 1024) as f64));
    Ok(Flow::Return)
}

fn getmetatable(state: &mut State, args: Args, out: Out) -> Done {
    let value = arg::present(args, 1)?;
    let metatable = state.metatable(value).map_or(Value::Nil, Value::Table);
    out.push(match state.metamethod(value, Event::Metatable) {
        Value::Nil => metatable,
        protected => protected,
    });
    Ok(Flow::Return)
}

fn setmetatable(state: &mut State, args: Args, out: Out) -> Done {
    let table = arg::table(args, 1)?;
    let metatable = match args.get(1) {
        Some(Value::Nil) => None,
        Some(Value::Table(id)) => Some(*id),
        _ => return Err(Error::Argument(2, b"nil or table expected".to_vec())),
    };
    if state.metamethod(Value::Table(table), Event::Metatable) != Value::Nil {
        return Err(Error::Text(b"cannot change a protected metatable".to_vec()));
    }
    if let Err(error) = state.check_writable(table) {
        return Err(unplaced(state, error));
    }
    state.set_metatable(table, metatable);
    out.push(Value::Table(table));
    Ok(Flow::Return)
}

fn load(state: &mut State, args: Args, out: Out) -> Done {
    let name = match arg::string_or_none(state, args, 2)? {
        Some(name) => c_name(state, name)?,
        None => state.text(b"=(load)")?,
    };
    let read = arg::function(args, 1)?;
    out.extend([read, name]);
    Ok(Flow::TailCall(helper(state, "load")))
}

/// The part of the running function that is written in Lua.
fn helper(state: &mut State, name: &str) -> Value {
    match state.upvalue(0) {
        Value::Table(helpers) => state.get_field(helpers, name),
        _ => Value::Nil,
    }
}

fn loadstring(state: &mut State, args: Args, out: Out) -> Done {
    let text = arg::string(state, args, 1)?;
    let name = arg::string_or_none(state, args, 2)?.unwrap_or(text);
    let name = c_name(state, name)?;
    out.extend([Value::Str(text), name]);
    Ok(Flow::Special(Special::Load))
}

/// A chunk's name, which ends at a zero byte.
fn c_name(state: &mut State, name: StrId) -> Result<Value, Error> {
    let bytes = state.shared(name);
    state.text(c_string(&bytes))
}

/// Joins so many strings of a list.
fn concat(state: &mut State, args: Args, out: Out) -> Done {
    let list = arg::table(args, 1)?;
    let count = arg::integer(state, args, 2)?;
    let mut joined = Vec::new();
    for at in 1..=usize::try_from(count).unwrap_or(0) {
        state.spend(1)?;
        let part = state.get_index(list, at);
        if let Some(part) = state.coerce(part)? {
            state.room(joined.len() + state.bytes(part).len())?;
            joined.extend_from_slice(state.bytes(part));
        }
    }
    out.push(state.text(&joined)?);
    Ok(Flow::Return)
}

fn next(state: &mut State, args: Args, out: Out) -> Done {
    let table = arg::table(args, 1)?;
    match state.next(table, arg::any(args, 2)) {
        Ok(Some((key, value))) => out.extend([key, value]),
        Ok(None) => out.push(Value::Nil),
        Err(error) => return Err(unplaced(state, error)),
    }
    Ok(Flow::Return)
}

fn pairs(state: &mut State, args: Args, out: Out) -> Done {
    let table = arg::table(args, 1)?;
    out.extend([state.upvalue(0), Value::Table(table), Value::Nil]);
    Ok(Flow::Return)
}

fn ipairs(state: &mut State, args: Args, out: Out) -> Done {
    let table = arg::table(args, 1)?;
    out.extend([state.upvalue(0), Value::Table(table), Value::Number(0.0)]);
    Ok(Flow::Return)
}

fn ipairs_step(state: &mut State, args: Args, out: Out) -> Done {
    let index = arg::integer(state, args, 2)? as i32;
    let table = arg::table(args, 1)?;
    let index = Value::Number(f64::from(index.wrapping_add(1)));
    match state.get(table, index) {
        Value::Nil => {}
        value => out.extend([index, value]),
    }
    Ok(Flow::Return)
}

fn pcall(_: &mut State, args: Args, out: Out) -> Done {
    if args.is_empty() {
        // The reference calls what stands there for the result.
        out.push(Value::Bool(true));
    }
    out.extend_from_slice(args);
    Ok(Flow::Special(Special::Pcall))
}

fn xpcall(_: &mut State, args: Args, out: Out) -> Done {
    let handler = arg::present(args, 2)?;
    out.extend([arg::any(args, 1), handler]);
    Ok(Flow::Special(Special::Xpcall))
}

fn rawequal(_: &mut State, args: Args, out: Out) -> Done {
    let equal = arg::present(args, 1)? == arg::present(args, 2)?;
    out.push(Value::Bool(equal));
    Ok(Flow::Return)
}

fn rawget(state: &mut State, args: Args, out: Out) -> Done {
    let table = arg::table(args, 1)?;
    let key = arg::present(args, 2)?;
    out.push(state.get(table, key));
    Ok(Flow::Return)
}

fn rawset(state: &mut State, args: Args, out: Out) -> Done {
    let table = arg::table(args, 1)?;
    let key = arg::present(args, 2)?;
    let value = arg::present(args, 3)?;
    let set = state.check_writable(table);
    if let Err(error) = set.and_then(|()| state.set(table, key, value)) {
        return Err(unplaced(state, error));
    }
    out.push(Value::Table(table));
    Ok(Flow::Return)
}

fn select(state: &mut State, args: Args, out: Out) -> Done {
    let count = args.len() as i64;
    if let Some(Value::Str(id)) = args.first()
        && state.bytes(*id).first() == Some(&b'#')
    {
        out.push(Value::Number((count - 1) as f64));
        return Ok(Flow::Return);
    }
    let mut from = i64::from(arg::integer(state, args, 1)? as i32);
    if from < 0 {
        from += count;
    } else if from > count {
        from = count;
    }
    if from < 1 {
        return Err(Error::Argument(1, b"index out of range".to_vec()));
    }
    let rest = args.get(from as usize..).unwrap_or_default();
    state.spend(rest.len() / 4)?;
    out.extend_from_slice(rest);
    Ok(Flow::Return)
}

fn tonumber(state: &mut State, args: Args, out: Out) -> Done {
    let base = int_or(state, args, 2, 10)?;
    let number = if base == 10 {
        state.to_number(arg::present(args, 1)?)
    } else {
        let text = arg::string(state, args, 1)?;
        if !(2..=36).contains(&base) {
            return Err(Error::Argument(2, b"base out of range".to_vec()));
        }
        state.spend(state.bytes(text).len() / 4)?;
        unsigned(state.bytes(text), base as u32)
    };
    out.push(number.map_or(Value::Nil, Value::Number));
    Ok(Flow::Return)
}

/// A whole number in a base, as C's `strtoul` reads it, with space around it.
fn unsigned(text: &[u8], base: u32) -> Option<f64> {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let text = c_string(text);
    let text = &text[text.iter().take_while(|byte| space(byte)).count()..];
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(base);
    let text = match text {
        [b'0', b'x' | b'X', rest @ ..] if base == 16 && rest.first().and_then(digit).is_some() => {
            rest
        }
        _ => text,
    };
    let digits = text.iter().map_while(digit);
    let count = digits.clone().count();
    if count == 0 || !text[count..].iter().all(space) {
        return None;
    }
    let number = digits.into_iter().try_fold(0u64, |number, digit| {
        number
            .checked_mul(u64::from(base))?
            .checked_add(u64::from(digit))
    });
    let number = match number {
        Some(number) if negative => number.wrapping_neg(),
        Some(number) => number,
        None => u64::MAX,
    };
    Some(number as f64)
}

fn tostring(state: &mut State, args: Args, out: Out) -> Done {
    let value = arg::present(args, 1)?;
    let show = state.metamethod(value, Event::ToString);
    if show == Value::Nil {
        out.push(Value::Str(display(state, value)?));
        return Ok(Flow::Return);
    }
    let callable =
        matches!(show, Value::Function(_)) || state.metamethod(show, Event::Call) != Value::Nil;
    if !callable {
        let text = format!("attempt to call a {} value", show.type_name());
        return Err(Error::Raised(state.text(text.as_bytes())?));
    }
    out.extend([value, show]);
    Ok(Flow::TailCall(helper(state, "tostring")))
}

fn type_of(state: &mut State, args: Args, out: Out) -> Done {
    let name = arg::present(args, 1)?.type_name();
    out.push(state.text(name.as_bytes())?);
    Ok(Flow::Return)
}

fn unpack(state: &mut State, args: Args, out: Out) -> Done {
    let table = arg::table(args, 1)?;
    let from = i64::from(int_or(state, args, 2, 1)?);
    let length = state.length(table);
    let to = i64::from(int_or(state, args, 3, length as i32)?);
    let count = usize::try_from(to - from + 1).unwrap_or(0);
    if args.len() + count > C_STACK {
        return Err(Error::Text(b"too many results to unpack".to_vec()));
    }
    state.spend(count / 4)?;
    for index in from..=to {
        out.push(state.get(table, Value::Number(index as f64)));
    }
    Ok(Flow::Return)
}

/// A function that a coroutine can run: one that is written in Lua.
fn body(state: &State, args: Args) -> Result<Value, Error> {
    if let Some(value @ Value::Function(id)) = args.first()
        && let Some(Function::Lua(closure)) = state.function(*id)
        && !closure.proto.native
    {
        return Ok(*value);
    }
    Err(Error::Argument(1, b"Lua function expected".to_vec()))
}

fn create(state: &mut State, args: Args, out: Out) -> Done {
    out.push(body(state, args)?);
    Ok(Flow::Special(Special::CoroutineCreate))
}

fn wrap(state: &mut State, args: Args, out: Out) -> Done {
    out.push(body(state, args)?);
    Ok(Flow::Special(Special::CoroutineWrap))
}

/// Errors: the first argument is no coroutine.
fn thread(args: Args) -> Result<(), Error> {
    match args.first() {
        Some(Value::Thread(_)) => Ok(()),
        _ => Err(Error::Argument(1, b"coroutine expected".to_vec())),
    }
}

fn resume(_: &mut State, args: Args, out: Out) -> Done {
    thread(args)?;
    out.extend_from_slice(args);
    Ok(Flow::Special(Special::CoroutineResume))
}

fn status(_: &mut State, args: Args, out: Out) -> Done {
    thread(args)?;
    out.push(arg::any(args, 1));
    Ok(Flow::Special(Special::CoroutineStatus))
}

fn running(_: &mut State, _: Args, _: Out) -> Done {
    Ok(Flow::Special(Special::CoroutineRunning))
}

fn yield_(_: &mut State, args: Args, out: Out) -> Done {
    out.extend_from_slice(args);
    Ok(Flow::Special(Special::CoroutineYield))
}

#[cfg(test)]
#[path = "base_tests.rs"]
mod tests;
