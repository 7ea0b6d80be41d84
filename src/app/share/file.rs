//! The `.keyglass` file: a document as JSON, as `static/keyglass.schema.json` describes it.

use serde_json::Value;

use super::{Client, Deed, Document, Fault, Mode, Step, key_of, key_text};
use crate::app::actors::FIRST;
use crate::app::kept::Shown;
use crate::app::{colour, format};
use crate::session::message::{Conn, Speed, Steer};

/// A document as a file.
pub fn write(document: &Document) -> String {
    let mut out = String::from("{\n  \"keyglass\": 1");
    let mut field = |name: &str, value: String| out.push_str(&format!(",\n  \"{name}\": {value}"));
    if !document.title.is_empty() {
        field("title", quoted(&document.title));
    }
    if !document.note.is_empty() {
        field("note", quoted(&document.note));
    }
    let opens = match document.mode {
        Mode::Script => "script",
        Mode::Now => "now",
    };
    field("opens", quoted(opens));
    if document.run {
        field("run", "true".into());
    }
    if let Some((seed, start)) = document.begins {
        field("seed", seed.to_string());
        field("start", start.to_string());
        field("rest", document.rest.to_string());
    }
    let (held, speed) = document.clock;
    field(
        "clock",
        format!("{{ \"held\": {held}, \"speed\": {speed} }}"),
    );
    let client = |client: &Client| {
        format!(
            "{{ \"client\": {}, \"label\": {}, \"colour\": {} }}",
            quoted(&format::client_letter(client.conn)),
            quoted(&client.label),
            client.colour
        )
    };
    field("clients", list(document.clients.iter().map(client)));
    let shown = |shown: &Shown| match shown {
        Shown::Key(db, key) => format!("{{ \"db\": {db}, \"key\": {} }}", quoted(&key_text(key))),
        Shown::PubSub => "{ \"panel\": \"channels\" }".into(),
        Shown::Script => "{ \"panel\": \"script\" }".into(),
        Shown::Profiler => "{ \"panel\": \"profiler\" }".into(),
    };
    field("view", list(document.pinned.iter().map(shown)));
    if !document.script.is_empty() {
        field("script", quoted(&document.script));
    }
    field("steps", list(document.steps.iter().map(step)));
    out.push_str("\n}\n");
    out
}

fn step(step: &Step) -> String {
    let after = match step.after {
        0 => String::new(),
        after => format!("\"after\": {after}, "),
    };
    let letter = || quoted(&format::client_letter(step.conn));
    let said = match &step.deed {
        Deed::Line(line) => format!("\"client\": {}, \"run\": {}", letter(), quoted(line)),
        Deed::Connect => format!("\"client\": {}, \"do\": \"connect\"", letter()),
        Deed::Disconnect => format!("\"client\": {}, \"do\": \"disconnect\"", letter()),
        Deed::Actor(steer) => {
            let todo = match steer {
                Steer::Start { name, text } => format!(
                    "\"start\", \"name\": {}, \"text\": {}",
                    quoted(name),
                    quoted(text)
                ),
                Steer::Pause => "\"pause\"".into(),
                Steer::Resume => "\"resume\"".into(),
                Steer::Slow { factor } => format!("\"slow\", \"factor\": {factor}"),
                Steer::Crash => "\"crash\"".into(),
                Steer::Restart => "\"restart\"".into(),
                Steer::Remove => "\"remove\"".into(),
            };
            format!(
                "\"actor\": {}, \"do\": {todo}",
                step.conn.saturating_sub(FIRST) + 1
            )
        }
    };
    format!("{{ {after}{said} }}")
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("\n    {item}")).collect();
    match items.is_empty() {
        true => "[]".into(),
        false => format!("[{}\n  ]", items.join(",")),
    }
}

/// A text as JSON has it.
fn quoted(text: &str) -> String {
    // A text can always be written.
    serde_json::to_string(text).unwrap_or_default()
}

/// Reads a file.
pub fn read(text: &str) -> Result<Document, Fault> {
    let json: Value =
        serde_json::from_str(text).map_err(|error| Fault::File(format!("{error}")))?;
    let root = Node {
        value: &json,
        path: String::new(),
    };
    let version = root.field("keyglass").number()?;
    match version {
        None | Some(0) => return Err(root.field("keyglass").wrong("1")),
        Some(1) => {}
        Some(_) => return Err(Fault::Later),
    }
    let opens = root.field("opens");
    let clock = root.field("clock");
    let seed = root.field("seed").number()?;
    let start = root.field("start").number()?;
    let speed = clock.field("speed");
    Document {
        title: root.field("title").text()?.unwrap_or_default(),
        note: root.field("note").text()?.unwrap_or_default(),
        mode: match opens.text()?.as_deref() {
            None | Some("script") => Mode::Script,
            Some("now") => Mode::Now,
            Some(_) => return Err(opens.wrong("\"script\" or \"now\"")),
        },
        begins: start.map(|start| (seed.unwrap_or_default(), start)),
        rest: root.field("rest").number()?.unwrap_or_default(),
        clock: (
            clock.field("held").yes()?,
            match speed.value {
                Value::Null => Speed::NORMAL,
                value => value
                    .as_f64()
                    .and_then(|speed| Speed::of_tenths((speed * 10.0).round() as u16))
                    .ok_or_else(|| speed.wrong("a number from 0.1 to 100"))?,
            },
        ),
        clients: root.field("clients").each(client)?,
        pinned: root.field("view").each(shown)?,
        script: root.field("script").text()?.unwrap_or_default(),
        steps: root.field("steps").each(step_of)?,
        run: root.field("run").yes()?,
    }
    .with_clients()
    .checked()
}

