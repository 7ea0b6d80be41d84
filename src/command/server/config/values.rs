//! How the values of settings are read and printed, with the reference's texts for those that do not read.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::settings::Kind;
use crate::engine::error::c_string;
use crate::engine::notify;
use crate::engine::num;
use crate::engine::resp::split_words;

type Value = Result<Vec<u8>, String>;

impl Kind {
    /// Reads a value, given the one before. All but integers and plain texts end at their first NUL.
    pub fn read(self, text: &[u8], before: &[u8]) -> Value {
        let text = match self {
            Self::Int(..) | Self::Text => text,
            _ => c_string(text),
        };
        match self {
            Self::Bool => ["yes", "no"]
                .iter()
                .find(|word| text.eq_ignore_ascii_case(word.as_bytes()))
                .map(|word| word.as_bytes().to_vec())
                .ok_or_else(|| "argument must be 'yes' or 'no'".into()),
            Self::Int(low, high) => whole(text, low, high),
            Self::Memory(low, high) => {
                let value = memory(text).ok_or("argument must be a memory value")?;
                if (low..=high).contains(&value) {
                    Ok(value.to_string().into_bytes())
                } else {
                    Err(between(&low, &high))
                }
            }
            Self::Enum(words) => words
                .iter()
                .find(|word| text.eq_ignore_ascii_case(word.as_bytes()))
                .map(|word| word.as_bytes().to_vec())
                .ok_or_else(|| one_of(words)),
            Self::Flags(words) => flags(text, words),
            Self::Text => Ok(text.to_vec()),
            Self::Own(read) => read(text, before),
        }
    }
}

fn between(low: &dyn std::fmt::Display, high: &dyn std::fmt::Display) -> String {
    format!("argument must be between {low} and {high} inclusive")
}

fn one_of(words: &[&str]) -> String {
    format!(
        "argument(s) must be one of the following: {}",
        words.join(", ")
    )
}

fn whole(text: &[u8], low: i64, high: i64) -> Value {
    let value = num::parse_i64(text).ok_or("argument couldn't be parsed into an integer")?;
    if (low..=high).contains(&value) {
        Ok(value.to_string().into_bytes())
    } else {
        Err(between(&low, &high))
    }
}

/// A number of bytes, as `100`, `2k` (2000) or `2kb` (2048). No digits at all are zero.
fn memory(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let factor: u64 = match unit.to_ascii_lowercase().as_slice() {
        b"" | b"b" => 1,
        b"k" => 1000,
        b"kb" => 1 << 10,
        b"m" => 1_000_000,
        b"mb" => 1 << 20,
        b"g" => 1_000_000_000,
        b"gb" => 1 << 30,
        _ => return None,
    };
    let number = match number {
        b"" => 0,
        some => std::str::from_utf8(some).ok()?.parse().ok()?,
    };
    Some(u64::wrapping_mul(number, factor))
}

/// A number as C's `strtoll` reads all of a text: none at all is zero.
fn strtoll(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    if text.is_empty() {
        return Some(0);
    }
    text.trim_ascii_start().parse().ok()
}

fn flags(text: &[u8], words: &[&str]) -> Value {
    let given = split_words(text).unwrap_or_default();
    let known = |given: &Vec<u8>| {
        words
            .iter()
            .any(|word| given.eq_ignore_ascii_case(word.as_bytes()))
    };
    if given.is_empty() || !given.iter().all(known) {
        return Err(one_of(words));
    }
    let has = |word: &str| {
        given
            .iter()
            .any(|given| given.eq_ignore_ascii_case(word.as_bytes()))
    };
    if has("save") && has("nosave") {
        return Err("shutdown options SAVE and NOSAVE can't be used simultaneously".into());
    }
    let (none, some) = words.split_first().ok_or("no words")?;
    let set: Vec<&str> = some.iter().copied().filter(|word| has(word)).collect();
    Ok(if set.is_empty() {
        none.as_bytes().to_vec()
    } else {
        set.join(" ").into_bytes()
    })
}

