//! The other functions over strings, with arguments from everywhere.

use super::{Batch, numbers};
use crate::case::Case;
use crate::rng::Rng;

const TEXTS: &[&str] = &[
    "''",
    "'a'",
    "'abc'",
    "'hello world'",
    "'a\\0b'",
    "'\\255\\254'",
    "'ÄÖ'",
    "'x\\ny\\r\\\\\"z'",
    "'12'",
    "5",
    "-1.5",
    "nil",
    "{}",
    "true",
    "('x'):rep(50)",
    "'%d%s'",
    "'  pad '",
    "'\\1\\0019\\127\\128'",
];
const INDEXES: &[&str] = &[
    "0", "1", "2", "3", "-1", "-2", "10", "-10", "1.5", "-1.5", "'2'", "nil", "2^31", "-2^31",
    "2^53", "1e308*10", "0/0", "{}", "'x'", "2^63", "-2^63",
];

/// A format of one to three directives.
fn format_of(rng: &mut Rng) -> (String, usize) {
    let count = rng.between(1, 3) as usize;
    let mut text = String::new();
    for _ in 0..count {
        text += rng.pick(&["", "", " ", "a", "%%", "\\n"]);
        text.push('%');
        for _ in 0..rng.pick(&[0, 0, 1, 1, 2, 3, 6]) {
            text += rng.pick(&["-", "+", " ", "#", "0"]);
        }
        text += rng.pick(&["", "", "5", "12", "1", "99", "100", "0", "007", "*"]);
        text += rng.pick(&["", "", ".0", ".3", ".10", ".", ".99", ".100", ".-1"]);
        let kind = rng.pick(&[
            "d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "g", "G", "q", "s", "s", "d", "y",
            "", "p", "ld", "a", "F", "n",
        ]);
        text += kind;
    }
    (text, count)
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("strings");
    for _ in 0..200 {
        let rows: Vec<_> = (0..8)
            .map(|_| {
                let (format, count) = format_of(rng);
                let given = (count as i64 + rng.pick(&[0, 0, 0, 0, -1, 1])).max(0);
                let args: String = (0..given)
                    .map(|_| match rng.below(4) {
                        0 => format!(", {}", rng.pick(TEXTS)),
                        _ => format!(", {}", numbers::number(rng)),
                    })
                    .collect();
                format!("string.format('{format}'{args})")
            })
            .collect();
        batch.rows("", &rows);
    }
    for _ in 0..120 {
        let rows: Vec<_> = (0..12)
            .map(|_| {
                let (s, i, j) = (rng.pick(TEXTS), rng.pick(INDEXES), rng.pick(INDEXES));
                match rng.below(9) {
                    0 => format!("string.sub({s}, {i}, {j})"),
                    1 => format!("string.sub({s}, {i})"),
                    2 => format!("string.byte({s}, {i}, {})", rng.pick(&INDEXES[..12])),
                    3 => format!(
                        "string.rep({s}, {})",
                        rng.pick(&[
                            "0", "1", "3", "-1", "2.9", "'2'", "nil", "{}", "0/0", "-2^53"
                        ])
                    ),
                    4 => format!(
                        "string.char({}, {}, {})",
                        rng.between(-1, 257),
                        rng.between(0, 255),
                        rng.pick(&["65", "'66'", "256", "-1", "1.9", "nil"])
                    ),
                    5 => format!(
                        "string.reverse({s}), string.upper({s}), string.lower({s}), string.len({s})"
                    ),
                    6 => format!("string.format('%q', {s})"),
                    7 => format!(
                        "#string.format('%-{}s|%.{}s', {s}, {s})",
                        rng.between(0, 30),
                        rng.between(0, 9)
                    ),
                    _ => format!("({s}):sub({i}, {j})"),
                }
            })
            .collect();
        batch.rows("", &rows);
    }
    // Escapes in literals, each a script since some do not compile.
    for escape in [
        "a", "b", "f", "n", "r", "t", "v", "\\", "\"", "'", "0", "00", "000", "0000", "1", "12",
        "123", "255", "256", "999", "2555", "x41", "u{41}", "z", "q", "\n", "\r", "\n\r", "\r\n",
        "-", "%", "(", " ", "10a", "8", "9",
    ] {
        batch.script(&format!("return 'x\\{escape}y'"));
        batch.script(&format!(
            "local s = \"\\{escape}\" local n = 2\nreturn {{#s, s, n}}"
        ));
    }
    for long in [
        "[[a]]",
        "[[\na]]",
        "[[\n\na]]",
        "[[a\r\nb]]",
        "[[a\n\rb\rc]]",
        "[==[a]]b]=]c]==]",
        "[=[a",
        "[[a",
        "[=a",
        "[==",
        "[[a]=]b]]",
        "[[a[[b]]",
        "[[]]",
        "[=[]=]",
        "[[\\n]]",
        "[[]]]]",
        "--[[x]] 1",
        "--[==[x\n]==] 2",
        "--[[x",
        "-- x\n3",
        "--",
        "--[x\n4",
        "[=[\r\n]]\r]=]",
    ] {
        batch.script(&format!("return {long}"));
        batch.script(&format!("local s = {long}\nerror('line')"));
    }
    batch.cases
}
