//! Which inspectors stand on the stage: those that are pinned, and those of the keys last touched.

use super::profiler::Profiler;
use crate::session::message::{Bytes, Look, Panel, Target, Window};

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
    /// The script editor.
    Script,
    /// All commands of all clients.
    Profiler,
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
    /// It asks for more height than others.
    pub tall: bool,
    /// Grows with each touch; the smallest makes room.
    touched: u64,
}

/// What the server half must be asked to watch, or to watch no longer.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A panel came up, with what it looks at, if that is something of its own.
    Open(Panel, Option<Target>),
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

    /// Those that are pinned; without any, the one touched last.
    pub fn chosen(&self) -> Vec<&Slot> {
        let pinned: Vec<&Slot> = self.slots.iter().filter(|slot| slot.pinned).collect();
        match pinned.is_empty() {
            true => self
                .slots
                .iter()
                .max_by_key(|slot| slot.touched)
                .into_iter()
                .collect(),
            false => pinned,
        }
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
            tall: false,
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

    /// Something is chosen: its inspector comes up.
    pub fn show(&mut self, subject: Subject) -> Vec<Change> {
        if matches!(subject, Subject::Script | Subject::Profiler) {
            self.open(subject)
        } else {
            self.touch(subject)
        }
    }

    /// Brings something up in the first place, and pins it there.
    pub fn open(&mut self, subject: Subject) -> Vec<Change> {
        let old = self.slots.iter().find(|slot| slot.subject == subject);
        if old.is_some_and(|slot| slot.pinned) {
            return Vec::new();
        }
        let changes = self.touch(subject.clone());
        self.move_to(&subject, 0, true);
        changes
    }

    /// Brings something up right behind the script editor, unless it stands in the row behind it already.
    pub fn bring(&mut self, subject: Subject) -> Vec<Change> {
        let changes = self.touch(subject.clone());
        let place = |wanted: &Subject| self.slots.iter().position(|s| s.subject == *wanted);
        if let (Some(editor), Some(at)) = (place(&Subject::Script), place(&subject))
            && !(editor..=editor + 2).contains(&at)
        {
            self.move_to(&subject, editor + 1, false);
        }
        changes
    }

    /// An inspector asks for more height than others, or no longer.
    pub fn stretch(&mut self, panel: Panel, tall: bool) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.panel == panel) {
            slot.tall = tall;
        }
    }

    fn move_to(&mut self, subject: &Subject, to: usize, pin: bool) {
        if let Some(at) = self.slots.iter().position(|s| s.subject == *subject) {
            let mut slot = self.slots.remove(at);
            slot.pinned |= pin;
            self.slots.insert(to.min(self.slots.len()), slot);
        }
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

fn target(subject: &Subject) -> Option<Target> {
    match subject {
        Subject::PubSub | Subject::Script => None,
        Subject::Profiler => Some(Profiler::default().target()),
        Subject::Key(db, key) => Some(Target::Key {
            db: *db,
            key: key.clone(),
            window: Window {
                start: Some(0),
                count: FIRST_ROWS,
            },
            look: Look::default(),
        }),
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
            Subject::Script => "script".into(),
            Subject::Profiler => "profiler".into(),
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

    #[test]
    fn the_script_editor_stands_first_and_stays_and_its_keys_stand_behind_it() {
        let mut stage = Stage::new(0);
        for name in ["a", "b", "c", "d", "e", "f"] {
            stage.touch(key(name));
        }
        assert_eq!(
            stage.show(Subject::Script),
            [Change::Close(0), Change::Open(6, None)]
        );
        stage.bring(key("e"));
        stage.bring(key("e"));
        assert_eq!(shown(&stage), ["script", "e", "b", "c", "d", "f"]);
        stage.bring(key("b"));
        assert_eq!(shown(&stage), ["script", "e", "b", "c", "d", "f"]);
        for name in ["g", "h", "i", "j", "k", "l"] {
            stage.touch(key(name));
        }
        assert_eq!(shown(&stage)[0], "script");
        assert_eq!(stage.show(Subject::Script), []);
        stage.close(6);
        assert!(!shown(&stage).contains(&"script".into()));
    }
}
