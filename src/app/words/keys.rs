//! The list of keys.

use super::{Piece, say, show};
use crate::app::format;

pub const KEYS_AND_CHANNELS: &str = "Keys and channels";
pub const NO_KEYS: &str = "No keys yet. Any write makes one.";
pub const KEYS: &str = "Keys";
pub const TOOLS: &str = "Tools";
pub const LUA_SCRIPT: &str = "Lua script";
pub const LUA_SCRIPT_DOES: &str = "run it, or step through it";
pub const PROFILER: &str = "Profiler";
pub const PROFILER_DOES: &str = "all commands, and what they cost";
pub const FILTER: &str = "filter, e.g. lock:*";
pub const FILTER_DOES: &str = "Filter keys by a glob pattern";
pub const DATABASE: &str = "Database";
pub const ORDER: &str = "Order of the keys";
pub const GROUP_DOES: &str = "Group keys that begin alike, up to the first colon";
pub const GROUP: &str = "Group";
pub const PIN_DOES: &str = "Pin its inspector";
pub const SUBSCRIBERS: &str = "subscribers";

/// Before their number.
pub const KEYS_HEAD: &str = "Keys · ";
/// Before their number.
pub const CHANNELS_HEAD: &str = "Channels · ";
/// After their number.
pub const AFTER_KEYS: &str = " keys";
/// After their number.
pub const AFTER_SUBSCRIBED: &str = " subscribed";

pub fn matching(n: usize, of: usize) -> String {
    format!(
        "{} of {}",
        format::count(n as u64),
        format::count(of as u64)
    )
}

pub fn no_key_matches<H>(star: H) -> Vec<Piece<H>> {
    vec![
        say("No key matches. "),
        show(star),
        say(" stands for anything."),
    ]
}

pub fn database(number: usize, keys: usize) -> String {
    format!("Database {number} ({})", format::count(keys as u64))
}

/// How many there are of both, after [`CHANNELS_HEAD`].
pub fn channels_and_patterns(channels: usize, patterns: usize) -> String {
    let pattern = if patterns == 1 { "pattern" } else { "patterns" };
    match (channels, patterns) {
        (channels, 0) => channels.to_string(),
        (0, patterns) => format!("{patterns} {pattern}"),
        (channels, patterns) => format!("{channels} + {patterns} {pattern}"),
    }
}
