//! The PURE state of the page: what is there, what can happen, and what follows. No browser here.
//!
//! Knows the server half only by its messages.

pub mod actors;
pub mod announce;
pub mod circles;
pub mod client;
pub mod clock;
pub mod colour;
pub mod completion;
pub mod console;
pub mod embed;
pub mod example;
pub mod format;
pub mod help;
pub mod hint;
pub mod json;
pub mod kept;
pub mod lane;
pub mod lesson;
pub mod line;
pub mod listing;
pub mod lua;
pub mod matrix;
pub mod movement;
pub mod pace;
pub mod past;
pub mod port;
pub mod profiler;
pub mod registers;
pub mod script;
pub mod share;
pub mod show;
pub mod stage;
pub mod table;
pub mod tenure;
pub mod text;
pub mod timeline;
pub mod transcript;
pub mod viewport;
pub mod why;
pub mod wire;
pub mod words;
pub mod zset;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::session::message::*;
use actors::Actors;
use announce::Announcer;
use console::Console;
use lesson::page::Lessons;
use listing::Listing;
use movement::Movement;
use past::Past;
use port::{Order, Port};
use profiler::Profiler;
use script::Script;
use stage::{Change, Stage, Subject};
use timeline::Timeline;

/// The panel that lists keys.
const KEYS_PANEL: Panel = 0;
/// The panel behind the list of channels.
const PUBSUB_PANEL: Panel = 1;
/// The first panel that stands on the stage.
const STAGE_PANELS: Panel = 2;
/// How many clients the page can hold.
pub const CLIENTS_MAX: usize = 16;
/// How long a command may take before it can be stopped, in milliseconds.
pub const STOPPABLE_AFTER: f64 = 1000.0;

/// How the page is lit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The theme of a name.
    pub fn read(name: &str) -> Option<Self> {
        match name {
            "system" => Some(Self::System),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

/// What a reader chooses once, and the browser remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The consoles say why a reply is what it is.
    Whys,
    /// Changes of ranks, pending entries and locks are said to a screen reader.
    Announce,
}

/// Which part a narrow page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The list of keys.
    Keys,
    /// The inspectors.
    Stage,
    /// The consoles.
    #[default]
    Consoles,
    /// The lesson that is open.
    Lesson,
}

/// What an inspector has been told.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelState {
    /// What it sees.
    pub view: View,
    /// The rows it asks for.
    pub window: Window,
    /// What else it asks for.
    pub look: Look,
    /// How members moved lately.
    pub movement: Movement,
}

/// The session's clock as the page last heard it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClockBase {
    /// The session's moment.
    pub now: Millis,
    /// The browser's clock then, in milliseconds.
    pub wall: f64,
}

/// The state of the page. What is drawn hangs on `Rc`s, so that an unchanged slice is seen by its pointer.
#[derive(Debug)]
pub struct State {
    /// The consoles, in the order that they are shown in.
    pub consoles: Vec<Rc<Console>>,
    /// The keys in view.
    pub keys: Rc<KeysView>,
    /// How they are listed.
    pub listing: Rc<Listing>,
    /// The channels and patterns, and the last messages.
    pub pubsub: Rc<View>,
    /// Which inspectors stand on the stage.
    pub stage: Rc<Stage>,
    /// What they have been told.
    pub panels: BTreeMap<Panel, Rc<PanelState>>,
    /// What happened.
    pub timeline: Rc<Timeline>,
    /// The script editor.
    pub script: Rc<Script>,
    /// The profiler.
    pub profiler: Rc<Profiler>,
    /// The actors.
    pub actors: Rc<Actors>,
    /// The commands that the server half knows.
    pub commands: Rc<Vec<CommandDoc>>,
    /// The session's clock.
    pub clock: ClockBase,
    /// How it runs, and what happens next.
    pub time: Rc<ClockView>,
    /// How the page is lit.
    pub theme: Theme,
    /// Which part a narrow page shows.
    pub tab: Tab,
    /// Whether the consoles say why a reply is what it is.
    pub whys: bool,
    /// Whether changes are said to a screen reader.
    pub announces: bool,
    /// Something that must be said, above everything else.
    pub notice: Option<String>,
    announcer: Announcer,
    past: Rc<Past>,
    /// How many inputs have happened on the branch that is walked on.
    inputs: usize,
    left: past::Left,
    kept: Rc<kept::Kept>,
    share: Rc<share::page::Share>,
    lessons: Rc<Lessons>,
    embed: Option<Rc<embed::Embed>>,
    port: Port,
    /// Who turned the clock and is still to be told what came of it.
    turns: VecDeque<clock::Asked>,
    news: actors::News,
    keys_window: Window,
    last_used: Conn,
    /// Whether anybody has run a line yet, beside the example.
    used: bool,
    changed: bool,
}

