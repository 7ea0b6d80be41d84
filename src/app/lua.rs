//! Lua's text in colours. It takes any text: one that is being typed is as a rule not finished.

use std::rc::Rc;

/// What a piece of a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word of the language.
    Keyword,
    /// A string, quoted or in long brackets.
    Text,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// What the server hands to a script: `KEYS`, `ARGV`, `redis`, `server`.
    Global,
}

const KEYWORDS: &[&str] = &[
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];
const GLOBALS: &[&str] = &["ARGV", "KEYS", "redis", "server"];
/// How many columns a tab takes; the style says the same.
const TAB: usize = 2;

/// A coloured piece of a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// A script with its lines and colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coloured {
    text: Rc<str>,
    tokens: Vec<Token>,
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
    /// The number of the line that takes the most columns.
    widest: usize,
}

impl Coloured {
    /// Colours a text.
    pub fn new(text: &Rc<str>) -> Self {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut coloured = Self {
            text: Rc::clone(text),
            tokens: tokens(text),
            starts,
            widest: 0,
        };
        coloured.widest = (0..coloured.lines())
            .max_by_key(|&i| columns(coloured.line(i)))
            .unwrap_or_default();
        coloured
    }

    /// How many lines there are; at least one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// One line, from 0, without its end; nothing where there is none.
    pub fn line(&self, at: usize) -> &str {
        self.text.get(self.range(at)).unwrap_or_default()
    }

    /// The line that takes the most columns.
    pub fn widest(&self) -> &str {
        self.line(self.widest)
    }

    fn range(&self, at: usize) -> std::ops::Range<usize> {
        let end = self.text.len();
        let start = self.starts.get(at).copied().unwrap_or(end);
        start..self.starts.get(at + 1).map_or(end, |next| next - 1)
    }

    /// One line, from 0, in pieces.
    pub fn pieces(&self, at: usize) -> Vec<(Option<Kind>, &str)> {
        let range = self.range(at);
        let first = self
            .tokens
            .partition_point(|token| token.end <= range.start);
        let mut pieces = Vec::new();
        let mut done = range.start;
        let mut add = |kind, from: usize, to: usize| {
            if let Some(piece) = self.text.get(from..to).filter(|piece| !piece.is_empty()) {
                pieces.push((kind, piece));
            }
        };
        for token in self.tokens.iter().skip(first) {
            if token.start >= range.end {
                break;
            }
            // A string or a comment may go over several lines.
            let (start, end) = (token.start.max(range.start), token.end.min(range.end));
            add(None, done, start);
            add(Some(token.kind), start, end);
            done = end;
        }
        add(None, done, range.end);
        pieces
    }
}

/// About how wide a line is drawn.
fn columns(line: &str) -> usize {
    line.chars()
        .map(|c| match c {
            '\t' => TAB,
            '\u{1100}'.. => 2,
            _ => 1,
        })
        .sum()
}

/// The coloured pieces in order; what is between them is plain.
fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let (kind, end) = match byte {
            b'-' if rest.starts_with(b"--") => {
                let after = at + 2;
                (
                    Some(Kind::Comment),
                    long(bytes, after).unwrap_or_else(|| line_end(bytes, after)),
                )
            }
            b'[' => match long(bytes, at) {
                Some(end) => (Some(Kind::Text), end),
                None => (None, at + 1),
            },
            b'"' | b'\'' => (Some(Kind::Text), quoted(bytes, at)),
            b'0'..=b'9' => (Some(Kind::Number), number(bytes, at)),
            b'.' if rest.get(1).is_some_and(u8::is_ascii_digit) && !follows(bytes, at, b'.') => {
                (Some(Kind::Number), number(bytes, at))
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                let end = at + rest.iter().take_while(|b| is_name(**b)).count();
                let name = text.get(at..end).unwrap_or_default();
                (name_kind(name, bytes, at), end)
            }
            _ => (None, at + 1),
        };
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                start: at,
                end,
            });
        }
        at = end;
    }
    tokens
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn follows(bytes: &[u8], at: usize, byte: u8) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&byte)
}

fn name_kind(name: &str, bytes: &[u8], at: usize) -> Option<Kind> {
    if KEYWORDS.contains(&name) {
        return Some(Kind::Keyword);
    }
    // `x.server` is a field of x, `x..server` is not.
    let head = bytes.get(..at).unwrap_or_default().trim_ascii_end();
    let field = head.ends_with(b":") || head.ends_with(b".") && !head.ends_with(b"..");
    (GLOBALS.contains(&name) && !field).then_some(Kind::Global)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
}

/// The end of what stands in long brackets, `[==[ … ]==]`; of what is not closed, the end of the text.
fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?.strip_prefix(b"[")?;
    let level = rest.iter().take_while(|b| **b == b'=').count();
    if rest.get(level) != Some(&b'[') {
        return None;
    }
    let inside = at + level + 2;
    let mut close = vec![b'='; level + 2];
    if let [first, .., last] = close.as_mut_slice() {
        (*first, *last) = (b']', b']');
    }
    let end = bytes
        .get(inside..)?
        .windows(close.len())
        .position(|window| window == close);
    Some(end.map_or(bytes.len(), |found| inside + found + close.len()))
}

