//! Glob patterns as `KEYS`, `SCAN MATCH`, `PSUBSCRIBE` and `PUBSUB CHANNELS` read them.
//!
//! `*` any run, `?` any one byte, `[a-z]` a class, `[^…]` its opposite, `\` takes the next byte literally.
//! Bytes, not characters: `?` is one byte of a UTF-8 sequence.
//!
//! The reference matcher is kept to the letter, its quirks included, because learners compare answers:
//! - the empty text is matched by the empty pattern only, not even by `*`;
//! - a class that is never closed ends with the pattern (`[abc` is `[abc]`), and a lone `[` matches nothing;
//! - inside a class `x-]` is a range up to `]`, so `[a-]` is not closed by that `]`;
//! - a range compares *signed* bytes and may be written backwards; ignoring case lowers its ends after ordering them;
//! - an escaped byte in a class is compared with its case even when case is ignored;
//! - a trailing `\` is itself;
//! - a pattern that needs more than 1,000 stars matches nothing.
//!
//! One star's backtracking is enough: once the rest of the pattern after a star fits nowhere, no longer run of an
//! earlier star can help. So the time is at most `pattern × text`.

/// Past this many stars that are not the last thing in the pattern, the reference gives up.
const MAX_STARS: usize = 1000;

/// Whether the whole `text` fits `pattern`, case counting.
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    Matcher {
        pattern,
        fold: false,
    }
    .run(text)
}

/// Whether the whole `text` fits `pattern`, ASCII case ignored.
pub fn matches_nocase(pattern: &[u8], text: &[u8]) -> bool {
    Matcher {
        pattern,
        fold: true,
    }
    .run(text)
}

/// What a pattern without any special byte stands for: itself. `None` when it has one.
///
/// Lets a caller look one name up instead of trying them all.
pub fn literal(pattern: &[u8]) -> Option<&[u8]> {
    let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
    (!pattern.iter().any(special)).then_some(pattern)
}

struct Matcher<'p> {
    pattern: &'p [u8],
    fold: bool,
}

impl Matcher<'_> {
    fn run(&self, text: &[u8]) -> bool {
        let (mut at, mut pos) = (0, 0);
        let mut stars = 0;
        // Where to take up again when the bytes after the latest star do not fit: pattern index, text index.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let fits = loop {
                let (Some(&head), Some(&byte)) = (self.pattern.get(at), text.get(pos)) else {
                    break at >= self.pattern.len() && pos >= text.len();
                };
                if head == b'*' {
                    at = self.skip_stars(at);
                    if at >= self.pattern.len() {
                        return true;
                    }
                    if stars == MAX_STARS {
                        return false;
                    }
                    stars += 1;
                    retry = Some((at, pos));
                    continue;
                }
                let Some(next) = self.step(at, byte) else {
                    break false;
                };
                at = next;
                pos += 1;
                if pos == text.len() {
                    break self.skip_stars(at) >= self.pattern.len();
                }
            };
            if fits {
                return true;
            }
            match retry {
                Some((after, start)) if start + 1 < text.len() => {
                    (at, pos) = (after, start + 1);
                    retry = Some((at, pos));
                }
                _ => return false,
            }
        }
    }

    fn skip_stars(&self, mut at: usize) -> usize {
        while self.pattern.get(at) == Some(&b'*') {
            at += 1;
        }
        at
    }

    /// Where the pattern goes on when the element at `at` takes `byte`; `None` when it does not.
    fn step(&self, at: usize, byte: u8) -> Option<usize> {
        match *self.pattern.get(at)? {
            b'?' => Some(at + 1),
            b'[' => self.class(at + 1, byte),
            b'\\' => match self.pattern.get(at + 1) {
                Some(&escaped) => self.same(escaped, byte).then_some(at + 2),
                None => self.same(b'\\', byte).then_some(at + 1),
            },
            literal => self.same(literal, byte).then_some(at + 1),
        }
    }

    /// The class whose first byte after `[` is at `at`.
    fn class(&self, mut at: usize, byte: u8) -> Option<usize> {
        let negated = self.pattern.get(at) == Some(&b'^');
        if negated {
            at += 1;
        }
        let mut found = false;
        let end = loop {
            match self.pattern.get(at..).unwrap_or_default() {
                [] => break at,
                [b'\\', escaped, ..] => {
                    found |= *escaped == byte;
                    at += 2;
                }
                [b']', ..] => break at + 1,
                [from, b'-', to, ..] => {
                    found |= self.in_range(*from, *to, byte);
                    at += 3;
                }
                [one, ..] => {
                    found |= self.same(*one, byte);
                    at += 1;
                }
            }
        };
        (found != negated).then_some(end)
    }

    fn same(&self, a: u8, b: u8) -> bool {
        if self.fold {
            a.eq_ignore_ascii_case(&b)
        } else {
            a == b
        }
    }

    fn in_range(&self, from: u8, to: u8, byte: u8) -> bool {
        let (from, to) = (signed(from), signed(to));
        let (low, high) = (from.min(to), from.max(to));
        if self.fold {
            (lower(low)..=lower(high)).contains(&lower(signed(byte)))
        } else {
            (low..=high).contains(&signed(byte))
        }
    }
}

