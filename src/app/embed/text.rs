//! What the author of a page wrote: commands, each behind a prompt, and below it what it is expected to print.

use serde::{Deserialize, Serialize};

use crate::app::share::transcript;
use crate::session::message::Conn;

/// A command of the author's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who is to run it.
    pub conn: Conn,
    /// The command.
    pub line: String,
    /// What stands below it; may be empty.
    pub expected: String,
}

/// Reads it. Where no line has a prompt, each is a command. Those whose prompt names nobody are the `first` client's.
pub fn read(text: &str, first: Conn) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        match prompted(line) {
            Some((_, "")) => {}
            Some((conn, command)) => all.push(Said {
                conn: conn.unwrap_or(first),
                line: command.into(),
                expected: String::new(),
            }),
            None => {
                if let Some(said) = all.last_mut() {
                    said.expected.push_str(line);
                    said.expected.push('\n');
                }
            }
        }
    }
    if all.is_empty() {
        return text
            .lines()
            .filter_map(|line| command(line, first))
            .collect();
    }
    for said in &mut all {
        said.expected.truncate(said.expected.trim_end().len());
    }
    all
}

fn command(line: &str, conn: Conn) -> Option<Said> {
    let line = line.trim();
    (!line.is_empty()).then(|| Said {
        conn,
        line: line.into(),
        expected: String::new(),
    })
}

/// Whose prompt a line begins with, and what stands behind it: `>` alone, or one that a transcript has.
fn prompted(line: &str) -> Option<(Option<Conn>, &str)> {
    if let Some(behind) = line.trim_start().strip_prefix('>') {
        return Some((None, behind.trim()));
    }
    let (conn, behind) = transcript::prompt(line)?;
    Some((conn, behind.trim()))
}
