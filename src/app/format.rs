//! Numbers, times and names as people read them.

use super::actors;
use crate::session::message::{Conn, Millis, num};

/// The smallest score that is grouped in thousands; below it the digits read well as they are.
const GROUPED_FROM: f64 = 10_000.0;

/// A span of time: `0.4 s`, `21.4 s`, `9m 30s`, `12m`, `6d 23h`. Cut short, never rounded up, so that a
/// countdown reads 0.0 only when it is over within a tenth of a second.
pub fn duration(ms: Millis) -> String {
    const MINUTE: u64 = 60_000;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    // The second unit matters only while the first is small.
    let pair = |unit: u64, name: &str, below: u64, below_name: &str| {
        let (first, second) = (ms / unit, ms % unit / below);
        if first < 10 && second > 0 {
            format!("{first}{name} {second}{below_name}")
        } else {
            format!("{first}{name}")
        }
    };
    match ms {
        0..MINUTE => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        MINUTE..HOUR => pair(MINUTE, "m", 1000, "s"),
        HOUR..DAY => pair(HOUR, "h", MINUTE, "m"),
        _ => pair(DAY, "d", HOUR, "h"),
    }
}

/// Whole seconds, as an estimate is written: `4 s`; from a minute on as [`duration`].
pub fn seconds(seconds: u32) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        _ => duration(u64::from(seconds) * 1000),
    }
}

/// A number of bytes in units of 1,024: `512 B`, `1.5 KB`, `12 KB`, `61 MB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];
    if n < 1024 {
        return format!("{n} B");
    }
    let mut value = n as f64 / 1024.0;
    let mut unit = 0;
    // What would round to 1,024 is one of the next unit.
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let text = if value < 9.95 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    };
    format!(
        "{} {}",
        text.strip_suffix(".0").unwrap_or(&text),
        UNITS.get(unit).copied().unwrap_or_default()
    )
}

/// A count with thousands separators: `1,000,000`.
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// Groups the digits of a whole number, which may have a sign.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits
        .strip_prefix('-')
        .map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A score as the server prints it, whole ones from 10,000 on with thousands separators. For display
/// only: what is typed or sent takes [`plain_score`].
pub fn score(value: f64) -> String {
    let text = plain_score(value);
    let whole = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if whole && value.abs() >= GROUPED_FROM {
        grouped(&text)
    } else {
        text
    }
}

/// A score as the server prints it.
pub fn plain_score(value: f64) -> String {
    let mut out = Vec::new();
    num::write_f64(&mut out, value);
    String::from_utf8_lossy(&out).into_owned()
}

/// A place: `1st`, `2nd`, `3rd`, `11th`, `1,002nd`.
pub fn ordinal(n: u64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", count(n))
}

/// An entry's ID with the middle of a long time left out: `1775…250-3`. Short ones stay whole.
pub fn short_id(id: &str) -> String {
    let (time, sequence) = id.split_once('-').unwrap_or((id, ""));
    if time.len() < 9 || !time.bytes().all(|b| b.is_ascii_digit()) {
        return id.to_owned();
    }
    let (head, tail) = (
        time.get(..4).unwrap_or_default(),
        time.get(time.len() - 3..).unwrap_or_default(),
    );
    if sequence.is_empty() {
        format!("{head}…{tail}")
    } else {
        format!("{head}…{tail}-{sequence}")
    }
}

/// A key, member or value to look at: text as it is, and what no text can show as `\n` or `\xff`. Not to
/// be typed again: two different strings can look alike.
pub fn lossy(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => escape(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => out.push(c),
            }
        }
        escape(&mut out, chunk.invalid());
    }
    out
}

fn escape(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        out.push_str(&format!("\\x{byte:02x}"));
    }
}

/// A time on the session's clock, counted from its start: `00:04:31.250`. Days count as hours.
pub fn clock(ms: Millis) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1000 % 60,
        ms % 1000
    )
}

/// A text of at most `max` characters; of a longer one the beginning, and how much more there is.
pub fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((cut, _)) => {
            let (head, rest) = text.split_at(cut);
            format!(
                "{head}… ({} more characters)",
                count(rest.chars().count() as u64)
            )
        }
        None => text.to_owned(),
    }
}

