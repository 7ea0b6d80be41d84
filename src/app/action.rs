//! What can happen to the page, and what it asks of the browser.

use super::stage::Subject;
use super::{
    Choice, Tab, Theme, actors, client, embed, kept, lesson, listing, profiler, script, share,
};
use crate::session::message::*;

/// What can happen to the page.
#[derive(Clone, Debug)]
pub enum Action {
    /// The page opens.
    Open,
    /// The rest of a page that opened in part is there.
    Whole,
    /// A client runs lines; a ticket asks for the text of the reply.
    Run {
        /// Which client.
        conn: Conn,
        /// One line or several.
        text: String,
        /// Whoever waits for the reply.
        ticket: Option<u32>,
    },
    /// A panel sends a command: the last console used that is free takes it.
    Propose(String),
    /// Ctrl-C at a client.
    Interrupt(Conn),
    /// The server half told something.
    Frame(Frame),
    /// The server half broke; why.
    ServerBroke(String),
    /// The learner stops what holds up the server half.
    Stop,
    /// Time passes in the browser.
    Tick,
    /// One more client.
    AddClient,
    /// The keys are listed otherwise.
    List(listing::Act),
    /// Other keys are scrolled into view.
    KeysWindow(Window),
    /// An inspector scrolls.
    PanelWindow(Panel, Window),
    /// An inspector wants to see something else of its value.
    Look(Panel, Look),
    /// An inspector asks for more height than others, or no longer.
    Tall(Panel, bool),
    /// A key is chosen from the list.
    Show(Subject),
    /// An inspector is pinned or let go.
    TogglePin(Subject),
    /// An inspector is closed.
    ClosePanel(Panel),
    /// The page is lit otherwise.
    Light(Theme),
    /// A narrow page shows another part.
    Turn(Tab),
    /// Something is chosen, or is so no longer.
    Choose(Choice, bool),
    /// Something is done in the script editor.
    Script(script::Act),
    /// What was said has been read.
    Dismiss,
    /// The session's clock is turned.
    Clock(Turn),
    /// The session goes to another of its moments, or something is done with its history.
    Travel(Travel),
    /// Something happens to sessions that the browser keeps.
    Kept(kept::Act),
    /// A session is shared, or one from elsewhere opened.
    Share(share::page::Act),
    /// What differs between two moments has been seen.
    ComparedEnough,
    /// Something is done to a client itself.
    Client(Conn, client::Act),
    /// Something is done with actors.
    Actors(actors::Act),
    /// Something is done with the profiler.
    Profiler(profiler::Act),
    /// Something happens to the page as a part of another.
    Embed(embed::Act),
    /// Something is done with lessons.
    Lesson(lesson::page::Act),
}

/// What the state asks of the browser.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send requests to the server half.
    Post(Vec<Request>),
    /// End the server half and start a new one.
    Restart,
    /// The server half is held up, or broke: it is ended for everybody who has it, before a new one starts.
    End,
    /// Answer whoever waits for a reply.
    Resolve(u32, String),
    /// Light the page.
    Theme(Theme),
    /// Save what is known about a session, and a piece of its log that begins at an entry.
    Save {
        /// Which session.
        id: String,
        /// A [`kept::About`], encoded.
        about: Vec<u8>,
        /// The entry.
        from: usize,
        /// Entries, encoded; none: nothing.
        piece: Vec<u8>,
    },
    /// Read the log of a session.
    Load(String, Box<kept::About>),
    /// List the kept sessions.
    List,
    /// Delete a session, and list the others.
    Remove(String),
    /// Begin a new session.
    Fresh,
    /// Fetch a lesson of `static/lessons/`, and what is remembered of it.
    FetchLesson(String),
    /// Read a lesson: its name and text, and how far the reader is with it.
    ReadLesson(String, String, lesson::shelf::Progress),
    /// Remember how far the reader is with a lesson of that name.
    Remember(String, lesson::shelf::Progress),
    /// Remember what was chosen.
    Choose(Choice, bool),
    /// Take what was opened, or was not, out of the page's address.
    Unlink,
    /// Tell the page that this one is a part of: a message, as JSON.
    Say(String),
    /// Set the colours and the like that the page around this one asks for.
    Paint(Vec<(&'static str, String)>),
    /// Put the cursor into the first client's line.
    Focus,
}
