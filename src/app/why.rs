//! Why a reply is what it is, in one sentence: of the facts that the server half tells, and in no other place.

use std::mem::Discriminant;

use super::format;
use super::hint;
use crate::session::message::{Bytes, CommandDoc, Condition, Conn, EmptyRange, Gone, Millis, Why};

/// How often one kind of sentence stands in a run of lines that were entered together.
pub const REPEATS_MAX: usize = 3;

/// What the sentences name beside the facts.
pub struct Names<'n> {
    /// Whose client it is that asks.
    pub own: Conn,
    /// What a client is called.
    pub of: &'n dyn Fn(Conn) -> String,
    /// The commands, for their grammar.
    pub commands: &'n [CommandDoc],
}

/// The longest grammar that stands in a sentence.
const GRAMMAR_MAX: usize = 90;

/// What one kind of sentence is told by: see [`REPEATS_MAX`].
pub type Kind = Discriminant<Why>;

fn name(bytes: &Bytes) -> String {
    format::shortened(&format::lossy(bytes), 40)
}

/// `key` in the marks in which names stand.
fn q(bytes: &Bytes) -> String {
    format!("“{}”", name(bytes))
}

fn n(count: u64, one: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {one}{s}", format::count(count))
}

fn of_n(done: u64, of: u64) -> String {
    format!("{} of {}", format::count(done), format::count(of))
}

fn was(count: u64) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

fn ago(ms: Millis) -> String {
    match ms {
        0..100 => "just now".into(),
        _ => format!("{} ago", format::duration(ms)),
    }
}

fn kind_words(kind: &str) -> String {
    let words = match kind {
        "zset" => "a sorted set",
        "hash" => "a hash",
        "list" => "a list",
        "set" => "a set",
        "stream" => "a stream",
        "string" => "a string",
        other => return format!("a {other}"),
    };
    words.into()
}

