//! What is told of the server half.

pub const COULD_NOT_BE_LOADED: &str = "it could not be loaded";

/// Its message could not be read.
pub fn unreadable(error: &str) -> String {
    format!("its message could not be read: {error}")
}

/// A script of the page asked for a client that is not there.
pub fn no_client(letter: &str) -> String {
    format!("there is no client {letter}")
}
