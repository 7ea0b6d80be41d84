//! Random sequences of commands: mostly plausible, now and then hostile. Equal seeds give equal
//! sequences, whatever the servers answer.

/// The words of a command.
macro_rules! words {
    ($($word:expr),* $(,)?) => { vec![$(Vec::<u8>::from($word.to_owned())),*] };
}

mod bitmap;
mod config;
mod geo;
mod hash;
mod keys;
mod list;
mod server;
mod set;
mod stream;
mod transaction;
mod values;
mod zset;

pub use config::CHANGED;

use crate::rng::Rng;
use crate::step::{OBSERVER, Step, Words};
use keyglass::command::lookup;

/// A family of commands, as sequences weigh them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Strings, counters, locks.
    Text,
    /// HyperLogLogs.
    Hll,
    /// Sorted sets.
    Zset,
    /// Streams.
    Stream,
    /// Channels and patterns.
    Pubsub,
    /// Keys of any type.
    Generic,
    /// Connections, COMMAND, unknown commands.
    Server,
    /// Lists.
    List,
    /// Sets.
    Set,
    /// Hashes.
    Hash,
    /// Bits of strings.
    Bitmap,
    /// Places on the globe.
    Geo,
    /// Transactions.
    Transaction,
}

const FAMILIES: [(Family, &str); 13] = [
    (Family::Text, "string"),
    (Family::Hll, "hll"),
    (Family::Zset, "zset"),
    (Family::Stream, "stream"),
    (Family::Pubsub, "pubsub"),
    (Family::Generic, "generic"),
    (Family::Server, "server"),
    (Family::List, "list"),
    (Family::Set, "set"),
    (Family::Hash, "hash"),
    (Family::Bitmap, "bitmap"),
    (Family::Geo, "geo"),
    (Family::Transaction, "transaction"),
];

/// How sequences are coloured: the weight of each family, in the order of `FAMILIES`.
const FLAVOURS: &[[usize; 13]] = &[
    [10, 6, 12, 14, 1, 10, 3, 10, 10, 10, 3, 3, 4], // a bit of all
    [2, 0, 60, 0, 0, 5, 1, 0, 8, 0, 0, 0, 1],
    [1, 0, 0, 60, 0, 3, 1, 0, 0, 0, 0, 0, 1],
    [1, 0, 0, 60, 0, 3, 1, 0, 0, 0, 0, 0, 1],
    [40, 0, 2, 2, 0, 20, 2, 2, 2, 2, 10, 0, 3],
    [5, 50, 1, 1, 0, 5, 1, 0, 0, 0, 0, 0, 1],
    [5, 0, 5, 5, 60, 3, 8, 0, 0, 0, 0, 0, 2],
    [10, 3, 6, 6, 2, 50, 5, 6, 6, 6, 1, 1, 6],
    [10, 2, 5, 5, 5, 10, 50, 3, 3, 3, 0, 0, 2],
    [1, 0, 0, 0, 0, 4, 1, 60, 0, 0, 0, 0, 2],
    [1, 0, 6, 0, 0, 4, 1, 0, 60, 0, 0, 0, 1],
    [1, 0, 0, 0, 0, 4, 1, 0, 0, 60, 0, 0, 2],
    [6, 0, 0, 0, 0, 4, 1, 0, 0, 0, 50, 0, 1],
    [1, 0, 8, 0, 0, 4, 1, 0, 0, 0, 0, 50, 1],
    [8, 1, 6, 6, 1, 12, 3, 8, 4, 4, 1, 1, 40],
];

