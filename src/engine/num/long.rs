//! The reference's `long double`: an x87 extended float, 64 bits of mantissa, which `INCRBYFLOAT` and
//! `HINCRBYFLOAT` add in.

use rustc_apfloat::ieee::X87DoubleExtended;
use rustc_apfloat::{Float, Round};

/// The longest text that the reference reads as one.
const TEXT_MAX: usize = 5 * 1024;
/// Decimals that are printed at most.
const DECIMALS: u32 = 17;

/// An extended float.
#[derive(Clone, Copy, Debug)]
pub struct LongDouble(X87DoubleExtended);

impl LongDouble {
    /// Zero.
    pub const ZERO: Self = Self(X87DoubleExtended::ZERO);

    /// Reads a number as `strtold` does, the whole text or nothing.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > TEXT_MAX {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?.to_ascii_lowercase();
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text.as_str()),
        };
        let number = match rest {
            "inf" | "infinity" => X87DoubleExtended::INFINITY,
            _ => {
                let hex = rest.starts_with("0x");
                let first = rest.strip_prefix("0x").unwrap_or(rest);
                let begins = |c: char| {
                    if hex {
                        c.is_ascii_hexdigit()
                    } else {
                        c.is_ascii_digit()
                    }
                };
                let digits = first.strip_prefix('.').unwrap_or(first);
                if !digits.starts_with(begins) || first.ends_with(['e', 'p', '+', '-']) && !hex {
                    return None;
                }
                // The crate wants a binary exponent behind hexadecimal digits.
                let owned = if hex && !rest.contains('p') {
                    format!("{rest}p0")
                } else {
                    rest.to_string()
                };
                let allowed =
                    |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | '+' | '-' | 'p' | 'x');
                if !owned.chars().all(allowed) {
                    return None;
                }
                let (number, status) =
                    X87DoubleExtended::from_str_r(&owned, Round::NearestTiesToEven)
                        .ok()
                        .map(|r| (r.value, r.status))?;
                // strtold reports a range error where it passes all bounds, which refuses the text.
                if status.contains(rustc_apfloat::Status::OVERFLOW) {
                    return None;
                }
                number
            }
        };
        Some(Self(if negative { -number } else { number }))
    }

    /// The sum, rounded to 64 bits of mantissa. `None`: not a number, or without bound.
    pub fn plus(self, other: Self) -> Option<Self> {
        let sum = (self.0 + other.0).value;
        sum.is_finite().then_some(Self(sum))
    }

    /// The decimal text, with at most 17 decimals and no zeros at their end.
    pub fn text(self) -> String {
        let bits = self.0.to_bits();
        let negative = bits >> 79 & 1 == 1;
        let exponent = (bits >> 64 & 0x7fff) as i32 - 16_383 - 63;
        let mantissa = bits as u64;
        let (whole, fraction) = if exponent >= 0 {
            (shifted_decimal(mantissa, exponent as u32), 0)
        } else {
            rounded(mantissa, exponent.unsigned_abs())
        };
        let mut text = String::new();
        if negative && (fraction > 0 || whole != "0") {
            text.push('-');
        }
        text.push_str(&whole);
        if fraction > 0 {
            let digits = format!("{fraction:0width$}", width = DECIMALS as usize);
            text.push('.');
            text.push_str(digits.trim_end_matches('0'));
        }
        text
    }
}

/// `mantissa / 2^shift` as its whole part and its first 17 decimals, rounded half to even.
fn rounded(mantissa: u64, shift: u32) -> (String, u64) {
    let unit = 10_u128.pow(DECIMALS);
    let whole = mantissa.checked_shr(shift).unwrap_or(0);
    let rest = u128::from(mantissa) - (u128::from(whole).checked_shl(shift).unwrap_or(0));
    let scaled = rest * unit; // below 2^64 * 10^17 < 2^121
    let mut fraction = scaled.checked_shr(shift).unwrap_or(0);
    let lost = scaled - fraction.checked_shl(shift).unwrap_or(0);
    let half = 1_u128
        .checked_shl(shift.wrapping_sub(1))
        .unwrap_or(u128::MAX);
    if lost > half || (lost == half && fraction % 2 == 1) {
        fraction += 1;
    }
    if fraction == unit {
        ((u128::from(whole) + 1).to_string(), 0)
    } else {
        (whole.to_string(), fraction as u64)
    }
}

/// `mantissa * 2^shift` in decimal.
fn shifted_decimal(mantissa: u64, shift: u32) -> String {
    const BASE: u64 = 1_000_000_000;
    let mut limbs = vec![
        mantissa % BASE,
        mantissa / BASE % BASE,
        mantissa / BASE / BASE,
    ];
    let mut left = shift;
    while left > 0 {
        let step = left.min(30);
        let mut carry = 0;
        for limb in &mut limbs {
            let value = (*limb << step) + carry;
            *limb = value % BASE;
            carry = value / BASE;
        }
        while carry > 0 {
            limbs.push(carry % BASE);
            carry /= BASE;
        }
        left -= step;
    }
    let mut text = String::new();
    for limb in limbs.iter().rev() {
        text.push_str(&format!("{limb:09}"));
    }
    let text = text.trim_start_matches('0');
    if text.is_empty() {
        "0".into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(a: &str, b: &str) -> Option<String> {
        let a = LongDouble::parse(a.as_bytes())?;
        Some(a.plus(LongDouble::parse(b.as_bytes())?)?.text())
    }

    #[test]
    fn sums_print_as_the_reference_prints_them() {
        assert_eq!(sum("10.50", "0.1").as_deref(), Some("10.6"));
        assert_eq!(sum("0", "5.0e3").as_deref(), Some("5000"));
        assert_eq!(sum("3", "-3").as_deref(), Some("0"));
        assert_eq!(sum("-0", "-0").as_deref(), Some("0"));
        assert_eq!(
            sum("0", "1e25").as_deref(),
            Some("10000000000000000000000000")
        );
        assert_eq!(sum("0", "1e-20").as_deref(), Some("0"));
        assert_eq!(sum("1", "inf"), None);
        assert_eq!(sum("1", "abc"), None);
        assert_eq!(sum("1", ""), None);
    }
}
