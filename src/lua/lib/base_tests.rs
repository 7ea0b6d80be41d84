//! The base library's functions, called as the machine calls them. What they give is the reference's.

use super::*;
use crate::lua::state::State;

fn machine() -> State {
    let mut state = State::default();
    open(&mut state).expect("there is room");
    state
}

/// Calls a global, or a coroutine's function.
fn call(state: &mut State, name: &str, args: &[Value]) -> (Done, Vec<Value>) {
    let function = match state.get_field(state.globals, name) {
        Value::Nil => match state.get_field(state.globals, "coroutine") {
            Value::Table(table) => state.get_field(table, name),
            _ => Value::Nil,
        },
        function => function,
    };
    call_value(state, function, args)
}

fn call_value(state: &mut State, function: Value, args: &[Value]) -> (Done, Vec<Value>) {
    let Value::Function(id) = function else {
        panic!("{function:?} is no function");
    };
    let Some(Function::Native(native)) = state.function(id).cloned() else {
        panic!("{function:?} is not written in Rust");
    };
    let mut out = Vec::new();
    state.running = id;
    let done = (native.run)(state, args, &mut out);
    (done, out)
}

/// What a call shows: its results, or its error.
fn shown(state: &mut State, name: &str, args: &[Value]) -> String {
    let (done, out) = call(state, name, args);
    match done {
        Ok(Flow::Return) => values(state, &out),
        Ok(Flow::TailCall(_)) => format!("calls with {}", values(state, &out)),
        Ok(Flow::Special(special)) => format!("{special:?} {}", values(state, &out)),
        Err(Error::Text(text) | Error::Plain(text)) => {
            format!("where: {}", String::from_utf8_lossy(&text))
        }
        Err(Error::Argument(n, text)) => format!("#{n}: {}", String::from_utf8_lossy(&text)),
        Err(Error::Raised(value)) => format!("raised {}", values(state, &[value])),
        Err(Error::Budget(budget)) => format!("{budget:?}"),
    }
}