/// What can happen to the page.
#[derive(Clone, Debug)]
pub enum Action {
    /// The page opens.
    Open,
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

impl State {
    /// A page with a new session.
    pub fn new(seed: u64, start: Millis, theme: Theme) -> Self {
        Self {
            consoles: Vec::new(),
            keys: Rc::default(),
            listing: Rc::default(),
            pubsub: Rc::new(View::PubSub {
                now: PubSubView::default(),
                messages: Vec::new(),
            }),
            stage: Rc::new(Stage::new(STAGE_PANELS)),
            panels: BTreeMap::new(),
            timeline: Rc::default(),
            script: Rc::default(),
            profiler: Rc::default(),
            actors: Rc::default(),
            commands: Rc::default(),
            clock: ClockBase {
                now: start,
                wall: 0.0,
            },
            time: Rc::default(),
            theme,
            tab: Tab::default(),
            whys: true,
            announces: true,
            announcer: Announcer::default(),
            notice: None,
            past: Rc::default(),
            inputs: 0,
            left: past::Left::default(),
            kept: Rc::default(),
            share: Rc::default(),
            lessons: Rc::default(),
            embed: None,
            port: Port::new(seed, start),
            turns: VecDeque::new(),
            news: actors::News::default(),
            keys_window: Window {
                start: Some(0),
                count: 64,
            },
            last_used: 0,
            used: false,
            changed: true,
        }
    }

    /// Whether anything changed that is drawn, since this was last asked.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// The client with a letter, in either case.
    pub fn conn_of(&self, letter: &str) -> Option<Conn> {
        self.consoles
            .iter()
            .map(|c| c.conn)
            .find(|&conn| format::client_letter(conn).eq_ignore_ascii_case(letter))
    }

    /// Whether the server half has answered.
    pub fn ready(&self) -> bool {
        self.port.ready()
    }

    /// The newest inspector and its place on the stage, once somebody has run a line.
    pub fn newest_panel(&self) -> Option<(Panel, usize)> {
        let newest = self
            .stage
            .slots()
            .iter()
            .enumerate()
            .map(|(at, slot)| (slot.panel, at))
            .max();
        newest.filter(|_| self.used)
    }

    /// What is said to a screen reader now; empty: nothing.
    pub fn announced(&self) -> &str {
        if self.announces {
            self.announcer.said()
        } else {
            ""
        }
    }

    /// The session so far.
    pub fn log(&self) -> &Log {
        self.port.log()
    }

    /// What can be proposed to a line that reads so up to its cursor.
    pub fn known(&self, before: &str) -> completion::Known {
        let mut known = completion::Known {
            keys: self.keys.rows().map(|row| row.key.clone()).collect(),
            actors: self.actor_names(),
            ..Default::default()
        };
        if let View::PubSub { now, .. } = &*self.pubsub {
            known.channels = now
                .channels
                .iter()
                .chain(&now.patterns)
                .map(|(name, _)| name.clone())
                .collect();
        }
        let Some(named) = completion::key_named(before, &self.commands) else {
            return known;
        };
        let shows = |slot: &&stage::Slot| matches!(&slot.subject, Subject::Key(_, key) if key.as_slice() == named);
        let panel = self
            .stage
            .slots()
            .iter()
            .find(shows)
            .and_then(|slot| self.panels.get(&slot.panel));
        match panel.map(|panel| &panel.view) {
            Some(View::Key {
                value: ValueView::Zset(zset),
                ..
            }) => known.members = zset.rows.iter().map(|row| row.member.clone()).collect(),
            Some(View::Key {
                value: ValueView::Stream(stream),
                ..
            }) => {
                known.groups = stream
                    .groups
                    .iter()
                    .map(|group| group.name.clone())
                    .collect();
                known.consumers = stream
                    .groups
                    .iter()
                    .flat_map(|group| group.consumers.iter().map(|c| c.name.clone()))
                    .collect();
                known.ids = stream
                    .entries
                    .iter()
                    .map(|entry| Bytes::from_slice(entry.id.as_bytes()))
                    .collect();
            }
            _ => {}
        }
        known
    }

