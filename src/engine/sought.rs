//! What a read of a sorted set looked for, told so that its way can be walked again.

use std::ops::Bound;

use serde::{Deserialize, Serialize};

use crate::ds::bytes::Bytes;
use crate::ds::zset::LexBound;

/// What was looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sought {
    /// A member: by its score, and between equal scores by its bytes.
    Member(Bytes),
    /// A rank, from 0 at the lowest score: by counts alone.
    Rank(usize),
    /// The two ends of a range of scores.
    Scores(Bound<f64>, Bound<f64>),
    /// The two ends of a range of members with equal scores.
    Members(LexEnd, LexEnd),
}

/// One end of a range by member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LexEnd {
    /// `-`.
    Lowest,
    /// `+`.
    Highest,
    /// `[member`.
    Included(Bytes),
    /// `(member`.
    Excluded(Bytes),
}

impl LexEnd {
    /// The end as the structure takes it.
    pub fn bound(&self) -> LexBound<'_> {
        match self {
            Self::Lowest => LexBound::Lowest,
            Self::Highest => LexBound::Highest,
            Self::Included(member) => LexBound::Included(member),
            Self::Excluded(member) => LexBound::Excluded(member),
        }
    }
}

impl From<LexBound<'_>> for LexEnd {
    fn from(bound: LexBound<'_>) -> Self {
        match bound {
            LexBound::Lowest => Self::Lowest,
            LexBound::Highest => Self::Highest,
            LexBound::Included(member) => Self::Included(Bytes::from_slice(member)),
            LexBound::Excluded(member) => Self::Excluded(Bytes::from_slice(member)),
        }
    }
}