fn values(state: &mut State, values: &[Value]) -> String {
    let shown = values.iter().map(|value| {
        let text = display(state, *value).expect("there is room");
        String::from_utf8_lossy(state.bytes(text)).into_owned()
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn number(value: f64) -> Value {
    Value::Number(value)
}

#[test]
fn numbers_are_read_in_every_base() {
    let state = &mut machine();
    let cases = [
        ("0x10", 10.0, "16"),
        ("10", 2.0, "2"),
        ("zz", 36.0, "1295"),
        ("0xff", 16.0, "255"),
        (" -ff ", 16.0, "1.844674407371e+19"),
        ("ffffffffffffffffffffff", 16.0, "1.844674407371e+19"),
        ("-ffffffffffffffffffffff", 16.0, "1.844674407371e+19"),
        ("2\x001", 3.0, "2"),
        ("+7", 8.0, "7"),
        ("", 3.0, "nil"),
        (" ", 3.0, "nil"),
        ("9", 8.0, "nil"),
        ("18", 8.0, "nil"),
        ("- 7", 8.0, "nil"),
        ("0x", 16.0, "nil"),
        ("1 x", 16.0, "nil"),
        ("10", 10.9, "10"),
        ("1e1", 10.0, "10"),
        ("1", 1.0, "#2: base out of range"),
        ("1", 37.0, "#2: base out of range"),
    ];
    for (text, base, expected) in cases {
        let value = state.text(text.as_bytes()).expect("there is room");
        assert_eq!(
            shown(state, "tonumber", &[value, number(base)]),
            expected,
            "{text:?}"
        );
    }
    assert_eq!(
        shown(state, "tonumber", &[number(15.0), number(16.0)]),
        "21"
    );
    assert_eq!(shown(state, "tonumber", &[]), "#1: value expected");
    assert_eq!(shown(state, "tonumber", &[Value::Nil]), "nil");
    let table = Value::Table(state.globals);
    assert_eq!(
        shown(state, "tonumber", &[table, number(5.0)]),
        "#1: string expected, got table"
    );
}

#[test]
fn select_counts_from_either_end() {
    let state = &mut machine();
    let hash = state.text(b"#abc").expect("there is room");
    assert_eq!(
        shown(state, "select", &[hash, number(1.0), Value::Nil]),
        "2"
    );
    let cases = [
        (-1.0, "3"),
        (2.0, "2, 3"),
        (9.0, ""),
        (4294967297.0, "1, 2, 3"),
        (0.0, "#1: index out of range"),
        (-9.0, "#1: index out of range"),
        (2147483648.0, "#1: index out of range"),
    ];
    for (from, expected) in cases {
        let args = [from, 1.0, 2.0, 3.0].map(number);
        assert_eq!(shown(state, "select", &args), expected, "{from}");
    }
    assert_eq!(
        shown(state, "select", &[]),
        "#1: number expected, got no value"
    );
}

#[test]
fn unpack_gives_no_more_than_a_stack_holds() {
    let state = &mut machine();
    let table = state.new_table(0, 0).expect("there is room");
    for index in 1..=3 {
        let value = number(index as f64 * 10.0);
        state.set_index(table, index, value).expect("there is room");
    }
    let table = Value::Table(table);
    assert_eq!(shown(state, "unpack", &[table]), "10, 20, 30");
    assert_eq!(shown(state, "unpack", &[table, number(2.0)]), "20, 30");
    assert_eq!(
        shown(state, "unpack", &[table, number(-1.0), number(1.0)]),
        "nil, nil, 10"
    );
    assert_eq!(
        shown(state, "unpack", &[table, number(5.0), number(1.0)]),
        ""
    );
    let (_, out) = call(state, "unpack", &[table, number(1.0), number(7997.0)]);
    assert_eq!(out.len(), 7997);
    for (from, to) in [
        (1.0, 7998.0),
        (0.0, 2147483647.0),
        (-2147483648.0, 2147483647.0),
    ] {
        assert_eq!(
            shown(state, "unpack", &[table, number(from), number(to)]),
            "where: too many results to unpack"
        );
    }
    state.steps = 100;
    assert_eq!(
        shown(state, "unpack", &[table, number(1.0), number(7000.0)]),
        "Steps"
    );
}

#[test]
fn errors_of_the_core_have_no_place() {
    let state = &mut machine();
    let table = Value::Table(state.new_table(0, 0).expect("there is room"));
    let key = state.text(b"x").expect("there is room");
    assert_eq!(
        shown(state, "next", &[table, key]),
        "raised invalid key to 'next'"
    );
    assert_eq!(
        shown(state, "rawset", &[table, Value::Nil, key]),
        "raised table index is nil"
    );
    assert_eq!(
        shown(state, "rawset", &[table, number(f64::NAN), key]),
        "raised table index is NaN"
    );
    let globals = state.globals;
    state.set_readonly(globals, true);
    let readonly = "raised Attempt to modify a readonly table";
    assert_eq!(
        shown(state, "rawset", &[Value::Table(globals), key, key]),
        readonly
    );
    assert_eq!(
        shown(state, "setmetatable", &[Value::Table(globals), table]),
        readonly
    );
    assert_eq!(
        shown(state, "setmetatable", &[Value::Table(globals), number(1.0)]),
        "#2: nil or table expected"
    );
    assert_eq!(shown(state, "rawset", &[table, key]), "#3: value expected");
}

#[test]
fn protected_metatables_are_not_shown_or_changed() {
    let state = &mut machine();
    let table = state.new_table(0, 0).expect("there is room");
    let metatable = state.new_table(0, 0).expect("there is room");
    assert_eq!(shown(state, "getmetatable", &[Value::Table(table)]), "nil");
    state.set_metatable(table, Some(metatable));
    let (_, out) = call(state, "getmetatable", &[Value::Table(table)]);
    assert_eq!(out, [Value::Table(metatable)]);
    state
        .set_field(metatable, "__metatable", number(7.0))
        .expect("there is room");
    assert_eq!(shown(state, "getmetatable", &[Value::Table(table)]), "7");
    assert_eq!(
        shown(state, "setmetatable", &[Value::Table(table), Value::Nil]),
        "where: cannot change a protected metatable"
    );
}

#[test]
fn walks_go_by_steps() {
    let state = &mut machine();
    let table = state.new_table(0, 0).expect("there is room");
    state
        .set_index(table, 1, number(5.0))
        .expect("there is room");
    let (_, walk) = call(state, "ipairs", &[Value::Table(table)]);
    let [step, list, first] = walk[..] else {
        panic!("{walk:?}");
    };
    let (_, out) = call_value(state, step, &[list, first]);
    assert_eq!(out, [number(1.0), number(5.0)]);
    let (_, out) = call_value(state, step, &[list, number(1.0)]);
    assert_eq!(out, []);
    let (_, walk) = call(state, "pairs", &[Value::Table(table)]);
    let [step, ..] = walk[..] else {
        panic!("{walk:?}");
    };
    let (_, out) = call_value(state, step, &[list, Value::Nil]);
    assert_eq!(out, [number(1.0), number(5.0)]);
    let (_, out) = call_value(state, step, &[list, number(1.0)]);
    assert_eq!(out, [Value::Nil]);
    assert_eq!(
        shown(state, "pairs", &[]),
        "#1: table expected, got no value"
    );
}

#[test]
fn assert_passes_on_or_raises() {
    let state = &mut machine();
    assert_eq!(shown(state, "assert", &[number(1.0), number(2.0)]), "1, 2");
    assert_eq!(
        shown(state, "assert", &[Value::Nil]),
        "where: assertion failed!"
    );
    let text = state.text(b"x\0y").expect("there is room");
    assert_eq!(
        shown(state, "assert", &[Value::Bool(false), text]),
        "where: x"
    );
    assert_eq!(shown(state, "assert", &[]), "#1: value expected");
    let table = Value::Table(state.globals);
    assert_eq!(
        shown(state, "assert", &[Value::Bool(false), table]),
        "#2: string expected, got table"
    );
}

#[test]
fn the_collector_can_be_asked_and_told() {
    let state = &mut machine();
    let option = |state: &mut State, name: &str, value: f64| {
        let name = state.text(name.as_bytes()).expect("there is room");
        shown(state, "collectgarbage", &[name, number(value)])
    };
    assert_eq!(shown(state, "collectgarbage", &[]), "Collect ");
    let memory = number(state.memory() as f64 / 1024.0);
    let count = state.text(b"count").expect("there is room");
    let (_, out) = call(state, "collectgarbage", &[count]);
    let (Value::Number(before), [Value::Number(told)]) = (memory, out.as_slice()) else {
        panic!("{out:?}");
    };
    assert!((told - before).abs() < 1.0);
    assert_eq!(option(state, "setpause", 100.0), "200");
    assert_eq!(option(state, "setpause", 200.0), "100");
    assert_eq!(option(state, "setstepmul", 300.0), "200");
    assert_eq!(option(state, "stop", 0.0), "0");
    assert_eq!(option(state, "x", 0.0), "#1: invalid option 'x'");
}

#[test]
fn what_the_machine_does_gets_its_arguments() {
    let state = &mut machine();
    assert_eq!(shown(state, "pcall", &[]), "Pcall true");
    assert_eq!(shown(state, "xpcall", &[number(1.0)]), "#2: value expected");
    assert_eq!(shown(state, "error", &[number(1.5)]), "Error 1.5, 1");
    let (_, out) = call(state, "error", &[number(1.5)]);
    assert!(matches!(out[0], Value::Str(_)));
    let (_, out) = call(state, "error", &[number(1.5), number(0.0)]);
    assert_eq!(out, [number(1.5), number(0.0)]);
    assert_eq!(shown(state, "error", &[]), "Error nil, 1");
    let text = state.text(b"x x").expect("there is room");
    let name = state.text(b"=a\0b").expect("there is room");
    assert_eq!(shown(state, "loadstring", &[text, name]), "Load x x, =a");
    assert_eq!(shown(state, "loadstring", &[text]), "Load x x, x x");
    assert_eq!(
        shown(state, "load", &[number(1.0)]),
        "#1: function expected, got number"
    );
    let table = Value::Table(state.globals);
    assert_eq!(
        shown(state, "load", &[Value::Nil, table]),
        "#2: string expected, got table"
    );
    let native = state.get_field(state.globals, "type");
    for name in ["create", "wrap"] {
        assert_eq!(shown(state, name, &[native]), "#1: Lua function expected");
    }
    for name in ["resume", "status"] {
        assert_eq!(shown(state, name, &[native]), "#1: coroutine expected");
    }
    let thread = Value::Thread(state.thread);
    let (done, out) = call(state, "resume", &[thread, text]);
    assert_eq!(done, Ok(Flow::Special(Special::CoroutineResume)));
    assert_eq!(out, [thread, text]);
}

#[test]
fn values_are_shown_and_metamethods_asked() {
    let state = &mut machine();
    for (value, expected) in [
        (Value::Nil, "nil"),
        (Value::Bool(true), "true"),
        (number(1e15), "1e+15"),
        (number(-0.0), "-0"),
        (Value::Null, "userdata: (nil)"),
    ] {
        assert_eq!(shown(state, "tostring", &[value]), expected);
    }
    let table = state.new_table(0, 0).expect("there is room");
    let shown_table = shown(state, "tostring", &[Value::Table(table)]);
    assert!(shown_table.starts_with("table: 0x"), "{shown_table}");
    let metatable = state.new_table(0, 0).expect("there is room");
    state.set_metatable(table, Some(metatable));
    state
        .set_field(metatable, "__tostring", number(5.0))
        .expect("there is room");
    assert_eq!(
        shown(state, "tostring", &[Value::Table(table)]),
        "raised attempt to call a number value"
    );
    let Value::Table(helpers) = helpers(state) else {
        panic!("no table of helpers");
    };
    let stand_in = state.native(type_of, Vec::new()).expect("there is room");
    state
        .set_field(helpers, "tostring", stand_in)
        .expect("there is room");
    let show = state.get_field(state.globals, "type");
    state
        .set_field(metatable, "__tostring", show)
        .expect("there is room");
    let (done, out) = call(state, "tostring", &[Value::Table(table)]);
    assert_eq!(done, Ok(Flow::TailCall(stand_in)));
    assert_eq!(out, [Value::Table(table), show]);
}
