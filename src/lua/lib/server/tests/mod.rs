//! The server library, called as the machine calls it. What it gives is the reference's.

mod replies;

use super::*;
use crate::lua::lib::base;
use crate::lua::state::{Event, Function};

/// A machine with its globals locked. The libraries that are not tested here are empty tables.
fn machine(which: For) -> State {
    let mut state = State::default();
    base::open(&mut state).expect("there is room");
    let libraries = [
        "table", "string", "math", "debug", "os", "cjson", "struct", "cmsgpack", "bit",
    ];
    for name in libraries {
        state.open(name, &[]).expect("there is room");
    }
    open(&mut state, which).expect("there is room");
    lock(&mut state, which).expect("there is room");
    state.server.start();
    state
}

fn text(state: &mut State, text: &str) -> Value {
    state.text(text.as_bytes()).expect("there is room")
}

/// A new table with these fields.
fn table(state: &mut State, fields: &[(&str, Value)]) -> Value {
    let table = state.new_table(0, 0).expect("there is room");
    for (name, value) in fields {
        state.set_field(table, name, *value).expect("there is room");
    }
    Value::Table(table)
}

fn list(state: &mut State, elements: &[Value]) -> Value {
    let table = state.new_table(0, 0).expect("there is room");
    for (at, value) in elements.iter().enumerate() {
        state
            .set_index(table, at + 1, *value)
            .expect("there is room");
    }
    Value::Table(table)
}

fn server(state: &mut State) -> TableId {
    let globals = match state.server.functions {
        Some(_) => match state.metamethod(Value::Table(state.globals), Event::Index) {
            Value::Table(globals) => globals,
            _ => panic!("no globals"),
        },
        None => state.globals,
    };
    match state.get_field(globals, "server") {
        Value::Table(server) => server,
        _ => panic!("no server table"),
    }
}

