//! Holds the state, carries out what it asks of the browser, and redraws at most once a frame.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use gloo::timers::callback::{Interval, Timeout};
use wasm_bindgen::prelude::*;
use yew::Callback;

use super::storage;
use super::worker::{self, ServerHalf};
use crate::app::words::worker as words;
use crate::app::{Action, Effect, State, kept};

/// A drawing that takes longer than this, in milliseconds, is followed by a rest of [`REST`] times as long, and of
/// [`REST_MAX`] at most, before what the server half tells is drawn again, one part of the page after the other. So what others do
/// at any rate leaves the page its frames; what the learner does is drawn at once.
const QUICK: f64 = 5.0;
const REST: f64 = 5.0;
const REST_MAX: f64 = 200.0;

/// The one store of the page; the same for as long as the page is open, so that a context of it wakes nobody.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

struct Inner {
    state: RefCell<State>,
    server: RefCell<Option<ServerHalf>>,
    /// Who is waiting for which `exec`.
    promises: RefCell<BTreeMap<u32, js_sys::Function>>,
    next_ticket: Cell<u32>,
    redraw: RefCell<Callback<()>>,
    frame_asked: Cell<bool>,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    tick: RefCell<Option<Interval>>,
    /// Until when the drawing rests, by the browser's clock.
    rests_until: Cell<f64>,
    /// What is to be drawn after the rest.
    after_rest: RefCell<Option<Timeout>>,
    /// How many parts the page is drawn in after a rest.
    parts: Cell<usize>,
    /// How many of them are still to be drawn, and which of them is the next.
    due: Cell<usize>,
    next: Cell<usize>,
    /// All of them are drawn next.
    all: Cell<bool>,
    /// Which of them is drawn, where it is not all.
    part: Cell<Option<usize>>,
    /// The server half was lost just now, and is not to be ended.
    lost: Cell<bool>,
    /// In an embed: it has a server half of its own.
    alone: Cell<bool>,
    /// In an embed: begins its session anew for those that share it.
    renew: RefCell<Option<Box<dyn Fn()>>>,
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What is sent in a row is one message: what it brings about is told, and drawn, at once.
fn joined(effects: Vec<Effect>) -> Vec<Effect> {
    let mut joined: Vec<Effect> = Vec::with_capacity(effects.len());
    for effect in effects {
        match (joined.last_mut(), effect) {
            (Some(Effect::Post(before)), Effect::Post(more)) => before.extend(more),
            (_, effect) => joined.push(effect),
        }
    }
    joined
}

/// The browser's clock, in milliseconds since the page was opened.
pub fn wall() -> f64 {
    web_sys::window()
        .and_then(|w| w.performance())
        .map_or(0.0, |p| p.now())
}

/// What a timer's turn is for.
enum Turn {
    /// What was begun to be drawn at that moment is on the screen.
    Drawn { began: f64 },
    /// What the server half told may be drawn again.
    Rested,
}

impl Store {
    /// A store over a first state, which is still to be opened.
    pub fn new(state: State) -> Self {
        let store = Self(Rc::new(Inner {
            state: RefCell::new(state),
            server: RefCell::default(),
            promises: RefCell::default(),
            next_ticket: Cell::default(),
            redraw: RefCell::default(),
            frame_asked: Cell::default(),
            on_frame: RefCell::default(),
            tick: RefCell::default(),
            rests_until: Cell::default(),
            after_rest: RefCell::default(),
            parts: Cell::new(1),
            due: Cell::default(),
            next: Cell::default(),
            all: Cell::default(),
            part: Cell::default(),
            lost: Cell::default(),
            alone: Cell::default(),
            renew: RefCell::default(),
        }));
        let drawn = store.clone();
        *store.0.on_frame.borrow_mut() = Some(Closure::new(move || {
            drawn.0.frame_asked.set(false);
            drawn.0.after_rest.take();
            drawn.choose_part();
            let began = wall();
            let redraw = drawn.0.redraw.borrow().clone();
            redraw.emit(());
            // A timer's turn comes once the browser has laid out and painted what was drawn.
            drawn.later(0, Turn::Drawn { began }).forget();
        }));
        let ticking = store.clone();
        *store.0.tick.borrow_mut() =
            Some(Interval::new(250, move || ticking.dispatch(Action::Tick)));
        store
    }

