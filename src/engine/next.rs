//! What happens next by itself, by name: for a clock that is to be moved on to it.

use serde::{Deserialize, Serialize};

use super::Engine;
use super::client::Conn;
use super::time::Millis;
use crate::ds::bytes::Bytes;

/// A key, or some of a hash's fields, about to expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// When.
    pub at: Millis,
    /// The database.
    pub db: usize,
    /// The key.
    pub key: Bytes,
    /// Only fields of it expire.
    pub field: bool,
}

/// A client's wait that is about to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeout {
    /// When.
    pub at: Millis,
    /// Whose it is.
    pub conn: Conn,
}

impl Engine {
    /// What expires next, where things expire by themselves and no script stands still.
    pub fn expires_next(&self) -> Option<Expiry> {
        let (_, db) = self.next_expiry().filter(|_| !self.stands())?;
        let keys = self.dbs[db].next_deadline();
        let fields = self.dbs[db].next_field_deadline();
        // A key goes before its own fields.
        let field = match (keys, fields) {
            (Some((key, _)), Some((field, _))) => field < key,
            (key, _) => key.is_none(),
        };
        let (at, key) = if field { fields } else { keys }?;
        Some(Expiry {
            at: self.awake_at(at),
            db,
            key: key.clone(),
            field,
        })
    }

    /// Whose wait ends next, if it has an end and no script stands still.
    pub fn times_out_next(&self) -> Option<Timeout> {
        let (at, &conn) = self.timeouts.next().filter(|_| !self.stands())?;
        Some(Timeout {
            at: self.awake_at(at),
            conn,
        })
    }

    /// When something that is due at a moment happens: not before a sleep is over.
    fn awake_at(&self, at: Millis) -> Millis {
        at.max(self.asleep.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dispatch;
    use crate::engine::What;
    use crate::engine::resp::{encode_command, split_words};

    fn engine(lines: &[(Conn, &str)]) -> Engine {
        let mut engine = Engine::new(1, 1000, dispatch);
        for conn in 0..3 {
            engine.handle(1000, conn, What::Connect);
        }
        for (conn, line) in lines {
            let words = split_words(line.as_bytes()).unwrap();
            engine.handle(1000, *conn, What::Bytes(encode_command(&words)));
        }
        engine
    }

    fn expiry(engine: &Engine) -> Option<(Millis, usize, String, bool)> {
        let next = engine.expires_next()?;
        let key = String::from_utf8_lossy(&next.key).into_owned();
        Some((next.at, next.db, key, next.field))
    }

    #[test]
    fn the_earliest_of_keys_and_fields_in_all_databases_is_named() {
        let mut engine = engine(&[
            (0, "SET late v PX 900"),
            (0, "SELECT 3"),
            (0, "HSET h f v g w"),
            (0, "HPEXPIRE h 50 FIELDS 1 f"),
            (0, "PEXPIRE h 60"),
            (0, "SET k v PX 70"),
        ]);
        assert_eq!(expiry(&engine), Some((1050, 3, "h".into(), true)));
        engine.advance_to(1050);
        assert_eq!(expiry(&engine), Some((1060, 3, "h".into(), false)));
        engine.advance_to(1060);
        assert_eq!(expiry(&engine), Some((1070, 3, "k".into(), false)));
        engine.advance_to(1070);
        assert_eq!(expiry(&engine), Some((1900, 0, "late".into(), false)));
        engine.advance_to(1900);
        assert_eq!(expiry(&engine), None);
    }

    #[test]
    fn the_wait_that_ends_first_is_named() {
        let mut engine = engine(&[
            (0, "BLPOP q 0"),
            (1, "BLPOP q 2"),
            (2, "XREAD BLOCK 500 STREAMS s $"),
        ]);
        let next = |engine: &Engine| engine.times_out_next().map(|next| (next.at, next.conn));
        assert_eq!(next(&engine), Some((1500, 2)));
        engine.advance_to(1500);
        assert_eq!(next(&engine), Some((3000, 1)));
        engine.advance_to(3000);
        assert_eq!(next(&engine), None, "A waits for ever");
    }

    #[test]
    fn a_server_that_sleeps_lets_things_happen_once_it_wakes() {
        let engine = engine(&[
            (1, "BLPOP q 0.1"),
            (0, "SET k v PX 50"),
            (0, "DEBUG SLEEP 5"),
        ]);
        assert_eq!(expiry(&engine).map(|next| next.0), Some(6000));
        assert_eq!(engine.times_out_next().map(|next| next.at), Some(6000));
        assert_eq!(engine.next_deadline(), Some(6000));
    }

    #[test]
    fn nothing_expires_by_itself_where_that_is_off() {
        let engine = engine(&[(0, "DEBUG SET-ACTIVE-EXPIRE 0"), (0, "SET k v PX 50")]);
        assert_eq!(expiry(&engine), None);
    }
}
