//! The page as a part of another: what the address asks for, what the author of the page around it wrote, and what is
//! told to that page and heard from it. The messages are in [`protocol`], and described in docs/embedding.md.
//!
//! Nothing is kept of an embed, and nothing runs in it before somebody wants it, except where its address asks for that
//! and it is short.

pub mod check;
pub mod protocol;
pub mod text;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::lesson::shelf::{Asked, asked};
use super::share::page::{Act as ShareAct, handed_on};
use super::share::readable::{fields, percent, views, yes};
use super::share::transcript::letter_of;
use super::share::{Client, Deed, Document, Fault, LINK_MAX, Mode, RUN_MAX, address};
use super::{Effect, State, Theme, colour, format};
use crate::session::message::*;
use check::{Check, Checked};
use protocol::{Ask, Id, Ran, Tell};
use text::Said;

/// The first of the tickets that stand for lines of an embed; others count up from 0.
const TICKETS: u32 = 1 << 30;
/// How many commands of the page around it may wait for their replies.
const WAITING_MAX: usize = 1_000;
/// How many keys are told of.
const KEYS_TOLD: usize = 64;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Nobody types here: the author's commands can be run, and no others.
    pub readonly: bool,
    /// The clients that there are, beside those that the author's commands name.
    pub clients: Vec<Conn>,
    /// Commands that run first, unseen.
    pub setup: Vec<String>,
    /// What stands in place of the check once it passes.
    pub goal: String,
    /// How it is lit, whatever the reader chose elsewhere.
    pub theme: Theme,
    /// Other parts of the page are in the same session, with clients of their own.
    pub shares: bool,
    /// The lesson that it shows.
    pub lesson: Option<Asked>,
}

/// What happens to an embed.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// It opens.
    Open,
    /// The page around it says something, as JSON.
    Heard(String),
    /// All commands that are left run, or all of them again.
    Run,
    /// The next command runs.
    Step,
    /// It is to be as it was.
    Reset,
}

/// A line that waits for its reply.
#[derive(Clone, Debug)]
struct Waits {
    conn: Conn,
    line: String,
    /// Who asked for it.
    ask: Option<Id>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One of those that run first.
    Setup,
    /// One of the author's.
    Walked,
    /// Anybody's.
    Typed,
}

/// The author's commands are being run.
#[derive(Clone, Debug, Default)]
struct Run {
    /// Who waits for the end of it.
    asks: Vec<Id>,
    ran: Vec<Ran>,
}

/// What the page knows as a part of another.
#[derive(Clone, Debug, Default)]
pub struct Embed {
    /// What the address asks for.
    pub options: Options,
    /// What the author wrote: for each step of the document that is a command, in order.
    said: Rc<[Said]>,
    document: Rc<Document>,
    /// The commands of setup that have still to be answered.
    setting_up: usize,
    /// It can be used.
    opened: bool,
    /// What was asked for before it could be.
    wanted: Option<Act>,
    /// Somebody entered a line.
    used: bool,
    /// A line is being entered that is none of the author's.
    typing: bool,
    next: u32,
    waits: BTreeMap<u32, Waits>,
    run: Option<Run>,
    /// Who waits until it is as it was.
    resets: Vec<Id>,
    check: Option<Check>,
    /// What the check has come to.
    pub checked: Option<Checked>,
    probes: BTreeMap<u32, (Option<Id>, Check)>,
    /// Something happened since the check was made.
    stale: bool,
    /// Something happened since the page around it was told.
    moved: bool,
    /// A link to the session as it is, without the place of the page.
    pub link: Option<String>,
    /// What is wrong with the address.
    fault: Option<String>,
}

impl Embed {
    /// Reads what stands behind `?` and `#` in the page's address.
    pub fn read(query: &str, fragment: &str) -> Self {
        let mut embed = Self::default();
        if let Err(fault) = embed.take(query, fragment) {
            embed.document = Rc::default();
            embed.said = Rc::default();
            embed.fault = Some(fault);
        }
        embed
    }