    /// What is called when the page is to be drawn again.
    pub fn on_redraw(&self, redraw: Callback<()>) {
        *self.0.redraw.borrow_mut() = redraw;
    }

    /// How many parts the page can be drawn in, and which of them [`Self::part`] then names. The first one comes first after all
    /// were drawn: it is to show what the learner's command was answered.
    pub fn in_parts(&self, parts: usize) {
        self.0.parts.set(parts);
    }

    /// The part that is to be drawn; none: all of them.
    pub fn part(&self) -> Option<usize> {
        self.0.part.get()
    }

    /// A frame has come: what is drawn in it.
    fn choose_part(&self) {
        let (due, next) = (self.0.due.get(), self.0.next.get());
        let all = self.0.all.take() || due == 0;
        self.0.part.set((!all).then_some(next));
        if all {
            self.0.due.set(0);
            self.0.next.set(0);
        } else {
            self.0.due.set(due - 1);
            self.0.next.set((next + 1) % self.0.parts.get());
        }
    }

    /// What begins the session of an embed anew for those that share it.
    pub fn on_renew(&self, renew: impl Fn() + 'static) {
        *self.0.renew.borrow_mut() = Some(Box::new(renew));
    }

    /// Reads the state.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.0.state.borrow())
    }

    /// Lets something happen.
    pub fn dispatch(&self, action: Action) {
        // What a list is scrolled to is drawn by itself: the server half is asked for its rows, and tells them.
        let told = matches!(
            action,
            Action::Frame(_) | Action::Tick | Action::PanelWindow(..) | Action::KeysWindow(_)
        );
        let effects = self.0.state.borrow_mut().update(action, wall());
        for effect in joined(effects) {
            self.carry_out(effect);
        }
        if self.0.state.borrow_mut().take_changed() {
            let rest = self.0.rests_until.get() - wall();
            if told && (rest > 0.0 || self.0.due.get() > 0) {
                self.0.due.set(self.0.parts.get());
                self.ask_after(rest);
            } else {
                self.ask_for_all();
            }
        }
    }

    fn ask_for_all(&self) {
        self.0.all.set(true);
        self.ask_for_frame();
    }

    fn ask_after(&self, rest: f64) {
        let mut after_rest = self.0.after_rest.borrow_mut();
        if self.0.frame_asked.get() || after_rest.is_some() {
            return;
        }
        *after_rest = Some(self.later(rest.ceil() as u32, Turn::Rested));
    }

    /// One timer for both turns: were it two, which of them runs until a first prompt answers would hang on the moment,
    /// and so what that needs of the wasm.
    fn later(&self, delay: u32, turn: Turn) -> Timeout {
        let store = self.clone();
        Timeout::new(delay, move || match turn {
            Turn::Drawn { began } => {
                let (now, took) = (wall(), wall() - began);
                let rest = if took > QUICK { took * REST } else { 0.0 };
                store.0.rests_until.set(now + rest.min(REST_MAX));
                if store.0.due.get() > 0 {
                    store.ask_after(rest.min(REST_MAX));
                }
            }
            Turn::Rested => store.ask_for_frame(),
        })
    }