/// The sentence.
pub fn sentence(why: &Why, names: &Names<'_>) -> String {
    let who = |conn: &Conn| {
        if *conn == names.own {
            format!("{} itself", (names.of)(*conn))
        } else {
            (names.of)(*conn)
        }
    };
    let spoils = |in_multi: &bool| {
        if *in_multi {
            " EXEC will now run nothing."
        } else {
            ""
        }
    };
    let grammar = |command: &str| {
        let doc = names.commands.iter().find(|doc| doc.name == command);
        let text = doc.map(hint::syntax).unwrap_or_default();
        let text = text.trim_end();
        if text.len() <= GRAMMAR_MAX {
            format!(": {text}.")
        } else {
            format!(". HELP {command} shows its grammar.")
        }
    };
    match why {
        Why::Missing {
            key,
            gone,
            counts_as,
        } => {
            let how = match gone {
                Some(Gone {
                    ago: ms,
                    evicted: true,
                    ..
                }) => format!("{} was evicted {}, because memory was full", q(key), ago(*ms)),
                Some(Gone {
                    ago: ms, by: None, ..
                }) => format!("{} expired {}", q(key), ago(*ms)),
                Some(Gone {
                    ago: ms,
                    by: Some(by),
                    command,
                    ..
                }) => format!(
                    "{} is gone: {} took it away with {command} {}",
                    q(key),
                    (names.of)(*by),
                    ago(*ms)
                ),
                None => format!("There is no key {}", q(key)),
            };
            match counts_as {
                Some(what) => format!("{how}; a missing key counts as {what}."),
                None => format!("{how}."),
            }
        }
        Why::Part { there, of, what } => match what.as_str() {
            "keys" => format!("{} keys are there.", of_n(*there, *of)).replace(
                "keys are there",
                if *there == 1 {
                    "keys was there"
                } else {
                    "keys were there"
                },
            ),
            "IDs" => format!(
                "{} IDs {} pending in the group; the others were acknowledged before or never delivered.",
                of_n(*there, *of),
                was(*there)
            ),
            what => format!("{} {what} {} in it.", of_n(*there, *of), was(*there)),
        },
        Why::NotStrings { missing, other, of } => {
            let others = format!(
                "{} of {} {} no string",
                format::count(*other),
                format::count(*of),
                if *other == 1 { "holds" } else { "hold" }
            );
            if *missing == 0 {
                format!("{others}, for which MGET gives nil and no WRONGTYPE.")
            } else {
                format!(
                    "{others} and {} missing; MGET gives nil for both, and no WRONGTYPE.",
                    if *missing == 1 {
                        "1 is".to_string()
                    } else {
                        format!("{} are", format::count(*missing))
                    }
                )
            }
        }
        Why::Refused {
            command,
            key,
            holder,
            left,
        } => {
            let refused = if command == "SET" {
                "NX refused to set it"
            } else {
                "it set nothing"
            };
            match (holder, left) {
                (Some(holder), Some(left)) => format!(
                    "{} holds this lock for another {}, so {refused}.",
                    who(holder),
                    format::duration(*left)
                ),
                (Some(holder), None) => {
                    format!(
                        "{} holds this lock, which has no TTL, so {refused}.",
                        who(holder)
                    )
                }
                (None, Some(left)) => format!(
                    "{} is there already, for another {}, so {refused}.",
                    q(key),
                    format::duration(*left)
                ),
                (None, None) => format!("{} is there already, so {refused}.", q(key)),
            }
        }
        Why::OnlyExisting { command, key } => match command.as_str() {
            "SET" => format!("There is no key {}, and XX sets only a key that is there.", q(key)),
            "XADD" => format!("There is no stream {}, and NOMKSTREAM makes none.", q(key)),
            command => format!(
                "There is no list {}, and {command} pushes only to one that is there.",
                q(key)
            ),
        },
        Why::OtherValue {
            key,
            holds,
            holder,
            command,
        } => {
            let kept = match command.as_str() {
                "SET" => "it was not set",
                _ => "it was not deleted",
            };
            let whose = holder
                .as_ref()
                .map_or_else(String::new, |conn| format!(", set by {}", who(conn)));
            format!("{} holds “{}”{whose}, which is another value: {kept}.", q(key), name(holds))
        }
        Why::WrongType {
            key,
            holds,
            command,
            wants,
            fits,
        } => format!(
            "{} holds {}, and {command} works on {}; {fits} reads it.",
            q(key),
            kind_words(holds),
            kind_words(wants)
        ),
        Why::NotHll { key } => format!(
            "{} holds a string that is no HyperLogLog: only PFADD and PFMERGE make one.",
            q(key)
        ),
        Why::NotNumber {
            place,
            holds,
            float,
            command,
        } => {
            let hash = command.starts_with('H');
            let wants = if command.ends_with("FLOAT") {
                "a number"
            } else {
                "a whole number of 64 bits"
            };
            let better = match (float, hash) {
                (true, false) => " INCRBYFLOAT takes it.",
                (true, true) => " HINCRBYFLOAT takes it.",
                _ => "",
            };
            format!("{} is “{}”, and {command} needs {wants}.{better}", q(place), name(holds))
        }
        Why::Overflow { key } => format!(
            "{} stays as it was: the result would not fit into a signed number of 64 bits.",
            q(key)
        ),
        Why::BeganAtZero {
            place,
            what,
            command,
        } => format!("There was no {what} {}: {command} began at 0.", q(place)),
        Why::TtlCleared {
            key,
            left,
            command,
            keepttl,
        } => {
            let tail = if *keepttl {
                "; KEEPTTL would have kept it"
            } else {
                ""
            };
            format!(
                "{command} cleared the TTL of {}, of which {} were left{tail}.",
                q(key),
                format::duration(*left)
            )
        }
        Why::NoTtl { key, persist } => match persist {
            true => format!("{} has no TTL that could be taken away.", q(key)),
            false => format!("{} is there and has no TTL: it stays until something removes it.", q(key)),
        },
        Why::ExpireRefused {
            key,
            condition,
            left,
        } => {
            let left = left.map(format::duration);
            match (condition, left) {
                (Condition::Nx, Some(left)) => format!("{} has a TTL already, of another {left}, and NX sets one only where there is none.", q(key)),
                (Condition::Xx, _) => format!("{} has no TTL, and XX changes only one that is there.", q(key)),
                (Condition::Gt, None) => format!("{} has no TTL, which counts as endless: GT finds nothing greater.", q(key)),
                (Condition::Gt, Some(left)) => format!("{} lives for another {left}, and GT only puts that off.", q(key)),
                (Condition::Lt, Some(left)) => format!("{} lives for another {left}, and LT only brings that forward.", q(key)),
                (condition, None) => format!("{} has no TTL, and {condition:?} was not met.", q(key)),
            }
        }
        Why::ExpiredAtOnce { key } => format!("That moment has passed, so {} was deleted at once.", q(key)),
        Why::TargetThere { key, command } => match command.as_str() {
            "COPY" | "RESTORE" => format!("{} is there already, and without REPLACE {command} overwrites nothing.", q(key)),
            "MOVE" => format!("The other database has a key {} already, and MOVE overwrites nothing.", q(key)),
            command => format!("{} is there already, and {command} overwrites nothing.", q(key)),
        },
        Why::TakenAway { key } => format!("GETDEL gave the value and deleted {} in one step.", q(key)),
        Why::Padded { key, from, to } => match to - from {
            1 => format!("{} had {}: byte {from} was filled with zero.", q(key), n(*from, "byte")),
            _ => format!("{} had {}: bytes {from} to {} were filled with zeros.", q(key), n(*from, "byte"), to - 1),
        },
        Why::BytesNotBits { command, range } => format!(
            "{} to {} count bytes of 8 bits each; with BIT at the end, {command} counts them as bits.",
            range.0, range.1
        ),
        Why::PastEnd { key, len, at } => format!(
            "{} has {}, and bit {} lies past its end: such bits count as 0.",
            q(key),
            n(*len, "byte"),
            format::count(*at)
        ),
        Why::BitBefore { bit } => format!("The reply is what the bit was before: {}.", u8::from(*bit)),
        Why::NoIndex { key, index, len } => format!(
            "{} has {}, at 0 to {} or -1 to -{len}: there is none at {index}.",
            q(key),
            n(*len, "element"),
            len.saturating_sub(1)
        ),
        Why::EmptyRange { key, how, len } => match how {
            EmptyRange::StartsPast { start } => format!(
                "{} has {}, counted from 0, so the last is at {}: {start} lies past it.",
                q(key),
                n(*len, "element"),
                len.saturating_sub(1)
            ),
            EmptyRange::Backwards => "The range ends before it begins.".into(),
            EmptyRange::Swapped { higher_first: true } => "The first bound is below the second: this command takes the higher one first.".into(),
            EmptyRange::Swapped { higher_first: false } => "The first bound is above the second: this command takes the lower one first.".into(),
            EmptyRange::Between { what } => {
                let of = if what == "ID" { "entry" } else { "member" };
                let all = if *len == 1 { format!("the 1 {of}") } else if of == "entry" { format!("the {} entries", format::count(*len)) } else { format!("the {} members", format::count(*len)) };
                format!("None of {all} of {} has {} in that range.", q(key), if what == "ID" { "an ID".into() } else { format!("a {what}") })
            }
        },
        Why::NotIn { key, item, what } => format!("{} has no {what} {}.", q(key), q(item)),
        Why::AlreadyIn { key, count, what } => match count {
            1 => format!("1 {what} was in {} already, and nothing changed for it.", q(key)),
            count => format!("{} {what}s were in {} already, and nothing changed for them.", format::count(*count), q(key)),
        },
        Why::Overwritten { key: _, new, old } => match new {
            0 => format!("The reply counts new fields only: {} there and {} given a new value.", if *old == 1 { "1 field was".into() } else { format!("{} fields were", format::count(*old)) }, was(*old)),
            new => format!("The reply counts new fields only: {} new, and {} overwritten.", if *new == 1 { "1 was".into() } else { format!("{} were", format::count(*new)) }, if *old == 1 { "1 was".into() } else { format!("{} were", format::count(*old)) }),
        },
        Why::Zadd {
            added,
            updated,
            same,
            nx,
            xx,
            worse,
            gt,
        } => {
            let mut parts = Vec::new();
            let mut tell = |count: u64, words: &str| {
                if count > 0 {
                    parts.push(format!("{} {words}", format::count(count)));
                }
            };
            tell(*added, "added");
            tell(*updated, "given a new score");
            tell(*same, "with that score already");
            tell(*nx, "there already, which NX leaves alone");
            tell(*xx, "not there, which XX leaves alone");
            tell(*worse, if *gt { "refused by GT, which only raises a score" } else { "refused by LT, which only lowers a score" });
            let tail = if *updated > 0 { " Without CH the reply counts added members only." } else { "" };
            format!("Of the members: {}.{tail}", parts.join(", "))
        }
        Why::Rank {
            rank,
            of,
            highest_first,
        } => format!(
            "Ranks count from 0 at the {} score: {rank} is the {} of {}.",
            if *highest_first { "highest" } else { "lowest" },
            format::ordinal(rank + 1),
            format::count(*of)
        ),
        Why::Codes {
            fields,
            asked,
            key: _,
            command,
        } => {
            let told = fields.iter().map(|(field, code)| {
                let meaning = match (code, asked, command.as_str()) {
                    (-2, ..) => "there is no such field",
                    (-1, ..) => "the field has no TTL",
                    (0, ..) => "its condition was not met",
                    (2, ..) => "that moment has passed, so the field was deleted at once",
                    _ => "done",
                };
                format!("{code} for {} means that {meaning}", q(field))
            });
            format!("{}.", told.collect::<Vec<_>>().join("; "))
        }
        Why::Woken { by, waited } => {
            let time = format::duration(*waited);
            match by {
                Some(by) => format!("It waited {time}, until a command of {} brought this.", (names.of)(*by)),
                None => format!("It waited {time}, until this became free."),
            }
        }
        Why::TimedOut {
            keys,
            waited,
            stream,
        } => {
            let keys: Vec<String> = keys.iter().map(q).collect();
            format!(
                "It waited {}, and in that time nothing {} {}.",
                format::duration(*waited),
                if *stream { "new came to" } else { "came to" },
                keys.join(" or ")
            )
        }
        Why::ReachedNobody { channel } => format!(
            "Nobody is subscribed to {}: the message is lost, since channels keep nothing. A stream keeps its entries.",
            q(channel)
        ),
        Why::NoneGrew { elements, new } => match (new, elements) {
            (Some(0), 1) => "No register grew: it was shown this element before.".into(),
            (Some(0), _) => "No register grew: it was shown all of these before.".into(),
            (Some(new), elements) => format!(
                "No register grew, though {} new: {} share{} registers that other elements raised as high, so the estimate misses {}.",
                if *elements == 1 { "the element is".into() } else { format!("{} of {elements} elements are", format::count(*new)) },
                if *new == 1 { "it" } else { "they" },
                if *new == 1 { "s" } else { "" },
                if *new == 1 { "it" } else { "them" },
            ),
            (None, _) => "No register grew: it was shown these before, or others that hash alike.".into(),
        },
        Why::Estimate { estimate, real } => {
            let off = (*estimate as f64 - *real as f64) / *real as f64 * 100.0;
            if *real == 0 {
                "This is an estimate.".into()
            } else {
                format!(
                    "This is an estimate: it was really shown {} different elements, so it is off by {off:+.2}%.",
                    format::count(*real)
                )
            }
        }
        Why::Keyspace {
            keys,
            command,
            matched,
        } => format!(
            "{command} looked at {} in the database to find {}; nothing else runs meanwhile. SCAN does it in steps.",
            if *keys == 1 { "the 1 key".into() } else { format!("all {} keys", format::count(*keys)) },
            format::count(*matched)
        ),
        Why::WholeValue { key, len, instead } => format!(
            "This went through all {} elements of {} in one go; {instead} takes fewer at a time.",
            format::count(*len),
            q(key)
        ),
        Why::Scan {
            cursor,
            got,
            count,
            filtered,
            command,
        } => match cursor {
            0 => "Cursor 0: that was the end, everything has been gone through.".into(),
            cursor => {
                let few = if *filtered && *got < *count {
                    format!("This step looked at about {} and {} matched. ", format::count(*count), if *got == 0 { "none".into() } else { format::count(*got) })
                } else {
                    String::new()
                };
                format!("{few}A cursor other than 0 means that there may be more: {command} goes on from {cursor}.")
            }
        },
        Why::ScanWhole {
            command,
            len,
            encoding,
        } => format!(
            "COUNT made no difference: a value kept as {encoding} is small, and {command} gives all {} at once.",
            n(*len, "element")
        ),
        Why::Encoding { encoding, of } => encoding_words(encoding, of),
        Why::IdTooSmall { given, last } => format!(
            "IDs only grow: {given} is not above {last}, the greatest that this stream ever had. * picks the next one."
        ),
        Why::NotPending {
            group,
            id,
            never,
            of,
            ..
        } => match (of, never) {
            (1, true) => format!("{id} was never delivered to {}, so nothing is pending there.", q(group)),
            (1, false) => format!("{id} is not pending in {}: it was acknowledged before, or never delivered to it.", q(group)),
            _ => format!("None of these IDs is pending in {}.", q(group)),
        },
        Why::NoGroup { key, group, no_key } => match no_key {
            true => format!("There is no key {}, and so no group {}; XGROUP CREATE with MKSTREAM makes both.", q(key), q(group)),
            false => format!("{} has no group {}; XGROUP CREATE makes it.", q(key), q(group)),
        },
        Why::BusyGroup {
            group,
            cursor,
            pending,
        } => format!(
            "The group {} is there already and stays as it is: last delivered {cursor}, {} pending.",
            q(group),
            format::count(*pending)
        ),
        Why::GroupAtEnd { group, skipped } => format!(
            "$ is the end of the stream now: {} will not be given the {} there already. 0 would begin with the first.",
            q(group),
            if *skipped == 1 { "entry that is".into() } else { format!("{} entries that are", format::count(*skipped)) }
        ),
        Why::PendingDropped { consumer, count } => format!(
            "With {} went its list of {}: nobody can claim {} now.",
            q(consumer),
            if *count == 1 { "1 pending entry".into() } else { format!("{} pending entries", format::count(*count)) },
            if *count == 1 { "it" } else { "them" }
        ),
        Why::NotClaimed {
            not_pending,
            too_fresh,
            idle,
            min,
            owner,
        } => match (not_pending, too_fresh) {
            (_, 0) => "Nothing of that is pending in the group, so there is nothing to claim.".into(),
            (0, 1) => format!(
                "It was last delivered to {} {} ago, and only what is idle for {} is claimed.",
                q(owner),
                format::duration(*idle),
                format::duration(*min)
            ),
            _ => format!(
                "What is pending was idle for {} at most, and only what is idle for {} is claimed.",
                format::duration(*idle),
                format::duration(*min)
            ),
        },
        Why::NothingIdle {
            group,
            pending,
            idle,
            min,
        } => match pending {
            0 => format!("Nothing is pending in {}.", q(group)),
            pending => format!(
                "{} pending in {}, idle for {} at most: {} was asked for.",
                if *pending == 1 { "1 entry is".into() } else { format!("{} entries are", format::count(*pending)) },
                q(group),
                format::duration(*idle),
                format::duration(*min)
            ),
        },
        Why::DeletedPending { count } => format!(
            "The last list names {} whose data is gone from the stream: {} no longer pending.",
            if *count == 1 { "1 pending entry".into() } else { format!("{} pending entries", format::count(*count)) },
            if *count == 1 { "it is" } else { "they are" }
        ),
        Why::NothingNew {
            group,
            cursor,
            consumer,
            pending,
        } => {
            let own = match pending {
                0 => String::new(),
                1 => format!(" 1 is pending for {}: ask for 0 instead of > to read it again.", q(consumer)),
                many => format!(" {} are pending for {}: ask for 0 instead of > to read them again.", format::count(*many), q(consumer)),
            };
            format!("> asks for entries that {} was never given, and nothing came after {cursor}.{own}", q(group))
        }
        Why::NothingPending {
            group,
            consumer,
            new,
            after,
        } => {
            let fresh = match new {
                0 => String::new(),
                1 => format!(" 1 entry is new for {}: > reads it.", q(group)),
                many => format!(" {} entries are new for {}: > reads them.", format::count(*many), q(group)),
            };
            let place = if after == "0" || after == "0-0" { String::new() } else { format!(" after {after}") };
            format!("An ID asks for what was given to {} before and not acknowledged, and nothing is pending for it{place}.{fresh}", q(consumer))
        }
        Why::History {
            consumer,
            count,
            deleted,
        } => {
            let gone = match deleted {
                0 => String::new(),
                1 => " nil stands for 1 that was deleted from the stream meanwhile.".into(),
                many => format!(" nil stands for {} that were deleted from the stream meanwhile.", format::count(*many)),
            };
            format!(
                "An ID asks for what is pending: {} was given {} before and has not acknowledged {}.{gone}",
                q(consumer),
                if *count == 1 { "this".into() } else { format!("these {}", format::count(*count)) },
                if *count == 1 { "it" } else { "them" }
            )
        }
        Why::NothingAfter {
            key,
            dollar,
            len,
            last,
        } => match dollar {
            true => format!(
                "$ means what comes after this moment: the {} already there {} passed over, and without BLOCK nothing can come.",
                if *len == 1 { "entry".into() } else { format!("{} entries", format::count(*len)) },
                if *len == 1 { "is" } else { "are" }
            ),
            false => format!("The last ID of {} is {last}: nothing came after the one that was given.", q(key)),
        },
        Why::Spoiled {
            key,
            by,
            evicted,
            command,
            ago: ms,
            whose,
        } => match by {
            None if *evicted => format!("{} was evicted {}, because memory was full, after WATCH, so EXEC ran nothing.", q(key), ago(*ms)),
            Some(by) if by == whose => format!("{} itself changed {} with {command} after WATCH, so EXEC ran nothing.", (names.of)(*by), q(key)),
            Some(by) => format!("{} changed {} with {command} {}, after WATCH, so EXEC ran nothing.", (names.of)(*by), q(key), ago(*ms)),
            None => format!("{} expired {}, after WATCH, so EXEC ran nothing.", q(key), ago(*ms)),
        },
        Why::Full {
            used,
            max,
            policy,
            volatile,
            in_multi,
        } => {
            let lets_go = match volatile {
                true => "lets only keys with a TTL go, of which there are none",
                false if policy == "noeviction" => "lets nothing go",
                false => "has nothing left to let go",
            };
            format!(
                "Memory is full ({} of {} bytes), and the policy {policy} {lets_go}.{}",
                format::count(*used),
                format::count(*max),
                spoils(in_multi)
            )
        }
        Why::Aborted => "A command was refused when it was queued, so EXEC ran none of them.".into(),
        Why::SomeFailed { failed, of } => {
            if failed == of {
                format!("{} failed. Nothing is ever rolled back.", if *of == 1 { "The one command".into() } else { format!("All {of} commands") })
            } else {
                format!("{} failed. The others stand: nothing is ever rolled back.", of_n(*failed, *of))
            }
        }
        Why::SpoilsExec => "It was refused instead of queued, so EXEC will now run nothing.".into(),
        Why::NoMulti { command } => format!("{command} ends what MULTI begins, and there was no MULTI."),
        Why::Discarded { queued, watched } => {
            let mut parts = Vec::new();
            if *queued > 0 {
                parts.push(format!("{} {} not run", n(*queued, "queued command"), was(*queued)));
            }
            if *watched > 0 {
                parts.push(format!("{} {} watched no longer", n(*watched, "key"), if *watched == 1 { "is" } else { "are" }));
            }
            format!("{}.", parts.join(", and "))
        }
        Why::Subscribed { to, command } => format!(
            "This connection listens to {} and speaks RESP2, where a reply to {command} could not be told from a message; after HELLO 3 it could.",
            n(*to, "channel or pattern").replace("channel or patterns", "channels or patterns")
        ),
        Why::Unknown { nearest, in_multi } => match nearest {
            Some(nearest) => format!("There is no such command; {nearest} comes nearest.{}", spoils(in_multi)),
            None => format!("There is no such command, nor one with a similar name.{}", spoils(in_multi)),
        },
        Why::Arity {
            command,
            takes,
            more,
            given,
            in_multi,
        } => {
            let takes = match (takes, more) {
                (0, false) => "no argument".into(),
                (takes, false) => n(*takes, "argument"),
                (takes, true) => format!("at least {}", n(*takes, "argument")),
            };
            format!(
                "{command} takes {takes}, not {}{}{}",
                format::count(*given),
                grammar(command),
                spoils(in_multi)
            )
        }
        Why::Syntax { command } => format!("The words do not fit what {command} takes{}", grammar(command)),
        Why::NoScript => "The server knows a script by its SHA-1 only after EVAL or SCRIPT LOAD, and forgets it with SCRIPT FLUSH or when it starts anew.".into(),
        Why::ScriptFailed => "The script stopped there. What it wrote before stands: nothing is rolled back.".into(),
        Why::ScriptBroken => "The script could not be compiled, so none of it ran.".into(),
        Why::NoReplica => "This server has no replica, so none has the write.".into(),
        Why::NoDatabase => "Databases are numbered from 0 to 15.".into(),
        Why::BadTtl => "A TTL must be above 0 and end within the range of time.".into(),
        Why::EmptyWith { key } => format!("There is no key {}, which counts as an empty set: nothing can be in it and in the others.", q(key)),
        Why::NothingShared { sets } => format!("No member is in all {} sets.", format::count(*sets)),
    }
}

/// How the reference keeps a value, in a sentence.
fn encoding_words(encoding: &str, of: &str) -> String {
    match encoding {
        "int" => "int: the string is a whole number of 64 bits and is kept as one.".into(),
        "embstr" => {
            "embstr: a short string, kept in one piece of memory with what the server notes of it."
                .into()
        }
        "raw" => {
            "raw: a string that is long or was changed in place, in a piece of memory of its own."
                .into()
        }
        "intset" => {
            "intset: all members are whole numbers, kept sorted in one array while they are few."
                .into()
        }
        "listpack" => format!(
            "listpack: {} of few, short elements, kept one behind the other and searched from the start; it is changed to another form when it grows.",
            kind_words(of)
        ),
        "quicklist" => "quicklist: a chain of pieces with several elements each.".into(),
        "hashtable" => "hashtable: an element is found by its hash, however many there are.".into(),
        "skiplist" => {
            "skiplist: members in order, found in about log n steps, with a hash table beside it."
                .into()
        }
        "stream" => "stream: entries in packed blocks, found by ID in a radix tree.".into(),
        other => format!("{other} is the form in which the value is kept."),
    }
}

#[cfg(test)]
mod tests;
