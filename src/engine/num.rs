//! Numbers as the reference server reads and prints them.

pub mod long;

use crate::grisu;

/// Reads a signed integer strictly, as `string2ll` does: no spaces, no `+`, no leading zeros, no
/// `-0`.
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] => {}
        _ => return None,
    }
    // More digits than the greatest number has pass the range, and with so many a `u64` does not.
    if digits.len() > 19 {
        return None;
    }
    let mut value: u64 = 0;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u64::from(digit - b'0');
    }
    if negative {
        0i64.checked_sub_unsigned(value)
    } else {
        i64::try_from(value).ok()
    }
}

/// A count or a place among things: what is more than a machine of any width can hold is as good as all it can. `None`:
/// it is negative.
pub fn size(number: i64) -> Option<usize> {
    (number >= 0).then(|| usize::try_from(number).unwrap_or(usize::MAX))
}

/// How far a number is from 0, as [`size`] counts.
pub fn distance(number: i64) -> usize {
    usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX)
}

/// Reads a float as Valkey 9 does: a decimal text, or `inf`/`infinity` in any case. Spaces, NaN,
/// hexadecimal, and finite texts that overflow or underflow a double are refused.
pub fn parse_f64(text: &[u8]) -> Option<f64> {
    let (value, fits) = read_f64(text)?;
    fits.then_some(value)
}

/// Reads a float as Valkey 9 reads the bound of a range of scores: like [`parse_f64`], but a text
/// ends at its first NUL, an empty one is 0, and overflow and underflow give infinity and 0.
pub fn parse_f64_loosely(text: &[u8]) -> Option<f64> {
    match text.split(|&b| b == 0).next() {
        None | Some([]) => Some(0.0),
        Some(text) => read_f64(text).map(|(value, _)| value),
    }
}

/// The double nearest to a text, and whether the text lies within a double's range.
fn read_f64(text: &[u8]) -> Option<(f64, bool)> {
    let s = std::str::from_utf8(text).ok()?;
    let (sign, body) = match text {
        [b'-', ..] => (-1.0, s.get(1..)?),
        [b'+', ..] => (1.0, s.get(1..)?),
        _ => (1.0, s),
    };
    let lower = body.to_ascii_lowercase();
    if lower == "inf" || lower == "infinity" {
        return Some((sign * f64::INFINITY, true));
    }
    // From here Rust's grammar is the server's.
    if !lower.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value: f64 = lower.parse().ok()?;
    let underflowed = value == 0.0
        && lower
            .bytes()
            .take_while(|&b| b != b'e')
            .any(|b| matches!(b, b'1'..=b'9'));
    Some((sign * value, value.is_finite() && !underflowed))
}

/// Prints an integer in decimal.
pub fn write_i64(out: &mut Vec<u8>, value: i64) {
    let mut buffer = itoa::Buffer::new();
    out.extend_from_slice(buffer.format(value).as_bytes());
}

/// Prints a double in a short form that reads back to the same value, laid out as the reference
/// lays it out: whole numbers up to 2^62 in full, others with an exponent where they have many
/// zeros.
pub fn write_f64(out: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        out.extend_from_slice(b"nan");
        return;
    }
    if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"inf" } else { b"-inf" });
        return;
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    // A quarter of the range of integers: the reference prints whole numbers up to there as such.
    const WHOLE: f64 = (1u64 << 62) as f64;
    if value.abs() <= WHOLE && value == value.trunc() {
        write_i64(out, value.abs() as i64);
        return;
    }
    let (digits, ten) = grisu::digits(value.abs());
    layout(out, &digits, ten);
}

/// Lays out digits as the reference's `fpconv_dtoa` does; `trailing` is the power of ten of the
/// last digit.
fn layout(out: &mut Vec<u8>, digits: &[u8], trailing: i32) {
    let count = digits.len() as i32;
    let point = count + trailing;
    let scientific = point - 1;
    if trailing >= 0 && scientific.abs() < count + 7 {
        out.extend_from_slice(digits);
        out.extend(std::iter::repeat_n(b'0', trailing as usize));
    } else if trailing < 0 && (trailing > -7 || scientific.abs() < 4) {
        if point <= 0 {
            out.extend_from_slice(b"0.");
            out.extend(std::iter::repeat_n(b'0', point.unsigned_abs() as usize));
            out.extend_from_slice(digits);
        } else {
            let (whole, fraction) = digits.split_at(point as usize);
            out.extend_from_slice(whole);
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
    } else {
        let (first, rest) = digits.split_at(1);
        out.extend_from_slice(first);
        if !rest.is_empty() {
            out.push(b'.');
            out.extend_from_slice(rest);
        }
        out.push(b'e');
        out.push(if scientific < 0 { b'-' } else { b'+' });
        write_i64(out, i64::from(scientific.abs()));
    }
}

/// Prints a double with 17 significant digits, as C's `%.17g` does.
pub fn write_17_digits(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        return write_f64(out, value);
    }
    let text = format!("{value:.16e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    let text = if (-4..17).contains(&exponent) {
        trimmed(&format!("{value:.*}", (16 - exponent) as usize))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trimmed(digits), exponent.abs())
    };
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: f64) -> String {
        let mut out = Vec::new();
        write_f64(&mut out, value);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn integers_are_read_strictly() {
        for (text, value) in [
            ("0", Some(0)),
            ("-1", Some(-1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
        ] {
            assert_eq!(parse_i64(text.as_bytes()), value);
        }
        for text in [
            "",
            "-",
            "-0",
            "+1",
            "01",
            " 1",
            "1 ",
            "1.0",
            "9223372036854775808",
            "-9223372036854775809",
            "9999999999999999999",
            "18446744073709551617",
            "-99999999999999999999",
        ] {
            assert_eq!(parse_i64(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn doubles_print_in_the_shortest_form() {
        for (value, text) in [
            (3.0, "3"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (1e20, "1e+20"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-7, "1e-7"),
            (f64::INFINITY, "inf"),
            (0.0, "0"),
            (-0.0, "-0"),
            (17_976_931_348_623_157e292, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (3.07913e18, "3079130000000000000"),
            (9_223_372_036_854_775_807.0, "9223372036854776000"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (123_456e20, "1.23456e+25"),
            (-3.776968013141248e22, "-37769680131412480000000"),
            // Not the nearest of the short texts, but the one that the reference gives.
            (999_999_999_999_994.8, "999999999999994.7"),
        ] {
            assert_eq!(shown(value), text);
        }
    }
}
