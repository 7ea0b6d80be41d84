//! The page's state and the server half, joined without a browser.

use super::*;
use crate::session::host::{Host, MakeMachine};

/// A page whose server half answers at once.
pub(super) struct Joined {
    pub state: State,
    host: Host,
    machine: MakeMachine,
    pub now: Millis,
    pub answers: Vec<(u32, String)>,
    restarts: usize,
    /// What was saved: about the session, and pieces of its log.
    pub saved: Vec<(Vec<u8>, usize, Vec<u8>)>,
    /// What the page around it was told.
    pub said: Vec<String>,
}

const START: Millis = 1_700_000_000_000;

impl Joined {
    /// A page that has not opened yet.
    pub fn shut() -> Self {
        Self::of(|| None)
    }

    /// A page that runs scripts.
    pub fn with_scripts() -> Self {
        let mut joined = Self::of(crate::session::lua::machine);
        joined.act(Action::Open);
        joined.settle();
        joined
    }

    fn of(machine: MakeMachine) -> Self {
        Self {
            state: State::new(7, START, Theme::System),
            host: Host::new(7, START, machine),
            machine,
            now: START,
            answers: Vec::new(),
            restarts: 0,
            saved: Vec::new(),
            said: Vec::new(),
        }
    }

    pub fn open() -> Self {
        let mut joined = Self::shut();
        joined.act(Action::Open);
        joined.settle();
        joined
    }

    pub fn act(&mut self, action: Action) {
        let wall = (self.now - START) as f64;
        for effect in self.state.update(action, wall) {
            match effect {
                Effect::Post(requests) => requests
                    .into_iter()
                    .for_each(|request| self.host.handle(self.now, request)),
                Effect::Restart => {
                    self.restarts += 1;
                    self.host = Host::new(0, self.now, self.machine);
                }
                Effect::Resolve(ticket, text) => self.answers.push((ticket, text)),
                Effect::Save {
                    about, from, piece, ..
                } => self.saved.push((about, from, piece)),
                Effect::Say(text) => self.said.push(text),
                Effect::Fresh if self.state.embed().is_some() => {
                    let (id, seed, start) = (None, 99, self.now);
                    self.act(Action::Kept(kept::Act::Begins { id, seed, start }));
                }
                Effect::ReadLesson(name, text, progress) => {
                    let read = lesson::text::read(&text).map(Rc::new);
                    let act = lesson::page::Act::Read(name, text, progress, read);
                    self.act(Action::Lesson(act));
                }
                Effect::Theme(_)
                | Effect::Choose(..)
                | Effect::Load(..)
                | Effect::List
                | Effect::Remove(_)
                | Effect::Unlink
                | Effect::Paint(_)
                | Effect::Focus
                | Effect::End
                | Effect::FetchLesson(_)
                | Effect::Remember(..)
                | Effect::Fresh => {}
            }
        }
    }

    /// Lets one frame come.
    pub fn frame(&mut self) {
        self.now += 1;
        let frame = self.host.frame(self.now);
        self.act(Action::Frame(frame));
    }

    /// Lets frames go back and forth until nothing is left to say.
    pub fn settle(&mut self) {
        for _ in 0..100 {
            self.now += 1;
            let frame = self.host.frame(self.now);
            if frame.updates.is_empty() {
                return;
            }
            self.act(Action::Frame(frame));
        }
        panic!("the two halves never stop talking");
    }

    pub fn exec(&mut self, conn: Conn, line: &str) -> Vec<String> {
        self.act(Action::Run {
            conn,
            text: line.into(),
            ticket: Some(1),
        });
        self.settle();
        std::mem::take(&mut self.answers)
            .into_iter()
            .map(|(_, text)| text)
            .collect()
    }

    fn keys_on_stage(&self) -> Vec<String> {
        let name = |slot: &stage::Slot| match &slot.subject {
            Subject::Key(_, key) => format::lossy(key),
            Subject::PubSub => "channels".into(),
            Subject::Script => "script".into(),
            Subject::Profiler => "profiler".into(),
        };
        self.state.stage.slots().iter().map(name).collect()
    }
}

#[test]
fn the_page_opens_on_the_whole_example() {
    let page = Joined::open();
    assert_eq!(
        page.keys_on_stage(),
        [
            "leaderboard:2026:w14",
            "events:user_activity",
            "lock:daily_report",
            "unique_visitors:home",
            "channels"
        ]
    );
    assert!(
        page.state
            .consoles
            .iter()
            .all(|console| !console.busy() && console.waiting() == 0)
    );
    assert_eq!(page.state.timeline.total, example::LINES.len());
    assert!(!page.state.is_used(), "nothing moves before somebody types");
}