    /// Lets something happen; `wall` is the browser's clock in milliseconds.
    pub fn update(&mut self, action: Action, wall: f64) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !matches!(action, Action::Tick) {
            self.changed = true;
        }
        match action {
            Action::Open => self.open_first(wall, &mut effects),
            Action::Run { conn, text, ticket } => {
                if self.embed_types(true) {
                    self.enter(conn, &text, ticket, wall, &mut effects);
                }
                self.embed_types(false);
            }
            Action::Propose(line) => {
                let conn = self.free_console();
                self.tab = Tab::Consoles;
                effects.extend(self.update(
                    Action::Run {
                        conn,
                        text: line,
                        ticket: None,
                    },
                    wall,
                ));
            }
            Action::Interrupt(conn) => {
                let busy = |c: &Rc<Console>| {
                    c.busy() || c.waiting() > 0 || c.transcript.subscriptions() > 0
                };
                if self.consoles.iter().any(|c| c.conn == conn && busy(c)) {
                    self.reconnect(conn, wall, &mut effects);
                }
            }
            Action::Frame(frame) => self.frame(frame, wall, &mut effects),
            Action::ServerBroke(_) if self.broke_opening(&mut effects) => {}
            Action::ServerBroke(why) => {
                self.notice = Some(format!(
                    "The server half stopped ({why}). It was started again and brought back to where it was; nothing is lost."
                ));
                self.script_lost();
                let orders = self.port.restart(wall);
                self.follow(orders, wall, &mut effects);
            }
            Action::Stop => {
                self.script_lost();
                let orders = self.port.restart(wall);
                self.follow(orders, wall, &mut effects);
            }
            Action::Tick => {
                let orders = self.port.tick(wall);
                if !orders.is_empty() {
                    self.changed = true;
                    self.script_lost();
                }
                self.follow(orders, wall, &mut effects);
                self.mark_stuck(wall);
                self.show_news(wall);
                self.changed |= self.announcer.speak(wall);
                self.share_tick(wall, &mut effects);
                self.lesson_ask(wall, &mut effects);
                self.embed_tick(wall, &mut effects);
                self.save(false, wall, &mut effects);
            }
            Action::AddClient => self.add_client(wall, &mut effects),
            Action::List(act) => {
                let listing = Rc::make_mut(&mut self.listing);
                if !listing.act(act) {
                    self.keys_window.start = Some(0);
                }
                self.watch_keys(wall, &mut effects);
            }
            Action::KeysWindow(window) => {
                self.keys_window = window;
                self.watch_keys(wall, &mut effects);
            }
            Action::PanelWindow(panel, window) => {
                self.look_at(panel, |state| state.window = window, wall, &mut effects)
            }
            Action::Look(panel, look) => {
                self.look_at(panel, |state| state.look = look, wall, &mut effects)
            }
            Action::Show(subject) => {
                self.tab = Tab::Stage;
                self.on_stage(|stage| stage.show(subject), wall, &mut effects);
            }
            Action::TogglePin(subject) => {
                self.on_stage(|stage| stage.toggle_pin(subject), wall, &mut effects)
            }
            Action::ClosePanel(panel) => {
                self.on_stage(|stage| stage.close(panel), wall, &mut effects)
            }
            Action::Light(theme) => {
                self.theme = theme;
                effects.push(Effect::Theme(theme));
            }
            Action::Turn(tab) => self.tab = tab,
            Action::Choose(choice, on) => {
                match choice {
                    Choice::Whys => self.whys = on,
                    Choice::Announce => {
                        self.announces = on;
                        self.announcer.forget();
                    }
                }
                effects.push(Effect::Choose(choice, on));
            }
            Action::Script(act) => self.act(act, wall, &mut effects),
            Action::Dismiss => self.notice = None,
            Action::Clock(turn) => self.turn(turn, None, wall, &mut effects),
            Action::Travel(travel) => self.travel(travel, &mut effects),
            Action::Kept(act) => self.keep_act(act, wall, &mut effects),
            Action::Share(act) => self.share_act(act, wall, &mut effects),
            Action::ComparedEnough => self.compared_enough(),
            Action::Client(conn, act) => self.client_act(conn, act, wall, &mut effects),
            Action::Actors(act) => self.act_on_actors(act, wall, &mut effects),
            Action::Profiler(act) => self.profiler_act(act, wall, &mut effects),
            Action::Embed(act) => self.embed_act(act, wall, &mut effects),
            Action::Lesson(act) => self.lesson_act(act, wall, &mut effects),
        }
        effects
    }

