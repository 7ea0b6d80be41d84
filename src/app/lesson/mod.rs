//! Lessons: one Markdown file each, whose blocks run in the living page. The form is described in docs/lessons.md.

mod ask;
pub mod open;
pub mod page;
pub mod plot;
mod read;
pub mod shelf;
pub mod text;
