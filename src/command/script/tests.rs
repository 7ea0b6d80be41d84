use crate::command::testing::{check, notifications};
use crate::engine::names::Place;
use crate::engine::script::fake::Fake;
use crate::engine::{Engine, What, resp, text};

#[test]
fn a_script_is_kept_and_run_by_its_digest() {
    check(
        r#"
        A> EVAL "call SET K1 A1\ncall GET K1\nreturn" 1 k v
        "v"
        A> SCRIPT LOAD "return :5"
        "0c81ab7aa362ec79bba4bbdd41d3afdada0230c7"
        A> EVALSHA 0C81AB7AA362EC79BBA4BBDD41D3AFDADA0230C7 0
        (integer) 5
        A> SCRIPT EXISTS 0c81ab7aa362ec79bba4bbdd41d3afdada0230c7 0C81ab7aa362ec79bba4bbdd41d3afdada0230c7 x
        1) (integer) 1
        2) (integer) 1
        3) (integer) 0
        A> SCRIPT SHOW 0c81ab7aa362ec79bba4bbdd41d3afdada0230c7
        "return :5"
        A> EVALSHA short 0
        (error) NOSCRIPT No matching script.
        A> EVALSHA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x
        (error) ERR value is not an integer or out of range
        A> EVALSHA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0
        (error) NOSCRIPT No matching script.
        A> SCRIPT SHOW aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        (error) NOSCRIPT No matching script.
        A> EVAL "return :1" 1
        (error) ERR Number of keys can't be greater than number of args
        A> EVAL "syntax!" -1
        (error) ERR Number of keys can't be negative
        A> EVAL "\nsyntax!" 0
        (error) ERR Error compiling script (new function): user_script:2: syntax!
        A> SCRIPT LOAD "syntax!"
        (error) ERR Error compiling script (new function): user_script:1: syntax!
        A> SCRIPT KILL
        (error) NOTBUSY No scripts in execution right now.
        A> SCRIPT FLUSH now
        (error) ERR SCRIPT FLUSH only support SYNC|ASYNC option
        A> SCRIPT FLUSH SYNC
        OK
        A> SCRIPT EXISTS 0c81ab7aa362ec79bba4bbdd41d3afdada0230c7
        1) (integer) 0
        A> SCRIPT DEBUG NO lua
        OK
        A> SCRIPT DEBUG NO js
        (error) ERR No scripting engine found with name 'js' to enable debug
        A> SCRIPT DEBUG maybe
        (error) ERR Use SCRIPT DEBUG YES/SYNC/NO
        A> SCRIPT DEBUG NO lua more
        (error) ERR unknown subcommand or wrong number of arguments for 'DEBUG'. Try SCRIPT HELP.
        "#,
    );
}

#[test]
fn what_a_script_may_not_call_is_refused_with_its_place() {
    check(
        r#"
        A> EVAL "call nosuch x" 0
        (error) ERR Unknown command called from script script: on @user_script:1.
        A> EVAL "pcall nosuch x\nreturn" 0
        (error) ERR Unknown command called from script
        A> EVAL "\ncall GET" 0
        (error) ERR Wrong number of args calling command from script script: on @user_script:2.
        A> EVAL "call CONFIG nosuch" 0
        (error) ERR unknown subcommand 'nosuch'. Try CONFIG HELP. script: on @user_script:1.
        A> EVAL "call SUBSCRIBE c" 0
        (error) ERR This Valkey command is not allowed from script script: on @user_script:1.
        A> EVAL "call CONFIG GET maxmemory" 0
        (error) ERR This Valkey command is not allowed from script script: on @user_script:1.
        A> EVAL "pcall EVAL x 0\nreturn" 0
        (error) ERR This Valkey command is not allowed from script
        A> EVAL "call LPUSH k v\ncall INCR k" 0
        (error) WRONGTYPE Operation against a key holding the wrong kind of value script: on @user_script:2.
        A> LLEN k
        (integer) 1
        A> EVAL "fail ERR user_script:1: boo" 0
        (error) ERR user_script:1: boo script: on @user_script:1.
        A> EVAL "acl GET k\nreturn" 0
        (integer) 1
        A> EVAL "acl nosuch" 0
        (error) ERR Invalid command passed to server.acl_check_cmd() script: on @user_script:1.
        "#,
    );
}