    fn take(&mut self, query: &str, fragment: &str) -> Result<(), String> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        if query.len() + fragment.len() > LINK_MAX {
            return Err(Fault::Cap("too many characters in its link", LINK_MAX as u64).to_string());
        }
        for (name, value) in query.split('&').filter_map(|field| field.split_once('=')) {
            match name {
                "theme" => self.options.theme = Theme::read(value).unwrap_or_default(),
                "session" => self.options.shares = !value.is_empty(),
                _ => {}
            }
        }
        self.options.lesson = asked(fragment);
        let (mut written, mut head, mut check) = (None, Document::default(), None);
        for (name, value) in fields(fragment) {
            let text = || percent(value);
            match name {
                "text" => written = Some(text()),
                "title" => head.title = text(),
                "note" => head.note = text(),
                "view" => head.pinned = views(&text()).collect(),
                "run" | "autorun" => head.run = yes(value),
                "setup" => self.options.setup = setup(&text())?,
                "check" => check = Some(text()),
                "goal" => self.options.goal = text(),
                "readonly" => self.options.readonly = yes(value),
                "clients" => {
                    let text = text();
                    let letters = text.split([',', ' ']).map(str::trim);
                    self.options.clients = letters.filter_map(letter_of).collect();
                }
                _ => {}
            }
        }
        let shared = match &written {
            Some(_) => None,
            None => address("", fragment)
                .transpose()
                .map_err(|f| f.to_string())?,
        };
        let mut document = match shared {
            Some(document) => {
                let line = |step: &super::share::Step| match &step.deed {
                    Deed::Line(line) => Some(Said {
                        conn: step.conn,
                        line: line.clone(),
                        expected: String::new(),
                    }),
                    _ => None,
                };
                self.said = document.steps.iter().filter_map(line).collect();
                // What a link holds may be pinned in it, and beside it.
                let pinned = match head.pinned.is_empty() {
                    true => document.pinned.clone(),
                    false => head.pinned,
                };
                Document { pinned, ..document }
            }
            None => {
                let first = self.options.clients.first().copied().unwrap_or(0);
                self.said = text::read(&written.unwrap_or_default(), first).into();
                let lines = self.said.iter();
                let lines = lines.map(|said| (said.conn, said.line.clone()));
                Document {
                    title: head.title,
                    note: head.note,
                    pinned: head.pinned,
                    run: head.run,
                    ..Document::of_lines(lines.collect())
                }
            }
        };
        if self.options.shares {
            self.keep_to_own(&mut document);
        }
        let mut more = self.options.clients.clone();
        if document.clients.is_empty() && more.is_empty() {
            more.push(0);
        }
        for conn in more {
            if document.clients.iter().all(|client| client.conn != conn) {
                document.clients.push(Client {
                    conn,
                    label: String::new(),
                    colour: conn as usize % colour::HUES,
                });
            }
        }
        if document.begins.is_none() {
            document.clients.sort_by_key(|client| client.conn);
        }
        self.document = Rc::new(match document.checked() {
            Ok(document) => document,
            // Nothing but a prompt is an embed too.
            Err(Fault::Empty) => Document {
                clients: vec![Client {
                    conn: self.options.clients.first().copied().unwrap_or(0),
                    label: String::new(),
                    colour: 0,
                }],
                ..Document::default()
            },
            Err(fault) => return Err(fault.to_string()),
        });
        if let Some(text) = check.filter(|text| !text.trim().is_empty()) {
            self.check = Check::read(&text);
            if self.check.is_none() {
                self.fault = Some(super::words::embed::no_check(&text));
            }
        }
        Ok(())
    }

    /// Where others are in the session, no line is run as a client of theirs.
    fn keep_to_own(&mut self, document: &mut Document) {
        let own = &self.options.clients;
        let Some(first) = own.first().copied() else {
            return;
        };
        let mut said = self.said.to_vec();
        for said in said.iter_mut().filter(|said| !own.contains(&said.conn)) {
            said.conn = first;
        }
        self.said = said.into();
        document.clients.retain(|client| own.contains(&client.conn));
        document.steps.retain_mut(|step| {
            let is_own = own.contains(&step.conn);
            if matches!(step.deed, Deed::Line(_)) && !is_own {
                step.conn = first;
                return true;
            }
            is_own
        });
    }

    /// What is shown once the check passes.
    pub fn goal(&self) -> &str {
        match self.options.goal.is_empty() {
            false => &self.options.goal,
            true => self.check.as_ref().map_or("", |check| &check.text),
        }
    }

    /// Whether something is to be checked.
    pub fn checks(&self) -> bool {
        self.check.is_some()
    }

    /// Whether it can be used.
    pub fn opened(&self) -> bool {
        self.opened
    }

    /// Whether commands of the author's are being run.
    pub fn runs(&self) -> bool {
        self.run.is_some()
    }

    /// Whether there are commands of the author's.
    pub fn has_commands(&self) -> bool {
        !self.said.is_empty()
    }
}

