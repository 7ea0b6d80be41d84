//! What the two halves say to each other. They know nothing else of one another.

use serde::{Deserialize, Serialize};

pub use super::actor::ready::{READY, Ready};
pub use super::actor::{Fault, TEXT_MAX, check};
pub use super::actors::{ACTORS_MAX, SLOW_MAX};
pub use super::caps::{Cap, Caps};
pub use super::compare::{Differences, KeyDifference, Part};
pub use super::history::{BranchId, BranchView, Limits, Named, Point};
pub use super::log::{Entry, Log};
pub use super::talk::{Say, Saying, Talk};
pub use crate::ds::bytes::Bytes;
pub use crate::ds::geo::{Place, Shape};
pub use crate::engine::client::Conn;
pub use crate::engine::event::{Area, BitField, Delivery, Event, Fact};
pub use crate::engine::next::{Expiry, Timeout};
pub use crate::engine::num;
pub use crate::engine::profile::{
    Call, CallFilter, CommandTotal, Inside, ProfileView, Total, Whole,
};
pub use crate::engine::pubsub::Topic;
pub use crate::engine::reply::{Reply, Resp};
pub use crate::engine::resp::{decode, encode_command, split_words};
pub use crate::engine::sought::{LexEnd, Sought};
pub use crate::engine::story::{Begins, LifeStep, Step};
pub use crate::engine::text;
pub use crate::engine::time::Millis;
pub use crate::engine::view::*;
pub use crate::engine::why::{Condition, EmptyRange, Gone, Why};
pub use crate::lua::message::Frame as ScriptFrame;
pub use crate::session::clock::Speed;

/// What can happen to a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// The connection opens.
    Connect,
    /// Bytes arrive on it.
    Bytes(Vec<u8>),
    /// It is cut: subscriptions and waits end.
    Disconnect,
    /// It is an actor's, which is steered.
    Actor(Steer),
}

impl What {
    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Actor(Steer::Start { name, text }) => name.len() + text.len(),
            Self::Connect | Self::Disconnect | Self::Actor(_) => 0,
        }
    }

    /// Whether it is what a client sends: commands, whole or in pieces.
    pub fn is_bytes(&self) -> bool {
        matches!(self, Self::Bytes(_))
    }

    /// What it is to the engine, which knows no actors.
    pub fn engine(self) -> Option<crate::engine::What> {
        Some(match self {
            Self::Connect => crate::engine::What::Connect,
            Self::Bytes(bytes) => crate::engine::What::Bytes(bytes),
            Self::Disconnect => crate::engine::What::Disconnect,
            Self::Actor(_) => return None,
        })
    }
}

/// How an actor is steered. One that is not there is passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Steer {
    /// It begins, with a connection of its own; who was there before is gone.
    Start {
        /// What it is called.
        name: String,
        /// What it does.
        text: String,
    },
    /// It stands still; what it waits for may come meanwhile.
    Pause,
    /// It goes on.
    Resume,
    /// It takes more time.
    Slow {
        /// How many times as much as written, from 1 to [`SLOW_MAX`].
        factor: u32,
    },
    /// It stops at once, and its connection is cut.
    Crash,
    /// It begins again, on a new connection.
    Restart,
    /// It stops, and is forgotten.
    Remove,
}

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// The keys of a database.
    Keys {
        /// The database.
        db: usize,
        /// Which, and in which order.
        asked: KeysAsked,
        /// The lines in view.
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
        /// What else is to be seen.
        look: Look,
    },
    /// Channels, patterns and their subscribers.
    PubSub,
    /// The last commands and what they cost.
    Profiler {
        /// Which of them.
        filter: CallFilter,
        /// The rows in view, the newest first.
        window: Window,
        /// Those that there were when this was first asked.
        paused: bool,
    },
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
    /// Of [`Target::Profiler`].
    Profiler(ProfileView),
}

/// The page's own number for a panel.
pub type Panel = u32;

