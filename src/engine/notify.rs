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

/// The classes that letters stand for; `None`: one of them stands for nothing.
pub fn parse(letters: &[u8]) -> Option<u32> {
    let class = |letter: &u8| match letter {
        b'A' => Some(ALL),
        letter => LETTERS
            .iter()
            .find(|(_, own)| own == letter)
            .map(|(class, _)| *class),
    };
    letters
        .iter()
        .try_fold(NONE, |classes, letter| Some(classes | class(letter)?))
}

/// The letters of some classes, in the reference's order. With `A` it leaves `n` out.
pub fn print(classes: u32) -> Vec<u8> {
    let letters = |of: u32| {
        LETTERS
            .iter()
            .filter(move |(class, _)| classes & of & class != 0)
            .map(|(_, letter)| *letter)
    };
    let mut text = Vec::new();
    if classes & ALL == ALL {
        text.push(b'A');
    } else {
        text.extend(letters(ALL));
        text.extend(letters(NEW));
    }
    text.extend(letters(KEYSPACE | KEYEVENT));
    text.extend(letters(MISSED));
    text
}

impl Engine {
    /// Something happened to a key: whoever listens for it is told, where the setting says so.
    #[inline]
    pub fn notify(&mut self, db: usize, class: u32, event: &str, key: &[u8]) {
        if self.config.notify & (class | NEW) != 0 {
            self.notify_listeners(db, class, event, key);
        }
    }

    #[inline(never)]
    fn notify_listeners(&mut self, db: usize, class: u32, event: &str, key: &[u8]) {
        let wanted = self.config.notify;
        if wanted & NEW != 0 && class != NEW {
            self.notify_births();
        }
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

    /// Tells of the keys that were made since this was last called. It comes before whatever else
    /// happened to them.
    pub fn notify_births(&mut self) {
        for db in 0..self.dbs.len() {
            while let Some(key) = self.dbs[db].born.get(self.dbs[db].told).cloned() {
                self.dbs[db].told += 1;
                self.notify(db, NEW, "new", &key);
            }
        }
    }
}
