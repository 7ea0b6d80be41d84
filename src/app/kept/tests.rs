use super::*;
use crate::app::tests::Joined;
use crate::app::{Action, client};

fn session(id: &str, held: bool, about: Option<About>) -> Session {
    Session {
        id: id.into(),
        when: "today 10:31".into(),
        held,
        about,
    }
}

fn about(commands: usize) -> Option<About> {
    Some(About {
        commands,
        ..About::default()
    })
}

fn keep(page: &mut Joined, act: Act) {
    page.act(Action::Kept(act));
    page.settle();
}

/// What was saved, put together as the storage gives it back.
fn read(page: &Joined) -> (About, Vec<Entry>) {
    let about = About::read(&page.saved.last().unwrap().0).unwrap();
    let mut entries: Vec<Entry> = Vec::new();
    for (_, from, piece) in page.saved.iter().filter(|(.., piece)| !piece.is_empty()) {
        assert_eq!(*from, entries.len());
        entries.extend(postcard::from_bytes::<Vec<Entry>>(piece).unwrap());
    }
    (about, entries)
}

/// Lets what is to be saved be saved.
fn save(page: &mut Joined) {
    for _ in 0..3 {
        page.now += PACE as u64 + 1;
        page.settle();
        keep(page, Act::Saved);
        page.act(Action::Tick);
    }
    keep(page, Act::Saved);
}

fn kept() -> Joined {
    let mut page = Joined::open();
    keep(&mut page, Act::Holds("own".into()));
    page
}

#[test]
fn nothing_is_saved_before_somebody_types() {
    let mut page = kept();
    save(&mut page);
    assert_eq!(page.saved.len(), 0);
    page.exec(0, "SET k 1");
    save(&mut page);
    let (about, entries) = read(&page);
    assert_eq!(&entries, &page.state.log().entries);
    assert_eq!(about.commands, page.state.timeline.total);
}

#[test]
fn a_session_comes_back_with_its_clients_its_branches_and_its_consoles() {
    let mut page = kept();
    page.exec(0, "SET k 1");
    page.act(Action::Client(1, client::Act::Label("worker".into())));
    page.act(Action::Client(1, client::Act::Move(0)));
    page.exec(0, "SET k 2");
    page.act(Action::Travel(Travel::Undo));
    page.settle();
    page.exec(0, "SET k 3");
    page.act(Action::TogglePin(Subject::Key(0, Bytes::from_slice(b"k"))));
    page.exec(1, "BLPOP list 0");
    save(&mut page);
    let (about, entries) = read(&page);
    let branches = page.state.past().view.branches.clone();
    let marks = page.state.timeline.marks.len();

    let mut other = Joined::open();
    let id = "own".to_string();
    keep(
        &mut other,
        Act::Loaded {
            id,
            about,
            entries,
            broken: false,
        },
    );
    assert_eq!(other.state.kept().bar, Bar::Back);
    let clients = other.state.clients();
    assert_eq!(
        (clients[0].conn, clients[0].name.as_str()),
        (1, "B, worker")
    );
    assert!(other.state.consoles[0].blocked().is_some());
    assert_eq!(other.state.past().view.branches, branches);
    assert_eq!(other.state.timeline.marks.len(), marks);
    let pinned = other.state.stage.slots().iter().find(|slot| slot.pinned);
    assert_eq!(
        pinned.unwrap().subject,
        Subject::Key(0, Bytes::from_slice(b"k"))
    );
    assert_eq!(other.exec(0, "GET k"), ["\"3\""]);
    // It goes on being saved from where it was.
    other.now += 10_000;
    other.settle();
    let (_, from, piece) = &other.saved[0];
    assert!(*from > 20);
    assert!(!piece.is_empty());
}

#[test]
fn how_much_of_a_session_is_back_is_told_and_is_no_sign_that_it_is() {
    let mut page = kept();
    page.exec(0, "SET k 1");
    let told = |page: &mut Joined, done: usize| {
        let updates = vec![Update::Folded { done, all: 2_000 }];
        let now = page.now;
        page.act(Action::Frame(Frame { now, updates }));
    };
    let until = page.state.log().until;
    page.now += 1_000;
    told(&mut page, 500);
    assert_eq!(page.state.kept().bar, Bar::Nothing);
    assert_eq!(
        page.state.log().until,
        until,
        "it is not the session's own time"
    );
    page.state.kept_mut().bar = Bar::Coming(2_000, 0);
    told(&mut page, 1_500);
    assert_eq!(page.state.kept().bar, Bar::Coming(2_000, 1_500));
}