fn run(state: &mut State, function: Value, args: &[Value]) -> (Done, Vec<Value>) {
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

fn call_field(state: &mut State, name: &str, args: &[Value]) -> (Done, Vec<Value>) {
    let server = server(state);
    let function = state.get_field(server, name);
    run(state, function, args)
}

/// A value written out, tables with their fields in the order of a walk.
fn shown(state: &mut State, value: Value) -> String {
    match value {
        Value::Table(id) => {
            let pairs: Vec<_> = state.table(id).pairs().collect();
            let pairs = pairs
                .into_iter()
                .map(|(key, value)| format!("{}={}", shown(state, key), shown(state, value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(" "))
        }
        other => {
            let text = base::display(state, other).expect("there is room");
            String::from_utf8_lossy(state.bytes(text)).into_owned()
        }
    }
}

/// What a call of the library shows: its results, or what it raises.
fn outcome(state: &mut State, name: &str, args: &[Value]) -> String {
    match call_field(state, name, args) {
        (Ok(_), out) => {
            let out = out.into_iter().map(|value| shown(state, value));
            out.collect::<Vec<_>>().join(", ")
        }
        (Err(Error::Raised(value)), _) => format!("raised {}", shown(state, value)),
        (Err(error), _) => format!("{error:?}"),
    }
}

fn names(state: &State, table: TableId) -> Vec<String> {
    let keys = state.table(table).pairs().map(|(key, _)| match key {
        Value::Str(id) => String::from_utf8_lossy(state.bytes(id)).into_owned(),
        other => format!("{other:?}"),
    });
    keys.collect()
}

#[test]
fn the_globals_are_walked_in_the_order_of_the_reference() {
    let state = &mut machine(For::Scripts);
    set_keys_and_args(state, &[], &[]).expect("there is room");
    let expected = "type rawequal tostring _G load string error select _VERSION coroutine gcinfo \
        setmetatable assert cjson pcall ARGV rawset next KEYS tonumber __server__err__handler redis \
        collectgarbage server loadstring xpcall bit cmsgpack pairs unpack ipairs table os math \
        struct rawget __redis__err__handler getmetatable";
    assert_eq!(names(state, state.globals).join(" "), expected);
    let server = server(state);
    let expected = "SERVER_NAME LOG_DEBUG replicate_commands pcall REDIS_VERSION LOG_VERBOSE \
        error_reply acl_check_cmd set_repl REPL_REPLICA REPL_ALL LOG_NOTICE REPL_SLAVE \
        VALKEY_VERSION VALKEY_VERSION_NUM REPL_AOF sha1hex REPL_NONE LOG_WARNING debug call \
        status_reply log REDIS_VERSION_NUM breakpoint setresp";
    assert_eq!(names(state, server).join(" "), expected);

    let state = &mut machine(For::Functions);
    assert_eq!(names(state, state.globals), [""; 0]);
    let server = self::server(state);
    let expected = "SERVER_NAME LOG_DEBUG pcall REDIS_VERSION acl_check_cmd set_repl REPL_REPLICA \
        REPL_ALL LOG_NOTICE REPL_SLAVE VALKEY_VERSION VALKEY_VERSION_NUM REPL_AOF sha1hex REPL_NONE \
        LOG_WARNING LOG_VERBOSE call status_reply log REDIS_VERSION_NUM error_reply setresp";
    assert_eq!(names(state, server).join(" "), expected);
    let tables = state.server.functions.expect("a machine of functions");
    let Value::Table(globals) = state.get_field(tables.metatable(), "__index") else {
        panic!("no globals");
    };
    let expected = "type rawequal tostring _G load string error select _VERSION coroutine gcinfo \
        setmetatable assert cjson pcall rawset next redis collectgarbage server loadstring xpcall \
        bit cmsgpack pairs unpack ipairs table os math struct rawget tonumber getmetatable";
    assert_eq!(names(state, globals).join(" "), expected);
}

#[test]
fn every_table_is_locked() {
    let mut state = State::default();
    base::open(&mut state).expect("there is room");
    state.open("print", &[]).expect("there is room");
    let string = state.open("string", &[]).expect("there is room");
    let metatable = state.new_table(0, 0).expect("there is room");
    state.string_metatable = Some(metatable);
    open(&mut state, For::Scripts).expect("there is room");
    lock(&mut state, For::Scripts).expect("there is room");
    let state = &mut state;
    assert_eq!(state.get_field(state.globals, "print"), Value::Nil);
    let server = server(state);
    for table in [state.globals, string, metatable, server] {
        assert!(state.table(table).readonly);
    }
    let index = state.metamethod(Value::Table(state.globals), Event::Index);
    let unknown = |state: &mut State, args: &[Value]| match run(state, index, args).0 {
        Err(Error::Text(text)) => String::from_utf8_lossy(&text).into_owned(),
        other => format!("{other:?}"),
    };
    let globals = Value::Table(state.globals);
    let name = text(state, "fo\0o");
    assert_eq!(
        unknown(state, &[globals, name]),
        "Script attempted to access nonexistent global variable 'fo'"
    );
    assert_eq!(
        unknown(state, &[globals, Value::Number(1.5)]),
        "Script attempted to access nonexistent global variable '1.5'"
    );
    assert_eq!(
        unknown(state, &[globals, Value::Bool(true)]),
        "Second argument to luaProtectedTableError must be a string or number"
    );
    assert_eq!(
        unknown(state, &[globals]),
        "Wrong number of arguments to luaProtectedTableError"
    );
}

#[test]
fn calls_stop_with_their_words() {
    let state = &mut machine(For::Scripts);
    let args = [text(state, "set"), text(state, "k"), Value::Number(1e15)];
    let (done, _) = call_field(state, "call", &args);
    assert_eq!(done, Ok(Flow::Special(Special::Call)));
    let expected = Call {
        kind: CallKind::Call,
        words: ["set", "k", "1000000000000000"]
            .map(|word| word.as_bytes().to_vec())
            .to_vec(),
    };
    assert_eq!(state.server.call, Some(expected));
    let none = "{err=ERR Please specify at least one argument for this call}";
    let wrong = "{err=ERR Command arguments must be strings or integers}";
    assert_eq!(outcome(state, "pcall", &[]), none);
    assert_eq!(outcome(state, "call", &[]), format!("raised {none}"));
    assert_eq!(
        outcome(state, "acl_check_cmd", &[]),
        format!("raised {none}")
    );
    let args = [args[0], Value::Nil];
    assert_eq!(outcome(state, "pcall", &args), wrong);
    assert_eq!(outcome(state, "call", &args), format!("raised {wrong}"));
    let (done, _) = call_field(state, "acl_check_cmd", &args[..1]);
    assert_eq!(done, Ok(Flow::Special(Special::Call)));
    let kind = state.server.call.as_ref().map(|call| call.kind);
    assert_eq!(kind, Some(CallKind::AclCheck));
}

#[test]
fn the_small_functions_answer_as_the_reference_does() {
    let state = &mut machine(For::Scripts);
    let two = [Value::Number(1.0), Value::Number(2.0)];
    let table = list(state, &[]);
    let strings = [
        "my err",
        "-my err",
        "my",
        "-",
        "",
        "- x",
        "A  \r\nx\n ",
        "a\0b c",
    ];
    let replies = [
        "my err",
        "my err",
        "ERR my",
        "ERR ",
        "ERR ",
        " x",
        "A  \r\nx\n ",
        "ERR a",
    ];
    for (given, reply) in strings.into_iter().zip(replies) {
        let given = text(state, given);
        let expected = format!("{{err={reply}}}");
        assert_eq!(outcome(state, "error_reply", &[given]), expected);
    }
    let line = text(state, "A x\r\n");
    assert_eq!(outcome(state, "error_reply", &[line]), "{err=A x}");
    let fine = text(state, "fine");
    assert_eq!(outcome(state, "status_reply", &[fine]), "{ok=fine}");
    let wrong = "{err=ERR wrong number or type of arguments}";
    for name in ["error_reply", "status_reply"] {
        assert_eq!(outcome(state, name, &two[..1]), wrong);
        assert_eq!(outcome(state, name, &[fine, fine]), wrong);
    }
    let empty = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    assert_eq!(outcome(state, "sha1hex", &[table]), empty);
    assert_eq!(
        outcome(state, "sha1hex", &two[..1]),
        "356a192b7913b04c54574d18c28d46e6395428ab"
    );
    let (one, nine) = (Value::Number(1.0), Value::Number(9.0));
    let three = text(state, "3");
    let huge = Value::Number(4294967298.0);
    let cases: [(&str, &[Value], &str); 16] = [
        ("sha1hex", &[], "wrong number of arguments"),
        ("set_repl", &[], "server.set_repl() requires one argument."),
        (
            "set_repl",
            &[nine],
            "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.",
        ),
        ("set_repl", &[table], ""),
        (
            "log",
            &[one],
            "server.log() requires two arguments or more.",
        ),
        (
            "log",
            &[fine, fine],
            "First argument must be a number (log level).",
        ),
        ("log", &[nine, fine], "Invalid log level."),
        ("log", &[Value::Number(-0.5), fine], ""),
        ("log", &[three, table, fine], ""),
        ("setresp", &[], "server.setresp() requires one argument."),
        ("setresp", &[nine], "RESP version must be 2 or 3."),
        ("setresp", &[table], "RESP version must be 2 or 3."),
        ("setresp", &[huge], "RESP version must be 2 or 3."),
        ("setresp", &[Value::Number(2.9)], ""),
        ("debug", &[one], ""),
        ("setresp", &[three], ""),
    ];
    for (name, args, error) in cases {
        let expected = match error {
            "" => String::new(),
            error => format!("raised {{err=ERR {error}}}"),
        };
        assert_eq!(outcome(state, name, args), expected, "{name} {args:?}");
    }
    assert_eq!(state.server.resp(), 3);
    state.server.start();
    assert_eq!(state.server.resp(), 2);
    assert_eq!(outcome(state, "breakpoint", &[]), "false");
    assert_eq!(outcome(state, "replicate_commands", &[]), "true");
}

#[test]
fn the_error_handler_adds_a_place() {
    let state = &mut machine(For::Scripts);
    let place = || Some((b"@user_script".to_vec(), 1));
    let told = |state: &mut State, value: Value| {
        let handled = handled(state, value, place()).expect("there is room");
        let failure = failure(state, handled);
        let place = failure.place.map(|(source, line)| {
            let line = String::from_utf8_lossy(&line).into_owned();
            format!("{}:{line}", String::from_utf8_lossy(&source))
        });
        let text = String::from_utf8_lossy(&failure.text).into_owned();
        (text, place.unwrap_or_default(), failure.counted)
    };
    let expect = |text: &str, place: &str| (text.to_string(), place.to_string(), false);
    let at = "@user_script:1";
    let raised = text(state, "user_script:1: x");
    assert_eq!(told(state, raised), expect("ERR user_script:1: x", at));
    assert_eq!(told(state, Value::Nil), expect("ERR nil", at));
    assert_eq!(told(state, Value::Null), expect("ERR userdata: (nil)", at));
    let empty = table(state, &[]);
    assert_eq!(told(state, empty), expect("ERR unknown error", at));
    let numeric = table(state, &[("err", Value::Number(1.0))]);
    assert_eq!(told(state, numeric), expect("1", at));
    let x = text(state, "x");
    let placed = table(
        state,
        &[("err", x), ("source", x), ("line", Value::Number(5.0))],
    );
    assert_eq!(told(state, placed), expect("x", at));
    let own = ("ignore_error_stats_update", Value::Bool(true));
    let counted = table(state, &[("err", x), own]);
    assert!(told(state, counted).2);

    let metatable = |state: &mut State, name: &str, value: Value| {
        let Value::Table(metatable) = table(state, &[(name, value)]) else {
            panic!("no table");
        };
        let table = state.new_table(0, 0).expect("there is room");
        state.set_metatable(table, Some(metatable));
        Value::Table(table)
    };
    let inner = table(state, &[("err", x)]);
    let inherited = metatable(state, "__index", inner);
    assert_eq!(told(state, inherited), expect("x", at));
    let function = state.native(breakpoint, Vec::new()).expect("there is room");
    let refusing = metatable(state, "__newindex", function);
    assert_eq!(told(state, refusing), expect("ERR unknown error", ""));
    let circle = metatable(state, "__index", inner);
    if let (Value::Table(id), Some(metatable)) = (circle, state.metatable(circle)) {
        state
            .set_field(metatable, "__index", circle)
            .expect("there is room");
        state
            .set_field(metatable, "__newindex", Value::Table(id))
            .expect("there is room");
    }
    assert_eq!(
        told(state, circle),
        expect(
            "ERR err_handler_def:10: loop in settable",
            "@err_handler_def:10"
        )
    );

    let server = Value::Table(server(state));
    let readonly = "ERR err_handler_def:10: Attempt to modify a readonly table";
    assert_eq!(told(state, server), expect(readonly, "@err_handler_def:10"));
    let without = handled(state, x, None).expect("there is room");
    assert_eq!(failure(state, without).place, None);
    assert_eq!(failure(state, x).text, b"ERR x");
}

#[test]
fn keys_and_arguments_are_globals_of_scripts_only() {
    let words = |words: &[&str]| words.iter().map(|word| word.as_bytes().to_vec()).collect();
    let (keys, args): (Vec<_>, Vec<_>) = (words(&["k"]), words(&["a", "b"]));
    let state = &mut machine(For::Scripts);
    let (k, a) = set_keys_and_args(state, &keys, &args).expect("there is room");
    assert_eq!(shown(state, k), "{1=k}");
    assert_eq!(shown(state, a), "{1=a 2=b}");
    assert_eq!(state.get_field(state.globals, "KEYS"), k);
    assert_eq!(state.get_field(state.globals, "ARGV"), a);
    let state = &mut machine(For::Functions);
    let (k, _) = set_keys_and_args(state, &keys, &args).expect("there is room");
    assert_eq!(shown(state, k), "{1=k}");
    assert_eq!(state.get_field(state.globals, "KEYS"), Value::Nil);
}

/// What a library finds under `server` while it is loaded.
fn loading(state: &mut State) -> TableId {
    let Value::Table(globals) = state.metamethod(Value::Table(state.globals), Event::Index) else {
        panic!("no globals");
    };
    match state.get_field(globals, "server") {
        Value::Table(server) => server,
        _ => panic!("no server table"),
    }
}

#[test]
fn libraries_register_functions() {
    let state = &mut machine(For::Functions);
    begin_loading(state).expect("there is room");
    let server = loading(state);
    let expected = "log register_function";
    let functions: Vec<_> = names(state, server)
        .into_iter()
        .filter(|name| name.to_lowercase() == *name)
        .collect();
    assert_eq!(functions.join(" "), expected);
    let register = state.get_field(server, "register_function");
    let callback = state.native(breakpoint, Vec::new()).expect("there is room");
    let (one, x) = (Value::Number(1.0), text(state, "x"));
    let empty = list(state, &[]);
    let unknown = list(state, &[x]);
    let name = |value| ("function_name", value);
    let cases: [(&[(&str, Value)], &str); 10] = [
        (
            &[],
            "server.register_function must get a function name argument",
        ),
        (
            &[name(x)],
            "server.register_function must get a callback argument",
        ),
        (
            &[name(empty)],
            "function_name argument given to server.register_function must be a string",
        ),
        (
            &[("Description", empty)],
            "description argument given to server.register_function must be a string",
        ),
        (
            &[("callback", one)],
            "callback argument given to server.register_function must be a function",
        ),
        (
            &[("flags", one)],
            "flags argument to server.register_function must be a table representing function flags",
        ),
        (&[("flags", unknown)], "unknown flag given"),
        (
            &[("foo", one)],
            "unknown argument given to server.register_function",
        ),
        (
            &[("callback", callback)],
            "server.register_function must get a function name argument",
        ),
        (
            &[name(x), ("foo", one)],
            "unknown argument given to server.register_function",
        ),
    ];
    let raised = |state: &mut State, args: &[Value]| match run(state, register, args).0 {
        Err(Error::Raised(value)) => shown(state, value),
        other => format!("{other:?}"),
    };
    for (fields, error) in cases {
        let named = table(state, fields);
        assert_eq!(raised(state, &[named]), format!("{{err=ERR {error}}}"));
    }
    let odd = state.new_table(0, 0).expect("there is room");
    state.set(odd, empty, one).expect("there is room");
    let calls: [(&[Value], &str); 5] = [
        (&[], "wrong number of arguments to server.register_function"),
        (
            &[x],
            "calling server.register_function with a single argument is only applicable to Lua table (representing named arguments).",
        ),
        (
            &[empty, callback],
            "first argument to server.register_function must be a string",
        ),
        (
            &[x, one],
            "second argument to server.register_function must be a function",
        ),
        (
            &[Value::Table(odd)],
            "named argument key given to server.register_function is not a string",
        ),
    ];
    for (args, error) in calls {
        assert_eq!(raised(state, args), format!("{{err=ERR {error}}}"));
    }
    let flags = ["NO-writes", "allow-oom", "no-writes"].map(|flag| text(state, flag));
    let flags = list(state, &flags);
    let description = text(state, "a\x00b");
    let fields = [
        ("FUNCTION_name", x),
        ("Callback", callback),
        ("flags", flags),
        ("description", description),
    ];
    let named = table(state, &fields);
    assert_eq!(run(state, register, &[named]).0, Ok(Flow::Return));
    assert_eq!(
        run(state, register, &[Value::Number(5.0), callback]).0,
        Ok(Flow::Return)
    );
    let expected = [
        Registered {
            name: "x".into(),
            description: Some(b"a".to_vec()),
            flags: vec!["no-writes".into(), "allow-oom".into()],
        },
        Registered {
            name: "5".into(),
            description: None,
            flags: Vec::new(),
        },
    ];
    assert_eq!(
        end_loading(state),
        expected.map(|function| (function, callback))
    );
    assert_ne!(loading(state), server);
    assert_eq!(
        raised(state, &[x, callback]),
        "{err=ERR server.register_function can only be called on FUNCTION LOAD command}"
    );
    begin_loading(state).expect("there is room");
    assert_eq!(end_loading(state), []);
}
