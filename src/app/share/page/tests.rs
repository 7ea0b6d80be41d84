use super::*;
use crate::app::tests::Joined;
use crate::app::transcript::Kind;
use crate::app::{Action, kept};

fn share(page: &mut Joined, act: Act) {
    page.act(Action::Share(act));
    page.settle();
}

/// What is to be opened opens, as the browser brings it a place to be saved to.
fn take(page: &mut Joined, how: How) {
    share(page, Act::Take(how));
    begins(page, "new");
}

fn begins(page: &mut Joined, id: &str) {
    let (id, seed, start) = (Some(id.to_string()), 99, page.now);
    page.act(Action::Kept(kept::Act::Begins { id, seed, start }));
    page.settle();
}

fn came(page: &mut Joined, fragment: &str) {
    share(page, Act::Came(String::new(), fragment.into()));
}

fn log(page: &Joined, conn: Conn) -> Vec<String> {
    let console = page.state.consoles.iter().find(|c| c.conn == conn).unwrap();
    let blocks = console.transcript.blocks().iter();
    let text = |kind: &Kind| match kind {
        Kind::Command { line } => Some(format!("> {line}")),
        Kind::Reply { text, .. } | Kind::Pushed { text } => Some(text.clone()),
        Kind::Note { .. } | Kind::Why { .. } => None,
    };
    blocks.filter_map(|block| text(&block.kind)).collect()
}

fn own() -> Joined {
    let mut page = Joined::open();
    page.act(Action::Kept(kept::Act::Holds("own".into())));
    page
}

/// A session with time that passes, two clients, a wait and what chance and the clock make.
fn worked() -> Joined {
    let mut page = own();
    page.act(Action::Client(1, client::Act::Label("worker".into())));
    page.exec(1, "BLPOP jobs 0");
    page.now += 4_000;
    page.exec(0, "RPUSH jobs one");
    page.now += 31_000;
    page.exec(0, "XADD s * f 1");
    page.exec(1, "SPOP tags 1");
    page.exec(0, "SET k \"a\\x00;b\" PX 5000");
    page.act(Action::TogglePin(crate::app::stage::Subject::Key(
        0,
        Bytes::from_slice(b"s"),
    )));
    page
}

#[test]
fn a_session_opens_elsewhere_as_it_stands() {
    let mut page = worked();
    share(&mut page, Act::Title("Jobs".into()));
    let (link, text) = handed_on(page.state.document(Mode::Now)).unwrap();
    let id = page.exec(0, "XRANGE s - +");
    for from in [link.unwrap(), text] {
        let mut other = own();
        other.exec(0, "SET mine 1");
        if from.starts_with('#') {
            came(&mut other, &from);
        } else {
            share(&mut other, Act::Text(from));
        }
        let offer = other.state.share().offer.clone().unwrap();
        assert_eq!((offer.title.as_str(), offer.mode), ("Jobs", Mode::Now));
        assert_eq!(other.exec(0, "GET mine"), ["\"1\""], "nothing happened yet");
        take(&mut other, How::Run);
        assert_eq!(other.state.title(), "Jobs");
        assert_eq!(other.exec(0, "XRANGE s - +"), id);
        assert_eq!(other.exec(0, "EXISTS mine"), ["(integer) 0"]);
        assert_eq!(other.state.clients()[1].name, "B, worker");
        assert!(other.state.stage.slots().iter().any(|slot| slot.pinned));
        // The session that was there is kept, and is told of.
        assert_eq!(other.state.kept().bar, Bar::Fresh("own".into()));
        assert_eq!(other.state.kept().own.as_deref(), Some("new"));
    }
}