fn setup(text: &str) -> Result<Vec<String>, String> {
    let lines = text::read(text, 0).into_iter().map(|said| said.line);
    let lines: Vec<String> = lines.collect();
    match lines.len() > RUN_MAX {
        true => Err(Fault::Cap("too many commands of setup", RUN_MAX as u64).to_string()),
        false => Ok(lines),
    }
}

impl State {
    /// The page as a part of another, if it is one.
    pub fn embed(&self) -> Option<&Rc<Embed>> {
        self.embed.as_ref()
    }

    /// Makes the page a part of another, before it opens.
    pub fn embedded(&mut self, embed: Embed) {
        self.theme = embed.options.theme;
        self.embed = Some(Rc::new(embed));
    }

    /// What the author wrote for a client and was not run yet.
    pub fn still(&self, conn: Conn) -> Vec<Said> {
        let (Some(embed), Some(walk)) = (&self.embed, &self.share.walk) else {
            return Vec::new();
        };
        if walk.quiet {
            return Vec::new();
        }
        let steps = embed.document.steps.iter().take(walk.next);
        let done = steps.filter(|step| matches!(step.deed, Deed::Line(_)));
        let left = embed.said.iter().skip(done.count());
        left.filter(|said| said.conn == conn).cloned().collect()
    }

    fn embed_mut(&mut self) -> Option<&mut Embed> {
        self.embed.as_mut().map(Rc::make_mut)
    }

    fn tell(&self, id: Option<&Id>, tell: &Tell<'_>, effects: &mut Vec<Effect>) {
        effects.push(Effect::Say(protocol::write(id, tell)));
    }

    /// Something happens to an embed.
    pub(super) fn embed_act(&mut self, act: Act, wall: f64, effects: &mut Vec<Effect>) {
        let Some(embed) = self.embed.clone() else {
            return;
        };
        match act {
            Act::Open => {
                effects.push(Effect::Theme(self.theme));
                let begins = (self.log().seed, self.log().start);
                self.open_steps(&embed.document, begins, wall, effects);
                if let Some(asked) = embed.options.lesson.clone() {
                    self.lesson_asked(asked, wall, effects);
                }
                self.notice = self.notice.take().or(embed.fault.clone());
                self.embed_relink();
                if let Some(text) = &embed.fault {
                    self.tell(None, &Tell::Error(text), effects);
                }
            }
            Act::Heard(text) => match protocol::read(&text) {
                Ok((id, ask)) => self.embed_ask(id, ask, wall, effects),
                Err(Some((id, text))) => self.tell(Some(&id), &Tell::Error(&text), effects),
                // Not meant for this page.
                Err(None) => {}
            },
            Act::Run | Act::Step => self.embed_run(&act, None, wall, effects),
            Act::Reset => self.embed_reset(None, effects),
        }
    }