#[test]
fn a_first_line_says_what_a_script_may_do() {
    check(
        r##"
        A> EVAL "#!lua" 0
        (error) ERR Invalid script shebang
        A> EVAL "#!LUA flags=no-writes\ncall SET k v" 0
        (error) ERR Write commands are not allowed from read-only scripts. script: on @user_script:2.
        A> EVAL "#!lua flags=nope\nreturn :1" 0
        (error) ERR Unexpected flag in script shebang: nope
        A> EVAL "#!lua name=x\nreturn :1" 0
        (error) ERR Unknown lua shebang option: name=x
        A> EVAL "#!js\nreturn :1" 0
        (error) ERR Could not find scripting engine 'js'
        A> EVAL "#! \nreturn :1" 0
        (error) ERR Could not find scripting engine ''
        A> EVAL "#!lua 'x\nreturn :1" 0
        (error) ERR Invalid engine in script shebang
        A> EVAL "#!lua flags=\nreturn :1" 0
        (integer) 1
        A> EVAL "#!lua flags=no-writes,allow-oom,\nreturn :1" 0
        (error) ERR Unexpected flag in script shebang: 
        A> EVAL "#!lua flags=no-writes flags=allow-stale\nreturn :1" 0
        (integer) 1
        A> EVAL_RO "call SET k v" 0
        (error) ERR Write commands are not allowed from read-only scripts. script: on @user_script:1.
        A> EVAL_RO "call PUBLISH k v" 0
        (error) ERR Write commands are not allowed from read-only scripts. script: on @user_script:1.
        A> EVAL_RO "#!lua\ncall GET k" 0
        (error) ERR Can not execute a script with write flag using *_ro command.
        A> EVAL_RO "#!lua flags=no-writes\ncall GET k\nreturn" 0
        (nil)
        "##,
    );
}

#[test]
fn a_budget_that_is_used_up_names_its_setting_and_what_was_written_stays() {
    check(
        r#"
        A> CONFIG SET script-step-limit 1000 script-memory-limit 1mb
        OK
        A> EVAL "call SET k v\nsteps" 0
        (error) ERR Script used up its budget of 1000 steps (setting script-step-limit) script: on @user_script:2.
        A> EVAL "memory" 0
        (error) ERR Script used up its budget of 1048576 bytes of memory (setting script-memory-limit) script: on @user_script:1.
        A> GET k
        "v"
        A> CONFIG SET script-step-limit 0
        (error) ERR CONFIG SET failed (possibly related to argument 'script-step-limit') - argument must be between 1 and 9223372036854775807 inclusive
        "#,
    );
}

#[test]
fn a_script_selects_for_itself_and_waits_for_nothing() {
    check(
        r#"
        A> EVAL "call SELECT 3\ncall SET k 3\ncall SELECT 0" 0
        (nil)
        A> EXISTS k
        (integer) 0
        A> EVAL "call SELECT 3\ncall GET k\nreturn" 0
        "3"
        A> SET k 0
        OK
        A> GET k
        "0"
        A> EVAL "call BLPOP none 0\nreturn" 0
        (nil)
        A> EVAL "call WAIT 1 0\nreturn" 0
        (integer) 0
        A> EVAL "call HSET h f v\nsetresp3\ncall HGETALL h\nreturn" 0
        1# "f" => "v"
        "#,
    );
}

