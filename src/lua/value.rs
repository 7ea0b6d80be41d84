//! Values, and how a function that is written in Rust is called.

use super::message::Budget;

/// A string in the heap; equal strings are one, so that comparing them compares handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StrId(pub u32);
/// A table in the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub u32);
/// A function in the heap, written in Lua or in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);
/// A coroutine in the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ThreadId(pub u32);

/// One Lua value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Value {
    /// `nil`.
    #[default]
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A double, the only kind of number in 5.1.
    Number(f64),
    /// A string of any bytes.
    Str(StrId),
    /// A table.
    Table(TableId),
    /// A function.
    Function(FunctionId),
    /// A coroutine.
    Thread(ThreadId),
    /// `cjson.null`: the one light userdata there is, a null pointer.
    Null,
}

impl Value {
    /// Whether it counts as true.
    #[inline]
    pub fn truth(self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// What `type` says of it.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Str(_) => "string",
            Self::Table(_) => "table",
            Self::Function(_) => "function",
            Self::Thread(_) => "thread",
            Self::Null => "userdata",
        }
    }
}

/// Why a function ended without returning.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A text; the machine puts the place before it (`user_script:1: `), as luaL_error does.
    Text(Vec<u8>),
    /// A text that an operation raises: the machine puts the place before it only where Lua code runs, not
    /// inside a function written in Rust.
    Plain(Vec<u8>),
    /// A text for an argument, counted from 1; the machine makes `bad argument #1 to 'rep' (…)` of it.
    Argument(usize, Vec<u8>),
    /// A value that was raised as it is.
    Raised(Value),
    /// The script has used up a budget: nothing in the script can catch this.
    Budget(Budget),
}

/// How a function that is written in Rust goes on. What it returns (or passes on) it has pushed to `out`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flow {
    /// It returns what it pushed.
    Return,
    /// It ends by calling this function with what it pushed.
    TailCall(Value),
    /// Something that only the machine's loop can do, by its own name.
    Special(Special),
}

/// What only the machine's loop can do; its arguments are what was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `pcall`: function and arguments. An error that is a table gives its `err` field, as in the reference.
    Pcall,
    /// `xpcall`: function and handler.
    Xpcall,
    /// `error`: value and level, both there.
    Error,
    /// Compiles a chunk: its text and its name, both strings. Pushes the function, or nil and a message.
    Load,
    /// `coroutine.create`: a function.
    CoroutineCreate,
    /// `coroutine.wrap`: a function.
    CoroutineWrap,
    /// `coroutine.resume`: a coroutine and arguments.
    CoroutineResume,
    /// A function that `coroutine.wrap` made: a coroutine and arguments.
    CoroutineGoOn,
    /// `coroutine.yield`.
    CoroutineYield,
    /// `coroutine.status`: a coroutine.
    CoroutineStatus,
    /// `coroutine.running`.
    CoroutineRunning,
    /// What the reference's error handler makes of a value.
    Handle,
    /// Collects garbage; pushes 0.
    Collect,
    /// `server.call` and its like: what is called stands in the server library's own state.
    Call,
}