/// The commands of the issue; each has to be in the table, and some reply of each has to say something
/// (which 0, all that WAIT can say here, does not).
pub const COMMANDS: &str = "ZADD ZINCRBY ZSCORE ZMSCORE ZRANK ZREVRANK ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZCARD ZCOUNT ZREM \
    ZREMRANGEBYRANK ZREMRANGEBYSCORE ZPOPMIN ZPOPMAX XADD XLEN XRANGE XREVRANGE XREAD XDEL XTRIM XGROUP XREADGROUP XACK XPENDING XCLAIM \
    XAUTOCLAIM XINFO PUBLISH SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE PUBSUB SPUBLISH SSUBSCRIBE SUNSUBSCRIBE PFADD PFCOUNT PFDEBUG PFMERGE PFSELFTEST SET GET GETDEL GETEX SETNX INCR \
    INCRBY DECR DECRBY APPEND STRLEN DELIFEQ DEL UNLINK EXISTS TYPE EXPIRE PEXPIRE EXPIREAT PEXPIREAT TTL PTTL EXPIRETIME PEXPIRETIME \
    PERSIST KEYS SCAN RENAME RENAMENX RANDOMKEY DBSIZE FLUSHALL FLUSHDB TIME PING ECHO SELECT HELLO AUTH CLIENT CLUSTER MIGRATE COMMANDLOG COMMAND QUIT RESET OBJECT CONFIG \
    BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH LINDEX LINSERT LLEN LMOVE LMPOP LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM RPOP RPOPLPUSH RPUSH RPUSHX \
    GETRANGE GETSET INCRBYFLOAT LCS MGET MSET MSETEX MSETNX PSETEX SETEX SETRANGE SUBSTR TOUCH \
    SADD SCARD SDIFF SDIFFSTORE SINTER SINTERCARD SINTERSTORE SISMEMBER SMEMBERS SMISMEMBER SMOVE SPOP SRANDMEMBER SREM SSCAN SUNION SUNIONSTORE \
    HDEL HEXISTS HEXPIRE HEXPIREAT HEXPIRETIME HGET HGETALL HGETDEL HGETEX HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HMSET HPERSIST HPEXPIRE \
    HPEXPIREAT HPEXPIRETIME HPTTL HRANDFIELD HSCAN HSET HSETEX HSETNX HSTRLEN HTTL HVALS \
    BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS GETBIT SETBIT \
    BZMPOP BZPOPMAX BZPOPMIN ZDIFF ZDIFFSTORE ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZRANDMEMBER ZRANGEBYLEX ZRANGESTORE \
    ZREMRANGEBYLEX ZREVRANGEBYLEX ZSCAN ZUNION ZUNIONSTORE \
    GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUS_RO GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEOSEARCH GEOSEARCHSTORE \
    COPY MOVE SORT SORT_RO SWAPDB WAITAOF DUMP RESTORE DISCARD EXEC MULTI UNWATCH WATCH";

/// Where random steps come from.
#[derive(Clone, Debug)]
pub struct Generator {
    rng: Rng,
    weights: [usize; 13],
    /// The time part of the stream ID given last; it grows through a sequence.
    last_id: u64,
    /// Grows with every command.
    serial: i64,
    /// Stream IDs given lately, with the keys.
    recent: Vec<(Vec<u8>, Vec<u8>)>,
    /// Somebody is told of what happens to keys. Nobody waits for long then: what stands behind a wait is run at some
    /// moment after its end, and so are its notifications.
    listening: bool,
}

impl Generator {
    /// The sequences of one seed. `only`: names of families, where the others are to be left out.
    pub fn sequence(seed: u64, only: Option<&str>) -> Vec<Step> {
        let mut rng = Rng::new(seed);
        let mut weights = rng.pick(FLAVOURS);
        if let Some(only) = only {
            for (weight, (_, name)) in weights.iter_mut().zip(FAMILIES) {
                *weight = if only.split(',').any(|o| o == name) {
                    (*weight).max(1)
                } else {
                    0
                };
            }
            assert!(
                weights.iter().sum::<usize>() > 0,
                "no family is called {only}"
            );
        }
        let mut generator = Self {
            rng,
            weights,
            last_id: 0,
            recent: Vec::new(),
            listening: false,
            serial: 0,
        };
        generator.steps()
    }

    fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for client in 0..OBSERVER {
            if self.rng.percent(50) {
                steps.push(Step::Command(client, words!["HELLO", "3"]));
            }
        }
        let length = self.rng.between(60, 200) as usize + steps.len();
        self.prepare(&mut steps);
        self.fill(&mut steps);
        let mut client = self.rng.below(OBSERVER);
        while steps.len() < length {
            if self.rng.percent(20) {
                client = self.rng.below(OBSERVER);
            }
            match self.rng.below(1000) {
                0..=7 => self.scan_all(&mut steps),
                40..=54 => {
                    let key = self.key(values::Kind::Any);
                    steps.push(Step::Carry(key));
                }
                8..=14 if self.weight(Family::Stream) > 0 && !self.listening => {
                    self.blocked_reader(&mut steps)
                }
                15..=17 if self.weight(Family::Stream) > 0 => {
                    self.burst_of_entries(client, &mut steps)
                }
                18..=19 if self.weight(Family::Text) > 0 => self.short_lived(&mut steps),
                20..=29 if self.weight(Family::Server) > 0 => {
                    steps.push(Step::Raw(client, self.raw()))
                }
                33..=36 => steps.push(Step::Hangup(client)),
                30..=32 if self.weight(Family::Pubsub) > 0 => self.published_to_all(&mut steps),
                _ => {
                    let family = self.family();
                    if family == Family::Transaction && self.rng.percent(60) {
                        self.transaction(client, &mut steps);
                        continue;
                    }
                    let mut words = self.command(family);
                    let name = words[0].to_ascii_uppercase();
                    if self.weight(Family::Transaction) > 0
                        && words.len() == 1
                        && name.ends_with(b"UNSUBSCRIBE")
                    {
                        // In a transaction its several replies would have no definite order.
                        words.push(self.channel());
                    }
                    if words.first().is_some_and(|name| self.wanted(name)) {
                        steps.push(Step::Command(client, words));
                    }
                }
            }
        }
        steps.push(Step::Dump);
        steps
    }

    /// Gives most keys something to hold, so that what follows finds something.
    fn fill(&mut self, steps: &mut Vec<Step>) {
        let client = self.rng.below(OBSERVER);
        let mut commands: Vec<Words> = Vec::new();
        for (kind, family, keys) in values::POOLS {
            for key in keys {
                if self.weight(family) == 0 || self.rng.percent(20) {
                    continue;
                }
                match kind {
                    values::Kind::Number => {
                        commands.push(words!["SET", key, self.rng.between(-9, 9).to_string()])
                    }
                    values::Kind::Hll => {
                        commands.push(words!["PFADD", key, self.member(), self.member()])
                    }
                    values::Kind::Zset => {
                        let mut words = words!["ZADD", key];
                        for _ in 0..self.rng.between(1, 12) {
                            words.extend([
                                self.rng.between(-5, 20).to_string().into(),
                                self.member(),
                            ]);
                        }
                        commands.push(words);
                    }
                    values::Kind::Stream => {
                        for _ in 0..self.rng.between(1, 8) {
                            commands.push(words![
                                "XADD",
                                key,
                                self.new_id(key.as_bytes()),
                                self.member(),
                                self.blob()
                            ]);
                        }
                        for (group, often) in [("g1", 90), ("g2", 40)] {
                            if self.rng.percent(often) {
                                commands.push(words!["XGROUP", "CREATE", key, group, "0"]);
                            }
                        }
                        if self.rng.percent(60) {
                            commands.push(words![
                                "XREADGROUP",
                                "GROUP",
                                "g1",
                                self.consumer(),
                                "COUNT",
                                "4",
                                "STREAMS",
                                key,
                                ">"
                            ]);
                        }
                    }
                    values::Kind::Hash => {
                        let mut words = words!["HSET", key];
                        for _ in 0..self.rng.between(1, 8) {
                            words.extend([self.member(), self.blob()]);
                        }
                        commands.push(words);
                    }
                    values::Kind::Geo => {
                        let mut words = words!["GEOADD", key];
                        for _ in 0..self.rng.between(1, 8) {
                            words.extend([self.longitude(), self.latitude(), self.spot()]);
                        }
                        commands.push(words);
                    }
                    values::Kind::Set => {
                        let mut words = words!["SADD", key];
                        let numbers = self.rng.percent(50);
                        for _ in 0..self.rng.between(1, 12) {
                            words.push(if numbers {
                                self.rng.between(-20, 40).to_string().into()
                            } else {
                                self.member()
                            });
                        }
                        commands.push(words);
                    }
                    values::Kind::List => {
                        let mut words = words!["RPUSH", key];
                        for _ in 0..self.rng.between(1, 12) {
                            words.push(self.element());
                        }
                        commands.push(words);
                    }
                    _ => commands.push(words!["SET", key, self.blob()]),
                }
                if self.rng.percent(10) {
                    self.serial += 1;
                    let mut words = words!["EXPIRE", key, "200000000"];
                    tame(&mut words, self.serial);
                    commands.push(words);
                }
            }
        }
        steps.extend(
            commands
                .into_iter()
                .filter(|words| self.wanted(&words[0]))
                .map(|words| Step::Command(client, words)),
        );
    }

    fn weight(&self, family: Family) -> usize {
        FAMILIES
            .iter()
            .zip(self.weights)
            .find(|((f, _), _)| *f == family)
            .map_or(0, |(_, w)| w)
    }

    fn family(&mut self) -> Family {
        let mut at = self.rng.below(self.weights.iter().sum());
        for ((family, _), weight) in FAMILIES.iter().zip(self.weights) {
            if at < weight {
                return *family;
            }
            at -= weight;
        }
        Family::Text
    }

    /// Whether a command can be compared: it is in the table, or in neither server.
    fn wanted(&self, name: &[u8]) -> bool {
        let upper = String::from_utf8_lossy(name).to_ascii_uppercase();
        lookup(name).is_some() || !COMMANDS.split_whitespace().any(|c| c == upper)
    }

    /// One command of a family, sometimes spoiled.
    fn command(&mut self, family: Family) -> Words {
        let mut words = match family {
            Family::Text => self.string_command(),
            Family::Hll => self.hll_command(),
            Family::Zset => self.zset_command(),
            Family::Stream => self.stream_command(),
            Family::Pubsub => self.pubsub_command(),
            Family::Generic => self.generic_command(),
            Family::Server => self.server_command(),
            Family::List => self.list_command(),
            Family::Set => self.set_command(),
            Family::Hash => self.hash_command(),
            Family::Bitmap => self.bitmap_command(),
            Family::Geo => self.geo_command(),
            Family::Transaction => self.transaction_command(),
        };
        if self.rng.percent(6) {
            self.spoil(&mut words);
        }
        if self.rng.percent(10) {
            let name = std::mem::take(&mut words[0]);
            words[0] = self.any_case(&name);
        }
        self.serial += 1;
        tame(&mut words, self.serial);
        words
    }

    /// Makes a good command a bad one, most likely.
    fn spoil(&mut self, words: &mut Words) {
        let at = 1 + self.rng.below(words.len());
        match self.rng.below(7) {
            0 if words.len() > 1 => drop(words.pop()),
            1 if at < words.len() => drop(words.remove(at)),
            2 if at < words.len() => words[at] = self.hostile(),
            3 if at < words.len() => words.insert(at, words[at].clone()),
            4 if at < words.len() => {
                let other = 1 + self.rng.below(words.len() - 1);
                words.swap(at, other);
            }
            5 => words.truncate(at),
            _ => {
                let junk = self.hostile();
                words.insert(at, junk);
            }
        }
    }

    /// A key with a short life that has ended by the time it is looked at. The observer does it all: it
    /// never waits, so that nothing comes between.
    fn short_lived(&mut self, steps: &mut Vec<Step>) {
        let key = self.key(values::Kind::Any);
        let short = if self.rng.percent(50) {
            words!["SET", &*key, "v", "PX", "1"]
        } else {
            words!["PEXPIRE", &*key, "1"]
        };
        // On the reference a key past its deadline counts in DBSIZE until it is looked at.
        let look = words!["EXISTS", &*key];
        let then = match self.rng.below(5) {
            0 => words!["TTL", &*key],
            1 => words!["GET", &*key],
            2 => words!["SET", &*key, "again", "NX"],
            3 => words!["TYPE", &*key],
            _ => words!["INCR", &*key],
        };
        let step = |words| Step::Command(OBSERVER, words);
        steps.extend([step(short), Step::Pause(6), step(look), step(then)]);
    }
}

