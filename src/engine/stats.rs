//! What INFO counts.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

/// Counters since the server began, or since CONFIG RESETSTAT.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Connections that were opened.
    pub connections: u64,
    /// Commands that ran.
    pub commands: u64,
    /// Changes of keys.
    pub changes: u64,
    /// Keys that expired.
    pub expired_keys: u64,
    /// Fields of hashes that expired.
    pub expired_fields: u64,
    /// Error replies, by code.
    pub errors: BTreeMap<String, u64>,
    /// Calls, rejected calls and failed calls, by container and name.
    pub calls: FxHashMap<(&'static str, &'static str), [u64; 3]>,
}
