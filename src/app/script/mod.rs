//! The script editor: the script and what it is handed, the line that runs it, and where it stands.

pub mod acts;
pub mod ready;

use std::collections::VecDeque;
use std::rc::Rc;

use crate::session::message::{Conn, ScriptView};
use ready::{Instead, Ready, SCRIPTS};

/// How many scripts are remembered that consoles sent, so that they can be shown when they stand.
const SENT_MAX: usize = 32;

/// What is edited beside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// KEYS.
    Keys,
    /// ARGV.
    Args,
}

impl List {
    /// What a script calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keys => "KEYS",
            Self::Args => "ARGV",
        }
    }
}

/// What can be done in the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The text was edited.
    Text(String),
    /// One of [`SCRIPTS`] takes its place.
    Pick(usize),
    /// One of KEYS or ARGV was edited, by index.
    Set(List, usize, String),
    /// One more, empty, at the end.
    Add(List),
    /// One less.
    Remove(List, usize),
    /// Who runs it.
    Client(Conn),
    /// Runs it.
    Run,
    /// Runs it from call to call.
    Step,
    /// The script that stands goes on to its next call, or to its end.
    GoOn {
        /// To its end.
        to_end: bool,
    },
    /// Loads it, to be run by its SHA-1.
    Load,
    /// Types a line as who runs it.
    Type(String),
}

/// What came of the script that was run last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Who ran it.
    pub conn: Conn,
    /// The reply, as redis-cli prints it.
    pub text: String,
    /// The line of the script that an error names, from 1.
    pub line: Option<u32>,
}

/// The editor.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The text being edited.
    pub text: Rc<str>,
    /// Its KEYS.
    pub keys: Vec<String>,
    /// Its ARGV.
    pub args: Vec<String>,
    /// Who runs it.
    pub client: Conn,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// The script that stands still.
    pub stand: Option<ScriptView>,
    /// It was told to go on and has not stood or ended since.
    pub going: bool,
    /// The text that was loaded last.
    loaded: Option<Rc<str>>,
    /// Whether scripts that start now stand at each call.
    stepping: bool,
    /// Scripts that consoles sent lately, by their SHA-1 in hex.
    sent: VecDeque<(String, Rc<str>)>,
}

impl Default for Script {
    fn default() -> Self {
        let mut script = Self {
            text: "".into(),
            keys: Vec::new(),
            args: Vec::new(),
            client: 0,
            outcome: None,
            stand: None,
            going: false,
            loaded: None,
            stepping: false,
            sent: VecDeque::new(),
        };
        script.pick(0);
        script
    }
}