#[test]
fn who_waits_is_served_once_the_script_is_over_and_others_hear_of_it() {
    check(
        r#"
        A> BZPOPMIN board 0
        B> EVAL "call ZADD board 1 ann\ncall DEL board\ncall ZADD board 2 bob\ncall ZADD board 1 cid" 0
        (nil)
        A<
        1) "board"
        2) "cid"
        3) "1"
        C> HELLO 3 SETNAME c
        1# "server" => "keyglass"
        2# "version" => "9.1.2"
        3# "proto" => (integer) 3
        4# "id" => (integer) 3
        5# "mode" => "standalone"
        6# "role" => "master"
        7# "modules" => (empty array)
        C> SUBSCRIBE news
        1) "subscribe"
        2) "news"
        3) (integer) 1
        C> EVAL "call PUBLISH news hi\nreturn" 0
        (integer) 1
        1) "message"
        2) "news"
        3) "hi"
        A> WATCH k
        OK
        A> EVAL "call SET k 1" 0
        (nil)
        A> MULTI
        OK
        A> EVAL "return :1" 0
        QUEUED
        A> EXEC
        (nil)
        A> MULTI
        OK
        A> EVAL "call SET k x" 0
        QUEUED
        A> EVAL "call INCR k" 0
        QUEUED
        A> EVALSHA aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0
        QUEUED
        A> EVAL "return *2~:1~-A b~" 0
        QUEUED
        A> EXEC
        1) (nil)
        2) (error) ERR value is not an integer or out of range script: on @user_script:1.
        3) (error) NOSCRIPT No matching script.
        4) 1) (integer) 1
           2) (error) A b
        "#,
    );
    let told = [
        "CONFIG SET notify-keyspace-events EAn",
        "EVAL \"call SET a 1\\ncall SET b 1\" 0",
    ];
    assert_eq!(notifications(&told), ["new a", "set a", "new b", "set b"]);
}

#[test]
fn monitors_see_the_script_and_then_what_it_calls() {
    check(
        r#"
        M> MONITOR
        OK
        A> EVAL "call SET a 1\npcall nosuch\ncall SELECT 4\ncall GET b" 0
        (nil)
        M<
        1700000000.000000 [0 client:0] "EVAL" "call SET a 1\npcall nosuch\ncall SELECT 4\ncall GET b" "0"
        1700000000.000000 [0 lua] "SET" "a" "1"
        1700000000.000000 [4 lua] "SELECT" "4"
        1700000000.000000 [4 lua] "GET" "b"
        "#,
    );
}

#[test]
fn only_what_a_read_only_script_reads_is_tracked() {
    check(
        r#"
        A> HELLO 3 SETNAME a
        1# "server" => "keyglass"
        2# "version" => "9.1.2"
        3# "proto" => (integer) 3
        4# "id" => (integer) 1
        5# "mode" => "standalone"
        6# "role" => "master"
        7# "modules" => (empty array)
        A> CLIENT TRACKING ON
        OK
        A> EVAL_RO "call GET read" 1 named
        (nil)
        B> MSET named 1 read 1
        OK
        A<
        1) "invalidate"
        2) 1) "read"
        "#,
    );
}

#[test]
fn a_pause_of_writes_holds_scripts_that_may_write() {
    check(
        r##"
        B> CLIENT PAUSE 1000 WRITE
        OK
        A> EVAL_RO "return :1" 0
        (integer) 1
        A> EVAL "#!lua flags=no-writes\nreturn :2" 0
        (integer) 2
        A> EVAL "return :3" 0
        @1000
        A<
        (integer) 3
        A> CONFIG SET min-replicas-to-write 1
        OK
        A> EVAL "#!lua\nreturn :1" 0
        (error) NOREPLICAS Not enough good replicas to write.
        A> EVAL "call SET k v" 0
        (error) NOREPLICAS Not enough good replicas to write. script: on @user_script:1.
        "##,
    );
}