#[test]
fn a_session_that_comes_back_says_how_long_it_takes_and_can_be_stopped() {
    let mut page = kept();
    page.state.kept_mut().bar = Bar::Coming(2_000, 0);
    let mut told = |done: usize| {
        page.now += 1_000;
        let updates = vec![Update::Folded { done, all: 2_000 }];
        page.act(Action::Frame(Frame {
            now: page.now,
            updates,
        }));
        page.state.kept().pace.left()
    };
    assert_eq!([told(500), told(1_000)], [None, Some(2)]);
    page.saved.clear();
    keep(&mut page, Act::GiveUp);
    page.now += 10_000;
    page.act(Action::Tick);
    assert_eq!(page.saved, [], "of what is not all there, nothing is saved");
    let (id, seed, start) = (Some("next".into()), 5, page.now);
    keep(&mut page, Act::Begins { id, seed, start });
    assert_eq!(page.state.log().seed, 5);
}

#[test]
fn a_session_that_nobody_has_open_is_offered_once_and_not_when_somebody_types_already() {
    let mut page = kept();
    let all = vec![
        session("held", true, about(1)),
        session("later", false, None),
        session("one", false, about(214)),
    ];
    keep(&mut page, Act::Listed(all.clone()));
    assert!(matches!(&page.state.kept().bar, Bar::Offer(s) if s.id == "one"));
    keep(&mut page, Act::Dismiss);
    assert_eq!(page.state.kept().bar, Bar::Nothing);

    let mut page = kept();
    page.exec(0, "PING");
    keep(&mut page, Act::Listed(all));
    assert_eq!(page.state.kept().bar, Bar::Nothing);
    assert_eq!(page.state.kept().sessions.len(), 3);
}

#[test]
fn a_fresh_session_can_be_undone() {
    let mut page = kept();
    page.exec(0, "SET k 1");
    save(&mut page);
    let (about, entries) = read(&page);
    keep(&mut page, Act::Fresh);
    let (id, seed, start) = (Some("new".to_string()), 8, page.now);
    keep(&mut page, Act::Begins { id, seed, start });
    assert_eq!(page.exec(0, "EXISTS k"), ["(integer) 0"]);
    assert_eq!(page.state.kept().bar, Bar::Fresh("own".into()));
    let id = "own".to_string();
    keep(
        &mut page,
        Act::Loaded {
            id,
            about,
            entries,
            broken: false,
        },
    );
    assert_eq!(page.exec(0, "GET k"), ["\"1\""]);
    assert_eq!(page.state.kept().own.as_deref(), Some("own"));
}

#[test]
fn a_storage_that_refuses_is_told_of_once_and_all_is_saved_when_it_no_longer_does() {
    let mut page = kept();
    page.exec(0, "SET k 1");
    keep(&mut page, Act::Failed("the storage is full.".into()));
    assert!(page.state.notice.as_ref().unwrap().contains("is full"));
    page.act(Action::Dismiss);
    page.saved.clear();
    page.exec(0, "SET k 2");
    assert_eq!(page.saved.len(), 0, "not at once");
    keep(&mut page, Act::Failed("the storage is full.".into()));
    assert_eq!(page.state.notice, None);
    page.now += AGAIN as u64 + 1;
    page.act(Action::Tick);
    let (_, entries) = read(&page);
    assert_eq!(&entries, &page.state.log().entries);
}

#[test]
fn too_many_sessions_lose_the_oldest_that_is_free() {
    let mut page = kept();
    let all: Vec<Session> = (0..KEPT_MAX + 2)
        .map(|n| session(&n.to_string(), n == KEPT_MAX + 1, about(1)))
        .collect();
    let effects = page.state.update(Action::Kept(Act::Listed(all)), 0.0);
    let gone = |effect: &Effect| matches!(effect, Effect::Remove(_));
    let gone: Vec<_> = effects.into_iter().filter(gone).collect();
    let last = |n: usize| Effect::Remove((KEPT_MAX - n).to_string());
    assert_eq!(gone, [last(1), last(0)]);
}
