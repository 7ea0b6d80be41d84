//! The session's history in the page: where it stands, how it goes to another moment, and what every part shows then.

pub mod difference;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::actors::Card;
use super::console::Console;
use super::timeline::Timeline;
use super::{CLIENTS_MAX, Effect, State, actors, format};
use crate::session::message::*;

/// The lines that go to another moment, as they are proposed.
pub const LINES: [&str; 6] = [".undo", ".redo", ".at", ".back", ".fork", ".name"];

/// Where a line wants to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Somewhere that needs no other knowledge.
    Travel(Travel),
    /// To a moment, in milliseconds from the session's start.
    At(Millis),
}

/// Where the session stands, as the page shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// As the server half told it.
    pub view: HistoryView,
    /// Two moments that were compared, the earlier first, and what differs.
    pub differences: Option<([Point; 2], Rc<Differences>)>,
    /// It was asked to go somewhere, and has not come there.
    asked: bool,
    /// Where it is to go after that.
    wanted: Option<Travel>,
}

impl Past {
    /// The point where it stands, and the end.
    pub fn stands(&self) -> Option<(Point, Point)> {
        self.view.past
    }

    /// How many inputs there are up to where it stands.
    pub fn inputs(&self) -> usize {
        self.view
            .past
            .map_or(self.view.inputs, |(here, _)| here.inputs)
    }

    /// How a branch is called: by its number, since it has no other name.
    pub fn branch_name(id: BranchId) -> String {
        format!("branch {id}")
    }
}

/// What the parts of the page showed at the end of a branch.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    consoles: Vec<Rc<Console>>,
    timeline: Rc<Timeline>,
    cards: Vec<Rc<Card>>,
}

/// What the page remembers to come back to.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// The end of the branch that is walked on, while the session stands in its past.
    present: Option<Snapshot>,
    /// The ends of other branches.
    others: BTreeMap<BranchId, Snapshot>,
    /// The branch that the last fork left, and the notice that tells of it.
    told: Option<(BranchId, String)>,
    /// Whose line sent the session elsewhere.
    sender: Option<Conn>,
    /// Whoever waits for the session to have gone where a line sent it.
    tickets: VecDeque<(Conn, u32)>,
}

/// Whether a first word goes to another moment.
pub fn is_way(word: &[u8]) -> bool {
    let word = String::from_utf8_lossy(word).to_ascii_lowercase();
    LINES.contains(&word.as_str())
}

/// What a line asks for; the error is what to print.
pub fn parse(words: &[Vec<u8>]) -> Result<Way, String> {
    let words: Vec<String> = words
        .iter()
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (name, rest) = words.split_first().unwrap_or((&"", &[]));
    let name = name.to_ascii_lowercase();
    let travel = match (name.as_str(), rest) {
        (".undo", []) => Travel::Undo,
        (".redo", []) => Travel::Redo,
        (".back", []) => Travel::End,
        (".fork", []) => Travel::Fork,
        (".name", [_, ..]) => Travel::Name(rest.join(" ")),
        (".name", []) => return Err("(error) .name takes a name for this moment".into()),
        (".at", [at]) => return moment(at).map(Way::At),
        (".at", _) => return Err("(error) .at takes one moment, such as 00:04:31.250".into()),
        _ => return Err(format!("(error) {name} takes nothing behind it")),
    };
    Ok(Way::Travel(travel))
}

/// Reads a moment as the clock shows it, `00:04:31.250`, hours and milliseconds as one likes.
fn moment(text: &str) -> Result<Millis, String> {
    let wrong = || {
        format!(
            "(error) '{}' is no moment: as the clock shows it, such as 00:04:31.250",
            format::shortened(text, 20)
        )
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let number = |text: &str| digits(text, 6)?.parse::<Millis>().ok();
    let mut seconds = 0;
    let fields: Vec<&str> = whole.split(':').collect();
    if fields.len() > 3 {
        return Err(wrong());
    }
    for field in fields {
        seconds = seconds * 60 + number(field).ok_or_else(wrong)?;
    }
    let ms = digits(part, 3).ok_or_else(wrong)?;
    let ms = number(&format!("{ms:0<3}")).ok_or_else(wrong)?;
    Ok(seconds * 1000 + ms)
}

fn digits(text: &str, most: usize) -> Option<&str> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    Some(text).filter(|text| plain && (1..=most).contains(&text.len()))
}

