//! From words to their parts: values, chance and times.

use super::parse::{Parser, fault};
use super::*;
use crate::engine::resp::split_words;

impl Parser<'_> {
    pub(super) fn one_word(&mut self, line: u32, text: &str) -> Result<Word, Fault> {
        let mut words = self.words(line, text)?;
        match (words.pop(), words.pop()) {
            (Some(word), None) => Ok(word),
            _ => Err(fault(line, "expected one word")),
        }
    }

    pub(super) fn words(&mut self, line: u32, text: &str) -> Result<Vec<Word>, Fault> {
        let words = split_words(text.as_bytes())
            .ok_or_else(|| fault(line, "expected the end of a quoted word"))?;
        words
            .into_iter()
            .map(|word| self.word(line, &word))
            .collect()
    }

    fn word(&mut self, line: u32, bytes: &[u8]) -> Result<Word, Fault> {
        let mut word = Word::new();
        let mut text = Vec::new();
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte != b'{' && byte != b'}' {
                text.push(byte);
            } else if after.first() == Some(&byte) {
                text.push(byte);
                rest = after.get(1..).unwrap_or_default();
            } else if byte == b'}' {
                return Err(fault(line, "expected }} for a brace that is only a brace"));
            } else {
                let end = after.iter().position(|b| *b == b'}');
                let end = end.ok_or_else(|| {
                    fault(line, "expected } after {, in the same word ({{ is a brace)")
                })?;
                let inside =
                    String::from_utf8_lossy(after.get(..end).unwrap_or_default()).into_owned();
                rest = after.get(end + 1..).unwrap_or_default();
                if !text.is_empty() {
                    word.push(Part::Text(std::mem::take(&mut text)));
                }
                word.push(self.part(line, &inside)?);
            }
        }
        if !text.is_empty() || word.is_empty() {
            word.push(Part::Text(text));
        }
        Ok(word)
    }

    fn part(&mut self, line: u32, inside: &str) -> Result<Part, Fault> {
        if inside.contains('|') {
            return Ok(Part::OneOf(inside.split('|').map(str::to_string).collect()));
        }
        match inside.split_once("..") {
            Some((from, to)) => {
                let from = self.bound(line, from, "{1..100}")?;
                Ok(Part::Number(from, self.bound(line, to, "{1..100}")?))
            }
            None => Ok(Part::Value(self.path(line, inside)?)),
        }
    }

    pub(super) fn bound(&mut self, line: u32, text: &str, example: &str) -> Result<Bound, Fault> {
        let text = bare(text);
        match text.parse() {
            Ok(number) => Ok(Bound::Number(number)),
            Err(_) if text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                Ok(Bound::Value(self.path(line, text)?))
            }
            Err(_) => Err(fault(
                line,
                format!("expected whole numbers or names, as in {example}; found {text}"),
            )),
        }
    }

    pub(super) fn path(&mut self, line: u32, text: &str) -> Result<Path, Fault> {
        let text = bare(text);
        let mut names = text.split('.');
        let root = names.next().unwrap_or_default();
        if !is_name(root) {
            return Err(fault(
                line,
                format!("expected a name, as in reply or reply.1; found {text}"),
            ));
        }
        let root = match root {
            "me" => Root::Me,
            "now" => Root::Now,
            _ => {
                let slot = self.slot(root);
                self.uses.push((slot, line));
                Root::Kept(slot)
            }
        };
        let mut steps = Vec::new();
        for name in names {
            let step = match name {
                "id" => Way::Nth(0),
                "fields" => Way::Nth(1),
                "entries" => {
                    steps.push(Way::Nth(0));
                    Way::Nth(1)
                }
                "count" => Way::Count,
                _ => match name.parse::<usize>().map(|n| n.checked_sub(1)) {
                    Ok(Some(n)) => Way::Nth(n),
                    Err(_) if !name.is_empty() => Way::Named(name.to_string()),
                    _ => {
                        return Err(fault(
                            line,
                            format!(
                                "expected a name or a number from 1 after each point in {text}"
                            ),
                        ));
                    }
                },
            };
            steps.push(step);
        }
        Ok(Path {
            root,
            steps,
            text: text.to_string(),
        })
    }

    fn slot(&mut self, name: &str) -> usize {
        let found = self.names.iter().position(|(known, _)| known == name);
        found.unwrap_or_else(|| {
            self.names.push((name.to_string(), false));
            self.names.len() - 1
        })
    }

    /// The place of a value that is kept.
    pub(super) fn kept(&mut self, name: &str, line: u32) -> Result<usize, Fault> {
        if !is_name(name) || matches!(name, "me" | "now") {
            return Err(fault(
                line,
                format!(
                    "expected a name of small letters, digits and _, other than me and now; found {name}"
                ),
            ));
        }
        let slot = self.slot(name);
        if let Some((_, kept)) = self.names.get_mut(slot) {
            *kept = true;
        }
        Ok(slot)
    }

    /// `2s`, `50ms..200ms`, `{left}ms`.
    pub(super) fn span(&mut self, line: u32, text: &str) -> Result<Span, Fault> {
        let (from, to) = match text.split_once("..").filter(|_| !text.starts_with('{')) {
            Some((from, to)) => (from, to),
            None => (text, text),
        };
        Ok(Span {
            from: self.time(line, from)?,
            to: self.time(line, to)?,
        })
    }

    fn time(&mut self, line: u32, text: &str) -> Result<Time, Fault> {
        let expected = || {
            fault(
                line,
                format!(
                    "expected a time, as in 200ms, 2s, 50ms..200ms or {{left}}ms; found {text}"
                ),
            )
        };
        let (number, unit) = match text.strip_suffix("ms") {
            Some(number) => (number, 1),
            None => (text.strip_suffix('s').ok_or_else(expected)?, 1000),
        };
        if number.starts_with('{') && number.ends_with('}') {
            return Ok(Time::Value(self.path(line, number)?, unit));
        }
        let digits = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let value: f64 = number
            .parse()
            .ok()
            .filter(|_| digits)
            .ok_or_else(expected)?;
        Ok(Time::Millis((value * unit as f64).round() as u64))
    }
}

/// A name with or without its braces.
pub(super) fn bare(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .unwrap_or(text)
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
