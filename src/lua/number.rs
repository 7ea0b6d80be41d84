//! Numbers as text, both ways, as the C library that the reference is linked to writes and reads them.

/// What is not a number, as the processor makes it of an invalid operation: written `-nan`.
pub const INVALID: f64 = f64::from_bits(0xfff8 << 48);
/// What is not a number, as the C library makes it: written `nan`.
pub const UNDEFINED: f64 = f64::from_bits(0x7ff8 << 48);

/// A conversion of `printf`: what stands between `%` and its letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// `-`: padded on the right.
    pub left: bool,
    /// `+`: a sign even where the number is positive.
    pub plus: bool,
    /// A space: one in the place of a plus sign.
    pub space: bool,
    /// `#`: a base's prefix, or a decimal point in any case.
    pub alternate: bool,
    /// `0`: padded with zeros.
    pub zero: bool,
    /// At least so many bytes.
    pub width: usize,
    /// What follows the point.
    pub precision: Option<usize>,
}

impl Spec {
    /// Pads with spaces.
    pub fn pad(&self, text: &[u8]) -> Vec<u8> {
        let fill = self.width.saturating_sub(text.len());
        let mut out = Vec::with_capacity(text.len() + fill);
        if self.left {
            out.extend_from_slice(text);
        }
        out.resize(out.len() + fill, b' ');
        if !self.left {
            out.extend_from_slice(text);
        }
        out
    }

    /// Pads with zeros behind the sign or prefix, or with spaces.
    fn pad_number(&self, prefix: &[u8], digits: &[u8], zeros: bool) -> Vec<u8> {
        let mut text = prefix.to_vec();
        if zeros && !self.left {
            let fill = self.width.saturating_sub(prefix.len() + digits.len());
            text.resize(text.len() + fill, b'0');
        }
        text.extend_from_slice(digits);
        self.pad(&text)
    }

    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.space) {
            (true, ..) => b"-",
            (false, true, _) => b"+",
            (false, false, true) => b" ",
            (false, false, false) => b"",
        }
    }

    /// The digits of an integer, as many as the precision asks for: none for 0 where that is 0.
    fn integer(&self, prefix: &[u8], value: u64, mut digits: String) -> Vec<u8> {
        if self.precision == Some(0) && value == 0 {
            digits.clear();
        }
        if let Some(least) = self.precision {
            let fill = least.saturating_sub(digits.len());
            digits.insert_str(0, &"0".repeat(fill));
        }
        let zeros = self.zero && self.precision.is_none();
        self.pad_number(prefix, digits.as_bytes(), zeros)
    }

    /// `%d` and `%i`.
    pub fn signed(&self, value: i64) -> Vec<u8> {
        let size = value.unsigned_abs();
        self.integer(self.sign(value < 0), size, size.to_string())
    }

    /// `%o`, `%u`, `%x` or `%X`, by its letter.
    pub fn unsigned(&self, value: u64, letter: u8) -> Vec<u8> {
        let digits = match letter {
            b'o' => format!("{value:o}"),
            b'x' => format!("{value:x}"),
            b'X' => format!("{value:X}"),
            _ => value.to_string(),
        };
        let prefix: &[u8] = match letter {
            b'x' if self.alternate && value != 0 => b"0x",
            b'X' if self.alternate && value != 0 => b"0X",
            _ => b"",
        };
        if letter == b'o' && self.alternate {
            // One zero in front, which counts as a digit of the precision.
            let least = match value {
                0 => 1,
                _ => digits.len() + 1,
            };
            let spec = Self {
                precision: self.precision.map(|precision| precision.max(least)),
                ..*self
            };
            let digits = match value {
                0 => digits,
                _ => format!("0{digits}"),
            };
            return spec.integer(prefix, value, digits);
        }
        self.integer(prefix, value, digits)
    }

    /// `%e`, `%E`, `%f`, `%g` or `%G`, by its letter.
    pub fn float(&self, value: f64, letter: u8) -> Vec<u8> {
        let sign = self.sign(value.is_sign_negative());
        let size = value.abs();
        let precision = self.precision.unwrap_or(6);
        let mut text = if size.is_nan() {
            "nan".to_owned()
        } else if size.is_infinite() {
            "inf".to_owned()
        } else {
            match letter {
                b'f' => {
                    let point = if self.alternate && precision == 0 {
                        "."
                    } else {
                        ""
                    };
                    format!("{size:.precision$}{point}")
                }
                b'e' | b'E' => {
                    let (digits, exponent) = significant(size, precision + 1);
                    scientific(&digits, exponent, self.alternate)
                }
                _ => general(size, precision, self.alternate),
            }
        };
        if letter.is_ascii_uppercase() {
            text.make_ascii_uppercase();
        }
        self.pad_number(sign, text.as_bytes(), self.zero && value.is_finite())
    }
}

