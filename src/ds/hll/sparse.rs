//! The sparse encoding: runs of equal registers, one or two bytes each, walked from register 0.
//!
//! | opcode | bytes | stands for |
//! |---|---|---|
//! | ZERO | `00xxxxxx` | x+1 registers (1..=64) that are 0 |
//! | XZERO | `01xxxxxx yyyyyyyy` | xy+1 registers (1..=16,384) that are 0 |
//! | VAL | `1vvvvvxx` | x+1 registers (1..=4) that are v+1 (1..=32) |
//!
//! `raise` splits and joins opcodes exactly as the reference does, for the bytes are what `GET` shows.

use super::{HEADER, Histogram, HllError, REGISTERS, dense};
use smallvec::SmallVec;

/// The greatest register VAL can hold; one more makes the value dense.
pub(super) const MAX_RANK: u8 = 32;
const MAX_VAL_RUN: usize = 4;
const MAX_ZERO_RUN: usize = 64;

/// One run of equal registers in a sparse value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A run of up to 64 registers that are 0, in one byte.
    Zero {
        /// How many registers.
        run: usize,
    },
    /// A run of up to 16,384 registers that are 0, in two bytes.
    XZero {
        /// How many registers.
        run: usize,
    },
    /// A run of up to four registers that hold the same value, in one byte.
    Val {
        /// What each of them holds (1..=32).
        rank: u8,
        /// How many registers.
        run: usize,
    },
}

impl Op {
    /// The opcode at the start of `bytes`. A two-byte opcode cut short reads a zero, as the reference does.
    fn read(bytes: &[u8]) -> Option<Op> {
        let &first = bytes.first()?;
        let low = usize::from(first & 0x3f);
        Some(match first >> 6 {
            0 => Op::Zero { run: low + 1 },
            1 => Op::XZero {
                run: (low << 8 | usize::from(bytes.get(1).copied().unwrap_or(0))) + 1,
            },
            _ => Op::Val {
                rank: (first >> 2 & 0x1f) + 1,
                run: usize::from(first & 3) + 1,
            },
        })
    }

    /// How many bytes the opcode takes.
    fn width(self) -> usize {
        if matches!(self, Op::XZero { .. }) {
            2
        } else {
            1
        }
    }

    /// How many registers the opcode covers.
    pub fn run(self) -> usize {
        match self {
            Op::Zero { run } | Op::XZero { run } | Op::Val { run, .. } => run,
        }
    }

    /// What each register it covers holds.
    pub fn rank(self) -> u8 {
        match self {
            Op::Zero { .. } | Op::XZero { .. } => 0,
            Op::Val { rank, .. } => rank,
        }
    }
}

fn val(rank: u8, run: usize) -> u8 {
    0x80 | (rank - 1) << 2 | (run - 1) as u8
}

/// The bytes of `run` registers holding `rank`; nothing for an empty run.
fn write(out: &mut SmallVec<[u8; 8]>, rank: u8, run: usize) {
    if run == 0 {
        return;
    }
    if rank > 0 {
        out.push(val(rank, run));
    } else if run > MAX_ZERO_RUN {
        let [high, low] = ((run - 1) as u16).to_be_bytes();
        out.extend_from_slice(&[0x40 | high, low]);
    } else {
        out.push((run - 1) as u8);
    }
}

/// XZERO over all the registers: the body of an empty value.
pub(super) const EMPTY: [u8; 2] = [0x7f, 0xff];

/// The opcodes in order. Stops at the end of the bytes, whatever the registers add up to.
pub(super) fn ops(body: &[u8]) -> impl Iterator<Item = Op> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let op = Op::read(rest)?;
        rest = rest.get(op.width()..).unwrap_or_default();
        Some(op)
    })
}

/// Calls `each(first register, op)` for every opcode; `Corrupt` unless they cover exactly 16,384 registers.
fn walk(body: &[u8], mut each: impl FnMut(usize, Op)) -> Result<(), HllError> {
    let mut first = 0;
    for op in ops(body) {
        if first + op.run() > REGISTERS {
            return Err(HllError::Corrupt);
        }
        each(first, op);
        first += op.run();
    }
    if first == REGISTERS {
        Ok(())
    } else {
        Err(HllError::Corrupt)
    }
}

/// The register at `index` (0 when the opcodes do not reach it).
pub(super) fn get(body: &[u8], index: usize) -> u8 {
    locate(body, index).map_or(0, |found| found.op.rank())
}

