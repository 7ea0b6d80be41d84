//! The session goes to other of its moments.

use super::Host;
use crate::session::compare::compare;
use crate::session::history::{History, NAMES_MAX};
use crate::session::message::*;
use crate::session::moment::Moment;

impl Host {
    pub(super) fn travel(&mut self, travel: Travel) {
        match travel {
            Travel::To(point) => self.go_to(point),
            Travel::At(at) => {
                let point = self.history.point_at(at);
                self.go_to(point);
            }
            Travel::End => {
                let end = self.history.end();
                self.go_to(end);
            }
            Travel::Undo => {
                let went = self.go(|history, now| history.undo(now));
                self.went(went, "There is nothing to undo.");
            }
            Travel::Redo => {
                let went = self.go(|history, now| history.redo(now));
                self.went(went, "There is nothing to redo.");
            }
            Travel::Fork => self.leave_past(),
            Travel::Walk(branch) => {
                let (left, until) = (self.history.branch(), self.history.end().at);
                let went = self.go(|history, now| history.walk(branch, now));
                if went {
                    self.updates.push(Update::Walked { branch, left });
                    let entry = Entry::Walked { branch, until };
                    self.updates.push(Update::Logged(entry));
                }
                self.went(went, "That branch is not there any more.");
            }
            Travel::Drop(branch) => {
                let dropped = self.history.drop_branch(branch);
                self.refuse_unless(dropped, "That branch is not there any more.");
                if dropped {
                    self.updates.push(Update::Logged(Entry::Dropped(branch)));
                }
            }
            Travel::Name(name) => {
                let point = self.history.point();
                let named = self.history.name(point, &name);
                let why = format!(
                    "There are {NAMES_MAX} moments with a name, which is all there can be."
                );
                self.refuse_unless(named, &why);
                if named {
                    let entry = Entry::Named { point, name };
                    self.updates.push(Update::Logged(entry));
                }
            }
            Travel::Compare(one, other) => {
                let between =
                    [one.min(other), one.max(other)].map(|point| self.history.nearest(point));
                let [earlier, later] = between.map(|point| self.history.moment(point));
                self.updates.push(Update::Differences {
                    between,
                    differences: compare(&earlier.engine, &later.engine),
                });
            }
        }
    }

    /// Tells what was said up to where the session stands.
    pub(super) fn retell(&mut self) {
        let talks = self.now.said();
        let at_end = !self.history.in_past();
        self.updates.push(Update::Retold { talks, at_end });
    }

    /// Does again what was done to the session; one that is no more possible is passed over.
    pub(in crate::session) fn repeat(&mut self, entry: Entry) {
        match entry {
            Entry::Input(Input { at, conn, what }) => {
                self.pass(at);
                self.input(conn, what);
            }
            Entry::Forked { from, until } => {
                self.pass(until);
                self.travel(Travel::To(from));
                self.leave_past();
            }
            Entry::Walked { branch, until } => {
                self.pass(until);
                self.travel(Travel::Walk(branch));
            }
            Entry::Dropped(branch) => self.travel(Travel::Drop(branch)),
            Entry::Named { point, name } => {
                self.history.name(self.history.nearest(point), &name);
            }
        }
    }

    /// Something is about to happen: a session that stands in the past goes on from there.
    pub(super) fn leave_past(&mut self) {
        let (from, left) = (self.history.point(), self.history.branch());
        let until = self.history.end().at;
        if let Some(forked) = self.history.fork() {
            self.updates.push(Update::Forked {
                from,
                branch: self.history.branch(),
                left,
                dropped: forked.dropped,
            });
            let entry = Entry::Forked { from, until };
            self.updates.push(Update::Logged(entry));
        }
    }

    /// Goes where the history goes.
    fn go<T>(&mut self, way: impl FnOnce(&mut History, &mut Moment) -> T) -> T {
        let stepping = self.now.engine.scripting.stepping;
        self.tell_actors();
        let went = way(&mut self.history, &mut self.now);
        self.now.engine.scripting.stepping = stepping;
        let bound = self.guard.map(|caps| caps.memory);
        self.now.engine.bound_memory(bound, false);
        self.now.actors.listen(true);
        self.clock.set(self.now.engine.now);
        // Whoever was told of them then knows them still.
        self.expiries_told = self.now.journals.expiries();
        // Other branches have other keys of the same version.
        for watched in self.watched.values_mut() {
            watched.stamp = None;
        }
        went
    }

    fn go_to(&mut self, point: Point) {
        self.go(|history, now| history.go_to(point, now));
        self.retell();
    }

    /// Tells what was said where the session went, or why it did not.
    fn went(&mut self, went: bool, why: &str) {
        self.refuse_unless(went, why);
        if went {
            self.retell();
        }
    }

    fn refuse_unless(&mut self, done: bool, why: &str) {
        if !done {
            self.updates.push(Update::Refused(why.to_string()));
        }
    }

    pub(super) fn tell_history(&mut self) {
        let history = &self.history;
        let view = HistoryView {
            branch: history.branch(),
            inputs: history.end().inputs,
            past: history.in_past().then(|| (history.point(), history.end())),
            branches: history.branches().collect(),
            names: history.names().to_vec(),
            can_undo: history.can_undo(),
        };
        if self.history_told.as_ref() != Some(&view) {
            self.history_told = Some(view.clone());
            self.updates.push(Update::History(view));
        }
    }
}

#[cfg(test)]
mod tests;
