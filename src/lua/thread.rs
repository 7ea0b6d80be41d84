//! Coroutines: each has a stack of values and a stack of the functions that are being called.

use super::value::{FunctionId, ThreadId, Value};

/// A variable that a function has closed over.
#[derive(Clone, Copy, Debug)]
pub enum Upvalue {
    /// It is still on a coroutine's stack.
    Open(ThreadId, usize),
    /// Its function has ended.
    Closed(Value),
}

/// What is done with what a function returns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum After {
    /// It goes where the function stood, so many values of it; all where it is `None`.
    Call(Option<usize>),
    /// Its first value goes to this place in the stack.
    Store(usize),
    /// Nothing.
    Drop,
    /// Its truth decides whether the caller's next jump is taken: taken where it equals the first,
    /// once it is turned round where the second is true.
    Branch(bool, bool),
    /// Its first value goes to this place, and the concatenation of `total` values that end there goes on.
    Concat {
        /// Where the second value of the two stood.
        last: usize,
        /// How many values are left to join, the result counted.
        total: usize,
        /// Where the whole result goes.
        to: usize,
    },
    /// A loop goes on unless its first value is nil; so many of them go where the function stood.
    For(usize),
    /// The function below, which is not written in Lua, goes on with it.
    Below,
}

/// What a function is, beside written in Lua.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// It is written in Lua.
    Lua,
    /// `pcall`, with the count of C calls outside it.
    Pcall(u32),
    /// `xpcall`, with its handler and that count.
    Xpcall(Value, u32),
    /// `pcall` that has caught this error table, whose text is being asked for.
    Caught(Value),
    /// An error handler that runs on top of what failed: for the frame of `xpcall` at this depth.
    Handler(usize),
    /// `coroutine.resume`; or a function made by `coroutine.wrap`, where it is true.
    Resume(bool),
    /// `coroutine.yield`.
    Yield,
    /// A command is being called.
    Call,
    /// The bottom: what called the script, or the coroutine's body.
    Bottom,
}

/// A function that is being called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub kind: Kind,
    /// Which function, where it is one written in Lua.
    pub function: FunctionId,
    /// Where it stood on the stack.
    pub at: usize,
    /// Where its registers begin.
    pub base: usize,
    /// The end of what it uses of the stack.
    pub end: usize,
    /// The next instruction.
    pub pc: usize,
    /// What is done with what it returns.
    pub after: After,
    /// How many calls were replaced by it.
    pub tail_calls: usize,
    /// It was called by something that is no Lua code, which counts as a C call.
    pub counted: bool,
}

impl Frame {
    /// One that stands for nothing of the script.
    pub fn bottom() -> Self {
        Self {
            kind: Kind::Bottom,
            function: FunctionId(u32::MAX),
            at: 0,
            base: 0,
            end: 1,
            pc: 0,
            after: After::Drop,
            tail_calls: 0,
            counted: false,
        }
    }
}

/// Where a coroutine stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It can be resumed.
    #[default]
    Suspended,
    /// It runs.
    Running,
    /// It has resumed another.
    Normal,
    /// It has ended.
    Dead,
}

/// A coroutine.
#[derive(Clone, Debug, Default)]
pub struct Thread {
    pub(super) stack: Vec<Value>,
    pub(super) frames: Vec<Frame>,
    /// Upvalues that are still on its stack, by their place there, the lowest first.
    pub(super) open: Vec<(usize, u32)>,
    /// The end of what was pushed last, where an instruction leaves that open.
    pub(super) top: usize,
    /// C calls in progress, those of who resumed it counted.
    pub(super) c_calls: u32,
    /// How many of them there were when it was resumed.
    pub(super) c_calls_before: u32,
    pub(super) status: Status,
    /// Who resumed it.
    pub(super) resumed_by: Option<ThreadId>,
    /// Bytes that its stacks were counted for.
    pub(super) counted: usize,
}
