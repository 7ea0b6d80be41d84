//! From a script's bytes to its tokens.

use super::super::number;
use super::super::proto::{chunk_id_within, until_null};
use super::super::strings::Strings;
use super::super::value::StrId;

/// How long a chunk's name may be in an error of syntax, with the byte that ends it in C.
const MAX_SOURCE: usize = 80;

/// What compiling comes to: an error is the whole message.
pub type Result<T> = std::result::Result<T, Vec<u8>>;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token {
    /// A byte that stands for itself, also one that no script may hold.
    Byte(u8),
    /// `and`
    And,
    /// `break`
    Break,
    /// `do`
    Do,
    /// `else`
    Else,
    /// `elseif`
    ElseIf,
    /// `end`
    End,
    /// `false`
    False,
    /// `for`
    For,
    /// `function`
    Function,
    /// `if`
    If,
    /// `in`
    In,
    /// `local`
    Local,
    /// `nil`
    Nil,
    /// `not`
    Not,
    /// `or`
    Or,
    /// `repeat`
    Repeat,
    /// `return`
    Return,
    /// `then`
    Then,
    /// `true`
    True,
    /// `until`
    Until,
    /// `while`
    While,
    /// `..`
    Concat,
    /// `...`
    Dots,
    /// `==`
    Equal,
    /// `>=`
    GreaterEqual,
    /// `<=`
    LessEqual,
    /// `~=`
    NotEqual,
    /// A number.
    Number(f64),
    /// A name.
    Name(StrId),
    /// A string.
    String(StrId),
    /// The end of the script.
    EndOfScript,
}

/// The reserved words.
const RESERVED: [(&[u8], Token); 21] = [
    (b"and", Token::And),
    (b"break", Token::Break),
    (b"do", Token::Do),
    (b"else", Token::Else),
    (b"elseif", Token::ElseIf),
    (b"end", Token::End),
    (b"false", Token::False),
    (b"for", Token::For),
    (b"function", Token::Function),
    (b"if", Token::If),
    (b"in", Token::In),
    (b"local", Token::Local),
    (b"nil", Token::Nil),
    (b"not", Token::Not),
    (b"or", Token::Or),
    (b"repeat", Token::Repeat),
    (b"return", Token::Return),
    (b"then", Token::Then),
    (b"true", Token::True),
    (b"until", Token::Until),
    (b"while", Token::While),
];

impl Token {
    /// How an error says that it was expected.
    pub fn text(self) -> Vec<u8> {
        let text: &[u8] = match self {
            Self::Byte(byte) if byte.is_ascii_control() => return format!("char({byte})").into(),
            Self::Byte(byte) => return vec![byte],
            Self::Concat => b"..",
            Self::Dots => b"...",
            Self::Equal => b"==",
            Self::GreaterEqual => b">=",
            Self::LessEqual => b"<=",
            Self::NotEqual => b"~=",
            Self::Number(_) => b"<number>",
            Self::Name(_) => b"<name>",
            Self::String(_) => b"<string>",
            Self::EndOfScript => b"<eof>",
            word => RESERVED
                .iter()
                .find(|(_, token)| *token == word)
                .map_or(b"", |(text, _)| text),
        };
        text.to_vec()
    }
}

/// Reads a script token by token, with one token to look ahead.
pub struct Lexer<'a> {
    /// Where names and strings are kept.
    pub strings: &'a mut Strings,
    /// The current token.
    pub token: Token,
    /// The token after it, where it was looked at.
    ahead: Option<Token>,
    /// The line that reading has come to.
    pub line: u32,
    /// The line of the token that was taken last.
    pub last_line: u32,
    script: &'a [u8],
    chunk_name: &'a [u8],
    /// The byte after the current one.
    at: usize,
    /// The current byte, none at the end.
    current: Option<u8>,
    /// The text of the token that was read last, for errors too.
    text: Vec<u8>,
}

