//! cjson, cmsgpack, struct and bit.

use super::{Batch, DEEP, SHOW, numbers};
use crate::case::Case;
use crate::rng::Rng;

/// A Lua value as source, of what the codecs can write and a little more.
pub fn value(rng: &mut Rng, depth: usize) -> String {
    match rng.below(if depth == 0 { 7 } else { 11 }) {
        0 => rng.pick(&["nil", "true", "false"]).into(),
        1 | 2 => numbers::number(rng),
        3 => rng.between(-300, 70000).to_string(),
        4 | 5 => rng
            .pick(&[
                "''",
                "'a'",
                "'key'",
                "'\\0\\1\\31\\127\\255'",
                "'q\"\\\\/\\n\\t\\b\\f\\r'",
                "'ünï'",
                "('x'):rep(40)",
                "'12'",
            ])
            .into(),
        6 => rng
            .pick(&[
                "cjson.null",
                "function() end",
                "1e308*10",
                "-1e308*10",
                "'</a>'",
                "{}",
            ])
            .into(),
        7 | 8 => {
            let items: Vec<_> = (0..rng.below(5)).map(|_| value(rng, depth - 1)).collect();
            format!("{{{}}}", items.join(","))
        }
        9 => {
            let key = rng.pick(&["a", "b", "k"]);
            format!("{{{key}={}}}", value(rng, depth - 1))
        }
        _ => {
            let key = rng.pick(&[
                "1", "2", "3", "5", "0", "-1", "1.5", "'1'", "true", "30", "100000",
            ]);
            format!("{{[{key}]={}}}", value(rng, depth - 1))
        }
    }
}

