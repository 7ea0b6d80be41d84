//! Lua 5.1 as the reference embeds it: a machine that is handed scripts and driven from outside.
//!
//! The machine knows no engine. Where a script calls a command, the machine stops and says which; who
//! drives it runs the command and goes on with the reply. So a script can be stepped through, stopped at
//! any moment, and stand in a module of its own. It reads no clock and draws no chance of its own.

mod arena;
pub mod arg;
pub mod compiler;
pub mod debug;
mod gc;
pub mod lib;
pub mod machine;
pub mod message;
pub mod number;
pub mod opcode;
pub mod proto;
pub mod state;
pub mod strings;
pub mod table;
pub mod thread;
pub mod value;
pub mod vm;

pub use compiler::compile;