/// What `maxmemory-clients` takes: bytes, or a share of `maxmemory`.
pub fn percent_memory(text: &[u8], _: &[u8]) -> Value {
    const TEXT: &str = "argument must be a memory or percent value";
    let value = match text.strip_suffix(b"%") {
        Some(share) if !share.is_empty() && share.iter().all(u8::is_ascii_digit) => {
            0i64.wrapping_sub(num::parse_i64(share).ok_or(TEXT)?)
        }
        Some(_) => return Err(TEXT.into()),
        None => memory(text).ok_or(TEXT)? as i64,
    };
    match value {
        ..-100 => Err("percentage argument must be less or equal to 100".into()),
        -100..0 => Ok(format!("{}%", -value).into_bytes()),
        _ => Ok(value.to_string().into_bytes()),
    }
}

/// A number of bytes, or -1.
pub fn signed_memory(text: &[u8], _: &[u8]) -> Value {
    let value = num::parse_i64(text)
        .or_else(|| memory(text).map(|value| value as i64))
        .ok_or("argument must be a memory value")?;
    if value >= -1 {
        Ok(value.to_string().into_bytes())
    } else {
        Err(between(&-1, &i64::MAX))
    }
}

/// Classes of keyspace notifications by their letters.
pub fn notify_events(text: &[u8], _: &[u8]) -> Value {
    let classes =
        notify::parse(text).ok_or("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")?;
    Ok(notify::print(classes))
}

/// When the reference saves: pairs of seconds and changes. Nothing is saved here; clients ask all the same.
pub fn save_points(text: &[u8], _: &[u8]) -> Value {
    const TEXT: &str = "Invalid save parameters";
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let words: Vec<_> = text.split(|&b| b == b' ').collect();
    let mut printed = Vec::new();
    for pair in words.chunks(2) {
        let [seconds, changes] = pair else {
            return Err(TEXT.into());
        };
        let (seconds, changes) = (
            strtoll(seconds).filter(|&n| n >= 1).ok_or(TEXT)?,
            strtoll(changes).filter(|&n| n >= 0).ok_or(TEXT)?,
        );
        printed.push(format!("{seconds} {}", changes as i32));
    }
    Ok(printed.join(" ").into_bytes())
}

/// How much may wait for a slow client, for each class of clients.
pub fn buffer_limits(text: &[u8], before: &[u8]) -> Value {
    let mut limits: Vec<String> = String::from_utf8_lossy(before)
        .split(' ')
        .map(String::from)
        .collect();
    let words: Vec<_> = match text {
        b"" => Vec::new(),
        some => some.split(|&b| b == b' ').collect(),
    };
    if !words.len().is_multiple_of(4) {
        return Err("Wrong number of arguments in buffer limit configuration.".into());
    }
    for four in words.chunks(4) {
        let [class, hard, soft, seconds] = four else {
            break;
        };
        let place = match class.to_ascii_lowercase().as_slice() {
            b"normal" => 0,
            b"slave" | b"replica" => 4,
            b"pubsub" => 8,
            _ => {
                return Err("Invalid client class specified in buffer limit configuration.".into());
            }
        };
        let values = (
            memory(hard),
            memory(soft),
            strtoll(seconds).filter(|&n| n >= 0),
        );
        let (Some(hard), Some(soft), Some(seconds)) = values else {
            return Err(
                "Error in hard, soft or soft_seconds setting in buffer limit configuration.".into(),
            );
        };
        let printed = [hard.to_string(), soft.to_string(), seconds.to_string()];
        for (at, value) in printed.into_iter().enumerate() {
            if let Some(slot) = limits.get_mut(place + 1 + at) {
                *slot = value;
            }
        }
    }
    Ok(limits.join(" ").into_bytes())
}

/// Three numbers for the kernel's choice of whom to end first.
pub fn oom_values(text: &[u8], _: &[u8]) -> Value {
    let words: Vec<_> = text.split(|&b| b == b' ').collect();
    if words.len() != 3 {
        return Err("wrong number of arguments".into());
    }
    let mut printed = Vec::new();
    for word in words {
        let value = strtoll(word)
            .filter(|n| (-2000..=2000).contains(n))
            .ok_or("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")?;
        printed.push(value.to_string());
    }
    Ok(printed.join(" ").into_bytes())
}

