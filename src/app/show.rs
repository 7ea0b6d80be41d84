//! How inspectors put what a key holds into words, where [`super::format`] is not enough: arguments, neighbouring IDs, JSON.

use crate::session::message::{Millis, text};

/// How deep JSON may nest and still be laid out.
const JSON_DEPTH: usize = 64;

/// Bytes as one argument of a command line: quoted where it must be.
pub fn word(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'\\');
    match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.is_empty() && bytes.iter().all(plain) => text.to_string(),
        _ => text::quote(bytes),
    }
}

/// IDs of neighbours as one reads them side by side: no more of each than tells it from the others.
pub fn lane_ids<'a>(ids: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let parts = |id: &'a str| id.split_once('-').unwrap_or((id, "0"));
    let first = ids.clone().next().map(|id| parts(id).0);
    let one_moment = ids.clone().all(|id| Some(parts(id).0) == first) && ids.clone().count() > 1;
    let in_turn = ids.clone().all(|id| parts(id).1 == "0");
    ids.map(|id| match parts(id) {
        _ if id.len() <= 5 => id.to_string(),
        (_, seq) if one_moment => format!("-{seq}"),
        (ms, _) if in_turn => format!("…{}", tail(ms, 3)),
        (ms, seq) => format!("{}-{seq}", tail(ms, 3)),
    })
    .collect()
}

fn tail(text: &str, count: usize) -> &str {
    text.len()
        .checked_sub(count)
        .and_then(|at| text.get(at..))
        .unwrap_or(text)
}

/// An entry's ID as two numbers, in the order of the stream.
pub fn id_order(id: &str) -> (u64, u64) {
    let (ms, seq) = id.split_once('-').unwrap_or((id, "0"));
    (ms.parse().unwrap_or(0), seq.parse().unwrap_or(0))
}

/// A moment's time of day: `14:05:09.250 UTC`.
pub fn time_of_day(at: Millis) -> String {
    format!("{} UTC", super::format::clock(at % 86_400_000))
}

/// The length of a score's bar, 0 to 1: from 0 where no score is negative, from the lowest otherwise.
pub fn share(score: f64, highest: f64, lowest: f64) -> f64 {
    let from = if lowest < 0.0 { lowest } else { 0.0 };
    let share = (score - from) / (highest - from);
    // Infinite scores leave nothing to measure against.
    if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        f64::from(u8::from(score > 0.0))
    }
}

/// What the bytes of a string are, as far as can be told.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A number: a counter, most likely.
    Number(String),
    /// JSON, laid out.
    Json(String),
    /// Text.
    Text(String),
    /// Bytes: rows of offset, hexadecimal and characters.
    Dump(String),
}

/// What a string is. `whole` says that `head` is all of it; a part is never taken for JSON.
pub fn form(head: &[u8], whole: bool) -> Form {
    let Some(text) = text_of(head, whole) else {
        return Form::Dump(dump(head));
    };
    if whole
        && text.len() < 32
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        && text.parse::<f64>().is_ok()
    {
        return Form::Number(text.to_string());
    }
    match json(text) {
        Some(laid_out) if whole => Form::Json(laid_out),
        _ => Form::Text(text.to_string()),
    }
}

fn text_of(head: &[u8], whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end within a character.
        Err(error) if !whole && head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!text.chars().any(control)).then_some(text)
}

fn dump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (i, row) in bytes.chunks(16).enumerate() {
        let hex: Vec<String> = row.iter().map(|b| format!("{b:02x}")).collect();
        let text: String = row
            .iter()
            .map(|&b| {
                if b.is_ascii_graphic() || b == b' ' {
                    char::from(b)
                } else {
                    '·'
                }
            })
            .collect();
        out.push_str(&format!("{:04x}  {:<47}  {text}\n", i * 16, hex.join(" ")));
    }
    out
}

/// An object or array of JSON, laid out two spaces a level; `None` where it is not one.
pub fn json(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut reader = Json {
        rest: text,
        out: String::with_capacity(text.len() * 2),
    };
    reader.value(0)?;
    reader.rest.trim().is_empty().then_some(reader.out)
}

struct Json<'a> {
    rest: &'a str,
    out: String,
}

