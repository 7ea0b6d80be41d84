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

/// Why a function ended without returning.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A text; the machine puts the place before it (`user_script:1: `), as luaL_error does.
    Text(Vec<u8>),
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
    /// `pcall`.
    Pcall,
    /// `xpcall`.
    Xpcall,
    /// `coroutine.resume`.
    Resume,
    /// A function made by `coroutine.wrap`.
    WrapResume,
    /// `coroutine.yield`.
    Yield,
    /// `server.call`.
    Call,
    /// `server.pcall`.
    ProtectedCall,
    /// `server.acl_check_cmd`.
    AclCheck,
}
