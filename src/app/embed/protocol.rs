//! What the page around an embed says, and what it is told: JSON objects with `keyglass`, the version. What is asked has an
//! `id`, and so has its answer; what is told unasked has none.

use serde::Serialize;
use serde_json::{Value, json};

use super::KEYS_TOLD;
use super::check::{Check, Checked};
use crate::app::share::BYTES_MAX;
use crate::app::words::embed as words;
use crate::app::{State, Theme, format};
use crate::session::message::Millis;

/// The version of the protocol.
pub const VERSION: u64 = 1;
/// How many characters a value of a theme may have.
const VALUE_MAX: usize = 200;

/// By what an answer is known: a number, or a short text.
pub type Id = Value;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Who is there.
    Hello,
    /// To run all of the author's commands that are left.
    Run,
    /// To run the next.
    Step,
    /// To be as it was.
    Reset,
    /// To run a line, as the first client if none is named.
    Exec {
        /// Its letter.
        client: Option<String>,
        /// The line.
        line: String,
    },
    /// What it is like.
    State,
    /// A link to the session.
    Share,
    /// To look so.
    Theme {
        /// Light or dark, or as the reader's system is.
        scheme: Option<Theme>,
        /// Custom properties of the page, and what they are to be.
        tokens: Vec<(&'static str, String)>,
    },
    /// Whether something is so; by default what the address asks for.
    Check(Option<String>),
    /// To take the cursor.
    Focus,
}

/// A line that was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// The letter of its client.
    pub client: String,
    /// The line.
    pub line: String,
    /// Its reply, as redis-cli prints it.
    pub reply: String,
}

