//! Which hue marks whom. One rule, so that a client and what it owns look alike everywhere.
//!
//! A client's tags wear the class of its slot; the slot takes its own hue, or the one that the learner chose for
//! the client (a custom property on the page: [`set`]).

use crate::session::message::Conn;

/// How many hues clients can have.
pub const HUES: usize = 16;

const SLOTS: [&str; HUES] = [
    "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "c12", "c13", "c14", "c15",
    "c16",
];
const VARS: [&str; HUES] = [
    "var(--slot-1, var(--client-1))",
    "var(--slot-2, var(--client-2))",
    "var(--slot-3, var(--client-3))",
    "var(--slot-4, var(--client-4))",
    "var(--slot-5, var(--client-5))",
    "var(--slot-6, var(--client-6))",
    "var(--slot-7, var(--client-7))",
    "var(--slot-8, var(--client-8))",
    "var(--slot-9, var(--client-9))",
    "var(--slot-10, var(--client-10))",
    "var(--slot-11, var(--client-11))",
    "var(--slot-12, var(--client-12))",
    "var(--slot-13, var(--client-13))",
    "var(--slot-14, var(--client-14))",
    "var(--slot-15, var(--client-15))",
    "var(--slot-16, var(--client-16))",
];
const TAGS: [&str; 4] = ["t1", "t2", "t3", "t4"];
const HUE_VARS: [&str; 4] = [
    "var(--client-1)",
    "var(--client-2)",
    "var(--client-3)",
    "var(--client-4)",
];

/// The class of a client's tag: `c1` to `c16`, in turn.
pub fn client_tag(conn: Conn) -> &'static str {
    pick(&SLOTS, conn as usize)
}

/// The colour of a client, for a custom property.
pub fn client_var(conn: Conn) -> &'static str {
    pick(&VARS, conn as usize)
}

/// Gives a client's slot a hue, from 0: declarations for an element around all that shows the client.
pub fn set(conn: Conn, hue: usize) -> String {
    let (slot, hue) = (conn as usize % HUES + 1, hue + 1);
    format!("--slot-{slot}:var(--client-{hue});--slot-{slot}-bg:var(--client-{hue}-bg);")
}

/// The class of a consumer's tag.
pub fn consumer_tag(name: &[u8]) -> &'static str {
    pick(&TAGS, consumer_slot(name))
}

/// The colour of a consumer, for a custom property.
pub fn consumer_var(name: &[u8]) -> &'static str {
    pick(&HUE_VARS, consumer_slot(name))
}

fn pick(from: &[&'static str], slot: usize) -> &'static str {
    from.get(slot % from.len().max(1))
        .copied()
        .unwrap_or_default()
}

/// `worker_1` takes the first hue, `worker_2` the second; a name without a number, one by its FNV-1a hash.
fn consumer_slot(name: &[u8]) -> usize {
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    match name.get(name.len() - digits..) {
        // Of a long number the last digits are enough, and cannot overflow.
        Some(number) if digits > 0 => {
            let tail = number.get(digits.saturating_sub(9)..).unwrap_or_default();
            tail.iter().fold(0, |n, b| n * 10 + usize::from(b - b'0')) + 3
        }
        _ => name.iter().fold(0x811c_9dc5_u32, |hash, &b| {
            (hash ^ u32::from(b)).wrapping_mul(0x0100_0193)
        }) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_take_the_hues_in_turn() {
        assert_eq!([0, 1, 15, 16].map(client_tag), ["c1", "c2", "c16", "c1"]);
        assert_eq!(client_var(2), "var(--slot-3, var(--client-3))");
        assert_eq!(
            set(1, 4),
            "--slot-2:var(--client-5);--slot-2-bg:var(--client-5-bg);"
        );
    }

    /// The colours of a block of tokens.css by name, in linear red, green and blue.
    fn tokens(block: &str) -> std::collections::BTreeMap<&str, [f64; 3]> {
        block
            .split([';', '{', '\n'])
            .filter_map(|part| {
                let (name, value) = part.trim().split_once(": #")?;
                let value = u32::from_str_radix(value.trim(), 16).ok()?;
                let linear = |shift: u32| {
                    let c = f64::from(value >> shift & 255) / 255.0;
                    if c <= 0.04045 {
                        c / 12.92
                    } else {
                        ((c + 0.055) / 1.055).powf(2.4)
                    }
                };
                Some((name, [linear(16), linear(8), linear(0)]))
            })
            .collect()
    }

    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let light = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
        let (one, other) = (light(one), light(other));
        one.max(other) / one.min(other)
    }

    /// OKLab, in which distances are as they are seen.
    fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
        let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
        let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
        let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
        [
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
        ]
    }

    #[test]
    fn sixteen_hues_are_readable_and_unlike_each_other_in_light_and_dark() {
        let css = include_str!("../../static/css/tokens.css");
        let blocks: Vec<_> = css.split("\n  color-scheme:").skip(1).map(tokens).collect();
        assert_eq!(blocks.len(), 3);
        assert_eq!(blocks[1], blocks[2], "dark by the system or by choice");
        for block in &blocks {
            let hue = |i: usize| block[format!("--client-{i}").as_str()];
            for i in 1..=HUES {
                let own = block[format!("--client-{i}-bg").as_str()];
                for behind in [block["--card"], block["--sunk"], own] {
                    let contrast = contrast(hue(i), behind);
                    assert!(contrast >= 4.5, "hue {i}: {contrast}");
                }
                for j in 1..i {
                    let (one, other) = (lab(hue(i)), lab(hue(j)));
                    let apart = one.iter().zip(other).map(|(a, b)| (a - b).powi(2));
                    let apart = apart.sum::<f64>().sqrt();
                    assert!(apart > 0.08, "hues {i} and {j}: {apart}");
                }
            }
        }
    }

    #[test]
    fn numbered_consumers_take_the_hues_in_turn() {
        assert_eq!(consumer_tag(b"worker_1"), "t1");
        assert_eq!(consumer_tag(b"worker_2"), "t2");
        assert_eq!(consumer_tag(b"worker_12"), "t4");
        assert_eq!(consumer_tag(b"c0"), "t4");
        assert_eq!(
            consumer_var(b"99999999999999999999999999999999999999999999999999999999999999"),
            "var(--client-3)"
        );
    }

    #[test]
    fn a_name_always_takes_the_same_hue() {
        assert_eq!(consumer_tag(b"alice"), consumer_tag(b"alice"));
        assert_eq!(consumer_tag(b""), consumer_tag(b""));
        assert_ne!(consumer_tag(b"alice"), consumer_tag(b"bob"));
    }
}
