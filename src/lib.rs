//! Keyglass: a see-through data-structure server that lives in a web page.
//!
//! The house, and who may import whom:
//!
//! - [`ds`]: pure data structures. Imports nothing from the other folders.
//! - [`lua`]: Lua 5.1, a machine driven from outside. Imports nothing from the other folders.
//! - `grisu`: the digits of doubles, for `engine` and `lua`.
//! - [`engine`]: one server: keyspace, clients, time, delivery. Imports `ds`; knows of `lua` only its messages.
//! - [`command`]: one room per command family, and the one table. Imports `engine` and `ds`.
//! - [`app`]: the pure state of the page. Knows of `session` only its messages.
//! - `ui`: what draws the page (wasm only). Knows the browser.
//! - [`session`]: what can be recorded and replayed; the boundary between the halves. Drives `engine` and `command`.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod app;
pub mod command;
pub mod ds;
pub mod engine;
mod grisu;
pub mod lua;
#[cfg(target_arch = "wasm32")]
pub mod rest;
pub mod session;
#[cfg(target_arch = "wasm32")]
pub mod ui;
