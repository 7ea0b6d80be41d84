//! Which inspectors stand on the stage: those that are pinned, and those of the keys last touched.

use crate::session::message::{Bytes, Panel, Target, Window};

/// How many inspectors stand on the stage, but for more that are pinned.
pub const SLOTS: usize = 6;
/// The rows an inspector asks for before anybody scrolls.
pub const FIRST_ROWS: usize = 32;

/// What an inspector shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A key of a database.
    Key(usize, Bytes),
    /// Channels, patterns and messages.
    PubSub,
}

/// One inspector on the stage. Its place stays while it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The panel's number.
    pub panel: Panel,
    /// What it shows.
    pub subject: Subject,
    /// It stays when other keys are touched.
    pub pinned: bool,
    /// Grows with each touch; the smallest makes room.
    touched: u64,
}

/// What the server half must be asked to watch, or to watch no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A panel came up.
    Open(Panel, Target),
    /// A panel went.
    Close(Panel),
}

/// The inspectors, in the order they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    slots: Vec<Slot>,
    next_panel: Panel,
    clock: u64,
}

impl Stage {
    /// An empty stage; its panels are numbered from `first`.
    pub fn new(first: Panel) -> Self {
        Self {
            slots: Vec::new(),
            next_panel: first,
            clock: 0,
        }
    }

    /// The inspectors, in the order they stand.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Something was touched: its inspector comes up, in the place of the one that was not touched for longest.
    pub fn touch(&mut self, subject: Subject) -> Vec<Change> {
        self.clock += 1;
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.subject == subject) {
            slot.touched = self.clock;
            return Vec::new();
        }
        let panel = self.next_panel;
        self.next_panel += 1;
        let target = target(&subject);
        let slot = Slot {
            panel,
            subject,
            pinned: false,
            touched: self.clock,
        };
        let mut changes = vec![Change::Open(panel, target)];
        let oldest = (0..self.slots.len())
            .filter(|&i| !self.slots[i].pinned)
            .min_by_key(|&i| self.slots[i].touched);
        match oldest {
            Some(i) if self.slots.len() >= SLOTS => {
                changes.insert(0, Change::Close(self.slots[i].panel));
                self.slots[i] = slot;
            }
            _ => self.slots.push(slot),
        }
        changes
    }

    /// Pins an inspector, bringing it up if it is not there, or lets it go.
    pub fn toggle_pin(&mut self, subject: Subject) -> Vec<Change> {
        let changes = self.touch(subject.clone());
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.subject == subject) {
            slot.pinned = !slot.pinned;
        }
        changes
    }

    /// Takes an inspector away.
    pub fn close(&mut self, panel: Panel) -> Vec<Change> {
        self.slots.retain(|slot| slot.panel != panel);
        vec![Change::Close(panel)]
    }
}

fn target(subject: &Subject) -> Target {
    match subject {
        Subject::PubSub => Target::PubSub,
        Subject::Key(db, key) => Target::Key {
            db: *db,
            key: key.clone(),
            window: Window {
                start: Some(0),
                count: FIRST_ROWS,
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Subject {
        Subject::Key(0, Bytes::from_slice(name.as_bytes()))
    }

    fn shown(stage: &Stage) -> Vec<String> {
        let name = |slot: &Slot| match &slot.subject {
            Subject::Key(_, key) => String::from_utf8_lossy(key).into_owned(),
            Subject::PubSub => "pubsub".into(),
        };
        stage.slots().iter().map(name).collect()
    }

    #[test]
    fn the_key_not_touched_for_longest_makes_room_in_place() {
        let mut stage = Stage::new(10);
        for name in ["a", "b", "c", "d", "e", "f"] {
            stage.touch(key(name));
        }
        stage.touch(key("a"));
        assert_eq!(stage.touch(key("g"))[0], Change::Close(11));
        assert_eq!(shown(&stage), ["a", "g", "c", "d", "e", "f"]);
    }

    #[test]
    fn what_is_pinned_stays() {
        let mut stage = Stage::new(0);
        for name in ["a", "b", "c", "d", "e", "f"] {
            stage.toggle_pin(key(name));
        }
        stage.touch(key("g"));
        assert_eq!(shown(&stage).len(), 7);
        stage.touch(key("h"));
        assert_eq!(shown(&stage), ["a", "b", "c", "d", "e", "f", "h"]);
        stage.toggle_pin(key("b"));
        stage.touch(key("i"));
        assert!(
            !shown(&stage).contains(&"h".to_string()) || !shown(&stage).contains(&"b".to_string())
        );
    }
}
