use super::*;

const LIMITS: Limits = Limits {
    steps: 20_000_000,
    memory: 32 << 20,
};

/// Runs a script, answering each call with the next of these replies. Gives what it answers, readably.
fn eval(machine: &mut Machine, source: &str, keys: &[&str], replies: &[&str]) -> String {
    let request = Request::Load {
        name: "x".into(),
        source: source.as_bytes().to_vec(),
    };
    let mut answer = machine.ask(request);
    if answer == Answer::Done {
        answer = machine.ask(Request::Start(Start {
            name: "x".into(),
            function: false,
            keys: keys.iter().map(|key| key.as_bytes().to_vec()).collect(),
            args: Vec::new(),
            resp: 2,
            limits: LIMITS,
        }));
    }
    let mut told = String::new();
    for reply in replies {
        let Answer::Call(call) = &answer else { break };
        let words = call.words.iter().map(|w| String::from_utf8_lossy(w));
        told += &format!("{}@{} ", words.collect::<Vec<_>>().join(" "), call.line);
        answer = machine.ask(Request::Resume {
            reply: reply.as_bytes().to_vec(),
            steps: 1,
        });
    }
    told + &match answer {
        Answer::Returned { reply, .. } => String::from_utf8_lossy(&reply).replace("\r\n", "|"),
        Answer::Failed(failure) => {
            let text = String::from_utf8_lossy(&failure.text).into_owned();
            let place = failure.place.map(|(source, line)| {
                let source = String::from_utf8_lossy(&source).into_owned();
                format!(" at {source}:{}", String::from_utf8_lossy(&line))
            });
            let budget = failure.budget.map(|budget| format!(" {budget:?}"));
            format!(
                "{text}{}{}",
                place.unwrap_or_default(),
                budget.unwrap_or_default()
            )
        }
        other => format!("{other:?}"),
    }
}

fn check(cases: &[(&str, &str)]) {
    let mut machine = Machine::new();
    for (source, expected) in cases {
        assert_eq!(eval(&mut machine, source, &[], &[]), *expected, "{source}");
    }
}

#[test]
fn scripts_return_replies() {
    check(&[
        ("return 1", ":1|"),
        ("return 'x'", "$1|x|"),
        ("return {1, 'a', {2}}", "*3|:1|$1|a|*1|:2|"),
        ("return nil", "$-1|"),
        ("return {err = 'ERR bad'}", "-ERR bad|"),
        ("return redis.status_reply('FINE')", "+FINE|"),
        ("return tostring(1e15) .. tostring(0.1)", "$8|1e+150.1|"),
        ("return #KEYS", ":0|"),
        (
            "local d = string.dump(function(a, ...) local b = a .. 'x' return function() return b end end) return redis.sha1hex(d)",
            "$40|13acc11e301d06bdde8227a13abfff428fb6e82b|",
        ),
    ]);
}

#[test]
fn errors_say_where() {
    check(&[
        ("error('bad')", "ERR user_script:1: bad at @user_script:1"),
        (
            "local x\n\nx.y = 1",
            "ERR user_script:3: attempt to index local 'x' (a nil value) at @user_script:3",
        ),
        (
            "return y",
            "ERR user_script:1: Script attempted to access nonexistent global variable 'y' at @user_script:1",
        ),
        (
            "y = 1",
            "ERR user_script:1: Attempt to modify a readonly table at @user_script:1",
        ),
        (
            "string.rep()",
            "ERR user_script:1: bad argument #1 to 'rep' (string expected, got no value) at @user_script:1",
        ),
        ("return pcall(error, 'x')", "$-1|"),
        ("return {pcall(error, 'x')}", "*2|$-1|$1|x|"),
        ("return {pcall(error, {err = 'E'})}", "*2|$-1|$1|E|"),
        (
            "local ok, e = xpcall(function() error('in') end, function(m) return m .. '!' end) return e",
            "$18|user_script:1: in!|",
        ),
        (
            "local e = __redis__err__handler('x') return {e.err, e.source, e.line}",
            "*3|$5|ERR x|$12|@user_script|:1|",
        ),
        (
            "return {pcall(string.rep)}",
            "*2|$-1|$54|bad argument #1 to '?' (string expected, got no value)|",
        ),
    ]);
}

#[test]
fn coroutines_take_turns() {
    check(&[
        (
            "local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end) local _, x = coroutine.resume(co, 1) local _, y = coroutine.resume(co, 10) return {x, y, coroutine.status(co)}",
            "*3|:2|:20|$4|dead|",
        ),
        (
            "local f = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) return {f(), f(), f()}",
            "*3|:1|:2|:3|",
        ),
        (
            "local f = coroutine.wrap(function() error('oops') end) f()",
            "ERR user_script:1: user_script:1: oops at @user_script:1",
        ),
        (
            "local co = coroutine.create(function() error({}) end) return {coroutine.resume(co)}",
            "*2|$-1|*0|",
        ),
        (
            "coroutine.yield(1)",
            "ERR attempt to yield across metamethod/C-call boundary at @user_script:1",
        ),
        (
            "local co co = coroutine.create(function() return coroutine.resume(co) end) local a, b, c = coroutine.resume(co) return c",
            "$31|cannot resume running coroutine|",
        ),
    ]);
}