    fn enter(
        &mut self,
        conn: Conn,
        text: &str,
        ticket: Option<u32>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.enter_line(conn, text, false, ticket, wall, effects);
    }

    /// Lines are entered; recorded: it is one, and is sent as it was.
    fn enter_line(
        &mut self,
        conn: Conn,
        text: &str,
        recorded: bool,
        ticket: Option<u32>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.last_used = conn;
        self.used = true;
        self.connect_again(conn, wall, effects);
        for (line, ticket) in self.embed_tickets(conn, text, ticket) {
            match self.console(conn) {
                Some(console) if recorded => console.enqueue_recorded(&line, ticket),
                Some(console) => console.enqueue(&line, ticket),
                None => {}
            }
        }
        self.pump(conn, wall, effects);
    }

    fn open(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        effects.push(Effect::Theme(self.theme));
        self.begin_worker(wall, effects);
        for _ in 0..3 {
            self.add_client(wall, effects);
        }
    }

    fn play_example(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        for &(conn, line) in example::LINES {
            if let Some(console) = self.console(conn) {
                console.enqueue(line, None);
            }
            self.pump(conn, wall, effects);
        }
    }

    fn console(&mut self, conn: Conn) -> Option<&mut Console> {
        self.consoles
            .iter_mut()
            .find(|c| c.conn == conn)
            .map(Rc::make_mut)
    }

    /// The console last used, if it takes commands now; otherwise the first that does.
    fn free_console(&self) -> Conn {
        let free = |c: &&Rc<Console>| !c.busy() && !c.cut && c.transcript.subscriptions() == 0;
        let last = self
            .consoles
            .iter()
            .find(|c| c.conn == self.last_used)
            .filter(free);
        last.or_else(|| self.consoles.iter().find(free))
            .map_or(self.last_used, |c| c.conn)
    }

    fn add_client(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let Some(console) = self.new_console() else {
            self.notice = Some(format!("The page holds {CLIENTS_MAX} clients at most."));
            return;
        };
        let conn = console.conn;
        self.consoles.push(Rc::new(console));
        let orders = self.port.input(conn, What::Connect, wall);
        self.follow(orders, wall, effects);
    }

    /// Sends what a console has waiting, as far as it may.
    fn pump(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        while !self.travels() {
            let (commands, now) = (Rc::clone(&self.commands), self.clock.now);
            let Some(sent) = self
                .console(conn)
                .and_then(|console| console.next(&commands, now))
            else {
                break;
            };
            match sent {
                console::Sent::Words { line, words } => {
                    Rc::make_mut(&mut self.timeline).sent(conn, line);
                    self.script_sent(&words);
                    let bytes = encode_command(&words);
                    if let Some(console) = self.console(conn) {
                        console.wire.went(wire::Way::Sent, &bytes, now);
                    }
                    let orders = self.port.input(conn, What::Bytes(bytes), wall);
                    self.follow(orders, wall, effects);
                }
                console::Sent::Done(ticket, text) => {
                    self.resolve(conn, ticket, text, wall, effects)
                }
                console::Sent::Turn(turn, ticket) => {
                    self.turn(turn, Some((conn, ticket)), wall, effects)
                }
                console::Sent::Steer(order, ticket) => {
                    self.steer_line(conn, order, ticket, wall, effects)
                }
                console::Sent::Travel(way, ticket) => {
                    self.travel_line(conn, way, ticket, wall, effects)
                }
                console::Sent::Quit => self.reconnect(conn, wall, effects),
                console::Sent::Nothing => {}
            }
        }
        if let Some(console) = self.console(conn) {
            console.pace.see(console.waiting(), wall);
        }
    }

