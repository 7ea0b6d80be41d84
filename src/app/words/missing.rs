//! The inspector of a key that is not there.

use super::{Piece, say, show};

pub const NOT_THERE: &str = "not there";
pub const WHAT_BECAME: &str = "What became of it";
pub const WAITING: &str = "Waiting for it, the first in line first:";
pub const MAKE_IT_AGAIN: &str = "To make it again, or as something else:";
pub const ANY_MAKES_IT: &str = "Any of these makes it:";
pub const NO_SUCH_KEY: &str = "There is no such key.";

pub const KIND: &str = "no such key";

pub fn waits<H>(who: H, time: H, endless: bool) -> Vec<Piece<H>> {
    let end = if endless { ", without an end" } else { "" };
    vec![show(who), say(" for "), show(time), say(end)]
}

/// What it was, and how large; how it went follows.
pub fn it_was(kind: &str, size: Option<&str>) -> String {
    match size {
        Some(size) => format!("It was a {kind} of {size}. "),
        None => format!("It was a {kind}. "),
    }
}

pub fn expired<H>(at: H, time: H) -> Vec<Piece<H>> {
    vec![
        say("It expired at "),
        show(at),
        say(", "),
        show(time),
        say(" ago, at its exact deadline."),
    ]
}

pub fn evicted<H>(time: H) -> Vec<Piece<H>> {
    vec![
        say("It was evicted "),
        show(time),
        say(" ago: memory was full, and the policy chose it to go."),
    ]
}

pub fn moved<H>(who: H, to: &str, time: H) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(format!(" gave it another place, {to}, ")),
        show(time),
        say(" ago."),
    ]
}

pub fn last_field_expired<H>(time: H) -> Vec<Piece<H>> {
    vec![
        say("Its last field expired "),
        show(time),
        say(" ago, and what is empty is not there."),
    ]
}

pub fn took_the_last<H>(who: H, time: H) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" took the last of it "),
        show(time),
        say(" ago, and what is empty is not there."),
    ]
}

pub fn deleted<H>(who: H, time: H) -> Vec<Piece<H>> {
    vec![show(who), say(" deleted it "), show(time), say(" ago.")]
}
