//! What the bytes of a string are, as far as can be told.

use super::json;

/// What the bytes of a string look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A whole number of 64 bits, as INCR takes it.
    Whole(i64),
    /// Another number: INCRBYFLOAT takes it, INCR does not.
    Fraction,
    /// JSON, or its beginning.
    Json,
    /// Text.
    Text,
    /// Bytes that are no text.
    Bytes,
}

/// What a string is. `whole` says that `head` is all of it.
pub fn shape(head: &[u8], whole: bool) -> Shape {
    let Some(text) = text_of(head, whole) else {
        return Shape::Bytes;
    };
    if whole
        && let Ok(number) = text.parse::<i64>()
        && number.to_string() == text
    {
        return Shape::Whole(number);
    }
    let digits = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'e' | b'E' | b'+');
    let numeric =
        text.len() < 64 && text.bytes().all(digits) && text.bytes().any(|b| b.is_ascii_digit());
    if whole && numeric && text.parse::<f64>().is_ok() {
        return Shape::Fraction;
    }
    match text.trim_start().starts_with(['{', '[']) {
        true if !whole || json::check(text).is_ok() => Shape::Json,
        _ => Shape::Text,
    }
}

/// Bytes as text; `None` where they are none.
pub fn text_of(head: &[u8], whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end within a character.
        Err(error) if !whole && head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!text.chars().any(control)).then_some(text)
}

/// Bytes as rows of offset, hexadecimal and characters.
pub fn dump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (i, row) in bytes.chunks(16).enumerate() {
        let hex: Vec<String> = row.iter().map(|b| format!("{b:02x}")).collect();
        let text: String = row
            .iter()
            .map(|&b| {
                if b.is_ascii_graphic() || b == b' ' {
                    char::from(b)
                } else {
                    '·'
                }
            })
            .collect();
        out.push_str(&format!("{:04x}  {:<47}  {text}\n", i * 16, hex.join(" ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_told_for_what_it_is() {
        assert_eq!(shape(b"42", true), Shape::Whole(42));
        assert_eq!(shape(b"-9223372036854775808", true), Shape::Whole(i64::MIN));
        assert_eq!(shape(b"9223372036854775808", true), Shape::Fraction);
        // INCR answers an error to these.
        assert_eq!(shape(b"007", true), Shape::Fraction);
        assert_eq!(shape(b"1.50", true), Shape::Fraction);
        assert_eq!(shape(b"-", true), Shape::Text);
        assert_eq!(shape(b"42", false), Shape::Text);
        assert_eq!(shape(br#"{"a":1}"#, true), Shape::Json);
        assert_eq!(shape(br#"{"a":"#, false), Shape::Json);
        assert_eq!(shape(b"{not json", true), Shape::Text);
        assert_eq!(shape(b"\x00\x01", true), Shape::Bytes);
        assert_eq!(shape(&"\u{e9}".as_bytes()[..1], false), Shape::Text);
        assert!(dump(b"\x00\x01").starts_with("0000  00 01 "));
    }
}
