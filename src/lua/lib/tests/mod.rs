use super::super::message::{Budget, Limits};
use super::super::number;
use super::super::state::{Function, NativeFn, State};
use super::super::value::Flow;
use super::*;

mod budgets;
mod strings;

fn opened() -> State {
    let mut state = State::default();
    open(&mut state).unwrap();
    state
}

fn run(state: &mut State, function: Value, args: &[Value]) -> Result<Vec<Value>, Error> {
    let Value::Function(id) = function else {
        panic!("{function:?} is no function");
    };
    let Some(Function::Native(native)) = state.function(id) else {
        panic!("not written in Rust");
    };
    let run = native.run;
    state.running = id;
    let mut out = Vec::new();
    assert_eq!(run(state, args, &mut out)?, Flow::Return);
    Ok(out)
}

fn string(state: &mut State, bytes: &[u8]) -> Value {
    Value::Str(state.strings.intern(bytes))
}

fn list(state: &mut State, values: &[Value]) -> Value {
    let table = state.new_table(values.len(), 0).unwrap();
    for (at, value) in values.iter().enumerate() {
        state.set_index(table, at + 1, *value).unwrap();
    }
    Value::Table(table)
}

/// A value as tests write it: `nil`, `true`, a number, `'a string'` (`~` in it is a zero byte), or `{1 2}`.
fn read(state: &mut State, text: &str) -> Value {
    if let Some(quoted) = text.strip_prefix('\'') {
        let inner = quoted.strip_suffix('\'').unwrap();
        return string(state, inner.replace('~', "\0").as_bytes());
    }
    if let Some(inner) = text.strip_prefix('{') {
        let inner = inner.strip_suffix('}').unwrap().split_whitespace();
        let values: Vec<Value> = inner.map(|item| read(state, item)).collect();
        return list(state, &values);
    }
    match text {
        "nil" => Value::Nil,
        "true" => Value::Bool(true),
        _ => Value::Number(text.parse().unwrap()),
    }
}

fn show(state: &State, value: Value) -> String {
    match value {
        Value::Nil => "nil".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::Number(number) => String::from_utf8(number::display(number)).unwrap(),
        Value::Str(id) => String::from_utf8_lossy(state.bytes(id)).replace('\0', "~"),
        Value::Table(id) => {
            let items = (1..=state.length(id)).map(|at| show(state, state.get_index(id, at)));
            format!("{{{}}}", items.collect::<Vec<_>>().join(" "))
        }
        other => other.type_name().to_owned(),
    }
}

fn outcome(state: &State, result: Result<Vec<Value>, Error>) -> String {
    match result {
        Ok(values) => {
            let values = values.into_iter().map(|value| show(state, value));
            values.collect::<Vec<_>>().join(" ")
        }
        Err(Error::Text(text)) => format!("! {}", String::from_utf8_lossy(&text)),
        Err(Error::Argument(n, text)) => format!("! #{n} {}", String::from_utf8_lossy(&text)),
        Err(other) => format!("! {other:?}"),
    }
}

/// What a call such as `string.rep('ab', 2)` gives.
fn call(state: &mut State, call: &str) -> String {
    let (name, rest) = call.split_once('(').unwrap();
    let (library, name) = name.split_once('.').unwrap();
    let Value::Table(library) = state.get_field(state.globals, library) else {
        panic!("no library {library}");
    };
    let function = state.get_field(library, name);
    let args = rest.strip_suffix(')').unwrap().split(", ");
    let args: Vec<Value> = args
        .filter(|arg| !arg.is_empty())
        .map(|arg| read(state, arg))
        .collect();
    let result = run(state, function, &args);
    outcome(state, result)
}

fn check(cases: &[(&str, &str)]) {
    let mut state = opened();
    for (text, expected) in cases {
        assert_eq!(call(&mut state, text), *expected, "{text}");
    }
}

#[test]
fn tables() {
    check(&[
        ("table.getn({1 2 3})", "3"),
        ("table.getn(1)", "! #1 table expected, got number"),
        ("table.setn({}, 1)", "! 'setn' is obsolete"),
        ("table.concat({1 'a' 2.5}, '-')", "1-a-2.5"),
        ("table.concat({1 2 3}, nil, 2)", "23"),
        ("table.concat({1 2 3}, '-', 3, 2)", ""),
        (
            "table.concat({1 2}, '', 1, 3)",
            "! invalid value (nil) at index 3 in table for 'concat'",
        ),
        (
            "table.concat({1 true}, '')",
            "! invalid value (boolean) at index 2 in table for 'concat'",
        ),
        ("table.concat(1, {})", "! #2 string expected, got table"),
        ("table.insert()", "! #1 table expected, got no value"),
        (
            "table.insert({})",
            "! wrong number of arguments to 'insert'",
        ),
        (
            "table.insert({}, 1, 2, 3)",
            "! wrong number of arguments to 'insert'",
        ),
        ("table.insert({}, nil, 2)", "! #2 number expected, got nil"),
        ("table.remove({1 2 3})", "3"),
        ("table.remove({1 2 3}, 1)", "1"),
        ("table.remove({1 2 3}, 4)", ""),
        ("table.remove({})", ""),
        ("table.maxn({1 2})", "2"),
        ("table.maxn({})", "0"),
    ]);
}

