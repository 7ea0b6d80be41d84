//! `codec_cases.txt` holds what the reference answers: calls, and below them what `pcall` of them gave there. A
//! case begins with a new instance of cjson; the libraries are called as C functions call each other, so that no
//! place stands before an error.

use super::{cjson, cmsgpack, structs};
use crate::lua::message::{Budget, Limits};
use crate::lua::state::{Function, State};
use crate::lua::value::{Error, Flow, TableId, Value};

/// A machine with these libraries.
fn machine() -> State {
    let mut state = State::default();
    cjson::open(&mut state).unwrap();
    cmsgpack::open(&mut state).unwrap();
    structs::open(&mut state).unwrap();
    state
}

fn call(state: &mut State, function: Value, args: &[Value]) -> Result<Vec<Value>, Error> {
    let Value::Function(id) = function else {
        panic!("not a function: {function:?}");
    };
    let Some(Function::Native(native)) = state.function(id).cloned() else {
        panic!("not a native function");
    };
    state.running = id;
    let mut out = Vec::new();
    assert_eq!((native.run)(state, args, &mut out)?, Flow::Return);
    Ok(out)
}

/// Evaluates calls and constructors as Lua writes them.
struct Evaluator<'a> {
    rest: &'a [u8],
    state: &'a mut State,
}

impl Evaluator<'_> {
    fn peek(&mut self) -> u8 {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first().copied().unwrap_or_default()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn expect(&mut self, byte: u8) {
        let rest = String::from_utf8_lossy(self.rest).into_owned();
        assert!(self.eat(byte), "no {:?} at {rest}", char::from(byte));
    }

    fn word(&mut self) -> String {
        self.peek();
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = self.rest.iter().take_while(is_word).count();
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        String::from_utf8(word.to_vec()).unwrap()
    }

    /// A call whose errors are handed back.
    fn call(&mut self) -> Result<Vec<Value>, Error> {
        let function = self.path();
        let args = self.args();
        call(self.state, function, &args)
    }

    fn path(&mut self) -> Value {
        let name = self.word();
        let mut value = self.state.get_field(self.state.globals, &name);
        while self.eat(b'.') {
            let Value::Table(table) = value else {
                panic!("not a table: {name}")
            };
            let field = self.word();
            value = self.state.get_field(table, &field);
        }
        value
    }

    fn args(&mut self) -> Vec<Value> {
        self.expect(b'(');
        let mut args = Vec::new();
        while !self.eat(b')') {
            args.append(&mut self.values());
            self.eat(b',');
        }
        args
    }

    fn value(&mut self) -> Value {
        self.values().first().copied().unwrap_or_default()
    }

    /// What an expression stands for: many values, if it is the last of a list.
    fn values(&mut self) -> Vec<Value> {
        let value = match self.peek() {
            b'"' => self.string(),
            b'{' => self.table(),
            b'-' | b'0'..=b'9' => {
                let negative = self.eat(b'-');
                if self.peek().is_ascii_alphabetic() {
                    let Value::Number(number) = self.value() else {
                        panic!("not a number")
                    };
                    return vec![Value::Number(-number)];
                }
                let is_number = |byte: &&u8| {
                    byte.is_ascii_alphanumeric() || matches!(**byte, b'.' | b'+' | b'-')
                };
                let length = self.rest.iter().take_while(is_number).count();
                let (number, rest) = self.rest.split_at(length);
                self.rest = rest;
                let number: f64 = std::str::from_utf8(number).unwrap().parse().unwrap();
                Value::Number(if negative { -number } else { number })
            }
            _ => return self.named(),
        };
        vec![value]
    }

    fn named(&mut self) -> Vec<Value> {
        let before = self.rest;
        let value = match self.word().as_str() {
            "nil" => Value::Nil,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "inf" => Value::Number(f64::INFINITY),
            // As the reference's processor makes it of 0/0.
            "nan" => Value::Number(-f64::NAN),
            "rep" => {
                let args = self.args();
                let [Value::Str(text), Value::Number(count)] = args[..] else {
                    panic!("rep")
                };
                let text = self.state.bytes(text).repeat(count as usize);
                self.state.text(&text).unwrap()
            }
            "many" => {
                let args = self.args();
                let [Value::Number(count), value] = args[..] else {
                    panic!("many")
                };
                return vec![value; count as usize];
            }
            "nested" => {
                let args = self.args();
                let [Value::Number(count), key] = args[..] else {
                    panic!("nested")
                };
                let mut value = Value::Table(self.state.new_table(0, 0).unwrap());
                for _ in 1..count as usize {
                    let outer = self.state.new_table(0, 0).unwrap();
                    self.state.set(outer, key, value).unwrap();
                    value = Value::Table(outer);
                }
                value
            }
            _ => {
                self.rest = before;
                let value = self.path();
                if self.peek() != b'(' {
                    return vec![value];
                }
                let args = self.args();
                return call(self.state, value, &args).unwrap();
            }
        };
        vec![value]
    }

    fn string(&mut self) -> Value {
        self.expect(b'"');
        let mut bytes = Vec::new();
        loop {
            let (byte, rest) = self.rest.split_first().unwrap();
            self.rest = rest;
            match byte {
                b'"' => return self.state.text(&bytes).unwrap(),
                b'\\' => {
                    let digits = self.rest.iter().take(3);
                    let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
                    let (escape, rest) = self.rest.split_at(digits.max(1));
                    self.rest = rest;
                    bytes.push(match escape {
                        b"n" => b'\n',
                        b"r" => b'\r',
                        b"t" => b'\t',
                        [other] if digits == 0 => *other,
                        digits => std::str::from_utf8(digits).unwrap().parse().unwrap(),
                    });
                }
                byte => bytes.push(*byte),
            }
        }
    }

    fn table(&mut self) -> Value {
        self.expect(b'{');
        let (mut list, mut pairs) = (Vec::new(), Vec::new());
        while !self.eat(b'}') {
            if self.eat(b'[') {
                let key = self.value();
                self.expect(b']');
                self.expect(b'=');
                pairs.push((key, self.value()));
            } else {
                let before = self.rest;
                let name = self.word();
                if !name.is_empty() && self.eat(b'=') {
                    let key = self.state.text(name.as_bytes()).unwrap();
                    pairs.push((key, self.value()));
                } else {
                    self.rest = before;
                    list.append(&mut self.values());
                }
            }
            self.eat(b',');
        }
        // As the code of a constructor makes it: sized, then the pairs, then the list.
        let table = self.state.new_table(list.len(), pairs.len()).unwrap();
        for (key, value) in pairs {
            self.state.set(table, key, value).unwrap();
        }
        for (at, value) in list.into_iter().enumerate() {
            self.state.set_index(table, at + 1, value).unwrap();
        }
        Value::Table(table)
    }
}

