//! The bits of a string, counted from the highest bit of its first byte.

/// The bit at an offset; 0 beyond the end.
pub fn get(text: &[u8], offset: u64) -> bool {
    let byte = usize::try_from(offset / 8).ok().and_then(|at| text.get(at));
    byte.is_some_and(|byte| byte >> (7 - offset % 8) & 1 == 1)
}

/// Sets or clears a bit inside the string; what it was.
pub fn set(text: &mut [u8], offset: u64, on: bool) -> bool {
    let before = get(text, offset);
    let byte = usize::try_from(offset / 8)
        .ok()
        .and_then(|at| text.get_mut(at));
    if let Some(byte) = byte {
        let mask = 1 << (7 - offset % 8);
        *byte = if on { *byte | mask } else { *byte & !mask };
    }
    before
}

/// How many bits are set from bit `start` up to, and not with, bit `end`.
pub fn count(text: &[u8], start: u64, end: u64) -> u64 {
    let end = end.min(text.len() as u64 * 8);
    let (first, last) = (start.div_ceil(8), end / 8);
    if first >= last {
        return (start..end).filter(|&at| get(text, at)).count() as u64;
    }
    let whole = text.get(first as usize..last as usize).unwrap_or_default();
    let (words, rest) = whole.as_chunks::<8>();
    let words: u64 = words
        .iter()
        .map(|word| u64::from(u64::from_le_bytes(*word).count_ones()))
        .sum();
    let rest: u64 = rest.iter().map(|byte| u64::from(byte.count_ones())).sum();
    let edges = (start..first * 8).chain(last * 8..end);
    words + rest + edges.filter(|&at| get(text, at)).count() as u64
}

/// The first bit that is `wanted`, from bit `start` up to, and not with, bit `end`.
pub fn position(text: &[u8], wanted: bool, start: u64, end: u64) -> Option<u64> {
    let end = end.min(text.len() as u64 * 8);
    let (first, last) = (start.div_ceil(8).min(end.div_ceil(8)), end / 8);
    let find = |from: u64, to: u64| (from..to).find(|&at| get(text, at) == wanted);
    if let Some(at) = find(start, end.min(first * 8)) {
        return Some(at);
    }
    if first < last {
        let none = if wanted { 0 } else { 0xff };
        let whole = text.get(first as usize..last as usize).unwrap_or_default();
        if let Some(byte) = whole.iter().position(|&byte| byte != none) {
            let from = (first + byte as u64) * 8;
            return find(from, from + 8);
        }
    }
    find((last * 8).max(start), end)
}

/// The number that so many bits from an offset on are; bits beyond the end are 0.
pub fn number(text: &[u8], offset: u64, bits: u32) -> u64 {
    (0..u64::from(bits)).fold(0, |number, at| {
        number << 1 | u64::from(offset.checked_add(at).is_some_and(|at| get(text, at)))
    })
}

/// Writes the lowest so many bits of a number from an offset on, inside the string.
pub fn set_number(text: &mut [u8], offset: u64, bits: u32, number: u64) {
    for at in 0..bits {
        set(
            text,
            offset + u64::from(at),
            number >> (bits - 1 - at) & 1 == 1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_are_found_and_counted(
            text in proptest::collection::vec(prop_oneof![Just(0_u8), Just(0xff), any::<u8>()], 0..40),
            start in 0..330_u64,
            end in 0..330_u64,
            wanted: bool,
        ) {
            let inside = start..end.min(text.len() as u64 * 8);
            let set = inside.clone().filter(|&at| get(&text, at)).count() as u64;
            prop_assert_eq!(count(&text, start, end), set);
            let first = inside.clone().find(|&at| get(&text, at) == wanted);
            prop_assert_eq!(position(&text, wanted, start, end), first);
        }

        #[test]
        fn numbers_are_read_as_they_were_written(offset in 0..50_u64, bits in 1..=64_u32, number_in: u64) {
            let mut text = vec![0xaa; 16];
            let before = text.clone();
            let kept = number_in & (u64::MAX >> (64 - bits));
            set_number(&mut text, offset, bits, number_in);
            prop_assert_eq!(number(&text, offset, bits), kept);
            let old = number(&before, offset, bits);
            set_number(&mut text, offset, bits, old);
            prop_assert_eq!(text, before);
        }
    }
}
