//! What the panels of streams and of channels see, from typed commands.

use super::*;

/// A host with clients 0 to 3 connected.
fn host() -> Host {
    let mut host = Host::new(1, START, fake::machine);
    for conn in 0..4 {
        let what = What::Connect;
        host.handle(START, Request::Input { conn, what });
    }
    host
}

fn look(host: &mut Host, at: Millis, start: Option<usize>, entry: Option<&str>) -> StreamView {
    let target = Target::Key {
        db: 0,
        key: Bytes::from_slice(b"s"),
        window: Window { start, count: 8 },
        look: entry.map_or(Look::Rows, |id| {
            Look::Stream(StreamLook::Entry(id.to_string()))
        }),
    };
    host.handle(at, Request::Watch { panel: 7, target });
    let updates = host.frame(at).updates.into_iter();
    let found = updates.rev().find_map(|update| match update {
        Update::View {
            view:
                View::Key {
                    value: ValueView::Stream(stream),
                    ..
                },
            ..
        } => Some(stream),
        _ => None,
    });
    found.expect("a stream is in view")
}

fn channels(host: &mut Host, at: Millis) -> (PubSubView, Vec<Event>) {
    let target = Target::PubSub;
    host.handle(at, Request::Watch { panel: 8, target });
    let updates = host.frame(at).updates.into_iter();
    let found = updates.rev().find_map(|update| match update {
        Update::View {
            view: View::PubSub { now, messages },
            ..
        } => Some((now, messages)),
        _ => None,
    });
    found.expect("channels are in view")
}

fn words(life: &LifeView) -> Vec<String> {
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
    let word = |step: &Step| match &step.what {
        LifeStep::Added => "added".to_string(),
        LifeStep::Delivered { consumer, how, .. } => format!("{how:?} to {}", text(consumer)),
        LifeStep::Claimed { from, to, .. } => format!("from {} to {}", text(from), text(to)),
        LifeStep::Acknowledged { .. } => "acknowledged".into(),
        LifeStep::Dropped { trimmed: true } => "trimmed".into(),
        LifeStep::Dropped { trimmed: false } => "deleted".into(),
        LifeStep::PendingGone { .. } => "pending gone".into(),
        LifeStep::Unassigned { .. } => "unassigned".into(),
    };
    life.steps.iter().map(word).collect()
}

#[test]
fn an_entrys_life_is_told_from_its_adding_to_its_end() {
    let mut host = host();
    for (at, conn, line) in [
        (1, 0, "XADD s 1-0 f v"),
        (2, 0, "XADD s 2-0 f v"),
        (3, 0, "XGROUP CREATE s g 0"),
        (4, 1, "XREADGROUP GROUP g w1 STREAMS s >"),
        (5, 1, "XREADGROUP GROUP g w1 STREAMS s 0"),
        (9, 2, "XAUTOCLAIM s g w2 0 0"),
        (10, 2, "XACK s g 1-0"),
        (11, 0, "XDEL s 1-0"),
        (12, 2, "XCLAIM s g w1 0 2-0"),
        (13, 0, "XTRIM s MAXLEN 0"),
        (14, 2, "XCLAIM s g w2 0 2-0"),
    ] {
        send(&mut host, START + at, conn, line);
    }
    let one = look(&mut host, START + 20, None, Some("1-0")).life.unwrap();
    assert_eq!(
        words(&one),
        [
            "added",
            "New to w1",
            "Again to w1",
            "from w1 to w2",
            "acknowledged",
            "deleted"
        ]
    );
    assert_eq!((one.begins, one.unclear), (Begins::Whole, 0));
    assert_eq!(one.fields, None);
    let when: Vec<_> = one.steps.iter().map(|step| (step.at, step.conn)).collect();
    assert_eq!(when[3], (START + 9, Some(2)));
    let two = look(&mut host, START + 20, None, Some("2-0")).life.unwrap();
    let last: Vec<_> = words(&two).split_off(4);
    assert_eq!(last, ["from w2 to w1", "trimmed", "pending gone"]);
    assert_eq!(two.standings[0].1, EntryStanding::Past);
}