#[test]
fn a_first_command_on_a_key_that_is_shown_makes_no_inspector_newer() {
    let mut page = Joined::open();
    let newest = |page: &Joined| page.state.newest_panel().unwrap().0;
    let before = newest(&page);
    assert_eq!(
        page.exec(0, "ZADD leaderboard:2026:w14 5 x"),
        ["(integer) 1"]
    );
    assert!(page.state.is_used());
    assert_eq!(newest(&page), before);
    page.exec(0, "SET another 1");
    assert!(newest(&page) > before);
}

#[test]
fn a_page_that_is_there_in_part_answers_and_opens_on_the_example_once_it_is_whole() {
    let mut page = Joined::shut();
    page.state.begin_in_part();
    page.act(Action::Open);
    page.settle();
    assert_eq!(page.exec(0, "SET greeting hello"), ["OK"]);
    assert_eq!(page.exec(0, "HELP GET"), [""; 0]);
    assert_eq!((page.state.keys.all, page.state.panels.len()), (0, 0));

    page.act(Action::Whole);
    page.settle();
    assert!(!page.state.is_in_part());
    let helped = std::mem::take(&mut page.answers);
    assert!(matches!(&helped[..], [(1, text)] if text.contains("GET key")));
    assert_eq!(page.state.keys.all, 5);
    assert_eq!(page.keys_on_stage().first().unwrap(), "greeting");
    assert_eq!(page.state.timeline.total, 1 + example::LINES.len());
    assert!(page.state.panels.len() >= 5, "all of them are looked at");
    page.act(Action::Whole);
    page.settle();
    assert_eq!(page.state.timeline.total, 1 + example::LINES.len());
}

#[test]
fn a_server_half_that_breaks_is_brought_back_and_says_so() {
    let mut page = Joined::open();
    assert_eq!(page.exec(0, "SET kept yes"), ["OK"]);
    let restarts = page.restarts;
    page.act(Action::ServerBroke("unreachable executed".into()));
    page.settle();
    assert_eq!(page.restarts, restarts + 1);
    assert!(
        page.state
            .notice
            .as_ref()
            .is_some_and(|notice| notice.contains("nothing is lost"))
    );
    assert_eq!(page.exec(1, "GET kept"), ["\"yes\""]);
    assert_eq!(
        page.exec(0, "ZSCORE leaderboard:2026:w14 user:42"),
        ["\"8850\""]
    );
    // Who was subscribed still is, and hears of what comes.
    assert_eq!(
        page.exec(0, "PUBLISH notifications:1 back"),
        ["(integer) 1"]
    );
}

#[test]
fn what_a_command_took_counts_from_when_it_ran() {
    let mut page = Joined::open();
    // Nothing was told meanwhile.
    page.now += 4_000;
    assert_eq!(page.exec(0, "PING"), ["PONG"]);
    let shown = |page: &Joined| page.state.consoles[0].transcript.text("A> ");
    assert!(shown(&page).ends_with("PING\nPONG\n"), "{}", shown(&page));
    page.now += 4_000;
    assert_eq!(page.exec(0, "BLPOP nothing 1"), [""; 0]);
    page.now += 1_000;
    page.settle();
    assert!(
        shown(&page).contains("(nil)\n# (1.00s)\n"),
        "{}",
        shown(&page)
    );
}

#[test]
fn a_blocked_client_keeps_its_answer_open_until_another_wakes_it_or_ctrl_c_ends_it() {
    let mut page = Joined::open();
    assert_eq!(page.exec(1, "XREAD BLOCK 0 STREAMS s $"), [""; 0]);
    assert!(page.state.consoles[1].blocked().is_some());
    assert_eq!(page.exec(0, "XADD s 1-1 f v").len(), 2);
    assert!(page.state.consoles[1].blocked().is_none());
    assert_eq!(page.exec(1, "XREAD BLOCK 0 STREAMS s $"), [""; 0]);
    page.act(Action::Interrupt(1));
    page.settle();
    assert_eq!(page.answers.len(), 1);
    assert_eq!(page.exec(1, "PING"), ["", "PONG"]);
}

#[test]
fn a_panel_types_into_a_console_that_is_free() {
    let mut page = Joined::open();
    page.exec(1, "XREAD BLOCK 0 STREAMS s $");
    page.act(Action::Propose("PING from a panel".into()));
    page.settle();
    let shown = |conn: usize| {
        let blocks = page.state.consoles[conn].transcript.blocks();
        blocks.iter().any(|b| matches!(&b.kind, transcript::Kind::Command { line } if line == "PING from a panel"))
    };
    assert!(shown(0) && !shown(1) && !shown(2));
}