/// A client's letter: 0 is `A`, 25 is `Z`, 26 is `AA`; an actor's number, from 1.
pub fn client_letter(conn: Conn) -> String {
    if let Some(actor) = conn
        .checked_sub(actors::FIRST)
        .filter(|n| *n < actors::FIRST)
    {
        return (actor + 1).to_string();
    }
    let mut letters = Vec::new();
    let mut rest = u64::from(conn) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    #[test]
    fn spans_of_time_keep_the_units_that_matter() {
        for (ms, text) in [
            (0, "0.0 s"),
            (99, "0.0 s"),
            (400, "0.4 s"),
            (21_450, "21.4 s"),
            (59_999, "59.9 s"),
            (60_000, "1m"),
            (570_000, "9m 30s"),
            (12 * 60_000 + 59_999, "12m"),
            (HOUR, "1h"),
            (3 * HOUR + 12 * 60_000, "3h 12m"),
            (23 * HOUR + 59 * 60_000, "23h"),
            (7 * 24 * HOUR - 1, "6d 23h"),
            (7 * 24 * HOUR, "7d"),
            (400 * 24 * HOUR, "400d"),
        ] {
            assert_eq!(duration(ms), text, "{ms}");
        }
    }

    #[test]
    fn bytes_have_units() {
        for (n, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KB"),
            (1536, "1.5 KB"),
            (12_304, "12 KB"),
            (1_048_575, "1 MB"),
            (1_048_576, "1 MB"),
            (61 << 20, "61 MB"),
            (u64::MAX, "16 EB"),
        ] {
            assert_eq!(bytes(n), text, "{n}");
        }
    }

    #[test]
    fn numbers_are_grouped_in_thousands() {
        assert_eq!(
            [0, 999, 1000, 1_000_000].map(count),
            ["0", "999", "1,000", "1,000,000"]
        );
        for (value, text) in [
            (9812.0, "9812"),
            (10_000.0, "10,000"),
            (-1_234_567.0, "-1,234,567"),
            (12_345.5, "12345.5"),
            (0.1, "0.1"),
            (1e21, "1e+21"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(score(value), text);
        }
        assert_eq!(plain_score(10_000.0), "10000");
    }

    #[test]
    fn places_end_as_they_are_said() {
        let places = [1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 101, 111, 1002].map(ordinal);
        assert_eq!(
            places,
            [
                "1st", "2nd", "3rd", "4th", "10th", "11th", "12th", "13th", "21st", "22nd",
                "101st", "111th", "1,002nd"
            ]
        );
    }

    #[test]
    fn ids_are_shortened_only_where_that_saves_something() {
        assert_eq!(short_id("1775000000250-3"), "1775…250-3");
        assert_eq!(short_id("1775000000250"), "1775…250");
        assert_eq!(short_id("1-1"), "1-1");
        assert_eq!(short_id("12345678-0"), "12345678-0");
        assert_eq!(short_id(""), "");
    }

    #[test]
    fn binary_names_can_be_looked_at() {
        assert_eq!(lossy("grün: 5 €".as_bytes()), "grün: 5 €");
        assert_eq!(lossy(b"a\nb\x00\xff\xc3"), "a\\nb\\x00\\xff\\xc3");
    }

    #[test]
    fn the_clock_counts_hours() {
        assert_eq!(clock(271_250), "00:04:31.250");
        assert_eq!(clock(100 * HOUR + 1), "100:00:00.001");
    }

    #[test]
    fn clients_have_letters() {
        assert_eq!(
            [0, 1, 25, 26, 51, 52, 701, 702].map(client_letter),
            ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
        );
        assert_eq!(client_letter(u32::MAX), "MWLQKWV");
        assert_eq!([999, 1_000, 1_041].map(client_letter), ["ALL", "1", "42"]);
    }

    #[test]
    fn a_long_text_says_how_much_more_there_is() {
        assert_eq!(shortened("äbc", 3), "äbc");
        assert_eq!(shortened("äbcd", 2), "äb… (2 more characters)");
    }
}