/// What the page asks of the server half.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// The session that begins next came from elsewhere, and may use only so much. [`Update::Capped`] tells when it
    /// would use more.
    Guard(Caps),
    /// Begin (or begin again) from a log: fold what was done and the time up to its end, sending nothing of what
    /// came of that.
    Begin(Log),
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
    /// The session's clock is held, or moved on.
    Clock(Turn),
    /// So much of the session's time, in milliseconds, passed while no server half was there to see it.
    Passed(Millis),
    /// The session goes to another of its moments. A script that stands still runs to its end first. Whatever
    /// happens in the past forks.
    Travel(Travel),
    /// Tell what was said up to where the session stands.
    Retell,
    /// Tell what the server would reply to a command that a new client sent now. It happens to a copy: no part of the session,
    /// and nothing comes of it.
    Probe {
        /// By which number it is told.
        ticket: u32,
        /// The command.
        bytes: Vec<u8>,
    },
    /// [`Update::Capped`] was heard: commands are taken again.
    Heard,
    /// Tell which commands there are.
    Commands,
}

/// What can be done with the session's clock. While a script stands still it cannot be moved on; to move it on in the
/// past forks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    /// Hold it.
    Pause,
    /// Let it run.
    Resume,
    /// Run it so fast.
    Speed(Speed),
    /// Move it on by milliseconds.
    Advance(Millis),
    /// Move it on to the moment when the next key or field expires.
    ToExpiry,
    /// Move it on to the moment when the next wait ends.
    ToTimeout,
    /// Move it on to whatever happens next by itself.
    Step,
}

/// Where a session is to go, and what it is to do with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Travel {
    /// To a point of the branch that is walked on, or the nearest there is.
    To(Point),
    /// To a moment of the clock.
    At(Millis),
    /// To the end, from where it goes on.
    End,
    /// To the moment before the last input.
    Undo,
    /// To where it stood before that was undone, or else to the next input.
    Redo,
    /// On from where it stands; what came after stays as a branch.
    Fork,
    /// To the end of another branch, which it goes on from.
    Walk(BranchId),
    /// Nowhere: a branch that is not walked on is dropped.
    Drop(BranchId),
    /// Nowhere: where it stands has this name; none, where the name is empty.
    Name(String),
    /// Nowhere: two points of the branch that is walked on are compared.
    Compare(Point, Point),
}

/// Where in its history a session stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// The branch that is walked on.
    pub branch: BranchId,
    /// How many inputs there are on it.
    pub inputs: usize,
    /// Where in the past it stands, and the end of the branch; `None`: at the end, and the clock runs.
    pub past: Option<(Point, Point)>,
    /// The other branches, the one left longest ago first.
    pub branches: Vec<BranchView>,
    /// The moments of this branch that have a name, in order.
    pub names: Vec<Named>,
    /// Whether there is something to undo.
    pub can_undo: bool,
}

