//! Values in the reference's own binary form: the payloads of DUMP and RESTORE.
//!
//! A payload is a type, the value, the version of the form in two bytes, and the CRC-64 of all that.
//! Source: the reference's `rdb.c`, versions 10 (Redis 7.0), 11 (Redis 7.2, Valkey 7.2) and 80
//! (Valkey 9.0). A value is written with the lowest version that knows its type, so that as many
//! servers as can be take it.

mod functions;
mod load;
mod save;
mod stream;
mod wire;
mod ziplist;

use crc::{CRC_64_REDIS, Crc, Table};

pub use functions::{dump_functions, functions};

use super::db::Value;
use crate::ds::limits::Limits;

const STRING: u8 = 0;
const LIST: u8 = 1;
const SET: u8 = 2;
const ZSET: u8 = 3;
const HASH: u8 = 4;
const ZSET_2: u8 = 5;
const LIST_ZIPLIST: u8 = 10;
const SET_INTSET: u8 = 11;
const ZSET_ZIPLIST: u8 = 12;
const HASH_ZIPLIST: u8 = 13;
const LIST_QUICKLIST: u8 = 14;
const STREAM_LISTPACKS: u8 = 15;
const HASH_LISTPACK: u8 = 16;
const ZSET_LISTPACK: u8 = 17;
const LIST_QUICKLIST_2: u8 = 18;
const STREAM_LISTPACKS_2: u8 = 19;
const SET_LISTPACK: u8 = 20;
const STREAM_LISTPACKS_3: u8 = 21;
/// A hash with fields that expire.
const HASH_2: u8 = 22;

/// What a node of a quicklist holds: one element as it is, or a listpack.
const NODE_PLAIN: u64 = 1;
const NODE_PACKED: u64 = 2;

/// The newest version that is read.
const VERSION: u16 = 80;
/// Versions of others, whose types are not those of the reference.
const FOREIGN: std::ops::RangeInclusive<u16> = 12..=79;
/// Bytes of the version and the checksum.
const FOOTER: usize = 10;

static CRC: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_REDIS);

/// A value as a payload. `compress`: long strings by LZF, where that makes them shorter.
pub fn dump(value: &Value, compress: bool) -> Vec<u8> {
    let mut payload = save::save(value, compress);
    let version: u16 = match payload.first() {
        Some(&HASH_2) => 80,
        Some(&(SET_LISTPACK | STREAM_LISTPACKS_3)) => 11,
        _ => 10,
    };
    payload.extend(version.to_le_bytes());
    payload.extend(CRC.checksum(&payload).to_le_bytes());
    payload
}

/// Whether a payload has a version that is read here, or any where that is `relaxed`, and its own checksum,
/// where that is `summed`.
pub fn verify(payload: &[u8], relaxed: bool, summed: bool) -> bool {
    let Some(body) = payload.len().checked_sub(FOOTER) else {
        return false;
    };
    let (body, footer) = payload.split_at(body);
    let Some((version, checksum)) = footer.split_first_chunk::<2>() else {
        return false;
    };
    let known = u16::from_le_bytes(*version);
    let sum = CRC.checksum(&[body, version].concat());
    !FOREIGN.contains(&known)
        && (relaxed || known <= VERSION)
        && (!summed || sum.to_le_bytes() == checksum)
}

/// The value of a payload that was [verified](verify); `None` where it makes no sense.
pub fn load(payload: &[u8], limits: &Limits) -> Option<Value> {
    let body = payload.get(..payload.len().checked_sub(FOOTER)?)?;
    load::load(body, limits)
}