    /// Cuts a connection and opens it again.
    fn reconnect(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        let now = self.clock.now;
        let Some(console) = self.console(conn) else {
            return;
        };
        let interrupted = console.interrupted(now);
        for (ticket, text) in interrupted {
            self.resolve(conn, ticket, text, wall, effects);
        }
        // To connect anew ends the old connection, in one step: no frame can come between that says it is closed.
        let orders = self.port.input(conn, What::Connect, wall);
        self.follow(orders, wall, effects);
    }

    fn follow(&mut self, orders: Vec<Order>, wall: f64, effects: &mut Vec<Effect>) {
        let restarts = orders.contains(&Order::Restart);
        for order in orders {
            match order {
                Order::Restart => effects.extend([Effect::End, Effect::Restart]),
                Order::Post(requests) => effects.push(Effect::Post(requests)),
                Order::Dropped { conn, what } => self.dropped(conn, &what, wall, effects),
                Order::LeftOut(conn) => self.left_out(conn, wall, effects),
            }
        }
        if restarts {
            self.stays("", wall, effects);
            self.turns_lost(wall, effects);
            self.lesson_lost();
        }
        self.mark_stuck(wall);
    }

    fn dropped(&mut self, conn: Conn, what: &What, wall: f64, effects: &mut Vec<Effect>) {
        if !matches!(what, What::Bytes(_)) {
            return;
        }
        Rc::make_mut(&mut self.timeline).dropped(conn);
        let now = self.clock.now;
        let stopped = self.console(conn);
        if let Some((ticket, text)) = stopped.and_then(|one| one.stopped(console::STOPPED, now)) {
            self.resolve(conn, ticket, text, wall, effects);
        }
    }

    /// A command was left out, since its session uses more than it may.
    fn left_out(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        Rc::make_mut(&mut self.timeline).dropped(conn);
        let now = self.clock.now;
        let Some(console) = self.console(conn) else {
            return;
        };
        let behind = console.left_behind();
        let stopped = console.stopped(console::LEFT_OUT, now);
        for (ticket, text) in stopped.into_iter().chain(behind) {
            self.resolve(conn, ticket, text, wall, effects);
        }
    }

    /// Shows Stop at the client whose command holds up the server half.
    fn mark_stuck(&mut self, wall: f64) {
        let stuck = self
            .port
            .waiting()
            .filter(|(_, since)| wall - since > STOPPABLE_AFTER && self.port.ready())
            .map(|(conn, _)| conn);
        for console in &mut self.consoles {
            let is_stuck = stuck == Some(console.conn);
            if console.stuck != is_stuck {
                Rc::make_mut(console).stuck = is_stuck;
                self.changed = true;
            }
        }
        self.mark_held();
    }