#[test]
fn a_script_is_stepped_through_and_says_the_same_to_the_byte() {
    let mut page = worked();
    let whole = page.exec(0, "XRANGE s - +");
    let (link, _) = handed_on(page.state.document(Mode::Script)).unwrap();
    let mut other = own();
    came(&mut other, &link.unwrap());
    take(&mut other, How::Step);
    assert_eq!(other.state.timeline.total, 0);
    let walk = other.state.share().walk.clone().unwrap();
    assert_eq!(walk.count().0, 0);
    let (conn, line) = walk.shown().unwrap();
    assert_eq!((conn, &line[..12]), (0, "ZADD leaderb"));
    share(&mut other, Act::Next);
    assert_eq!(log(&other, 0).len(), 2);
    assert!(other.state.time.paused, "each step goes to its own moment");
    share(&mut other, Act::Rest(true));
    let walk = other.state.share().walk.clone().unwrap();
    assert_eq!(walk.count().0, walk.count().1);
    assert_eq!(walk.shown(), None);
    assert!(!walk.running && !other.state.time.paused);
    // Moments, chance and waits came out as they were.
    for conn in [1, 2] {
        assert_eq!(log(&other, conn), log(&page, conn));
    }
    assert_eq!(other.exec(0, "XRANGE s - +"), whole);
    share(&mut other, Act::Done);
    assert_eq!(other.state.share().walk, None);
}

#[test]
fn what_a_person_wrote_runs_by_a_clock_that_runs() {
    let mut page = own();
    came(
        &mut page,
        "#cmd=SET k 1;B>BLPOP q 0;A>RPUSH q x;B>2 INCR k;.advance 5s;GET k&title=T",
    );
    take(&mut page, How::Run);
    assert_eq!(
        log(&page, 0),
        ["> SET k 1", "OK", "> RPUSH q x", "(integer) 1"]
    );
    let b = log(&page, 1);
    assert_eq!(b[0], "> BLPOP q 0");
    assert_eq!(b.last().unwrap(), "\"3\"");
    assert_eq!(page.state.consoles.len(), 3);
    let walk = page.state.share().walk.clone().unwrap();
    assert_eq!(walk.count(), (6, 6));
}

#[test]
fn what_is_offered_when_the_page_opens_waits_and_what_is_small_may_run_at_once() {
    let open = |fragment: &str| {
        let mut page = Joined::shut();
        came(&mut page, fragment);
        page.act(Action::Open);
        page.settle();
        page
    };
    let mut page = open("#cmd=SET k 1");
    assert_eq!(page.state.timeline.total, 0, "the example waits too");
    share(&mut page, Act::Leave);
    assert!(page.state.timeline.total > 10);
    let mut page = open("#cmd=SET k 1&run=1");
    assert_eq!(page.exec(0, "GET k"), ["\"1\""]);
    let many = "INCR k;".repeat(super::super::RUN_MAX + 1);
    let page = open(&format!("#cmd={many}&run=1"));
    assert!(page.state.share().offer.is_some());
    assert_eq!(page.state.timeline.total, 0);
    let page = open("#v1.AAAA");
    assert!(page.state.notice.as_ref().unwrap().contains("not whole"));
}

