//! What the author of a page wants to be true in the end: a command, and what it replies then.

use crate::session::message::{Reply, encode_command, split_words, text};

/// `ZREVRANK board ann = 0`.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// As it was written.
    pub text: String,
    /// The command, for the wire.
    pub command: Vec<u8>,
    expected: String,
    /// Whether the reply is to be another.
    differs: bool,
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
    /// Reads one. `None`: there is no ` = ` or ` != ` in it, or no command that can be asked.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (line, expected) = text.rsplit_once('=')?;
        let (line, differs) = match line.strip_suffix('!') {
            Some(line) => (line, true),
            None => (line, false),
        };
        let line = line.strip_suffix(char::is_whitespace)?;
        let words = split_words(line.as_bytes()).filter(|words| !words.is_empty())?;
        let name = String::from_utf8_lossy(words.first()?).to_ascii_lowercase();
        if REFUSED.iter().any(|refused| name.starts_with(refused)) {
            return None;
        }
        Some(Self {
            text: text.into(),
            command: encode_command(&words),
            expected: expected.trim().into(),
            differs,
        })
    }

    /// Holds a reply against what is wanted.
    pub fn hold(&self, reply: &Reply) -> Checked {
        let printed = text::format(reply);
        let reply_text = printed.trim_end();
        let same = self.expected == reply_text || is(reply, &self.expected);
        Checked {
            passed: same != self.differs && !matches!(reply, Reply::Error(_)),
            reply: reply_text.into(),
        }
    }
}

/// Whether a reply is what somebody wrote by hand: a number, a word with or without quotes, `nil`, or the words of a list.
fn is(reply: &Reply, expected: &str) -> bool {
    let word = |bytes: &[u8]| match split_words(expected.as_bytes()).as_deref() {
        Some([word]) => word.as_slice() == bytes,
        _ => expected.as_bytes() == bytes,
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