/// What the server half tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Update {
    /// It stands ready, the record is folded.
    Ready,
    /// The commands it knows, for completion, hints and help.
    Commands(Vec<CommandDoc>),
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
    /// Why replies are what they are, which the next [`Update::Output`] for this client brings.
    Why {
        /// The client.
        conn: Conn,
        /// The reasons, each with the number of that output's bytes up to the end of its reply.
        whys: Vec<(u32, Why)>,
    },
    /// What the server would reply, for each [`Request::Probe`].
    Probed {
        /// The number that it was asked by.
        ticket: u32,
        /// The reply; empty: it has to wait for something.
        bytes: Vec<u8>,
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
    /// The session's clock runs otherwise, or something else happens next.
    Clock(ClockView),
    /// The clock was turned: one for each [`Request::Clock`], in order.
    Turned(Turned),
    /// How an actor is; `None`: it is gone.
    Actor {
        /// Its connection.
        conn: Conn,
        /// How it is.
        state: Option<ActorView>,
    },
    /// What an actor sent and was sent, oldest first.
    Acted {
        /// Its connection.
        conn: Conn,
        /// The last of it.
        said: Vec<Said>,
        /// How many came before that in this frame, and are left out.
        left_out: u32,
    },
    /// Where in its history the session stands.
    History(HistoryView),
    /// What was said on every connection that there was, up to where the session stands: it went there, or this was
    /// asked for.
    Retold {
        /// What was said, by connection.
        talks: Vec<Talk>,
        /// Whether it stands at the end; otherwise in the past.
        at_end: bool,
    },
    /// A session is being brought back, which takes a while: so much of its log is folded. Comes alone in its frame,
    /// which tells nothing else.
    Folded {
        /// How many entries.
        done: usize,
        /// Of how many.
        all: usize,
    },
    /// Keys that expired, oldest first; of very many the last.
    Expired(Vec<ExpiredKey>),
    /// The session goes on from a moment in the past; what came after it is kept as a branch.
    Forked {
        /// From where it goes on.
        from: Point,
        /// The branch that it goes on as.
        branch: BranchId,
        /// The branch that was left, with what came after.
        left: BranchId,
        /// A branch that went for it: there were too many.
        dropped: Option<BranchId>,
    },
    /// The session walks on another branch, at its end.
    Walked {
        /// The branch.
        branch: BranchId,
        /// The branch that was left.
        left: BranchId,
    },
    /// What differs between two moments.
    Differences {
        /// The two points, the earlier one first.
        between: [Point; 2],
        /// What differs.
        differences: Differences,
    },
    /// The session came from elsewhere and uses more than it may: what it began with is left off there, and nothing is
    /// guarded any more. Commands that are not recorded yet are left out, until the page has [heard](Request::Heard).
    Capped(Cap),
    /// It could not be done; why, in a sentence.
    Refused(String),
    /// The page joined a session that others began: the seed of its chance, and its first moment. What was done in it
    /// follows.
    Joined(u64, Millis),
    /// What is no input was done to the session, or another page did it. The page keeps it, for a restart.
    Logged(Entry),
}

/// A key that expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiredKey {
    /// When.
    pub at: Millis,
    /// The database.
    pub db: usize,
    /// The key.
    pub key: Bytes,
}

/// What came of turning the session's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    /// How it was turned.
    pub turn: Turn,
    /// The session's moment before.
    pub from: Millis,
    /// The session's moment now; the same where it was not moved on.
    pub at: Millis,
    /// Whether it is held.
    pub paused: bool,
    /// How fast it runs when it is not.
    pub speed: Speed,
    /// What expired first on the way.
    pub expiry: Option<Expiry>,
    /// Whose wait ended first on the way.
    pub timeout: Option<Timeout>,
}

/// How the session's clock runs, and what happens next by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockView {
    /// Whether it is held.
    pub paused: bool,
    /// How fast it runs when it is not.
    pub speed: Speed,
    /// What expires next.
    pub expiry: Option<Expiry>,
    /// Whose wait ends next.
    pub timeout: Option<Timeout>,
    /// When anything happens next, of these or of any other kind.
    pub next: Option<Millis>,
}

/// How an actor is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorView {
    /// What it is called.
    pub name: String,
    /// What it is at.
    pub doing: Doing,
    /// Whether it stands still.
    pub paused: bool,
    /// How many times more time than written it takes.
    pub slow: u32,
    /// The line it stands at, from 1.
    pub line: u32,
    /// How many commands it sent.
    pub sent: u64,
    /// How many replies were errors.
    pub errors: u64,
    /// How many rounds it gave up by `fail`.
    pub failed: u64,
}

/// What an actor is at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doing {
    /// It goes on at a moment.
    Waits {
        /// The moment.
        until: Millis,
    },
    /// It waits for a reply.
    Asks,
    /// It waits for a message.
    Listens,
    /// It stopped without an end, and its connection was cut.
    Crashed,
    /// It came to its end.
    Done,
    /// Its text is wrong, or something went wrong in it.
    Failed(Fault),
}

/// Bytes between an actor and the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub at: Millis,
    /// Whether the actor sent them; otherwise it was sent them.
    pub sent: bool,
    /// The bytes.
    pub bytes: Vec<u8>,
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
