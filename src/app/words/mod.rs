//! The words of the page, in one place for who translates them: a module for each of its parts.
//!
//! A text without values is a constant; one with values is a function, which knows plurals and grammar. A sentence in
//! which something drawn stands (who did it, a button that types a command) is a function that gives [`Piece`]s, so that
//! another language can put these elsewhere. No text is looked up at run time.
//!
//! What is the same in every language stays where it is drawn: commands to be typed, signs, numbers.
//! `tests/house.rs` holds that `src/ui` has no words of its own.
//!
//! Sentences that follow from facts stand in modules of their own: why a reply is what it is in
//! [`why`](super::why), what is announced in [`announce`](super::announce), what `HELP` prints in
//! [`help`](super::help), what a line with a dot answers in [`clock`](super::clock) and [`past`](super::past), the lookups
//! of sorted sets in [`zset`](super::zset), what holds a client up in [`client`](super::client), what a register is offered in
//! [`registers`](super::registers), the orders of the list of keys in [`listing`](super::listing), the columns of the
//! profiler in [`profiler`](super::profiler), ready-made scripts in [`script`](super::script), what is wrong with JSON in
//! [`json`](super::json), why something shared does not open in [`share`](super::share), the timeline's length in
//! [`timeline`](super::timeline), how actors stand in [`actors`](super::actors), the first [`example`](super::example), and
//! how numbers and times are written in [`format`](super::format) and [`show`](super::show).

#![allow(missing_docs, reason = "a text says itself what it is")]

use std::borrow::Cow;

use super::format;

pub mod actors;
pub mod client;
pub mod clock;
pub mod common;
pub mod console;
pub mod embed;
pub mod help;
pub mod hll;
pub mod items;
pub mod kept;
pub mod keys;
pub mod lesson;
pub mod lock;
pub mod missing;
pub mod page;
pub mod profiler;
pub mod pubsub;
pub mod script;
pub mod share;
pub mod stream;
pub mod text;
pub mod timeline;
pub mod worker;
pub mod zset;

/// A piece of a sentence: words, or what is drawn among them.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<H> {
    /// Words.
    Said(Cow<'static, str>),
    /// What is drawn.
    Shown(H),
}

fn say<H>(text: impl Into<Cow<'static, str>>) -> Piece<H> {
    Piece::Said(text.into())
}

fn show<H>(drawn: H) -> Piece<H> {
    Piece::Shown(drawn)
}

/// "1 entry", "1,000 entries".
fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", format::count(n), if n == 1 { one } else { many })
}

/// " · about 5 s left", once that can be told.
fn time_left(seconds: Option<u32>) -> String {
    let left = |left: u32| format!(" · about {} left", format::seconds(left));
    seconds.map_or_else(String::new, left)
}

/// " in jobs", where a group has to be named.
fn within(group: Option<&str>) -> String {
    group.map_or_else(String::new, |group| format!(" in {group}"))
}
