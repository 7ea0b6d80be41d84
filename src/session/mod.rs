//! What can be recorded and replayed: the boundary between the two halves.
//!
//! A session is its seed, its first moment and its inputs; everything else follows from them.

pub mod actor;
pub mod actors;
mod audience;
pub mod caps;
pub mod clock;
pub mod compare;
pub mod history;
pub mod host;
mod journal;
pub mod log;
pub mod lua;
pub mod message;
pub mod moment;
pub mod seats;
pub mod talk;