/// The end of a quoted string; one that is not closed ends with its line.
fn quoted(bytes: &[u8], at: usize) -> usize {
    let quote = bytes.get(at).copied();
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            b'\n' => return end,
            _ if Some(byte) == quote => return end + 1,
            _ => end += 1,
        }
    }
    bytes.len()
}

/// The end of a number, as Lua's own reader takes it: digits and points, an exponent, and whatever hangs on.
fn number(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(&byte) = bytes.get(end) {
        let sign = matches!(byte, b'+' | b'-') && end > at && {
            let hex = bytes
                .get(at + 1)
                .is_some_and(|b| b.eq_ignore_ascii_case(&b'x'));
            !hex && (follows(bytes, end, b'e') || follows(bytes, end, b'E'))
        };
        // Two points are the operator that joins: here one is more likely being typed than a wrong number.
        let point = byte == b'.' && bytes.get(end + 1) != Some(&b'.');
        if !(sign || point || is_name(byte)) {
            break;
        }
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each coloured piece with a letter for its kind.
    fn read(text: &str) -> Vec<String> {
        let letter = |kind| match kind {
            Kind::Keyword => 'k',
            Kind::Text => 's',
            Kind::Number => 'n',
            Kind::Comment => 'c',
            Kind::Global => 'g',
        };
        tokens(text)
            .iter()
            .map(|t| format!("{}:{}", letter(t.kind), &text[t.start..t.end]))
            .collect()
    }

    #[test]
    fn words_strings_numbers_and_comments_are_told_apart() {
        assert_eq!(
            read("if redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end -- done\nx = 1"),
            [
                "k:if",
                "g:redis",
                "s:'GET'",
                "g:KEYS",
                "n:1",
                "g:ARGV",
                "n:1",
                "k:then",
                "k:return",
                "n:0",
                "k:end",
                "c:-- done",
                "n:1"
            ]
        );
        assert_eq!(read("local ending = notable"), ["k:local"]);
        assert_eq!(read("x.server y : redis z..server"), ["g:server"]);
    }

    #[test]
    fn strings_end_where_lua_ends_them() {
        assert_eq!(
            read(r#"'a\'b' "c" 'open"#),
            [r"s:'a\'b'", "s:\"c\"", "s:'open"]
        );
        assert_eq!(read("'open\nend"), ["s:'open", "k:end"]);
        assert_eq!(read("'goes \\\non' end"), ["s:'goes \\\non'", "k:end"]);
        assert_eq!(
            read("[[a]b\n]] [=[ ]] ]=] t[1]"),
            ["s:[[a]b\n]]", "s:[=[ ]] ]=]", "n:1"]
        );
        assert_eq!(
            read("--[[ two\nlines ]] end --[ one\nend"),
            ["c:--[[ two\nlines ]]", "k:end", "c:--[ one", "k:end"]
        );
        assert_eq!(read("[==[ never"), ["s:[==[ never"]);
        assert_eq!(read("'\\"), ["s:'\\"]);
    }

    #[test]
    fn numbers_are_read_whole() {
        assert_eq!(
            read("1 3.5 .5 0x1F 2e-3 1E+5 0xe-1 1..2 a.b"),
            [
                "n:1", "n:3.5", "n:.5", "n:0x1F", "n:2e-3", "n:1E+5", "n:0xe", "n:1", "n:1", "n:2"
            ]
        );
    }

    #[test]
    fn a_piece_over_several_lines_is_cut_at_their_ends() {
        let coloured = Coloured::new(&"a = [[x\n\ny]] .. 1\n".into());
        assert_eq!(coloured.lines(), 4);
        assert_eq!(
            coloured.pieces(0),
            [(None, "a = "), (Some(Kind::Text), "[[x")]
        );
        assert_eq!(coloured.pieces(1), []);
        assert_eq!(
            coloured.pieces(2),
            [
                (Some(Kind::Text), "y]]"),
                (None, " .. "),
                (Some(Kind::Number), "1")
            ]
        );
        assert_eq!((coloured.line(3), coloured.line(9)), ("", ""));
        assert_eq!(coloured.widest(), "y]] .. 1");
    }

    proptest! {
        /// Whatever is typed, every line is drawn as it is, with every character once.
        #[test]
        fn nothing_of_a_text_is_lost(text in r#"[ \n\t\\a-f0-9é😀'"\[\]=.-]{0,80}"#) {
            let coloured = Coloured::new(&text.as_str().into());
            let drawn: Vec<String> = (0..coloured.lines())
                .map(|i| coloured.pieces(i).iter().map(|(_, piece)| *piece).collect())
                .collect();
            prop_assert_eq!(drawn.join("\n"), text);
        }
    }
}
