//! Tab and Shift-Tab: what may stand at the cursor, one proposal after another.

use super::actors::lines;
use super::clock;
use super::help;
use super::hint::grammar::{Expect, Matched};
use super::hint::{find, typed, without_repeat};
use super::past;
use crate::session::message::{ArgDoc, ArgKind, Bytes, CommandDoc, split_words, text};

/// Lines that the console answers itself.
const OWN: [&str; 2] = ["HELP", "CLEAR"];

/// What is known to be there, to be proposed where the grammar asks for it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Keys.
    pub keys: Vec<Bytes>,
    /// Members, elements and fields of the key that the line names.
    pub members: Vec<Bytes>,
    /// Its consumer groups.
    pub groups: Vec<Bytes>,
    /// Their consumers.
    pub consumers: Vec<Bytes>,
    /// IDs of its entries.
    pub ids: Vec<Bytes>,
    /// Channels.
    pub channels: Vec<Bytes>,
    /// The names of actors.
    pub actors: Vec<String>,
}

impl Known {
    /// What is known for an argument.
    fn of(&self, arg: &ArgDoc) -> &[Bytes] {
        if arg.kind == ArgKind::Key {
            return &self.keys;
        }
        match arg.name.to_ascii_lowercase().as_str() {
            "member" | "member1" | "member2" | "element" | "field" | "pivot" => &self.members,
            "group" | "groupname" => &self.groups,
            "consumer" | "consumername" => &self.consumers,
            "id" if arg.kind == ArgKind::Text => &self.ids,
            "channel" => &self.channels,
            _ => &[],
        }
    }
}

/// The key that a line names before the cursor: whose members it may ask for.
pub fn key_named(before: &str, commands: &[CommandDoc]) -> Option<Vec<u8>> {
    let typed = typed(before)?;
    let words = without_repeat(&typed.words);
    let (doc, used) = find(commands, words)?;
    Matched::of(&doc.args, words.get(used..)?)?
        .key()
        .map(<[u8]>::to_vec)
}

/// What may stand in place of the word at the end of a text: the byte where that word begins, and the
/// proposals, each as it is to be typed.
pub fn candidates(before: &str, commands: &[CommandDoc], known: &Known) -> (usize, Vec<String>) {
    let Some(typed) = typed(before) else {
        return (before.len(), Vec::new());
    };
    let words = without_repeat(&typed.words);
    let typing = Typing::new(before.get(typed.start..).unwrap_or_default(), words);
    let mut out = Vec::new();
    let is_help = words
        .first()
        .is_some_and(|w| w.eq_ignore_ascii_case(b"help") || w == b"?");
    if words.is_empty() && typing.raw.starts_with('.') {
        typing.exact(
            &mut out,
            clock::LINES
                .iter()
                .chain(&lines::LINES)
                .chain(&past::LINES)
                .map(|line| (*line).to_owned())
                .collect(),
        );
    } else if words.is_empty() {
        typing.names(&mut out, first_words(commands).chain(OWN));
        out.sort_by_key(|name| name.to_ascii_lowercase());
    } else if lines::is_order(&words[0]) {
        typing.exact(&mut out, lines::values(words, &known.actors));
    } else if clock::is_turn(&words[0]) {
        if let [name] = words {
            typing.exact(&mut out, clock::values(name));
        }
    } else if is_help {
        match words.get(1) {
            None => {
                typing.names(&mut out, first_words(commands));
                typing.exact(&mut out, help::groups(commands));
            }
            Some(container) => typing.names(&mut out, subcommands(commands, container)),
        }
    } else {
        if let [container] = words {
            typing.names(&mut out, subcommands(commands, container));
        }
        arguments(&typing, words, commands, known, &mut out);
    }
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|proposal| *proposal != typing.raw && seen.insert(proposal.clone()));
    (typed.start, out)
}

fn arguments(
    typing: &Typing<'_>,
    words: &[Vec<u8>],
    commands: &[CommandDoc],
    known: &Known,
    out: &mut Vec<String>,
) {
    let Some((doc, used)) = find(commands, words) else {
        return;
    };
    let Some(matched) = Matched::of(&doc.args, words.get(used..).unwrap_or_default()) else {
        return;
    };
    for expect in matched.expected() {
        match expect {
            Expect::Token(token) => typing.names(out, [token]),
            Expect::Value(arg) if arg.name == "command-name" => {
                typing.names(out, first_words(commands))
            }
            Expect::Value(arg) => typing.values(out, known.of(arg)),
        }
    }
}

