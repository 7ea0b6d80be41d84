//! Seeded streams of chance, one per purpose, so that a draw for one purpose never shifts another's.

use rand_xoshiro::Xoshiro256StarStar;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng};

/// What a stream of chance is drawn for.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Purpose {
    /// RANDOMKEY and the other commands that pick at random.
    Pick = 1,
    /// What scripted clients leave to chance.
    Actors = 2,
    /// Which keys are looked at when one has to go for want of memory.
    Evict = 3,
}

/// One seeded stream of chance; equal seeds give equal draws on every platform.
#[derive(Clone, Debug)]
pub struct Rng(Xoshiro256StarStar);

impl Rng {
    /// The stream for one purpose within the session's seed.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        Self(Xoshiro256StarStar::seed_from_u64(
            seed ^ (purpose as u64).rotate_left(56),
        ))
    }

    /// A draw in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.within(n as u64) as usize
    }

    /// A draw in `0..n`, the same where a `usize` is smaller; 0 when `n` is 0.
    pub fn within(&mut self, n: u64) -> u64 {
        // Multiply-shift: the bias is under n / 2^64, far below what a learner could see.
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }
}
