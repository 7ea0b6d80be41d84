//! The lessons that come with the page, how far a reader is with each, and the addresses that lessons have.

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use super::text::BYTES_MAX;
use crate::app::share::link;

/// A lesson that comes with the page, as it is listed before anything of it is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its file in `static/lessons/`, without `.md`.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// How many minutes it takes.
    pub minutes: u32,
}

/// All of them, in the order that they are best read in.
pub const SHELF: &[Listed] = &[];

/// What is behind a name in an address: a few small letters, digits and dashes.
pub fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(plain)
}

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A lesson of `static/lessons/`.
    Name(String),
    /// The text of a lesson.
    Text(String),
    /// Something of which not all is there.
    Cut,
}

/// What stands before the text of a lesson in an address, and which version of it that is.
const PACKED: &str = "lesson1.";

/// What a fragment asks for. `None`: no lesson.
pub fn asked(fragment: &str) -> Option<Asked> {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    if let Some(name) = fragment.strip_prefix("lesson=") {
        let (name, _) = name.split_once('&').unwrap_or((name, ""));
        return Some(match is_name(name) {
            true => Asked::Name(name.into()),
            false => Asked::Cut,
        });
    }
    let packed = fragment.strip_prefix(PACKED)?;
    let text = link::BASE64
        .decode(packed.trim_end_matches('='))
        .ok()
        .and_then(|bytes| link::inflate(&bytes, BYTES_MAX).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    Some(text.map_or(Asked::Cut, Asked::Text))
}

/// The fragment that opens a lesson, with its `#`: by its name where it has one, with the whole text otherwise.
pub fn fragment(name: &str, text: &str) -> String {
    match is_name(name) {
        true => format!("#lesson={name}"),
        false => format!("#{PACKED}{}", link::BASE64.encode(link::deflate(text.as_bytes(), &[]))),
    }
}

/// How far a reader is with a lesson, as the browser remembers it beside the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Which steps are done.
    pub ticked: Vec<bool>,
    /// What was chosen at the questions: step, place in it, answer.
    pub guesses: Vec<(usize, usize, usize)>,
    /// The reader's own notes.
    pub notes: String,
}

impl Progress {
    /// How many steps are done, and how many there are.
    pub fn count(&self) -> (usize, usize) {
        let done = self.ticked.iter().filter(|ticked| **ticked).count();
        (done, self.ticked.len())
    }

    /// As it is remembered.
    pub fn written(&self) -> String {
        // Only what is no text or has keys that are none cannot be written as JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was remembered; nothing, where that cannot be read.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_lesson_or_holds_one() {
        let text = "---\ntitle: Möbius\nminutes: 1\n---\n## One\n";
        let packed = fragment("", text);
        assert!(packed.starts_with("#lesson1."), "{packed}");
        assert_eq!(asked(&packed), Some(Asked::Text(text.into())));
        assert_eq!(asked(&fragment("locks", text)), Some(Asked::Name("locks".into())));
        assert_eq!(asked("#lesson=locks&x=1"), Some(Asked::Name("locks".into())));
        for cut in [&packed[..packed.len() - 6], "#lesson=../x", "#lesson=", "#lesson1.%%"] {
            assert_eq!(asked(cut), Some(Asked::Cut), "{cut}");
        }
        assert_eq!(asked("#cmd=PING"), None);
        assert_eq!(asked(""), None);
    }

    #[test]
    fn what_was_remembered_is_read_again() {
        let progress = Progress {
            ticked: vec![true, false],
            guesses: vec![(0, 3, 1)],
            notes: "see \"ties\"".into(),
        };
        assert_eq!(Progress::read(&progress.written()), progress);
        assert_eq!(progress.count(), (1, 2));
        assert_eq!(Progress::read("{nonsense"), Progress::default());
    }
}
