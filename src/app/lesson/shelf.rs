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
pub const SHELF: &[Listed] = &[
    Listed {
        name: "leaderboards",
        title: "Leaderboards",
        about: "Ranks that are right after every update, and what they cost",
        minutes: 20,
    },
    Listed {
        name: "streams",
        title: "Streams and their workers",
        about: "Work that is shared, survives a crash, and may come twice",
        minutes: 20,
    },
    Listed {
        name: "notifications",
        title: "Notifications",
        about: "Who receives a message, who misses it, and what to do about that",
        minutes: 20,
    },
    Listed {
        name: "uniques",
        title: "Counting uniques",
        about: "How many different ones, in 12 KB, and how far off that is",
        minutes: 20,
    },
    Listed {
        name: "locks",
        title: "Locks",
        about: "Tokens, expiry, fencing, and what a lock on one server can't promise",
        minutes: 20,
    },
    Listed {
        name: "limits",
        title: "Rate limiters",
        about: "Four ways to say so many calls in so much time, the same traffic through all of them, and what each costs",
        minutes: 20,
    },
    Listed {
        name: "caching",
        title: "Caching",
        about: "What a cache answers with when the truth changes, when everybody misses at once, and when memory runs out",
        minutes: 20,
    },
    Listed {
        name: "feeds",
        title: "Feeds",
        about: "A home page of what others wrote, put together when they write, when somebody reads, or both",
        minutes: 18,
    },
    Listed {
        name: "choosing",
        title: "Choosing a structure",
        about: "Which structure answers which question, and what the wrong one costs",
        minutes: 18,
    },
];

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
    let (packed, _) = packed.split_once('&').unwrap_or((packed, ""));
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
        false => format!(
            "#{PACKED}{}",
            link::BASE64.encode(link::deflate(text.as_bytes(), &[]))
        ),
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
    fn what_is_listed_is_what_stands_in_the_files() {
        for listed in SHELF {
            let path = format!(
                "{}/static/lessons/{}.md",
                env!("CARGO_MANIFEST_DIR"),
                listed.name
            );
            let text = std::fs::read_to_string(&path).expect(listed.name);
            let lesson = crate::app::lesson::text::read(&text).expect(listed.name);
            let of = (lesson.title.as_str(), lesson.about.as_str(), lesson.minutes);
            assert_eq!((listed.title, listed.about, listed.minutes), of);
        }
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/static/lessons"));
        assert_eq!(files.expect("they are there").count(), SHELF.len());
    }

    #[test]
    fn an_address_names_a_lesson_or_holds_one() {
        let text = "---\ntitle: Möbius\nminutes: 1\n---\n## One\n";
        let packed = fragment("", text);
        assert!(packed.starts_with("#lesson1."), "{packed}");
        assert_eq!(asked(&packed), Some(Asked::Text(text.into())));
        assert_eq!(
            asked(&fragment("locks", text)),
            Some(Asked::Name("locks".into()))
        );
        assert_eq!(
            asked("#lesson=locks&x=1"),
            Some(Asked::Name("locks".into()))
        );
        for cut in [
            &packed[..packed.len() - 6],
            "#lesson=../x",
            "#lesson=",
            "#lesson1.%%",
        ] {
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
