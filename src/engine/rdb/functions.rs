//! Libraries of functions: the payloads of FUNCTION DUMP and FUNCTION RESTORE.

use super::wire::{Reader, Writer};
use super::{CRC, FOOTER, VERSION};

/// A library's code follows.
const LIBRARY: u8 = 245;
/// A library follows as release candidates of Redis 7.0 wrote it.
const EARLY_LIBRARY: u8 = 246;

/// The codes of libraries as a payload. `compress`: long ones by LZF, where that makes them shorter.
pub fn dump_functions<'a>(codes: impl Iterator<Item = &'a [u8]>, compress: bool) -> Vec<u8> {
    let mut out = Writer {
        bytes: Vec::new(),
        compress,
    };
    for code in codes {
        out.bytes.push(LIBRARY);
        out.string(code);
    }
    let mut payload = out.bytes;
    payload.extend(VERSION.to_le_bytes());
    payload.extend(CRC.checksum(&payload).to_le_bytes());
    payload
}

/// The codes of a payload that was [verified](super::verify); an error where one makes no sense is the last.
pub fn functions(payload: &[u8]) -> impl Iterator<Item = Result<Vec<u8>, &'static str>> {
    let end = payload.len().saturating_sub(FOOTER);
    let mut rest = Reader(payload.get(..end).unwrap_or_default());
    std::iter::from_fn(move || {
        let code = match rest.byte()? {
            LIBRARY => rest.string().ok_or("ERR Failed loading library payload"),
            EARLY_LIBRARY => Err("ERR Pre-GA function format not supported"),
            _ => Err("ERR given type is not a function"),
        };
        if code.is_err() {
            rest = Reader(&[]);
        }
        Some(code)
    })
}