/// The first words of all commands' names, each once where the commands stand in order.
fn first_words(commands: &[CommandDoc]) -> impl Iterator<Item = &str> {
    let firsts = commands.iter().filter_map(|doc| doc.name.split(' ').next());
    let mut last = "";
    firsts.filter(move |name| std::mem::replace(&mut last, name) != *name)
}

fn subcommands<'a>(commands: &'a [CommandDoc], container: &[u8]) -> impl Iterator<Item = &'a str> {
    commands.iter().filter_map(move |doc| {
        doc.name
            .split_once(' ')
            .filter(|(first, _)| first.as_bytes().eq_ignore_ascii_case(container))
            .map(|(_, sub)| sub)
    })
}

/// The word being typed.
struct Typing<'a> {
    /// As it stands there, an open quote included.
    raw: &'a str,
    /// What it says.
    bytes: Vec<u8>,
    quote: Option<char>,
    /// Names are proposed in lower case.
    lower: bool,
}

impl<'a> Typing<'a> {
    fn new(raw: &'a str, before: &[Vec<u8>]) -> Self {
        let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''));
        // An open quote is closed to be read; so is a word that ends in a lone backslash.
        let closed = quote.map(|q| format!("{raw}{q}"));
        let read =
            |text: &str| split_words(text.as_bytes()).and_then(|words| words.into_iter().next());
        let bytes = read(raw)
            .or_else(|| read(&closed?))
            .unwrap_or_else(|| raw.as_bytes().to_vec());
        // The case follows what is being typed, and at the beginning of a word the words before it.
        let letters = [bytes.as_slice()]
            .into_iter()
            .chain(before.iter().map(Vec::as_slice));
        let like = letters
            .into_iter()
            .find(|word| word.iter().any(u8::is_ascii_alphabetic))
            .unwrap_or_default();
        let lower =
            like.iter().any(u8::is_ascii_lowercase) && !like.iter().any(u8::is_ascii_uppercase);
        Self {
            raw,
            bytes,
            quote,
            lower,
        }
    }

    /// Adds the names that begin as typed, in any case; written in the case of what was typed.
    fn names<'n>(&self, out: &mut Vec<String>, names: impl IntoIterator<Item = &'n str>) {
        let begins = |name: &&str| {
            name.as_bytes()
                .get(..self.bytes.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(&self.bytes))
        };
        let cased = |name: &str| {
            if self.lower {
                name.to_ascii_lowercase()
            } else {
                name.to_owned()
            }
        };
        if self.quote.is_none() {
            out.extend(names.into_iter().filter(begins).map(cased));
        }
    }

    /// Adds the words that begin as typed, in any case; written as they are.
    fn exact(&self, out: &mut Vec<String>, words: Vec<String>) {
        out.extend(words.into_iter().filter(|w| {
            w.as_bytes()
                .get(..self.bytes.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(&self.bytes))
        }));
    }

    /// Adds the values that begin as typed, quoted where they must be.
    fn values(&self, out: &mut Vec<String>, values: &[Bytes]) {
        out.extend(
            values
                .iter()
                .filter(|value| value.starts_with(&self.bytes))
                .map(|value| word(value, self.quote)),
        );
    }
}

/// Bytes as a word of a line: bare where that reads back the same, else in quotes. `open`: the quote
/// that was typed already.
pub fn word(bytes: &[u8], open: Option<char>) -> String {
    let plain = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.chars().any(char::is_control));
    let Some(text) = plain else {
        return text::quote(bytes);
    };
    let bare = !text.is_empty() && !text.contains([' ', '"', '\'']);
    match open {
        None if bare => text.to_owned(),
        // Inside single quotes a backslash before a quote cannot be said.
        Some('\'') if !text.contains(['\\', '\'']) => format!("'{text}'"),
        _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// A round through the proposals for one place in a line; behind the last one comes the line as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// What stands before the proposal, and behind it.
    around: (String, String),
    /// What was typed in its place.
    original: String,
    proposals: Vec<String>,
    /// Which proposal is shown; behind the last one, what was typed.
    at: usize,
}

