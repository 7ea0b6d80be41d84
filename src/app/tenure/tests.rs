use super::*;
use crate::app::format;

const A: Conn = 0;
const B: Conn = 1;
const C: Conn = 2;

fn fact(at: Millis, conn: Option<Conn>, fact: Fact) -> Event {
    Event {
        at,
        conn,
        db: 0,
        key: Bytes::from_slice(b"lock"),
        fact,
    }
}

fn took(at: Millis, conn: Conn) -> Event {
    let token = Bytes::from_slice(b"token");
    fact(at, Some(conn), Fact::LockTaken { token, ttl: 1000 })
}

fn expired(at: Millis) -> Event {
    fact(at, None, Fact::Expired)
}

fn refused(at: Millis, conn: Conn, holder: Conn, times: u32, since: Millis) -> Event {
    let holder = Some(holder);
    let refused = Fact::LockRefused {
        holder,
        left: None,
        times,
        since,
    };
    fact(at, Some(conn), refused)
}

/// From, held until, thought until, of each tenure.
fn times(story: &Story) -> Vec<(Conn, Millis, Option<Millis>, Option<Millis>)> {
    let all = story.tenures.iter();
    all.map(|one| (one.conn, one.from, one.held, one.thought))
        .collect()
}

fn lock(holder: Conn, since: Millis) -> Option<(LockView, Option<Millis>)> {
    let ttl = 1000;
    Some((LockView { holder, since, ttl }, Some(since + ttl)))
}

#[test]
fn the_accident_two_owners_until_the_first_deletes_the_lock_of_the_second() {
    let facts = [
        took(0, A),
        expired(1000),
        took(1500, B),
        fact(2100, Some(A), Fact::Deleted),
    ];
    // Before A comes back.
    let story = Story::of(&facts[..3], lock(B, 1500));
    let overlap = &story.overlaps[0];
    assert_eq!(
        (overlap.from, overlap.until, overlap.count()),
        (1500, None, "two".into())
    );
    assert_eq!(format::duration(overlap.length(1900)), "0.4 s");
    assert_eq!(story.mistaken().collect::<Vec<_>>(), [A]);
    // After: B's lock is gone, and B does not know.
    let story = Story::of(&facts, None);
    assert_eq!(
        times(&story),
        [(A, 0, Some(1000), Some(2100)), (B, 1500, Some(2100), None)]
    );
    assert_eq!(story.tenures[1].ended, Some(Ended::Deleted(Some(A))));
    assert_eq!(
        story.overlaps,
        [Overlap {
            from: 1500,
            until: Some(2100),
            owners: vec![A, B]
        }]
    );
    // And so a third takes it beside B.
    let mut facts = facts.to_vec();
    facts.push(took(2500, C));
    let story = Story::of(&facts, lock(C, 2500));
    assert_eq!(story.overlaps.len(), 2);
    assert_eq!(story.overlaps[1].owners, [B, C]);
}

#[test]
fn who_is_told_no_longer_thinks_so() {
    let told = [
        Fact::WrongToken { holder: Some(B) },
        Fact::LockMissed { holder: Some(B) },
    ];
    for what in told {
        let facts = [
            took(0, A),
            expired(1000),
            took(1500, B),
            fact(1600, Some(A), what),
        ];
        let story = Story::of(&facts, lock(B, 1500));
        assert_eq!(story.overlaps[0].until, Some(1600));
        assert_eq!(story.mistaken().count(), 0);
    }
    // Refused many times: told the first time.
    let facts = [
        took(0, A),
        expired(1000),
        took(1500, B),
        refused(1900, A, B, 3, 1700),
    ];
    let story = Story::of(&facts, lock(B, 1500));
    assert_eq!(story.overlaps[0].until, Some(1700));
    assert_eq!((story.refused, story.contenders[0].times), (3, 3));
    // Whoever finds it free has lost it without another having it: no overlap.
    let facts = [
        took(0, A),
        expired(1000),
        fact(1200, Some(A), Fact::LockMissed { holder: None }),
        took(1500, B),
    ];
    assert_eq!(Story::of(&facts, lock(B, 1500)).overlaps, []);
    // To err in the token of a lock that one holds is to lose nothing.
    let facts = [
        took(0, A),
        fact(10, Some(A), Fact::WrongToken { holder: Some(A) }),
    ];
    let story = Story::of(&facts, lock(A, 0));
    assert_eq!((times(&story), story.kept), (vec![(A, 0, None, None)], 1));
}

#[test]
fn an_orderly_life_overlaps_nowhere() {
    let facts = [
        took(0, A),
        refused(100, B, A, 1, 100),
        fact(500, Some(A), Fact::LockReleased),
        took(600, B),
        expired(1600),
        took(1700, B),
    ];
    let story = Story::of(&facts, lock(B, 1700));
    assert_eq!(
        times(&story),
        [
            (A, 0, Some(500), Some(500)),
            (B, 600, Some(1600), Some(1700)),
            (B, 1700, None, None)
        ]
    );
    assert_eq!(
        (story.overlaps.len(), story.contenders.len(), story.refused),
        (0, 0, 1)
    );
    assert_eq!(story.owners(), [A, B]);
}

#[test]
fn what_is_there_counts_where_no_fact_tells_of_it() {
    let story = Story::of(&[], lock(C, 70));
    assert_eq!(times(&story), [(C, 70, None, None)]);
    // And what is not there is held by nobody, whatever became of it.
    let story = Story::of(&[took(5, A)], None);
    assert_eq!(times(&story), [(A, 5, Some(5), None)]);
}

#[test]
fn a_strip_is_not_filled_by_what_goes_on_for_ever() {
    let facts = [took(0, A), expired(10_000)];
    let axis = Story::of(&facts, None).axis(3_600_000);
    assert_eq!(
        axis,
        Axis {
            from: 0,
            to: 15_000,
            cut: true
        }
    );
    assert_eq!((axis.part(10_000), axis.part(99_000)), (2.0 / 3.0, 1.0));
    let held = Story::of(&[took(0, A)], lock(A, 0)).axis(600);
    assert_eq!(
        held,
        Axis {
            from: 0,
            to: 1000,
            cut: false
        }
    );
}
