use super::*;
use crate::app::tests::Joined;
use crate::app::{Action, transcript, wire};

fn letters(page: &Joined) -> String {
    let letter = |c: &Rc<Console>| format::client_letter(c.conn);
    page.state.consoles.iter().map(letter).collect()
}

fn act(page: &mut Joined, conn: Conn, act: Act) {
    page.act(Action::Client(conn, act));
    page.settle();
}

fn console(page: &Joined, conn: Conn) -> &Console {
    page.state.consoles.iter().find(|c| c.conn == conn).unwrap()
}

fn told(page: &Joined, conn: Conn) -> Vec<String> {
    let line = |fact: &Fact| format!("{}: {}", fact.what, fact.items.join(", "));
    let client = console(page, conn).client.as_ref().unwrap();
    facts(client).iter().map(line).collect()
}

#[test]
fn sixteen_clients_answer_and_a_seventeenth_is_refused() {
    let mut page = Joined::open();
    for _ in 3..=CLIENTS_MAX {
        page.act(Action::AddClient);
    }
    page.settle();
    assert_eq!(letters(&page), "ABCDEFGHIJKLMNOP");
    assert!(
        page.state
            .notice
            .as_deref()
            .is_some_and(|n| n.contains("16"))
    );
    page.act(Action::Interrupt(2)); // it listens, in the example
    page.settle();
    for conn in 0..CLIENTS_MAX as Conn {
        assert_eq!(
            page.exec(conn, &format!("ECHO {conn}")),
            [format!("\"{conn}\"")]
        );
        assert_eq!(Condition::of(console(&page, conn)), Condition::Ready);
    }
    assert_eq!(page.state.conn_of("p"), Some(15));
    let mut hues: Vec<_> = page.state.consoles.iter().map(|c| c.colour).collect();
    hues.sort_unstable();
    hues.dedup();
    assert_eq!(hues.len(), 16);
}

#[test]
fn a_client_that_is_closed_is_gone_and_its_letter_and_colour_are_free() {
    let mut page = Joined::open();
    act(&mut page, 1, Act::Colour(9));
    page.exec(1, "BLPOP jobs 0");
    act(&mut page, 1, Act::Close);
    assert_eq!(page.answers.len(), 1, "who waited for the answer is told");
    assert_eq!(letters(&page), "AC");
    assert_eq!(page.state.conn_of("B"), None);
    page.answers.clear();
    assert_eq!(page.exec(0, "RPUSH jobs a"), ["(integer) 1"]);
    page.act(Action::AddClient);
    page.settle();
    assert_eq!(letters(&page), "ACB");
    assert_eq!(console(&page, 1).colour, 1);
    assert_eq!(
        page.exec(1, "LPOP jobs"),
        ["\"a\""],
        "nobody had waited for it"
    );
}

#[test]
fn the_last_client_stays_and_another_takes_over_what_the_page_types() {
    let mut page = Joined::open();
    page.exec(0, "PING");
    act(&mut page, 0, Act::Close);
    act(&mut page, 2, Act::Close);
    act(&mut page, 1, Act::Close);
    assert_eq!(letters(&page), "B");
    assert_eq!(page.state.script.client, 1);
    page.act(Action::Propose("PING".into()));
    page.settle();
    let last = console(&page, 1).transcript.blocks().back().unwrap();
    assert!(matches!(&last.kind, transcript::Kind::Reply { text, .. } if text == "PONG"));
}

#[test]
fn consoles_change_places_names_and_colours() {
    let mut page = Joined::open();
    act(&mut page, 2, Act::Move(0));
    assert_eq!(letters(&page), "CAB");
    act(&mut page, 2, Act::Move(99));
    assert_eq!(letters(&page), "ABC");
    act(
        &mut page,
        1,
        Act::Label("  the worker of the night shift  ".into()),
    );
    assert_eq!(page.state.clients()[1].name, "B, the worker of the night");
    act(&mut page, 1, Act::Label(String::new()));
    assert_eq!(page.state.clients()[1].name, "B");

    assert_eq!(page.state.hues(), "");
    act(&mut page, 0, Act::Colour(2));
    act(&mut page, 0, Act::Colour(16));
    let hues: Vec<_> = page.state.consoles.iter().map(|c| c.colour).collect();
    assert_eq!(hues, [2, 1, 0], "two clients never have one colour");
    assert_eq!(page.state.hues(), colour::set(0, 2) + &colour::set(2, 0));
    page.act(Action::AddClient);
    assert_eq!(console(&page, 3).colour, 3);
}

