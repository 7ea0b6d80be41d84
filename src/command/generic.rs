//! Commands on keys of any type.

use super::spec::*;

/// The family's commands.
pub const TABLE: &[Spec] = &[];
