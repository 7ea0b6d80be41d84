//! Hashes.

use super::spec::*;

/// The family's commands.
pub const TABLE: &[Spec] = &[];
