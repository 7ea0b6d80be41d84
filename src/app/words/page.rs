//! The page as a whole: its bar, its parts, its title.

use crate::app::format;

/// The document's title.
pub fn title(keys: usize, past: bool) -> String {
    let keys = match keys {
        0 => "no keys".into(),
        1 => "1 key".into(),
        n => format!("{} keys", format::count(n as u64)),
    };
    format!(
        "Keyglass · {keys}{}",
        if past { ", in the past" } else { "" }
    )
}
