//! Links that a person can write by hand, and those of documentation pages.
//!
//! `#cmd=ZADD board 10 ann;ZREVRANGE board 0 -1&title=A board&view=board&run=1`: commands stand apart by `;` or line
//! breaks, except in quotes; `B>` before one gives it to client B, and those after it. Percent-encoding is forgiven
//! where it is missing. `?commands=…&autorun=true`: base64 of a JSON array of commands.

use base64::Engine as _;

use super::{Document, Fault, key_of, link, transcript};
use crate::app::kept::Shown;
use crate::session::message::Conn;

/// Whether there are commands in a query or a fragment.
pub fn is_one(query: &str, fragment: &str) -> bool {
    let has = |text: &str, wanted: &str| fields(text).any(|(name, _)| name == wanted);
    has(fragment, "cmd") || has(fragment, "commands") || has(query, "commands")
}

/// Reads them.
pub fn read(query: &str, fragment: &str) -> Result<Document, Fault> {
    let mut lines = Vec::new();
    let (mut title, mut note, mut run) = (String::new(), String::new(), false);
    let mut pinned = Vec::new();
    for (name, value) in fields(query).chain(fields(fragment)) {
        let text = || percent(value);
        match name {
            "cmd" => lines.extend(commands(&text())),
            "commands" => lines.extend(list(&text())?),
            "title" => title = text(),
            "note" => note = text(),
            "view" => pinned.extend(views(&text())),
            "run" | "autorun" => run = yes(value),
            _ => {}
        }
    }
    Document {
        title,
        note,
        pinned,
        run,
        ..Document::of_lines(lines)
    }
    .checked()
}

/// The keys whose inspectors are to be pinned.
pub fn views(text: &str) -> impl Iterator<Item = Shown> {
    let keys = text.split(',').filter(|key| !key.trim().is_empty());
    keys.map(|key| Shown::Key(0, key_of(key.trim())))
}

/// Whether what was asked for so is wanted.
pub fn yes(value: &str) -> bool {
    matches!(value, "1" | "true" | "yes" | "")
}

/// The names and values of a query, some of which only an [embed](crate::app::embed) reads. What stands behind an `&` and is no name that is known here belongs to the
/// value before it: who writes by hand does not encode it.
pub fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    const NAMES: [&str; 13] = [
        "cmd", "commands", "title", "note", "view", "run", "autorun", "text", "setup", "check",
        "goal", "clients", "readonly",
    ];
    let name = |text: &str| {
        let (name, _) = text.split_once('=').unwrap_or((text, ""));
        NAMES.contains(&name)
    };
    let mut rest = Some(text).filter(|text| !text.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let ends = text.match_indices('&');
        let mut ends = ends.filter(|(at, _)| name(text.get(at + 1..).unwrap_or_default()));
        let field = match ends.next() {
            Some((at, _)) => {
                rest = text.get(at + 1..);
                text.get(..at).unwrap_or_default()
            }
            None => {
                rest = None;
                text
            }
        };
        Some(field.split_once('=').unwrap_or((field, "")))
    })
}

/// Undoes percent-encoding; a `%` that begins none stays, and so does a `+`: commands have it more often than a space
/// is written that way.
pub fn percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = behind.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Commands that stand apart by `;` or line breaks, except in quotes. Who runs them: A, until another is named.
fn commands(text: &str) -> Vec<(Conn, String)> {
    let (mut all, mut line) = (Vec::new(), String::new());
    let mut quote = None;
    let mut escaped = false;
    for c in text.chars() {
        let ends = match quote {
            None => matches!(c, ';' | '\n' | '\r'),
            // A quote that is left open ends with its line.
            Some(_) => matches!(c, '\n' | '\r'),
        };
        if ends {
            all.push(std::mem::take(&mut line));
            (quote, escaped) = (None, false);
            continue;
        }
        line.push(c);
        match quote {
            Some(_) if std::mem::take(&mut escaped) => {}
            Some(open) if c == open => quote = None,
            Some(_) => escaped = c == '\\',
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
    }
    all.push(line);
    turns(all.iter().map(String::as_str))
}

/// Gives each line to its client.
fn turns<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<(Conn, String)> {
    let mut now = 0;
    let mut all = Vec::new();
    for line in lines {
        let mut line = line.trim();
        if let Some((prompt, behind)) = transcript::lettered(line) {
            now = prompt;
            line = behind.trim();
        }
        if !line.is_empty() {
            all.push((now, line.to_string()));
        }
    }
    all
}

/// The commands of a JSON array in base64, of either alphabet.
fn list(text: &str) -> Result<Vec<(Conn, String)>, Fault> {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    let json = link::BASE64.decode(text).map_err(|_| Fault::Cut)?;
    let all: Vec<String> = serde_json::from_slice(&json).map_err(|_| Fault::Cut)?;
    Ok(turns(all.iter().flat_map(|command| command.lines())))
}
