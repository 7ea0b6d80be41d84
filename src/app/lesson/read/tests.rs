use proptest::prelude::*;

use super::read;
use crate::app::embed::text::Said;
use crate::app::kept::Shown;
use crate::app::lesson::text::*;
use crate::session::message::{Bytes, Conn, Speed};

const WHOLE: &str = "---
title: Leaderboards
about: Ranks: always right
minutes: 15
seed: 7
clients: A = game, B = website
pinned: board, 'two words'
clock: 10
---
Hello *you*, see `GET k` and `= PFCOUNT v`.
Still <b>there</b>, [there](#cmd=PING), [away](http://a.b) and ![a](b.png).

## First `step`

### Smaller

1. one
2. two

   > quoted

   ```keyglass
   A> no block
   ```

| a | b |
|---|---|
| 1 | 2 |

---

<div>
as it is
</div>

```text
+--+
```

```keyglass
A> ZADD board 120 ann 95 bob
(integer) 2
.advance 30s
B> BLPOP q 0
> 20 INCR n
1) \"a>b\"

…
```

```check
it is so: GET a:b = x
Note: ann leads: ZREVRANK board ann >= 0
```

```lua
#!lua engine=lua name=limits
x()
```

```actor worker_1
INCR n
```

```experiment Crash worker_1 and wait
.crash worker_1

B> GET k
```

```predict
Who is first?

- [ ] Nobody
- [x] `ann`

It **is**.
```

````hint
Try
```
GET k
```
````

## Second

```actor worker_1
INCR n
```

```plot
title: How far off
kind: histogram
x: error
y: count
band: -0.81 0.81
my errors: LRANGE errors 0 -1
```

```answer
Model.
```

```solution
A> GET k
```
";

fn text(text: &str) -> Span {
    Span::Text(text.into())
}

fn said(conn: Conn, line: &str, expected: &str) -> Said {
    let (line, expected) = (line.into(), expected.into());
    Said {
        conn,
        line,
        expected,
    }
}

fn kinds(nodes: &[Node]) -> Vec<&Kind> {
    let kind = |node| match node {
        &Node::Block(Block { ref kind, .. }) => Some(kind),
        _ => None,
    };
    nodes.iter().filter_map(kind).collect()
}

#[test]
fn a_head_is_read() {
    let lesson = read(WHOLE).unwrap();
    assert_eq!(
        (&*lesson.title, &*lesson.about),
        ("Leaderboards", "Ranks: always right")
    );
    assert_eq!((lesson.minutes, lesson.seed), (15, 7));
    assert_eq!(
        lesson.clients,
        [(0, "game".to_string()), (1, "website".into())]
    );
    let key = |key: &str| Shown::Key(0, Bytes::from_slice(key.as_bytes()));
    assert_eq!(lesson.pinned, [key("board"), key("two words")]);
    assert_eq!(lesson.clock, (false, Speed::of_tenths(100).unwrap()));
    let lesson = read("---\r\ntitle: T\r\nminutes: 1\r\nclock: paused\r\n---\r\n## S\r\n").unwrap();
    assert_eq!((lesson.seed, lesson.clock), (1, (true, Speed::NORMAL)));
    assert_eq!(lesson.clients.len(), 3);
}

#[test]
fn text_is_read() {
    let lesson = read(WHOLE).unwrap();
    let [Node::Paragraph(spans)] = &lesson.intro[..] else {
        panic!("{:?}", lesson.intro);
    };
    assert_eq!(
        *spans,
        [
            text("Hello "),
            Span::Emphasis(vec![text("you")]),
            text(", see "),
            Span::Code("GET k".into()),
            text(" and "),
            Span::Value("PFCOUNT v".into()),
            text(". Still <b>there</b>, "),
            Span::Link("#cmd=PING".into(), vec![text("there")]),
            text(", away and ![a](b.png)."),
        ]
    );
    let step = &lesson.steps[0];
    assert_eq!(step.title, "First step");
    let paragraph = |line: &str| Node::Paragraph(vec![text(line)]);
    let cell = |word: &str| vec![text(word)];
    assert_eq!(
        step.nodes[..6],
        [
            Node::Heading(3, vec![text("Smaller")]),
            Node::List(
                Some(1),
                vec![
                    vec![paragraph("one")],
                    vec![
                        paragraph("two"),
                        Node::Quote(vec![paragraph("quoted")]),
                        Node::Code("keyglass".into(), "A> no block".into()),
                    ],
                ],
            ),
            Node::Table(vec![cell("a"), cell("b")], vec![vec![cell("1"), cell("2")]]),
            Node::Rule,
            Node::Paragraph(vec![
                text("<div>"),
                Span::Break,
                text("as it is"),
                Span::Break,
                text("</div>")
            ]),
            Node::Code("text".into(), "+--+".into()),
        ]
    );
}

#[test]
fn blocks_are_read() {
    let lesson = read(WHOLE).unwrap();
    let [run, Kind::Checks, library, actor, experiment, predict, hint] =
        &kinds(&lesson.steps[0].nodes)[..]
    else {
        panic!("{:?}", lesson.steps[0].nodes);
    };
    assert_eq!(
        **run,
        Kind::Run(vec![
            said(0, "ZADD board 120 ann 95 bob", "(integer) 2"),
            said(0, ".advance 30s", ""),
            said(1, "BLPOP q 0", ""),
            said(0, "20 INCR n", "1) \"a>b\"\n\n…"),
        ])
    );
    assert_eq!(
        **library,
        Kind::Library("limits".into(), "#!lua engine=lua name=limits\nx()".into())
    );
    assert_eq!(**actor, Kind::Actor("worker_1".into(), "INCR n".into()));
    let lines = vec![said(0, ".crash worker_1", ""), said(1, "GET k", "")];
    assert_eq!(
        **experiment,
        Kind::Experiment("Crash worker_1 and wait".into(), lines)
    );
    let paragraph = |spans| vec![Node::Paragraph(spans)];
    assert_eq!(
        **predict,
        Kind::Predict {
            question: paragraph(vec![text("Who is first?")]),
            answers: vec![
                (vec![text("Nobody")], false),
                (vec![Span::Code("ann".into())], true)
            ],
            reveal: paragraph(vec![text("It "), Span::Strong(vec![text("is")]), text(".")]),
        }
    );
    assert_eq!(
        **hint,
        Kind::Hint(vec![
            Node::Paragraph(vec![text("Try")]),
            Node::Code(String::new(), "GET k".into())
        ])
    );
    let [_, plot, answer, solution] = &kinds(&lesson.steps[1].nodes)[..] else {
        panic!("{:?}", lesson.steps[1].nodes);
    };
    assert_eq!(
        **plot,
        Kind::Plot(Plot {
            title: "How far off".into(),
            shape: Shape::Histogram,
            axes: ["error".into(), "count".into()],
            band: Some((-0.81, 0.81)),
            series: vec![("my errors".into(), "LRANGE errors 0 -1".into())],
        })
    );
    assert_eq!(**answer, Kind::Answer(paragraph(vec![text("Model.")])));
    assert_eq!(**solution, Kind::Solution(vec![said(0, "GET k", "")]));
    let checks: Vec<_> = lesson.steps[0]
        .checks
        .iter()
        .map(|goal| (&*goal.text, &*goal.check.text))
        .collect();
    assert_eq!(
        checks,
        [
            ("it is so", "GET a:b = x"),
            ("Note: ann leads", "ZREVRANK board ann >= 0")
        ]
    );
    let line = |part: &str| 1 + WHOLE.lines().position(|line| line.contains(part)).unwrap();
    assert_eq!(lesson.steps[0].checks[1].line, line("Note: "));
}

/// What is wrong with a body, behind a head of four lines and a step in the fifth.
fn wrong(body: &str) -> Vec<(usize, String)> {
    let text = format!("---\ntitle: T\nminutes: 1\n---\n## S\n{body}");
    let faults = read(&text).err().unwrap_or_default();
    faults
        .into_iter()
        .map(|fault| (fault.line, fault.text))
        .collect()
}

#[test]
fn what_is_wrong_in_a_head_is_said_with_its_line() {
    for (head, line, part) in [
        ("", 1, "begins with its head"),
        ("title: T\n", 1, "begins with its head"),
        ("---\ntitle: T\n", 1, "has no end"),
        (
            "---\nminutes: 1\n---\n## S\n",
            1,
            "no title: a line such as",
        ),
        ("---\ntitle: T\n---\n## S\n", 1, "no minutes"),
        (
            "---\ntitle:\nminutes: 1\n---\n## S\n",
            2,
            "what the lesson is called",
        ),
        (
            "---\ntitle: T\nminutes: x\n---\n## S\n",
            3,
            "\"x\" is no number of minutes",
        ),
        (
            "---\ntitle: T\nminutes: 1\nseed: -1\n---\n## S\n",
            4,
            "is no seed",
        ),
        (
            "---\ntitle: T\nminutes: 1\nseeds: 1\n---\n## S\n",
            4,
            "\"seeds\" is no line of a head",
        ),
        (
            "---\ntitle: T\nminutes: 1\ntitle: U\n---\n## S\n",
            4,
            "title stands in the head already",
        ),
        (
            "---\ntitle: T\nminutes: 1\n\nclients: B\n---\n## S\n",
            5,
            "they go from A on",
        ),
        (
            "---\ntitle: T\nminutes: 1\nclients:\n---\n## S\n",
            4,
            "names no clients",
        ),
        (
            "---\ntitle: T\nminutes: 1\nclients: A = a name of far too many letters\n---\n## S\n",
            4,
            "is too long",
        ),
        (
            "---\ntitle: T\nminutes: 1\nclock: fast\n---\n## S\n",
            4,
            "is no clock",
        ),
        (
            "---\ntitle: T\nminutes: 1\npinned: a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n---\n## S\n",
            4,
            "pinned at most",
        ),
        (
            "---\ntitle: T\nminutes: 1\n---\nText\n",
            5,
            "a lesson has steps",
        ),
    ] {
        let faults = read(head).unwrap_err();
        let [fault] = &faults[..] else {
            panic!("{head}: {faults:?}");
        };
        assert!(
            fault.line == line && fault.text.contains(part),
            "{head}: {fault}"
        );
    }
    let faults = read(&"x".repeat(BYTES_MAX + 1)).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "line 1: a lesson has 262144 bytes at most"
    );
}

