//! Lessons: one Markdown file each, whose blocks run in the living page. The form is described in docs/lessons.md.

mod read;
pub mod text;
