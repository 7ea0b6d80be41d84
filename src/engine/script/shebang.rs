//! The first line of a script or a library, where it says what it is: `#!lua flags=no-writes`.

use crate::engine::error::{Error, c_string};
use crate::engine::resp::split_words;

/// It writes nothing.
pub const NO_WRITES: u32 = 1;
/// It may run while memory is short.
pub const ALLOW_OOM: u32 = 2;
/// It may run on a replica that is behind.
pub const ALLOW_STALE: u32 = 4;
/// It does not run in a cluster.
pub const NO_CLUSTER: u32 = 8;
/// Its keys may lie in several slots.
pub const ALLOW_CROSS_SLOT: u32 = 16;

/// Each flag with its name, in the reference's order.
pub const FLAGS: [(u32, &str); 5] = [
    (NO_WRITES, "no-writes"),
    (ALLOW_OOM, "allow-oom"),
    (ALLOW_STALE, "allow-stale"),
    (NO_CLUSTER, "no-cluster"),
    (ALLOW_CROSS_SLOT, "allow-cross-slot-keys"),
];

/// The one language there is, in any case.
const LANGUAGE: &[u8] = b"lua";

/// The flags of a script and where its code begins. One without such a line has no flags, not even none.
pub fn script(body: &[u8]) -> Result<(Option<u32>, usize), Error> {
    if !body.starts_with(b"#!") {
        return Ok((None, 0));
    }
    let end = line_end(body).ok_or(Error::text("ERR Invalid script shebang"))?;
    let words = split_words(body.get(..end).unwrap_or_default()).unwrap_or_default();
    let Some((first, options)) = words.split_first() else {
        return Err(Error::text("ERR Invalid engine in script shebang"));
    };
    let mut flags = 0;
    for option in options {
        let option = c_string(option);
        let Some(names) = option.strip_prefix(b"flags=") else {
            return Err(Error::quoting(&[
                b"ERR Unknown lua shebang option: ",
                option,
            ]));
        };
        for name in names
            .split(|&byte| byte == b',')
            .filter(|_| !names.is_empty())
        {
            let known = FLAGS.iter().find(|(_, flag)| flag.as_bytes() == name);
            let Some((flag, _)) = known else {
                return Err(Error::quoting(&[
                    b"ERR Unexpected flag in script shebang: ",
                    name,
                ]));
            };
            flags |= flag;
        }
    }
    let language = c_string(first.get(2..).unwrap_or_default());
    if !language.eq_ignore_ascii_case(LANGUAGE) {
        return Err(Error::quoting(&[
            b"ERR Could not find scripting engine '",
            language,
            b"'",
        ]));
    }
    Ok((Some(flags), end))
}

/// The name of a library and where its code begins.
pub fn library(code: &[u8]) -> Result<(String, usize), Error> {
    const INVALID: Error = Error::text("ERR Invalid library metadata");
    if !code.starts_with(b"#!") {
        return Err(Error::text("ERR Missing library metadata"));
    }
    let end = line_end(code).ok_or(INVALID)?;
    let words = split_words(code.get(..end).unwrap_or_default()).ok_or(INVALID)?;
    let (first, options) = words.split_first().ok_or(INVALID)?;
    let mut name = None;
    for option in options {
        let value = option
            .split_at_checked(b"name=".len())
            .filter(|(word, _)| word.eq_ignore_ascii_case(b"name="))
            .map(|(_, value)| value);
        match value {
            Some(_) if name.is_some() => {
                return Err(Error::text(
                    "ERR Invalid metadata value, name argument was given multiple times",
                ));
            }
            Some(value) => name = Some(value),
            None => {
                return Err(Error::quoting(&[
                    b"ERR Invalid metadata value given: ",
                    option,
                ]));
            }
        }
    }
    let name = name.ok_or(Error::text("ERR Library name was not given"))?;
    let name = checked_name(name).ok_or(Error::text(
        "ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long",
    ))?;
    let language = first.get(2..).unwrap_or_default();
    if !language.eq_ignore_ascii_case(LANGUAGE) {
        return Err(Error::quoting(&[b"ERR Engine '", language, b"' not found"]));
    }
    Ok((name, end))
}

/// A name of a library or function, if it can be one.
pub fn checked_name(name: &[u8]) -> Option<String> {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let text = std::str::from_utf8(name).ok()?;
    (!name.is_empty() && name.iter().all(fits)).then(|| text.to_string())
}

/// Where the first line ends, which C looks for up to the first NUL.
fn line_end(text: &[u8]) -> Option<usize> {
    c_string(text).iter().position(|&byte| byte == b'\n')
}
