use super::check::{Failure, check};
use super::{all, run};

fn is_lesson(name: &str) -> bool {
    name == "holds"
}

#[test]
fn a_lesson_that_holds_runs_to_its_end() {
    let report = check(include_str!("../../../tests/lessons/holds.md"), &is_lesson);
    assert_eq!(report.failures, []);
    assert_eq!((report.steps, report.blocks, report.checks), (3, 17, 7));
}

#[test]
fn every_lesson_of_the_page_holds() {
    for path in all() {
        let report = run(std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(report.failures, [], "{}", path.display());
    }
}

/// What does not hold in a step whose `##` is the file's line 5.
fn wrong(body: &str) -> Vec<Failure> {
    check(
        &format!("---\ntitle: T\nminutes: 1\n---\n## S\n{body}"),
        &is_lesson,
    )
    .failures
}

#[test]
fn whatever_does_not_hold_is_found_in_its_line() {
    let fence = |info: &str, text: &str| format!("```{info}\n{text}\n```\n");
    let keyglass = |text: &str| fence("keyglass", text);
    let spoiled = keyglass("A> SET k word");
    for (body, line, part) in [
        ("## S\n".to_string(), 6, "another step"),
        (
            fence("check", "\nnothing is there: DBSIZE = 0"),
            8,
            "nothing is there: this holds before the step has begun",
        ),
        (
            fence("check", "k is there: GET k = 1"),
            7,
            "does not hold after the step: GET k = 1, and it replies (nil)",
        ),
        (
            fence("check", "it comes: BLPOP q 0 = 1"),
            7,
            "replies nothing: it has to wait",
        ),
        (
            keyglass("A> SET k 1\nOK\n\nA> SET k 1\nKO"),
            10,
            "SET k 1 replies OK, and not KO",
        ),
        (keyglass("A> INCR"), 7, "INCR replies (error)"),
        (keyglass("A> INCR\n…"), 7, "INCR replies (error)"),
        (keyglass("A> PING\n(error) …"), 7, "PING replies PONG"),
        (
            keyglass("A> 2 INCR n\n(integer) 1"),
            7,
            "replies (integer) 1 ⏎ (integer) 2",
        ),
        (
            keyglass("A> BLPOP q 0\n1) \"q\"\n…"),
            7,
            "BLPOP q 0 still waits",
        ),
        (
            keyglass("A> BLPOP q 0\nB> PING\nA> PING"),
            9,
            "client A waits and cannot run PING",
        ),
        (
            keyglass("B> .crash nobody"),
            7,
            "there is no actor 'nobody'",
        ),
        (
            keyglass("A> SET k v EX 10\n.advance 1s\nA> TTL k\n(integer) 10"),
            9,
            "replies (integer) 9",
        ),
        (fence("solution", "A> LPUSH"), 7, "LPUSH replies (error)"),
        (
            fence("experiment Do", "PING\nLPUSH"),
            8,
            "LPUSH replies (error)",
        ),
        (
            fence("lua", "#!lua name=x\nreturn +"),
            6,
            "the library x does not load",
        ),
        (
            fence("plot", "nothing: LRANGE l 0 -1"),
            7,
            "the series nothing is no numbers",
        ),
        (
            spoiled.clone() + &fence("plot", "kind: line\nword: GET k"),
            11,
            "GET k replies \"word\"",
        ),
        (
            fence("plot", "kind: bars\none: DBSIZE"),
            8,
            "is no names and numbers in turn",
        ),
        (fence("plot", "one: BLPOP q 0"), 7, "it has to wait"),
        (
            "\nThere are `= LLEN`.\n".into(),
            7,
            "the value LLEN is an error",
        ),
        ("- `= BLPOP q 0`\n".into(), 6, "has to wait"),
        (
            fence("hint", "so\n\n`= XINFO STREAM s`"),
            9,
            "is an error: ERR no such key",
        ),
        ("\n[a](#cmd=SET%20k;PING)\n".into(), 7, "the link #cmd=SET"),
        (
            "[a](#cmd=BLPOP%20q%200;PING)\n".into(),
            6,
            "nobody can run PING",
        ),
        ("[a](#v1.cut)\n".into(), 6, "cannot be opened"),
        ("[a](#nowhere)\n".into(), 6, "leads nowhere"),
        ("[a](#lesson=none)\n".into(), 6, "no static/lessons/none.md"),
        (
            spoiled
                + &fence("actor a", "wait 1s\nLPUSH k 1")
                + &fence("check", "it came: LLEN k = 1"),
            14,
            "the actor a stopped in its line 2",
        ),
    ] {
        let failures = wrong(&body);
        let [Failure { line: at, text }] = &failures[..] else {
            panic!("{body}: {failures:?}");
        };
        assert!(*at == line && text.contains(part), "{body}: {at}: {text}");
    }
}

#[test]
fn all_that_does_not_hold_is_told_in_the_order_of_its_lines() {
    let failures = wrong(
        "```check\na: GET k = 1\nb: DBSIZE = 0\n```\n```keyglass\nA> INCR\nA> LPUSH l 1\n```\n[a](#x)\n## U\n```check\nc: LLEN l = 1\n```\n",
    );
    let lines: Vec<usize> = failures.iter().map(|failure| failure.line).collect();
    assert_eq!(lines, [7, 8, 8, 11, 14, 17]);
}