fn quoted(bytes: &[u8]) -> String {
    if bytes.len() > 400 {
        return format!("string of {}", bytes.len());
    }
    let text = bytes.iter().map(|byte| match byte {
        b'"' | b'\\' | 0..32 | 127.. => format!("\\{byte:03}"),
        _ => char::from(*byte).to_string(),
    });
    format!("\"{}\"", text.collect::<String>())
}

fn shown(state: &State, value: Value, level: usize) -> String {
    match value {
        Value::Nil => "nil".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::Number(number) if number.is_nan() => "nan".to_owned(),
        Value::Number(number) if number.is_infinite() => format!("{number}"),
        Value::Number(number) if number == number.trunc() && number.abs() < 1e15 => {
            format!("{number}")
        }
        Value::Number(number) => format!("{number:.16e}"),
        Value::Str(id) => quoted(state.bytes(id)),
        Value::Table(_) if level > 20 => "...".to_owned(),
        Value::Table(id) => {
            let pairs = pairs(state, id).into_iter().map(|(key, value)| {
                let (key, value) = (shown(state, key, level), shown(state, value, level + 1));
                format!("[{key}]={value}")
            });
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
        }
        other => other.type_name().to_owned(),
    }
}

fn pairs(state: &State, table: TableId) -> Vec<(Value, Value)> {
    state.table(table).pairs().collect()
}

fn outcome(state: &State, result: Result<Vec<Value>, Error>) -> String {
    match result {
        Ok(values) if values.len() > 100 => format!("{} values", values.len()),
        Ok(values) => {
            let values = values.iter().map(|value| shown(state, *value, 0));
            values.collect::<Vec<_>>().join(" ")
        }
        Err(Error::Text(text) | Error::Plain(text)) => format!("error {}", quoted(&text)),
        Err(Error::Argument(n, text)) => {
            let text = [
                format!("bad argument #{n} to '?' (").as_bytes(),
                &text,
                b")",
            ]
            .concat();
            format!("error {}", quoted(&text))
        }
        Err(Error::Raised(value)) => format!("error {}", shown(state, value, 0)),
        Err(Error::Budget(budget)) => panic!("{budget:?}"),
    }
}

