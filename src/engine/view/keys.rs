//! The list of keys: which match a pattern, in an order, perhaps in groups; only the lines in view cross.
//!
//! Where the list is not just the keyspace as it stands, an index is kept beside it, which learns from the
//! database which keys changed: a list of 100,000 keys costs no more than what is written meanwhile.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Kind, Window};
use crate::ds::bytes::Bytes;
use crate::ds::glob;
use crate::ds::ranked::Ranked;
use crate::engine::db::{Db, Entry};
use crate::engine::time::Millis;

/// What ends the part of a key that groups it with others.
const SEPARATOR: u8 = b':';

/// One row of the list of keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRow {
    /// The key.
    pub key: Bytes,
    /// What it is.
    pub kind: Kind,
    /// When it expires.
    pub deadline: Option<Millis>,
    /// Members, entries or bytes.
    pub size: u64,
    /// Whether it stands in the open group above it.
    pub grouped: bool,
}

/// Keys that begin alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRow {
    /// What they begin with, up to the first `:` and with it.
    pub prefix: Bytes,
    /// How many there are.
    pub count: usize,
    /// Whether they follow.
    pub open: bool,
}

/// One line of the list of keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum KeysLine {
    /// A key.
    Key(KeyRow),
    /// A group of at least two.
    Group(GroupRow),
}

/// In which order keys stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyOrder {
    /// As they were made, the oldest first.
    #[default]
    Made,
    /// By name, byte by byte.
    Name,
    /// By type, then by name.
    Kind,
    /// The one that expires soonest first; those that do not expire last.
    Ttl,
    /// The largest first: bytes of a string, elements of anything else.
    Size,
}

/// How keys are to be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysAsked {
    /// Only those that match this glob pattern; all, where it is empty.
    pub pattern: Bytes,
    /// Their order.
    pub order: KeyOrder,
    /// In groups, of which these are open; `None`: without groups.
    pub groups: Option<Vec<Bytes>>,
}

/// Some of a database's keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeysView {
    /// All keys of the database.
    pub all: usize,
    /// Those that match the pattern.
    pub matching: usize,
    /// How many lines they take.
    pub len: usize,
    /// The first line in view.
    pub start: usize,
    /// The lines in view.
    pub lines: Vec<KeysLine>,
    /// All databases that hold keys, with how many.
    pub dbs: Vec<(usize, usize)>,
}

impl KeysView {
    /// The keys in view.
    pub fn rows(&self) -> impl Iterator<Item = &KeyRow> {
        self.lines.iter().filter_map(|line| match line {
            KeysLine::Key(row) => Some(row),
            KeysLine::Group(_) => None,
        })
    }
}

/// A key in the index, with what its place follows from.
#[derive(Clone, Debug)]
struct Slot {
    key: Bytes,
    /// How much of it is its group's name; 0: it is in none.
    prefix: usize,
    rank: u64,
    born: u32,
}

impl Slot {
    fn new(key: &Bytes, entry: &Entry, asked: &Question) -> Self {
        let colon = || key.iter().position(|&byte| byte == SEPARATOR);
        Self {
            key: key.clone(),
            prefix: colon().filter(|_| asked.grouped).map_or(0, |at| at + 1),
            rank: match asked.order {
                KeyOrder::Made => entry.born.into(),
                KeyOrder::Name => 0,
                KeyOrder::Kind => Kind::of(entry) as u64,
                KeyOrder::Ttl => entry.deadline().unwrap_or(u64::MAX),
                KeyOrder::Size => u64::MAX - entry.value.size(),
            },
            born: entry.born,
        }
    }

    fn prefix(&self) -> &[u8] {
        self.key.get(..self.prefix).unwrap_or_default()
    }

    /// Groups by name, then what is in none; in each, by rank, then by name.
    fn order(&self, other: &Self) -> Ordering {
        (self.prefix == 0)
            .cmp(&(other.prefix == 0))
            .then_with(|| self.prefix().cmp(other.prefix()))
            .then_with(|| self.rank.cmp(&other.rank))
            .then_with(|| self.key.cmp(&other.key))
    }
}

/// What an index answers.
#[derive(Clone, Debug, Default, PartialEq)]
struct Question {
    db: usize,
    pattern: Bytes,
    order: KeyOrder,
    grouped: bool,
}

