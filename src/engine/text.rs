//! Replies as redis-cli prints them on a terminal.

use super::reply::Reply;
use super::resp;

/// The text of one reply, each line ended by a line break.
pub fn format(reply: &Reply) -> String {
    let mut out = String::new();
    write(&mut out, reply, "");
    out
}

/// The text of every whole reply in `bytes`, one after another.
pub fn format_all(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = bytes;
    while let Some((reply, used)) = resp::decode(rest) {
        write(&mut out, &reply, "");
        rest = rest.get(used..).unwrap_or_default();
    }
    out
}

/// A string in double quotes, with everything but printable ASCII escaped.
pub fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for &b in bytes {
        match b {
            b'\\' | b'"' => {
                out.push('\\');
                out.push(char::from(b));
            }
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            7 => out.push_str("\\a"),
            8 => out.push_str("\\b"),
            0x20..=0x7e => out.push(char::from(b)),
            _ => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push('"');
    out
}

fn write(out: &mut String, reply: &Reply, prefix: &str) {
    match reply {
        Reply::Simple(text) | Reply::Verbatim(text) => line(out, text),
        Reply::Error(text) => line(out, &format!("(error) {text}")),
        Reply::Int(n) => line(out, &format!("(integer) {n}")),
        Reply::Double(text) => line(out, &format!("(double) {text}")),
        Reply::BigNumber(text) => line(out, text),
        Reply::Bulk(bytes) => line(out, &quote(bytes)),
        Reply::Null => line(out, "(nil)"),
        Reply::Bool(value) => line(out, if *value { "(true)" } else { "(false)" }),
        Reply::Array(items) => list(out, items, prefix, ')', "(empty array)"),
        Reply::Set(items) => list(out, items, prefix, '~', "(empty set)"),
        Reply::Push(items) => list(out, items, prefix, ')', "(empty push)"),
        Reply::Map(pairs) => {
            if pairs.is_empty() {
                return line(out, "(empty hash)");
            }
            let (width, inner) = indent(pairs.len(), prefix);
            for (i, (key, value)) in pairs.iter().enumerate() {
                out.push_str(&format!(
                    "{}{:>width$}# ",
                    if i == 0 { "" } else { prefix },
                    i + 1
                ));
                write(out, key, &inner);
                out.pop();
                out.push_str(" => ");
                if many_lines(value) {
                    // A value of several lines begins on its own, so that its numbers stand below one another.
                    out.push('\n');
                    out.push_str(&inner);
                }
                write(out, value, &inner);
            }
        }
    }
}

/// Whether a reply takes several lines, as far as `redis-cli` looks: of a single item or pair, at
/// what it holds.
fn many_lines(reply: &Reply) -> bool {
    match reply {
        Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => {
            items.len() > 1 || items.first().is_some_and(many_lines)
        }
        Reply::Map(pairs) => {
            pairs.len() > 1 || pairs.first().is_some_and(|(_, value)| many_lines(value))
        }
        _ => false,
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// The width of the largest index, and the prefix of what stands below it.
fn indent(items: usize, prefix: &str) -> (usize, String) {
    let width = items.to_string().len();
    (width, format!("{prefix}{}", " ".repeat(width + 2)))
}

fn list(out: &mut String, items: &[Reply], prefix: &str, mark: char, empty: &str) {
    if items.is_empty() {
        return line(out, empty);
    }
    let (width, inner) = indent(items.len(), prefix);
    for (i, item) in items.iter().enumerate() {
        out.push_str(&format!(
            "{}{:>width$}{mark} ",
            if i == 0 { "" } else { prefix },
            i + 1
        ));
        write(out, item, &inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compared with `redis-cli` 7.0.15 after `HELLO 3`, `XINFO STREAM s FULL`, `XREAD` and a pushed message.
    #[test]
    fn maps_and_pushes_print_as_on_a_terminal() {
        let bytes = b"%2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n$4\r\nspec\r\n%1\r\n$5\r\nindex\r\n:1\r\n";
        let text = "1# \"s\" => \n   1) 1) \"1-1\"\n      2) 1) \"f\"\n         2) \"v\"\n2# \"spec\" => 1# \"index\" => (integer) 1\n";
        assert_eq!(format_all(bytes), text);
        assert_eq!(
            format_all(b">2\r\n$7\r\nmessage\r\n$1\r\na\r\n"),
            "1) \"message\"\n2) \"a\"\n"
        );
        assert_eq!(
            format_all(b"%1\r\n$1\r\na\r\n*1\r\n:1\r\n"),
            "1# \"a\" => 1) (integer) 1\n"
        );
    }
}
