use super::*;
use crate::app::tests::Joined;
use crate::app::transcript::Kind;
use crate::app::{Action, client};

fn shown(page: &Joined, conn: Conn) -> Vec<String> {
    let console = page.state.consoles.iter().find(|c| c.conn == conn);
    let blocks = console.unwrap().transcript.blocks();
    // Why a reply is what it is, is said only as it comes.
    let said = blocks
        .iter()
        .filter(|block| !matches!(block.kind, Kind::Why { .. }));
    let line = |block: &Rc<crate::app::transcript::Block>| match &block.kind {
        Kind::Command { line } => format!("> {line}"),
        Kind::Reply { text, .. }
        | Kind::Pushed { text }
        | Kind::Note { text }
        | Kind::Why { text } => text.clone(),
    };
    said.map(line).collect()
}

fn last(page: &Joined, conn: Conn, lines: usize) -> Vec<String> {
    let all = shown(page, conn);
    all[all.len() - lines..].to_vec()
}

fn go(page: &mut Joined, travel: Travel) {
    page.act(Action::Travel(travel));
    page.settle();
}

#[test]
fn lines_name_where_to_go() {
    let parsed = |line: &str| parse(&split_words(line.as_bytes()).unwrap());
    assert_eq!(parsed(".UNDO"), Ok(Way::Travel(Travel::Undo)));
    assert_eq!(parsed(".at 00:04:31.250"), Ok(Way::At(271_250)));
    assert_eq!(parsed(".at 1:02:03"), Ok(Way::At(3_723_000)));
    assert_eq!(parsed(".at 4.5"), Ok(Way::At(4_500)));
    assert_eq!(
        parsed(".name before the crash"),
        Ok(Way::Travel(Travel::Name("before the crash".into())))
    );
    for wrong in [
        ".at",
        ".at x",
        ".at 1:2:3:4",
        ".at 1.",
        ".at 1.2345",
        ".at -1",
        ".undo 2",
        ".name",
        ".at 9999999",
    ] {
        assert!(parsed(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn going_back_shows_every_console_as_it_was_and_coming_back_as_it_is() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1");
    page.exec(1, "GET k");
    page.exec(0, "SET k 2");
    let (a, b) = (shown(&page, 0), shown(&page, 1));
    go(&mut page, Travel::Undo);
    assert!(page.state.in_past() && !page.state.clock_runs());
    // Lines are shown as one would type their words.
    assert_eq!(shown(&page, 0).len(), a.len() - 2);
    assert_eq!(last(&page, 0, 2), ["> SET k 1", "OK"]);
    assert_eq!(shown(&page, 1), b);
    go(&mut page, Travel::Undo);
    assert_eq!(shown(&page, 1), b[..b.len() - 2]);
    go(&mut page, Travel::Redo);
    go(&mut page, Travel::Redo);
    assert!(!page.state.in_past());
    assert_eq!((shown(&page, 0), shown(&page, 1)), (a, b));
}

#[test]
fn typing_in_the_past_goes_on_from_there_and_what_came_after_can_be_walked_again() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1");
    page.exec(0, "SET k 2");
    let marks = page.state.timeline.marks.len();
    let before = shown(&page, 0);
    go(&mut page, Travel::Undo);
    let first = page.state.past.view.branch;
    assert_eq!(page.exec(0, "GET k"), ["\"1\""]);
    assert!(!page.state.in_past());
    assert_eq!(last(&page, 0, 2), ["> GET k", "\"1\""]);
    assert_eq!(page.state.timeline.marks.len(), marks);
    assert_eq!(page.state.timeline.marks.back().unwrap().line, "GET k");
    assert!(page.state.notice.as_ref().unwrap().contains("branch 1"));
    let second = page.state.past.view.branch;
    assert_ne!(first, second);
    // The notice that tells of it has the way back, and goes with it.
    assert_eq!(page.state.way_back(), Some(first));
    go(&mut page, Travel::Walk(first));
    assert_eq!((page.state.way_back(), &page.state.notice), (None, &None));
    assert_eq!(shown(&page, 0), before);
    assert_eq!(page.exec(0, "GET k"), ["\"2\""]);
    go(&mut page, Travel::Walk(second));
    assert_eq!(last(&page, 0, 2), ["> GET k", "\"1\""]);
}

#[test]
fn who_waits_in_the_past_is_seen_waiting_and_is_answered_once_it_goes_on() {
    let mut page = Joined::open();
    page.exec(1, "BLPOP list 0");
    page.exec(0, "RPUSH list x");
    assert_eq!(last(&page, 1, 1)[0].lines().count(), 2);
    go(&mut page, Travel::Undo);
    assert!(page.state.consoles[1].blocked().is_some() && page.state.consoles[1].busy());
    assert_eq!(last(&page, 1, 1), ["> BLPOP list 0"]);
    page.exec(0, "RPUSH list y");
    assert!(last(&page, 1, 1)[0].contains("\"y\""));
    assert!(!page.state.consoles[1].busy());
}

#[test]
fn a_subscriber_in_the_past_still_reads_messages_and_another_protocol_is_spoken() {
    let mut page = Joined::open();
    page.exec(1, "HELLO 3");
    page.exec(2, "SUBSCRIBE news");
    page.exec(0, "SET k 1");
    go(&mut page, Travel::Undo);
    assert!(page.state.consoles[2].transcript.subscriptions() > 0);
    assert_eq!(page.state.consoles[1].transcript.resp(), Resp::Three);
    assert_eq!(page.exec(0, "PUBLISH news hello"), ["(integer) 1"]);
    assert!(last(&page, 2, 1)[0].contains("hello"));
}

#[test]
fn a_client_that_had_not_come_connects_with_its_first_command() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1");
    page.act(Action::AddClient);
    page.settle();
    assert_eq!(page.exec(3, "GET k"), ["\"1\""]);
    go(&mut page, Travel::Undo);
    go(&mut page, Travel::Undo);
    assert!(page.state.consoles[3].cut, "it comes after the first SET");
    assert_eq!(
        page.state.past.view.branches.len(),
        0,
        "to look changes nothing"
    );
    assert_eq!(page.exec(3, "GET k"), ["(nil)"]);
}

#[test]
fn a_client_that_was_closed_is_there_again() {
    let mut page = Joined::open();
    page.exec(2, "PING");
    let said = last(&page, 2, 1);
    let count = page.state.consoles.len();
    page.act(Action::Client(2, client::Act::Close));
    page.settle();
    assert_eq!(page.state.consoles.len(), count - 1);
    go(&mut page, Travel::Undo);
    assert_eq!(page.state.consoles.len(), count);
    assert_eq!(last(&page, 2, 1), said);
    go(&mut page, Travel::End);
    assert_eq!(page.state.consoles.len(), count - 1);
}

#[test]
fn lines_travel_and_whoever_waits_for_them_is_told() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1");
    let at = page.now;
    page.now += 5_000;
    page.exec(0, "SET k 2");
    let told = page.exec(
        1,
        &format!(".at {}", format::clock(at - page.state.log().start)),
    );
    assert!(told[0].starts_with("at 00:00:"), "{told:?}");
    assert!(page.state.in_past());
    assert_eq!(page.exec(1, ".name one"), [""]);
    assert_eq!(page.state.past.view.names.len(), 1);
    page.exec(1, ".back");
    assert!(!page.state.in_past());
    assert_eq!(page.exec(1, ".redo"), ["There is nothing to redo."]);
    assert_eq!(page.exec(1, "GET k"), ["\"2\""]);
}