    fn frame(&mut self, frame: Frame, wall: f64, effects: &mut Vec<Effect>) {
        if let [Update::Folded { done, .. }] = frame.updates[..] {
            return self.folded(done, wall);
        }
        self.clock = ClockBase {
            now: frame.now,
            wall,
        };
        let orders = self.port.frame(&frame, wall);
        let mut talked = Vec::new();
        let moves = |update: &Update| match update {
            Update::Recorded { bytes, .. } => *bytes,
            Update::Expired(_) | Update::Logged(_) => true,
            _ => false,
        };
        let moved = frame.updates.iter().any(moves);
        for update in frame.updates {
            match update {
                Update::Ready { commands } => {
                    self.commands = Rc::new(commands);
                    // They are told anew.
                    Rc::make_mut(&mut self.timeline).expired.clear();
                    // A new server half stands at the end.
                    if self.in_past() {
                        effects.push(Effect::Post(vec![Request::Retell]));
                    }
                }
                Update::Recorded {
                    at,
                    conn,
                    bytes,
                    keys,
                } => {
                    self.inputs += 1;
                    if bytes {
                        let input = self.inputs;
                        Rc::make_mut(&mut self.timeline).recorded(conn, at, input);
                    }
                    let db = self.console(conn).map_or(0, |c| c.db());
                    for key in keys {
                        self.on_stage(|stage| stage.touch(Subject::Key(db, key)), wall, effects);
                    }
                }
                Update::Why { conn, whys } => self.explain(conn, &whys),
                Update::Output { conn, bytes, at } => {
                    let answered = self
                        .console(conn)
                        .map(|console| console.received(&bytes, at));
                    for (ticket, text) in answered.into_iter().flatten() {
                        self.resolve(conn, ticket, text, wall, effects);
                    }
                    talked.push(conn);
                }
                Update::Client { conn, state } => {
                    // In the past the timeline shows all of the branch.
                    let past = self.in_past();
                    let waited = self.console(conn).and_then(|c| c.blocked()?.2);
                    let at = waited.map_or(frame.now, |until| until.min(frame.now));
                    if !past {
                        Rc::make_mut(&mut self.timeline).client(conn, state.as_ref(), at);
                    }
                    let mut closed = state.is_none() && !past;
                    if let Some(console) = self.console(conn) {
                        console.client = state;
                        closed &= !console.cut;
                    }
                    if closed {
                        self.reconnect(conn, wall, effects);
                    }
                    talked.push(conn);
                }
                Update::View { panel, view } => self.see(panel, view, wall, effects),
                Update::Script(view) => self.script_stands(view, frame.now, wall, effects),
                Update::Clock(view) => self.clock_told(view),
                Update::Turned(turned) => talked.extend(self.turned(&turned, wall, effects)),
                Update::Actor { conn, state } => self.actor_is(conn, state),
                Update::Acted {
                    conn,
                    said,
                    left_out,
                } => self.actor_said(conn, said, left_out),
                Update::Probed { ticket, bytes } => {
                    if !self.lesson_probed(ticket, &bytes, wall, effects) {
                        self.embed_probed(ticket, &bytes, effects);
                    }
                }
                Update::Capped(cap) => self.capped(cap, wall, effects),
                Update::Refused(why) => {
                    self.stays(&why, wall, effects);
                    self.notice = Some(why);
                }
                Update::History(view) => self.history_told(view),
                Update::Retold { talks, at_end } => {
                    self.session_is_back();
                    self.announcer.forget();
                    self.share_opened();
                    self.retold(&talks, at_end, wall, effects);
                    talked.extend(self.consoles.iter().map(|console| console.conn));
                }
                Update::Forked {
                    from,
                    left,
                    branch,
                    dropped,
                } => {
                    self.forked(from, left, dropped);
                    self.lesson_forked(from, left, branch);
                }
                Update::Walked { branch, left } => self.walked(branch, left, wall, effects),
                Update::Differences {
                    between,
                    differences,
                } => self.compared(between, differences),
                Update::Expired(keys) => Rc::make_mut(&mut self.timeline).expired(keys),
                // The port keeps the one; the other comes alone.
                Update::Logged(_) | Update::Joined(..) | Update::Folded { .. } => {}
            }
        }
        self.follow(orders, wall, effects);
        self.show_news(wall);
        for conn in talked {
            self.pump(conn, wall, effects);
        }
        self.walk_on(wall, effects);
        self.embed_framed(moved, wall, effects);
        self.lesson_framed(moved, wall, effects);
        self.save(false, wall, effects);
    }

    /// Says why the replies are what they are that come next.
    fn explain(&mut self, conn: Conn, whys: &[(u32, Why)]) {
        if !self.whys {
            return;
        }
        let actors = Rc::clone(&self.actors);
        let of = |conn| {
            actors
                .name_of(conn)
                .unwrap_or_else(|| format::client_letter(conn))
        };
        let commands = Rc::clone(&self.commands);
        let names = why::Names {
            own: conn,
            of: &of,
            commands: &commands,
        };
        let told = whys
            .iter()
            .map(|(end, why)| (*end as usize, why.kind(), why::sentence(why, &names)));
        let told: Vec<_> = told.collect();
        if let Some(console) = self.console(conn) {
            console.explain(told);
        }
    }

