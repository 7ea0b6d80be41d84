//! An embed in front of a real server half.

use serde_json::{Value, json};

use super::*;
use crate::app::Action;
use crate::app::tests::Joined;
use crate::app::transcript::Kind as Shown;

const BOARD: &str = "> ZADD board 120 ann 150 bob\n(integer) 2\n> ZINCRBY board 40 ann\n\"160\"\n";

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn open(fragment: &str) -> Joined {
    let mut page = Joined::shut();
    page.state
        .embedded(Embed::read("?embed=1&control=1", fragment));
    page.act(Action::Embed(Act::Open));
    page.settle();
    page
}

fn of(text: &str, more: &str) -> Joined {
    open(&format!("#text={}{more}", escaped(text)))
}

/// What the page around it was told since it was last asked; a tick passes.
fn told(page: &mut Joined) -> Vec<Value> {
    page.now += 250;
    page.act(Action::Tick);
    page.settle();
    let said = std::mem::take(&mut page.said);
    said.iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

fn types(told: &[Value]) -> Vec<&str> {
    told.iter()
        .map(|message| message["type"].as_str().unwrap())
        .collect()
}

fn ask(page: &mut Joined, message: Value) -> Vec<Value> {
    page.act(Action::Embed(Act::Heard(message.to_string())));
    page.settle();
    told(page)
}

fn answer(page: &mut Joined, kind: &str, fields: Value) -> Value {
    let mut message = json!({ "keyglass": 1, "id": "q", "type": kind });
    message
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let told = ask(page, message);
    let own: Vec<&Value> = told.iter().filter(|m| m["id"] == "q").collect();
    assert_eq!(own.len(), 1, "{kind}: {told:?}");
    own[0].clone()
}

fn log(page: &Joined, conn: Conn) -> Vec<String> {
    let console = page.state.consoles.iter().find(|c| c.conn == conn).unwrap();
    let text = |kind: &Shown| match kind {
        Shown::Command { line } => Some(format!("> {line}")),
        Shown::Reply { text, .. } | Shown::Pushed { text } => Some(text.clone()),
        Shown::Note { .. } | Shown::Why { .. } => None,
    };
    let blocks = console.transcript.blocks().iter();
    blocks.filter_map(|block| text(&block.kind)).collect()
}

fn still(page: &Joined, conn: Conn) -> Vec<(String, String)> {
    let said = page.state.still(conn).into_iter();
    said.map(|said| (said.line, said.expected)).collect()
}

#[test]
fn an_authors_text_is_read_with_any_prompt_or_none() {
    let read = |text: &str| -> Vec<(Conn, String, String)> {
        let said = text::read(text, 0).into_iter();
        said.map(|said| (said.conn, said.line, said.expected))
            .collect()
    };
    let is =
        |conn: Conn, line: &str, expected: &str| (conn, line.to_string(), expected.to_string());
    assert_eq!(
        read(
            "> GET a\n(nil)\n>\nB> SUBSCRIBE n\n1) \"subscribe\"\n2) \"n\"\n\n127.0.0.1:6379> PING\nPONG\nredis> ECHO x\n  c[2](TX)>GET b  \n"
        ),
        [
            is(0, "GET a", "(nil)"),
            is(1, "SUBSCRIBE n", "1) \"subscribe\"\n2) \"n\""),
            is(0, "PING", "PONG"),
            is(0, "ECHO x", ""),
            is(2, "GET b", ""),
        ]
    );
    assert_eq!(
        read("SET a 1\n\n  GET a\n"),
        [is(0, "SET a 1", ""), is(0, "GET a", "")]
    );
    assert_eq!(read("\n"), []);
}

#[test]
fn the_authors_output_stays_until_it_is_run() {
    let mut page = of(BOARD, "&view=board&title=Top");
    let first = told(&mut page);
    assert_eq!(types(&first), ["ready"]);
    assert_eq!(first[0]["clients"], json!(["A"]));
    assert_eq!(first[0]["commands"], 2);
    assert_eq!(page.state.title(), "Top");
    assert_eq!(log(&page, 0), Vec::<String>::new());
    assert_eq!(still(&page, 0).len(), 2);
    let stepped = answer(&mut page, "step", json!({}));
    assert_eq!(stepped["type"], "ran");
    assert_eq!(
        stepped["results"],
        json!([{ "client": "A", "line": "ZADD board 120 ann 150 bob", "reply": "(integer) 2" }])
    );
    assert_eq!(
        log(&page, 0),
        ["> ZADD board 120 ann 150 bob", "(integer) 2"]
    );
    assert_eq!(
        still(&page, 0),
        [("ZINCRBY board 40 ann".into(), "\"160\"".into())]
    );
    let rest = answer(&mut page, "run", json!({}));
    assert_eq!(rest["results"][0]["reply"], "\"160\"");
    assert_eq!(still(&page, 0), []);
    // Where all was run, all runs again, from the start.
    let again = answer(&mut page, "run", json!({}));
    assert_eq!(again["results"].as_array().unwrap().len(), 2);
    assert_eq!(again["results"][1]["reply"], "\"160\"");
    assert_eq!(log(&page, 0).len(), 4);
    let empty = answer(&mut page, "step", json!({}));
    assert_eq!(empty["results"], json!([]));
}

#[test]
fn what_has_run_is_in_the_link_before_that_is_answered() {
    let mut page = of(BOARD, "");
    told(&mut page);
    page.act(Action::Embed(Act::Heard(
        json!({ "keyglass": 1, "id": "q", "type": "run" }).to_string(),
    )));
    page.settle();
    let said: Vec<Value> = page
        .said
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    assert_eq!(types(&said), ["result", "result", "change", "ran"]);
    let link = said[2]["link"].as_str().unwrap();
    assert_eq!(address("", link).unwrap().unwrap().commands(), 2);
}

#[test]
fn setup_runs_unseen_and_a_reset_runs_it_again() {
    let mut page = of("> GET k", "&setup=SET k 1%0AINCR k");
    assert_eq!(types(&told(&mut page)), ["ready"]);
    assert_eq!(log(&page, 0), Vec::<String>::new());
    let run = answer(&mut page, "run", json!({}));
    assert_eq!(run["results"][0]["reply"], "\"2\"");
    let set = answer(&mut page, "exec", json!({ "line": "SET k 9" }));
    assert_eq!(
        (&set["type"], &set["reply"]),
        (&json!("result"), &json!("OK"))
    );
    assert_eq!(answer(&mut page, "reset", json!({}))["type"], "ready");
    assert_eq!(log(&page, 0), Vec::<String>::new());
    assert_eq!(
        answer(&mut page, "exec", json!({ "line": "GET k" }))["reply"],
        "\"2\""
    );

    let mut page = of("> PING", "&setup=NOSUCH");
    let told = told(&mut page);
    assert_eq!(types(&told), ["error", "ready"]);
    assert!(told[0]["message"].as_str().unwrap().contains("NOSUCH"));
}

#[test]
fn a_check_is_told_when_it_becomes_another_and_changes_nothing() {
    let mut page = of(BOARD, "&check=ZREVRANK board ann = 0&goal=ann is first");
    assert_eq!(types(&told(&mut page)), ["ready"]);
    assert_eq!(page.state.embed().unwrap().goal(), "ann is first");
    page.act(Action::Embed(Act::Step));
    page.settle();
    let step = told(&mut page);
    let checks: Vec<&Value> = step.iter().filter(|m| m["type"] == "check").collect();
    assert_eq!(checks.len(), 1);
    assert_eq!(
        (&checks[0]["passed"], &checks[0]["reply"]),
        (&json!(false), &json!("(integer) 1"))
    );
    assert!(
        step.iter()
            .any(|m| m["type"] == "change" && m["link"].as_str().unwrap().starts_with("#v1."))
    );
    let inputs = page.state.log().entries.len();
    page.act(Action::Embed(Act::Run));
    page.settle();
    assert!(
        told(&mut page)
            .iter()
            .any(|m| m["type"] == "check" && m["passed"] == true)
    );
    assert_eq!(
        page.state.log().entries.len(),
        inputs + 1,
        "a check is no input"
    );
    // What is checked may even change something: it happens to a copy.
    let other = answer(&mut page, "check", json!({ "check": "DEL board = 1" }));
    assert_eq!(other["passed"], true);
    assert_eq!(answer(&mut page, "check", json!({}))["passed"], true);
    let wrong = answer(
        &mut page,
        "check",
        json!({ "check": "EVAL 'while true do end' 0 = 1" }),
    );
    assert_eq!(wrong["type"], "error");
}

#[test]
fn replies_are_held_against_what_a_person_writes() {
    let check = |text: &str, reply: &[u8]| {
        let check = Check::read(text).unwrap();
        check.hold(&decode(reply).unwrap().0).passed
    };
    for (text, reply, passed) in [
        ("GET k = 1", b"$1\r\n1\r\n".as_slice(), true),
        ("GET k = \"1\"", b"$1\r\n1\r\n", true),
        ("GET k = nil", b"$-1\r\n", true),
        ("GET k = (nil)", b"$-1\r\n", true),
        ("GET k != nil", b"$-1\r\n", false),
        ("GET k != 2", b"$1\r\n1\r\n", true),
        ("DBSIZE = (integer) 3", b":3\r\n", true),
        ("DBSIZE = 4", b":3\r\n", false),
        ("TYPE k = string", b"+string\r\n", true),
        (
            "LRANGE l 0 -1 = a \"b c\"",
            b"*2\r\n$1\r\na\r\n$3\r\nb c\r\n",
            true,
        ),
        (
            "LRANGE l 0 -1 = a",
            b"*2\r\n$1\r\na\r\n$3\r\nb c\r\n",
            false,
        ),
        ("LRANGE l 0 -1 =", b"*0\r\n", true),
        ("GET k = ERR x", b"-ERR x\r\n", false),
        ("GET k = a=b", b"$3\r\na=b\r\n", true),
        ("GET k = 'a = b'", b"$5\r\na = b\r\n", true),
        ("GET k != 'a >= b'", b"$5\r\na = b\r\n", true),
        (
            "GET k = {\"a\":\"b = c\"}",
            b"$13\r\n{\"a\":\"b = c\"}\r\n",
            true,
        ),
        ("GET k = it's", b"$4\r\nit's\r\n", true),
        ("GET k =1", b"$1\r\n1\r\n", true),
        ("GET k >= 3", b"$1\r\n3\r\n", true),
        ("GET k >= 3", b"$1\r\n2\r\n", false),
        ("GET k >= 3", b"$2\r\n10\r\n", true),
        ("GET k >= 3", b"$3\r\nfar\r\n", false),
        ("GET k >= 3", b"$-1\r\n", false),
        ("GET k <= 3", b"$-1\r\n", false),
        ("GET k <= 2.5", b"$4\r\n2.25\r\n", true),
        ("GET k <= -2", b":-3\r\n", true),
        (
            "GET k >= 9223372036854775807",
            b":9223372036854775806\r\n",
            false,
        ),
        ("LRANGE l 0 -1 <= 3", b"*1\r\n:1\r\n", false),
        ("GET k >= 3", b"-ERR 5\r\n", false),
        ("GET k != 1", b"-ERR x\r\n", false),
        ("GET a=b = 1", b"$1\r\n1\r\n", true),
    ] {
        assert_eq!(check(text, reply), passed, "{text}");
    }
    for text in [
        "GET k",
        "= 1",
        "GET k=1",
        "debug sleep 9 = OK",
        "GET k >= many",
        "GET k <=",
        "GET 'open = 1",
    ] {
        assert_eq!(Check::read(text), None, "{text}");
    }
}

#[test]
fn clients_are_those_that_are_named_and_nobody_types_where_that_is_not_wanted() {
    let mut page = of("A> SET k 1\nB> GET k", "&clients=D&readonly=1");
    let conns: Vec<Conn> = page.state.consoles.iter().map(|c| c.conn).collect();
    assert_eq!(conns, [0, 1, 3]);
    page.act(Action::Run {
        conn: 0,
        text: "SET k 9".into(),
        ticket: None,
    });
    page.settle();
    assert_eq!(log(&page, 0), Vec::<String>::new());
    let run = answer(&mut page, "run", json!({}));
    assert_eq!(
        run["results"][1],
        json!({ "client": "B", "line": "GET k", "reply": "\"1\"" })
    );
    // Who was let in by the address may still run lines.
    assert_eq!(
        answer(&mut page, "exec", json!({ "line": "GET k", "client": "d" }))["client"],
        "D"
    );
    assert_eq!(
        answer(&mut page, "exec", json!({ "line": "GET k", "client": "C" }))["type"],
        "error"
    );
}

#[test]
fn where_a_session_is_shared_no_line_is_run_as_a_client_of_others() {
    let embed = Embed::read(
        "?session=s",
        "#text=A> GET k%0AB> SET k 1%0A> PING&clients=B,C",
    );
    let conns: Vec<Conn> = embed.said.iter().map(|said| said.conn).collect();
    assert_eq!(conns, [1, 1, 1]);
    let clients: Vec<Conn> = embed.document.clients.iter().map(|c| c.conn).collect();
    assert_eq!(clients, [1, 2]);
}

#[test]
fn what_is_typed_is_told_too() {
    let mut page = of(BOARD, "");
    told(&mut page);
    page.act(Action::Run {
        conn: 0,
        text: "SET a 1\nGET a".into(),
        ticket: None,
    });
    page.settle();
    let told = told(&mut page);
    let results: Vec<&Value> = told.iter().filter(|m| m["type"] == "result").collect();
    assert_eq!(results.len(), 2);
    assert_eq!(results[1]["reply"], "\"1\"");
    assert!(results.iter().all(|m| m.get("id").is_none()));
    // A command that waits is told once it does not any more; what the author wrote does not wait for it.
    page.act(Action::Run {
        conn: 0,
        text: "BLPOP l 0".into(),
        ticket: None,
    });
    page.settle();
    assert!(page.state.embed().unwrap().runs().eq(&false));
}

#[test]
fn a_link_and_the_readable_form_are_embeds_too() {
    let mut page = open("#cmd=SET k 1;GET k&view=k&run=1");
    let told_ = told(&mut page);
    assert_eq!(told_.iter().filter(|m| m["type"] == "result").count(), 2);
    let link = page.state.embed().unwrap().link.clone().unwrap();
    let mut page = open(&format!("{link}&check=GET k = 1"));
    assert_eq!(page.state.still(0).len(), 2);
    told(&mut page);
    let run = answer(&mut page, "run", json!({}));
    assert_eq!(run["results"][1]["reply"], "\"1\"");
    assert_eq!(
        page.state
            .embed()
            .unwrap()
            .checked
            .as_ref()
            .map(|c| c.passed),
        Some(true)
    );
}

#[test]
fn what_the_address_cannot_have_is_said() {
    let long = format!("&setup={}", "PING%0A".repeat(RUN_MAX + 1));
    for (fragment, part) in [
        (
            format!("#text={}", "x".repeat(LINK_MAX + 1)),
            "too many characters",
        ),
        (format!("#text=PING{long}"), "setup"),
        ("#text=PING&check=nothing".into(), "no check"),
        ("#v1.xxxx".into(), "not whole"),
    ] {
        let mut page = open(&fragment);
        let notice = page.state.notice.clone().unwrap();
        assert!(notice.contains(part), "{notice}");
        let told = told(&mut page);
        assert!(told.iter().any(|m| m["type"] == "error"), "{told:?}");
        assert!(
            types(&told).contains(&"ready"),
            "it can be used all the same"
        );
    }
    // An empty one has a prompt.
    let mut page = open("");
    assert_eq!(
        answer(&mut page, "exec", json!({ "line": "PING" }))["reply"],
        "PONG"
    );
}

#[test]
fn only_messages_of_the_protocol_are_answered() {
    let mut page = of(BOARD, "");
    told(&mut page);
    for message in [
        json!("run"),
        json!({ "type": "run", "id": 1 }),
        json!({ "keyglass": 1, "type": "run" }),
        json!({ "keyglass": 1, "type": "run", "id": { "a": 1 } }),
        json!({ "keyglass": 1, "type": "run", "id": "x".repeat(101) }),
    ] {
        assert_eq!(ask(&mut page, message), [] as [Value; 0]);
    }
    for (message, part) in [
        (json!({ "keyglass": 2, "type": "run" }), "version"),
        (json!({ "keyglass": 1, "type": "fly" }), "no such request"),
        (json!({ "keyglass": 1, "type": "exec" }), "one"),
        (
            json!({ "keyglass": 1, "type": "exec", "line": "PING\nPING" }),
            "one",
        ),
        (
            json!({ "keyglass": 1, "type": "theme", "scheme": "pink" }),
            "scheme",
        ),
    ] {
        let mut message = message;
        message["id"] = 7.into();
        let told = ask(&mut page, message);
        assert_eq!(types(&told), ["error"]);
        assert_eq!(told[0]["id"], 7);
        assert!(
            told[0]["message"].as_str().unwrap().contains(part),
            "{told:?}"
        );
    }
    assert_eq!(still(&page, 0).len(), 2);
    assert_eq!(answer(&mut page, "hello", json!({}))["version"], 1);
    let state = answer(&mut page, "state", json!({}));
    assert_eq!((&state["done"], &state["commands"]), (&json!(0), &json!(2)));
}

#[test]
fn a_theme_takes_colours_a_font_and_a_length_and_nothing_else() {
    let theme = |name: &str, value: &str| {
        let message = json!({ "keyglass": 1, "id": 1, "type": "theme", "tokens": { name: value } });
        match protocol::read(&message.to_string()) {
            Ok((_, Ask::Theme { tokens, .. })) => tokens.into_iter().next(),
            _ => None,
        }
    };
    for (name, value) in [
        ("card", "#fff"),
        ("ink", "rebeccapurple"),
        ("accent", "oklch(60% 0.1 200 / .5)"),
        ("mono", "\"Fira Code\", monospace"),
        ("radius", "0.5rem"),
    ] {
        assert_eq!(
            theme(name, value).map(|(_, v)| v),
            Some(value.to_string()),
            "{name}"
        );
    }
    for (name, value) in [
        ("card", "url(https://x.example/)"),
        ("card", "red; background: url(x)"),
        ("card", "rgb(var(--x))"),
        ("card", "rgb(1 2 3"),
        ("card", ""),
        ("mono", "x); src: url(y)"),
        ("radius", "calc(1px)"),
        ("radius", "1"),
        ("sans", "serif"),
    ] {
        assert_eq!(theme(name, value), None, "{name} {value}");
    }
}