#[test]
fn a_story_that_was_cut_says_from_when_on_it_is_known() {
    let mut host = host();
    for line in [
        "XADD s 1-0 f v",
        "XGROUP CREATE s g 0",
        "XREADGROUP GROUP g w STREAMS s >",
    ] {
        send(&mut host, START, 0, line);
    }
    for i in 0..600 {
        send(&mut host, START + 1 + i, 0, "XADD s * f v");
    }
    let life = look(&mut host, START + 700, None, Some("1-0"))
        .life
        .unwrap();
    assert_eq!(life.begins, Begins::At(START + 89));
    assert_eq!(words(&life), [""; 0]);
    // What it is now is known all the same.
    let EntryStanding::Pending(row) = &life.standings[0].1 else {
        panic!("{life:?}");
    };
    assert_eq!((row.deliveries, row.delivered_at), (1, START));
}

#[test]
fn many_at_once_are_told_as_far_as_they_are_kept() {
    let mut host = host();
    for i in 1..=100 {
        send(&mut host, START, 0, &format!("XADD s {i}-0 f v"));
    }
    send(&mut host, START, 0, "XGROUP CREATE s g 0");
    send(&mut host, START, 0, "XREADGROUP GROUP g w1 STREAMS s >");
    send(&mut host, START, 0, "XAUTOCLAIM s g w2 0 0");
    // A run of new entries is known by its ends; what was claimed only as far as it is listed.
    let life = look(&mut host, START, None, Some("90-0")).life.unwrap();
    assert_eq!(words(&life), ["added", "New to w1"]);
    assert_eq!(life.unclear, 1);
    let life = look(&mut host, START, None, Some("5-0")).life.unwrap();
    assert_eq!(words(&life), ["added", "New to w1", "from w1 to w2"]);
    assert_eq!(life.unclear, 0);
}

#[test]
fn another_life_begins_where_the_stream_is_made_anew() {
    let mut host = host();
    for line in ["XADD s 1-0 f v", "XDEL s 1-0", "DEL s", "XADD s 1-0 f v"] {
        send(&mut host, START, 0, line);
    }
    let view = look(&mut host, START, None, Some("1-0"));
    assert_eq!(words(&view.life.unwrap()), ["added"]);
    assert!(view.deleted.is_empty() && view.trim.is_none());
}

#[test]
fn what_was_dropped_and_what_is_pending_without_its_data_is_seen() {
    let mut host = host();
    for i in 1..=9 {
        send(&mut host, START, 0, &format!("XADD s {i}-0 f v"));
    }
    for line in [
        "XGROUP CREATE s g 0",
        "XREADGROUP GROUP g w COUNT 5 STREAMS s >",
        "XDEL s 4-0 7-0",
        "XTRIM s MINID 3",
    ] {
        send(&mut host, START, 0, line);
    }
    let view = look(&mut host, START, None, None);
    assert_eq!(
        (view.len, view.added, view.first_id.as_str()),
        (5, 9, "3-0")
    );
    assert_eq!(view.deleted, ["4-0", "7-0"]);
    let trim = view.trim.unwrap();
    assert_eq!((trim.count, trim.before.as_str()), (2, "3-0"));
    let group = &view.groups[0];
    let rows = |rows: &[PendingRow]| -> Vec<(String, bool)> {
        rows.iter().map(|row| (row.id.clone(), row.gone)).collect()
    };
    let row = |id: &str, gone| (id.to_string(), gone);
    let (third, fourth, fifth) = (row("3-0", false), row("4-0", true), row("5-0", false));
    assert_eq!(rows(&group.in_view), [third, fourth, fifth]);
    assert_eq!(
        rows(&group.pending)[..2],
        [row("1-0", true), row("2-0", true)]
    );
    assert_eq!((group.gone_before, group.pending_len), (2, 5));
    assert_eq!(view.life, None);
}

#[test]
fn eight_groups_with_many_pending_cross_as_windows() {
    let mut engine = crate::engine::Engine::new(1, START, crate::command::dispatch);
    let input = |engine: &mut crate::engine::Engine, line: &str| {
        let words = split_words(line.as_bytes()).unwrap();
        let bytes = crate::engine::What::Bytes(encode_command(&words));
        engine.handle(START, 0, bytes);
        engine.take_output(0);
    };
    engine.handle(START, 0, crate::engine::What::Connect);
    for _ in 0..20_000 {
        input(&mut engine, "XADD s * f v");
    }
    for group in 0..8 {
        input(&mut engine, &format!("XGROUP CREATE s g{group} 0"));
        input(
            &mut engine,
            &format!("XREADGROUP GROUP g{group} w STREAMS s >"),
        );
    }
    let window = Window {
        start: None,
        count: 16,
    };
    let value = view::value(&engine.dbs[0], b"s", window, &Look::Rows);
    let ValueView::Stream(stream) = &value else {
        panic!("{value:?}");
    };
    let groups = &stream.groups;
    assert!(
        groups
            .iter()
            .all(|g| g.pending_len == 20_000 && g.in_view.len() == 16)
    );
    assert!(postcard::to_allocvec(&value).unwrap().len() < 32_000);
}