#[test]
fn a_library_registers_functions() {
    check(
        r##"
        A> FUNCTION LOAD x
        (error) ERR Missing library metadata
        A> FUNCTION LOAD "#!lua name=x"
        (error) ERR Invalid library metadata
        A> FUNCTION LOAD "#!lua\n"
        (error) ERR Library name was not given
        A> FUNCTION LOAD "#!lua name=x\n"
        (error) ERR No functions registered
        A> FUNCTION LOAD "#!lua name=x y=1\n"
        (error) ERR Invalid metadata value given: y=1
        A> FUNCTION LOAD "#!lua name=x name=y\n"
        (error) ERR Invalid metadata value, name argument was given multiple times
        A> FUNCTION LOAD "#!lua name=a-b\n"
        (error) ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long
        A> FUNCTION LOAD "#!js name=x\n"
        (error) ERR Engine 'js' not found
        A> FUNCTION LOAD "#!lua name=x\nsyntax!"
        (error) ERR Error compiling function: user_function:2: syntax!
        A> FUNCTION LOAD "#!lua name=x\nfail"
        (error) ERR Error registering functions: ERR user_function:2: fail
        A> FUNCTION LOAD "#!lua name=x\nregister a-b - -"
        (error) ERR Function names can only contain letters, numbers, or underscores(_) and must be at least one character long
        A> FUNCTION LOAD "#!lua name=x\nregister a - -\nregister a - -"
        (error) ERR Function already exists in the library
        A> FUNCTION LOAD "#!LUA NAME=x\nregister foo - -\nreturn :1"
        "x"
        A> FUNCTION LOAD "#!lua name=x\nregister foo - -"
        (error) ERR Library 'x' already exists
        A> FUNCTION LOAD "#!lua name=y\nregister FOO - -\nreturn :9"
        (error) ERR Function FOO already exists
        A> FUNCTION LOAD REPLACE "#!lua name=x\nregister foo - -\nsyntax!"
        (error) ERR Error compiling function: user_function:3: syntax!
        A> FCALL FOO 0
        (integer) 1
        A> FUNCTION LOAD REPLACE "#!lua name=x\nregister foo - -\nreturn :2"
        "x"
        A> FUNCTION LOAD "#!lua name=y\nregister get no-writes,ALLOW-STALE hi there\ncall GET K1\nreturn\nregister put no-writes -\ncall SET K1 A1"
        "y"
        A> FCALL foo 0
        (integer) 2
        A> FCALL nope x
        (error) ERR Function not found
        A> FCALL foo x
        (error) ERR Bad number of keys provided
        A> FCALL foo 1
        (error) ERR Number of keys can't be greater than number of args
        A> FCALL_RO foo 0
        (error) ERR Can not execute a script with write flag using *_ro command.
        A> FCALL_RO get 1 k
        (nil)
        A> FCALL put 1 k v
        (error) ERR Write commands are not allowed from read-only scripts. script: on @user_function:6.
        A> EVAL "call FCALL foo 0" 0
        (error) ERR This Valkey command is not allowed from script script: on @user_script:1.
        A> FUNCTION LIST
        1) 1) "library_name"
           2) "x"
           3) "engine"
           4) "LUA"
           5) "functions"
           6) 1) 1) "name"
                 2) "foo"
                 3) "description"
                 4) (nil)
                 5) "flags"
                 6) (empty array)
        2) 1) "library_name"
           2) "y"
           3) "engine"
           4) "LUA"
           5) "functions"
           6) 1) 1) "name"
                 2) "get"
                 3) "description"
                 4) "hi there"
                 5) "flags"
                 6) 1) no-writes
                    2) allow-stale
              2) 1) "name"
                 2) "put"
                 3) "description"
                 4) (nil)
                 5) "flags"
                 6) 1) no-writes
        A> FUNCTION LIST LIBRARYNAME X WITHCODE
        1) 1) "library_name"
           2) "x"
           3) "engine"
           4) "LUA"
           5) "functions"
           6) 1) 1) "name"
                 2) "foo"
                 3) "description"
                 4) (nil)
                 5) "flags"
                 6) (empty array)
           7) "library_code"
           8) "#!lua name=x\nregister foo - -\nreturn :2"
        A> FUNCTION LIST WITHCODE WITHCODE
        (error) ERR Unknown argument WITHCODE
        A> FUNCTION LIST LIBRARYNAME
        (error) ERR library name argument was not given
        A> FUNCTION STATS
        1) "running_script"
        2) (nil)
        3) "engines"
        4) 1) "LUA"
           2) 1) "libraries_count"
              2) (integer) 2
              3) "functions_count"
              4) (integer) 3
        A> FUNCTION DELETE X
        (error) ERR Library not found
        A> FUNCTION DELETE x
        OK
        A> FCALL foo 0
        (error) ERR Function not found
        A> FUNCTION FLUSH now
        (error) ERR FUNCTION FLUSH only supports SYNC|ASYNC option
        A> FUNCTION FLUSH SYNC now
        (error) ERR unknown subcommand or wrong number of arguments for 'FLUSH'. Try FUNCTION HELP.
        A> FUNCTION FLUSH
        OK
        A> FUNCTION LIST
        (empty array)
        A> FUNCTION KILL
        (error) NOTBUSY No scripts in execution right now.
        A> FUNCTION LOAD x y z
        (error) ERR Unknown option given: x
        "##,
    );
}

