//! Greyed hints of the arguments that are still to come, as `redis-cli` shows them since 7.2, and a
//! command's whole grammar as text.

pub mod grammar;

use crate::session::message::{ArgDoc, ArgKind, CommandDoc, split_words};
use grammar::{Matched, Seen};

/// A text up to the cursor, split into the words that are finished and the one being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The finished words.
    pub words: Vec<Vec<u8>>,
    /// The byte of the text at which the unfinished word begins; its length where there is none.
    pub start: usize,
}

/// Splits a text at the word being typed; `None` where a closing quote touches what follows, which no
/// further typing can mend.
pub fn typed(text: &str) -> Option<Typed> {
    let mut start = text.len();
    let mut quote = None;
    let mut closed = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        let space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
        match quote {
            _ if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some('\'') if c == '\\' => {
                escaped = text
                    .get(at + 1..)
                    .is_some_and(|rest| rest.starts_with('\''))
            }
            Some(open) if c == open => (quote, closed) = (None, true),
            Some(_) => {}
            None if space => (start, closed) = (text.len(), false),
            None if closed => return None,
            None => {
                start = start.min(at);
                quote = matches!(c, '"' | '\'').then_some(c);
            }
        }
    }
    let words = split_words(text.get(..start)?.as_bytes())?;
    Some(Typed { words, start })
}

/// The command that words begin with, and how many of them name it: the longest name wins.
pub fn find<'a>(commands: &'a [CommandDoc], words: &[Vec<u8>]) -> Option<(&'a CommandDoc, usize)> {
    let named = |doc: &CommandDoc| {
        let mut count = 0;
        doc.name
            .split(' ')
            .all(|part| {
                count += 1;
                words
                    .get(count - 1)
                    .is_some_and(|word| word.eq_ignore_ascii_case(part.as_bytes()))
            })
            .then_some(count)
    };
    commands
        .iter()
        .filter_map(|doc| Some((doc, named(doc)?)))
        .max_by_key(|(_, count)| *count)
}

/// The words without the number of times that they are to be run.
pub fn without_repeat(words: &[Vec<u8>]) -> &[Vec<u8>] {
    match words {
        [first, rest @ ..] if !first.is_empty() && first.iter().all(u8::is_ascii_digit) => rest,
        _ => words,
    }
}

/// What to show, greyed, behind a text with the cursor at its end: empty where nothing is known or due.
pub fn hint(text: &str, commands: &[CommandDoc]) -> String {
    let Some(typed) = typed(text) else {
        return String::new();
    };
    let words = without_repeat(&typed.words);
    let Some((doc, used)) = find(commands, words) else {
        return String::new();
    };
    let rest = Matched::of(&doc.args, words.get(used..).unwrap_or_default())
        .map(|m| list(&doc.args, &m.seen, " "))
        .unwrap_or_default();
    // Behind an unfinished word the hint keeps its distance.
    if rest.is_empty() || typed.start == text.len() {
        rest
    } else {
        format!(" {rest}")
    }
}

/// The grammar of a command's arguments, `key [NX|XX] …`; the name is not part of it.
pub fn syntax(doc: &CommandDoc) -> String {
    list(&doc.args, &[], " ")
}

/// The arguments of a list that are still to come.
fn list(args: &[ArgDoc], seen: &[Seen], separator: &str) -> String {
    let untouched = Seen::default();
    let seen_of = |at: usize| seen.get(at).unwrap_or(&untouched);
    let last_started = (0..args.len()).rev().find(|&at| seen_of(at).words > 0);
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        if !arg.optional {
            if last_started.is_none_or(|last| last <= at) {
                parts.push(one(arg, seen_of(at)));
            }
            at += 1;
            continue;
        }
        // Neighbouring optional arguments stand in any order: the one begun is shown first, and none
        // once something behind them has begun.
        let end = at + args.iter().skip(at).take_while(|a| a.optional).count();
        if last_started.is_none_or(|last| last < end) {
            let (begun, others): (Vec<_>, Vec<_>) = (at..end).partition(|&i| seen_of(i).words > 0);
            parts.extend(
                begun
                    .into_iter()
                    .chain(others)
                    .filter_map(|i| args.get(i).map(|arg| one(arg, seen_of(i)))),
            );
        }
        at = end;
    }
    parts.retain(|part| !part.is_empty());
    parts.join(separator)
}