/// So many significant digits of a number that is not negative, and the decimal exponent of the first.
fn significant(size: f64, count: usize) -> (String, i32) {
    let text = format!("{size:.*e}", count - 1);
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (
        digits.replace('.', ""),
        exponent.parse().unwrap_or_default(),
    )
}

fn scientific(digits: &str, exponent: i32, point: bool) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if point || !rest.is_empty() { "." } else { "" };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.abs())
}

/// `%g` of a number that is not negative.
fn general(size: f64, precision: usize, alternate: bool) -> String {
    let precision = precision.max(1);
    let (mut digits, exponent) = significant(size, precision);
    if !alternate {
        // The first digit stays, be it a zero.
        let kept = digits.trim_end_matches('0').len().max(1);
        digits.truncate(kept);
    }
    if exponent < -4 || exponent >= precision as i32 {
        return scientific(&digits, exponent, alternate);
    }
    if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() < whole {
        digits.push_str(&"0".repeat(whole - digits.len()));
    }
    let (whole, rest) = digits.split_at(whole);
    let point = if alternate || !rest.is_empty() {
        "."
    } else {
        ""
    };
    format!("{whole}{point}{rest}")
}

/// A number as `tostring` gives it: C's `%.14g`.
pub fn display(number: f64) -> Vec<u8> {
    if number.trunc() == number
        && number.abs() < 1e14
        && (number != 0.0 || number.is_sign_positive())
    {
        return (number as i64).to_string().into_bytes();
    }
    general_of(number, 14)
}

/// A number so that it reads back the same: C's `%.17g`.
pub fn display_17(number: f64) -> Vec<u8> {
    general_of(number, 17)
}

fn general_of(number: f64, precision: usize) -> Vec<u8> {
    let spec = Spec {
        precision: Some(precision),
        ..Spec::default()
    };
    spec.float(number, b'g')
}

/// What C counts as a space.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// A number that is written out as C's `strtod` reads it, with space around it. What follows a zero byte is
/// not looked at.
pub fn parse(bytes: &[u8]) -> Option<f64> {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let (number, rest) = read(bytes)?;
    rest.iter().all(|byte| is_space(*byte)).then_some(number)
}

/// Reads a number as `strtod` does: the number, and what follows it. `None`: there is none.
pub fn read(bytes: &[u8]) -> Option<(f64, &[u8])> {
    let bytes = skip(bytes, is_space);
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let (size, rest) = read_size(bytes)?;
    Some((if negative { -size } else { size }, rest))
}

fn skip(bytes: &[u8], is: impl Fn(u8) -> bool) -> &[u8] {
    let count = bytes.iter().take_while(|byte| is(**byte)).count();
    &bytes[count..]
}

fn after_word<'a>(bytes: &'a [u8], word: &str) -> Option<&'a [u8]> {
    let (start, rest) = bytes.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word.as_bytes()).then_some(rest)
}

fn read_size(bytes: &[u8]) -> Option<(f64, &[u8])> {
    if let Some(rest) = after_word(bytes, "infinity").or_else(|| after_word(bytes, "inf")) {
        return Some((f64::INFINITY, rest));
    }
    if let Some(rest) = after_word(bytes, "nan") {
        return Some((UNDEFINED, after_payload(rest).unwrap_or(rest)));
    }
    if let Some(digits) = after_word(bytes, "0x")
        && let Some(read) = read_hex(digits)
    {
        return Some(read);
    }
    let whole = skip(bytes, |byte| byte.is_ascii_digit());
    let mut any = whole.len() < bytes.len();
    let mut rest = whole;
    if let [b'.', fraction @ ..] = rest {
        let after = skip(fraction, |byte| byte.is_ascii_digit());
        any |= after.len() < fraction.len();
        rest = after;
    }
    if !any {
        return None;
    }
    if let Some((_, after)) = read_exponent(rest, b'e') {
        rest = after;
    }
    let text = &bytes[..bytes.len() - rest.len()];
    let number = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some((number, rest))
}

/// What may stand in brackets behind `nan`.
fn after_payload(bytes: &[u8]) -> Option<&[u8]> {
    let inner = bytes.strip_prefix(b"(")?;
    let rest = skip(inner, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    rest.strip_prefix(b")")
}

/// An exponent with its letter; one that is too large counts as a very large one.
fn read_exponent(bytes: &[u8], letter: u8) -> Option<(i64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if first.to_ascii_lowercase() != letter {
        return None;
    }
    let (negative, digits) = match rest {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, rest),
    };
    let rest = skip(digits, |byte| byte.is_ascii_digit());
    let digits = &digits[..digits.len() - rest.len()];
    if digits.is_empty() {
        return None;
    }
    let size = digits.iter().fold(0i64, |size, digit| {
        (size * 10 + i64::from(digit - b'0')).min(1 << 40)
    });
    Some((if negative { -size } else { size }, rest))
}