fn json(rng: &mut Rng, depth: usize) -> String {
    const SPACES: &[&str] = &["", "", "", " ", "\\n", "\\t"];
    let space = rng.pick(SPACES);
    let inner = match rng.below(if depth == 0 { 5 } else { 8 }) {
        0 => rng.pick(&["null", "true", "false"]).into(),
        1 | 2 => rng
            .pick(&[
                "0",
                "1",
                "-1",
                "1.5",
                "1e3",
                "-0",
                "123456789012345678",
                "1E-2",
                "0.1",
                "1e400",
                "-1.25e+2",
                "0x10",
                "01",
                "1.",
                ".5",
                "NaN",
                "Infinity",
                "-inf",
                "+1",
            ])
            .into(),
        3 | 4 => format!(
            "\"{}\"",
            rng.pick(&[
                "",
                "a",
                "\\\\n\\\\t\\\\\"\\\\\\\\\\\\/",
                "\\\\u0041",
                "\\\\u00e9\\\\u20ac",
                "\\\\ud83d\\\\ude00",
                "\\\\ud83d",
                "\\\\ude00",
                "ü",
                "\\1",
                "\\\\x",
                "\\\\u12",
                "\\\\u0000",
                "a\\0b",
                "\\\\uD800\\\\u0041"
            ])
        ),
        5 | 6 => {
            let items: Vec<_> = (0..rng.below(4)).map(|_| json(rng, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let items: Vec<_> = (0..rng.below(4))
                .map(|_| {
                    format!(
                        "\"{}\":{}",
                        rng.pick(&["a", "b", "1", "", "a"]),
                        json(rng, depth - 1)
                    )
                })
                .collect();
            format!("{{{}}}", items.join(","))
        }
    };
    format!("{space}{inner}{space}")
}

/// A text with something taken out of it, put in or cut off.
fn broken(rng: &mut Rng, text: &str) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for _ in 0..rng.between(1, 2) {
        let at = rng.below(text.len() + 1);
        match rng.below(3) {
            0 if at < text.len() && text[at] != '\\' => drop(text.remove(at)),
            1 => text.insert(
                at,
                rng.pick(&['{', '}', '[', ']', ',', ':', '"', 'x', '0', ' ', '-']),
            ),
            _ => text.truncate(at),
        }
    }
    let mut text: String = text.into_iter().collect();
    // Half an escape would end the literal.
    while text.ends_with('\\') {
        text.pop();
    }
    text
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("codecs");
    for _ in 0..60 {
        let rows: Vec<_> = (0..6)
            .map(|_| format!("cjson.encode({})", value(rng, 3)))
            .collect();
        batch.rows(DEEP, &rows);
    }
    for at in 0..80 {
        let rows: Vec<_> = (0..6)
            .flat_map(|_| {
                let mut text = json(rng, 3);
                if at % 2 == 1 {
                    text = broken(rng, &text);
                }
                [
                    format!("D(cjson.decode('{text}'))"),
                    format!("cjson.encode(cjson.decode('{text}'))"),
                ]
            })
            .collect();
        batch.rows(DEEP, &rows);
    }
    for setting in [
        "cjson.encode_keep_buffer(false)",
        "cjson.encode_max_depth(2)",
        "cjson.decode_max_depth(2)",
        "cjson.encode_number_precision(3)",
        "cjson.encode_sparse_array(true)",
        "cjson.encode_sparse_array(true,2,3)",
        "cjson.encode_sparse_array(false,1,1)",
        "cjson.encode_invalid_numbers(true)",
        "cjson.encode_invalid_numbers('null')",
        "cjson.decode_invalid_numbers(false)",
        "cjson.encode_max_depth(0)",
        "cjson.encode_number_precision(15)",
        "cjson.encode_number_precision(20)",
        "cjson.encode_invalid_numbers('x')",
        "cjson.decode_array_with_array_mt(true)",
        "cjson.encode_escape_forward_slash(false)",
        "cjson.encode_max_depth('x')",
    ] {
        let rows: Vec<_> = [
            setting,
            "cjson.encode({{{1}}})",
            "cjson.encode({1,2,[10]=3})",
            "cjson.encode({[3]=1})",
            "cjson.encode(1/3)",
            "cjson.encode(1e308*10)",
            "cjson.encode(0/0)",
            "D(cjson.decode('[[[1]]]'))",
            "D(cjson.decode('[NaN,Infinity]'))",
            "cjson.encode(cjson.decode('[]'))",
            "cjson.encode('a/b')",
            "cjson.encode({[100]=1})",
            "D(cjson.decode('{\"a\":{\"b\":[1]}}'))",
        ]
        .iter()
        .map(|row| row.to_string())
        .collect();
        let name = batch.name();
        batch.rows(DEEP, &rows);
        // What is set stays set until the interpreter is made anew.
        let case = batch.cases.last_mut().unwrap();
        case.commands
            .push(vec![b"SCRIPT".to_vec(), b"FLUSH".to_vec()]);
        case.name = name;
    }
    for _ in 0..60 {
        let rows: Vec<_> = (0..5)
            .flat_map(|_| {
                let v = value(rng, 3);
                [
                    format!("hex(cmsgpack.pack({v}))"),
                    format!("D(cmsgpack.unpack(cmsgpack.pack({v})))"),
                ]
            })
            .collect();
        batch.rows(&format!("{DEEP}{HEX}"), &rows);
    }
    for _ in 0..60 {
        let rows: Vec<_> = (0..6)
            .flat_map(|_| {
                let bytes: String = (0..rng.between(0, 8))
                    .map(|at| {
                        let byte = if at == 0 || rng.percent(30) {
                            rng.pick(&[
                                0x90, 0x92, 0x81, 0xa2, 0xc0, 0xc1, 0xc2, 0xc4, 0xc5, 0xca, 0xcb,
                                0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd9, 0xda,
                                0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xff, 0x7f, 0xe0,
                            ])
                        } else {
                            rng.below(256)
                        };
                        // Lengths that are told are never so large that making room takes time.
                        format!("\\{byte:03}")
                    })
                    .collect();
                let (limit, offset) = (rng.between(-1, 3), rng.between(-1, 4));
                [
                    format!("D({{cmsgpack.unpack('{bytes}')}})"),
                    format!("D({{cmsgpack.unpack_one('{bytes}',{offset})}})"),
                    format!("D({{cmsgpack.unpack_limit('{bytes}',{limit},{offset})}})"),
                ]
            })
            .collect();
        batch.rows(DEEP, &rows);
    }
    const STRUCTS: &[&str] = &[
        "b", "B", "h", "H", "l", "L", "T", "f", "d", "s", "x", "i", "I", "i2", "I3", "i4", "i8",
        "c4", "c0", "<", ">", "!", "!4", "=", "!8", "i9", "i33", "c1", "z", " ", "!3", "I0", "c",
        "I8", "i16",
    ];
    for _ in 0..90 {
        let rows: Vec<_> = (0..5)
            .flat_map(|_| {
                let format: String = (0..rng.between(1, 4)).map(|_| rng.pick(STRUCTS)).collect();
                let args: Vec<_> = (0..rng.between(0, 4))
                    .map(|_| match rng.below(4) {
                        0 => rng
                            .pick(&["'abc'", "''", "'abcdef'", "'a\\0b'", "nil", "{}"])
                            .into(),
                        1 => numbers::number(rng),
                        _ => rng.between(-300, 300).to_string(),
                    })
                    .collect();
                let args = args.iter().map(|a| format!(",{a}")).collect::<String>();
                let bytes: String = (0..rng.below(14))
                    .map(|_| format!("\\{:03}", rng.pick(&[0, 1, 2, 65, 127, 128, 255, 97])))
                    .collect();
                let at = rng.pick(&["", "", ",1", ",2", ",0", ",-1", ",5", ",100"]);
                [
                    format!("hex(struct.pack('{format}'{args}))"),
                    format!("D({{struct.unpack('{format}','{bytes}'{at})}})"),
                    format!("struct.size('{format}')"),
                ]
            })
            .collect();
        batch.rows(&format!("{DEEP}{HEX}"), &rows);
    }
    for _ in 0..40 {
        let n = |rng: &mut Rng| match rng.below(5) {
            0 => rng
                .pick(&[
                    "0xffffffff",
                    "2^31",
                    "-2^31",
                    "2^32",
                    "-1",
                    "0",
                    "1",
                    "2^53",
                    "1.5",
                    "0.5",
                    "-0.5",
                    "'7'",
                    "'0x7f'",
                    "1e308*10",
                    "0/0",
                    "nil",
                    "'x'",
                    "2^51",
                    "2.5",
                ])
                .to_string(),
            _ => numbers::number(rng),
        };
        let rows: Vec<_> = (0..14)
            .map(|_| match rng.below(6) {
                0 => format!(
                    "bit.{}({})",
                    rng.pick(&["tobit", "bnot", "bswap", "tohex"]),
                    n(rng)
                ),
                1 => format!(
                    "bit.{}({},{},{})",
                    rng.pick(&["band", "bor", "bxor"]),
                    n(rng),
                    n(rng),
                    n(rng)
                ),
                2 => format!("bit.{}({})", rng.pick(&["band", "bor", "bxor"]), n(rng)),
                3 => format!(
                    "bit.tohex({},{})",
                    n(rng),
                    rng.pick(&[
                        "1", "4", "8", "-8", "-2", "0", "9", "-9", "'3'", "nil", "2^31"
                    ])
                ),
                _ => format!(
                    "bit.{}({},{})",
                    rng.pick(&["lshift", "rshift", "arshift", "rol", "ror"]),
                    n(rng),
                    rng.pick(&["0", "1", "4", "31", "32", "33", "-1", "1.5", "2^32+1"])
                ),
            })
            .collect();
        batch.rows("", &rows);
    }
    batch
        .cases
        .iter()
        .for_each(|case| debug_assert!(case.commands[0][1].starts_with(SHOW.as_bytes())));
    batch.cases
}

/// A text as hexadecimal digits.
const HEX: &str = "local function hex(s) return type(s)=='string' and (s:gsub('.',function(c) return string.format('%02x',c:byte()) end)) or s end ";
