//! The PURE state of the page: what is there, what can happen, and what follows. No browser here.
//!
//! Knows the server half only by its messages.

mod action;
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
mod receiving;
pub mod registers;
pub mod script;
mod sending;
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
pub use action::{Action, Effect};
use actors::Actors;
use announce::Announcer;
use console::Console;
use lesson::page::Lessons;
use listing::Listing;
use movement::Movement;
use past::Past;
use port::Port;
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
    /// The example is played as soon as the page is whole.
    example_due: bool,
    changed: bool,
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
            example_due: false,
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

    /// The newest inspector and its place on the stage.
    pub fn newest_panel(&self) -> Option<(Panel, usize)> {
        let slots = self.stage.slots().iter().enumerate();
        slots.map(|(at, slot)| (slot.panel, at)).max()
    }

    /// Whether anybody has run a line yet, beside the example.
    pub fn is_used(&self) -> bool {
        self.used
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
            Action::Whole if !self.is_in_part() => {}
            // The server half answers once it is whole, too.
            Action::Whole => effects.push(Effect::Post(vec![Request::Commands])),
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
            Action::Tall(panel, tall) => Rc::make_mut(&mut self.stage).stretch(panel, tall),
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

    fn open(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        effects.push(Effect::Theme(self.theme));
        self.begin_worker(wall, effects);
        for _ in 0..3 {
            self.add_client(wall, effects);
        }
    }

    /// The page begins with a part of it, which can run a first command: what it opens on comes once it is whole.
    pub fn begin_in_part(&mut self) {
        self.port.begin_in_part();
    }

    /// Whether the page is there in part only.
    pub fn is_in_part(&self) -> bool {
        self.port.is_in_part()
    }

    fn play_example(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        if self.is_in_part() {
            self.example_due = true;
            return;
        }
        for &(conn, line) in example::LINES {
            if let Some(console) = self.console(conn) {
                console.enqueue(line, None);
            }
            self.pump(conn, wall, effects);
        }
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
