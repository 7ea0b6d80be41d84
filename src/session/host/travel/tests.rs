use super::*;
use crate::session::lua::machine;

const START: Millis = 1_700_000_000_000;

struct Page {
    host: Host,
    /// The wall clock, since the start.
    wall: Millis,
    view: HistoryView,
    clients: Vec<(Conn, bool)>,
    /// What was sent last, and the log as the page keeps it.
    sent: Option<What>,
    log: Log,
}

impl Page {
    fn open() -> Self {
        let mut page = Self {
            host: Host::new(1, START, machine),
            wall: 0,
            view: HistoryView::default(),
            clients: Vec::new(),
            sent: None,
            log: Log::new(1, START),
        };
        for conn in 0..2 {
            page.ask(Request::Input {
                conn,
                what: What::Connect,
            });
        }
        page
    }

    fn ask(&mut self, request: Request) -> Vec<Update> {
        if let Request::Input { what, .. } = &request {
            self.sent = Some(what.clone());
        }
        self.host.handle(START + self.wall, request);
        self.frame()
    }

    fn frame(&mut self) -> Vec<Update> {
        let Frame { now, mut updates } = self.host.frame(START + self.wall);
        self.log.until = now;
        for update in &updates {
            match update {
                Update::Recorded { at, conn, .. } => {
                    let (at, conn) = (*at, *conn);
                    let what = self.sent.take().unwrap();
                    let input = Input { at, conn, what };
                    self.log.entries.push(Entry::Input(input));
                }
                Update::Logged(entry) => self.log.entries.push(entry.clone()),
                Update::History(view) => self.view = view.clone(),
                Update::Client { conn, state } => self.clients.push((*conn, state.is_some())),
                _ => {}
            }
        }
        updates.retain(|update| !matches!(update, Update::Logged(_)));
        updates
    }

    fn say(&mut self, conn: Conn, line: &str) -> Vec<Update> {
        let words = split_words(line.as_bytes()).unwrap();
        let what = What::Bytes(encode_command(&words));
        self.ask(Request::Input { conn, what })
    }

    fn reply(&mut self, line: &str) -> String {
        let updates = self.say(0, line);
        let outputs = updates.iter().filter_map(|update| match update {
            Update::Output { conn: 0, bytes, .. } => Some(text::format_all(bytes)),
            _ => None,
        });
        outputs.collect::<String>().trim_end().to_string()
    }

    fn travel(&mut self, travel: Travel) -> Vec<Update> {
        self.ask(Request::Travel(travel))
    }

    fn now(&self) -> Millis {
        self.host.now.engine.now - START
    }

    fn past(&self) -> Option<(usize, Millis)> {
        self.view
            .past
            .map(|(point, _)| (point.inputs, point.at - START))
    }
}

fn lock() -> Target {
    Target::Key {
        db: 0,
        key: Bytes::from_slice(b"lock"),
        window: Window {
            start: None,
            count: 10,
        },
        look: Look::default(),
    }
}

fn seen(updates: &[Update]) -> Option<(bool, usize)> {
    updates.iter().find_map(|update| match update {
        Update::View {
            view: View::Key { value, facts, .. },
            ..
        } => Some((*value != ValueView::Missing, facts.len())),
        _ => None,
    })
}

#[test]
fn the_past_stands_still_and_shows_what_was_then() {
    let mut page = Page::open();
    page.ask(Request::Watch {
        panel: 1,
        target: lock(),
    });
    page.wall = 100;
    assert_eq!(seen(&page.say(0, "SET lock t NX PX 1000")), Some((true, 1)));
    page.wall = 500;
    page.ask(Request::Input {
        conn: 2,
        what: What::Connect,
    });
    page.wall = 2000;
    assert_eq!(seen(&page.frame()), Some((false, 3)), "it has expired");

    page.clients.clear();
    let updates = page.travel(Travel::At(START + 400));
    assert_eq!(seen(&updates), Some((true, 1)));
    assert_eq!((page.past(), page.now()), (Some((3, 400)), 400));
    assert_eq!(page.clients, [(2, false)], "it was not there yet");
    page.wall = 90_000;
    assert!(page.frame().is_empty(), "time stands");
    assert_eq!(page.host.next_deadline(), None);

    page.clients.clear();
    let updates = page.travel(Travel::End);
    assert_eq!(seen(&updates), Some((false, 3)));
    assert_eq!((page.past(), page.now()), (None, 2000));
    assert_eq!(page.clients, [(2, true)]);
    page.wall += 7;
    page.frame();
    assert_eq!(page.now(), 2007, "time goes on from where it was");
}