impl Cycle {
    /// Finds the proposals for a cursor, in characters; `None` where there are none. What was typed is still shown.
    pub fn start(
        text: &str,
        cursor: usize,
        commands: &[CommandDoc],
        known: &Known,
    ) -> Option<Self> {
        let end = text
            .char_indices()
            .nth(cursor)
            .map_or(text.len(), |(at, _)| at);
        let (before, after) = text.split_at_checked(end)?;
        let (start, proposals) = candidates(before, commands, known);
        let (head, original) = before.split_at_checked(start)?;
        let at = proposals.len();
        (at > 0).then(|| Self {
            around: (head.to_owned(), after.to_owned()),
            original: original.to_owned(),
            proposals,
            at,
        })
    }

    /// Goes to the next proposal, or with `back` to the one before.
    pub fn turn(&mut self, back: bool) {
        let count = self.proposals.len() + 1;
        self.at = (self.at + if back { count - 1 } else { 1 }) % count;
    }

    /// The line as it stands now, and the cursor in characters.
    pub fn shown(&self) -> (String, usize) {
        let middle = self.proposals.get(self.at).unwrap_or(&self.original);
        let before = format!("{}{middle}", self.around.0);
        let cursor = before.chars().count();
        (before + &self.around.1, cursor)
    }

    /// The proposals.
    pub fn proposals(&self) -> &[String] {
        &self.proposals
    }

    /// Which proposal is shown; `None` for what was typed.
    pub fn selected(&self) -> Option<usize> {
        (self.at < self.proposals.len()).then_some(self.at)
    }
}

/// Tab, or with `back` Shift-Tab: goes on with the round where the line is as it left it, else begins one.
/// The line and cursor to show; `None` where nothing can be proposed.
pub fn tab(
    cycle: &mut Option<Cycle>,
    text: &str,
    cursor: usize,
    back: bool,
    commands: &[CommandDoc],
    known: &Known,
) -> Option<(String, usize)> {
    if cycle
        .as_ref()
        .is_none_or(|cycle| cycle.shown() != (text.to_owned(), cursor))
    {
        *cycle = Cycle::start(text, cursor, commands, known);
    }
    let cycle = cycle.as_mut()?;
    cycle.turn(back);
    Some(cycle.shown())
}

#[cfg(test)]
mod tests {
    use super::super::hint::tests::commands;
    use super::*;

    fn known() -> Known {
        let all = |names: &[&str]| {
            names
                .iter()
                .map(|n| Bytes::from_slice(n.as_bytes()))
                .collect()
        };
        Known {
            keys: all(&["board", "board two", "events", "it's"]),
            members: all(&["user:1", "user:2"]),
            groups: all(&["workers"]),
            consumers: all(&["w1", "w2"]),
            ids: all(&["1-1"]),
            channels: all(&["news"]),
            actors: Vec::new(),
        }
    }

    fn proposed(before: &str) -> Vec<String> {
        candidates(before, &commands(), &known()).1
    }

    #[test]
    fn commands_follow_the_case_typed() {
        assert_eq!(proposed("z"), ["zadd", "zincrby"]);
        assert_eq!(proposed("Z"), ["ZADD", "ZINCRBY"]);
        assert_eq!(proposed("zA"), ["ZADD"]);
        assert_eq!(proposed("xg"), ["xgroup"]);
        assert_eq!(proposed("HEL"), ["HELLO", "HELP"]);
        assert_eq!(proposed("get"), ["getdel"]);
        assert_eq!(proposed("3 geTD"), ["GETDEL"]);
        assert_eq!(proposed("nosuch"), Vec::<String>::new());
        assert!(proposed("").starts_with(&["BLPOP".to_owned(), "CLEAR".to_owned()]));
    }

    #[test]
    fn subcommands_and_options_come_where_they_may_stand() {
        assert_eq!(proposed("xgroup "), ["create", "destroy"]);
        assert_eq!(proposed("XGROUP d"), ["destroy"]);
        assert_eq!(proposed("XGROUP D"), ["DESTROY"]);
        assert_eq!(proposed("zadd z "), ["nx", "xx", "gt", "lt", "ch", "incr"]);
        assert_eq!(proposed("ZADD z NX "), ["GT", "LT", "CH", "INCR"]);
        assert_eq!(proposed("zadd z 1 a n"), Vec::<String>::new());
        assert_eq!(proposed("set k v ex 5 "), ["nx", "xx", "ifeq", "get"]);
        assert_eq!(proposed("xreadgroup group g c st"), ["streams"]);
    }

