//! Keyspace notifications: messages about what happens to keys (`notify-keyspace-events`).

use super::Engine;

/// No notifications.
pub const NONE: u32 = 0;

macro_rules! classes {
    ($($name:ident $bit:literal $letter:literal $doc:literal,)*) => {
        $(#[doc = $doc] pub const $name: u32 = 1 << $bit;)*
        /// Each class with its letter, in the order in which CONFIG GET prints them.
        pub const LETTERS: &[(u32, u8)] = &[$(($name, $letter)),*];
    };
}
classes! {
    GENERIC 0 b'g' "Commands of no type: DEL, EXPIRE, RENAME.",
    STRING 1 b'$' "String commands.",
    LIST 2 b'l' "List commands.",
    SET 3 b's' "Set commands.",
    HASH 4 b'h' "Hash commands.",
    ZSET 5 b'z' "Sorted set commands.",
    EXPIRED 6 b'x' "A key that time took.",
    EVICTED 7 b'e' "A key that a memory limit took.",
    STREAM 8 b't' "Stream commands.",
    MODULE 9 b'd' "Module key types.",
    KEYSPACE 10 b'K' "Sent to `__keyspace@<db>__:<key>`.",
    KEYEVENT 11 b'E' "Sent to `__keyevent@<db>__:<event>`.",
    MISSED 12 b'm' "A key was looked for and was not there.",
    NEW 13 b'n' "A key was made.",
}

/// What the letter `A` stands for: all classes but misses and new keys.
pub const ALL: u32 =
    GENERIC | STRING | LIST | SET | HASH | ZSET | EXPIRED | EVICTED | STREAM | MODULE;

impl Engine {
    /// Something happened to a key: whoever listens for it is told, where the setting says so.
    pub fn notify(&mut self, db: usize, class: u32, event: &str, key: &[u8]) {
        let wanted = self.config.notify;
        if wanted & class == 0 {
            return;
        }
        if wanted & KEYSPACE != 0 {
            let channel = [format!("__keyspace@{db}__:").as_bytes(), key].concat();
            self.publish(&channel, event.as_bytes());
        }
        if wanted & KEYEVENT != 0 {
            let channel = format!("__keyevent@{db}__:{event}");
            self.publish(channel.as_bytes(), key);
        }
    }
}
