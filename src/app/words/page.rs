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

pub const NEW_VERSION: &str = "A new version of this page is ready. Your session is kept.";
pub const NEW_VERSION_LOSES: &str = "A new version of this page is ready. This session cannot be saved here: Share, Save as a file keeps it.";
pub const OPEN_ELSEWHERE: &str =
    "The new version comes once the other tabs with this page are closed.";
pub const RELOAD: &str = "Reload";
pub const RELOAD_WITHOUT: &str = "Reload without it";
pub const NOT_NOW: &str = "Not now";
pub const DISMISS: &str = "Dismiss";

pub fn go_back_to(branch: &str) -> String {
    format!("Go back to {branch}")
}

pub const WHAT_CHANGED: &str = "What changed";
pub const INSPECTORS: &str = "Inspectors";
pub const CONSOLES: &str = "Consoles";
pub const LESSON: &str = "Lesson";
pub const KEYS: &str = "Keys";
pub const INSPECT: &str = "Inspect";
pub const THEME_SYSTEM: &str = "Theme: system";
pub const THEME_LIGHT: &str = "Theme: light";
pub const THEME_DARK: &str = "Theme: dark";
pub const PARTS: &str = "Parts of the page";
pub const ADD_CLIENT: &str = "Add client";
