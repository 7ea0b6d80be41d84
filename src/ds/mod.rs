//! Pure data structures: no keys, no clock, no replies, no argument parsing.
//! Nothing here imports from the other folders.

pub mod bits;
pub mod bytes;
pub mod geo;
pub mod glob;
pub mod hash;
pub mod hll;
pub mod limits;
pub mod list;
pub mod listpack;
pub mod ranked;
pub mod room;
pub mod set;
pub mod stream;
pub mod work;
pub mod zset;