/// Each case: a line of calls with `;` between them, and for each a line that begins with `=`.
fn check(cases: &str) {
    let mut count = 0;
    let mut wrong = String::new();
    let mut lines = cases
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.by_ref().peekable();
    while let Some(line) = lines.next() {
        let mut state = machine();
        let mut evaluator = Evaluator {
            rest: line.as_bytes(),
            state: &mut state,
        };
        let mut got = Vec::new();
        loop {
            let result = evaluator.call();
            got.push(format!("= {}", outcome(evaluator.state, result)));
            if !evaluator.eat(b';') {
                break;
            }
        }
        let mut expected = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with('=')) {
            expected.push(line);
        }
        count += got.len();
        if got != expected {
            wrong += &format!("{line}\n");
            let pairs = got.iter().zip(expected);
            for (got, expected) in pairs.filter(|(got, expected)| got != expected) {
                wrong += &format!("  expected {expected}\n  got      {got}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 600, "only {count} calls");
}

#[test]
fn answers_are_those_of_the_reference() {
    check(include_str!("codec_cases.txt"));
}

#[test]
fn walks_come_by_the_functions_in_the_order_of_the_reference() {
    let mut state = machine();
    for (library, expected) in [
        (
            "cjson",
            "encode_sparse_array encode_invalid_numbers decode_max_depth encode_max_depth decode _NAME \
             decode_invalid_numbers _VERSION encode_number_precision null encode new encode_keep_buffer",
        ),
        (
            "cmsgpack",
            "unpack_one _VERSION _DESCRIPTION _COPYRIGHT _NAME unpack_limit unpack pack",
        ),
        ("struct", "size unpack pack"),
    ] {
        let Value::Table(table) = state.get_field(state.globals, library) else {
            panic!("no {library}")
        };
        let names = pairs(&state, table).into_iter().map(|(key, _)| match key {
            Value::Str(id) => String::from_utf8(state.bytes(id).to_vec()).unwrap(),
            _ => panic!("{key:?}"),
        });
        assert_eq!(names.collect::<Vec<_>>().join(" "), expected);
    }
}

#[test]
fn instances_of_cjson_have_settings_of_their_own() {
    let mut state = machine();
    let run = |text: &str, state: &mut State| {
        let rest = text.as_bytes();
        let result = Evaluator { rest, state }.call();
        outcome(state, result)
    };
    let other = Evaluator {
        rest: b"cjson.new()",
        state: &mut state,
    }
    .value();
    state.set_field(state.globals, "other", other).unwrap();
    run("other.encode_number_precision(3)", &mut state);
    assert_eq!(run("other.encode(1.23456)", &mut state), "\"1.23\"");
    assert_eq!(run("cjson.encode(1.23456)", &mut state), "\"1.23456\"");
}

#[test]
fn work_ends_with_the_budgets() {
    let large = "cjson.encode({rep(\"x\", 100000), rep(\"y\", 100000)})";
    for (text, limits, budget) in [
        (large, (1000, 1 << 30), Budget::Steps),
        (large, (1 << 30, 150_000), Budget::Memory),
        (
            "cjson.decode(rep(\"[\", 900))",
            (300, 1 << 30),
            Budget::Steps,
        ),
        (
            "cjson.decode(rep(\"[\", 900))",
            (1 << 30, 9000),
            Budget::Memory,
        ),
        (
            "cmsgpack.pack(many(1000, 1))",
            (500, 1 << 30),
            Budget::Steps,
        ),
        (
            "cmsgpack.pack(many(3000, 0.1))",
            (1 << 30, 20_000),
            Budget::Memory,
        ),
        (
            "cmsgpack.unpack(rep(\"\\192\", 900))",
            (500, 1 << 30),
            Budget::Steps,
        ),
        (
            "cmsgpack.unpack(rep(\"\\129\\1\", 900))",
            (1 << 30, 9000),
            Budget::Memory,
        ),
        (
            "struct.pack(rep(\"x\", 9000))",
            (8000, 1 << 30),
            Budget::Steps,
        ),
        (
            "struct.pack(rep(\"x\", 9000))",
            (1 << 30, 5000),
            Budget::Memory,
        ),
        (
            "struct.size(rep(\"x\", 9000))",
            (8000, 1 << 30),
            Budget::Steps,
        ),
    ] {
        let mut state = machine();
        let mut evaluator = Evaluator {
            rest: text.as_bytes(),
            state: &mut state,
        };
        let function = evaluator.path();
        let args = evaluator.args();
        state.limit(Limits {
            steps: limits.0,
            memory: limits.1,
        });
        let result = call(&mut state, function, &args);
        assert_eq!(
            result,
            Err(Error::Budget(budget)),
            "{text} within {limits:?}"
        );
    }
}