/// What is still to come of one argument.
fn one(arg: &ArgDoc, seen: &Seen) -> String {
    if seen.closed || (seen.whole && !arg.multiple) {
        return String::new();
    }
    let mut parts = Vec::new();
    if let Some(token) = &arg.token
        && !seen.token
    {
        parts.push(or_quotes(token));
    }
    parts.push(match arg.kind {
        ArgKind::Flag => String::new(),
        ArgKind::OneOf => match arg.args.iter().zip(&seen.subs).find(|(_, s)| s.words > 0) {
            Some((sub, seen)) => one(sub, seen),
            None => list(&arg.args, &[], "|"),
        },
        ArgKind::Block => list(&arg.args, &seen.subs, " "),
        _ if seen.value.is_some() => String::new(),
        _ => or_quotes(&arg.name),
    });
    if arg.multiple {
        parts.push(again(arg));
    }
    parts.retain(|part| !part.is_empty());
    let text = parts.join(" ");
    if arg.optional && seen.words == 0 {
        format!("[{text}]")
    } else {
        text
    }
}

/// How an argument stands a second time: `[score member ...]`.
fn again(arg: &ArgDoc) -> String {
    let token = arg
        .token
        .as_deref()
        .filter(|_| arg.multiple_token)
        .map(or_quotes);
    let body = match arg.kind {
        ArgKind::Flag => None,
        ArgKind::OneOf => Some(list(&arg.args, &[], "|")),
        ArgKind::Block => Some(list(&arg.args, &[], " ")),
        _ => Some(or_quotes(&arg.name)),
    };
    let parts: Vec<String> = token.into_iter().chain(body).collect();
    format!("[{} ...]", parts.join(" "))
}

