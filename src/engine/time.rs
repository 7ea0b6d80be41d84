//! The engine's unit of time. Nothing in the engine asks what time it is: every input brings it.

/// Milliseconds since the Unix epoch, by the session's own clock.
pub type Millis = u64;
