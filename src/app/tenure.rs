//! Who had a lock, and who thought so: told from facts alone.
//!
//! A client *thinks* that it holds a lock from when it took it until it released or deleted it, or was told that it has
//! lost it: a compare left the key alone, a read found another token or none, it was refused because another holds it,
//! or it took the lock anew. That the TTL ran out tells it nothing.

use crate::session::message::{Bytes, Conn, Event, Fact, LockView, Millis};

/// As many tenures are shown at most, the last ones.
const SHOWN: usize = 8;
/// The least length of a strip, in milliseconds.
const SPAN_MIN: Millis = 1000;
/// Who was refused so lately, in milliseconds, may well try again.
pub const TRIES: Millis = 5000;

/// Why the server holds the lock for a client no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its token was compared, and it was deleted.
    Released(Option<Conn>),
    /// It was deleted without a look at its token.
    Deleted(Option<Conn>),
    /// Its TTL ran out.
    Expired,
    /// Memory was full, and it was let go.
    Evicted,
    /// Another value was written over it.
    Overwritten(Option<Conn>),
}

/// One time that a client took the lock.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenure {
    /// The client.
    pub conn: Conn,
    /// The token it took it with, where that is known.
    pub token: Option<Bytes>,
    /// When it took it.
    pub from: Millis,
    /// Until when the server held it for the client; `None`: it does.
    pub held: Option<Millis>,
    /// Why no longer, where that is known.
    pub ended: Option<Ended>,
    /// Until when the client thought that it holds it; `None`: it does.
    pub thought: Option<Millis>,
    /// How often the deadline was moved.
    pub extended: u32,
}

/// A time in which more than one client thought that it holds the lock.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// When it began.
    pub from: Millis,
    /// When it ended; `None`: it has not.
    pub until: Option<Millis>,
    /// Who thought so, in the order of the tenures.
    pub owners: Vec<Conn>,
}

impl Overlap {
    /// "two owners for 4.2 s" in its parts: how many, and how long up to `now`.
    pub fn length(&self, now: Millis) -> Millis {
        self.until.unwrap_or(now).saturating_sub(self.from)
    }

    /// How many owners, in a word.
    pub fn count(&self) -> String {
        match self.owners.len() {
            2 => "two".into(),
            3 => "three".into(),
            n => n.to_string(),
        }
    }
}

/// A client that was refused and has not had the lock since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender {
    /// The client.
    pub conn: Conn,
    /// How often it was refused.
    pub times: u32,
    /// When first.
    pub since: Millis,
    /// When last.
    pub last: Millis,
}

/// What the facts about a lock tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// The last tenures, oldest first.
    pub tenures: Vec<Tenure>,
    /// When more than one client thought that it holds the lock.
    pub overlaps: Vec<Overlap>,
    /// Who waits for it, whoever tried last first.
    pub contenders: Vec<Contender>,
    /// All refusals that are known.
    pub refused: u64,
    /// Compares that left it alone.
    pub kept: u64,
    /// The moment of the last fact.
    pub last: Millis,
}

impl Story {
    /// What the facts about one key tell, oldest first. `lock` is what it is now, with its deadline.
    pub fn of(facts: &[Event], lock: Option<(LockView, Option<Millis>)>) -> Self {
        let mut story = Self::default();
        for event in facts {
            story.tell(event);
        }
        story.meet(lock);
        let older = story.tenures.len().saturating_sub(SHOWN);
        story.tenures.drain(..older);
        story.overlaps = overlaps(&story.tenures);
        story
            .contenders
            .sort_by_key(|one| std::cmp::Reverse(one.last));
        story
    }

    fn tell(&mut self, event: &Event) {
        let (at, conn) = (event.at, event.conn);
        match &event.fact {
            Fact::LockTaken { token, .. } => {
                let Some(conn) = conn else { return };
                self.end(at, None);
                self.let_go(Some(conn), at);
                self.contenders.retain(|one| one.conn != conn);
                self.tenures.push(Tenure {
                    conn,
                    token: Some(token.clone()),
                    from: at,
                    held: None,
                    ended: None,
                    thought: None,
                    extended: 0,
                });
            }
            Fact::LockRefused {
                holder,
                times,
                since,
                ..
            } => {
                self.refused += u64::from(*times);
                if holder.is_some() && *holder != conn {
                    self.let_go(conn, *since);
                }
                self.contend(conn, *times, *since, at);
            }
            Fact::LockExtended { times, .. } => {
                if let Some(tenure) = self.holding() {
                    tenure.extended += times;
                }
            }
            Fact::LockReleased => {
                self.end(at, Some(Ended::Released(conn)));
                self.let_go(conn, at);
            }
            Fact::Deleted => {
                self.end(at, Some(Ended::Deleted(conn)));
                self.let_go(conn, at);
            }
            Fact::Expired => self.end(at, Some(Ended::Expired)),
            Fact::Evicted => self.end(at, Some(Ended::Evicted)),
            Fact::LockOverwritten => {
                self.end(at, Some(Ended::Overwritten(conn)));
                self.let_go(conn, at);
            }
            Fact::WrongToken { holder } => {
                self.kept += 1;
                // Who holds it and errs in the token has lost nothing.
                if *holder != conn {
                    self.let_go(conn, at);
                }
            }
            Fact::LockMissed { .. } => self.let_go(conn, at),
            _ => return,
        }
        self.last = at;
    }