    fn embed_ask(&mut self, id: Id, ask: Ask, wall: f64, effects: &mut Vec<Effect>) {
        match ask {
            Ask::Hello => self.tell(Some(&id), &Tell::Hello, effects),
            Ask::Run => self.embed_run(&Act::Run, Some(id), wall, effects),
            Ask::Step => self.embed_run(&Act::Step, Some(id), wall, effects),
            Ask::Reset => self.embed_reset(Some(id), effects),
            Ask::Exec { client, line } => {
                let conn = match client {
                    Some(letter) => self.conn_of(&letter),
                    None => self.consoles.first().map(|console| console.conn),
                };
                let waiting = self.embed.as_ref().map_or(0, |embed| embed.waits.len());
                let (Some(conn), true) = (conn, waiting < WAITING_MAX) else {
                    let text = match conn {
                        None => super::words::embed::NO_CLIENT,
                        Some(_) => super::words::embed::TOO_MANY,
                    };
                    return self.tell(Some(&id), &Tell::Error(text), effects);
                };
                let ticket = self.embed_waits(Waits {
                    conn,
                    line: line.clone(),
                    ask: Some(id),
                    kind: Kind::Typed,
                });
                self.enter(conn, &line, ticket, wall, effects);
            }
            Ask::State => {
                let text = protocol::state(self);
                effects.push(Effect::Say(protocol::write(Some(&id), &Tell::State(text))));
            }
            Ask::Share => {
                self.embed_relink();
                let link = self.embed.as_ref().and_then(|embed| embed.link.clone());
                self.tell(Some(&id), &Tell::Share(link.as_deref()), effects);
            }
            Ask::Theme { scheme, tokens } => {
                if let Some(theme) = scheme {
                    self.theme = theme;
                    effects.push(Effect::Theme(theme));
                }
                effects.push(Effect::Paint(tokens));
                self.tell(Some(&id), &Tell::Theme, effects);
            }
            Ask::Check(text) => {
                let own = self.embed.as_ref().and_then(|embed| embed.check.clone());
                let check = match &text {
                    Some(text) => Check::read(text),
                    None => own,
                };
                match check {
                    Some(check) => self.embed_probe(Some(id), check, wall, effects),
                    None => {
                        let text = super::words::embed::no_check(text.as_deref().unwrap_or(""));
                        self.tell(Some(&id), &Tell::Error(&text), effects);
                    }
                }
            }
            Ask::Focus => {
                effects.push(Effect::Focus);
                self.tell(Some(&id), &Tell::Focus, effects);
            }
        }
    }

    /// Runs the author's commands.
    fn embed_run(&mut self, act: &Act, ask: Option<Id>, wall: f64, effects: &mut Vec<Effect>) {
        let over = self
            .share
            .walk
            .as_ref()
            .is_none_or(|walk| walk.shown().is_none());
        let Some(embed) = self.embed_mut() else {
            return;
        };
        let run = embed.run.get_or_insert_default();
        run.asks.extend(ask);
        let all = *act == Act::Run;
        if !embed.opened {
            embed.wanted = Some(act.clone());
            return;
        }
        let idle = embed.waits.values().all(|waits| waits.kind != Kind::Walked);
        // All of it was run: all of it runs again.
        if all && over && idle && !embed.said.is_empty() {
            embed.wanted = Some(Act::Run);
            return self.embed_reset(None, effects);
        }
        if all {
            self.share_act(ShareAct::Rest(true), wall, effects);
        } else if !self.share.walk.as_ref().is_some_and(|walk| walk.running) {
            self.share_act(ShareAct::Next, wall, effects);
        }
        self.embed_ran(wall, effects);
    }

    /// Tells who waits that the author's commands have run, if they have, and before it what changed: the link holds them by then.
    fn embed_ran(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let runs = self.share.walk.as_ref().is_some_and(|walk| walk.running);
        let Some(embed) = self.embed_mut() else {
            return;
        };
        let waits = embed.waits.values().any(|waits| waits.kind == Kind::Walked);
        if runs || waits || !embed.opened {
            return;
        }
        if let Some(run) = embed.run.take() {
            self.changed = true;
            self.embed_tick(wall, effects);
            for id in &run.asks {
                self.tell(Some(id), &Tell::Ran(&run.ran), effects);
            }
        }
    }

    fn embed_reset(&mut self, ask: Option<Id>, effects: &mut Vec<Effect>) {
        let Some(embed) = self.embed_mut() else {
            return;
        };
        embed.resets.extend(ask);
        // It is on its way there already.
        if !std::mem::take(&mut embed.opened) {
            return;
        }
        let document = Rc::clone(&embed.document);
        if !self.lesson_anew(effects) {
            self.open_steps_anew(document, effects);
        }
    }