/// What is told.
#[derive(Debug)]
pub enum Tell<'a> {
    /// This is Keyglass.
    Hello,
    /// It can be used.
    Ready {
        /// The letters of its clients.
        clients: &'a [String],
        /// How many commands the author wrote.
        commands: usize,
        /// Where it leads.
        link: Option<&'a str>,
    },
    /// A line was run.
    Result(&'a Ran),
    /// The author's commands were run.
    Ran(&'a [Ran]),
    /// Something changed.
    Change {
        /// The session's moment.
        at: Millis,
        /// Where it leads.
        link: Option<&'a str>,
    },
    /// What a check has come to.
    Check(&'a Check, &'a Checked),
    /// What it is like.
    State(Value),
    /// A link to the session; none: it is too long for one.
    Share(Option<&'a str>),
    /// It looks so.
    Theme,
    /// It has the cursor.
    Focus,
    /// It could not be done; why.
    Error(&'a str),
}

/// Writes a message.
pub fn write(id: Option<&Id>, tell: &Tell<'_>) -> String {
    let (kind, mut body) = match tell {
        Tell::Hello => ("hello", json!({ "version": VERSION })),
        Tell::Ready {
            clients,
            commands,
            link,
        } => (
            "ready",
            json!({ "clients": clients, "commands": commands, "link": link }),
        ),
        Tell::Result(ran) => ("result", json!(ran)),
        Tell::Ran(ran) => ("ran", json!({ "results": ran })),
        Tell::Change { at, link } => ("change", json!({ "at": at, "link": link })),
        Tell::Check(check, checked) => (
            "check",
            json!({ "check": check.text, "passed": checked.passed, "reply": checked.reply }),
        ),
        Tell::State(state) => ("state", state.clone()),
        Tell::Share(link) => ("share", json!({ "link": link })),
        Tell::Theme => ("theme", json!({})),
        Tell::Focus => ("focus", json!({})),
        Tell::Error(text) => ("error", json!({ "message": text })),
    };
    if let Some(fields) = body.as_object_mut() {
        fields.insert("keyglass".into(), VERSION.into());
        fields.insert("type".into(), kind.into());
        if let Some(id) = id {
            fields.insert("id".into(), id.clone());
        }
    }
    body.to_string()
}

/// Reads what is asked. Errors: what is wrong with it, and by what id that is told; `None`: it is not meant for this page.
pub fn read(text: &str) -> Result<(Id, Ask), Option<(Id, String)>> {
    if text.len() > BYTES_MAX {
        return Err(None);
    }
    let message: Value = serde_json::from_str(text).map_err(|_| None)?;
    let version = message.get("keyglass").ok_or(None)?;
    let id = message.get("id").cloned().unwrap_or(Value::Null);
    let known = id.is_number() || id.as_str().is_some_and(|id| id.len() <= 100);
    if !known {
        return Err(None);
    }
    let wrong = |text: &str| Some((id.clone(), text.to_string()));
    if version.as_u64() != Some(VERSION) {
        return Err(wrong(words::OTHER_VERSION));
    }
    let text = |name: &str| {
        message
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_string)
    };
    let ask = match message
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
    {
        "hello" => Ask::Hello,
        "run" => Ask::Run,
        "step" => Ask::Step,
        "reset" => Ask::Reset,
        "exec" => Ask::Exec {
            client: text("client"),
            line: text("line")
                .filter(|line| !line.trim().is_empty() && !line.contains(['\n', '\r']))
                .ok_or_else(|| wrong(words::ONE_LINE))?,
        },
        "state" => Ask::State,
        "share" => Ask::Share,
        "theme" => {
            let scheme = text("scheme")
                .map(|name| Theme::read(&name).ok_or_else(|| wrong(words::NO_SCHEME)));
            let mut tokens = Vec::new();
            for (name, value) in message
                .get("tokens")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let token = value.as_str().and_then(|value| token(name, value));
                tokens.push(token.ok_or_else(|| wrong(&words::no_token(name)))?);
            }
            Ask::Theme {
                scheme: scheme.transpose()?,
                tokens,
            }
        }
        "check" => Ask::Check(text("check")),
        "focus" => Ask::Focus,
        _ => return Err(wrong(words::UNKNOWN_TYPE)),
    };
    Ok((id, ask))
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Colour,
    Font,
    Length,
}

/// What can be asked for, by name: the page's custom property, and what it is.
const TOKENS: [(&str, &str, Kind); 16] = [
    ("paper", "--paper", Kind::Colour),
    ("card", "--card", Kind::Colour),
    ("sunk", "--sunk", Kind::Colour),
    ("line", "--line", Kind::Colour),
    ("line-strong", "--line-strong", Kind::Colour),
    ("ink", "--ink", Kind::Colour),
    ("ink-2", "--ink-2", Kind::Colour),
    ("ink-3", "--ink-3", Kind::Colour),
    ("focus", "--focus", Kind::Colour),
    ("good", "--good", Kind::Colour),
    ("warn", "--warn", Kind::Colour),
    ("bad", "--bad", Kind::Colour),
    ("accent", "--client-1", Kind::Colour),
    ("accent-soft", "--client-1-bg", Kind::Colour),
    ("mono", "--mono", Kind::Font),
    ("radius", "--r2", Kind::Length),
];

/// A property and its value, if both are what they may be. The value is set through the DOM, which takes nothing for more
/// than a value; what it is held to here keeps addresses and references out.
fn token(name: &str, value: &str) -> Option<(&'static str, String)> {
    let (_, property, kind) = TOKENS.iter().find(|(known, ..)| *known == name)?;
    let value = value.trim();
    let fits = |more: &str| {
        value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let functions = [
        "rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(", "color(",
    ];
    let ok = match kind {
        Kind::Colour => {
            let lower = value.to_ascii_lowercase();
            let called = functions.iter().any(|name| lower.starts_with(name));
            match called {
                true => {
                    lower.matches('(').count() == 1 && lower.ends_with(')') && fits(" .,%/-+()")
                }
                false => value
                    .strip_prefix('#')
                    .unwrap_or(value)
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric()),
            }
        }
        Kind::Font => fits(" ,.-_'\""),
        Kind::Length => fits(".") && ["px", "em", "rem"].iter().any(|unit| value.ends_with(unit)),
    };
    let sized = !value.is_empty() && value.len() <= VALUE_MAX;
    (ok && sized).then(|| (*property, value.to_string()))
}

/// What a session is like.
pub fn state(state: &State) -> Value {
    let clients = state.consoles.iter().map(|console| {
        let letter = format::client_letter(console.conn);
        json!({
            "client": letter,
            "transcript": console.transcript.text(&letter),
            "busy": console.busy() || console.waiting() > 0,
        })
    });
    let clients: Vec<Value> = clients.collect();
    let keys = state.keys.rows().take(KEYS_TOLD);
    let keys: Vec<Value> = keys.map(|row| format::lossy(&row.key).into()).collect();
    let (done, of) = state
        .share()
        .walk
        .as_ref()
        .map_or((0, 0), |walk| walk.count());
    let embed = state.embed();
    json!({
        "at": state.clock.now,
        "ready": embed.is_some_and(|embed| embed.opened()),
        "done": done,
        "commands": of,
        "clients": clients,
        "keys": keys,
        "passed": embed.and_then(|embed| embed.checked.as_ref()).map(|checked| checked.passed),
        "link": embed.and_then(|embed| embed.link.clone()),
    })
}