fn or_quotes(text: &str) -> String {
    if text.is_empty() {
        "\"\"".to_owned()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn arg(name: &str, kind: ArgKind, token: Option<&str>, args: Vec<ArgDoc>) -> ArgDoc {
        let token = token.map(str::to_owned);
        ArgDoc {
            name: name.to_owned(),
            kind,
            token,
            optional: false,
            multiple: false,
            multiple_token: false,
            args,
        }
    }
    fn key() -> ArgDoc {
        arg("key", ArgKind::Key, None, vec![])
    }
    fn text(name: &str) -> ArgDoc {
        arg(name, ArgKind::Text, None, vec![])
    }
    fn int(name: &str) -> ArgDoc {
        arg(name, ArgKind::Integer, None, vec![])
    }
    fn flag(token: &str) -> ArgDoc {
        arg(token, ArgKind::Flag, Some(token), vec![])
    }
    fn one_of(args: Vec<ArgDoc>) -> ArgDoc {
        arg("choice", ArgKind::OneOf, None, args)
    }
    fn block(args: Vec<ArgDoc>) -> ArgDoc {
        arg("block", ArgKind::Block, None, args)
    }
    fn with(token: &str, arg: ArgDoc) -> ArgDoc {
        ArgDoc {
            token: Some(token.to_owned()),
            ..arg
        }
    }
    fn opt(arg: ArgDoc) -> ArgDoc {
        ArgDoc {
            optional: true,
            ..arg
        }
    }
    fn many(arg: ArgDoc) -> ArgDoc {
        ArgDoc {
            multiple: true,
            ..arg
        }
    }
    fn doc(name: &str, group: &str, args: Vec<ArgDoc>) -> CommandDoc {
        let summary = format!("Does {}.", name.to_lowercase());
        let since = "1.2.3".to_owned();
        let container = args.is_empty() && matches!(name, "XGROUP" | "CONFIG");
        CommandDoc {
            name: name.to_owned(),
            group: group.to_owned(),
            summary,
            complexity: "O(1)".to_owned(),
            since,
            args,
            container,
        }
    }

    /// Some commands with every kind of grammar.
    pub fn commands() -> Vec<CommandDoc> {
        let trim = || {
            block(vec![
                one_of(vec![flag("MAXLEN"), flag("MINID")]),
                opt(one_of(vec![flag("="), flag("~")])),
                text("threshold"),
                opt(with("LIMIT", int("count"))),
            ])
        };
        let double = arg("score", ArgKind::Double, None, vec![]);
        let expiry = one_of(vec![
            with("EX", int("seconds")),
            with("PX", int("milliseconds")),
            flag("KEEPTTL"),
        ]);
        vec![
            doc(
                "BLPOP",
                "list",
                vec![many(key()), arg("timeout", ArgKind::Double, None, vec![])],
            ),
            doc("GET", "string", vec![key()]),
            doc("GETDEL", "string", vec![key()]),
            doc(
                "HELLO",
                "connection",
                vec![opt(block(vec![
                    int("protover"),
                    opt(with(
                        "AUTH",
                        block(vec![text("username"), text("password")]),
                    )),
                    opt(with("SETNAME", text("clientname"))),
                ]))],
            ),
            doc(
                "PFADD",
                "hyperloglog",
                vec![key(), opt(many(text("element")))],
            ),
            doc("PING", "connection", vec![opt(text("message"))]),
            doc(
                "SET",
                "string",
                vec![
                    key(),
                    text("value"),
                    opt(one_of(vec![
                        flag("NX"),
                        flag("XX"),
                        with("IFEQ", text("comparison-value")),
                    ])),
                    opt(flag("GET")),
                    opt(expiry),
                ],
            ),
            doc(
                "SORT",
                "generic",
                vec![
                    key(),
                    opt(with("BY", text("by-pattern"))),
                    opt(ArgDoc {
                        multiple_token: true,
                        ..many(with("GET", text("get-pattern")))
                    }),
                    opt(flag("ALPHA")),
                ],
            ),
            doc("SUBSCRIBE", "pubsub", vec![many(text("channel"))]),
            doc(
                "XADD",
                "stream",
                vec![
                    key(),
                    opt(flag("NOMKSTREAM")),
                    opt(trim()),
                    one_of(vec![flag("*"), text("id")]),
                    many(block(vec![text("field"), text("value")])),
                ],
            ),
            doc(
                "XCLAIM",
                "stream",
                vec![
                    key(),
                    text("group"),
                    text("consumer"),
                    text("min-idle-time"),
                    many(text("id")),
                    opt(with("IDLE", int("ms"))),
                    opt(flag("FORCE")),
                ],
            ),
            doc("XGROUP", "stream", vec![]),
            doc(
                "XGROUP CREATE",
                "stream",
                vec![
                    key(),
                    text("group"),
                    one_of(vec![text("id"), flag("$")]),
                    opt(flag("MKSTREAM")),
                ],
            ),
            doc("XGROUP DESTROY", "stream", vec![key(), text("group")]),
            doc(
                "XREADGROUP",
                "stream",
                vec![
                    with("GROUP", block(vec![text("group"), text("consumer")])),
                    opt(with("COUNT", int("count"))),
                    opt(with("BLOCK", int("milliseconds"))),
                    opt(flag("NOACK")),
                    with("STREAMS", block(vec![many(key()), many(text("ID"))])),
                ],
            ),
            doc(
                "ZADD",
                "sorted-set",
                vec![
                    key(),
                    opt(one_of(vec![flag("NX"), flag("XX")])),
                    opt(one_of(vec![flag("GT"), flag("LT")])),
                    opt(flag("CH")),
                    opt(flag("INCR")),
                    many(block(vec![double, text("member")])),
                ],
            ),
            doc(
                "ZINCRBY",
                "sorted-set",
                vec![key(), int("increment"), text("member")],
            ),
        ]
    }

    #[test]
    fn syntax_is_the_whole_grammar() {
        let commands = commands();
        let of = |name: &str| syntax(commands.iter().find(|doc| doc.name == name).unwrap());
        assert_eq!(
            of("ZADD"),
            "key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]"
        );
        assert_eq!(
            of("SET"),
            "key value [NX|XX|IFEQ comparison-value] [GET] [EX seconds|PX milliseconds|KEEPTTL]"
        );
        assert_eq!(
            of("XADD"),
            "key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]] *|id field value [field value ...]"
        );
        assert_eq!(
            of("XREADGROUP"),
            "GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key ...] ID [ID ...]"
        );
        assert_eq!(of("PFADD"), "key [element [element ...]]");
        assert_eq!(
            of("SORT"),
            "key [BY by-pattern] [GET get-pattern [GET get-pattern ...]] [ALPHA]"
        );
        assert_eq!(
            of("HELLO"),
            "[protover [AUTH username password] [SETNAME clientname]]"
        );
        assert_eq!(of("XGROUP"), "");
    }

    #[test]
    fn words_leave_the_hint_as_they_are_typed() {
        let commands = commands();
        for (typed, expected) in [
            ("", ""),
            ("ZADD", ""),
            (
                "ZADD ",
                "key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]",
            ),
            (
                "zadd z",
                " key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]",
            ),
            (
                "zadd z ",
                "[NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]",
            ),
            (
                "zadd z nx ",
                "[GT|LT] [CH] [INCR] score member [score member ...]",
            ),
            (
                "zadd z ch NX ",
                "[GT|LT] [INCR] score member [score member ...]",
            ),
            ("zadd z 1 ", "member [score member ...]"),
            ("zadd z ch 1 a ", "[score member ...]"),
            ("zadd z 1 a 2 ", "member [score member ...]"),
            ("zadd z 1 a -inf b ", "[score member ...]"),
            ("zadd z nonsense ", ""),
            (
                "set k v ",
                "[NX|XX|IFEQ comparison-value] [GET] [EX seconds|PX milliseconds|KEEPTTL]",
            ),
            ("set k v ex ", "seconds [NX|XX|IFEQ comparison-value] [GET]"),
            ("set k v ex 10 ", "[NX|XX|IFEQ comparison-value] [GET]"),
            ("set k v ex 10 nx get ", ""),
            ("set k v ex ten ", ""),
            (
                "set k v ifeq ",
                "comparison-value [GET] [EX seconds|PX milliseconds|KEEPTTL]",
            ),
            (
                "set \"a b",
                " key value [NX|XX|IFEQ comparison-value] [GET] [EX seconds|PX milliseconds|KEEPTTL]",
            ),
            (
                "set \"a b\" ",
                "value [NX|XX|IFEQ comparison-value] [GET] [EX seconds|PX milliseconds|KEEPTTL]",
            ),
            ("set \"a b\"c ", ""),
            ("get a b ", ""),
            ("get a ", ""),
            ("pfadd h ", "[element [element ...]]"),
            ("pfadd h a ", "[element ...]"),
            ("blpop a ", "[key ...] timeout"),
            ("subscribe a ", "[channel ...]"),
            (
                "sort k get a ",
                "[GET get-pattern ...] [BY by-pattern] [ALPHA]",
            ),
            (
                "sort k get a get ",
                "get-pattern [GET get-pattern ...] [BY by-pattern] [ALPHA]",
            ),
            ("sort k get a get b alpha ", "[BY by-pattern]"),
            ("xgroup ", ""),
            ("XGroup create ", "key group id|$ [MKSTREAM]"),
            ("xgroup create s g $ ", "[MKSTREAM]"),
            ("3 xgroup destroy s ", "group"),
            (
                "hello ",
                "[protover [AUTH username password] [SETNAME clientname]]",
            ),
            ("hello 3 ", "[AUTH username password] [SETNAME clientname]"),
            ("hello 3 auth me ", "password [SETNAME clientname]"),
            ("nosuch ", ""),
        ] {
            assert_eq!(hint(typed, &commands), expected, "{typed:?}");
        }
    }

    #[test]
    fn what_was_passed_is_not_shown_again() {
        let commands = commands();
        for (typed, expected) in [
            (
                "xadd s maxlen ",
                "[=|~] threshold [LIMIT count] [NOMKSTREAM] *|id field value [field value ...]",
            ),
            (
                "xadd s maxlen ~ 100 ",
                "[LIMIT count] [NOMKSTREAM] *|id field value [field value ...]",
            ),
            (
                "xadd s maxlen ~ 100 limit 5 ",
                "[NOMKSTREAM] *|id field value [field value ...]",
            ),
            ("xadd s maxlen ~ 100 * ", "field value [field value ...]"),
            ("xadd s 1-1 f ", "value [field value ...]"),
            (
                "xreadgroup group g ",
                "consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key ...] ID [ID ...]",
            ),
            (
                "xreadgroup group g c block 0 ",
                "[COUNT count] [NOACK] STREAMS key [key ...] ID [ID ...]",
            ),
            (
                "xreadgroup group g c block 0 streams ",
                "key [key ...] ID [ID ...]",
            ),
            ("xreadgroup group g c streams s ", "[key ...] ID [ID ...]"),
            ("xclaim s g c 0 1-1 ", "[id ...] [IDLE ms] [FORCE]"),
            ("xclaim s g c 0 1-1 2-2 force ", "[IDLE ms]"),
            ("xclaim s g c 0 1-1 idle ", "ms [FORCE]"),
        ] {
            assert_eq!(hint(typed, &commands), expected, "{typed:?}");
        }
    }

    #[test]
    fn the_word_being_typed_is_found_through_quotes() {
        let start = |text: &str| typed(text).map(|t| (t.words.len(), t.start));
        assert_eq!(start(""), Some((0, 0)));
        assert_eq!(start("get"), Some((0, 0)));
        assert_eq!(start("get "), Some((1, 4)));
        assert_eq!(start("get \"a b"), Some((1, 4)));
        assert_eq!(start("get \"a \\\" b\" x"), Some((2, 13)));
        assert_eq!(start("get 'a \\' b' "), Some((2, 13)));
        assert_eq!(start("get 'a\\"), Some((1, 4)));
        assert_eq!(start("get é ü"), Some((2, 7)));
        assert_eq!(start("get a\"b c"), Some((1, 4)));
        assert_eq!(start("get \"a\"b"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_hint(text in "(zadd|XADD|set|hello|sort|é|[0-9]|nx|GET|maxlen|~|\"|'|\\\\| |\t){0,16}") {
            let commands = commands();
            hint(&text, &commands);
            if let Some(typed) = typed(&text) {
                proptest::prop_assert!(text.is_char_boundary(typed.start));
            }
        }
    }
}