/// The keys of a database that match a pattern, in order.
#[derive(Debug, Default)]
pub struct KeyIndex {
    asked: Question,
    /// What it last asked the database as.
    synced: u64,
    slots: Vec<Slot>,
    free: Vec<u32>,
    places: FxHashMap<Bytes, u32>,
    ranked: Ranked<u32>,
    /// How many keys each group has.
    groups: BTreeMap<Bytes, usize>,
}

/// A window on a database's keys. `index` is kept for whoever looks; `next` is a number that was never given before.
///
/// O(rows) for the keys as they stand; otherwise O(changes log n + rows), with groups O(groups) more, and
/// O(n log n) when something else is asked.
pub fn keys(
    dbs: &mut [Db],
    number: usize,
    asked: &KeysAsked,
    window: Window,
    index: &mut Option<KeyIndex>,
    next: u64,
) -> KeysView {
    let filled = |(number, db): (usize, &Db)| (!db.is_empty()).then(|| (number, db.len()));
    let counts = dbs.iter().enumerate().filter_map(filled).collect();
    let Some(db) = dbs.get_mut(number) else {
        return KeysView::default();
    };
    let plain = asked.pattern.is_empty() && asked.order == KeyOrder::Made;
    let mut view = if plain && asked.groups.is_none() && db.in_order() {
        *index = None;
        as_they_stand(db, window)
    } else {
        let question = Question {
            db: number,
            pattern: asked.pattern.clone(),
            order: asked.order,
            grouped: asked.groups.is_some(),
        };
        let index = index.get_or_insert_default();
        index.sync(db, question, next);
        index.window(db, asked.groups.as_deref().unwrap_or_default(), window)
    };
    view.all = db.len();
    view.dbs = counts;
    view
}

fn as_they_stand(db: &Db, window: Window) -> KeysView {
    let start = window.place(db.len());
    let places = (start..db.len()).take(window.count);
    KeysView {
        matching: db.len(),
        len: db.len(),
        start,
        lines: places
            .filter_map(|at| db.at(at))
            .map(|(key, entry)| KeysLine::Key(row(key, entry, false)))
            .collect(),
        ..KeysView::default()
    }
}

fn row(key: &Bytes, entry: &Entry, grouped: bool) -> KeyRow {
    KeyRow {
        key: key.clone(),
        kind: Kind::of(entry),
        deadline: entry.deadline(),
        size: entry.value.size(),
        grouped,
    }
}

impl KeyIndex {
    fn sync(&mut self, db: &mut Db, asked: Question, next: u64) {
        let changes = db.take_changes(self.synced, next);
        let same = self.asked == asked;
        self.synced = next;
        match changes {
            Some(changes) if same => {
                for key in changes {
                    self.update(db, &key);
                }
            }
            _ => {
                *self = Self {
                    asked,
                    synced: next,
                    ..Self::default()
                };
                self.fill(db);
            }
        }
    }

    fn wants(&self, key: &[u8]) -> bool {
        self.asked.pattern.is_empty() || glob::matches(&self.asked.pattern, key)
    }

    fn fill(&mut self, db: &Db) {
        self.slots = db
            .iter()
            .filter(|(key, _)| self.wants(key))
            .map(|(key, entry)| Slot::new(key, entry, &self.asked))
            .collect();
        // In order in memory too, so that comparing reads neighbours.
        self.slots.sort_unstable_by(Slot::order);
        let ids: Vec<u32> = (0..self.slots.len() as u32).collect();
        self.ranked = Ranked::from_sorted(&ids);
        for (id, slot) in self.slots.iter().enumerate() {
            self.places.insert(slot.key.clone(), id as u32);
            if slot.prefix > 0 {
                match self.groups.get_mut(slot.prefix()) {
                    Some(count) => *count += 1,
                    None => {
                        self.groups.insert(Bytes::from_slice(slot.prefix()), 1);
                    }
                }
            }
        }
    }