/// Which shares of the latencies INFO shows.
pub fn percentiles(text: &[u8], _: &[u8]) -> Value {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut printed = Vec::new();
    for word in text.split(|&b| b == b' ') {
        let value = num::parse_f64(word)
            .filter(|value| !value.is_nan())
            .ok_or("Invalid latency-tracking-info-percentiles parameters")?;
        if !(0.0..=100.0).contains(&value) {
            return Err(
                "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"
                    .into(),
            );
        }
        let text = format!("{value:.6}");
        printed.push(text.trim_end_matches('0').trim_end_matches('.').to_string());
    }
    Ok(printed.join(" ").into_bytes())
}

/// The order of letters: only the plain one is known here.
pub fn locale(text: &[u8], _: &[u8]) -> Value {
    match text {
        b"" | b"C" | b"POSIX" => Ok(text.to_vec()),
        _ => Err("Invalid locale name".into()),
    }
}

/// What a list of processes is to show, with names in braces.
pub fn title(text: &[u8], _: &[u8]) -> Value {
    const NAMES: &[&str] = &[
        "title",
        "listen-addr",
        "server-mode",
        "port",
        "tls-port",
        "unixsocket",
        "config-file",
    ];
    let written = String::from_utf8_lossy(text);
    let mut rest = &*written;
    while let Some((_, after)) = rest.split_once('{') {
        match after.split_once('}') {
            Some((name, after)) if NAMES.contains(&name) => rest = after,
            _ => return Err("template format is invalid or contains unknown variables".into()),
        }
    }
    Ok(text.to_vec())
}

/// Nothing moves values together in memory here, as in a reference without its own allocator.
pub fn no_defrag(text: &[u8], before: &[u8]) -> Value {
    match Kind::Bool.read(text, before)?.as_slice() {
        b"yes" => Err("Active defragmentation cannot be enabled: it requires a server compiled with a modified Jemalloc like the one shipped by default with the source distribution".into()),
        no => Ok(no.to_vec()),
    }
}

/// There is no such network.
pub fn no_rdma(_: &[u8], _: &[u8]) -> Value {
    Err("No RDMA building support.".into())
}

/// An IPv4 address, or nothing.
pub fn ipv4(text: &[u8], _: &[u8]) -> Value {
    let fits = |text: &str| text.is_empty() || text.parse::<Ipv4Addr>().is_ok();
    checked(text, fits, "Invalid IPv4 address")
}

/// An IPv6 address, or nothing.
pub fn ipv6(text: &[u8], _: &[u8]) -> Value {
    let fits = |text: &str| text.is_empty() || text.parse::<Ipv6Addr>().is_ok();
    checked(text, fits, "Invalid IPv6 address")
}

/// A host's name.
pub fn hostname(text: &[u8], _: &[u8]) -> Value {
    if text.len() >= 256 {
        return Err("Hostnames must be less than 256 characters".into());
    }
    let fits = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
    };
    checked(
        text,
        fits,
        "Hostnames may only contain alphanumeric characters, hyphens or dots",
    )
}

/// A node's name for people.
pub fn nodename(text: &[u8], _: &[u8]) -> Value {
    checked(
        text,
        plain,
        "Announced human node name contained invalid character",
    )
}

/// A node's address.
pub fn announce_ip(text: &[u8], _: &[u8]) -> Value {
    checked(
        text,
        plain,
        "cluster-announce-ip contains invalid character",
    )
}

fn plain(text: &str) -> bool {
    !text.contains(|c| "!#$%&()*+:;<>?@[]^{|}~".contains(c))
}

fn checked(text: &[u8], fits: impl Fn(&str) -> bool, wrong: &str) -> Value {
    if std::str::from_utf8(text).is_ok_and(fits) {
        Ok(text.to_vec())
    } else {
        Err(wrong.into())
    }
}

/// How often a second the reference looks after itself.
pub fn hz(text: &[u8], _: &[u8]) -> Value {
    at_least_at_most(text, i64::from(i32::MAX), 1, 500)
}

/// How much a replica may have missed; never less than 16 KiB.
pub fn backlog(text: &[u8], before: &[u8]) -> Value {
    let value = Kind::Memory(1, i64::MAX as u64).read(text, before)?;
    at_least_at_most(&value, i64::MAX, 16_384, i64::MAX)
}

fn at_least_at_most(text: &[u8], highest: i64, least: i64, most: i64) -> Value {
    let value = whole(text, 0, highest)?;
    let value = num::parse_i64(&value).unwrap_or(least).clamp(least, most);
    Ok(value.to_string().into_bytes())
}
