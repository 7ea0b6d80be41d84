use super::*;

// What is expected here and below is what the reference's own interpreter gave.
#[test]
fn strings() {
    check(&[
        ("string.len('a~b')", "3"),
        ("string.len()", "! #1 string expected, got no value"),
        ("string.sub('hello', -3)", "llo"),
        ("string.sub('hello', 2, -2)", "ell"),
        ("string.sub('hello', -100, 100)", "hello"),
        ("string.sub('hello', 4, 2)", ""),
        ("string.sub('hello')", "! #2 number expected, got no value"),
        ("string.sub('x', {})", "! #2 number expected, got table"),
        ("string.reverse('abc')", "cba"),
        ("string.upper('aé1')", "Aé1"),
        ("string.lower(12)", "12"),
        ("string.rep('ab', 3.9)", "ababab"),
        ("string.rep('x', -1)", ""),
        ("string.rep('', 2147483647)", ""),
        ("string.byte('abc')", "97"),
        ("string.byte('abc', -2, -1)", "98 99"),
        ("string.byte('abc', 10)", ""),
        ("string.byte('abc', 0, 2)", "97 98"),
        ("string.char(72, 105)", "Hi"),
        ("string.char()", ""),
        ("string.char(72, 256)", "! #2 invalid value"),
        ("string.char(-1)", "! #1 invalid value"),
        ("string.dump('x')", "! #1 function expected, got string"),
    ]);
    let mut state = opened();
    let long = |length: usize| format!("string.byte('{}', 1, -1)", "x".repeat(length));
    assert!(call(&mut state, &long(7997)).starts_with("120 120"));
    let overflow = "! stack overflow (string slice too long)";
    assert_eq!(call(&mut state, &long(7998)), overflow);
}

#[test]
fn strings_have_methods() {
    let mut state = opened();
    let metatable = state.string_metatable.unwrap();
    let library = state.get_field(state.globals, "string");
    assert_eq!(state.get_field(metatable, "__index"), library);
    let Value::Table(library) = library else {
        panic!("no table");
    };
    let gmatch = state.get_field(library, "gmatch");
    assert_eq!(state.get_field(library, "gfind"), gmatch);
}

#[test]
fn patterns() {
    check(&[
        ("string.find('abc', 'b', -10)", "2 2"),
        ("string.find('abc', '', 10)", "4 3"),
        ("string.find('a~b', '~b')", "2 3"),
        ("string.find('a.b', '.', 2, true)", "2 2"),
        ("string.find('aab', 'ab')", "2 3"),
        ("string.find('abc', 'x')", "nil"),
        ("string.find('  trim ', '^%s*(.-)%s*$')", "1 7 trim"),
        ("string.find('abc', '^b')", "nil"),
        ("string.match('hello world', '(%w+) (%w+)')", "hello world"),
        ("string.match('key = value', '()=()')", "5 6"),
        ("string.match('THE (quick) fox', '%((%a+)%)')", "quick"),
        ("string.match('x(a(b)c)y', '%b()')", "(a(b)c)"),
        ("string.match('THE (quick) fox', '%f[%a]%a+', 5)", "quick"),
        ("string.match('abab', '(ab)%1')", "ab"),
        ("string.match('a-]', '[]-]+')", "-]"),
        ("string.match('x^y', '[x^]+')", "x^"),
        ("string.match('aXb', '[^%u]', 2)", "b"),
        ("string.match('a~b', '%z')", "~"),
        ("string.match('aaa', 'a-$')", "aaa"),
        ("string.match('ab', 'a?b?c?')", "ab"),
        ("string.match('x$', 'x$')", "nil"),
        ("string.match('x$y', 'x$y')", "x$y"),
        ("string.find('x', '(')", "! unfinished capture"),
        ("string.find('x)', 'x)')", "1 2"),
        ("string.match('x', 'x)')", "! invalid pattern capture"),
        ("string.find('x', '%1')", "! invalid capture index"),
        (
            "string.find('x', '%')",
            "! malformed pattern (ends with '%')",
        ),
        (
            "string.find('x', '[a')",
            "! malformed pattern (missing ']')",
        ),
        (
            "string.find('x', '[a%')",
            "! malformed pattern (missing ']')",
        ),
        (
            "string.find('x', '%f')",
            "! missing '[' after '%f' in pattern",
        ),
        ("string.find('x', '%b(')", "! unbalanced pattern"),
        (
            "string.find('x', '.', 'q')",
            "! #3 number expected, got string",
        ),
    ]);
    let mut state = opened();
    let many = format!("string.find('x', '{}')", "()".repeat(33));
    assert_eq!(call(&mut state, &many), "! too many captures");
    let deep = format!("string.find('x', '{}')", "a?".repeat(200_000));
    assert_eq!(call(&mut state, &deep), "1 0");
}