/// The payload that the reference made of this library.
const DUMPED: &str = r##""\xf5@D#!lua name=x\nserver.register_function(\"foo\",function() return 2 end)P\x00e\xf5\x18\xca\x14b.(""##;

#[test]
fn libraries_travel_as_the_reference_writes_them() {
    // The fake machine takes another language, whose code is shown as it would be by the reference.
    let mut engine = Engine::new(1, 0, crate::command::dispatch);
    engine.set_machine(Box::<Fake>::default());
    engine.handle(0, 0, What::Connect);
    let mut say = |words: &[&[u8]]| {
        let bytes = resp::encode_command(words);
        engine.handle(0, 0, What::Bytes(bytes));
        engine.take_output(0)
    };
    let empty = say(&[b"FUNCTION", b"DUMP"]);
    assert_eq!(empty, b"$10\r\nP\x00\x92\xb1\x95\xd1\x91-\xc5.\r\n");
    let dumped = &resp::split_words(DUMPED.as_bytes()).unwrap()[0];
    let codes: Vec<_> = crate::engine::rdb::functions(dumped).collect();
    let code = b"#!lua name=x\nserver.register_function(\"foo\",function() return 2 end)".to_vec();
    assert_eq!(codes, [Ok(code.clone())]);
    let written = crate::engine::rdb::dump_functions([code.as_slice()].into_iter(), true);
    assert_eq!(&written, dumped);

    let load = |name: &str, function: &str, reply: &str| {
        format!("#!lua name={name}\nregister {function} - -\nreturn {reply}").into_bytes()
    };
    let payload = |codes: &[Vec<u8>]| {
        crate::engine::rdb::dump_functions(codes.iter().map(Vec::as_slice), false)
    };
    let mut told = |words: &[&[u8]]| text::format_all(&say(words)).trim_end().to_string();
    let mut restore =
        |payload: &[u8], policy: &str| told(&[b"FUNCTION", b"RESTORE", payload, policy.as_bytes()]);
    let one = payload(&[load("a", "f", ":1"), load("b", "g", ":1")]);
    assert_eq!(restore(&one, "APPEND"), "OK");
    assert_eq!(
        restore(&one, "APPEND"),
        "(error) ERR Library a already exists"
    );
    let clash = payload(&[load("c", "h", ":2"), load("d", "F", ":2")]);
    let text = "(error) ERR Function F already exists";
    assert_eq!(restore(&clash, "APPEND"), text);
    assert_eq!(restore(&clash, "REPLACE"), text);
    let twice = payload(&[load("a", "f", ":3"), load("a", "f", ":3")]);
    let text = "(error) ERR Library 'a' already exists";
    assert_eq!(restore(&twice, "FLUSH"), text);
    let same = payload(&[load("a", "f", ":3"), load("z", "f", ":3")]);
    let text = "(error) ERR Function f already exists";
    assert_eq!(restore(&same, "FLUSH"), text);
    let broken = payload(&[load("b", "f", "syntax!")]);
    let text = "(error) ERR Error compiling function: user_function:3: syntax!";
    assert_eq!(restore(&broken, "REPLACE"), text);
    assert_eq!(
        restore(b"\x00\x01vP\x00^\"\x07#\x87j\xed:", "APPEND"),
        "(error) ERR given type is not a function"
    );
    let text = "(error) ERR DUMP payload version or checksum are wrong";
    assert_eq!(restore(b"abc", "APPEND"), text);
    assert_eq!(
        restore(&one, "MERGE"),
        "(error) ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE."
    );
    // All that failed left the libraries as they were.
    let mut called = |names: &str| {
        let calls = names.chars().map(|name| {
            let mut byte = [0];
            let name = name.encode_utf8(&mut byte).as_bytes();
            told(&[b"FCALL", name, b"0"])
        });
        calls.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(called("fg"), "(integer) 1 (integer) 1");
    assert!(called("h").contains("not found"));
    let mut restore =
        |payload: &[u8], policy: &str| told(&[b"FUNCTION", b"RESTORE", payload, policy.as_bytes()]);
    assert_eq!(restore(&payload(&[load("a", "h", ":4")]), "REPLACE"), "OK");
    assert_eq!(restore(&payload(&[load("e", "f", ":5")]), "APPEND"), "OK");
    let mut called = |names: &[u8]| {
        let calls = names.iter().map(|name| told(&[b"FCALL", &[*name], b"0"]));
        calls.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(called(b"fgh"), "(integer) 5 (integer) 1 (integer) 4");
    assert_eq!(told(&[b"FUNCTION", b"RESTORE", &clash, b"FLUSH"]), "OK");
    assert_eq!(told(&[b"FCALL", b"f", b"0"]), "(integer) 2");
    assert!(told(&[b"FCALL", b"g", b"0"]).contains("not found"));
}

#[test]
fn scripts_and_what_they_call_are_counted_as_on_the_reference() {
    let mut engine = Engine::new(1, 0, crate::command::dispatch);
    engine.set_machine(Box::<Fake>::default());
    engine.handle(0, 0, What::Connect);
    for script in [
        "call SET s x\ncall INCR s", // counted where it arises, and EVAL fails
        "pcall INCR s\nreturn",      // the same error, given back
        "pcall INCR s\nreturn :1",   // EVAL does not fail
        "call GET",                  // refused before it runs
        "return *2~:1~-A b~",        // an error of its own, inside
        "return -B c~",              // or alone
        "return -nocode~",           // without a code
        "fail MY boo",
        "acl nosuch",
    ] {
        let bytes = resp::encode_command(&["EVAL", script, "0"]);
        engine.handle(0, 0, What::Bytes(bytes));
    }
    let errors: Vec<_> = engine
        .stats
        .errors
        .iter()
        .map(|(k, n)| (k.as_str(), *n))
        .collect();
    assert_eq!(errors, [("A", 1), ("B", 1), ("ERR", 6), ("MY", 1)]);
    let calls = |name| engine.stats.calls[&Place(name, name)];
    assert_eq!(calls("eval"), [9, 0, 8]);
    assert_eq!(calls("incr"), [3, 0, 3]);
    assert_eq!(calls("get"), [0, 1, 0]);
    assert_eq!(engine.stats.commands, 9 + 4);
}

#[test]
fn without_a_machine_scripts_are_refused_plainly() {
    let mut engine = Engine::new(1, 0, crate::command::dispatch);
    engine.handle(0, 0, What::Connect);
    for (words, expected) in [
        (
            ["EVAL", "return 1", "0"],
            "(error) ERR This server cannot run scripts: it has no Lua\n",
        ),
        (
            ["SCRIPT", "LOAD", "x"],
            "(error) ERR This server cannot run scripts: it has no Lua\n",
        ),
        (
            ["FUNCTION", "LOAD", "#!lua name=x\n"],
            "(error) ERR This server cannot run scripts: it has no Lua\n",
        ),
        (["FCALL", "f", "0"], "(error) ERR Function not found\n"),
    ] {
        engine.handle(0, 0, What::Bytes(resp::encode_command(&words)));
        assert_eq!(text::format_all(&engine.take_output(0)), expected);
    }
}
