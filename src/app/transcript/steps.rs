//! What a line that was entered means, as `redis-cli` reads it, and the answers that it prints unquoted.

use crate::app::hint::typed;
use crate::app::{actors, clock, past};
use crate::session::message::{Reply, Turn, split_words};

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send words to the server, so many times.
    Send {
        /// The words; never none.
        words: Vec<Vec<u8>>,
        /// How often; at least once.
        times: u64,
    },
    /// Show help on the words behind HELP.
    Help(Vec<Vec<u8>>),
    /// Empty the console.
    Clear,
    /// Close the connection.
    Quit,
    /// Show hints from now on, or not.
    Hints(bool),
    /// Turn the session's clock.
    Clock(Turn),
    /// Steer an actor.
    Actor(actors::lines::Order),
    /// Go to another moment of the session.
    Past(past::Way),
    /// The line cannot be done; what to print.
    Refused(String),
}

/// What a line means; `None` where it holds no word.
pub fn interpret(line: &str) -> Option<Step> {
    // The server of the reference reads `'a'b` as one word; `redis-cli` refuses it.
    let Some(mut words) = typed(line).and_then(|_| split_words(line.as_bytes())) else {
        return Some(Step::Refused("Invalid argument(s)".to_owned()));
    };
    let first = words.first()?;
    let is = |word: &[u8], name: &str| word.eq_ignore_ascii_case(name.as_bytes());
    let repeated = words.len() > 1 && repeat(first) != Repeat::No;
    let mut times = 1;
    if repeated {
        match repeat(first) {
            Repeat::Times(n) => times = n,
            _ => {
                return Some(Step::Refused(
                    "Invalid redis-cli repeat command option value.".to_owned(),
                ));
            }
        }
        words.remove(0);
    }
    let first = words.first()?;
    if is(first, "help") || is(first, "?") {
        words.remove(0);
        return Some(Step::Help(words));
    }
    // Behind a number these are the server's to answer.
    if !repeated {
        if is(first, "quit") || is(first, "exit") {
            return Some(Step::Quit);
        }
        if is(first, "clear") && words.len() == 1 {
            return Some(Step::Clear);
        }
        if first.first() == Some(&b':') {
            return Some(preference(&words));
        }
        if past::is_way(first) {
            return Some(past::parse(&words).map_or_else(Step::Refused, Step::Past));
        }
        if actors::lines::is_order(first) {
            return Some(actors::lines::parse(&words).map_or_else(Step::Refused, Step::Actor));
        }
        if clock::is_turn(first) {
            return Some(clock::parse(&words).map_or_else(Step::Refused, Step::Clock));
        }
    }
    Some(Step::Send { words, times })
}

/// A `:set …`; the console has no other commands of that kind.
fn preference(words: &[Vec<u8>]) -> Step {
    let text = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
    match words {
        [set, name, ..] if set.eq_ignore_ascii_case(b":set") => {
            match name.to_ascii_lowercase().as_slice() {
                b"hints" => Step::Hints(true),
                b"nohints" => Step::Hints(false),
                _ => Step::Refused(format!("unknown redis-cli preference '{}'", text(name))),
            }
        }
        _ => Step::Refused(format!(
            "unknown redis-cli internal command '{}'",
            words.first().map(|w| text(w)).unwrap_or_default()
        )),
    }
}

#[derive(PartialEq, Eq)]
enum Repeat {
    /// The word is no number.
    No,
    /// It is one that nothing can be repeated by.
    Invalid,
    Times(u64),
}

/// Reads a word as C's `strtol` does, up to a NUL: spaces and a sign may stand first, and no text at all is 0.
fn repeat(word: &[u8]) -> Repeat {
    let word = word.split(|&b| b == 0).next().unwrap_or_default();
    if word.is_empty() {
        return Repeat::Invalid;
    }
    let body = word.trim_ascii_start();
    let (negative, digits) = match body {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, body),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Repeat::No;
    }
    let value = std::str::from_utf8(digits)
        .ok()
        .and_then(|text| text.parse::<i64>().ok())
        .and_then(|n| u64::try_from(n).ok());
    match value {
        Some(n) if n > 0 && !negative => Repeat::Times(n),
        _ => Repeat::Invalid,
    }
}

/// Splits a pasted text: the lines to run, and what stands behind the last line break, to be left in the entry line.
pub fn paste(text: &str) -> (Vec<String>, String) {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let rest = lines.pop().unwrap_or_default();
    lines.retain(|line| !line.trim().is_empty());
    (lines, rest)
}

/// Whether `redis-cli` prints a command's answer as it is: reports for people. The words are in lower
/// case, and `words` is how many there are.
pub fn prints_raw(name: &str, second: &str, words: usize) -> bool {
    match name {
        "info" | "lolwut" => true,
        "client" => matches!(second, "list" | "info"),
        "memory" => matches!(second, "doctor" | "malloc-stats"),
        "debug" => matches!(second, "htstats" | "htstats-key" | "client-eviction"),
        "cluster" => words == 2 && matches!(second, "nodes" | "info"),
        "latency" => matches!((second, words), ("graph", 3) | ("doctor", 2)),
        _ => false,
    }
}

