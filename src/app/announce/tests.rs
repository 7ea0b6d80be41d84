//! What is said after commands that a learner types.

use crate::app::tests::Joined;
use crate::app::{Action, Choice, Travel};

/// Runs a line as client A (0), B (1) …, lets so much time pass that it is said, and returns what is.
fn after(page: &mut Joined, conn: u32, line: &str) -> String {
    page.exec(conn, line);
    page.now += 2_500;
    page.settle();
    page.act(Action::Tick);
    page.state.announced().trim_end_matches('\u{a0}').to_owned()
}

fn fresh() -> Joined {
    let mut page = Joined::open();
    after(&mut page, 0, "FLUSHALL");
    page
}

#[test]
fn ranks_are_told_in_places() {
    let mut page = fresh();
    after(&mut page, 0, "ZADD board 10 ann 20 bob 30 cy");
    assert_eq!(
        after(&mut page, 0, "ZINCRBY board 15 ann"),
        "ann moved from 3rd to 2nd in board."
    );
    assert_eq!(
        after(&mut page, 0, "ZADD board 5 dan"),
        "dan is new in board, in 4th place."
    );
    assert_eq!(
        after(&mut page, 0, "ZREM board ann bob"),
        "2 members left board."
    );
}

#[test]
fn a_score_that_changes_no_rank_is_not_told() {
    let mut page = fresh();
    let before = after(&mut page, 0, "ZADD board 10 ann 20 bob");
    assert_eq!(after(&mut page, 0, "ZADD board 21 bob"), before);
}

#[test]
fn pending_entries_are_told() {
    let mut page = fresh();
    page.exec(0, "XGROUP CREATE jobs g $ MKSTREAM");
    page.exec(0, "XADD jobs 1-0 n 1");
    page.exec(0, "XADD jobs 2-0 n 2");
    assert_eq!(
        after(&mut page, 1, "XREADGROUP GROUP g w1 COUNT 2 STREAMS jobs >"),
        "2 entries of jobs now pending for w1 in g."
    );
    assert_eq!(
        after(&mut page, 1, "XACK jobs g 1-0"),
        "1 entry of jobs acknowledged in g."
    );
    assert_eq!(
        after(&mut page, 0, "XCLAIM jobs g w2 0 2-0"),
        "w2 claimed 1 entry of jobs in g."
    );
    page.exec(0, "XDEL jobs 2-0");
    assert_eq!(
        after(&mut page, 0, "XCLAIM jobs g w1 0 2-0"),
        "1 entry of jobs gone from the pending list of g: the data was deleted."
    );
}

#[test]
fn locks_are_told_and_refusals_once() {
    let mut page = fresh();
    assert_eq!(
        after(&mut page, 0, "SET lock t1 NX PX 30000"),
        "Client A took lock for 30.0 s."
    );
    assert_eq!(
        after(&mut page, 1, "SET lock t2 NX PX 30000"),
        "Client B was refused lock: client A has it."
    );
    let before = page.state.announced().to_owned();
    after(&mut page, 1, "SET lock t2 NX PX 30000");
    assert_eq!(
        page.state.announced(),
        before,
        "the second time says nothing"
    );
    assert_eq!(
        after(&mut page, 1, "DELEX lock IFEQ t2"),
        "Client B has another token: lock stays."
    );
    assert_eq!(
        after(&mut page, 0, "PEXPIRE lock 60000"),
        "Client A extended lock."
    );
    assert_eq!(
        after(&mut page, 0, "DELEX lock IFEQ t1"),
        "Client A released lock."
    );
    after(&mut page, 0, "SET lock t3 NX PX 3000");
    page.now += 3_000;
    assert_eq!(after(&mut page, 2, "PING"), "lock expired.");
    after(&mut page, 0, "SET lock t4 NX PX 30000");
    assert_eq!(after(&mut page, 1, "DEL lock"), "Client B deleted lock.");
    after(&mut page, 0, "SET lock t5 NX PX 30000");
    assert_eq!(
        after(&mut page, 0, "SET lock x"),
        "Client A wrote over lock: it is no lock any more."
    );
}

#[test]
fn many_changes_are_no_flood() {
    let mut page = fresh();
    after(&mut page, 0, "ZADD board 10 ann 20 bob 30 cy");
    for n in 0..9 {
        page.exec(
            0,
            &format!("ZADD board {} ann", if n % 2 == 0 { 25 } else { 10 }),
        );
    }
    page.now += 2_500;
    page.act(Action::Tick);
    let said = page.state.announced();
    assert_eq!(
        said.matches(" moved from ").count(),
        super::AT_ONCE,
        "{said}"
    );
    assert!(said.contains("changes before:"), "{said}");
    // And the same sentence is read again when it is true again.
    let text = after(&mut page, 0, "ZADD board 10 ann");
    let plain = page.state.announced().to_owned();
    after(&mut page, 0, "ZADD board 25 ann");
    assert_eq!(after(&mut page, 0, "ZADD board 10 ann"), text);
    assert!(!plain.is_empty());
}

#[test]
fn what_is_not_wanted_is_not_said_and_the_past_is_silent() {
    let mut page = fresh();
    after(&mut page, 0, "ZADD board 10 ann 20 bob");
    page.act(Action::Choose(Choice::Announce, false));
    assert_eq!(after(&mut page, 0, "ZADD board 30 ann"), "");
    page.act(Action::Choose(Choice::Announce, true));
    let before = after(&mut page, 0, "ZADD board 3 ann");
    assert_eq!(before, "ann moved from 1st to 2nd in board.");
    page.act(Action::Travel(Travel::Undo));
    page.settle();
    page.now += 2_500;
    page.act(Action::Tick);
    assert_eq!(page.state.announced(), before);
}