#[test]
fn gmatch_goes_from_match_to_match() {
    let cases = [
        ("k=v;a=b", "(%w)=(%w)", "k v|a b"),
        ("abc", "", "|||"),
        ("abc", "^a", ""),
        ("a bc", "%a*", "a||bc|"),
    ];
    for (source, pattern, expected) in cases {
        let mut state = opened();
        let args = [source, pattern].map(|text| string(&mut state, text.as_bytes()));
        let Value::Table(library) = state.get_field(state.globals, "string") else {
            panic!("no table");
        };
        let gmatch = state.get_field(library, "gmatch");
        let next = run(&mut state, gmatch, &args).unwrap()[0];
        let mut found = Vec::new();
        loop {
            let captures = run(&mut state, next, &[]).unwrap();
            if captures.is_empty() {
                break;
            }
            found.push(outcome(&state, Ok(captures)));
        }
        assert_eq!(found.join("|"), expected, "{source} {pattern}");
    }
}

#[test]
fn gsub_with_a_text() {
    check(&[
        ("string.gsub('abc', '', '-')", "-a-b-c- 4"),
        ("string.gsub('hello', 'l*', 'x')", "xhxexxox 5"),
        ("string.gsub('x y', '(%w) (%w)', '%2 %1')", "y x 1"),
        ("string.gsub('abc', '%w', '%0%1', 2)", "aabbc 2"),
        ("string.gsub('abc', '^%w', '%%')", "%bc 1"),
        ("string.gsub('abc', '()', '%1')", "1a2b3c4 4"),
        ("string.gsub('abc', 'b', 'x%')", "ax~c 1"),
        ("string.gsub('abc', 'b', 'x', -1)", "abc 0"),
        ("string.gsub('abc', 'b', 12)", "a12c 1"),
        ("string.gsub('x', 'x', '%2')", "! invalid capture index"),
        ("string.gsub('x')", "! #2 string expected, got no value"),
        (
            "string.gsub('x', 'y', nil)",
            "! #3 string/function/table expected",
        ),
        (
            "string.gsub('x', 'y', nil, 'q')",
            "! #4 number expected, got string",
        ),
    ]);
}

/// As the prelude does it, with a list as the replacement.
fn gsub(
    state: &mut State,
    source: &str,
    pattern: &str,
    values: &[Value],
) -> Result<Vec<Value>, Error> {
    let helper = |state: &mut State, name: &str, args: &[Value]| {
        let found = gsub::HELPERS.iter().find(|(helper, _)| *helper == name);
        let function: NativeFn = found.unwrap().1;
        let function = state.native(function, Vec::new()).unwrap();
        run(state, function, args)
    };
    let texts = [source, pattern].map(|text| string(state, text.as_bytes()));
    let replacement = list(state, &[]);
    let begun = helper(state, "gsub", &[texts[0], texts[1], replacement])?;
    assert_eq!(begun[1..], [Value::Nil, replacement, Value::Bool(false)]);
    let walk = begun[0];
    let mut values = values.iter().copied();
    let mut value = Value::Nil;
    loop {
        let mut step = helper(state, "gsub_next", &[walk, value])?;
        if step[0] == Value::Bool(false) {
            return Ok(step.split_off(1));
        }
        let captures = helper(state, "gsub_captures", &[walk])?;
        value = values.next().unwrap_or(captures[0]);
    }
}

