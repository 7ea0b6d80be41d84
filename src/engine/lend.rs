//! The data, lent to a copy of the engine that only reads it: of much data, a copy takes long.

use super::Engine;
use super::client::Conn;
use super::db::Db;

/// The data of an engine, and what reading it leaves marks on.
#[derive(Debug)]
pub struct Lent {
    dbs: Vec<Db>,
    marks: Vec<(u64, u64, u32)>,
}

impl Engine {
    /// Takes the data out, for a copy that is made next. `None`: keys expire when they are read, so that reading changes them.
    pub fn lend(&mut self) -> Option<Lent> {
        if !self.config.expires_by_itself {
            return None;
        }
        let mark = |db: &Db| (db.hits.get(), db.misses.get(), db.used.get());
        let marks = self.dbs.iter().map(mark).collect();
        let dbs = std::mem::take(&mut self.dbs);
        Some(Lent { dbs, marks })
    }

    /// Takes the data over as this engine's, or gives it back. Nothing is to go from it for want of memory.
    pub fn exchange(&mut self, lent: &mut Lent) {
        std::mem::swap(&mut self.dbs, &mut lent.dbs);
        self.config.max_memory = 0;
    }

    /// Has the data back, as it was.
    pub fn take_back(&mut self, lent: Lent) {
        self.dbs = lent.dbs;
        for (db, (hits, misses, used)) in self.dbs.iter().zip(lent.marks) {
            db.hits.set(hits);
            db.misses.set(misses);
            db.used.set(used);
        }
    }

    /// What a client reads does not count as used from now on.
    pub fn look_unseen(&mut self, conn: Conn) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.unseen = true;
        }
    }
}