#[test]
fn what_is_wrong_in_a_step_is_said_with_its_line() {
    let fence = |info: &str, text: &str| format!("```{info}\n{text}```\n");
    for (body, line, part) in [
        ("# H\n".to_string(), 6, "## begins a step"),
        ("##\n".into(), 6, "a step has a title"),
        ("\n## S\n".into(), 7, "another step \"S\""),
        (
            "a `= EVAL x 0`\n".into(),
            6,
            "\"EVAL x 0\" is no command that a value can be asked of",
        ),
        ("a\n`= GET 'x`\n".into(), 7, "that a value can be asked of"),
        ("a\nsee [b](#cmd=GET k).\n".into(), 7, "this is no link"),
        ("> ".repeat(40) + "x\n", 6, "more than 16"),
        ("```text\nopen\n".into(), 6, "has no end"),
        (
            fence("keyglass now", "A> PING\n"),
            6,
            "nothing stands behind keyglass",
        ),
        (fence("keyglass", ""), 6, "behind its client's prompt"),
        (fence("keyglass", "PING\n"), 7, "behind its client's prompt"),
        (
            fence("keyglass", "A> PING\nPONG\nB>\n"),
            9,
            "a command stands behind a prompt",
        ),
        (
            fence("keyglass", "A> PING\nD> PING\n"),
            8,
            "there is no client D",
        ),
        (
            fence("keyglass", "A> .advance soon\n"),
            7,
            "'soon' is no length of time",
        ),
        (fence("keyglass", "A> GET 'k\n"), 7, "Invalid argument(s)"),
        (fence("lua", "return 1\n"), 7, "begins with #!lua name="),
        (fence("actor", "INCR n\n"), 6, "name of one word"),
        (fence("actor a b", "INCR n\n"), 6, "name of one word"),
        (fence("actor a", "INCR n\nforever\n"), 8, ""),
        (
            fence("actor a", "INCR n\n") + &fence("actor a", "INCR n\n"),
            9,
            "another actor a",
        ),
        (
            fence("actor a", "INCR n\n") + "## U\n" + &fence("actor a", "INCR m\n"),
            10,
            "another actor a",
        ),
        (fence("experiment", "PING\n"), 6, "has a label"),
        (fence("experiment Do", "\n"), 6, "has lines"),
        (
            fence("experiment Do", "PING\nZ> PING\n"),
            8,
            "there is no client",
        ),
        (
            fence("predict", "Q\n\n- [ ] a\n- [ ] b\n\nR\n"),
            6,
            "here 0 do",
        ),
        (
            fence("predict", "Q\n\n- [x] a\n- [x] b\n\nR\n"),
            6,
            "here 2 do",
        ),
        (
            fence("predict", "Q\n\n- [x] a\n\nR\n"),
            6,
            "answers to choose from",
        ),
        (
            fence("predict", "Q\n\n- [x] a\n- [ ] c\n- b\n\nR\n"),
            6,
            "each answer is one line",
        ),
        (
            fence("predict", "- [x] a\n- [ ] b\n\nR\n"),
            6,
            "a question stands",
        ),
        (
            fence("predict", "Q\n\n- [x] a\n- [ ] b\n"),
            6,
            "stands behind the answers",
        ),
        (fence("hint", "\n"), 6, "nothing in this hint"),
        (
            fence("hint", "a\n\n`= DEBUG x`\n"),
            9,
            "that a value can be asked of",
        ),
        (fence("check", "\n"), 6, "no check in this block"),
        (
            fence("check", "a: GET k = 1\nGET k = 1\n"),
            8,
            "is no check",
        ),
        (fence("check", "a: GET k >= many\n"), 7, "is no check"),
        (fence("check", "a: EVAL x 0 = 1\n"), 7, "none of EVAL"),
        (
            fence("check", "a: GET k = 1\n") + &fence("check", "b: GET k = 1\n"),
            9,
            "one check block",
        ),
        (fence("plot", "title: T\n"), 6, "a plot has a series"),
        (
            fence("plot", "kind: pie\na: GET k\n"),
            7,
            "is no kind of plot",
        ),
        (
            fence("plot", "band: 2 1\na: GET k\n"),
            7,
            "a band goes from",
        ),
        (
            fence("plot", "kind: bars\nband: 1 2\na: GET k\n"),
            8,
            "bars have no band",
        ),
        (fence("plot", "a: GET k\na: GET l\n"), 8, "another series"),
        (fence("plot", "a: GET k\nb: FCALL f 0\n"), 8, "is no series"),
    ] {
        let faults = wrong(&body);
        let [(at, text)] = &faults[..] else {
            panic!("{body}: {faults:?}");
        };
        assert!(*at == line && text.contains(part), "{body}: {at}: {text}");
    }
}