impl<'a> Lexer<'a> {
    /// Before the first token of a script.
    pub fn new(script: &'a [u8], chunk_name: &'a [u8], strings: &'a mut Strings) -> Self {
        Self {
            strings,
            token: Token::Byte(0),
            ahead: None,
            line: 1,
            last_line: 1,
            script,
            chunk_name,
            at: 1,
            current: script.first().copied(),
            text: Vec::new(),
        }
    }

    /// Goes to the next token.
    pub fn next_token(&mut self) -> Result<()> {
        self.last_line = self.line;
        self.token = match self.ahead.take() {
            Some(token) => token,
            None => self.read()?,
        };
        Ok(())
    }

    /// Looks at the token after the current one.
    pub fn look_ahead(&mut self) -> Result<Token> {
        let token = self.read()?;
        self.ahead = Some(token);
        Ok(token)
    }

    /// An error at the current token.
    pub fn error_here(&self, message: &[u8]) -> Vec<u8> {
        self.error(message, Some(self.token))
    }

    /// An error, at a token where one is to be named.
    pub fn error(&self, message: &[u8], near: Option<Token>) -> Vec<u8> {
        let mut error = chunk_id_within(self.chunk_name, MAX_SOURCE);
        error.extend_from_slice(format!(":{}: ", self.line).as_bytes());
        error.extend_from_slice(message);
        let near = match near {
            // A null byte counts as no token at all.
            None | Some(Token::Byte(0)) => return error,
            Some(Token::Number(_) | Token::Name(_) | Token::String(_)) => {
                until_null(&self.text).to_vec()
            }
            Some(token) => token.text(),
        };
        error.extend_from_slice(b" near '");
        error.extend_from_slice(&near);
        error.push(b'\'');
        error
    }

    fn advance(&mut self) {
        self.current = self.script.get(self.at).copied();
        self.at += 1;
    }

    fn save_and_advance(&mut self) {
        self.text.extend(self.current);
        self.advance();
    }

    fn at_newline(&self) -> bool {
        matches!(self.current, Some(b'\n' | b'\r'))
    }

    /// Passes a newline; two different bytes for it are one.
    fn pass_newline(&mut self) {
        let first = self.current;
        self.advance();
        if self.at_newline() && self.current != first {
            self.advance();
        }
        self.line += 1;
    }

    /// Takes the current byte if it is one of these, or null: in C the end of the text they are given in
    /// is one of them.
    fn take_one_of(&mut self, bytes: &[u8]) -> bool {
        let taken = self
            .current
            .is_some_and(|byte| byte == 0 || bytes.contains(&byte));
        if taken {
            self.save_and_advance();
        }
        taken
    }

