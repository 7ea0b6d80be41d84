//! Which of the four hues marks whom. One rule, so that a client and what it owns look alike everywhere.

use crate::session::message::Conn;

const TAGS: [&str; 4] = ["t1", "t2", "t3", "t4"];
const VARS: [&str; 4] = [
    "var(--client-1)",
    "var(--client-2)",
    "var(--client-3)",
    "var(--client-4)",
];

/// The class of a client's tag: `t1` to `t4`, in turn.
pub fn client_tag(conn: Conn) -> &'static str {
    pick(&TAGS, conn as usize)
}

/// The colour of a client, for a custom property.
pub fn client_var(conn: Conn) -> &'static str {
    pick(&VARS, conn as usize)
}

/// The class of a consumer's tag.
pub fn consumer_tag(name: &[u8]) -> &'static str {
    pick(&TAGS, consumer_slot(name))
}

/// The colour of a consumer, for a custom property.
pub fn consumer_var(name: &[u8]) -> &'static str {
    pick(&VARS, consumer_slot(name))
}

fn pick(from: &[&'static str; 4], slot: usize) -> &'static str {
    from.get(slot % 4).copied().unwrap_or_default()
}

/// `worker_1` takes the first hue, `worker_2` the second; a name without a number, one by its FNV-1a hash.
fn consumer_slot(name: &[u8]) -> usize {
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    match name.get(name.len() - digits..) {
        // Of a long number the last digits are enough, and cannot overflow.
        Some(number) if digits > 0 => {
            let tail = number.get(digits.saturating_sub(9)..).unwrap_or_default();
            tail.iter().fold(0, |n, b| n * 10 + usize::from(b - b'0')) + 3
        }
        _ => name.iter().fold(0x811c_9dc5_u32, |hash, &b| {
            (hash ^ u32::from(b)).wrapping_mul(0x0100_0193)
        }) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_take_the_hues_in_turn() {
        assert_eq!([0, 1, 3, 4].map(client_tag), ["t1", "t2", "t4", "t1"]);
        assert_eq!(client_var(2), "var(--client-3)");
    }

    #[test]
    fn numbered_consumers_take_the_hues_in_turn() {
        assert_eq!(consumer_tag(b"worker_1"), "t1");
        assert_eq!(consumer_tag(b"worker_2"), "t2");
        assert_eq!(consumer_tag(b"worker_12"), "t4");
        assert_eq!(consumer_tag(b"c0"), "t4");
        assert_eq!(
            consumer_var(b"99999999999999999999999999999999999999999999999999999999999999"),
            "var(--client-3)"
        );
    }

    #[test]
    fn a_name_always_takes_the_same_hue() {
        assert_eq!(consumer_tag(b"alice"), consumer_tag(b"alice"));
        assert_eq!(consumer_tag(b""), consumer_tag(b""));
        assert_ne!(consumer_tag(b"alice"), consumer_tag(b"bob"));
    }
}