    fn holding(&mut self) -> Option<&mut Tenure> {
        self.tenures.last_mut().filter(|one| one.held.is_none())
    }

    /// The server holds the lock for nobody from now on.
    fn end(&mut self, at: Millis, why: Option<Ended>) {
        if let Some(tenure) = self.holding() {
            (tenure.held, tenure.ended) = (Some(at), why);
        }
    }

    /// A client knows that it holds the lock no longer.
    fn let_go(&mut self, conn: Option<Conn>, at: Millis) {
        let own = |one: &&mut Tenure| Some(one.conn) == conn && one.thought.is_none();
        for tenure in self.tenures.iter_mut().filter(own) {
            tenure.thought = Some(at.max(tenure.from));
        }
    }

    fn contend(&mut self, conn: Option<Conn>, times: u32, since: Millis, last: Millis) {
        let Some(conn) = conn else { return };
        match self.contenders.iter_mut().find(|one| one.conn == conn) {
            Some(one) => {
                one.times = one.times.saturating_add(times);
                one.last = last;
            }
            None => self.contenders.push(Contender {
                conn,
                times,
                since,
                last,
            }),
        }
    }

    /// What is there counts, where the facts do not go back so far.
    fn meet(&mut self, lock: Option<(LockView, Option<Millis>)>) {
        let last = self.last;
        match lock {
            Some((lock, _)) => {
                let known = self.holding().is_some_and(|one| one.conn == lock.holder);
                if !known {
                    self.end(lock.since, None);
                    self.let_go(Some(lock.holder), lock.since);
                    self.tenures.push(Tenure {
                        conn: lock.holder,
                        token: None,
                        from: lock.since,
                        held: None,
                        ended: None,
                        thought: None,
                        extended: 0,
                    });
                    self.last = last.max(lock.since);
                }
            }
            None => self.end(last, None),
        }
    }

    /// Who thinks that it holds the lock though the server does not hold it for it.
    pub fn mistaken(&self) -> impl Iterator<Item = Conn> + '_ {
        let wrong = |one: &&Tenure| one.thought.is_none() && one.held.is_some();
        self.tenures.iter().filter(wrong).map(|one| one.conn)
    }

    /// Who had it, each once, in the order in which they first took it.
    pub fn owners(&self) -> Vec<Conn> {
        let mut owners = Vec::new();
        for tenure in &self.tenures {
            if !owners.contains(&tenure.conn) {
                owners.push(tenure.conn);
            }
        }
        owners
    }

    /// The time that a strip shows, at a moment. What goes on for ever takes no more than a third of it.
    pub fn axis(&self, now: Millis) -> Axis {
        let from = self.tenures.first().map_or(now, |one| one.from);
        let held = self.tenures.last().is_some_and(|one| one.held.is_none());
        let open = self.tenures.iter().any(|one| one.thought.is_none());
        let ends = self.tenures.iter().flat_map(|one| [one.held, one.thought]);
        let settled = ends.flatten().max().unwrap_or(from).max(from);
        let to = if held {
            now
        } else if open {
            let room = (settled.saturating_sub(from) / 2).max(SPAN_MIN);
            now.min(settled.saturating_add(room))
        } else {
            settled
        };
        Axis {
            from,
            to: to.max(from.saturating_add(SPAN_MIN)),
            cut: to < now && open,
        }
    }
}

/// The time that a strip shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Its left end.
    pub from: Millis,
    /// Its right end.
    pub to: Millis,
    /// Something at its right end goes on.
    pub cut: bool,
}

impl Axis {
    /// How far along a moment is, from 0 to 1.
    pub fn part(&self, at: Millis) -> f64 {
        let at = at.clamp(self.from, self.to) - self.from;
        at as f64 / (self.to - self.from).max(1) as f64
    }
}

/// The times in which two or more thought that they hold it. Times that touch are one.
fn overlaps(tenures: &[Tenure]) -> Vec<Overlap> {
    let open = |until: Option<Millis>| until.unwrap_or(Millis::MAX);
    let mut edges: Vec<Millis> = tenures
        .iter()
        .flat_map(|one| [one.from, open(one.thought)])
        .collect();
    edges.sort_unstable();
    edges.dedup();
    let mut found: Vec<Overlap> = Vec::new();
    for pair in edges.windows(2) {
        let &[from, until] = pair else { continue };
        let mut owners: Vec<Conn> = Vec::new();
        for one in tenures {
            if one.from <= from && open(one.thought) >= until && !owners.contains(&one.conn) {
                owners.push(one.conn);
            }
        }
        if owners.len() < 2 {
            continue;
        }
        let until = (until < Millis::MAX).then_some(until);
        match found.last_mut().filter(|last| last.until == Some(from)) {
            Some(last) => {
                last.until = until;
                for owner in owners {
                    if !last.owners.contains(&owner) {
                        last.owners.push(owner);
                    }
                }
            }
            None => found.push(Overlap {
                from,
                until,
                owners,
            }),
        }
    }
    found
}

#[cfg(test)]
mod tests;
