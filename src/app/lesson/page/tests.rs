use super::*;
use crate::app::Action;
use crate::app::kept;
use crate::app::share::page::Act as ShareAct;
use crate::app::tests::Joined;

const LESSON: &str = "---
title: Small boards
about: Ranks
minutes: 5
seed: 3
clients: A = game, B
pinned: board
---

What it is about: `= PING`.

## Build it

```keyglass
A> ZADD board 10 ann 20 bob
(integer) 2
B> ZREVRANK board ann
(integer) 1
```

```check
bob leads: ZREVRANK board bob = 0
there are two: ZCARD board = 2
```

## Change it

```predict
Who leads after ann wins 50?

- [x] ann
- [ ] bob

She has 60.
```

```experiment Let ann win
ZINCRBY board 50 ann
```

```plot
title: Scores
kind: bars
players: ZRANGE board 0 -1 WITHSCORES
```

```check
ann leads: ZREVRANK board ann = 0
```

## Read on

```keyglass
A> .pause
A> SET lock a PX 10000
OK
.advance 4s
B> PTTL lock
(integer) 6000
A> 3 INCR n
B> GET n
\"3\"
A> BLPOP nothing 0
B> RPUSH other 1
(integer) 1
```
";

fn opened() -> Joined {
    let mut page = Joined::open();
    page.act(Action::Share(ShareAct::Text(LESSON.into())));
    begins(&mut page);
    page
}

fn begins(page: &mut Joined) {
    let begins = kept::Act::Begins {
        id: Some("s".into()),
        seed: 1,
        start: page.now,
    };
    page.act(Action::Kept(begins));
    page.settle();
}

fn act(page: &mut Joined, act: Act) {
    page.act(Action::Lesson(act));
    page.settle();
    // It asks at a pace.
    page.now += 5_000;
    page.act(Action::Tick);
    page.settle();
}

fn open(page: &Joined) -> &Open {
    page.state
        .lessons()
        .open
        .as_ref()
        .expect("a lesson is open")
}

fn run(page: &mut Joined, line: &str) {
    page.act(Action::Run {
        conn: 0,
        text: line.into(),
        ticket: None,
    });
    page.settle();
    page.now += 5_000;
    page.act(Action::Tick);
    page.settle();
}

fn block(page: &Joined, wanted: fn(&Kind) -> bool) -> usize {
    let nodes = &open(page).shown().expect("a step").nodes;
    let is = |node: &Node| matches!(node, Node::Block(block) if wanted(&block.kind));
    nodes.iter().position(is).expect("there is such a block")
}

const RUN: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Run(_));
const TRY: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Experiment(..));

#[test]
fn it_opens_in_a_session_of_its_own() {
    let page = opened();
    assert_eq!(page.state.title(), "Small boards");
    assert_eq!(page.state.log().seed, 3);
    let names: Vec<&str> = page
        .state
        .consoles
        .iter()
        .map(|console| console.label.as_str())
        .collect();
    assert_eq!(names, ["game", ""]);
    assert_eq!(page.state.tab, Tab::Lesson);
    assert!(page.state.share().walk.is_none(), "nothing runs by itself");
    assert_eq!(open(&page).progress().count(), (0, 3));
}

#[test]
fn a_block_types_and_the_step_is_ticked_once_its_checks_hold() {
    let mut page = opened();
    act(&mut page, Act::Go(0));
    assert_eq!(
        open(&page).replies.get("PING"),
        Some(&Reply::Simple("PONG".into()))
    );
    assert_eq!(open(&page).done[0].holds, [false, false]);
    let at = block(&page, RUN);
    act(&mut page, Act::Run(at));
    assert!(open(&page).done[0].ran.contains(&at) && !open(&page).busy());
    assert_eq!(open(&page).done[0].holds, [true, true]);
    assert!(open(&page).done[0].ticked);
    assert!(page.state.share().walk.is_none());
    let text = page.state.consoles[0].transcript.text("A");
    assert!(
        text.contains("A> ZADD board 10 ann 20 bob\n(integer) 2"),
        "{text}"
    );
}

#[test]
fn any_way_there_counts() {
    let mut page = opened();
    run(&mut page, "ZADD board 1 bob");
    assert!(!open(&page).done[0].ticked, "one of two checks holds");
    run(&mut page, "ZADD board 0 cy");
    assert!(open(&page).done[0].ticked);
    run(&mut page, "DEL board");
    assert!(open(&page).done[0].ticked, "what is done stays so");
    assert_eq!(open(&page).done[0].holds, [false, false]);
}