impl State {
    /// Where the session stands.
    pub fn past(&self) -> &Rc<Past> {
        &self.past
    }

    /// Whether the session stands before its end.
    pub fn in_past(&self) -> bool {
        self.past.view.past.is_some()
    }

    /// Whether the session is on its way to another moment: until it is there, nothing is sent.
    pub(super) fn travels(&self) -> bool {
        self.past.asked
    }

    /// The session is to go to another moment. While it is on its way, only the last place that it is to go to counts.
    pub(super) fn travel(&mut self, travel: Travel, effects: &mut Vec<Effect>) {
        let past = Rc::make_mut(&mut self.past);
        let any = matches!(travel, Travel::To(_) | Travel::At(_));
        if past.asked && any {
            past.wanted = Some(travel);
            return;
        }
        past.wanted = None;
        past.asked |= any
            || matches!(
                travel,
                Travel::End | Travel::Undo | Travel::Redo | Travel::Walk(_)
            );
        effects.push(Effect::Post(vec![Request::Travel(travel)]));
    }

    /// A line sends the session somewhere.
    pub(super) fn travel_line(
        &mut self,
        conn: Conn,
        way: Way,
        ticket: Option<u32>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let travel = match way {
            Way::Travel(travel) => travel,
            Way::At(ms) => Travel::At(self.log().start.saturating_add(ms)),
        };
        let answered = !matches!(travel, Travel::Fork | Travel::Name(_));
        if answered {
            self.left.sender = Some(conn);
        }
        self.travel(travel, effects);
        match ticket {
            Some(ticket) if answered => self.left.tickets.push_back((conn, ticket)),
            Some(ticket) => self.resolve(conn, ticket, String::new(), wall, effects),
            None => {}
        }
    }

    /// Where it was to go it cannot, or the server half was started anew.
    pub(super) fn stays(&mut self, why: &str, wall: f64, effects: &mut Vec<Effect>) {
        let past = Rc::make_mut(&mut self.past);
        (past.asked, past.wanted) = (false, None);
        self.arrived(why, wall, effects);
    }

    fn arrived(&mut self, text: &str, wall: f64, effects: &mut Vec<Effect>) {
        self.left.sender = None;
        for (conn, ticket) in std::mem::take(&mut self.left.tickets) {
            self.resolve(conn, ticket, text.to_string(), wall, effects);
        }
    }

    /// Where in its history the session stands.
    pub(super) fn history_told(&mut self, view: HistoryView) {
        if view.past.is_none() {
            self.left.present = None;
        }
        self.inputs = view.inputs;
        let past = Rc::make_mut(&mut self.past);
        if past.view.branch != view.branch {
            past.differences = None;
        }
        past.view = view;
    }

    /// The session has gone to another moment, where this had been said.
    pub(super) fn retold(
        &mut self,
        talks: &[Talk],
        at_end: bool,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.settle(wall, effects);
        if !at_end && self.left.present.is_none() {
            self.left.present = Some(self.snapshot());
        }
        let kept = self.left.present.take_if(|_| at_end);
        match kept {
            Some(kept) => self.restore(kept),
            None => self.show_talks(talks),
        }
        let past = Rc::make_mut(&mut self.past);
        past.asked = false;
        let wanted = past.wanted.take();
        let at = self.clock.now.saturating_sub(self.log().start);
        self.arrived(&format!("at {}", format::clock(at)), wall, effects);
        if let Some(wanted) = wanted {
            self.travel(wanted, effects);
        }
    }

