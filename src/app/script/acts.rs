//! What the page does when something is done in the editor, and when a script stands or ends.

use std::rc::Rc;

use super::{Act, List, Outcome, Script, error_line};
use crate::app::stage::Subject;
use crate::app::{Action, Effect, State};
use crate::session::message::{Bytes, Conn, Millis, ScriptView};

/// The ticket of the script that was run; the page's own, which no caller from outside is given.
const RUN: u32 = u32::MAX;
/// The ticket of the script that was loaded.
const LOAD: u32 = RUN - 1;

impl State {
    fn script_mut(&mut self) -> &mut Script {
        Rc::make_mut(&mut self.script)
    }

    /// Something is done in the editor.
    pub(in crate::app) fn act(&mut self, act: Act, wall: f64, effects: &mut Vec<Effect>) {
        match act {
            Act::Text(text) => {
                let script = self.script_mut();
                script.text = text.into();
                script.outcome = None;
            }
            Act::Pick(at) => self.script_mut().pick(at),
            Act::Set(list, at, value) => self.script_mut().edit(list, |values| {
                if let Some(old) = values.get_mut(at) {
                    *old = value;
                }
            }),
            Act::Add(list) => self
                .script_mut()
                .edit(list, |values| values.push(String::new())),
            Act::Remove(list, at) => self.script_mut().edit(list, |values| {
                if at < values.len() {
                    values.remove(at);
                }
            }),
            Act::Client(conn) => self.script_mut().client = conn,
            Act::Run => self.run_script(false, wall, effects),
            Act::Step => self.run_script(true, wall, effects),
            Act::GoOn { to_end } => {
                if self.script.stand.is_none() || self.script.going {
                    return;
                }
                self.script_mut().going = true;
                let orders = self.port.step(to_end, wall);
                self.follow(orders, wall, effects);
            }
            Act::Load => {
                let (line, text) = (self.script.load(), Rc::clone(&self.script.text));
                self.script_mut().loaded = Some(text);
                self.type_line(line, Some(LOAD), wall, effects);
            }
            Act::Type(line) => self.type_line(line, None, wall, effects),
        }
    }

    /// The client that runs scripts types a line. A narrow page stays where it is.
    fn type_line(
        &mut self,
        text: String,
        ticket: Option<u32>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let conn = self.script.client;
        effects.extend(self.update(Action::Run { conn, text, ticket }, wall));
    }

    fn run_script(&mut self, step: bool, wall: f64, effects: &mut Vec<Effect>) {
        if self.script.stand.is_some() {
            return;
        }
        self.script_mut().outcome = None;
        self.set_stepping(step, wall, effects);
        let db = self.console(self.script.client).map_or(0, |c| c.db());
        // What it works on is seen beside it.
        for key in self
            .script
            .keys
            .clone()
            .into_iter()
            .rev()
            .filter(|key| !key.is_empty())
        {
            let subject = Subject::Key(db, Bytes::from_slice(key.as_bytes()));
            self.on_stage(|stage| stage.bring(subject), wall, effects);
        }
        let line = self.script.eval();
        self.type_line(line, Some(RUN), wall, effects);
    }

    fn set_stepping(&mut self, on: bool, wall: f64, effects: &mut Vec<Effect>) {
        if self.script.stepping != on {
            self.script_mut().stepping = on;
            let orders = self.port.stepping(on);
            self.follow(orders, wall, effects);
        }
    }

    /// The text of a script that a console sends is kept, to be shown when it stands.
    pub(in crate::app) fn script_sent(&mut self, words: &[Vec<u8>]) {
        self.script_mut().sees(words);
    }

    /// Whoever waits for a reply is told.
    pub(in crate::app) fn resolve(
        &mut self,
        conn: Conn,
        ticket: u32,
        text: String,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        match ticket {
            _ if self.embed_answered(ticket, &text, wall, effects) => {}
            RUN => {
                let line = error_line(&text);
                // Whoever left by Ctrl-C got nothing.
                self.script_mut().outcome =
                    (!text.is_empty()).then_some(Outcome { conn, text, line });
                // A script that called nothing never stood.
                self.set_stepping(false, wall, effects);
            }
            LOAD => {
                let script = self.script_mut();
                if text.starts_with("(error)") {
                    script.loaded = None;
                }
                let line = error_line(&text);
                script.outcome = Some(Outcome { conn, text, line });
            }
            _ => effects.push(Effect::Resolve(ticket, text)),
        }
    }

    /// A script stands, or the one that stood has ended.
    pub(in crate::app) fn script_stands(
        &mut self,
        view: Option<ScriptView>,
        now: Millis,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        Rc::make_mut(&mut self.timeline).script(view.as_ref(), now);
        let stands = view.is_some();
        let script = self.script_mut();
        let place = |view: &ScriptView| (view.conn, view.calls);
        script.going &= script.stand.as_ref().map(place) == view.as_ref().map(place);
        script.stand = view;
        if stands {
            // Only this one: what others start meanwhile, or later in a console, runs as it always does.
            self.set_stepping(false, wall, effects);
            self.on_stage(|stage| stage.open(Subject::Script), wall, effects);
        }
    }

    /// The server half was started anew, and knows nothing of a script that stood.
    pub(in crate::app) fn script_lost(&mut self) {
        let now = self.clock.now;
        Rc::make_mut(&mut self.timeline).script(None, now);
        let script = self.script_mut();
        (script.stand, script.going, script.stepping) = (None, false, false);
    }

    /// Marks the clients whose commands wait for the end of another's script.
    pub(in crate::app) fn mark_held(&mut self) {
        let stands = self.script.stand.as_ref().map(|stand| stand.conn);
        for console in &mut self.consoles {
            let held_by = stands.filter(|_| console.busy());
            if console.held_by != held_by {
                Rc::make_mut(console).held_by = held_by;
                self.changed = true;
            }
        }
    }

    /// Whether a client can run a script at once.
    pub fn can_run(&self, conn: Conn) -> bool {
        let console = self.consoles.iter().find(|c| c.conn == conn);
        console.is_some_and(|c| !c.busy() && c.transcript.subscriptions() == 0)
    }
}

impl List {
    /// Both, in the order that EVAL takes them.
    pub const BOTH: [Self; 2] = [Self::Keys, Self::Args];
}