    fn save_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.current.is_some_and(&wanted) {
            self.save_and_advance();
        }
    }

    fn read_number(&mut self) -> Result<Token> {
        self.save_while(|byte| byte.is_ascii_digit() || byte == b'.');
        if self.take_one_of(b"Ee") {
            self.take_one_of(b"+-");
        }
        self.save_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match number::parse(until_null(&self.text)) {
            Some(number) => Ok(Token::Number(number)),
            None => Err(self.error(b"malformed number", Some(Token::Number(0.0)))),
        }
    }

    /// Reads the brackets at either end of a long string up to the last of them. Answers how many bytes they
    /// have; where the last is missing, 1 if there is no `=` and 0 if there is.
    fn read_brackets(&mut self) -> usize {
        let bracket = self.current;
        self.save_and_advance();
        let mut count = 0;
        while self.current == Some(b'=') {
            self.save_and_advance();
            count += 1;
        }
        if self.current == bracket {
            count + 2
        } else if count == 0 {
            1
        } else {
            0
        }
    }

    /// Reads a long string or comment from the last opening bracket on.
    fn read_long(&mut self, brackets: usize, comment: bool) -> Result<()> {
        self.save_and_advance();
        if self.at_newline() {
            self.pass_newline();
        }
        loop {
            match self.current {
                None => {
                    let what: &[u8] = match comment {
                        true => b"unfinished long comment",
                        false => b"unfinished long string",
                    };
                    return Err(self.error(what, Some(Token::EndOfScript)));
                }
                Some(b']') => {
                    if self.read_brackets() == brackets {
                        self.save_and_advance();
                        return Ok(());
                    }
                }
                Some(b'\n' | b'\r') => {
                    self.text.push(b'\n');
                    self.pass_newline();
                    if comment {
                        self.text.clear();
                    }
                }
                Some(_) if comment => self.advance(),
                Some(_) => self.save_and_advance(),
            }
        }
    }

    /// Reads a string in quotes.
    fn read_quoted(&mut self, quote: u8) -> Result<Token> {
        // Which token an error names is all that counts of this one.
        let unfinished = Some(Token::String(StrId(0)));
        self.save_and_advance();
        while self.current != Some(quote) {
            match self.current {
                None => return Err(self.error(b"unfinished string", Some(Token::EndOfScript))),
                Some(b'\n' | b'\r') => {
                    return Err(self.error(b"unfinished string", unfinished));
                }
                Some(b'\\') => {
                    self.advance();
                    if !self.read_escape() {
                        return Err(self.error(b"escape sequence too large", unfinished));
                    }
                }
                Some(_) => self.save_and_advance(),
            }
        }
        self.save_and_advance();
        let string = &self.text[1..self.text.len() - 1];
        Ok(Token::String(self.strings.intern(string)))
    }

    /// Reads what follows a backslash; false where it is a number that fits no byte.
    fn read_escape(&mut self) -> bool {
        let Some(byte) = self.current else {
            return true;
        };
        let stands_for = match byte {
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\n' | b'\r' => {
                self.text.push(b'\n');
                self.pass_newline();
                return true;
            }
            b'0'..=b'9' => {
                let mut number = 0u32;
                for _ in 0..3 {
                    let Some(digit @ b'0'..=b'9') = self.current else {
                        break;
                    };
                    number = 10 * number + u32::from(digit - b'0');
                    self.advance();
                }
                self.text.extend(u8::try_from(number));
                return number <= 255;
            }
            other => other,
        };
        self.text.push(stands_for);
        self.advance();
        true
    }

    /// Passes a comment, from behind its two dashes on.
    fn pass_comment(&mut self) -> Result<()> {
        if self.current == Some(b'[') {
            let brackets = self.read_brackets();
            self.text.clear();
            if brackets >= 2 {
                self.read_long(brackets, true)?;
                self.text.clear();
                return Ok(());
            }
        }
        while !self.at_newline() && self.current.is_some() {
            self.advance();
        }
        Ok(())
    }

    /// Passes the current byte; if `=` follows, takes that too and answers `with`, else the byte itself.
    fn read_comparison(&mut self, byte: u8, with: Token) -> Token {
        self.advance();
        if self.current != Some(b'=') {
            return Token::Byte(byte);
        }
        self.advance();
        with
    }

    fn read(&mut self) -> Result<Token> {
        self.text.clear();
        loop {
            let Some(byte) = self.current else {
                return Ok(Token::EndOfScript);
            };
            match byte {
                b'\n' | b'\r' => self.pass_newline(),
                b' ' | b'\t' | 11 | 12 => self.advance(),
                b'-' => {
                    self.advance();
                    if self.current != Some(b'-') {
                        return Ok(Token::Byte(b'-'));
                    }
                    self.advance();
                    self.pass_comment()?;
                }
                b'[' => {
                    let brackets = self.read_brackets();
                    return match brackets {
                        0 => {
                            let near = Some(Token::String(StrId(0)));
                            Err(self.error(b"invalid long string delimiter", near))
                        }
                        1 => Ok(Token::Byte(b'[')),
                        _ => {
                            self.read_long(brackets, false)?;
                            let string = &self.text[brackets..self.text.len() - brackets];
                            Ok(Token::String(self.strings.intern(string)))
                        }
                    };
                }
                b'=' => return Ok(self.read_comparison(byte, Token::Equal)),
                b'<' => return Ok(self.read_comparison(byte, Token::LessEqual)),
                b'>' => return Ok(self.read_comparison(byte, Token::GreaterEqual)),
                b'~' => return Ok(self.read_comparison(byte, Token::NotEqual)),
                b'"' | b'\'' => return self.read_quoted(byte),
                b'.' => {
                    self.save_and_advance();
                    if self.take_one_of(b".") {
                        return Ok(match self.take_one_of(b".") {
                            true => Token::Dots,
                            false => Token::Concat,
                        });
                    }
                    return match self.current {
                        Some(b'0'..=b'9') => self.read_number(),
                        _ => Ok(Token::Byte(b'.')),
                    };
                }
                b'0'..=b'9' => return self.read_number(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => return Ok(self.read_word()),
                _ => {
                    self.advance();
                    return Ok(Token::Byte(byte));
                }
            }
        }
    }

    fn read_word(&mut self) -> Token {
        self.save_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let reserved = RESERVED.iter().find(|(word, _)| *word == self.text);
        match reserved {
            Some((_, token)) => *token,
            None => Token::Name(self.strings.intern(&self.text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(script: &[u8]) -> Result<Vec<(Token, u32)>> {
        let mut strings = Strings::default();
        let mut lexer = Lexer::new(script, b"=x", &mut strings);
        let mut tokens = Vec::new();
        loop {
            lexer.next_token()?;
            if lexer.token == Token::EndOfScript {
                return Ok(tokens);
            }
            tokens.push((lexer.token, lexer.line));
        }
    }

    fn string(script: &[u8]) -> Vec<u8> {
        let mut strings = Strings::default();
        let mut lexer = Lexer::new(script, b"=x", &mut strings);
        lexer.next_token().unwrap();
        let Token::String(id) = lexer.token else {
            return b"no string".to_vec();
        };
        strings.bytes(id).to_vec()
    }

    #[test]
    fn operators_are_read_as_long_as_they_are() {
        use Token::*;
        let found = tokens(b"= == < <= > >= ~ ~= . .. ... [ ; - --x").unwrap();
        let found: Vec<_> = found.into_iter().map(|(token, _)| token).collect();
        let wanted = [
            Byte(b'='),
            Equal,
            Byte(b'<'),
            LessEqual,
            Byte(b'>'),
            GreaterEqual,
            Byte(b'~'),
            NotEqual,
            Byte(b'.'),
            Concat,
            Dots,
            Byte(b'['),
            Byte(b';'),
            Byte(b'-'),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn two_different_newline_bytes_are_one_line() {
        let found = tokens(b"do\r\ndo\n\rdo\n\ndo--[[\r\r]]do--\ndo[[\n]]").unwrap();
        let lines: Vec<_> = found.into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, [1, 2, 3, 5, 7, 8, 9]);
    }

    #[test]
    fn strings_hold_what_they_say() {
        let cases: [(&[u8], &[u8]); 9] = [
            (br#""a\n\65\0651\\\"\q""#, b"a\nAA1\\\"q"),
            (br#"'\a\b\f\r\t\v"'"#, b"\x07\x08\x0c\r\t\x0b\""),
            (b"'a\\\r\nb\0'", b"a\nb\0"),
            (b"'\\0\\255'", b"\0\xff"),
            (b"[[\r\na\r\nb\n]]", b"a\nb\n"),
            (b"[=[]]]=]", b"]]"),
            (b"[==[]=]]==]", b"]=]"),
            (b"[[a[[b]]", b"a[[b"),
            (b"[[]]", b""),
        ];
        for (script, wanted) in cases {
            assert_eq!(
                string(script),
                wanted,
                "{}",
                String::from_utf8_lossy(script)
            );
        }
    }

    #[test]
    fn numbers_swallow_what_may_belong_to_them() {
        for (script, wanted) in [("3", 3.0), (".5e1", 5.0), ("0x1F", 31.0), ("1E+2", 100.0)] {
            assert_eq!(
                tokens(script.as_bytes()),
                Ok(vec![(Token::Number(wanted), 1)])
            );
        }
        // A null byte is taken for the end of the letters that an exponent may begin with.
        assert_eq!(tokens(b"1\0+5"), Ok(vec![(Token::Number(1.0), 1)]));
        let error = tokens(b"1..2").unwrap_err();
        assert_eq!(error, b"x:1: malformed number near '1..2'");
    }
}