    fn see(&mut self, panel: Panel, view: View, wall: f64, effects: &mut Vec<Effect>) {
        match (panel, view) {
            (_, View::Profiler(view)) => Rc::make_mut(&mut self.profiler).view = view,
            (KEYS_PANEL, View::Keys(keys)) => self.keys = Rc::new(keys),
            (PUBSUB_PANEL, view @ View::PubSub { .. }) => {
                let used = matches!(&view, View::PubSub { now, messages } if !messages.is_empty() || !now.channels.is_empty() || !now.patterns.is_empty());
                let news = *self.pubsub != view;
                self.pubsub = Rc::new(view);
                if used && news {
                    self.on_stage(|stage| stage.touch(Subject::PubSub), wall, effects);
                }
            }
            (panel, view) => {
                let is_new = !self.panels.contains_key(&panel);
                let tail = is_new
                    && matches!(
                        &view,
                        View::Key {
                            value: ValueView::Stream(_),
                            ..
                        }
                    );
                let first = Window {
                    start: Some(0),
                    count: stage::FIRST_ROWS,
                };
                let state = self.panels.entry(panel).or_insert_with(|| {
                    Rc::new(PanelState {
                        view: View::Keys(KeysView::default()),
                        window: first,
                        look: Look::default(),
                        movement: Movement::default(),
                    })
                });
                let state = Rc::make_mut(state);
                state.movement.see(&view);
                if self.announces && self.used && self.past.stands().is_none() {
                    let actors = Rc::clone(&self.actors);
                    let name = |conn| {
                        let actor = actors.name_of(conn);
                        actor.unwrap_or_else(|| format!("client {}", format::client_letter(conn)))
                    };
                    self.announcer.see(panel, &view, self.clock.now, &name);
                }
                state.view = view;
                if tail {
                    // A stream is read at its end.
                    let end = Window {
                        start: None,
                        count: stage::FIRST_ROWS,
                    };
                    self.look_at(panel, |state| state.window = end, wall, effects);
                }
            }
        }
    }

    fn watch_keys(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let target = Target::Keys {
            db: self.listing.db,
            asked: self.listing.asked(),
            window: self.keys_window,
        };
        let orders = self.port.watch(Request::Watch {
            panel: KEYS_PANEL,
            target,
        });
        self.follow(orders, wall, effects);
    }

    fn look_at(
        &mut self,
        panel: Panel,
        change: impl FnOnce(&mut PanelState),
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let slots = self.stage.slots();
        let subject = slots.iter().find(|slot| slot.panel == panel);
        let (Some(Subject::Key(db, key)), Some(state)) = (
            subject.map(|slot| slot.subject.clone()),
            self.panels.get_mut(&panel),
        ) else {
            return;
        };
        let state = Rc::make_mut(state);
        change(state);
        let target = Target::Key {
            db,
            key,
            window: state.window,
            look: state.look.clone(),
        };
        let orders = self.port.watch(Request::Watch { panel, target });
        self.follow(orders, wall, effects);
    }

    fn on_stage(
        &mut self,
        change: impl FnOnce(&mut Stage) -> Vec<Change>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        for change in change(Rc::make_mut(&mut self.stage)) {
            let request = match change {
                // Of channels and scripts the page is told all along.
                Change::Open(_, None) => continue,
                Change::Open(panel, Some(target @ Target::Profiler { .. })) => {
                    self.profiler = Rc::default();
                    Request::Watch { panel, target }
                }
                Change::Open(panel, Some(target)) => Request::Watch { panel, target },
                Change::Close(panel) => {
                    self.panels.remove(&panel);
                    self.announcer.closed(panel);
                    Request::Unwatch { panel }
                }
            };
            let orders = self.port.watch(request);
            self.follow(orders, wall, effects);
        }
    }
}

#[cfg(test)]
mod tests;
