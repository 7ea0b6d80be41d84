//! Small parts that several panels are made of.

pub mod card;
pub mod clock;
pub mod copy;
pub mod icon;
pub mod rows;
pub mod said;
pub mod seen;
pub mod tag;
pub mod ticking;
pub mod twin;
pub mod typed;
pub mod views;
