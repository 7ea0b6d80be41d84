//! Replies of commands as values, and values as replies.

use super::*;
use crate::lua::message::ReplyError;

#[test]
fn replies_become_values() {
    let state = &mut machine(For::Scripts);
    let cases = [
        ("+PONG\r\n", "{ok=PONG}"),
        (":-7\r\n", "-7"),
        ("$1\r\nv\r\n", "v"),
        ("$0\r\n\r\n", ""),
        ("$-1\r\n", "false"),
        ("*-1\r\n", "false"),
        ("_\r\n", "nil"),
        ("*2\r\n$1\r\nv\r\n$-1\r\n", "{1=v 2=false}"),
        ("*3\r\n_\r\n$1\r\nv\r\n_\r\n", "{2=v}"),
        ("*0\r\n", "{}"),
        ("*2\r\n*0\r\n*1\r\n:1\r\n", "{1={} 2={1=1}}"),
        ("%1\r\n$1\r\nf\r\n$1\r\n1\r\n", "{map={f=1}}"),
        ("%0\r\n", "{map={}}"),
        (
            "*1\r\n*2\r\n$1\r\nm\r\n,1.5\r\n",
            "{1={1=m 2={double=1.5}}}",
        ),
        (",-inf\r\n", "{double=-inf}"),
        ("~2\r\n$1\r\na\r\n$1\r\nb\r\n", "{set={a=true b=true}}"),
        ("#t\r\n", "true"),
        ("#f\r\n", "false"),
        ("(123\r\n", "{big_number=123}"),
        (
            "=8\r\ntxt:some\r\n",
            "{verbatim_string={format=txt string=some}}",
        ),
        ("|1\r\n+a\r\n*1\r\n:2\r\n:7\r\n", "7"),
        ("*1\r\n|1\r\n+a\r\n:2\r\n:7\r\n", "{1=7}"),
    ];
    for (reply, expected) in cases {
        let value = take_reply(state, CallKind::Call, reply.as_bytes()).expect("a value");
        assert_eq!(shown(state, value), expected, "{reply:?}");
    }
    let error = b"-ERR value is not an integer or out of range\r\n";
    let expected =
        "{ignore_error_stats_update=true err=ERR value is not an integer or out of range}";
    let table = take_reply(state, CallKind::Protected, error).expect("a table");
    assert_eq!(shown(state, table), expected);
    match take_reply(state, CallKind::Call, error) {
        Err(Error::Raised(raised)) => assert_eq!(shown(state, raised), expected),
        other => panic!("{other:?}"),
    }
    let error = b"-ERR Invalid command passed to server.acl_check_cmd()\r\n";
    match take_reply(state, CallKind::AclCheck, error) {
        Err(Error::Raised(raised)) => assert_eq!(
            shown(state, raised),
            "{err=ERR Invalid command passed to server.acl_check_cmd()}"
        ),
        other => panic!("{other:?}"),
    }
    for (reply, allowed) in [(b":1\r\n", true), (b":0\r\n", false)] {
        let value = take_reply(state, CallKind::AclCheck, reply);
        assert_eq!(value, Ok(Value::Bool(allowed)));
    }
}

#[test]
fn deep_and_broken_replies_do_no_harm() {
    let state = &mut machine(For::Scripts);
    let deep = [b"*1\r\n".repeat(100_000), b":1\r\n".to_vec()].concat();
    assert!(take_reply(state, CallKind::Call, &deep).is_ok());
    let broken: [&[u8]; 6] = [
        b"",
        b"*3\r\n:1\r\n",
        b"$9\r\nab",
        b":x",
        b"?\r\n",
        b"=2\r\nab\r\n",
    ];
    for broken in broken {
        assert!(take_reply(state, CallKind::Call, broken).is_ok());
    }
    state.memory_limit = state.memory() + 1000;
    assert!(take_reply(state, CallKind::Call, b"*1000000000\r\n").is_err());
}

/// The reply to a client of each version, and the codes of the errors in it.
fn replies(state: &mut State, value: Value) -> [String; 2] {
    [2, 3].map(|resp| {
        let reply = reply(state, value, resp).expect("there is room");
        String::from_utf8_lossy(&reply.bytes).replace("\r\n", "|")
    })
}

