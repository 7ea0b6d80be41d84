//! How large the reference's listpack is: one block of bytes that holds small elements side by side.
//! Source: the format's description, <https://github.com/antirez/listpack/blob/master/listpack.md>.

use super::bytes::Bytes;

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
    body + back_length(body)
}

/// Bytes that the length of an element takes behind it. The limits are the reference's, each one short
/// of what would fit.
fn back_length(body: usize) -> usize {
    match body {
        0..128 => 1,
        128..16_383 => 2,
        16_383..2_097_151 => 3,
        2_097_151..268_435_455 => 4,
        _ => 5,
    }
}

/// The listpack of some elements.
pub fn write<'a>(elements: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = vec![0; 6];
    let mut count: usize = 0;
    for element in elements {
        let start = bytes.len();
        write_body(&mut bytes, element);
        let body = bytes.len() - start;
        // Seven bits each, the highest first; all but the first have their top bit set.
        for at in (0..back_length(body)).rev() {
            let seven = (body >> (7 * at)) as u8 & 0x7f;
            let first = at + 1 == back_length(body);
            bytes.push(if first { seven } else { seven | 0x80 });
        }
        count += 1;
    }
    bytes.push(END);
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    for (to, from) in bytes
        .iter_mut()
        .zip(size.to_le_bytes().into_iter().chain(count.to_le_bytes()))
    {
        *to = from;
    }
    bytes
}

const END: u8 = 0xff;

fn write_body(bytes: &mut Vec<u8>, element: &[u8]) {
    match integer(element) {
        Some(n @ 0..=127) => bytes.push(n as u8),
        Some(n @ -4096..=4095) => {
            bytes.extend([0xc0 | (n >> 8) as u8 & 0x1f, n as u8]);
        }
        Some(n) => {
            let wide = n.to_le_bytes();
            let (mark, width) = match n {
                -32768..=32767 => (0xf1, 2),
                -8_388_608..=8_388_607 => (0xf2, 3),
                -2_147_483_648..=2_147_483_647 => (0xf3, 4),
                _ => (0xf4, 8),
            };
            bytes.push(mark);
            bytes.extend(wide.iter().take(width));
        }
        None => {
            match element.len() {
                n @ 0..64 => bytes.push(0x80 | n as u8),
                n @ 64..4096 => bytes.extend([0xe0 | (n >> 8) as u8, n as u8]),
                n => {
                    bytes.push(0xf0);
                    bytes.extend((n as u32).to_le_bytes());
                }
            }
            bytes.extend_from_slice(element);
        }
    }
}

/// The elements of a listpack; `None` where it is none.
pub fn read(bytes: &[u8]) -> Option<Vec<Bytes>> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    let (count, mut rest) = rest.split_first_chunk::<2>()?;
    if u32::from_le_bytes(*size) as usize != bytes.len() {
        return None;
    }
    let mut elements = Vec::new();
    while rest != [END] {
        let before = rest;
        let element = read_body(&mut rest)?;
        let body = before.len() - rest.len();
        rest = rest.get(back_length(body)..)?;
        elements.push(element);
    }
    let count = u16::from_le_bytes(*count);
    (count == u16::MAX || usize::from(count) == elements.len()).then_some(elements)
}

fn read_body(rest: &mut &[u8]) -> Option<Bytes> {
    let mut take = |n: usize| -> Option<&[u8]> {
        let (taken, after) = rest.split_at_checked(n)?;
        *rest = after;
        Some(taken)
    };
    let mark = *take(1)?.first()?;
    let int = |n: i64| Some(Bytes::from_slice(itoa::Buffer::new().format(n).as_bytes()));
    let text = match mark {
        0..=0x7f => return int(i64::from(mark)),
        0x80..=0xbf => take(usize::from(mark & 0x3f))?,
        0xc0..=0xdf => {
            let thirteen = i64::from(mark & 0x1f) << 8 | i64::from(*take(1)?.first()?);
            return int((thirteen << 51) >> 51);
        }
        0xe0..=0xef => {
            let length = usize::from(mark & 0x0f) << 8 | usize::from(*take(1)?.first()?);
            take(length)?
        }
        0xf0 => {
            let length = u32::from_le_bytes(take(4)?.try_into().ok()?);
            take(length as usize)?
        }
        0xf1 => return int(little_endian(take(2)?)),
        0xf2 => return int(little_endian(take(3)?)),
        0xf3 => return int(little_endian(take(4)?)),
        0xf4 => return int(little_endian(take(8)?)),
        _ => return None,
    };
    Some(Bytes::from_slice(text))
}

/// A signed integer of one to eight bytes, the lowest first.
pub fn little_endian(bytes: &[u8]) -> i64 {
    let unused = 64 - 8 * bytes.len().clamp(1, 8) as u32;
    let raw = bytes
        .iter()
        .rev()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    ((raw << unused) as i64) >> unused
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20),
            numbers in prop::collection::vec(any::<i64>(), 0..20),
            shift in 0..64_u32,
        ) {
            let numbers = numbers.iter().map(|n| (n >> shift).to_string().into_bytes());
            let elements: Vec<Vec<u8>> = texts.into_iter().chain(numbers).collect();
            let bytes = write(elements.iter().map(Vec::as_slice));
            let sizes: usize = elements.iter().map(|e| entry_size(e)).sum();
            prop_assert_eq!(bytes.len(), EMPTY + sizes);
            let back = read(&bytes).map(|read| read.iter().map(|e| e.to_vec()).collect::<Vec<_>>());
            prop_assert_eq!(back, Some(elements));
        }

        #[test]
        fn anything_else_is_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = read(&bytes);
        }
    }
}
