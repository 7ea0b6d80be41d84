//! What the server half tells, and what the page makes of it.

use std::rc::Rc;

use super::movement::Movement;
use super::stage::Subject;
use super::{
    ClockBase, Effect, KEYS_PANEL, PUBSUB_PANEL, PanelState, State, console, format, stage, why,
};
use crate::session::message::*;

impl State {
    pub(super) fn dropped(
        &mut self,
        conn: Conn,
        what: &What,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        if !what.is_bytes() {
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
    pub(super) fn left_out(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
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

    pub(super) fn frame(&mut self, frame: Frame, wall: f64, effects: &mut Vec<Effect>) {
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
                Update::Commands(commands) => {
                    self.commands = Rc::new(commands);
                    let watches = self.port.whole();
                    self.follow(watches, wall, effects);
                    if std::mem::take(&mut self.example_due) {
                        self.play_example(wall, effects);
                    }
                    // Somebody may have asked for help.
                    talked.extend(self.consoles.iter().map(|console| console.conn));
                }
                Update::Ready => {
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
                        if let Some(console) = self.console(conn) {
                            console.transcript.taken(at);
                        }
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
    pub(super) fn explain(&mut self, conn: Conn, whys: &[(u32, Why)]) {
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

    pub(super) fn see(&mut self, panel: Panel, view: View, wall: f64, effects: &mut Vec<Effect>) {
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

    pub(super) fn watch_keys(&mut self, wall: f64, effects: &mut Vec<Effect>) {
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
}