/// How many registers hold each value.
pub(super) fn histogram(body: &[u8]) -> Result<Histogram, HllError> {
    let mut counts = [0; 64];
    walk(body, |_, op| {
        counts[usize::from(op.rank())] += op.run() as u32
    })?;
    Ok(counts)
}

/// Raises each of `registers` to the one stored here. On `Corrupt` some may have been raised.
pub(super) fn raise_into(body: &[u8], registers: &mut [u8; REGISTERS]) -> Result<(), HllError> {
    walk(body, |first, op| {
        for register in registers.iter_mut().skip(first).take(op.run()) {
            *register = (*register).max(op.rank());
        }
    })
}

/// The same registers and the same header in the dense encoding.
pub(super) fn to_dense(value: &[u8]) -> Result<Vec<u8>, HllError> {
    let mut out = vec![0; dense::SIZE];
    let (header, body) = value.split_at_checked(HEADER).ok_or(HllError::NotHll)?;
    let (new_header, new_body) = out.split_at_mut(HEADER);
    new_header.copy_from_slice(header);
    if let Some(encoding) = new_header.get_mut(super::ENCODING_AT) {
        *encoding = super::DENSE;
    }
    walk(body, |first, op| {
        if op.rank() > 0 {
            (first..first + op.run()).for_each(|index| dense::put(new_body, index, op.rank()));
        }
    })?;
    Ok(out)
}

/// The opcode that covers a register.
struct Found {
    /// Offset of the opcode in the body.
    at: usize,
    /// Offset of the opcode before it, or 0.
    prev: usize,
    /// The first register it covers.
    first: usize,
    op: Op,
}

fn locate(body: &[u8], index: usize) -> Option<Found> {
    let (mut at, mut prev, mut first) = (0, 0, 0);
    loop {
        let op = Op::read(body.get(at..)?)?;
        if index < first + op.run() {
            return Some(Found {
                at,
                prev,
                first,
                op,
            });
        }
        prev = at;
        at += op.width();
        first += op.run();
    }
}

/// Raises the register at `index` to `rank` (1..=63); whether it was lower. The value may become dense: when `rank`
/// is over 32, or when it would grow past `max` bytes.
pub(super) fn raise(
    value: &mut Vec<u8>,
    index: usize,
    rank: u8,
    max: usize,
) -> Result<bool, HllError> {
    if rank > MAX_RANK {
        return promote(value, index, rank);
    }
    let body = value.get(HEADER..).unwrap_or_default();
    let Some(Found {
        at,
        prev,
        first,
        op,
    }) = locate(body, index)
    else {
        return Err(HllError::Corrupt);
    };
    if op.rank() >= rank {
        return Ok(false);
    }
    // The run before, the register itself, the run after. (A ZERO or VAL of one register is simply replaced.)
    let mut seq = SmallVec::new();
    write(&mut seq, op.rank(), index - first);
    write(&mut seq, rank, 1);
    write(&mut seq, op.rank(), first + op.run() - 1 - index);
    let grown = value.len() + seq.len() - op.width();
    if seq.len() > op.width() && grown > max {
        return promote(value, index, rank);
    }
    let start = HEADER + at;
    let end = (start + op.width()).min(value.len());
    value.splice(start..end, seq);
    // Only differs when a corrupt value ends in half an XZERO: its missing byte still counts, as in the reference.
    value.truncate(grown);
    join(value, HEADER + prev);
    super::invalidate(value);
    Ok(true)
}

/// Joins neighbouring VALs of the same rank, looking at five opcodes (or joins) from `at` on, as the reference does.
fn join(value: &mut Vec<u8>, mut at: usize) {
    for _ in 0..5 {
        let Some(op) = value.get(at..).and_then(Op::read) else {
            return;
        };
        if let Op::Val { rank, run } = op
            && let Some(Op::Val {
                rank: next_rank,
                run: next_run,
            }) = value.get(at + 1..).and_then(Op::read)
            && rank == next_rank
            && run + next_run <= MAX_VAL_RUN
        {
            value.remove(at);
            if let Some(byte) = value.get_mut(at) {
                *byte = val(rank, run + next_run);
            }
            continue;
        }
        at += op.width();
    }
}

fn promote(value: &mut Vec<u8>, index: usize, rank: u8) -> Result<bool, HllError> {
    *value = to_dense(value)?;
    let raised = dense::raise(value.get_mut(HEADER..).unwrap_or_default(), index, rank);
    super::invalidate(value);
    Ok(raised)
}
