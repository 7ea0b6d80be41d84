//! What `redis-cli` printed, as it is pasted: its prompts tell the commands, and all else was said to them.

use super::{Document, Fault};
use crate::app::CLIENTS_MAX;
use crate::session::message::Conn;

/// A line with a prompt.
struct Prompted<'a> {
    /// Whose it is; `None`: that of the only client.
    conn: Option<Conn>,
    /// The database that the prompt names.
    db: Option<u32>,
    /// What was typed.
    line: &'a str,
}

/// Whether a text is one: its first line that is not empty has a prompt.
pub fn is_one(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().and_then(prompted).is_some()
}

/// Reads one.
pub fn read(text: &str) -> Result<Document, Fault> {
    let mut lines = Vec::new();
    let mut dbs = [0; CLIENTS_MAX];
    for found in text.lines().filter_map(prompted) {
        let (conn, line) = (found.conn.unwrap_or(0), found.line.trim());
        if let Some(db) = dbs.get_mut(conn as usize) {
            let wanted = found.db.unwrap_or(0);
            // It began somewhere in the middle: the prompt names a database that nobody selected.
            if wanted != *db && !line.is_empty() {
                *db = wanted;
                lines.push((conn, format!("SELECT {wanted}")));
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            if let [name, number] = words.as_slice()
                && name.eq_ignore_ascii_case("select")
                && let Ok(number) = number.parse()
            {
                *db = number;
            }
        }
        if !line.is_empty() {
            lines.push((conn, line.to_string()));
        }
    }
    Document::of_lines(lines).checked()
}

/// `B>` and what stands behind it, as this page's consoles have it.
pub fn lettered(line: &str) -> Option<(Conn, &str)> {
    let (letter, behind) = line.split_at_checked(1)?;
    let conn = letter_of(letter)?;
    let (_, behind) = tail(behind)?;
    Some((conn, behind))
}

/// The connection of a letter, in either case.
pub fn letter_of(letter: &str) -> Option<Conn> {
    let &[letter] = letter.as_bytes() else {
        return None;
    };
    let conn = Conn::from(letter.to_ascii_uppercase().checked_sub(b'A')?);
    (conn < CLIENTS_MAX as Conn).then_some(conn)
}

/// Whose prompt a line begins with, if it names one, and what stands behind it.
pub fn prompt(line: &str) -> Option<(Option<Conn>, &str)> {
    prompted(line).map(|found| (found.conn, found.line))
}

fn prompted(line: &str) -> Option<Prompted<'_>> {
    let line = line.trim_start();
    // A reply may hold a `>` too, but no prompt before it.
    let name_ends = line.find(['>', '[', '(', '"'])?;
    let (name, behind) = line.split_at(name_ends);
    let (db, typed) = tail(behind)?;
    let conn = match name {
        "redis" | "valkey" | "keydb" | "not connected" => None,
        name if letter_of(name).is_some() => letter_of(name),
        name => {
            // `redis 127.0.0.1:6379>` is how old ones prompt; `/tmp/redis.sock>` how one does on a socket.
            let place = name.strip_prefix("redis ").unwrap_or(name);
            let (host, port) = place.rsplit_once(':').unwrap_or((place, ""));
            let socket = place.starts_with('/') && !place.contains(char::is_whitespace);
            let named = !host.is_empty() && !host.contains(char::is_whitespace);
            let numbered = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
            if !(socket || named && numbered) {
                return None;
            }
            None
        }
    };
    Some(Prompted {
        conn,
        db,
        line: typed,
    })
}

/// The rest of a prompt: `[2]`, `(TX)`, `(subscribed mode)`, and `>`. Gives the database and what stands behind it.
fn tail(text: &str) -> Option<(Option<u32>, &str)> {
    let (mut db, mut text) = (None, text);
    if let Some(behind) = text.strip_prefix('[') {
        let (number, behind) = behind.split_once(']')?;
        (db, text) = (Some(number.parse().ok()?), behind);
    }
    for state in ["(TX)", "(subscribed mode)"] {
        text = text.strip_prefix(state).unwrap_or(text);
    }
    Some((db, text.strip_prefix('>')?))
}