#[test]
fn what_is_typed_in_the_past_forks_and_the_other_branch_can_be_walked_on() {
    let mut page = Page::open();
    page.wall = 10;
    page.say(0, "SET k 1");
    page.wall = 20;
    page.say(0, "SET k 2");
    page.wall = 30;
    page.travel(Travel::Undo);
    assert_eq!((page.past(), page.view.can_undo), (Some((3, 20)), true));
    page.wall = 1000;
    let updates = page.say(1, "APPEND k x");
    let forked = Update::Forked {
        from: Point {
            inputs: 3,
            at: START + 20,
        },
        branch: 2,
        left: 1,
        dropped: None,
    };
    assert_eq!(updates[0], forked, "said before anything comes of it");
    assert!(matches!(updates[1], Update::Recorded { at, .. } if at == START + 20));
    assert_eq!(page.past(), None);
    assert_eq!((page.view.branch, page.view.branches.len()), (2, 1));
    assert_eq!(page.reply("GET k"), "\"1x\"");

    let updates = page.travel(Travel::Walk(1));
    assert!(updates.contains(&Update::Walked { branch: 1, left: 2 }));
    assert_eq!(page.now(), 30);
    assert_eq!(page.reply("GET k"), "\"2\"");
    page.travel(Travel::Drop(2));
    assert!(page.view.branches.is_empty());
    let refused = page.travel(Travel::Walk(2));
    assert!(refused.iter().any(|u| matches!(u, Update::Refused(_))));
}

#[test]
fn a_panel_is_told_anew_of_a_key_whose_version_is_the_same_on_another_branch() {
    let mut page = Page::open();
    page.ask(Request::Watch {
        panel: 1,
        target: lock(),
    });
    page.say(0, "SET lock mine");
    page.travel(Travel::Undo);
    page.say(0, "SET lock yours");
    assert!(seen(&page.travel(Travel::Walk(1))).is_some());
}

#[test]
fn undo_and_redo_say_when_there_is_no_more() {
    let mut page = Page::open();
    let refused = |updates: Vec<Update>| updates.iter().any(|u| matches!(u, Update::Refused(_)));
    assert!(!page.view.can_undo);
    assert!(refused(page.travel(Travel::Undo)));
    page.say(0, "SET k 1");
    assert!(!refused(page.travel(Travel::Undo)));
    assert!(!refused(page.travel(Travel::Redo)));
    assert!(refused(page.travel(Travel::Redo)));
    assert_eq!(page.reply("GET k"), "\"1\"");
}

#[test]
fn moments_are_named_and_compared() {
    let mut page = Page::open();
    page.wall = 5;
    page.say(0, "SET lock t NX PX 1000");
    page.travel(Travel::Name("Ann has it".into()));
    page.wall = 2000;
    page.say(1, "SET lock t NX PX 1000");
    let [named] = page.view.names.clone().try_into().unwrap();
    assert_eq!((named.name.as_str(), named.point.inputs), ("Ann has it", 3));
    let end = Point {
        inputs: usize::MAX,
        at: Millis::MAX,
    };
    let updates = page.travel(Travel::Compare(end, named.point));
    let found = updates.into_iter().find_map(|update| match update {
        Update::Differences {
            between,
            differences,
        } => Some((between, differences)),
        _ => None,
    });
    let (between, differences) = found.unwrap();
    assert_eq!(between[0], named.point);
    assert_eq!(between[1].at, START + 2000);
    assert_eq!(
        differences.keys[0].parts[0],
        Part::Holder([Some(0), Some(1)])
    );
    assert_eq!(page.past(), None, "to compare is to go nowhere");
    for n in 0..NAMES_MAX {
        page.wall += 1;
        let updates = page.travel(Travel::Name(format!("moment {n}")));
        let refused = updates.iter().any(|u| matches!(u, Update::Refused(_)));
        assert_eq!(refused, n == NAMES_MAX - 1);
    }
}

#[test]
fn a_script_that_stands_still_runs_to_its_end_first() {
    let mut page = Page::open();
    page.ask(Request::Stepping { on: true });
    for _ in 0..2 {
        page.say(0, "EVAL 'return redis.call(\"INCR\", KEYS[1])' 1 n");
    }
    assert!(page.host.now.engine.stands());
    page.travel(Travel::Name("here".into()));
    assert!(!page.host.now.engine.stands());
    assert_eq!(page.view.inputs, 4);
    page.travel(Travel::Undo);
    page.ask(Request::Stepping { on: false });
    assert_eq!(page.reply("GET n"), "\"1\"");
    page.ask(Request::Stepping { on: true });
    page.travel(Travel::Undo);
    page.say(0, "EVAL 'return redis.call(\"INCR\", KEYS[1])' 1 n");
    assert!(page.host.now.engine.stands(), "stepping stays as it was");
}

#[test]
fn a_session_begun_from_its_record_can_be_gone_back_in() {
    let mut page = Page::open();
    page.wall = 50;
    page.say(0, "SET k 1");
    page.wall = 90;
    page.say(0, "SET k 2");
    let record = page.host.history.record();
    let mut again = Page::open();
    again.wall = 100;
    again.ask(Request::Begin(Log::of(record, START + 95)));
    assert_eq!(again.view.inputs, 4);
    again.travel(Travel::To(Point {
        inputs: 3,
        at: START + 60,
    }));
    assert_eq!(again.reply("GET k"), "\"1\"");
}