    /// The session goes on from a moment in the past.
    pub(super) fn forked(&mut self, from: Point, left: BranchId, dropped: Option<BranchId>) {
        let leaving = self.left.present.take();
        let leaving = leaving.unwrap_or_else(|| self.snapshot());
        self.left.others.insert(left, leaving);
        if let Some(dropped) = dropped {
            self.left.others.remove(&dropped);
        }
        Rc::make_mut(&mut self.timeline).cut(from);
        self.inputs = from.inputs;
        let at = format::clock(from.at.saturating_sub(self.log().start));
        let mut text = format!(
            "Going on from {at}. What came after is kept as {}, under History.",
            Past::branch_name(left)
        );
        if let Some(dropped) = dropped {
            text += &format!(" {} was too many and is gone.", Past::branch_name(dropped));
        }
        self.left.told = Some((left, text.clone()));
        self.notice = Some(text);
    }

    /// The branch that the notice tells of, which can be gone back to.
    pub fn way_back(&self) -> Option<BranchId> {
        let told = self.left.told.as_ref();
        let (branch, _) = told.filter(|(_, text)| self.notice.as_ref() == Some(text))?;
        let mut branches = self.past.view.branches.iter();
        branches.any(|other| other.id == *branch).then_some(*branch)
    }

    /// The session walks on another branch; what is said there is still to be told.
    pub(super) fn walked(
        &mut self,
        branch: BranchId,
        left: BranchId,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.settle(wall, effects);
        if self.way_back() == Some(branch) {
            self.notice = None;
        }
        let leaving = self.left.present.take();
        let leaving = leaving.unwrap_or_else(|| self.snapshot());
        self.left.others.insert(left, leaving);
        self.left.present = self.left.others.remove(&branch);
        if self.left.present.is_none() {
            self.timeline = Rc::default();
        }
    }

    /// Two moments were compared.
    pub(super) fn compared(&mut self, between: [Point; 2], differences: Differences) {
        Rc::make_mut(&mut self.past).differences = Some((between, Rc::new(differences)));
    }

    /// What was compared has been seen.
    pub(super) fn compared_enough(&mut self) {
        Rc::make_mut(&mut self.past).differences = None;
    }

    /// Nobody waits for what will not come, and what actors said is shown.
    pub(super) fn settle(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        self.show_all_news(wall);
        let mut told = Vec::new();
        for console in &mut self.consoles {
            let conn = console.conn;
            let sent_it = self.left.sender == Some(conn);
            let all = Rc::make_mut(console).let_go(sent_it);
            told.extend(all.into_iter().map(|(ticket, text)| (conn, ticket, text)));
        }
        for (conn, ticket, text) in told {
            self.resolve(conn, ticket, text, wall, effects);
        }
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            consoles: self.consoles.clone(),
            timeline: Rc::clone(&self.timeline),
            cards: self.actors.cards.clone(),
        }
    }

    fn restore(&mut self, kept: Snapshot) {
        let now = std::mem::take(&mut self.consoles);
        self.consoles = kept
            .consoles
            .into_iter()
            .map(|console| {
                let other = now.iter().find(|other| other.conn == console.conn);
                match other {
                    Some(other) => Rc::new(Rc::unwrap_or_clone(console).dressed_as(other)),
                    None => console,
                }
            })
            .collect();
        self.timeline = kept.timeline;
        Rc::make_mut(&mut self.actors).cards = kept.cards;
    }

    /// Every console and every actor's card shows what had been said.
    fn show_talks(&mut self, talks: &[Talk]) {
        let now = self.clock.now;
        let talk_of = |conn: Conn| talks.iter().find(|talk| talk.conn == conn);
        for console in &mut self.consoles {
            let retold = Console::retold(console.conn, talk_of(console.conn), now);
            let client = console.client.clone();
            let mut retold = retold.dressed_as(console);
            retold.client = client;
            *console = Rc::new(retold);
        }
        let open = talks.iter().filter(|talk| talk.open);
        for talk in open.filter(|talk| (talk.conn as usize) < CLIENTS_MAX) {
            if self.consoles.iter().all(|c| c.conn != talk.conn)
                && let Some(new) = self.new_console_of(talk.conn)
            {
                let retold = Console::retold(talk.conn, Some(talk), now).dressed_as(&new);
                self.consoles.push(Rc::new(retold));
            }
        }
        for talk in talks.iter().filter(|talk| talk.conn >= actors::FIRST) {
            self.actor_retold(talk);
        }
    }
}

#[cfg(test)]
mod tests;