#[test]
fn commands_are_called() {
    let mut machine = Machine::new();
    let mut run = |source, replies: &[&str]| eval(&mut machine, source, &["k"], replies);
    assert_eq!(
        run("return redis.call('GET', KEYS[1])", &["$1\r\nv\r\n"]),
        "GET k@1 $1|v|"
    );
    assert_eq!(
        run(
            "\nreturn redis.call('GET', KEYS[1])",
            &["-WRONGTYPE no\r\n"]
        ),
        "GET k@2 WRONGTYPE no at @user_script:2"
    );
    assert_eq!(
        run(
            "return redis.pcall('GET', KEYS[1]).err",
            &["-WRONGTYPE no\r\n"]
        ),
        "GET k@1 $12|WRONGTYPE no|"
    );
    assert_eq!(
        run(
            "local t = {3, 1, 2} table.sort(t, function(a, b) redis.call('LT', a, b) return a < b end) return t",
            &["$-1\r\n"; 9]
        ),
        "LT 2 3@1 LT 1 2@1 *3|:1|:2|:3|"
    );
    assert_eq!(
        run(
            "return (string.gsub('ab', '.', function(c) return redis.call('UP', c) end))",
            &["$1\r\nX\r\n", "$1\r\nY\r\n"]
        ),
        "UP a@1 UP b@1 $2|XY|"
    );
    assert_eq!(
        run(
            "local co = coroutine.wrap(function() coroutine.yield(redis.call('A')) end) local t = setmetatable({}, {__index = function(_, k) return redis.call(k) end}) return {co(), t.B}",
            &[":1\r\n", ":2\r\n"]
        ),
        "A@1 B@1 *2|:1|:2|"
    );
}

#[test]
fn budgets_end_whatever_runs() {
    let mut machine = Machine::new();
    let cases = [
        ("while true do end", "Steps"),
        (
            "while true do pcall(function() while true do end end) end",
            "Steps",
        ),
        (
            "coroutine.wrap(function() while true do end end)()",
            "Steps",
        ),
        ("return string.rep('x', 1e10)", "Memory"),
        ("local s = 'x' while true do s = s .. s end", "Memory"),
        ("local t = {} for i = 1, 1e7 do t[i] = {} end", "Memory"),
        (
            "string.find(string.rep('a', 30), string.rep('a*', 30) .. 'b')",
            "Steps",
        ),
        ("local function f() return f() end f()", "Steps"),
        (
            "local t = {} for i = 1, 1e6 do table.insert(t, 1, i) end",
            "Steps",
        ),
    ];
    for (source, budget) in cases {
        let got = eval(&mut machine, source, &[], &[]);
        assert!(got.ends_with(budget), "{source}: {got}");
        assert_eq!(eval(&mut machine, "return 1", &[], &[]), ":1|");
    }
}

#[test]
fn what_stands_at_a_call_is_shown() {
    let mut machine = Machine::new();
    let source = "local token = KEYS[1]\nlocal function held(key, want)\n  local t = {1, 'x', n = true}\n  return redis.call('GET', key) == want\nend\nreturn held(token, 'me') and 1";
    let load = Request::Load {
        name: "x".into(),
        source: source.as_bytes().to_vec(),
    };
    machine.ask(load);
    let start = Start {
        name: "x".into(),
        function: false,
        keys: vec![b"k".to_vec()],
        args: Vec::new(),
        resp: 2,
        limits: LIMITS,
    };
    assert!(matches!(
        machine.ask(Request::Start(start)),
        Answer::Call(_)
    ));
    let Answer::Frames(frames) = machine.ask(Request::Look) else {
        panic!("no frames");
    };
    let local = |name: &str, value: &str| (name.to_string(), value.to_string());
    assert_eq!(frames.len(), 2);
    assert_eq!(
        (frames[0].name.as_deref(), frames[0].line),
        (Some("held"), 4)
    );
    assert_eq!(
        frames[0].locals,
        [
            local("key", "\"k\""),
            local("want", "\"me\""),
            local("t", "{1, \"x\", n = true}")
        ]
    );
    assert_eq!(frames[1].line, 6);
    assert_eq!(machine.ask(Request::Stop), Answer::Done);
    assert_eq!(machine.ask(Request::Look), Answer::Frames(Vec::new()));
}

#[test]
fn libraries_register_functions() {
    let mut machine = Machine::new();
    let load = |source: &str| Request::LoadLibrary {
        name: "lib".into(),
        source: source.as_bytes().to_vec(),
        limits: LIMITS,
    };
    let source = "local n = 0 server.register_function('count', function(keys, args) n = n + #keys return n end)";
    let answer = machine.ask(load(source));
    assert!(
        matches!(&answer, Answer::Registered { functions } if functions[0].name == "count"),
        "{answer:?}"
    );
    let call = Request::Start(Start {
        name: "count".into(),
        function: true,
        keys: vec![b"a".to_vec(), b"b".to_vec()],
        args: Vec::new(),
        resp: 2,
        limits: LIMITS,
    });
    for total in [":2\r\n", ":4\r\n"] {
        let answer = machine.ask(call.clone());
        assert!(
            matches!(&answer, Answer::Returned { reply, .. } if reply == total.as_bytes()),
            "{answer:?}"
        );
    }
    assert!(matches!(
        machine.ask(load("error('no')")),
        Answer::Failed(_)
    ));
    assert!(matches!(machine.ask(call), Answer::Returned { .. }));
}
