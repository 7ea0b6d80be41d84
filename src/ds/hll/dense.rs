//! The dense encoding: 16,384 registers of six bits, packed from the low bit up, in 12,288 bytes.

use super::{HEADER, Histogram, REGISTERS};

/// Bits of one register.
const BITS: usize = 6;
/// The greatest value six bits hold.
const MASK: u8 = 63;
/// Length of a dense value, header included.
pub(super) const SIZE: usize = HEADER + REGISTERS * BITS / 8;

/// The register at `index` (0 past the end). `body` is the value after its header.
pub(super) fn get(body: &[u8], index: usize) -> u8 {
    let (byte, shift) = (index * BITS / 8, index * BITS % 8);
    let low = body.get(byte).copied().unwrap_or(0);
    let high = body.get(byte + 1).copied().unwrap_or(0);
    ((u16::from_le_bytes([low, high]) >> shift) as u8) & MASK
}

/// Raises the register at `index` to `rank`; whether it was lower.
pub(super) fn raise(body: &mut [u8], index: usize, rank: u8) -> bool {
    let grows = rank > get(body, index);
    if grows {
        put(body, index, rank);
    }
    grows
}

/// Sets the register at `index`.
pub(super) fn put(body: &mut [u8], index: usize, rank: u8) {
    let (byte, shift) = (index * BITS / 8, index * BITS % 8);
    let [keep_low, keep_high] = (!(u16::from(MASK) << shift)).to_le_bytes();
    let [low, high] = (u16::from(rank & MASK) << shift).to_le_bytes();
    if let Some(b) = body.get_mut(byte) {
        *b = (*b & keep_low) | low;
    }
    if let Some(b) = body.get_mut(byte + 1) {
        *b = (*b & keep_high) | high;
    }
}

/// The four registers that three bytes hold.
fn unpack(&[a, b, c]: &[u8; 3]) -> [u8; 4] {
    [
        a & MASK,
        (a >> 6 | b << 2) & MASK,
        (b >> 4 | c << 4) & MASK,
        c >> 2,
    ]
}

/// How many registers hold each value.
pub(super) fn histogram(body: &[u8]) -> Histogram {
    let mut counts = [0; 64];
    for group in body.as_chunks::<3>().0 {
        for rank in unpack(group) {
            counts[usize::from(rank)] += 1;
        }
    }
    counts
}

/// Raises each of `registers` to the one stored here.
pub(super) fn raise_into(body: &[u8], registers: &mut [u8; REGISTERS]) {
    for (group, four) in body
        .as_chunks::<3>()
        .0
        .iter()
        .zip(registers.as_chunks_mut::<4>().0)
    {
        for (register, rank) in four.iter_mut().zip(unpack(group)) {
            *register = (*register).max(rank);
        }
    }
}

/// Stores `registers`, over whatever was there.
pub(super) fn store(body: &mut [u8], registers: &[u8; REGISTERS]) {
    for (group, &[a, b, c, d]) in body
        .as_chunks_mut::<3>()
        .0
        .iter_mut()
        .zip(registers.as_chunks::<4>().0)
    {
        *group = [a | b << 6, b >> 2 | c << 4, c >> 4 | d << 2];
    }
}
