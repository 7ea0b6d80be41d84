//! One numbered database: the only door to a key.
//!
//! A key past its deadline is never seen here: the engine fires every expiry that is due before it
//! looks at an input, or (DEBUG SET-ACTIVE-EXPIRE 0) before it runs a command that names the key. What changes is marked with a version, which the views compare.

use std::cell::Cell;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

pub use super::entry::{Entry, Form, Kind, Looks, Uses, Value, Witness};
use super::error::Error;
use super::tally::Tally;
use super::time::Millis;
use super::timers::Deadlines;
use crate::ds::bytes::Bytes;

/// The most changed keys that are remembered for who lists them; with more, the list is made anew.
const CHANGES_MAX: usize = 10_000;

/// Makes a value a string, which takes the memory of the one that was there if it fits.
fn overwrite(value: &mut Value, text: &[u8]) {
    let size = text.len();
    match value {
        Value::Str(old) if size <= old.capacity() && old.capacity() / 2 <= size => {
            old.clear();
            old.extend_from_slice(text);
        }
        other => *other = Value::Str(text.to_vec()),
    }
}

/// Which keys changed since somebody last asked.
#[derive(Clone, Debug)]
struct Changes {
    /// Who asked.
    since: u64,
    keys: Vec<Bytes>,
}

/// One numbered database.
#[derive(Clone, Debug, Default)]
pub struct Db {
    // Insertion order but for removals, which move the last key into the gap: SCAN walks it from the
    // end down, so that a key that stays is never missed.
    keys: IndexMap<Bytes, Entry, FxBuildHasher>,
    deadlines: Deadlines<Bytes>,
    /// Hashes with fields that expire, by the earliest deadline of each.
    field_deadlines: Deadlines<Bytes>,
    version: u64,
    /// How many keys were ever made.
    births: u32,
    /// A key that was not the last one went: the keys do not stand in the order they were made in.
    shuffled: bool,
    changes: Option<Changes>,
    /// What the keys count for, while memory is limited.
    pub(super) tally: Option<Box<Tally>>,
    /// How often a key was looked for and there.
    pub hits: Cell<u64>,
    /// How often it was not there.
    pub misses: Cell<u64>,
    /// The moment of the command that is running.
    pub now: Millis,
    /// How it notes what it looks at.
    pub looks: Looks,
    /// The number of the key that it used last: to read it and then write it is one use.
    pub(super) used: Cell<u32>,
    /// Where the key stood that was looked for last.
    last: Cell<usize>,
    /// Keys that the command made, while somebody listens or waits for that.
    pub born: Vec<Bytes>,
    /// How many of them were told of.
    pub told: usize,
}

impl Db {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys have a deadline.
    pub fn expiring(&self) -> usize {
        self.deadlines.len()
    }

    /// How long keys with a deadline live yet, on average, in milliseconds; of some of them.
    pub fn mean_ttl(&self, now: Millis) -> u64 {
        let (mut sum, mut count) = (0_u64, 0_u64);
        for (when, _) in self.deadlines.iter().take(64) {
            sum = sum.saturating_add(when.saturating_sub(now));
            count += 1;
        }
        sum.checked_div(count).unwrap_or(0)
    }

    /// How many hashes have fields that expire.
    pub fn with_expiring_fields(&self) -> usize {
        self.field_deadlines.len()
    }

    /// Grows with every change of any key.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Which keys may have changed since this was last asked as `since`; from now on that is remembered as
    /// `next`, a number that was never given before. `None`: that is not known.
    pub fn take_changes(&mut self, since: u64, next: u64) -> Option<Vec<Bytes>> {
        let fresh = Changes {
            since: next,
            keys: Vec::new(),
        };
        let changes = self.changes.replace(fresh)?;
        (changes.since == since).then_some(changes.keys)
    }

    /// Whether [`Self::at`] gives the keys in the order they were made in.
    pub fn in_order(&self) -> bool {
        !self.shuffled
    }

    fn log(&mut self, key: &[u8]) {
        if let Some(tally) = &mut self.tally
            && tally.note(key)
        {
            self.count_changed();
            // It changes only now.
            if let Some(tally) = &mut self.tally {
                tally.note(key);
            }
        }
        let Some(changes) = &mut self.changes else {
            return;
        };
        if changes.keys.len() >= CHANGES_MAX {
            self.changes = None;
        } else if changes
            .keys
            .last()
            .is_none_or(|last| last.as_slice() != key)
        {
            changes.keys.push(Bytes::from_slice(key));
        }
    }

