//! What the author of a page wants to be true in the end: a command, and what it replies then.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::session::message::{Reply, encode_command, split_words, text};

/// `ZREVRANK board ann = 0`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// As it was written.
    pub text: String,
    /// The command, for the wire.
    pub command: Vec<u8>,
    expected: String,
    relation: Relation,
}

/// How a reply is to stand to what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Relation {
    Same,
    Other,
    /// As a number, no less.
    AtLeast,
    /// As a number, no more.
    AtMost,
}

/// What it has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether it is as wanted.
    pub passed: bool,
    /// The reply, as redis-cli prints it.
    pub reply: String,
}

/// Commands that may take as long as they like, and nobody waits for a check.
const REFUSED: [&str; 4] = ["eval", "fcall", "script", "debug"];

impl Check {
    /// Reads one. `None`: there is no ` = `, ` != `, ` >= ` or ` <= ` in it, or no command that can be asked, or no number
    /// where one is needed.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (line, relation, expected) = divided(text)?;
        let expected = expected.trim();
        let numbers = matches!(relation, Relation::AtLeast | Relation::AtMost);
        if numbers && number(expected).is_none() {
            return None;
        }
        Some(Self {
            text: text.into(),
            command: command(line)?,
            expected: expected.into(),
            relation,
        })
    }

    /// Holds a reply against what is wanted.
    pub fn hold(&self, reply: &Reply) -> Checked {
        let printed = text::format(reply);
        let reply_text = printed.trim_end();
        let same = || self.expected == reply_text || is(reply, &self.expected);
        let order = || compare(reply, &self.expected);
        let holds = match self.relation {
            Relation::Same => same(),
            Relation::Other => !same(),
            Relation::AtLeast => order().is_some_and(Ordering::is_ge),
            Relation::AtMost => order().is_some_and(Ordering::is_le),
        };
        Checked {
            passed: holds && !matches!(reply, Reply::Error(_)),
            reply: reply_text.into(),
        }
    }
}

/// The command of a line, for the wire, if it is one that a copy of the session can be asked.
pub fn command(line: &str) -> Option<Vec<u8>> {
    let words = split_words(line.as_bytes()).filter(|words| !words.is_empty())?;
    let name = String::from_utf8_lossy(words.first()?).to_ascii_lowercase();
    let refused = REFUSED.iter().any(|refused| name.starts_with(refused));
    (!refused).then(|| encode_command(&words))
}

/// What stands before the sign, the sign, and what stands behind it. The sign is the last word outside quotes that is
/// one; where none is, the last that begins with one.
fn divided(text: &str) -> Option<(&str, Relation, &str)> {
    let mut signs = (None, None);
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = text.get(at..)?;
        match quote {
            Some(open) => quote = (c != open || before == '\\').then_some(open),
            // An apostrophe within a word opens nothing.
            None if c == '"' || c == '\'' && before.is_whitespace() => {
                quote = Some(c).filter(|c| rest.get(1..).is_some_and(|rest| rest.contains(*c)));
            }
            None if before.is_whitespace() => {
                if let Some((sign, relation)) = sign(rest) {
                    let behind = rest.get(sign.len()..)?;
                    let found = Some((text.get(..at)?, relation, behind));
                    match behind.chars().next().is_none_or(char::is_whitespace) {
                        true => signs.0 = found,
                        false => signs.1 = found,
                    }
                }
            }
            None => {}
        }
        before = c;
    }
    signs.0.or(signs.1)
}

fn sign(text: &str) -> Option<(&'static str, Relation)> {
    let signs = [
        ("!=", Relation::Other),
        (">=", Relation::AtLeast),
        ("<=", Relation::AtMost),
        ("=", Relation::Same),
    ];
    signs.into_iter().find(|(sign, _)| text.starts_with(sign))
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|n: &f64| !n.is_nan())
}

/// How a reply compares to a number. `None`: one of them is none.
fn compare(reply: &Reply, expected: &str) -> Option<Ordering> {
    let text = match reply {
        Reply::Int(n) => n.to_string(),
        Reply::Bulk(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Reply::Simple(text) | Reply::Double(text) | Reply::BigNumber(text) => text.clone(),
        _ => return None,
    };
    // Whole numbers beyond 2^53 differ where their floats do not.
    match (text.parse::<i64>(), expected.parse::<i64>()) {
        (Ok(reply), Ok(expected)) => Some(reply.cmp(&expected)),
        _ => number(&text)?.partial_cmp(&number(expected)?),
    }
}

/// Whether a reply is what somebody wrote by hand: a number, a word with or without quotes, `nil`, or the words of a list.
fn is(reply: &Reply, expected: &str) -> bool {
    let word = |bytes: &[u8]| {
        let words = split_words(expected.as_bytes());
        let unquoted = matches!(words.as_deref(), Some([word]) if word == bytes);
        unquoted || expected.as_bytes() == bytes
    };
    match reply {
        Reply::Null => matches!(expected, "nil" | "(nil)"),
        Reply::Int(n) => expected == n.to_string(),
        Reply::Bulk(bytes) => word(bytes),
        Reply::Simple(text)
        | Reply::Verbatim(text)
        | Reply::Double(text)
        | Reply::BigNumber(text) => word(text.as_bytes()),
        Reply::Bool(yes) => expected == if *yes { "true" } else { "false" },
        Reply::Array(rows) | Reply::Set(rows) => {
            let words = split_words(expected.as_bytes()).unwrap_or_default();
            let is = |(row, word): (&Reply, &Vec<u8>)| is(row, &String::from_utf8_lossy(word));
            rows.len() == words.len() && rows.iter().zip(&words).all(is)
        }
        Reply::Map(_) | Reply::Push(_) | Reply::Error(_) => false,
    }
}