fn in_library(state: &mut State, library: &str, name: &str) -> Value {
    match state.get_field(state.globals, library) {
        Value::Table(library) => state.get_field(library, name),
        other => panic!("{other:?} is no library"),
    }
}

#[test]
fn lists_change() {
    let mut state = opened();
    let insert = in_library(&mut state, "table", "insert");
    let remove = in_library(&mut state, "table", "remove");
    let table = read(&mut state, "{1 2 3}");
    let number = Value::Number;
    run(&mut state, insert, &[table, number(9.0)]).unwrap();
    run(&mut state, insert, &[table, number(1.0), number(8.0)]).unwrap();
    run(&mut state, insert, &[table, number(3.0), number(7.0)]).unwrap();
    assert_eq!(show(&state, table), "{8 1 7 2 3 9}");
    let removed = run(&mut state, remove, &[table, number(2.0)]).unwrap();
    assert_eq!(
        (removed, show(&state, table)),
        (vec![number(1.0)], "{8 7 2 3 9}".to_owned())
    );
    run(&mut state, insert, &[table, number(9.0), number(5.0)]).unwrap();
    let Value::Table(id) = table else {
        panic!("no table");
    };
    assert_eq!(state.get_index(id, 9), number(5.0));
    state.set_readonly(id, true);
    for (function, args) in [
        (insert, [table, number(1.0)]),
        (remove, [table, number(1.0)]),
    ] {
        let error = state.check_writable(id).unwrap_err();
        assert_eq!(run(&mut state, function, &args), Err(error));
        assert_eq!(state.get_index(id, 1), number(8.0));
    }
}

#[test]
fn plain_lists_sort_in_rust() {
    let mut state = opened();
    let start = in_library(&mut state, "table", "sort");
    let cases = [
        ("{3 1 2 10}", "{1 2 3 10} 0 nil"),
        ("{'b' 'a' 'C' '~z'}", "{~z C a b} 0 nil"),
        ("{}", "{} 0 nil"),
        ("{3 'a'}", "{3 a} 2 nil"),
        ("{1 -0}", "{1 -0} 2 nil"),
        ("{2 NaN 1}", "{2 nan 1} 3 nil"),
    ];
    for (text, expected) in cases {
        let table = read(&mut state, text);
        let result = run(&mut state, start, &[table]);
        assert_eq!(outcome(&state, result), expected, "{text}");
    }
    let table = read(&mut state, "{2 1}");
    let Value::Table(id) = table else {
        panic!("no table");
    };
    state.set_readonly(id, true);
    let result = run(&mut state, start, &[table]);
    assert_eq!(outcome(&state, result), "{2 1} 2 nil");
}

#[test]
fn a_list_with_metamethods_is_sorted_apart() {
    let mut state = opened();
    let helpers = helpers(&mut state).unwrap();
    let [start, end] = ["sort_start", "sort_end"].map(|name| state.get_field(helpers, name));
    let table = read(&mut state, "{1 2}");
    let metatable = state.new_table(0, 1).unwrap();
    state.set_field(metatable, "__index", table).unwrap();
    let Value::Table(id) = table else {
        panic!("no table");
    };
    state.set_metatable(id, Some(metatable));
    let started = run(&mut state, start, &[table, start]).unwrap();
    assert_ne!(started[0], table);
    assert_eq!(started[1..], [Value::Number(2.0), start]);
    let Value::Table(apart) = started[0] else {
        panic!("no table");
    };
    state.set_index(apart, 1, Value::Number(7.0)).unwrap();
    run(&mut state, end, &[started[0], table]).unwrap();
    assert_eq!(show(&state, table), "{7 2}");
}