#[test]
fn who_was_away_has_missed_messages_and_who_published_lost_them() {
    let mut host = host();
    send(&mut host, START, 1, "SUBSCRIBE news");
    send(&mut host, START, 2, "PSUBSCRIBE n*");
    send(&mut host, START, 2, "SUBSCRIBE news");
    send(&mut host, START + 1, 0, "PUBLISH news a");
    send(&mut host, START + 2, 1, "UNSUBSCRIBE news");
    send(&mut host, START + 2, 2, "UNSUBSCRIBE news");
    send(&mut host, START + 3, 0, "PUBLISH news b");
    let what = What::Disconnect;
    host.handle(START + 4, Request::Input { conn: 2, what });
    send(&mut host, START + 5, 0, "PUBLISH news c");
    let (now, messages) = channels(&mut host, START + 6);
    let seats: Vec<_> = now
        .seats
        .iter()
        .map(|s| (s.conn, s.topic, s.away, s.got, s.missed))
        .collect();
    // By its pattern the third client got what it no longer got by name, until it was cut.
    assert_eq!(
        seats,
        [
            (1, Topic::Channel, Some((START + 2, false)), 1, 2),
            (2, Topic::Channel, Some((START + 2, false)), 1, 1),
            (2, Topic::Pattern, Some((START + 4, true)), 2, 1),
        ]
    );
    assert_eq!((now.senders[0].sent, now.senders[0].lost), (3, 1));
    assert_eq!(messages.len(), 3);
    // Who comes back misses no more, and what it missed stays missed.
    send(&mut host, START + 7, 1, "SUBSCRIBE news");
    send(&mut host, START + 8, 0, "PUBLISH news d");
    let seat = channels(&mut host, START + 9).0.seats.swap_remove(0);
    assert_eq!((seat.away, seat.got, seat.missed), (None, 2, 2));
}

#[test]
fn shard_channels_are_counted_apart() {
    let mut host = host();
    send(&mut host, START, 1, "SSUBSCRIBE news");
    send(&mut host, START, 0, "PUBLISH news a");
    send(&mut host, START, 0, "SPUBLISH news b");
    let (now, _) = channels(&mut host, START);
    assert_eq!((now.seats[0].topic, now.seats[0].got), (Topic::Shard, 1));
    let senders: Vec<_> = now.senders.iter().map(|s| (s.shard, s.lost)).collect();
    assert_eq!(senders, [(false, 1), (true, 0)]);
}

#[test]
fn a_stream_is_named_only_where_it_holds_what_a_message_said() {
    let mut host = host();
    send(&mut host, START, 0, "XADD other 1-0 text hello-not");
    send(&mut host, START, 0, "PUBLISH news hello");
    assert_eq!(channels(&mut host, START).0.kept, []);
    for (id, text) in [(5, "hello"), (6, "nothing"), (7, "hello"), (8, "again")] {
        send(&mut host, START, 0, &format!("XADD s {id}-0 text {text}"));
    }
    send(&mut host, START, 0, "PUBLISH news again");
    let kept = KeptView {
        key: Bytes::from_slice(b"s"),
        messages: 2,
        entries: 3,
        after: "4-18446744073709551615".into(),
        readers: Vec::new(),
    };
    assert_eq!(channels(&mut host, START).0.kept, [kept]);
    // Who was away is named, be it back or not, with what it missed of that.
    for (conn, line) in [
        (1, "SUBSCRIBE news"),
        (2, "PSUBSCRIBE n*"),
        (1, "UNSUBSCRIBE news"),
        (2, "PUNSUBSCRIBE n*"),
        (0, "PUBLISH news again"),
        (0, "PUBLISH news elsewhere"),
        (1, "SUBSCRIBE news"),
        (0, "PUBLISH news hello"),
    ] {
        send(&mut host, START, conn, line);
    }
    let kept = channels(&mut host, START).0.kept.swap_remove(0);
    assert_eq!((kept.messages, kept.readers), (4, vec![(1, 1), (2, 2)]));
    send(&mut host, START, 0, "XTRIM s MAXLEN 0");
    assert_eq!(channels(&mut host, START).0.kept, []);
}
