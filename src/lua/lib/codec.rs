//! What the libraries that encode and decode values share.

use crate::lua::state::State;
use crate::lua::value::Error;

/// How many values a C function of the reference may have on its stack: what bounds nesting there.
pub const STACK: usize = 8000;

/// Checks that so many values may go on top of those that the reference has on its stack.
pub fn check_stack(top: usize, more: usize, what: &str) -> Result<(), Error> {
    if top + more > STACK {
        let text = format!("stack overflow ({what})");
        return Err(Error::Text(text.into_bytes()));
    }
    Ok(())
}

/// Bytes that may be taken without asking.
const SMALL: usize = 4096;

/// Bytes that are being written, within the budgets.
#[derive(Debug)]
pub struct Output {
    /// What is written so far.
    pub bytes: Vec<u8>,
    /// How long it may become before memory is asked for again.
    checked: usize,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            checked: SMALL,
        }
    }
}

impl Output {
    /// Writes bytes. Errors: a budget.
    pub fn write(&mut self, state: &mut State, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() >= 8 {
            state.spend(bytes.len() / 8)?;
        }
        let length = self.bytes.len() + bytes.len();
        if length > self.checked {
            let wanted = length.max(self.checked * 2);
            state.room(wanted)?;
            self.checked = wanted;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}