#[test]
fn gsub_goes_from_match_to_match() {
    let mut state = opened();
    let x = string(&mut state, b"x");
    let cases: [(&str, &str, &[Value], &str); 7] = [
        ("abc", "%w", &[Value::Number(1.5), Value::Nil, x], "1.5bx 3"),
        ("abc", "%w", &[Value::Bool(false), x], "axc 3"),
        ("abc", "", &[x, x, x, x], "xaxbxcx 4"),
        ("abc", "^%w", &[x, x], "xbc 1"),
        ("a=b", "(%w)=(%w)", &[], "a 1"),
        ("abc", "z", &[x], "abc 0"),
        (
            "abc",
            "%w",
            &[Value::Bool(true)],
            "! invalid replacement value (a boolean)",
        ),
    ];
    for (source, pattern, values, expected) in cases {
        let result = gsub(&mut state, source, pattern, values);
        assert_eq!(outcome(&state, result), expected, "{source} {pattern}");
    }
}

#[test]
fn formats() {
    check(&[
        (
            "string.format('%5d|%-5d|%05d|%+d|% d|%5.3d|%.0d', 1, 2, -3, 4, 5, 6, 0)",
            "    1|2    |-0003|+4| 5|  006|",
        ),
        (
            "string.format('%#o %#x %X %u %i', 8, 255, 255, -1, -3.99)",
            "010 0xff FF 18446744073709551615 -3",
        ),
        (
            "string.format('%d %x', 1e20, 1e19)",
            "-9223372036854775808 8ac7230489e80000",
        ),
        (
            "string.format('%.3f %e %G %g %5.1f|%-8.2e|', 2.5, 12345, 1e-10, 0.1, -1.25, 1)",
            "2.500 1.234500e+04 1E-10 0.1  -1.2|1.00e+00|",
        ),
        (
            "string.format('%#g %#.0f %05.1f %+g', 1, 2, -1.5, 3)",
            "1.00000 2. -01.5 +3",
        ),
        ("string.format('%c%c%5c|', 65, 66.9, 67)", "AB    C|"),
        ("string.format('[%c]', 0)", "[]"),
        (
            "string.format('%s|%5s|%-5s|%.2s|%05s', 'a', 'b', 'c', 'def', 'g')",
            "a|    b|c    |de|    g",
        ),
        ("string.format('%s', 'a~b')", "a"),
        ("string.format('%q', 'a~\"\\')", "\"a\\000\\\"\\\\\""),
        ("string.format('100%%')", "100%"),
        ("string.format('%d')", "! #2 no value"),
        (
            "string.format('%d', 'x')",
            "! #2 number expected, got string",
        ),
        ("string.format('%s', nil)", "! #2 string expected, got nil"),
        (
            "string.format('%y', 1)",
            "! invalid option '%y' to 'format'",
        ),
        ("string.format('%', 1)", "! invalid option '%' to 'format'"),
        (
            "string.format('%123d', 1)",
            "! invalid format (width or precision too long)",
        ),
        (
            "string.format('%.123d', 1)",
            "! invalid format (width or precision too long)",
        ),
        ("string.format('%-+ #0d', 1)", "+1"),
        (
            "string.format('%-+ #00d', 1)",
            "! invalid format (repeated flags)",
        ),
    ]);
    let mut state = opened();
    let long = format!("string.format('%5s', '{}~b')", "x".repeat(98));
    assert_eq!(call(&mut state, &long).len(), 100);
}

#[test]
fn a_walk_of_gsub_that_ran_out_of_memory_goes_on() {
    let mut state = opened();
    let source = string(&mut state, b"a-b");
    let pattern = string(&mut state, b"%w");
    let replacement = list(&mut state, &[]);
    let start = in_library(&mut state, "string", "gsub");
    let walk = run(&mut state, start, &[source, pattern, replacement]).unwrap()[0];
    let next = state.native(gsub::HELPERS[1].1, Vec::new()).unwrap();
    run(&mut state, next, &[walk, Value::Nil]).unwrap();
    let new = string(&mut state, b"new");
    state.memory_limit = state.memory();
    let memory = Err(Error::Budget(Budget::Memory));
    assert_eq!(run(&mut state, next, &[walk, new]), memory);
    state.memory_limit = usize::MAX;
    run(&mut state, next, &[walk, new]).unwrap();
    let ended = run(&mut state, next, &[walk, new]);
    assert_eq!(outcome(&state, ended), "false new-new 2");
}
