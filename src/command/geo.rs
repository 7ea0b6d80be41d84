//! Geo: places on a sorted set.

use super::spec::*;

/// The family's commands.
pub const TABLE: &[Spec] = &[];