/// Takes what depends on the exact moment out of a command: lifetimes lie far off or in the past,
/// waits are very short or without end, and idle times are never near the limits they are held against.
///
/// `serial` is another for each command: no two lifetimes are equal, because which of them ends first
/// would depend on the millisecond in which they begin.
fn tame(words: &mut Words, serial: i64) {
    let name = String::from_utf8_lossy(&words[0]).to_ascii_uppercase();
    let number = |word: &[u8]| {
        std::str::from_utf8(word)
            .ok()
            .and_then(|w| w.parse::<i64>().ok())
    };
    // A member that is taken at random would be another on each side: whole sets only.
    if name == "SPOP" {
        match words.len() {
            2 => words.push(b"1000000".to_vec()),
            3 if words[2] != b"0"
                && number(&words[2]).is_some_and(|n| (0..1_000_000).contains(&n)) =>
            {
                words[2] = b"1000000".to_vec();
            }
            _ => {}
        }
    }
    // The reference answers another word twice, with an error and with a status.
    if name == "PFDEBUG"
        && words.len() == 3
        && words[1].eq_ignore_ascii_case(b"SIMD")
        && ![b"ON".as_slice(), b"OFF"].contains(&words[2].to_ascii_uppercase().as_slice())
    {
        words[2] = b"ON".to_vec();
    }
    const FAR: i64 = 100_000_000;
    let lifetime = |n: i64| if n < FAR { n + FAR } else { n }.saturating_add(serial * 777_777);
    const LONGEST: i64 = 10_000_000_000_000;
    let words_upper: Vec<String> = words
        .iter()
        .map(|w| String::from_utf8_lossy(w).to_ascii_uppercase())
        .collect();
    for (at, word) in words_upper.iter().enumerate() {
        let mut replace = |from: i64, to: i64, with: &dyn Fn(i64) -> i64| {
            if let Some(n) = words
                .get(at + 1)
                .and_then(|w| number(w))
                .filter(|n| (from..=to).contains(n))
            {
                words[at + 1] = with(n).to_string().into_bytes();
            }
        };
        match (name.as_str(), word.as_str()) {
            ("EXPIRE" | "PEXPIRE" | "HEXPIRE" | "HPEXPIRE", _) if at == 1 => {
                replace(1, LONGEST, &lifetime)
            }
            // So many picks with repetition as memory has no room for.
            ("HRANDFIELD" | "SRANDMEMBER" | "ZRANDMEMBER", _) if at == 1 => {
                replace(i64::MIN / 2, -100_000, &|_| -1000)
            }
            ("XCLAIM" | "XAUTOCLAIM", _) if at == 3 => replace(1, 2_000_000, &|_| 0),
            ("SETEX" | "PSETEX", _) if at == 1 => replace(1, LONGEST, &lifetime),
            ("SET" | "GETEX" | "MSETEX" | "HSETEX" | "HGETEX", "EX" | "PX") => {
                replace(1, LONGEST, &lifetime)
            }
            // The reference closes connections that take more than this.
            ("CONFIG", "MAXMEMORY-CLIENTS") => replace(1, 100_000_000, &|_| 0),
            ("XREAD" | "XREADGROUP", "BLOCK") => replace(4, 3_600_000, &|_| 0),
            // The reference asks for memory for all of this COUNT at once, and may not get it.
            ("XAUTOCLAIM", "COUNT") => replace(100_000, i64::MAX / 8, &|_| 1000),
            ("XPENDING", "IDLE") => replace(1, 2_000_000, &|_| 0),
            ("XCLAIM", "IDLE") => replace(1_000_000, 10_000_000_000_000, &|_| 1_000_000),
            _ => {}
        }
    }
}
