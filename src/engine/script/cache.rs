//! The scripts that EVAL and SCRIPT LOAD leave behind, for EVALSHA.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::ds::bytes::Bytes;

/// How many scripts that came with EVAL are kept (the reference's `LRU_LIST_LENGTH`).
const EVALED_MAX: usize = 500;
/// About what the server keeps of a script beside its body, in bytes.
const OVERHEAD: usize = 176;

/// One script.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its body, as it came.
    pub body: Bytes,
    /// The flags of its first line; `None`: it has no such line.
    pub flags: Option<u32>,
    /// Its turn among those that came with EVAL, which grows with each use; `None`: it is kept.
    turn: Option<u64>,
}

/// All scripts, by their SHA-1 in lower case.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    scripts: FxHashMap<String, Script>,
    turns: BTreeMap<u64, String>,
    last_turn: u64,
}

/// The SHA-1 of a script's body, in hex.
pub fn digest(body: &[u8]) -> String {
    sha1_smol::Sha1::from(body).digest().to_string()
}

impl Cache {
    /// A script by its SHA-1, in any case.
    pub fn get(&self, sha: &[u8]) -> Option<&Script> {
        let sha = std::str::from_utf8(sha).ok()?;
        self.scripts.get(&sha.to_ascii_lowercase())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.scripts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.scripts.is_empty()
    }

    /// About how many bytes they take.
    pub fn memory(&self) -> usize {
        let bodies = self.scripts.values().map(|script| script.body.len());
        bodies.sum::<usize>() + self.len() * OVERHEAD
    }

    /// Makes room for one more that came with EVAL: takes the one away that was not used for longest, if
    /// there are too many.
    pub(super) fn evict(&mut self) -> Option<String> {
        if self.turns.len() < EVALED_MAX {
            return None;
        }
        let (_, sha) = self.turns.pop_first()?;
        self.scripts.remove(&sha);
        Some(sha)
    }

    /// Keeps a script; one that came with EVAL may have to go later.
    pub(super) fn insert(&mut self, sha: String, body: &[u8], flags: Option<u32>, evaled: bool) {
        let script = Script {
            body: Bytes::from_slice(body),
            flags,
            turn: None,
        };
        self.scripts.insert(sha.clone(), script);
        if evaled {
            self.take_turn(sha);
        }
    }

    /// A script that came with EVAL was used.
    pub(super) fn used(&mut self, sha: &str) {
        if self.leave(sha) {
            self.take_turn(sha.to_string());
        }
    }

    /// A script stays from now on, however it came. False where there is none of that SHA-1.
    pub(super) fn keep(&mut self, sha: &str) -> bool {
        self.leave(sha);
        self.scripts.contains_key(sha)
    }

    /// Takes all away.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn take_turn(&mut self, sha: String) {
        self.last_turn += 1;
        if let Some(script) = self.scripts.get_mut(&sha) {
            script.turn = Some(self.last_turn);
            self.turns.insert(self.last_turn, sha);
        }
    }

    fn leave(&mut self, sha: &str) -> bool {
        let turn = self.scripts.get_mut(sha).and_then(|s| s.turn.take());
        turn.is_some_and(|turn| self.turns.remove(&turn).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_evaled_scripts_go_the_longest_unused_first() {
        let mut cache = Cache::default();
        let sha = |i: usize| digest(format!("return {i}").as_bytes());
        cache.insert(sha(1000), b"loaded", None, false);
        for i in 0..EVALED_MAX {
            assert_eq!(cache.evict(), None);
            cache.insert(sha(i), b"", None, true);
        }
        cache.used(&sha(0));
        assert!(cache.keep(&sha(1)));
        assert_eq!(cache.evict(), None);
        cache.insert(sha(2000), b"", None, true);
        assert_eq!(cache.evict(), Some(sha(2)));
        assert!(
            cache
                .get(sha(1000).to_ascii_uppercase().as_bytes())
                .is_some()
        );
        assert!(cache.get(sha(2).as_bytes()).is_none());
        assert!(!cache.is_empty());
        cache.clear();
        assert!(cache.is_empty());
    }
}