#[test]
fn a_step_is_reset_and_the_one_before_it_is_not() {
    let mut page = opened();
    let at = block(&page, RUN);
    act(&mut page, Act::Run(at));
    act(&mut page, Act::Go(1));
    let at = block(&page, TRY);
    act(&mut page, Act::Guess(0, 1));
    act(&mut page, Act::Guess(0, 0));
    assert_eq!(
        open(&page).done[1].guesses.get(&0),
        Some(&1),
        "the first guess counts"
    );
    act(&mut page, Act::Run(at));
    assert!(open(&page).done[1].ticked);
    run(&mut page, "SET other 1");
    act(&mut page, Act::Reset);
    assert!(!page.state.in_past());
    let done = &open(&page).done;
    assert!(done[0].ticked && !done[1].ticked && done[1].guesses.is_empty());
    assert_eq!(done[1].holds, [false]);
    run(&mut page, "ZSCORE board ann");
    run(&mut page, "EXISTS other");
    let text = page.state.consoles[0].transcript.text("A");
    assert!(text.contains("A> ZSCORE board ann\n\"10\"\n"), "{text}");
    assert!(text.contains("A> EXISTS other\n(integer) 0\n"), "{text}");
    // And again, on the branch that this made.
    act(&mut page, Act::Run(at));
    assert!(open(&page).done[1].ticked);
    act(&mut page, Act::Reset);
    assert!(!open(&page).done[1].ticked);
    assert_eq!(open(&page).done[1].holds, [false]);
}

#[test]
fn wandering_off_breaks_nothing() {
    let mut page = opened();
    let at = block(&page, RUN);
    act(&mut page, Act::Run(at));
    run(&mut page, "FLUSHALL");
    run(&mut page, "SET mine 1");
    act(&mut page, Act::Back);
    run(&mut page, "ZCARD board");
    let text = page.state.consoles[0].transcript.text("A");
    assert!(text.contains("A> ZCARD board\n(integer) 2\n"), "{text}");
    assert_eq!(open(&page).done[0].holds, [true, true]);
}

#[test]
fn a_later_step_can_be_caught_up_with() {
    let mut page = opened();
    act(&mut page, Act::Go(1));
    assert!(open(&page).misses_earlier());
    act(&mut page, Act::CatchUp);
    assert!(!open(&page).misses_earlier());
    let at = block(&page, TRY);
    act(&mut page, Act::Run(at));
    assert!(open(&page).done[1].ticked);
    let plot = open(&page).replies.get("ZRANGE board 0 -1 WITHSCORES");
    assert!(
        matches!(plot, Some(Reply::Array(rows)) if rows.len() == 4),
        "{plot:?}"
    );
}

#[test]
fn lines_of_several_clients_and_of_the_clock_run_in_their_order() {
    let mut page = opened();
    act(&mut page, Act::Go(2));
    let at = block(&page, RUN);
    act(&mut page, Act::Run(at));
    let text = page.state.consoles[1].transcript.text("B");
    let all = "B> PTTL lock\n(integer) 6000\nB> GET n\n\"3\"\nB> RPUSH other 1\n(integer) 1\n";
    assert_eq!(text, all);
    assert!(!open(&page).busy() && open(&page).done[2].ticked);
}

#[test]
fn a_step_without_checks_is_ticked_by_hand() {
    let mut page = opened();
    act(&mut page, Act::Go(2));
    act(&mut page, Act::Tick(true));
    assert_eq!(open(&page).progress().count(), (1, 3));
    act(&mut page, Act::Tick(false));
    assert_eq!(open(&page).progress().count(), (0, 3));
}

#[test]
fn it_is_kept_with_its_session() {
    let mut page = opened();
    let at = block(&page, RUN);
    act(&mut page, Act::Run(at));
    act(&mut page, Act::Notes("ties?".into()));
    act(&mut page, Act::Go(1));
    let about = page.state.about();
    let kept = about.told.lesson.clone().expect("it is kept");
    let bytes = postcard::to_allocvec(&kept).expect("it can be written");
    let again = Open::again(&postcard::from_bytes(&bytes).expect("and read"));
    assert_eq!((again.step, again.notes.as_str()), (1, "ties?"));
    assert_eq!(again.done, open(&page).done);
    let saved = page.saved.last().expect("the session was saved").0.clone();
    let read = About::read(&saved).expect("what was saved is read");
    assert!(read.told.lesson.is_some_and(|kept| &*kept.text == LESSON));
}

#[test]
fn what_is_no_lesson_says_where_it_is_wrong() {
    let mut page = Joined::open();
    page.act(Action::Share(ShareAct::Text(
        "---\ntitle: x\n---\n## One\n".into(),
    )));
    let notice = page.state.notice.clone().unwrap_or_default();
    assert!(
        notice.contains("cannot be read") && notice.contains("minutes"),
        "{notice}"
    );
    assert!(page.state.lessons().open.is_none() && !page.state.lessons().coming());
    page.act(Action::Share(ShareAct::Came(
        String::new(),
        "#lesson1.AAAA".into(),
    )));
    assert_eq!(page.state.notice.as_deref(), Some(words::CUT));
    page.act(Action::Lesson(Act::Ask("nothing".into())));
    page.act(Action::Lesson(Act::Missing("nothing".into())));
    assert!(
        page.state
            .notice
            .as_deref()
            .is_some_and(|text| text.contains("nothing"))
    );
}

#[test]
fn a_link_holds_all_of_it() {
    let mut page = opened();
    let link = open(&page).link();
    act(&mut page, Act::Leave);
    assert!(page.state.lessons().open.is_none());
    page.act(Action::Share(ShareAct::Came(String::new(), link)));
    begins(&mut page);
    assert_eq!(&**open(&page).text(), LESSON);
}