/// A report as it is printed.
pub fn raw(reply: &Reply) -> String {
    match reply {
        Reply::Null => String::new(),
        Reply::Error(text) => format!("{text}\n"),
        Reply::Bulk(bytes) => String::from_utf8_lossy(bytes).replace("\r\n", "\n"),
        Reply::Simple(text)
        | Reply::Verbatim(text)
        | Reply::Double(text)
        | Reply::BigNumber(text) => text.replace("\r\n", "\n"),
        Reply::Int(n) => n.to_string(),
        Reply::Bool(value) => if *value { "(true)" } else { "(false)" }.to_owned(),
        Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => {
            items.iter().map(raw).collect::<Vec<_>>().join("\n")
        }
        Reply::Map(pairs) => pairs
            .iter()
            .map(|(key, value)| format!("{} {}", raw(key), raw(value)))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(words: &[&str], times: u64) -> Option<Step> {
        Some(Step::Send {
            words: words.iter().map(|w| w.as_bytes().to_vec()).collect(),
            times,
        })
    }

    fn refused(text: &str) -> Option<Step> {
        Some(Step::Refused(text.to_owned()))
    }

    #[test]
    fn words_go_to_the_server() {
        assert_eq!(interpret(""), None);
        assert_eq!(interpret(" \t "), None);
        assert_eq!(interpret(" set  k 'a b' "), send(&["set", "k", "a b"], 1));
        assert_eq!(interpret("clear x"), send(&["clear", "x"], 1));
        assert_eq!(interpret("3"), send(&["3"], 1));
        for line in ["\"open", "set a \"b", "'a'b", "help \"get"] {
            assert_eq!(interpret(line), refused("Invalid argument(s)"), "{line}");
        }
    }

    #[test]
    fn a_number_in_front_repeats() {
        for line in ["3 ping", "03 ping", "+3 ping", " 3 ping", "\" 3\" ping"] {
            assert_eq!(interpret(line), send(&["ping"], 3), "{line}");
        }
        for line in [
            "0 ping",
            "-1 ping",
            "99999999999999999999 ping",
            "\"\" ping",
        ] {
            assert_eq!(
                interpret(line),
                refused("Invalid redis-cli repeat command option value."),
                "{line}"
            );
        }
        assert_eq!(interpret("2x ping"), send(&["2x", "ping"], 1));
        assert_eq!(interpret("\"3 \" ping"), send(&["3 ", "ping"], 1));
        assert_eq!(interpret("+ ping"), send(&["+", "ping"], 1));
        assert_eq!(interpret("2 2 ping"), send(&["2", "ping"], 2));
        assert_eq!(interpret("2 clear"), send(&["clear"], 2));
        assert_eq!(interpret("2 quit"), send(&["quit"], 2));
        assert_eq!(interpret("2 :set hints"), send(&[":set", "hints"], 2));
    }

    #[test]
    fn some_lines_are_the_consoles_own() {
        let help = |words: &[&str]| {
            Some(Step::Help(
                words.iter().map(|w| w.as_bytes().to_vec()).collect(),
            ))
        };
        assert_eq!(interpret("help"), help(&[]));
        assert_eq!(interpret("? get"), help(&["get"]));
        assert_eq!(interpret("HELP config get"), help(&["config", "get"]));
        assert_eq!(interpret("2 help get"), help(&["get"]));
        assert_eq!(interpret("Clear"), Some(Step::Clear));
        assert_eq!(interpret("QUIT"), Some(Step::Quit));
        assert_eq!(interpret("exit now"), Some(Step::Quit));
        assert_eq!(interpret(":set nohints"), Some(Step::Hints(false)));
        assert_eq!(
            interpret(":set foo"),
            refused("unknown redis-cli preference 'foo'")
        );
        assert_eq!(
            interpret(":get"),
            refused("unknown redis-cli internal command ':get'")
        );
    }

    #[test]
    fn a_paste_runs_its_whole_lines() {
        assert_eq!(paste("ping"), (vec![], "ping".to_owned()));
        assert_eq!(
            paste("a\r\n\n  \nb\rc"),
            (vec!["a".to_owned(), "b".to_owned()], "c".to_owned())
        );
        assert_eq!(paste("a\n"), (vec!["a".to_owned()], String::new()));
    }

    #[test]
    fn reports_are_printed_as_they_are() {
        assert!(
            prints_raw("info", "server", 2)
                && prints_raw("client", "list", 4)
                && !prints_raw("client", "id", 2)
        );
        assert!(prints_raw("latency", "graph", 3) && !prints_raw("latency", "graph", 2));
        assert_eq!(
            raw(&Reply::Error("ERR syntax error".to_owned())),
            "ERR syntax error\n"
        );
        assert_eq!(
            raw(&Reply::Bulk(b"# Server\r\na:1\r\n".to_vec())),
            "# Server\na:1\n"
        );
    }
}