    /// A callback that dispatches.
    pub fn callback<T: 'static>(&self, action: impl Fn(T) -> Action + 'static) -> Callback<T> {
        let store = self.clone();
        Callback::from(move |value| store.dispatch(action(value)))
    }

    /// Runs a line as a client; the promise gives its reply as redis-cli would print it.
    pub fn exec(&self, letter: &str, line: String) -> js_sys::Promise {
        let letter = letter.to_string();
        let store = self.clone();
        js_sys::Promise::new(&mut |resolve, reject| {
            let Some(conn) = store.read(|state| state.conn_of(&letter)) else {
                // A call of a settle function of our own promise does not throw.
                let _ = reject.call1(
                    &JsValue::NULL,
                    &js_sys::Error::new(&words::no_client(&letter)),
                );
                return;
            };
            let ticket = store.0.next_ticket.get();
            store.0.next_ticket.set(ticket.wrapping_add(1));
            store.0.promises.borrow_mut().insert(ticket, resolve);
            store.dispatch(Action::Run {
                conn,
                text: line.clone(),
                ticket: Some(ticket),
            });
        })
    }

    /// Lists the kept sessions anew.
    pub fn relist(&self) {
        storage::list_sessions(self);
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Post(requests) => {
                if let Some(server) = &*self.0.server.borrow() {
                    server.post(&requests);
                }
            }
            Effect::Restart => {
                // The old one's line ends first: it may be of the same session.
                self.0.server.take();
                let store = self.clone();
                let failed = Callback::from(move |why: String| {
                    store.0.lost.set(true);
                    store.dispatch(match why.is_empty() {
                        true => Action::Stop,
                        false => Action::ServerBroke(why),
                    });
                    store.0.lost.set(false);
                });
                let shared = !self.0.alone.get();
                let started = ServerHalf::start(shared, self.callback(Action::Frame), failed);
                match started {
                    Ok(server) => *self.0.server.borrow_mut() = Some(server),
                    Err(error) => {
                        *self.0.server.borrow_mut() = None;
                        web_sys::console::error_1(&error);
                    }
                }
            }
            Effect::End => {
                // What was lost has ended for everybody already. Who holds it up is alone with it from now on, unless
                // others are in the same session.
                if self.read(|state| state.embed().is_some()) && !self.0.lost.get() {
                    let alone = self.0.alone.replace(!worker::shares());
                    self.0.server.take();
                    if !alone {
                        worker::end_shared();
                    }
                }
            }
            Effect::Resolve(ticket, text) => {
                if let Some(resolve) = self.0.promises.borrow_mut().remove(&ticket) {
                    let _ = resolve.call1(&JsValue::NULL, &text.into());
                }
            }
            Effect::Theme(theme) if self.read(|state| state.embed().is_some()) => {
                super::script::show_theme(theme);
            }
            Effect::Theme(theme) => super::script::apply_theme(theme),
            Effect::Save {
                id,
                about,
                from,
                piece,
            } => storage::save_session(self, id, &about, from, &piece),
            Effect::Load(id, about) => storage::load_session(self, id, *about),
            Effect::List => self.relist(),
            Effect::Remove(id) => storage::remove_session(self, id),
            Effect::Fresh if self.read(|state| state.embed().is_some()) => {
                let (seed, start) = super::page::beginning();
                if let Some(renew) = &*self.0.renew.borrow() {
                    renew();
                }
                let id = None; // nothing is kept of an embed
                self.dispatch(Action::Kept(kept::Act::Begins { id, seed, start }));
            }
            Effect::Fresh => {
                let (seed, start) = super::page::beginning();
                storage::fresh_session(self, seed, start);
            }
            Effect::Choose(choice, on) => super::script::keep_choice(choice, on),
            // What an embed shows stands in its address.
            Effect::Unlink if self.read(|state| state.embed().is_some()) => {}
            Effect::Unlink => super::share::unlink(),
            Effect::Say(text) => super::embed::say(&text),
            Effect::Paint(tokens) => super::embed::paint(&tokens),
            Effect::Focus => super::embed::focus(),
            Effect::FetchLesson(name) => super::lesson::fetch(self, name),
            Effect::ReadLesson(name, text, progress) => {
                super::lesson::read(self, name, text, progress)
            }
            Effect::Remember(name, progress) => super::lesson::keep(&name, &progress),
        }
    }

    fn ask_for_frame(&self) {
        if self.0.frame_asked.replace(true) {
            return;
        }
        let on_frame = self.0.on_frame.borrow();
        if let (Some(window), Some(callback)) = (web_sys::window(), on_frame.as_ref()) {
            // Refused only by a window that is going away.
            let _ = window.request_animation_frame(callback.as_ref().unchecked_ref());
        }
    }
}
