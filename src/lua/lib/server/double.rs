//! Doubles as the reference writes them into commands and replies.

use crate::grisu;

/// A number as a word of a command.
pub(super) fn word(value: f64) -> Vec<u8> {
    if value == 0.0 {
        return b"0".to_vec();
    }
    if value.is_nan() {
        let text: &[u8] = if value.is_sign_negative() {
            b"-nan"
        } else {
            b"nan"
        };
        return text.to_vec();
    }
    text(value)
}

/// A number as a reply of a double.
pub(super) fn reply(value: f64) -> Vec<u8> {
    if value.is_nan() {
        return b"nan".to_vec();
    }
    if value == 0.0 && value.is_sign_negative() {
        return b"-0".to_vec();
    }
    text(value)
}

fn text(value: f64) -> Vec<u8> {
    // Half the range of integers: so far whole numbers are written as such.
    const WHOLE: f64 = (1u64 << 62) as f64;
    if value.abs() <= WHOLE && value == value.trunc() {
        return (value as i64).to_string().into_bytes();
    }
    let sign: &[u8] = if value < 0.0 { b"-" } else { b"" };
    if value.is_infinite() {
        return [sign, b"inf"].concat();
    }
    let (digits, last) = grisu::digits(value.abs());
    [sign, layout(&digits, last).as_slice()].concat()
}

/// Lays out digits of which the last stands for this power of ten.
fn layout(digits: &[u8], last: i32) -> Vec<u8> {
    let count = digits.len() as i32;
    let exponent = count + last - 1;
    let zeros = |count: i32| vec![b'0'; count.max(0) as usize];
    if last >= 0 && exponent.abs() < count + 7 {
        return [digits, &zeros(last)].concat();
    }
    if last < 0 && (last > -7 || exponent.abs() < 4) {
        let (whole, rest) = digits.split_at((count + last).max(0) as usize);
        let whole = if whole.is_empty() { b"0" } else { whole };
        return [whole, b".", &zeros(-(count + last)), rest].concat();
    }
    let (first, rest) = digits.split_at(1);
    let point: &[u8] = if rest.is_empty() { b"" } else { b"." };
    let exponent = format!("e{exponent:+}");
    [first, point, rest, exponent.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_as_the_reference_writes_them() {
        let cases = [
            (1e15, "1000000000000000"),
            (1e20, "1e+20"),
            (0.1, "0.1"),
            (-0.0, "0"),
            (1.0 / 0.0, "inf"),
            (-1.0 / 0.0, "-inf"),
            (4611686018427387904.0, "4611686018427387904"),
            (-4611686018427387904.0 - 1024.0, "-4611686018427389000"),
            (1e22, "1e+22"),
            (1.5e300, "1.5e+300"),
            (1e-7, "1e-7"),
            (123456.789, "123456.789"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::NAN.copysign(-1.0), "-nan"),
        ];
        for (value, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&word(value)), expected);
        }
    }
}