impl Script {
    /// The ready-made script that the text is, until it is edited.
    pub fn ready(&self) -> Option<&'static Ready> {
        SCRIPTS.iter().find(|ready| *ready.text == *self.text)
    }

    /// The text to show: of the script that stands, where the page has seen it; otherwise the one being edited.
    pub fn shown(&self) -> &Rc<str> {
        self.standing_text().unwrap_or(&self.text)
    }

    /// The text of the script that stands.
    fn standing_text(&self) -> Option<&Rc<str>> {
        let stand = self.stand.as_ref()?;
        let sent = self.sent.iter().find(|(sha, _)| *sha == stand.name);
        sent.map(|(_, text)| text)
    }

    /// The line that the script stands on, from 0, if the text shown is its text.
    pub fn line(&self) -> Option<usize> {
        self.standing_text()?;
        (self.stand.as_ref()?.line as usize).checked_sub(1)
    }

    /// The line, from 0, that the last error names, while nothing stands.
    pub fn error_line(&self) -> Option<usize> {
        let line = self.outcome.as_ref()?.line.filter(|_| self.stand.is_none());
        (line? as usize).checked_sub(1)
    }

    /// Whether the script that stands is another than the one being edited.
    pub fn is_other(&self) -> bool {
        self.stand.is_some() && self.standing_text().is_none_or(|text| *text != self.text)
    }

    /// KEYS or ARGV.
    pub fn list(&self, list: List) -> &[String] {
        match list {
            List::Keys => &self.keys,
            List::Args => &self.args,
        }
    }

    /// What one of KEYS or ARGV is, in a ready-made script.
    pub fn role(&self, list: List, at: usize) -> Option<&'static str> {
        let ready = self.ready()?;
        let roles = match list {
            List::Keys => ready.keys,
            List::Args => ready.args,
        };
        roles.get(at).map(|(role, _)| *role)
    }

    /// The line that runs it.
    pub fn eval(&self) -> String {
        self.line_of("EVAL", &self.text)
    }

    /// The line that runs it by its SHA-1, once it is loaded.
    pub fn evalsha(&self) -> Option<String> {
        let loaded = self.loaded.as_ref().is_some_and(|text| *text == self.text);
        loaded.then(|| self.line_of("EVALSHA", &sha1(&self.text)))
    }

    /// The line that loads it.
    pub fn load(&self) -> String {
        format!("SCRIPT LOAD {}", quoted(&self.text))
    }

    fn line_of(&self, command: &str, script: &str) -> String {
        let mut line = format!("{command} {} {}", argument(script), self.keys.len());
        for word in self.keys.iter().chain(&self.args) {
            line.push(' ');
            line.push_str(&argument(word));
        }
        line
    }

    /// A command that does the same without a script.
    pub fn instead(&self, instead: &Instead) -> String {
        let first = |list: &[String]| argument(list.first().map_or("", String::as_str));
        let words = instead.words.iter().map(|word| match *word {
            "KEY" => first(&self.keys),
            "ARG" => first(&self.args),
            word => word.to_string(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// A ready-made script takes the place of the text.
    fn pick(&mut self, at: usize) {
        let Some(ready) = SCRIPTS.get(at) else {
            return;
        };
        let values = |list: &[(&str, &str)]| list.iter().map(|(_, v)| v.to_string()).collect();
        self.text = ready.text.into();
        self.keys = values(ready.keys);
        self.args = values(ready.args);
        self.outcome = None;
    }

    fn edit(&mut self, list: List, change: impl FnOnce(&mut Vec<String>)) {
        change(match list {
            List::Keys => &mut self.keys,
            List::Args => &mut self.args,
        });
    }

    /// A console sends a command: the text of a script is remembered.
    fn sees(&mut self, words: &[Vec<u8>]) {
        let is = |at: usize, name: &str| {
            words
                .get(at)
                .is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
        };
        let text = match words {
            [_, text, ..] if is(0, "EVAL") || is(0, "EVAL_RO") => text,
            [_, _, text, ..] if is(0, "SCRIPT") && is(1, "LOAD") => text,
            _ => return,
        };
        let (sha, text) = (sha1_bytes(text), String::from_utf8_lossy(text));
        self.sent.retain(|(known, _)| *known != sha);
        self.sent.push_back((sha, text.as_ref().into()));
        if self.sent.len() > SENT_MAX {
            self.sent.pop_front();
        }
    }
}

/// The line that an error says it was raised at: `user_script:3`.
fn error_line(reply: &str) -> Option<u32> {
    let error = reply.strip_prefix("(error)")?;
    error.split("user_script:").skip(1).find_map(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    })
}

fn sha1(text: &str) -> String {
    sha1_bytes(text.as_bytes())
}

fn sha1_bytes(text: &[u8]) -> String {
    sha1_smol::Sha1::from(text).digest().to_string()
}

/// A text as one argument of a command line: quoted where it must be.
fn argument(text: &str) -> String {
    let plain = |c: char| !(c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '\\'));
    if !text.is_empty() && text.chars().all(plain) {
        text.to_string()
    } else {
        quoted(text)
    }
}

/// A text in double quotes. Unlike the server's own way it leaves letters beyond ASCII readable.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