#[test]
fn what_takes_more_than_it_may_is_not_opened_and_leaves_nothing() {
    let said = |steps: &str| {
        format!(
            r#"{{"keyglass":1,"opens":"now","start":1000,"steps":[{{"do":"connect"}},{steps}]}}"#
        )
    };
    let busy = r#"{"actor":1,"do":"start","name":"a","text":"forever\n  INCR n\n"},{"after":3600000,"run":"PING"}"#;
    let mut page = own();
    page.exec(0, "SET mine 1");
    share(&mut page, Act::Text(said(busy)));
    page.saved.clear();
    share(&mut page, Act::Take(How::Run));
    let (id, seed, start) = (Some("new".to_string()), 1, page.now);
    page.act(Action::Kept(kept::Act::Begins { id, seed, start }));
    // Its actor never rests, and nothing would end before another session is there.
    page.frame();
    begins(&mut page, "blank");
    assert!(page.saved.iter().all(|(_, _, piece)| piece.is_empty()));
    let notice = page.state.notice.clone().unwrap();
    assert!(
        notice.contains("100,000 commands of its actors"),
        "{notice}"
    );
    assert_eq!(page.exec(0, "EXISTS n"), ["(integer) 0"]);
    assert_eq!(page.state.kept().bar, Bar::Fresh("own".into()));

    // Nothing holds the page up that does not come to an end.
    let mut page = own();
    share(&mut page, Act::Text(said(r#"{"run":"PING"}"#)));
    page.act(Action::Share(Act::Take(How::Run)));
    let (id, seed, start) = (None, 1, page.now);
    page.act(Action::Kept(kept::Act::Begins { id, seed, start }));
    page.now += PATIENCE as u64 + 1;
    page.act(Action::Tick);
    assert!(
        page.state
            .notice
            .as_ref()
            .unwrap()
            .contains("longer than 15 seconds")
    );
}

#[test]
fn actors_that_fill_the_memory_later_are_paused() {
    let mut page = own();
    let text = r#"{"keyglass":1,"start":1000,"clock":{"held":true},"steps":[{"do":"connect"},{"actor":1,"do":"start","name":"a","text":"let n = 0\nforever\n  let n = {n} + 1\n  SET k:{n} 1\n"}]}"#;
    share(&mut page, Act::Text(text.into()));
    take(&mut page, How::Run);
    page.act(Action::Clock(Turn::Advance(3_600_000)));
    page.settle();
    page.now += 1_000;
    page.act(Action::Tick);
    page.settle();
    let notice = page.state.notice.clone().unwrap_or_default();
    assert!(notice.contains("100,000"), "{notice}");
    let card = &page.state.actors.cards[0];
    assert!(card.state.as_ref().unwrap().paused);
}

#[test]
fn a_file_is_called_after_its_title() {
    assert_eq!(
        file_name("Who holds: the lock?"),
        "who-holds-the-lock.keyglass"
    );
    assert_eq!(file_name(" ../.. "), "session.keyglass");
}

#[test]
fn a_script_that_is_half_done_goes_on_after_a_reload() {
    let mut page = own();
    came(
        &mut page,
        "#title=Ranks&cmd=ZADD b 1 ann;INCR n;ZADD b 2 bob",
    );
    take(&mut page, How::Step);
    share(&mut page, Act::Note("Watch bob.".into()));
    share(&mut page, Act::Next);
    share(&mut page, Act::Next);
    for _ in 0..3 {
        page.now += 10_000;
        page.settle();
        page.act(Action::Kept(kept::Act::Saved));
        page.act(Action::Tick);
    }
    let about = About::read(&page.saved.last().unwrap().0).unwrap();
    let pieces = page.saved.iter().filter(|(.., piece)| !piece.is_empty());
    let entries = pieces.flat_map(|(.., piece)| postcard::from_bytes::<Vec<Entry>>(piece).unwrap());
    let entries: Vec<Entry> = entries.collect();

    let mut other = Joined::open();
    let (id, broken) = ("new".to_string(), false);
    other.act(Action::Kept(kept::Act::Loaded {
        id,
        about,
        entries,
        broken,
    }));
    other.settle();
    assert_eq!(other.state.title(), "Ranks");
    assert_eq!(other.state.share().note, "Watch bob.");
    let walk = other.state.share().walk.clone().unwrap();
    assert_eq!(walk.count(), (2, 3));
    assert_eq!(walk.shown(), Some((0, "ZADD b 2 bob".into())));
    share(&mut other, Act::Next);
    assert_eq!(other.exec(0, "ZCARD b"), ["(integer) 2"]);
    assert_eq!(other.exec(0, "GET n"), ["\"1\""]);
}

#[test]
fn recorded_commands_that_a_console_would_read_itself_are_sent_all_the_same() {
    let mut page = own();
    for line in ["1 clear", "1 3 PING", "1 .advance 5s", "2 INCR n"] {
        page.exec(0, line);
    }
    let said = log(&page, 0);
    let (link, _) = handed_on(page.state.document(Mode::Script)).unwrap();
    let mut other = own();
    came(&mut other, &link.unwrap());
    take(&mut other, How::Step);
    share(&mut other, Act::Rest(true));
    let replies = |log: &[String]| {
        let replies = log.iter().filter(|text| !text.starts_with("> "));
        replies.cloned().collect::<Vec<_>>()
    };
    assert_eq!(replies(&log(&other, 0)), replies(&said));
    assert!(
        said.iter()
            .any(|text| text.contains("unknown command 'clear'")),
        "{said:?}"
    );
    assert_eq!(other.exec(0, "GET n"), ["\"2\""]);
}

#[test]
fn recorded_commands_have_the_replies_that_they_had_in_both_ways_of_opening() {
    // A client of the server sent them: no console of this page would.
    let lines = ["HELP", "2 HELP GET", ".pause", ":set hints", "PING"];
    let document = Document {
        begins: Some((1, 1_700_000_000_000)),
        ..Document::of_lines(lines.map(|line| (0, line.to_string())).to_vec())
    };
    let mut stepped = own();
    let (link, _) = handed_on(document).unwrap();
    came(&mut stepped, &link.unwrap());
    take(&mut stepped, How::Step);
    for n in 0..lines.len() {
        assert_eq!(
            stepped.state.share().walk.as_ref().unwrap().count(),
            (n, lines.len())
        );
        share(&mut stepped, Act::Next);
    }
    let said = log(&stepped, 0);
    for name in ["HELP", "2", ".pause", ":set"] {
        let unknown = format!("unknown command '{name}'");
        assert!(
            said.iter().any(|text| text.contains(&unknown)),
            "{name}: {said:?}"
        );
    }
    assert_eq!(said.last().map(String::as_str), Some("PONG"));
    assert_eq!(stepped.state.log().entries.len(), lines.len() + 1);
}

#[test]
fn one_command_that_takes_more_than_it_may_ends_the_script_and_what_is_under_way() {
    let mut page = own();
    came(
        &mut page,
        "#cmd=SETRANGE k 140000000 x;INCR n;3 INCR n;B>INCR n",
    );
    take(&mut page, How::Run);
    let notice = page.state.notice.clone().unwrap_or_default();
    assert!(notice.contains("134,217,728 bytes of memory"), "{notice}");
    assert_eq!(page.state.share().walk, None);
    let said = log(&page, 0);
    assert!(said.iter().any(|text| text.contains("Not run")), "{said:?}");
    assert_eq!(page.exec(0, "EXISTS k n"), ["(integer) 1"]);
    // Whose page it is may go on as they want, and a new server half brings all of it back.
    assert_eq!(
        page.exec(0, "SETRANGE k2 140000000 x"),
        ["(integer) 140000001"]
    );
    page.act(Action::ServerBroke("for a test".into()));
    page.settle();
    assert_eq!(page.exec(1, "EXISTS k k2"), ["(integer) 2"]);
}

#[test]
fn an_actor_that_takes_more_memory_than_it_may_does_so_once() {
    let text = r#"{"keyglass":1,STEPS{"actor":1,"do":"start","name":"a","text":"let n = 0\nforever\n  let n = {n} + 1\n  SETRANGE k:{n} 140000000 x\n"}LATER]}"#;
    let begins = r#""opens":"now","start":1000,"steps":[{"do":"connect"},"#;
    let whole = text
        .replace("STEPS", begins)
        .replace("LATER", r#",{"after":60000,"run":"PING"}"#);
    let mut page = own();
    share(&mut page, Act::Text(whole));
    take(&mut page, How::Run);
    let notice = page.state.notice.take().unwrap_or_default();
    assert!(notice.contains("not opened"), "{notice}");
    let written = text
        .replace("STEPS", r#""steps":[{"run":"PING"},"#)
        .replace("LATER", "");
    share(&mut page, Act::Text(written));
    take(&mut page, How::Run);
    for _ in 0..20 {
        page.now += 16;
        page.settle();
    }
    let notice = page.state.notice.clone().unwrap_or_default();
    assert!(notice.contains("its actors are paused"), "{notice}");
    assert_eq!(page.exec(0, "EXISTS k:1 k:2 k:3"), ["(integer) 1"]);
}

#[test]
fn what_breaks_the_server_half_again_and_again_is_given_up() {
    let mut page = own();
    came(&mut page, "#cmd=INCR n");
    take(&mut page, How::Run);
    for _ in 0..BREAKS_MAX {
        page.act(Action::ServerBroke("for a test".into()));
        page.settle();
        assert_eq!(page.exec(0, "GET n"), ["\"1\""]);
    }
    page.act(Action::ServerBroke("for a test".into()));
    let notice = page.state.notice.clone().unwrap_or_default();
    assert!(notice.contains("broke at it"), "{notice}");
    begins(&mut page, "next");
    assert_eq!(page.exec(0, "EXISTS n"), ["(integer) 0"]);
}