/// What follows `0x`: hexadecimal digits, perhaps with a point and a binary exponent.
fn read_hex(bytes: &[u8]) -> Option<(f64, &[u8])> {
    let (mut mantissa, mut exponent) = (0u64, 0i64);
    let (mut any, mut point) = (false, false);
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        match char::from(*first).to_digit(16) {
            Some(digit) => {
                any = true;
                if mantissa < 1 << 58 {
                    mantissa = mantissa << 4 | u64::from(digit);
                    exponent -= if point { 4 } else { 0 };
                } else {
                    // Beyond what a double holds; all that matters is whether it is zero.
                    mantissa |= u64::from(digit != 0);
                    exponent += if point { 0 } else { 4 };
                }
            }
            None if *first == b'.' && !point => point = true,
            None => break,
        }
        rest = after;
    }
    if !any {
        return None;
    }
    if let Some((binary, after)) = read_exponent(rest, b'p') {
        exponent += binary;
        rest = after;
    }
    Some((scale(mantissa, exponent), rest))
}

/// A whole number times a power of two, rounded once, half to even.
pub fn scale(mantissa: u64, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let top = 63 - i64::from(mantissa.leading_zeros()) + exponent;
    if top > 1023 {
        return f64::INFINITY;
    }
    let last = (top - 52).max(-1074);
    let bits = last - exponent;
    if bits <= 0 {
        return ((mantissa << -bits) as f64) * power_of_two(last);
    }
    if bits > 64 {
        return 0.0;
    }
    let mantissa = u128::from(mantissa);
    let (whole, part) = (mantissa >> bits, mantissa & ((1 << bits) - 1));
    let half = 1 << (bits - 1);
    let up = part > half || part == half && whole & 1 == 1;
    (whole + u128::from(up)) as f64 * power_of_two(last)
}

/// 2 to a power between -1074 and 1023.
fn power_of_two(exponent: i64) -> f64 {
    if exponent < -1022 {
        return f64::from_bits(1 << (exponent + 1074));
    }
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// A power. What is no number has the sign that glibc gives it on x86-64.
pub fn power(base: f64, exponent: f64) -> f64 {
    let power = base.powf(exponent);
    if !power.is_nan() {
        return power;
    }
    match (base.is_nan(), exponent.is_nan()) {
        (true, false) if base.is_sign_negative() && exponent.abs() % 2.0 == 1.0 => -base,
        (true, _) => base,
        (_, true) => exponent,
        _ => INVALID,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_text() {
        let cases = [
            (0.1, "0.1", "0.10000000000000001"),
            (-0.0, "-0", "-0"),
            (1e14, "1e+14", "100000000000000"),
            (123456789012345.0, "1.2345678901234e+14", "123456789012345"),
            (1e-5, "1e-05", "1.0000000000000001e-05"),
            (0.0001, "0.0001", "0.0001"),
            (f64::INFINITY, "inf", "inf"),
            (INVALID, "-nan", "-nan"),
            (UNDEFINED, "nan", "nan"),
            (5e-324, "4.9406564584125e-324", "4.9406564584124654e-324"),
            (f64::MAX, "1.7976931348623e+308", "1.7976931348623157e+308"),
        ];
        for (number, short, long) in cases {
            assert_eq!(String::from_utf8_lossy(&display(number)), short);
            assert_eq!(String::from_utf8_lossy(&display_17(number)), long);
        }
    }

    #[test]
    fn numbers_from_text() {
        let cases = [
            ("10", "10"),
            (" \t-1.5e3\n", "-1500"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+1", "1"),
            ("0x10", "16"),
            ("-0xA.8p1", "-21"),
            ("0x.8", "0.5"),
            ("0xfffffffffffffffff", "2.9514790517935e+20"),
            ("0x1p-1074", "4.9406564584125e-324"),
            ("0x1p-1075", "0"),
            ("0x1.8p-1075", "4.9406564584125e-324"),
            ("0x1p1024", "inf"),
            ("1e999999999999999999999", "inf"),
            ("infinity", "inf"),
            ("-INF", "-inf"),
            ("nan", "nan"),
            ("-nan(12)", "-nan"),
            ("10\0abc", "10"),
            ("", "no"),
            (" ", "no"),
            (".", "no"),
            ("1e", "no"),
            ("1x", "no"),
            ("0x", "no"),
            ("0x1p", "no"),
            ("1 2", "no"),
            ("- 1", "no"),
            ("\u{a0}1", "no"),
        ];
        for (text, expected) in cases {
            let shown = match parse(text.as_bytes()) {
                Some(number) => String::from_utf8(display(number)).unwrap(),
                None => "no".to_owned(),
            };
            assert_eq!(shown, expected, "{text:?}");
        }
    }
}