/// Whether the actor is told of, whether it is there, and how much it has sent.
fn actor(updates: &[Update]) -> Option<Option<u64>> {
    updates.iter().find_map(|update| match update {
        Update::Actor { conn: 7, state } => Some(state.as_ref().map(|view| view.sent)),
        _ => None,
    })
}

#[test]
fn actors_are_taken_back_and_do_again_what_they_did() {
    let mut page = Page::open();
    page.wall = 100;
    page.ask(Request::Input {
        conn: 7,
        what: What::Actor(Steer::Start {
            name: "adder".into(),
            text: "forever\n  wait 1ms..20ms\n  XADD log * by {ann|bob|cy}\n".into(),
        }),
    });
    page.wall = 1100;
    let all = actor(&page.frame()).unwrap().unwrap();
    let was = format!("{:?}", page.host.now);
    assert!(all > 50, "{all}");

    page.clients.clear();
    assert_eq!(actor(&page.travel(Travel::At(START + 99))), Some(None));
    assert_eq!(page.clients, [], "no more is said of its connection");
    let updates = page.travel(Travel::End);
    assert_eq!(actor(&updates), Some(Some(all)));
    let said = |updates: &[Update]| updates.iter().any(|u| matches!(u, Update::Acted { .. }));
    assert!(!said(&updates), "nothing is said again");

    let sent = actor(&page.travel(Travel::At(START + 600))).unwrap();
    assert!(sent.is_some_and(|sent| sent > 20 && sent < all - 20));
    page.wall = 90_000;
    assert_eq!(actor(&page.frame()), None, "it stands still");
    page.travel(Travel::Fork);
    page.wall += 500;
    let updates = page.frame();
    assert_eq!(actor(&updates), Some(Some(all)));
    assert!(said(&updates));
    assert_eq!(format!("{:?}", page.host.now), was);
}

#[test]
fn the_clock_is_held_in_the_past_and_then_runs_as_the_learner_has_it() {
    let mut page = Page::open();
    page.say(0, "SET lock t PX 9000");
    let fast = Speed::of_tenths(100).unwrap();
    page.ask(Request::Clock(Turn::Speed(fast)));
    page.wall = 500;
    page.frame();
    assert_eq!(page.now(), 5000);
    page.travel(Travel::At(START + 1000));
    page.wall = 700;
    page.frame();
    assert_eq!((page.now(), page.past()), (1000, Some((3, 1000))));
    assert_eq!(page.host.next_deadline(), None);
    page.travel(Travel::End);
    assert_eq!(page.now(), 5000);
    page.wall = 750;
    page.frame();
    assert_eq!(page.now(), 5500);
    assert_eq!(page.host.next_deadline(), Some(START + 1100));

    // To move it on from a moment in the past is to go on from there.
    page.say(0, "SET k 1");
    page.travel(Travel::At(START + 2000));
    page.ask(Request::Clock(Turn::Pause));
    let updates = page.ask(Request::Clock(Turn::ToExpiry));
    assert!(matches!(updates[0], Update::Forked { .. }), "{updates:?}");
    assert!(matches!(updates[1], Update::Turned(Turned { at, .. }) if at == START + 9000));
    assert_eq!((page.now(), page.past()), (9000, None));
    page.wall = 5000;
    page.frame();
    assert_eq!(page.now(), 9000, "the learner holds it");
}

#[test]
fn a_log_with_forks_names_and_branches_gives_all_of_them_back() {
    let mut page = Page::open();
    for (at, line) in [(10, "SET k 1"), (20, "SET k 2"), (30, "SET k 3")] {
        page.wall = at;
        page.say(0, line);
    }
    page.wall = 40;
    page.travel(Travel::Undo);
    page.travel(Travel::Undo);
    page.travel(Travel::Name("before the second".into()));
    page.wall = 50;
    page.say(1, "APPEND k x");
    page.wall = 60;
    page.travel(Travel::Undo);
    page.wall = 70;
    page.say(1, "APPEND k y");
    page.travel(Travel::Walk(1));
    page.wall = 80;
    page.say(2, "APPEND k z");
    page.travel(Travel::Drop(2));
    assert_eq!(page.view.branches.len(), 1, "{:?}", page.view);
    let mut again = Page::open();
    again.ask(Request::Begin(page.log.clone()));
    assert_eq!(again.view, page.view);
    assert_eq!(again.reply("GET k"), page.reply("GET k"));
    again.travel(Travel::Walk(3));
    page.travel(Travel::Walk(3));
    assert_eq!(again.view, page.view);
    assert_eq!(again.reply("GET k"), "\"1y\"");
}
