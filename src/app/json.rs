//! JSON as a tree that is read one level at a time, as it is opened. Text stays as it was written: numbers keep all
//! their digits, and a name that stands twice is shown twice.

use std::fmt;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The most members or elements that are shown of one level.
pub const SHOWN_MAX: usize = 200;
/// How deep a tree is opened; what is deeper stays text.
pub const DEPTH_MAX: usize = 64;

/// Where and why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
    /// Why, in a few words.
    pub why: String,
}

/// One level of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// An object or an array.
    Many {
        /// Whether it is an object.
        object: bool,
        /// The name and text of the first members, or the text of the first elements.
        shown: Vec<(Option<String>, String)>,
        /// How many there are.
        len: usize,
    },
    /// Anything else, as it is written.
    One(String),
}

/// Whether a text is JSON.
pub fn check(text: &str) -> Result<(), Fault> {
    serde_json::from_str::<&RawValue>(text)
        .map(|_| ())
        .map_err(|error| Fault {
            line: error.line(),
            column: error.column(),
            why: {
                let said = error.to_string();
                said.split(" at line ")
                    .next()
                    .unwrap_or_default()
                    .to_string()
            },
        })
}

/// The outermost level of a text that is JSON.
pub fn level(text: &str) -> Level {
    let text = text.trim();
    let object = text.starts_with('{');
    if !object && !text.starts_with('[') {
        return Level::One(text.to_string());
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    match reader.deserialize_any(Reader) {
        Ok((shown, len)) => Level::Many { object, shown, len },
        Err(_) => Level::One(text.to_string()),
    }
}

/// Reads one level and leaves what is below it as text.
struct Reader;

type Shown = (Vec<(Option<String>, String)>, usize);

impl<'a> Visitor<'a> for Reader {
    type Value = Shown;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Shown, A::Error> {
        let (mut shown, mut len) = (Vec::new(), 0);
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            if len < SHOWN_MAX {
                shown.push((Some(name), value.get().to_string()));
            }
            len += 1;
        }
        Ok((shown, len))
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Shown, A::Error> {
        let (mut shown, mut len) = (Vec::new(), 0);
        while let Some(value) = list.next_element::<&RawValue>()? {
            if len < SHOWN_MAX {
                shown.push((None, value.get().to_string()));
            }
            len += 1;
        }
        Ok((shown, len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_keeps_what_is_below_it_as_it_was_written() {
        let Level::Many { object, shown, len } =
            level(r#" {"b":[1, 2.50],"a":12345678901234567890123,"b":"x\"y"} "#)
        else {
            panic!("no object");
        };
        assert_eq!((object, len), (true, 3));
        let words: Vec<_> = shown
            .iter()
            .map(|(name, text)| (name.as_deref().unwrap(), text.as_str()))
            .collect();
        assert_eq!(
            words,
            [
                ("b", "[1, 2.50]"),
                ("a", "12345678901234567890123"),
                ("b", r#""x\"y""#)
            ]
        );
        assert_eq!(level("null"), Level::One("null".into()));
        assert!(matches!(
            level("[]"),
            Level::Many {
                object: false,
                len: 0,
                ..
            }
        ));
        let long = format!("[{}0]", "0,".repeat(999));
        assert!(
            matches!(level(&long), Level::Many { shown, len: 1000, .. } if shown.len() == SHOWN_MAX)
        );
    }

    #[test]
    fn what_is_no_json_says_where() {
        let fault = check("{\n\"a\": tru}").unwrap_err();
        assert_eq!(
            (fault.line, fault.column, fault.why.as_str()),
            (2, 9, "expected ident")
        );
        for text in ["[1,", "[1]x", "[1 2]", "{\"a\" 1}", "", "[\"x]", "{a:1}"] {
            assert!(check(text).is_err(), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(check(&deep), Ok(()), "however deep, no stack is used up");
        assert!(matches!(level(&deep), Level::Many { len: 1, .. }));
    }
}