#[test]
fn values_become_replies() {
    let state = &mut machine(For::Scripts);
    let nan = Value::Number(f64::NAN);
    let plain = [
        (Value::Number(3.99), [":3|", ":3|"]),
        (Value::Number(-3.99), [":-3|", ":-3|"]),
        (Value::Number(1e300), [":-9223372036854775808|"; 2]),
        (nan, [":-9223372036854775808|"; 2]),
        (Value::Nil, ["$-1|", "_|"]),
        (Value::Bool(true), [":1|", ":1|"]),
        (Value::Bool(false), ["$-1|", "_|"]),
        (Value::Null, ["$-1|", "_|"]),
    ];
    for (value, expected) in plain {
        assert_eq!(replies(state, value), expected);
    }
    let s = |state: &mut State, given: &str| text(state, given);
    let (a, b, txt) = (s(state, "a"), s(state, "b"), s(state, "mkdx"));
    let one = Value::Number(1.0);
    assert_eq!(replies(state, a), ["$1|a|", "$1|a|"]);
    let inner = list(state, &[one, Value::Nil, one]);
    let outer = list(state, &[inner, a]);
    assert_eq!(replies(state, outer), ["*2|*1|:1|$1|a|"; 2]);
    let map = table(state, &[("a", one)]);
    let set = table(state, &[("a", one), ("b", Value::Bool(false))]);
    let verbatim = table(state, &[("format", txt), ("string", a)]);
    let short = s(state, "m");
    let short = table(state, &[("format", short), ("string", a)]);
    let half = table(state, &[("string", a)]);
    let line = s(state, "12\r\n");
    let zero = s(state, "12\x003");
    type Case<'a> = (&'a [(&'a str, Value)], [&'a str; 2]);
    let cases: [Case; 16] = [
        (&[("double", Value::Number(1.5))], ["$3|1.5|", ",1.5|"]),
        (&[("double", nan)], ["$3|nan|", ",nan|"]),
        (&[("double", Value::Number(-0.0))], ["$2|-0|", ",-0|"]),
        (&[("double", a)], ["*0|", "*0|"]),
        (&[("big_number", line)], ["$4|12  |", "(12  |"]),
        (&[("big_number", zero)], ["$2|12|", "(12|"]),
        (&[("big_number", one)], ["*0|", "*0|"]),
        (&[("verbatim_string", verbatim)], ["$1|a|", "=5|mkd:a|"]),
        (&[("verbatim_string", short)], ["$1|a|", "=5|m  :a|"]),
        (
            &[("verbatim_string", half), ("map", map)],
            ["*2|$1|a|:1|", "%1|$1|a|:1|"],
        ),
        (&[("set", set)], ["*2|$1|a|$1|b|", "~2|$1|a|$1|b|"]),
        (&[("set", one)], ["*0|", "*0|"]),
        (&[("ok", line)], ["+12  |", "+12  |"]),
        (&[("ok", zero)], ["+12|", "+12|"]),
        (&[("ok", a), ("err", b)], ["-b|", "-b|"]),
        (&[("err", one)], ["*0|", "*0|"]),
    ];
    for (fields, expected) in cases {
        let value = table(state, fields);
        assert_eq!(replies(state, value), expected, "{fields:?}");
    }
    for (err, expected) in [
        ("", "-|"),
        ("\r\n a b \r\n", "-   a b |"),
        ("\n", "-|"),
        ("-x", "--x|"),
        ("a\x00b", "-a|"),
        ("a b\r\nc", "-a b  c|"),
    ] {
        let err = text(state, err);
        let value = table(state, &[("err", err)]);
        assert_eq!(replies(state, value)[0], expected);
    }
}

#[test]
fn setresp_changes_what_booleans_become() {
    let state = &mut machine(For::Scripts);
    state.server.resp3 = true;
    let value = list(state, &[Value::Bool(true), Value::Bool(false), Value::Nil]);
    assert_eq!(replies(state, value), ["*2|:1|:0|", "*2|#t|#f|"]);
}

#[test]
fn errors_in_replies_are_told() {
    let state = &mut machine(For::Scripts);
    let mut errors = Vec::new();
    let long = "a-very-long-code-of-more-than-thirty-two-bytes x";
    for err in [
        "MYERR foo",
        "foo",
        "-B y",
        " x",
        "a\nb c",
        long,
        "a-very-long-code-of-more-than- x",
    ] {
        let err = text(state, err);
        errors.push(table(state, &[("err", err)]));
    }
    let err = text(state, "A x");
    let own = ("ignore_error_stats_update", Value::Bool(true));
    errors.push(table(state, &[("err", err), own]));
    let value = list(state, &errors);
    let reply = reply(state, value, 2).expect("there is room");
    let codes = [
        "MYERR",
        "ERR",
        "-B",
        "",
        "a",
        "ERR",
        "a-very-long-code-of-more-than-",
        "A",
    ];
    let expected = codes.map(|code| ReplyError {
        code: code.as_bytes().to_vec(),
        counted: code == "A",
    });
    assert_eq!(reply.errors, expected);
}

#[test]
fn nested_tables_end_where_the_stack_of_the_reference_does() {
    let state = &mut machine(For::Scripts);
    let limit = b"-ERR reached lua stack limit\r\n";
    let mut nested = |depth: usize, name: &str| {
        let mut value = list(state, &[]);
        for _ in 0..depth {
            value = match name {
                "map" => {
                    let map = table(state, &[("a", value)]);
                    table(state, &[("map", map)])
                }
                "set" => {
                    let set = state.new_table(0, 0).expect("there is room");
                    state
                        .set(set, value, Value::Bool(true))
                        .expect("there is room");
                    table(state, &[("set", Value::Table(set))])
                }
                _ => list(state, &[value]),
            };
        }
        let reply = reply(state, value, 2).expect("there is room");
        assert_eq!(reply.bytes.ends_with(limit), !reply.errors.is_empty());
        reply.errors.len()
    };
    for (name, most, errors) in [("list", 7994, 1), ("map", 2664, 2), ("set", 2664, 1)] {
        assert_eq!(nested(most, name), 0, "{name}");
        assert_eq!(nested(most + 1, name), errors, "{name}");
    }
}

#[test]
fn tables_in_circles_use_up_a_budget() {
    let state = &mut machine(For::Scripts);
    let circle = state.new_table(0, 0).expect("there is room");
    for at in 1..=2 {
        state
            .set_index(circle, at, Value::Table(circle))
            .expect("there is room");
    }
    state.memory_limit = state.memory() + 10_000_000;
    state.steps = 1_000_000;
    assert!(matches!(
        reply(state, Value::Table(circle), 2),
        Err(Error::Budget(_))
    ));
}