/// A byte as the reference's signed `char`.
fn signed(byte: u8) -> i32 {
    i32::from(byte.cast_signed())
}

/// glibc's `tolower` on a signed `char`: it also brings all negative values but -1 (its EOF) into 128..=254.
fn lower(c: i32) -> i32 {
    match c {
        -128..=-2 => c + 256,
        65..=90 => c + 32,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pattern, text, whether Valkey 9.1 matched it (`KEYS`).
    const GOLDEN: &[(&str, &str, bool)] = &[
        ("h?llo", "hello", true),
        ("h?llo", "hllo", false),
        ("h[ae]llo", "hallo", true),
        ("h[^e]llo", "hello", false),
        ("h[a-c]llo", "hbllo", true),
        ("h[c-a]llo", "hbllo", true),
        ("[abc", "c", true),
        ("[abc", "d", false),
        ("[", "[", false),
        ("[^", "x", true),
        ("[]", "]", false),
        ("[^]", "x", true),
        ("[a-]", "]", true),
        ("[a-]", "b", false),
        ("[a-]z", "z", true),
        ("[\\]]", "]", true),
        ("[\\", "\\", true),
        ("\\", "\\", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("**", "", false),
        ("", "", true),
        ("a**b*", "axxb", true),
        ("*a*b", "aab", true),
        ("*?", "a", true),
        ("?*", "a", true),
        ("a*", "a", true),
        ("*a", "ab", false),
    ];

    #[test]
    fn agrees_with_the_reference() {
        for &(pattern, text, expect) in GOLDEN {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes()),
                expect,
                "{pattern:?} {text:?}"
            );
        }
    }

    #[test]
    fn ranges_compare_signed_bytes() {
        assert!(matches(b"[a-\xff]", b"A"));
        assert!(matches(b"[a-\xff]", b"\xff"));
        assert!(!matches(b"[a-\xff]", b"\x80"));
        assert!(matches(b"[a-\x80]", b"\x80"));
    }

    #[test]
    fn case_is_ignored_except_where_the_reference_does_not() {
        assert!(matches_nocase(b"HE*O", b"hello"));
        assert!(matches_nocase(b"[A-C]", b"b"));
        assert!(!matches_nocase(b"[\\A]", b"a"));
        assert!(!matches_nocase(b"[Z-_]", b"z"), "z..=_ is empty");
    }

    #[test]
    fn too_many_stars_match_nothing() {
        let pattern = |stars: usize| [b"*a".repeat(stars), b"*".to_vec()].concat();
        let text = b"a".repeat(2000);
        assert!(matches(&pattern(1000), &text));
        assert!(!matches(&pattern(1001), &text));
    }

    #[test]
    fn an_abusive_pattern_stays_cheap() {
        let pattern = [b"a*".repeat(900), b"b".to_vec()].concat();
        assert!(!matches(&pattern, &b"a".repeat(10_000)));
    }

    #[test]
    fn a_literal_is_known() {
        assert_eq!(literal(b"user:1"), Some(&b"user:1"[..]));
        assert_eq!(literal(b"user:?"), None);
    }

    /// Only `*`, `?` and letters: by the book, tried every way.
    fn naive(pattern: &[u8], text: &[u8]) -> bool {
        match pattern {
            [] => text.is_empty(),
            [b'*', rest @ ..] => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            [head, rest @ ..] => text
                .split_first()
                .is_some_and(|(t, ts)| (*head == b'?' || head == t) && naive(rest, ts)),
        }
    }

    proptest! {
        #[test]
        fn one_star_of_backtracking_is_enough(pattern in "[ab*?]{0,9}", text in "[ab]{1,12}") {
            prop_assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), naive(pattern.as_bytes(), text.as_bytes()));
        }

        #[test]
        fn any_bytes_are_fine(pattern: Vec<u8>, text: Vec<u8>) {
            matches(&pattern, &text);
            matches_nocase(&pattern, &text);
        }

        #[test]
        fn escaping_everything_is_the_literal(text in prop::collection::vec(any::<u8>(), 1..20), other in prop::collection::vec(any::<u8>(), 1..20)) {
            let escaped: Vec<u8> = text.iter().flat_map(|&b| [b'\\', b]).collect();
            prop_assert!(matches(&escaped, &text));
            prop_assert_eq!(matches(&escaped, &other), text == other);
        }
    }
}