#[test]
fn all_that_is_wrong_is_said_in_order() {
    let text = "---\ntitle: T\nhour: 1\n---\n```check\na: GET k = 1\n```\n## S\n# H\n```plot\nkind: pie\n```\n";
    let faults = read(text).unwrap_err();
    let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [1, 3, 5, 9, 10, 11]);
}

#[test]
fn an_actor_is_started_anew_in_a_later_step() {
    let actor = "```actor a\nINCR n\n```\n";
    assert_eq!(wrong(&format!("{actor}## U\n{actor}## V\n{actor}")), []);
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "(?s).{0,300}") {
        let _ = read(&text);
    }

    /// What is made of a lesson's own pieces.
    #[test]
    fn no_lesson_breaks_it(pieces in prop::collection::vec(prop::sample::select(pieces()), 0..60)) {
        let text = format!("---\ntitle: T\nminutes: 1\n---\n{}", pieces.concat());
        if let Err(faults) = read(&text) {
            let lines = text.lines().count();
            for fault in faults {
                prop_assert!((1..=lines + 1).contains(&fault.line) && !fault.text.is_empty(), "{}", fault);
            }
        }
    }
}

fn pieces() -> Vec<&'static str> {
    let marks = [
        "\n", " ", ">", "-", "- [ ] ", "- [x] ", "1. ", "`", "```", "*", "_", "[", "](", ")",
        "<b>", "|", "|-|\n", "…", "é", "\t", "=", ":",
    ];
    let words = [
        "## ",
        "keyglass",
        "predict\n",
        "check\n",
        "plot\n",
        "actor a\n",
        "A> ",
        "GET k",
        ".advance",
        "kind: ",
        "band: 1",
        "#!lua name=",
        "\n```\n",
        "\n```check\n",
    ];
    marks.into_iter().chain(words).collect()
}
