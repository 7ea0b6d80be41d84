//! How large the reference's listpack is: one block of bytes that holds small elements side by side.
//! Source: the format's description, <https://github.com/antirez/listpack/blob/master/listpack.md>.

/// Bytes of a listpack without elements: its header and its end mark.
pub const EMPTY: usize = 7;

/// The integer that an element is kept as, where it is the canonical text of one.
pub fn integer(element: &[u8]) -> Option<i64> {
    let number: i64 = std::str::from_utf8(element).ok()?.parse().ok()?;
    (itoa::Buffer::new().format(number).as_bytes() == element).then_some(number)
}

/// Bytes that an element takes, its own back length among them.
pub fn entry_size(element: &[u8]) -> usize {
    let body = match integer(element) {
        Some(0..=127) => 1,
        Some(-4096..=4095) => 2,
        Some(-32768..=32767) => 3,
        Some(-8_388_608..=8_388_607) => 4,
        Some(-2_147_483_648..=2_147_483_647) => 5,
        Some(_) => 9,
        None => match element.len() {
            n @ 0..64 => 1 + n,
            n @ 64..4096 => 2 + n,
            n => 5 + n,
        },
    };
    let back = match body {
        0..128 => 1,
        128..16_384 => 2,
        16_384..2_097_152 => 3,
        2_097_152..268_435_456 => 4,
        _ => 5,
    };
    body + back
}