#[test]
fn mathematics() {
    check(&[
        ("math.floor(-3.5)", "-4"),
        ("math.ceil(-3.5)", "-3"),
        ("math.abs(-3)", "3"),
        ("math.fmod(-7, 3)", "-1"),
        ("math.mod(7, -3)", "1"),
        ("math.fmod(1, 0)", "-nan"),
        ("math.sqrt(16)", "4"),
        ("math.sqrt(-1)", "-nan"),
        ("math.log(-1)", "nan"),
        ("math.log10(1000)", "3"),
        ("math.acos(2)", "nan"),
        ("math.sin(inf)", "-nan"),
        ("math.pow(2, 10)", "1024"),
        ("math.pow(-1, 0.5)", "-nan"),
        ("math.exp(1)", "2.718281828459"),
        ("math.deg(3.14159265358979)", "180"),
        ("math.rad(180)", "3.1415926535898"),
        ("math.atan2(-2, -inf)", "-3.1415926535898"),
        ("math.modf(-2.5)", "-2 -0.5"),
        ("math.modf(-inf)", "-inf -0"),
        ("math.frexp(-0.3)", "-0.6 -1"),
        ("math.frexp(5e-324)", "0.5 -1073"),
        ("math.frexp(-inf)", "-inf 0"),
        ("math.ldexp(1, 10000000000)", "inf"),
        ("math.ldexp(1, 4294967296)", "1"),
        ("math.ldexp(-3, -1075)", "-9.8813129168249e-324"),
        ("math.max(1, 5, 3)", "5"),
        ("math.min(4, 2)", "2"),
        ("math.max()", "! #1 number expected, got no value"),
        ("math.floor({})", "! #1 number expected, got table"),
    ]);
}

#[test]
fn random_numbers_are_the_reference_s() {
    check(&[
        ("math.random()", "0.39646477363839"),
        ("math.random()", "0.84048536971234"),
        ("math.randomseed(1099511627783)", ""),
        ("math.random()", "0.26644419658298"),
        ("math.randomseed(-7)", ""),
        ("math.random()", "0.07521187517569"),
        ("math.random(-2147483648, 2147483647)", "-2147483648"),
        ("math.random(-5, 5)", "5"),
        ("math.random(2147483647)", "1313872598"),
        ("math.random(0)", "! #1 interval is empty"),
        ("math.random(5, 2)", "! #2 interval is empty"),
        ("math.random(1, 2, 3)", "! wrong number of arguments"),
    ]);
}

#[test]
fn bits() {
    check(&[
        ("bit.band(255, 15, 7)", "7"),
        ("bit.bor(1, 2)", "3"),
        ("bit.bxor(5, 1)", "4"),
        ("bit.bnot(0)", "-1"),
        ("bit.lshift(1, 31)", "-2147483648"),
        ("bit.rshift(-1, 28)", "15"),
        ("bit.arshift(-8, 1)", "-4"),
        ("bit.rol(305419896, 8)", "878082066"),
        ("bit.ror(1, 33)", "-2147483648"),
        ("bit.bswap(305419896)", "2018915346"),
        ("bit.tohex('0x10')", "00000010"),
        ("bit.tohex(-1, -4)", "FFFF"),
        ("bit.tohex(-1, 100)", "ffffffff"),
        ("bit.tohex(5, nil)", "! #2 number expected, got nil"),
        ("bit.tobit(1099511627777.5)", "2"),
        ("bit.tobit(1e308)", "-2048145248"),
        ("bit.tobit(-2.5)", "-2"),
        ("bit.band()", "! #1 number expected, got no value"),
    ]);
}

#[test]
fn the_clock_counts_steps() {
    let mut state = opened();
    state.limit(Limits {
        steps: 1000,
        memory: 1000,
    });
    state.spend(250).unwrap();
    assert_eq!(call(&mut state, "os.clock()"), "2.5e-06");
}

#[test]
fn libraries_are_walked_in_the_reference_s_order() {
    let mut state = opened();
    let expected = [
        (
            "math",
            "atan2 ceil mod cosh abs huge pi tan tanh sqrt sin asin exp sinh randomseed random rad frexp \
             deg pow log10 modf min acos floor max cos log fmod atan ldexp",
        ),
        (
            "string",
            "gsub byte upper dump match sub lower len rep format find reverse char gmatch gfind",
        ),
        (
            "table",
            "getn foreachi concat setn insert remove sort maxn foreach",
        ),
        (
            "bit",
            "tohex arshift lshift ror bnot bor tobit rol rshift band bswap bxor",
        ),
    ];
    for (library, expected) in expected {
        let Value::Table(library) = state.get_field(state.globals, library) else {
            panic!("no library {library}");
        };
        let keys = state
            .table(library)
            .pairs()
            .map(|(key, _)| show(&state, key));
        assert_eq!(keys.collect::<Vec<_>>().join(" "), expected);
    }
}