impl Json<'_> {
    fn value(&mut self, depth: usize) -> Option<()> {
        self.rest = self.rest.trim_start();
        match self.rest.bytes().next()? {
            b'{' if depth < JSON_DEPTH => self.list(depth, '{', '}'),
            b'[' if depth < JSON_DEPTH => self.list(depth, '[', ']'),
            b'"' => self.string(),
            _ => self.scalar(),
        }
    }

    fn list(&mut self, depth: usize, open: char, close: char) -> Option<()> {
        self.take(open)?;
        self.rest = self.rest.trim_start();
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            self.line(depth + 1);
            if open == '{' {
                self.rest = self.rest.trim_start();
                self.string()?;
                self.rest = self.rest.trim_start();
                self.take(':')?;
                self.out.push(' ');
            }
            self.value(depth + 1)?;
            self.rest = self.rest.trim_start();
            if self.take(',').is_none() {
                self.line(depth);
                return self.take(close);
            }
        }
    }

    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(depth));
    }

    fn take(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?;
        self.out.push(c);
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        let mut escaped = false;
        let end = self.rest.strip_prefix('"')?.bytes().position(|b| {
            let ends = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            ends
        })?;
        self.push(end + 2)
    }

    fn scalar(&mut self) -> Option<()> {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
            .unwrap_or(self.rest.len());
        let word = self.rest.get(..end)?;
        let number = word.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            && word.parse::<f64>().is_ok();
        (number || matches!(word, "true" | "false" | "null")).then_some(())?;
        self.push(end)
    }

    fn push(&mut self, length: usize) -> Option<()> {
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.out.push_str(head);
        self.rest = rest;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_command_are_quoted_where_they_must_be() {
        assert_eq!(word(b"user:42"), "user:42");
        assert_eq!(word(b"two words"), r#""two words""#);
        assert_eq!(word(b"it's"), r#""it's""#);
        assert_eq!(word(b""), r#""""#);
    }

    #[test]
    fn ids_keep_what_tells_them_apart() {
        let lane = |ids: &[&'static str]| lane_ids(ids.iter().copied());
        assert_eq!(
            lane(&["1775000004250-3", "1775000004250-10"]),
            ["-3", "-10"]
        );
        assert_eq!(
            lane(&["1775000004250-0", "1775000004267-0"]),
            ["…250", "…267"]
        );
        assert_eq!(
            lane(&["1775000004250-0", "1775000004267-1"]),
            ["250-0", "267-1"]
        );
        assert_eq!(lane(&["1-1", "2-1"]), ["1-1", "2-1"]);
        assert_eq!(lane(&["1775000004250-0"]), ["…250"]);
        assert_eq!(id_order("5-12"), (5, 12));
    }

    #[test]
    fn moments_have_a_time_of_day() {
        assert_eq!(time_of_day(1_775_052_309_250), "14:05:09.250 UTC");
    }

    #[test]
    fn bars_start_at_zero_or_at_the_lowest() {
        assert_eq!(share(5.0, 10.0, 1.0), 0.5);
        assert_eq!(share(0.0, 10.0, -10.0), 0.5);
        assert_eq!(share(0.0, 0.0, 0.0), 0.0);
        assert_eq!(share(f64::INFINITY, f64::INFINITY, 0.0), 1.0);
    }

    #[test]
    fn a_string_is_told_for_what_it_is() {
        assert_eq!(form(b"42", true), Form::Number("42".into()));
        assert_eq!(form(b"-", true), Form::Text("-".into()));
        assert_eq!(form(b"42", false), Form::Text("42".into()));
        assert_eq!(
            form(br#"{"a":[1,{}],"b":"x\"y"}"#, true),
            Form::Json("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x\\\"y\"\n}".into())
        );
        assert_eq!(form(b"{not json", true), Form::Text("{not json".into()));
        assert!(matches!(form(b"\x00\x01", true), Form::Dump(d) if d.starts_with("0000  00 01 ")));
        assert_eq!(form(&"é".as_bytes()[..1], false), Form::Text(String::new()));
    }

    #[test]
    fn json_that_is_not_whole_or_too_deep_is_left_alone() {
        for text in [
            "[1,",
            "[1]x",
            "[1 2]",
            "{\"a\" 1}",
            "[tru]",
            "\"x\"",
            "[\"x]",
        ] {
            assert_eq!(json(text), None, "{text}");
        }
        assert_eq!(
            json(&format!("{}{}", "[".repeat(500), "]".repeat(500))),
            None
        );
        assert_eq!(json("[]"), Some("[]".into()));
    }
}