#[test]
fn a_drag_asks_for_the_last_place_only() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1");
    let mut effects = Vec::new();
    for ms in 0..50 {
        let at = page.state.log().start + ms;
        page.state.travel(Travel::At(at), &mut effects);
    }
    assert_eq!(effects.len(), 1);
    page.state.retold(&[], false, 0.0, &mut effects);
    assert_eq!(effects.len(), 2);
    let at = page.state.log().start + 49;
    assert_eq!(
        effects[1],
        Effect::Post(vec![Request::Travel(Travel::At(at))])
    );
}

#[test]
fn a_new_server_half_stands_at_the_end_and_loses_nothing_of_it() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1");
    page.now += 60_000;
    page.exec(0, "SET l 1 PX 100000");
    go(&mut page, Travel::Undo);
    page.now += 1_000_000;
    page.act(Action::ServerBroke("broken".into()));
    page.settle();
    assert!(!page.state.in_past());
    assert_eq!(page.exec(0, "EXISTS k l"), ["(integer) 2"]);
    assert_eq!(last(&page, 0, 2), ["> EXISTS k l", "(integer) 2"]);
}

#[test]
fn lines_behind_one_that_travels_are_run_there() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1");
    page.act(Action::Run {
        conn: 0,
        text: ".undo\nSET l 2\nEXISTS k l".into(),
        ticket: Some(9),
    });
    page.settle();
    assert_eq!(page.answers, [(9, "(integer) 1".to_string())]);
    assert!(!page.state.in_past());
}

#[test]
fn expiries_are_marked_once_however_often_the_session_goes_back_or_begins_anew() {
    let mut page = Joined::open();
    page.exec(0, "SET k 1 PX 10");
    page.now += 20;
    page.settle();
    page.exec(0, "SET l 1");
    go(&mut page, Travel::Undo);
    go(&mut page, Travel::End);
    page.act(Action::ServerBroke("broken".into()));
    page.settle();
    let names: Vec<_> = page
        .state
        .timeline
        .expired
        .iter()
        .map(|gone| &gone.key[..])
        .collect();
    assert_eq!(names, [b"k"]);
}
