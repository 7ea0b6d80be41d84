//! What the next commands of a batch will look for in a large value, read ahead.
//!
//! A member among a million costs one wait for memory after the other: each place names the next. Members that are looked for side by
//! side wait for theirs at once, so that their commands, which run one after the other, find it all in the processor's caches.
//!
//! Source: valkey.conf, `prefetch-batch-max-size`, which does the same for keys.

use super::Engine;
use super::client::Conn;
use super::db::Value;
use super::resp::{Allowance, Words};
use crate::ds::ranked::BATCH;
use smallvec::SmallVec;

/// What a command that ran says of others like it: of the same name, with the same key.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// Which of their words they look for.
    pub word: usize,
    /// Reads what a value holds of these words, and changes nothing.
    pub fetch: fn(&Value, &[&[u8]]),
}

impl Engine {
    /// Reads ahead what the commands that `rest` begins with will look for, as far as they are like one that ran. Answers how
    /// many bytes these take.
    #[inline(never)]
    pub(super) fn fetch_ahead(
        &self,
        conn: Conn,
        ahead: Ahead,
        like: &[&[u8]],
        rest: &[u8],
    ) -> usize {
        let Some(client) = self.clients.get(&conn) else {
            return 0;
        };
        let mut read = 0;
        let mut sought = SmallVec::<[&[u8]; BATCH]>::new();
        let mut words = Words::new();
        while sought.len() < BATCH
            && let Some(n) = client.parser.short(
                rest.get(read..).unwrap_or_default(),
                Allowance::default(),
                &mut words,
            )
            && words.get(..2) == like.get(..2)
            && let Some(word) = words.get(ahead.word)
        {
            sought.push(word);
            read += n;
        }
        // One alone is found as soon by itself.
        if let [key, ..] = like.get(1..).unwrap_or_default()
            && sought.len() > 1
            && let Some(value) = self.dbs.get(client.db).and_then(|db| db.value(key))
        {
            (ahead.fetch)(value, &sought);
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dispatch;
    use crate::engine::What;
    use crate::engine::resp::encode_command;

    fn rank(key: &str, member: usize) -> Vec<u8> {
        encode_command(&["ZREVRANK", key, &format!("m{member}")])
    }

    /// An engine with a large set, of which some members are among others with their score.
    fn engine(members: usize) -> Engine {
        let mut engine = Engine::new(1, 1000, dispatch);
        engine.handle(1000, 0, What::Connect);
        for n in 0..members {
            let (score, member) = (n * 7 % members / 3, format!("m{n}"));
            engine.feed(
                0,
                &encode_command(&["ZADD", "board", &score.to_string(), &member]),
            );
        }
        engine.take_output(0);
        engine
    }

    #[test]
    fn a_batch_is_answered_as_its_commands_are_one_by_one() {
        let members = 30_000;
        let mut engine = engine(members);
        engine.feed(0, &encode_command(&["SET", "text", "m1"]));
        engine.take_output(0);
        let mut alone = engine.clone();
        let mut all = Vec::new();
        for n in 0..1000 {
            all.push(rank("board", n * 97 % (members + 500)));
            let member = format!("m{}", (n + 1) * 97);
            match n % 90 {
                7 => all.push(rank("text", 1)),
                19 => all.push(rank("none", 1)),
                31 => all.push(encode_command(&["ZREM", "board", &member])),
                43 => all.push(encode_command(&["ZADD", "board", "5", &member])),
                55 => all.push(encode_command(&["ZREVRANK", "board"])),
                67 => all.push(encode_command(&["RENAME", "board", "board"])),
                79 => all.push(b"ZREVRANK board m1\r\n".to_vec()),
                _ => {}
            }
        }
        for one in &all {
            alone.feed(0, one);
        }
        engine.feed(0, &all.concat());
        let answered = engine.take_output(0);
        assert_eq!(answered, alone.take_output(0));
        assert!(answered.windows(4).any(|four| four == b"$-1\r"));
        let counts = |engine: &Engine| (engine.dbs[0].hits.get(), engine.dbs[0].misses.get());
        assert_eq!(counts(&engine), counts(&alone));
    }

    #[test]
    fn those_that_are_alike_are_read_ahead() {
        let engine = engine(10);
        let ahead = Ahead {
            word: 2,
            fetch: |_, _| (),
        };
        let like: [&[u8]; 3] = [b"ZREVRANK", b"board", b"m0"];
        let read = |rest: &[Vec<u8>]| engine.fetch_ahead(0, ahead, &like, &rest.concat());
        let one = rank("board", 1);
        assert_eq!(read(&[]), 0);
        assert_eq!(read(&[one.clone(), one.clone()]), 2 * one.len());
        assert_eq!(read(&[one.clone(), rank("other", 1)]), one.len());
        assert_eq!(read(&[encode_command(&["GET", "board"]), one.clone()]), 0);
        assert_eq!(read(&[one.clone(), one[..9].to_vec()]), one.len());
        assert_eq!(read(&vec![one.clone(); 100]), BATCH * one.len());
    }
}
