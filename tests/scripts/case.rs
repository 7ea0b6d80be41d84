//! What one comparison sends, and the files that cases are written in.
//!
//! - `*.txt`: each line is a script, run by `EVAL script 0`; blank lines and lines that begin with `#` are none.
//! - `*.lua`: `--- name` begins a case. A line `>>> EVAL << 1 k` is a command, whose word `<<` stands for the
//!   lines that follow; a case that does not begin with one is a script by itself. `[newer]` in the name: Redis
//!   7.0 cannot have it. `[resp3]`: the client says HELLO 3 first. `[fresh]`: it begins with the chance that a
//!   server starts with.

use std::fs;
use std::path::Path;

use keyglass::engine::resp::split_words;

use crate::step::{Words, line_of};

/// Commands of one client, from an empty server.
#[derive(Clone, Debug)]
pub struct Case {
    /// Where it comes from.
    pub name: String,
    /// The client speaks RESP3.
    pub resp3: bool,
    /// Only the newer reference has what it is about.
    pub newer: bool,
    /// The commands.
    pub commands: Vec<Words>,
}

impl Case {
    /// A script without keys and arguments.
    pub fn script(name: String, script: &str) -> Self {
        let words = ["EVAL", script, "0"];
        Self::of(name, vec![words.map(|w| w.as_bytes().to_vec()).to_vec()])
    }

    /// Commands over RESP2.
    pub fn of(name: String, commands: Vec<Words>) -> Self {
        Self {
            name,
            resp3: false,
            newer: false,
            commands,
        }
    }

    /// Whether it may leave scripts or libraries behind that another case would notice.
    pub fn leaves_scripts(&self) -> bool {
        let is = |words: &Words, name: &[u8]| {
            words.first().is_some_and(|w| w.eq_ignore_ascii_case(name))
        };
        self.commands.len() > 1
            || self
                .commands
                .iter()
                .any(|words| is(words, b"FUNCTION") || is(words, b"SCRIPT"))
    }

    /// Whether what it draws depends on what was drawn before: chance goes on from script to script.
    pub fn draws(&self) -> bool {
        let random = |word: &Vec<u8>| word.windows(6).any(|w| w == b"random");
        !self.name.contains("[fresh]") && self.commands.iter().flatten().any(random)
    }

    /// The commands as a reader wants to see them.
    pub fn shown(&self, upto: usize) -> String {
        let mut shown = String::new();
        for words in self.commands.iter().take(upto + 1) {
            shown += &format!("  {}\n", line_of(words));
            for word in words.iter().filter(|w| w.contains(&b'\n')) {
                for line in String::from_utf8_lossy(word).lines() {
                    shown += &format!("    | {line}\n");
                }
            }
        }
        shown
    }
}

/// Every case of the folder `cases`.
pub fn written() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/cases");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        match path.extension().and_then(|e| e.to_str()) {
            Some("txt") => cases.extend(lines(&file, &text)),
            Some("lua") => cases.extend(blocks(&file, &text)),
            _ => panic!("{file} is neither .txt nor .lua"),
        }
    }
    cases
}

fn lines(file: &str, text: &str) -> Vec<Case> {
    let numbered = text.lines().enumerate();
    numbered
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(at, line)| Case::script(format!("{file}:{}", at + 1), line))
        .collect()
}

fn blocks(file: &str, text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let Some(name) = line.strip_prefix("--- ") else {
            assert!(
                line.trim().is_empty(),
                "{file}:{}: no case has begun",
                at + 1
            );
            continue;
        };
        let mut case = Case::of(format!("{file}:{} {name}", at + 1), Vec::new());
        case.newer = name.contains("[newer]");
        case.resp3 = name.contains("[resp3]");
        let mut command = "EVAL << 0".to_string();
        loop {
            let mut body = Vec::new();
            while let Some((_, line)) =
                lines.next_if(|(_, l)| !l.starts_with(">>> ") && !l.starts_with("--- "))
            {
                body.push(line);
            }
            let body = body.join("\n");
            let body = body.trim_end_matches('\n');
            let mut words = split_words(command.as_bytes())
                .unwrap_or_else(|| panic!("{file}:{}: unbalanced quotes in {command}", at + 1));
            let taken = words.iter_mut().find(|word| word.as_slice() == b"<<");
            match taken {
                Some(word) if !body.is_empty() => *word = body.as_bytes().to_vec(),
                // The case begins with a command of its own.
                Some(_) if case.commands.is_empty() && command == "EVAL << 0" => words.clear(),
                Some(_) => panic!("{file}:{}: nothing stands for << in {command}", at + 1),
                None => assert!(
                    body.is_empty(),
                    "{file}:{}: {command} takes no script",
                    at + 1
                ),
            }
            if !words.is_empty() {
                case.commands.push(words);
            }
            match lines.next_if(|(_, l)| l.starts_with(">>> ")) {
                Some((_, line)) => command = line[4..].to_string(),
                None => break,
            }
        }
        assert!(!case.commands.is_empty(), "{} is empty", case.name);
        cases.push(case);
    }
    cases
}