    /// The document is open: what runs first runs.
    pub(super) fn embed_begun(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let conn = self.consoles.first().map_or(0, |console| console.conn);
        let Some(embed) = self.embed_mut() else {
            return;
        };
        // Nothing of what waited before is there any more.
        embed.waits.clear();
        embed.probes.clear();
        embed.opened = false;
        (embed.used, embed.checked, embed.stale, embed.moved) = (false, None, false, false);
        let setup = embed.options.setup.clone();
        embed.setting_up = setup.len();
        for line in setup {
            let ticket = self.embed_waits(Waits {
                conn,
                line: line.clone(),
                ask: None,
                kind: Kind::Setup,
            });
            self.enter(conn, &line, ticket, wall, effects);
        }
        self.used = false;
    }

    fn embed_waits(&mut self, waits: Waits) -> Option<u32> {
        let embed = self.embed_mut()?;
        let ticket = TICKETS + embed.next % TICKETS;
        embed.next = embed.next.wrapping_add(1);
        embed.used |= waits.kind != Kind::Setup;
        embed.waits.insert(ticket, waits);
        Some(ticket)
    }

    /// A line is entered that is none of the author's. False: it may not be.
    pub(super) fn embed_types(&mut self, on: bool) -> bool {
        let Some(embed) = self.embed_mut() else {
            return true;
        };
        embed.typing = on;
        !on || !embed.options.readonly
    }

    /// The lines that are entered, each with whoever waits for its reply: in an embed, somebody always does.
    pub(super) fn embed_tickets(
        &mut self,
        conn: Conn,
        text: &str,
        ticket: Option<u32>,
    ) -> Vec<(String, Option<u32>)> {
        let Some(embed) = self.embed.as_ref().filter(|_| ticket.is_none()) else {
            return vec![(text.into(), ticket)];
        };
        let kind = match embed.typing {
            true => Kind::Typed,
            false => Kind::Walked,
        };
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<String> = lines.map(str::to_string).collect();
        let waits = |line: String| {
            let ticket = self.embed_waits(Waits {
                conn,
                line: line.clone(),
                ask: None,
                kind,
            });
            (line, ticket)
        };
        lines.into_iter().map(waits).collect()
    }

    /// A reply came. False: nobody here waits for it.
    pub(super) fn embed_answered(
        &mut self,
        ticket: u32,
        text: &str,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let Some(waits) = self
            .embed_mut()
            .and_then(|embed| embed.waits.remove(&ticket))
        else {
            return false;
        };
        if waits.kind == Kind::Setup {
            if text.starts_with("(error)") {
                let text = super::words::embed::setup_failed(&waits.line, text);
                self.tell(None, &Tell::Error(&text), effects);
            }
            let Some(embed) = self.embed_mut() else {
                return true;
            };
            embed.setting_up = embed.setting_up.saturating_sub(1);
            if embed.setting_up == 0 {
                if let Some(console) = self.console(waits.conn) {
                    console.transcript.clear();
                }
                self.embed_open(wall, effects);
            }
            return true;
        }
        let ran = Ran {
            client: format::client_letter(waits.conn),
            line: waits.line,
            reply: text.into(),
        };
        self.tell(waits.ask.as_ref(), &Tell::Result(&ran), effects);
        if let Some(embed) = self.embed_mut() {
            embed.moved = true;
            if let Some(run) = embed.run.as_mut().filter(|_| waits.kind == Kind::Walked) {
                run.ran.push(ran);
            }
        }
        true
    }

