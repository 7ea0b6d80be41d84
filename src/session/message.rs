//! What the two halves say to each other. They know nothing else of one another.

use serde::{Deserialize, Serialize};

pub use crate::ds::bytes::Bytes;
pub use crate::engine::What;
pub use crate::engine::client::Conn;
pub use crate::engine::event::{Event, Fact};
pub use crate::engine::num;
pub use crate::engine::reply::{Reply, Resp};
pub use crate::engine::resp::{decode, encode_command, split_words};
pub use crate::engine::text;
pub use crate::engine::time::Millis;
pub use crate::engine::view::*;
pub use crate::lua::message::Frame as ScriptFrame;

/// Something that happened to a connection, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// When it happened, by the session's clock.
    pub at: Millis,
    /// To which connection.
    pub conn: Conn,
    /// What happened.
    pub what: What,
}

/// A session: all that is needed to get everything else back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The seed of its chance.
    pub seed: u64,
    /// Its first moment.
    pub start: Millis,
    /// What happened, in order.
    pub inputs: Vec<Input>,
}

/// What a panel looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// The keys of a database that match a pattern (all where it is empty).
    Keys {
        /// The database.
        db: usize,
        /// A glob pattern.
        pattern: Bytes,
        /// The rows in view.
        window: Window,
    },
    /// What a key holds.
    Key {
        /// The database.
        db: usize,
        /// The key.
        key: Bytes,
        /// The rows in view.
        window: Window,
    },
    /// Channels, patterns and their subscribers.
    PubSub,
}

/// What a panel sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum View {
    /// Of [`Target::Keys`].
    Keys(KeysView),
    /// Of [`Target::Key`]: when it expires, what it holds, and the last facts about it, oldest first.
    Key {
        /// When it expires.
        deadline: Option<Millis>,
        /// What it holds.
        value: ValueView,
        /// The last facts about it.
        facts: Vec<Event>,
    },
    /// Of [`Target::PubSub`]: with the last messages, oldest first.
    PubSub {
        /// Channels, patterns and subscribers.
        now: PubSubView,
        /// [`Fact::Published`] events.
        messages: Vec<Event>,
    },
}

/// The page's own number for a panel.
pub type Panel = u32;

/// What the page asks of the server half.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Begin (or begin again) from a record: fold its inputs and the time up to `until`, sending nothing
    /// of what came of them.
    Begin {
        /// What to fold.
        record: Record,
        /// Up to when the page has seen what happened.
        until: Millis,
    },
    /// Something happens to a connection, now.
    Input {
        /// To which connection.
        conn: Conn,
        /// What happens.
        what: What,
    },
    /// A panel looks at something; told at once, and whenever it changes.
    Watch {
        /// The panel.
        panel: Panel,
        /// What it looks at.
        target: Target,
    },
    /// A panel is closed.
    Unwatch {
        /// The panel.
        panel: Panel,
    },
    /// Whether a script that a client starts from now on stands still at each command that it calls.
    Stepping {
        /// Whether it does.
        on: bool,
    },
    /// The script that stands still goes on.
    Step {
        /// To its end, not only to its next call.
        to_end: bool,
    },
}

/// What the server half tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Update {
    /// It stands ready, the record is folded; the commands it knows.
    Ready {
        /// For completion, hints and help.
        commands: Vec<CommandDoc>,
    },
    /// An input was handled, at a moment. The page keeps it, for a restart.
    Recorded {
        /// When.
        at: Millis,
        /// Whose.
        conn: Conn,
        /// Whether it was bytes; otherwise the connection was opened or cut.
        bytes: bool,
        /// The keys that its commands named, the last one last.
        keys: Vec<Bytes>,
    },
    /// Bytes for a client.
    Output {
        /// The client.
        conn: Conn,
        /// The bytes.
        bytes: Vec<u8>,
        /// When they were sent.
        at: Millis,
    },
    /// A client's state changed; `None`: its connection is closed.
    Client {
        /// The client.
        conn: Conn,
        /// Its state.
        state: Option<ClientView>,
    },
    /// What a panel sees changed.
    View {
        /// The panel.
        panel: Panel,
        /// What it sees now.
        view: View,
    },
    /// A script stands still at a call, or one that did has ended (`None`). While one stands, the clock does
    /// too, and what else happens waits.
    Script(Option<ScriptView>),
}

/// A script that stands still, about to call a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptView {
    /// Whose it is.
    pub conn: Conn,
    /// The script's SHA-1 in hex, or the function's name.
    pub name: String,
    /// The command that it is about to call.
    pub command: Vec<Bytes>,
    /// The line of the script that the call stands on, from 1.
    pub line: u32,
    /// How many commands it has called before.
    pub calls: u32,
    /// The reply to the last of them, as redis-cli prints it.
    pub last: Option<String>,
    /// Its functions with their locals, the innermost first.
    pub frames: Vec<ScriptFrame>,
    /// How many inputs wait for its end.
    pub waiting: u32,
}

/// What the server half tells the page at once, at most once a frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The session's clock.
    pub now: Millis,
    /// What changed, in order.
    pub updates: Vec<Update>,
}

/// A command as completion, hints and help need it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandDoc {
    /// Its name in upper case; for a subcommand, `XGROUP CREATE`.
    pub name: String,
    /// Its group.
    pub group: String,
    /// What it does.
    pub summary: String,
    /// Its cost.
    pub complexity: String,
    /// The first version of the reference that had it.
    pub since: String,
    /// The grammar of its arguments.
    pub args: Vec<ArgDoc>,
    /// Whether it only holds subcommands, which stand as commands of their own.
    pub container: bool,
}

/// One argument in a command's grammar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArgDoc {
    /// The name to show.
    pub name: String,
    /// What kind it is.
    pub kind: ArgKind,
    /// The word before it, or that it is.
    pub token: Option<String>,
    /// It may be left out.
    pub optional: bool,
    /// It may stand several times.
    pub multiple: bool,
    /// Its token stands before each of several.
    pub multiple_token: bool,
    /// The arguments of a one-of or a block.
    pub args: Vec<ArgDoc>,
}

pub use crate::command::spec::ArgKind;