    fn update(&mut self, db: &Db, key: &Bytes) {
        let slot = db
            .entry(key)
            .filter(|_| self.wants(key))
            .map(|entry| Slot::new(key, entry, &self.asked));
        let old = self.places.get(key).copied();
        if let (Some(id), Some(slot)) = (old, &slot)
            && let Some(old) = self.slots.get(id as usize)
            && (old.rank, old.born) == (slot.rank, slot.born)
        {
            return;
        }
        if let Some(id) = old {
            self.take(id);
        }
        if let Some(slot) = slot {
            self.put(slot);
        }
    }

    fn take(&mut self, id: u32) {
        let Some(slot) = self.slots.get(id as usize).cloned() else {
            return;
        };
        let slots = &self.slots;
        self.ranked.remove(|&other| order(slots, other, &slot));
        self.places.remove(&slot.key);
        self.free.push(id);
        if let Some(count) = self.groups.get_mut(slot.prefix()) {
            *count -= 1;
            if *count == 0 {
                self.groups.remove(slot.prefix());
            }
        }
    }

    fn put(&mut self, slot: Slot) {
        if slot.prefix > 0 {
            *self
                .groups
                .entry(Bytes::from_slice(slot.prefix()))
                .or_default() += 1;
        }
        let id = self.free.pop().unwrap_or(self.slots.len() as u32);
        self.places.insert(slot.key.clone(), id);
        match self.slots.get_mut(id as usize) {
            Some(place) => *place = slot.clone(),
            None => self.slots.push(slot.clone()),
        }
        let slots = &self.slots;
        // It stands nowhere yet: what had this key was taken out.
        let _ = self.ranked.insert(id, |&other| order(slots, other, &slot));
    }

    fn window(&self, db: &Db, open: &[Bytes], window: Window) -> KeysView {
        let matching = self.ranked.len();
        // Where each run of lines begins, in lines and in keys.
        let mut runs = Vec::new();
        let (mut line, mut key) = (0, 0);
        for (prefix, &count) in &self.groups {
            let run = match () {
                () if count == 1 => Run::Keys(1, false),
                () if open.contains(prefix) => Run::Open(prefix, count),
                () => Run::Closed(prefix, count),
            };
            runs.push((line, key, run));
            line += run.lines();
            key += count;
        }
        runs.push((line, key, Run::Keys(matching - key, false)));
        let len = line + (matching - key);
        let start = window.place(len);
        let mut lines = Vec::new();
        let first = runs.partition_point(|(line, _, run)| line + run.lines() <= start);
        for &(line, key, run) in runs.iter().skip(first) {
            if lines.len() >= window.count {
                break;
            }
            let (mut skip, mut keys) = (start.saturating_sub(line), run);
            if let Run::Open(prefix, count) | Run::Closed(prefix, count) = run {
                let is_open = matches!(run, Run::Open(..));
                if skip == 0 {
                    lines.push(KeysLine::Group(GroupRow {
                        prefix: prefix.clone(),
                        count,
                        open: is_open,
                    }));
                }
                skip = skip.saturating_sub(1);
                keys = Run::Keys(if is_open { count } else { 0 }, true);
            }
            let Run::Keys(count, grouped) = keys else {
                continue;
            };
            let room = window.count - lines.len();
            let end = (skip + room).min(count);
            if skip < end {
                lines.extend(
                    self.ranked
                        .range(key + skip..key + end)
                        .filter_map(|id| self.slots.get(id as usize))
                        .filter_map(|slot| Some((&slot.key, db.entry(&slot.key)?)))
                        .map(|(key, entry)| KeysLine::Key(row(key, entry, grouped))),
                );
            }
        }
        KeysView {
            matching,
            len,
            start,
            lines,
            ..KeysView::default()
        }
    }
}

fn order(slots: &[Slot], id: u32, wanted: &Slot) -> Ordering {
    slots
        .get(id as usize)
        .map_or(Ordering::Less, |slot| slot.order(wanted))
}

/// Lines that belong together.
#[derive(Clone, Copy)]
enum Run<'a> {
    /// So many keys, in a group's or in none.
    Keys(usize, bool),
    /// A group with its keys.
    Open(&'a Bytes, usize),
    /// A group without them.
    Closed(&'a Bytes, usize),
}

impl Run<'_> {
    fn lines(self) -> usize {
        match self {
            Self::Keys(count, _) => count,
            Self::Open(_, count) => count + 1,
            Self::Closed(..) => 1,
        }
    }
}
