//! What a sequence is made of, and its form as a line of a transcript.

use keyglass::engine::resp::split_words;

use crate::frame::quote;

/// The words of a command.
pub type Words = Vec<Vec<u8>>;

/// Which clients there are: A, B and C do whatever comes; D looks (`ScanAll`, `Dump`) and does what
/// nothing may come between, so it is never blocked, subscribed or in another database.
pub const CLIENTS: usize = 4;
/// The client that looks.
pub const OBSERVER: usize = 3;

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A client sends a command: `A> SET k v`.
    Command(usize, Words),
    /// A client sends bytes as they are, whole commands all the same: `A! "PING\r\n"`.
    Raw(usize, Vec<u8>),
    /// Time passes, in milliseconds: `@5`.
    Pause(u64),
    /// A client's connection is cut, and made anew: `A x`.
    Hangup(usize),
    /// The observer walks a whole SCAN with these options, from 0 to 0: `scan> MATCH a* COUNT 3`.
    ScanAll(Words),
    /// The observer reads everything that is there: `dump`.
    Dump,
    /// The observer lets a value travel, by DUMP and RESTORE, from the real server to the engine, back,
    /// and once more: `carry> k`. Nothing happens while somebody waits.
    Carry(Vec<u8>),
}

impl Step {
    /// The line of a transcript.
    pub fn line(&self) -> String {
        match self {
            Self::Command(client, words) => format!("{}> {}", letter(*client), line_of(words)),
            Self::Raw(client, bytes) => format!("{}! {}", letter(*client), quote(bytes)),
            Self::Pause(ms) => format!("@{ms}"),
            Self::Hangup(client) => format!("{} x", letter(*client)),
            Self::ScanAll(words) => format!("scan> {}", line_of(words)).trim_end().to_string(),
            Self::Dump => "dump".to_string(),
            Self::Carry(key) => format!("carry> {}", word_of(key)),
        }
    }

    /// Reads a line of a transcript; `None` for a blank line and a remark.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let words = |text: &str| {
            split_words(text.as_bytes()).unwrap_or_else(|| panic!("unbalanced quotes: {line}"))
        };
        if line == "dump" {
            return Some(Self::Dump);
        }
        if let Some(ms) = line.strip_prefix('@') {
            return Some(Self::Pause(ms.parse().unwrap()));
        }
        if let Some(rest) = line.strip_prefix("scan>") {
            return Some(Self::ScanAll(words(rest)));
        }
        if let Some(rest) = line.strip_prefix("carry>") {
            return Some(Self::Carry(words(rest).concat()));
        }
        let client = usize::from(line.as_bytes()[0].wrapping_sub(b'A'));
        assert!(client < CLIENTS && line.len() > 2, "not a step: {line}");
        if line.ends_with(" x") && line.len() == 3 {
            return Some(Self::Hangup(client));
        }
        let rest = words(&line[2..]);
        Some(match line.as_bytes()[1] {
            b'>' => Self::Command(client, rest),
            b'!' => Self::Raw(client, rest.concat()),
            _ => panic!("not a step: {line}"),
        })
    }
}

/// The letter of a client.
pub fn letter(client: usize) -> char {
    char::from(b'A' + client as u8)
}

/// The words of a command as one line that reads back to them.
pub fn line_of(words: &[Vec<u8>]) -> String {
    words
        .iter()
        .map(|w| word_of(w))
        .collect::<Vec<_>>()
        .join(" ")
}

fn word_of(word: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'\\' | b'#');
    if !word.is_empty() && word.iter().all(plain) {
        String::from_utf8_lossy(word).into_owned()
    } else {
        quote(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_reads_back_from_its_line() {
        let odd: Vec<u8> = (0..=255).collect();
        let steps = [
            Step::Command(0, vec![b"SET".to_vec(), odd.clone(), Vec::new()]),
            Step::Raw(2, odd),
            Step::Pause(5),
            Step::Hangup(1),
            Step::ScanAll(vec![b"COUNT".to_vec(), b"3".to_vec()]),
            Step::ScanAll(vec![]),
            Step::Dump,
            Step::Carry(b"a key".to_vec()),
        ];
        for step in steps {
            assert_eq!(Step::parse(&step.line()), Some(step));
        }
    }
}