#[test]
fn a_disconnected_client_keeps_its_console_and_connects_with_its_next_command() {
    let mut page = Joined::open();
    page.exec(1, "SET kept here");
    page.exec(2, "PING");
    act(&mut page, 2, Act::Disconnect);
    assert_eq!(Condition::of(console(&page, 2)), Condition::Disconnected);
    assert_eq!(page.exec(0, "PUBLISH notifications:1 x"), ["(integer) 0"]);
    let shown = console(&page, 2).transcript.blocks().len();

    page.exec(1, "BLPOP none 0");
    act(&mut page, 1, Act::Disconnect);
    assert_eq!(
        page.answers.pop().map(|(_, text)| text).as_deref(),
        Some(transcript::CLOSED)
    );
    act(&mut page, 1, Act::Disconnect);
    assert_eq!(Condition::of(console(&page, 1)), Condition::Disconnected);
    // The server half is started again: who was cut off stays so.
    page.act(Action::ServerBroke("unreachable executed".into()));
    page.settle();
    assert!(console(&page, 1).cut && console(&page, 2).cut);

    act(&mut page, 1, Act::Connect);
    assert_eq!(Condition::of(console(&page, 1)), Condition::Ready);
    assert_eq!(page.exec(2, "GET kept"), ["\"here\""]);
    assert!(!console(&page, 2).cut && console(&page, 2).transcript.blocks().len() > shown);
}

#[test]
fn what_a_client_waits_for_queues_and_watches_is_told() {
    let mut page = Joined::open();
    page.exec(1, "BLPOP l1 l2 2");
    assert_eq!(told(&page, 1), ["waits for: l1, l2"]);
    let Condition::Blocked(since, until) = Condition::of(console(&page, 1)) else {
        panic!("it waits");
    };
    assert_eq!(wait(since, until, since + 300), "blocked, 1.7 s left");
    assert_eq!(wait(since, None, since + 300), "blocked 0.3 s");
    assert_eq!(told(&page, 2), ["listens to: notifications:*"]);

    page.exec(0, "WATCH k");
    page.exec(0, "MULTI");
    page.exec(0, "SET k 'two words'");
    assert_eq!(
        told(&page, 0),
        ["queued: SET k \"two words\"", "watches: k"]
    );
    assert_eq!(Condition::of(console(&page, 0)), Condition::Queuing(1));
    page.act(Action::AddClient);
    page.exec(3, "SET k theirs");
    assert_eq!(
        told(&page, 0),
        ["dirty: k was modified, so EXEC will run nothing"]
    );
    page.exec(0, "NOSUCH");
    assert!(
        told(&page, 0)
            .iter()
            .any(|fact| fact.starts_with("refused: "))
    );
    page.exec(0, "DISCARD");
    assert_eq!(told(&page, 0), [""; 0]);
}

#[test]
fn the_bytes_of_both_ways_are_kept_and_tell_resp2_from_resp3() {
    let mut page = Joined::open();
    let bytes = |page: &Joined| {
        let row = |row: wire::Row| {
            let way = if row.way == wire::Way::Sent { '>' } else { '<' };
            format!("{way}{}", row.text)
        };
        let rows = console(page, 1).wire.rows(usize::MAX).0;
        rows.into_iter().map(row).collect::<Vec<_>>().join(" ")
    };
    page.exec(1, "HSET h f v");
    page.exec(1, "HGETALL h");
    assert!(
        bytes(&page).ends_with(">HGETALL >$1 >h <*2 <$1 <f <$1 <v"),
        "{}",
        bytes(&page)
    );
    page.exec(1, "HELLO 3");
    page.exec(1, "HGETALL h");
    assert!(
        bytes(&page).ends_with(">HGETALL >$1 >h <%1 <$1 <f <$1 <v"),
        "{}",
        bytes(&page)
    );
    act(&mut page, 1, Act::Disconnect);
    assert!(bytes(&page).ends_with("<the connection ended"));
}
