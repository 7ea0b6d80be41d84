//! The inspectors, one for each kind of value, and the list of keys.

pub mod hll;
pub mod inspector;
pub mod items;
pub mod keys;
pub mod lock;
pub mod missing;
pub mod part;
pub mod profiler;
pub mod pubsub;
pub mod script;
pub mod stream;
pub mod text;
pub mod zset;

pub use inspector::{Inspector, InspectorProps, KeysPanel};