impl Document {
    /// A file need not list its clients: those that run something are.
    fn with_clients(mut self) -> Self {
        if self.clients.is_empty() {
            let lines = self.steps.iter().filter(|step| step.conn < FIRST);
            let lines = lines.map(|step| (step.conn, String::new())).collect();
            self.clients = Self::of_lines(lines).clients;
        }
        self
    }
}

fn client(node: &Node<'_>) -> Result<Client, Fault> {
    let conn = node.field("client").letter()?;
    let colour = node.field("colour").number()?;
    let label = node.field("label").text()?.unwrap_or_default();
    let colour = colour.map_or(conn as usize % colour::HUES, |hue| hue as usize);
    Ok(Client {
        conn,
        label,
        colour,
    })
}

fn shown(node: &Node<'_>) -> Result<Shown, Fault> {
    let (panel, key) = (node.field("panel"), node.field("key"));
    match panel.text()?.as_deref() {
        Some("channels") => Ok(Shown::PubSub),
        Some("script") => Ok(Shown::Script),
        Some("profiler") => Ok(Shown::Profiler),
        Some(_) => Err(panel.wrong("\"channels\", \"script\" or \"profiler\"")),
        None => {
            let text = key.text()?.ok_or_else(|| key.wrong("a text"))?;
            let db = node.field("db").number()?.unwrap_or_default();
            Ok(Shown::Key(db.min(1 << 20) as usize, key_of(&text)))
        }
    }
}

fn step_of(node: &Node<'_>) -> Result<Step, Fault> {
    let after = node.field("after").number()?.unwrap_or_default();
    let (run, todo, actor) = (node.field("run"), node.field("do"), node.field("actor"));
    let said = todo.text()?;
    if let Some(number) = actor.number()? {
        let deed = match said.as_deref() {
            Some("start") => Steer::Start {
                name: node.field("name").text()?.unwrap_or_default(),
                text: node.field("text").text()?.unwrap_or_default(),
            },
            Some("pause") => Steer::Pause,
            Some("resume") => Steer::Resume,
            Some("slow") => Steer::Slow {
                factor: node.field("factor").number()?.unwrap_or(1).min(1 << 20) as u32,
            },
            Some("crash") => Steer::Crash,
            Some("restart") => Steer::Restart,
            Some("remove") => Steer::Remove,
            _ => return Err(todo.wrong("what is done to the actor, such as \"start\"")),
        };
        let number = Conn::try_from(number)
            .ok()
            .filter(|n| (1..100_000).contains(n));
        let number = number.ok_or_else(|| actor.wrong("a number from 1"))?;
        return Ok(Step {
            after,
            conn: FIRST + number - 1,
            deed: Deed::Actor(deed),
        });
    }
    let client = node.field("client");
    let conn = match client.value {
        Value::Null => 0,
        _ => client.letter()?,
    };
    let deed = match (run.text()?, said.as_deref()) {
        (Some(line), None) => Deed::Line(line),
        (None, Some("connect")) => Deed::Connect,
        (None, Some("disconnect")) => Deed::Disconnect,
        (None, None) => return Err(run.wrong("a command")),
        _ => return Err(todo.wrong("\"connect\" or \"disconnect\", without a \"run\" beside it")),
    };
    Ok(Step { after, conn, deed })
}

/// A value, and where it stands.
struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl Node<'_> {
    fn field(&self, name: &str) -> Node<'_> {
        let dot = if self.path.is_empty() { "" } else { "." };
        Node {
            value: self.value.get(name).unwrap_or(&Value::Null),
            path: format!("{}{dot}{name}", self.path),
        }
    }

    fn each<T>(&self, one: fn(&Node<'_>) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let items = match self.value {
            Value::Null => return Ok(Vec::new()),
            Value::Array(items) => items,
            _ => return Err(self.wrong("a list")),
        };
        let node = |(at, value)| Node {
            value,
            path: format!("{}[{at}]", self.path),
        };
        items
            .iter()
            .enumerate()
            .map(node)
            .map(|node| one(&node))
            .collect()
    }

    fn text(&self) -> Result<Option<String>, Fault> {
        match self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            _ => Err(self.wrong("a text")),
        }
    }

    fn number(&self) -> Result<Option<u64>, Fault> {
        match self.value {
            Value::Null => Ok(None),
            value => value
                .as_u64()
                .map(Some)
                .ok_or_else(|| self.wrong("a whole number")),
        }
    }

    fn yes(&self) -> Result<bool, Fault> {
        match self.value {
            Value::Null => Ok(false),
            value => value.as_bool().ok_or_else(|| self.wrong("true or false")),
        }
    }

    fn letter(&self) -> Result<Conn, Fault> {
        let text = self.text()?.unwrap_or_default();
        super::transcript::letter_of(&text).ok_or_else(|| self.wrong("a client's letter, A to P"))
    }

    fn wrong(&self, wanted: &str) -> Fault {
        Fault::File(format!("\"{}\" must be {wanted}", self.path))
    }
}
