//! How inspectors put what a key holds into words, where [`super::format`] is not enough: arguments, neighbouring IDs, sizes.

use super::format;
use crate::session::message::{Kind, Millis, text};

/// Bytes as one argument of a command line: quoted where it must be.
pub fn word(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'\\');
    match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.is_empty() && bytes.iter().all(plain) => text.to_string(),
        _ => text::quote(bytes),
    }
}

/// IDs of neighbours as one reads them side by side: no more of each than tells it from the others.
pub fn lane_ids<'a>(ids: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let parts = |id: &'a str| id.split_once('-').unwrap_or((id, "0"));
    let first = ids.clone().next().map(|id| parts(id).0);
    let one_moment = ids.clone().all(|id| Some(parts(id).0) == first) && ids.clone().count() > 1;
    let in_turn = ids.clone().all(|id| parts(id).1 == "0");
    ids.map(|id| match parts(id) {
        _ if id.len() <= 5 => id.to_string(),
        (_, seq) if one_moment => format!("-{seq}"),
        (ms, _) if in_turn => format!("…{}", tail(ms, 3)),
        (ms, seq) => format!("{}-{seq}", tail(ms, 3)),
    })
    .collect()
}

fn tail(text: &str, count: usize) -> &str {
    text.len()
        .checked_sub(count)
        .and_then(|at| text.get(at..))
        .unwrap_or(text)
}

/// An entry's ID as two numbers, in the order of the stream.
pub fn id_order(id: &str) -> (u64, u64) {
    let (ms, seq) = id.split_once('-').unwrap_or((id, "0"));
    (ms.parse().unwrap_or(0), seq.parse().unwrap_or(0))
}

/// A moment's time of day: `14:05:09.250 UTC`.
pub fn time_of_day(at: Millis) -> String {
    format!("{} UTC", super::format::clock(at % 86_400_000))
}

/// The length of a score's bar, 0 to 1: from 0 where no score is negative, from the lowest otherwise.
pub fn share(score: f64, highest: f64, lowest: f64) -> f64 {
    let from = if lowest < 0.0 { lowest } else { 0.0 };
    let share = (score - from) / (highest - from);
    // Infinite scores leave nothing to measure against.
    if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        f64::from(u8::from(score > 0.0))
    }
}

/// What a kind of value is called.
pub fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Lock => "lock",
        Kind::Hll => "HyperLogLog",
        Kind::Zset => "sorted set",
        Kind::Stream => "stream",
        Kind::List => "list",
        Kind::Set => "set",
        Kind::Hash => "hash",
    }
}

/// How large a value is, in words: `5 bytes`, `1 member`.
pub fn size(kind: Kind, size: u64) -> String {
    let one = match kind {
        Kind::Text | Kind::Lock | Kind::Hll => "byte",
        Kind::Zset | Kind::Set => "member",
        Kind::Stream => "entry",
        Kind::List => "element",
        Kind::Hash => "field",
    };
    match (size, one) {
        (1, _) => format!("1 {one}"),
        (_, "entry") => format!("{} entries", format::count(size)),
        _ => format!("{} {one}s", format::count(size)),
    }
}

/// How large a value is, where there is little room: bytes in units, anything else as a number.
pub fn short_size(kind: Kind, size: u64) -> String {
    match kind {
        Kind::Text | Kind::Lock | Kind::Hll => format::bytes(size),
        _ => format::count(size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_command_are_quoted_where_they_must_be() {
        assert_eq!(word(b"user:42"), "user:42");
        assert_eq!(word(b"two words"), r#""two words""#);
        assert_eq!(word(b"it's"), r#""it's""#);
        assert_eq!(word(b""), r#""""#);
    }

    #[test]
    fn ids_keep_what_tells_them_apart() {
        let lane = |ids: &[&'static str]| lane_ids(ids.iter().copied());
        assert_eq!(
            lane(&["1775000004250-3", "1775000004250-10"]),
            ["-3", "-10"]
        );
        assert_eq!(
            lane(&["1775000004250-0", "1775000004267-0"]),
            ["…250", "…267"]
        );
        assert_eq!(
            lane(&["1775000004250-0", "1775000004267-1"]),
            ["250-0", "267-1"]
        );
        assert_eq!(lane(&["1-1", "2-1"]), ["1-1", "2-1"]);
        assert_eq!(lane(&["1775000004250-0"]), ["…250"]);
        assert_eq!(id_order("5-12"), (5, 12));
    }

    #[test]
    fn moments_have_a_time_of_day() {
        assert_eq!(time_of_day(1_775_052_309_250), "14:05:09.250 UTC");
    }

    #[test]
    fn bars_start_at_zero_or_at_the_lowest() {
        assert_eq!(share(5.0, 10.0, 1.0), 0.5);
        assert_eq!(share(0.0, 10.0, -10.0), 0.5);
        assert_eq!(share(0.0, 0.0, 0.0), 0.0);
        assert_eq!(share(f64::INFINITY, f64::INFINITY, 0.0), 1.0);
    }

    #[test]
    fn sizes_have_their_unit() {
        assert_eq!(size(Kind::Stream, 2), "2 entries");
        assert_eq!(size(Kind::Stream, 1), "1 entry");
        assert_eq!(size(Kind::Zset, 1234), "1,234 members");
        assert_eq!(short_size(Kind::Text, 2048), "2 KB");
        assert_eq!(short_size(Kind::List, 2048), "2,048");
    }
}