    /// Where a key stands. A command looks for its key more than once, so that it is mostly the last one that was found.
    #[inline]
    fn find(&self, key: &[u8]) -> Option<usize> {
        let last = self.last.get();
        match self.keys.get_index(last) {
            Some((there, _)) if there.as_slice() == key => Some(last),
            _ => self.find_other(key),
        }
    }

    #[inline(never)]
    fn find_other(&self, key: &[u8]) -> Option<usize> {
        let at = self.keys.get_index_of(key)?;
        self.last.set(at);
        Some(at)
    }

    #[inline]
    fn get(&self, key: &[u8]) -> Option<&Entry> {
        let (_, entry) = self.keys.get_index(self.find(key)?)?;
        Some(entry)
    }

    /// A key's entry.
    pub fn entry(&self, key: &[u8]) -> Option<&Entry> {
        self.get(key)
    }

    /// A key's entry, to change; marks it.
    pub fn entry_mut(&mut self, key: &[u8]) -> Option<&mut Entry> {
        self.version += 1;
        self.log(key);
        let at = self.find(key)?;
        let (_, entry) = self.keys.get_index_mut(at)?;
        entry.version = self.version;
        Some(entry)
    }

    /// Whether the key exists.
    pub fn contains(&self, key: &[u8]) -> bool {
        self.find(key).is_some()
    }

    /// A key's value.
    pub fn value(&self, key: &[u8]) -> Option<&Value> {
        self.get(key).map(|e| &e.value)
    }

    /// A key's value as one type. Errors: WRONGTYPE.
    pub fn read<K: Kind>(&self, key: &[u8]) -> Result<Option<&K>, Error> {
        self.look(key)
            .map(|value| K::of(value).ok_or(Error::WrongType))
            .transpose()
    }

    /// A key's value, whatever it is, which counts as used by that.
    pub fn look(&self, key: &[u8]) -> Option<&Value> {
        let found = self.get(key);
        let count = if found.is_some() {
            &self.hits
        } else {
            &self.misses
        };
        count.set(count.get() + 1);
        let entry = found?;
        entry.touch(self.now, self.looks);
        self.used.set(entry.born);
        Some(&entry.value)
    }

    /// A key's value as one type, to change; marks it. Errors: WRONGTYPE.
    pub fn write<K: Kind>(&mut self, key: &[u8]) -> Result<Option<&mut K>, Error> {
        let (now, looks, used) = (self.now, self.looks, self.used.get());
        self.entry_mut(key)
            .map(|e| {
                if e.born != used {
                    e.touch(now, looks);
                }
                let value = K::of_mut(&mut e.value).ok_or(Error::WrongType)?;
                e.form = Form::Raw;
                Ok(value)
            })
            .transpose()
    }

    /// A key's value as one type, made by `new` where there is none. Errors: WRONGTYPE.
    pub fn write_or<K: Kind>(
        &mut self,
        key: &[u8],
        new: impl FnOnce() -> K,
    ) -> Result<&mut K, Error> {
        self.version += 1;
        self.log(key);
        let (version, now, looks) = (self.version, self.now, self.looks);
        let entry = match self.find(key) {
            Some(index) => {
                let entry = &mut self.keys[index];
                if entry.born != self.used.replace(entry.born) {
                    entry.touch(now, looks);
                }
                entry
            }
            None => {
                let born = self.bear(key);
                self.keys
                    .entry(Bytes::from_slice(key))
                    .or_insert_with(|| Entry {
                        value: new().into_value(),
                        witness: None,
                        version,
                        accessed: Cell::new(now),
                        uses: Cell::default(),
                        form: Form::Raw,
                        tight: false,
                        born,
                        counted: 0,
                        ticket: None,
                        field_ticket: None,
                    })
            }
        };
        entry.version = version;
        let value = K::of_mut(&mut entry.value).ok_or(Error::WrongType)?;
        entry.form = Form::Raw;
        Ok(value)
    }

    /// Sets a key to a value, replacing what was there and its witness. Its deadline goes unless `keep_ttl`.
    pub fn set(&mut self, key: &[u8], value: Value, keep_ttl: bool) {
        let hash = matches!(value, Value::Hash(_));
        self.renew(key, keep_ttl).value = value;
        if hash {
            self.fields_changed(key);
        }
    }

    /// [Sets](Self::set) a key to a string, which takes the memory of the one that was there if that fits.
    pub fn set_text(&mut self, key: &[u8], text: &[u8], keep_ttl: bool) {
        overwrite(&mut self.renew(key, keep_ttl).value, text);
    }