    #[test]
    fn names_come_from_what_is_there() {
        assert_eq!(
            proposed("get "),
            ["board", "\"board two\"", "events", "\"it's\""]
        );
        assert_eq!(proposed("get boa"), ["board", "\"board two\""]);
        assert_eq!(proposed("get Boa"), Vec::<String>::new());
        assert_eq!(proposed("get \"board"), ["\"board\"", "\"board two\""]);
        assert_eq!(proposed("get 'board t"), ["'board two'"]);
        assert_eq!(proposed("get board"), ["\"board two\""]);
        assert_eq!(proposed("zincrby board 5 "), ["user:1", "user:2"]);
        assert_eq!(proposed("zadd board 1 user:2"), Vec::<String>::new());
        assert_eq!(proposed("xreadgroup group "), ["workers"]);
        assert_eq!(proposed("xreadgroup group workers w"), ["w1", "w2"]);
        assert_eq!(proposed("xclaim events workers w1 0 "), ["1-1"]);
        assert_eq!(proposed("subscribe news n"), ["news"]);
    }

    #[test]
    fn help_is_completed_with_commands_and_groups() {
        assert_eq!(proposed("help z"), ["zadd", "zincrby"]);
        assert_eq!(proposed("HELP @s"), ["@sorted-set", "@stream", "@string"]);
        assert_eq!(proposed("? xgroup c"), ["create"]);
    }

    #[test]
    fn the_key_of_the_line_is_known() {
        let key = |before: &str| key_named(before, &commands());
        assert_eq!(key("ZINCRBY \"board two\" 5 "), Some(b"board two".to_vec()));
        assert_eq!(key("ZINCRBY boa"), None);
        assert_eq!(key("nosuch x "), None);
    }

    #[test]
    fn words_read_back_as_the_bytes_they_stand_for() {
        for bytes in [
            &b"a"[..],
            b"",
            b"a b",
            b"it's",
            b"say \"hi\"",
            b"back\\slash",
            b"back \\",
            b"\x00\xff",
            "grün".as_bytes(),
            "gr ün".as_bytes(),
            b"a\nb",
        ] {
            for open in [None, Some('"'), Some('\'')] {
                let text = word(bytes, open);
                assert_eq!(
                    split_words(text.as_bytes()),
                    Some(vec![bytes.to_vec()]),
                    "{text}"
                );
            }
        }
        assert_eq!(word("grün".as_bytes(), None), "grün");
        assert_eq!(word(b"back\\slash", None), "back\\slash");
    }

    #[test]
    fn tab_goes_round_and_ends_with_what_was_typed() {
        let (commands, known) = (commands(), known());
        let mut cycle = None;
        let mut line = ("zadd z n 1 a".to_owned(), 8);
        let press = |cycle: &mut Option<Cycle>, line: &mut (String, usize), back| {
            *line = tab(cycle, &line.0, line.1, back, &commands, &known).unwrap();
            line.clone()
        };
        assert_eq!(
            press(&mut cycle, &mut line, false),
            ("zadd z nx 1 a".to_owned(), 9)
        );
        assert_eq!(cycle.as_ref().and_then(Cycle::selected), Some(0));
        assert_eq!(
            press(&mut cycle, &mut line, false),
            ("zadd z n 1 a".to_owned(), 8)
        );
        assert_eq!(cycle.as_ref().and_then(Cycle::selected), None);
        assert_eq!(
            press(&mut cycle, &mut line, true),
            ("zadd z nx 1 a".to_owned(), 9)
        );

        let mut line = ("get é".to_owned(), 4);
        let turns: Vec<_> = [true, true, false, false]
            .map(|back| press(&mut cycle, &mut line, back).0)
            .into();
        assert_eq!(
            turns,
            ["get \"it's\"é", "get eventsé", "get \"it's\"é", "get é"]
        );

        // Any other edit ends the round.
        let mut line = ("z".to_owned(), 1);
        press(&mut cycle, &mut line, false);
        line.0 = "zi".to_owned();
        line.1 = 2;
        assert_eq!(press(&mut cycle, &mut line, false).0, "zincrby");
        assert_eq!(tab(&mut cycle, "nosuch", 6, false, &commands, &known), None);
        assert_eq!(cycle, None);
    }
}