    /// It can be used: what was wanted before is done now.
    fn embed_open(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let letters: Vec<String> = self
            .consoles
            .iter()
            .map(|c| format::client_letter(c.conn))
            .collect();
        self.embed_relink();
        let Some(embed) = self.embed_mut() else {
            return;
        };
        (embed.opened, embed.moved) = (true, false);
        let (wanted, resets) = (embed.wanted.take(), std::mem::take(&mut embed.resets));
        let runs = embed.document.runs_at_once() && resets.is_empty() && !embed.used;
        let (commands, link) = (embed.said.len(), embed.link.clone());
        let ready = Tell::Ready {
            clients: &letters,
            commands,
            link: link.as_deref(),
        };
        self.changed = true;
        match resets.as_slice() {
            [] => self.tell(None, &ready, effects),
            ids => ids
                .iter()
                .for_each(|id| self.tell(Some(id), &ready, effects)),
        }
        match wanted {
            Some(act) => self.embed_run(&act, None, wall, effects),
            None if runs => self.embed_run(&Act::Run, None, wall, effects),
            None => {}
        }
    }

    /// A frame was read.
    pub(super) fn embed_framed(&mut self, moved: bool, wall: f64, effects: &mut Vec<Effect>) {
        let ready = self.ready();
        let Some(embed) = self.embed_mut() else {
            return;
        };
        if !embed.opened && embed.setting_up == 0 && embed.waits.is_empty() && ready {
            self.embed_open(wall, effects);
        }
        self.embed_ran(wall, effects);
        let Some(embed) = self.embed_mut() else {
            return;
        };
        // Of what the setup does, nobody is told.
        let moved = moved && (embed.used || embed.options.shares);
        embed.stale |= moved;
        embed.moved |= moved;
        let asked = embed.probes.values().any(|(ask, _)| ask.is_none());
        if let Some(check) = embed.check.clone()
            && embed.opened
            && !asked
            && std::mem::take(&mut embed.stale)
        {
            self.embed_probe(None, check, wall, effects);
        }
    }

    fn embed_probe(&mut self, ask: Option<Id>, check: Check, wall: f64, effects: &mut Vec<Effect>) {
        let Some(embed) = self.embed_mut() else {
            return;
        };
        let ticket = embed.next;
        embed.next = embed.next.wrapping_add(1);
        let bytes = check.command.clone();
        embed.probes.insert(ticket, (ask, check));
        let orders = vec![super::port::Order::Post(vec![Request::Probe {
            ticket,
            bytes,
        }])];
        self.follow(orders, wall, effects);
    }

    /// The reply came that a check asked for.
    pub(super) fn embed_probed(&mut self, ticket: u32, bytes: &[u8], effects: &mut Vec<Effect>) {
        let Some((ask, check)) = self
            .embed_mut()
            .and_then(|embed| embed.probes.remove(&ticket))
        else {
            return;
        };
        let checked = match decode(bytes) {
            Some((reply, _)) => check.hold(&reply),
            None => Checked {
                passed: false,
                reply: String::new(),
            },
        };
        let known = self.embed.as_ref().and_then(|embed| embed.checked.as_ref());
        if ask.is_some() || known != Some(&checked) {
            self.tell(ask.as_ref(), &Tell::Check(&check, &checked), effects);
        }
        if let Some(embed) = self.embed_mut().filter(|_| ask.is_none()) {
            embed.checked = Some(checked);
        }
    }

    /// Time passes: the page around it is told, now and then, that something changed.
    pub(super) fn embed_tick(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        if !self
            .embed_mut()
            .is_some_and(|embed| embed.opened && std::mem::take(&mut embed.moved))
        {
            return;
        }
        self.embed_relink();
        self.changed = true;
        let link = self.embed.as_ref().and_then(|embed| embed.link.clone());
        let at = self.clock.now;
        self.tell(
            None,
            &Tell::Change {
                at,
                link: link.as_deref(),
            },
            effects,
        );
        self.embed_framed(false, wall, effects);
    }

    /// What leads to the session as it is; to what the author wrote, where nobody has run anything.
    fn embed_relink(&mut self) {
        let Some(embed) = &self.embed else {
            return;
        };
        let done = self.document(Mode::Script);
        let document = match done.commands() > 0 && (embed.used || embed.opened) {
            true => done,
            false => Document {
                run: false,
                ..(*embed.document).clone()
            },
        };
        let link = handed_on(document).ok().and_then(|(link, _)| link);
        if let Some(embed) = self.embed_mut() {
            embed.link = link;
        }
    }
}

#[cfg(test)]
mod tests;