    /// [Reads](Self::read) a string, and [sets](Self::set_text) it to what `change` makes of it where it stands, so that it is looked for
    /// once; its deadline stays. Errors: WRONGTYPE, and those of `change`; nothing is set then.
    pub fn change_text<'t>(
        &mut self,
        key: &[u8],
        change: impl FnOnce(Option<&[u8]>) -> Result<&'t [u8], Error>,
    ) -> Result<(), Error> {
        match self.read::<Vec<u8>>(key)? {
            Some(old) => {
                let text = change(Some(old))?;
                self.version += 1;
                self.log(key);
                // Where it was found just now.
                overwrite(&mut self.renew_at(self.last.get(), true).value, text);
            }
            None => {
                let text = change(None)?;
                self.set_text(key, text, true);
            }
        }
        Ok(())
    }

    /// The entry of a key that is to be set, with the value that is to be replaced.
    #[inline]
    fn renew(&mut self, key: &[u8], keep_ttl: bool) -> &mut Entry {
        self.version += 1;
        self.log(key);
        if let Some(at) = self.find(key) {
            return self.renew_at(at, keep_ttl);
        }
        let born = self.bear(key);
        let entry = Entry {
            value: Value::Str(Vec::new()),
            witness: None,
            version: self.version,
            accessed: Cell::new(self.now),
            uses: Cell::default(),
            form: Form::Best,
            tight: false,
            born,
            counted: 0,
            ticket: None,
            field_ticket: None,
        };
        let at = self.keys.insert_full(Bytes::from_slice(key), entry).0;
        &mut self.keys[at]
    }

    /// The same for a key that is there, which is marked already.
    #[inline]
    fn renew_at(&mut self, at: usize, keep_ttl: bool) -> &mut Entry {
        let entry = &mut self.keys[at];
        entry.witness = None;
        entry.version = self.version;
        if entry.born != self.used.replace(entry.born) {
            entry.touch(self.now, self.looks);
        }
        entry.accessed.set(self.now);
        entry.form = Form::Best;
        entry.tight = entry.ticket.is_some();
        if !keep_ttl && let Some(ticket) = entry.ticket.take() {
            self.deadlines.cancel(ticket);
        }
        if let Some(ticket) = entry.field_ticket.take() {
            self.field_deadlines.cancel(ticket);
        }
        entry
    }

    /// A key is about to be made, behind all others; the number it is made as.
    fn bear(&mut self, key: &[u8]) -> u32 {
        if self.looks.births {
            self.born.push(Bytes::from_slice(key));
        }
        self.births = self.births.wrapping_add(1);
        self.used.set(self.births);
        self.last.set(self.keys.len());
        self.births
    }

    /// Takes a key away, and gives its entry; its deadline is cancelled but can still be read from it.
    pub fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let entry = self.take(key)?;
        if let Some(ticket) = entry.ticket {
            self.deadlines.cancel(ticket);
        }
        Some(entry)
    }

    /// [Removes](Self::remove) the key with the earliest deadline.
    pub fn remove_first_due(&mut self) -> Option<(Bytes, Entry)> {
        let (_, key) = self.deadlines.pop()?;
        let entry = self.take(&key)?;
        Some((key, entry))
    }

    /// Takes a key away, without its deadline.
    fn take(&mut self, key: &[u8]) -> Option<Entry> {
        let (index, _, entry) = self.keys.swap_remove_full(key)?;
        self.version += 1;
        self.log(key);
        self.shuffled |= index != self.keys.len();
        if let Some(tally) = &mut self.tally {
            tally.gone(key, entry.counted);
        }
        if let Some(ticket) = entry.field_ticket {
            self.field_deadlines.cancel(ticket);
        }
        Some(entry)
    }

    /// Puts an entry taken elsewhere under a key, with its deadline, replacing what was there.
    pub fn put(&mut self, key: &[u8], entry: Entry) {
        let deadline = entry.deadline();
        self.remove(key);
        let born = self.bear(key);
        self.version += 1;
        self.log(key);
        self.keys.insert(
            Bytes::from_slice(key),
            Entry {
                born,
                counted: 0,
                ticket: None,
                field_ticket: None,
                version: self.version,
                ..entry
            },
        );
        self.set_deadline(key, deadline);
        self.fields_changed(key);
    }

    /// To be called after the deadlines of a hash's fields may have changed through [`Self::write`].
    pub fn fields_changed(&mut self, key: &[u8]) {
        let at = self.find(key);
        let Some((_, entry)) = at.and_then(|at| self.keys.get_index_mut(at)) else {
            return;
        };
        let next = match &entry.value {
            Value::Hash(hash) => hash.next_deadline(),
            _ => None,
        };
        if entry.field_ticket.map(|t| t.when) != next {
            if let Some(ticket) = entry.field_ticket.take() {
                self.field_deadlines.cancel(ticket);
            }
            let key = || Bytes::from_slice(key);
            entry.field_ticket = next.map(|when| self.field_deadlines.set(when, key()));
        }
    }

    /// Sets or clears a key's deadline. False when there is no such key.
    pub fn set_deadline(&mut self, key: &[u8], when: Option<Millis>) -> bool {
        self.version += 1;
        self.log(key);
        let at = self.find(key);
        let Some((_, entry)) = at.and_then(|at| self.keys.get_index_mut(at)) else {
            return false;
        };
        entry.version = self.version;
        if entry.born != self.used.replace(entry.born) {
            entry.touch(self.now, self.looks);
        }
        if let Some(ticket) = entry.ticket.take() {
            self.deadlines.cancel(ticket);
        }
        entry.ticket = when.map(|when| self.deadlines.set(when, Bytes::from_slice(key)));
        true
    }

    /// When a key expires.
    pub fn deadline(&self, key: &[u8]) -> Option<Millis> {
        self.get(key)?.deadline()
    }

    /// The keys whose deadline is not after a moment, the earliest first.
    pub fn due(&self, now: Millis) -> Vec<Bytes> {
        let deadlines = self.deadlines.iter();
        let due = deadlines.take_while(|(when, _)| *when <= now);
        due.map(|(_, key)| key.clone()).collect()
    }

    /// The earliest deadline of a key, with the key.
    pub fn next_deadline(&self) -> Option<(Millis, &Bytes)> {
        self.deadlines.next()
    }

    /// The earliest deadline of a field, with the key of its hash.
    pub fn next_field_deadline(&self) -> Option<(Millis, &Bytes)> {
        self.field_deadlines.next()
    }

    /// The earliest deadline of a key or field, or [`NEVER`](super::timers::NEVER).
    #[inline]
    pub fn next_due(&self) -> Millis {
        let fields = self.field_deadlines.when_or_never();
        self.deadlines.when_or_never().min(fields)
    }

    /// The key and entry at a place; places run from 0 to `len` and change when keys are removed.
    pub fn at(&self, index: usize) -> Option<(&Bytes, &Entry)> {
        self.keys.get_index(index)
    }

    /// All keys with their entries.
    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, &Entry)> {
        self.keys.iter()
    }

    /// Lets another database and this one change places. Every key counts as changed.
    pub fn swap(&mut self, other: &mut Self) {
        std::mem::swap(self, other);
        let version = self.version.max(other.version) + 1;
        for db in [self, other] {
            db.version = version;
            db.changes = None;
            for entry in db.keys.values_mut() {
                entry.version = version;
            }
        }
    }

    /// Lets every value be read again: `again` gives the new value, where there is one. Keys, deadlines and
    /// witnesses stay; what is known of use begins anew.
    pub fn reload(&mut self, again: impl Fn(&Value) -> Option<Value>) {
        self.version += 1;
        self.changes = None;
        for entry in self.keys.values_mut() {
            if let Some(value) = again(&entry.value) {
                entry.value = value;
                entry.form = Form::Best;
            }
            entry.version = self.version;
            entry.tight = false;
            entry.accessed.set(self.now);
            entry.uses.set(Uses::default());
        }
        self.count(self.tally.is_some());
    }

    /// All entries, to note in them what they count for: nothing else may be changed.
    pub(super) fn entries_mut(&mut self) -> impl Iterator<Item = (&Bytes, &mut Entry)> {
        self.keys.iter_mut()
    }

    /// An entry, for the same.
    pub(super) fn uncounted(&mut self, key: &[u8]) -> Option<&mut Entry> {
        self.keys.get_mut(key)
    }

    /// Takes all keys away.
    pub fn clear(&mut self) {
        let version = self.version + 1;
        *self = Self {
            version,
            now: self.now,
            looks: self.looks,
            tally: self.tally.take().map(|_| Box::default()),
            hits: self.hits.clone(),
            misses: self.misses.clone(),
            ..Self::default()
        };
    }
}
