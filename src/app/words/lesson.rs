//! Lessons.

use super::counted;
use crate::app::format;

pub const LESSONS: &str = "Lessons";
pub const LESSON: &str = "Lesson";
pub const ABOUT: &str =
    "Each stands beside a session of its own. What you have done so far is kept.";
pub const CONTENTS: &str = "Steps";
pub const NOTES: &str = "Your notes";
pub const NOTES_MEAN: &str = "What you want to remember. Kept in this browser only.";
pub const RUN: &str = "Run";
pub const RUN_AGAIN: &str = "Run again";
pub const LOAD: &str = "Load";
pub const LOAD_AGAIN: &str = "Load again";
pub const TABLE: &str = "Table";
pub const PLOT: &str = "Plot";
pub const NUMBER: &str = "number";
pub const START_AGAIN: &str = "Start again";
pub const RUNNING: &str = "Running";
pub const HINT: &str = "A hint";
pub const SOLUTION: &str = "A way to do it";
pub const ANSWER: &str = "An answer";
pub const ANSWER_LATER: &str = "An answer (best read once the step is done)";
pub const GUESS: &str = "What do you think?";
pub const RIGHT: &str = "Right.";
pub const OTHERWISE: &str = "Not quite.";
pub const CHECKS: &str = "Done when";
pub const HOLDS: &str = "holds";
pub const HOLDS_NOT: &str = "does not hold yet";
pub const I_HAVE_READ_IT: &str = "I have done this";
pub const BACK: &str = "Back";
pub const NEXT: &str = "Next";
pub const RESET: &str = "Reset this step";
pub const RESET_MEANS: &str = "The session goes back to where this step began. What you did since stays as a branch of its history.";
pub const TO_THE_LESSON: &str = "Back to the lesson";
pub const TO_THE_LESSON_MEANS: &str = "The session goes back to where the lesson left it. What you did since stays as a branch of its history.";
pub const LEAVE: &str = "Close the lesson";
pub const LINK: &str = "the link to this lesson";
pub const CATCH_UP: &str = "Do the steps before";
pub const CATCH_UP_MEANS: &str =
    "This step builds on earlier ones that were not done in this session.";
pub const NO_NUMBERS: &str = "Nothing to draw yet: run the block that makes the numbers.";
pub const BLOCK: &str = "Commands";
pub const VALUE_LATER: &str = "…";
pub const CUT: &str = "This link to a lesson is not whole: some of it was cut off.";
pub const NO_READER: &str = "What reads lessons could not be fetched. Try it again.";
pub const PLACE_IS_GONE: &str =
    "That moment is on a branch that is no longer kept. Open the lesson again to begin anew.";
pub const MORE: &str = "More";

pub fn missing(name: &str) -> String {
    format!(
        "There is no lesson “{}” here, or it could not be fetched.",
        format::shortened(name, 60)
    )
}

pub fn wrong(first: &str, faults: usize) -> String {
    match faults {
        0 | 1 => format!("This lesson cannot be read: {first}."),
        more => format!(
            "This lesson cannot be read: {first}. There are {} more faults.",
            more - 1
        ),
    }
}

pub fn minutes(minutes: u32) -> String {
    counted(u64::from(minutes), "minute", "minutes")
}

pub fn step_of(step: usize, all: usize) -> String {
    format!("Step {step} of {all}")
}

pub fn done_of(done: usize, all: usize) -> String {
    format!("{done} of {all} steps done")
}

pub fn step_is_done(step: usize, title: &str) -> String {
    format!("Step {step} is done: {title}")
}

pub fn go_to(step: usize, title: &str, done: bool) -> String {
    format!("Step {step}, {title}{}", if done { ", done" } else { "" })
}

pub fn start(name: &str) -> String {
    format!("Start {name}")
}

pub fn start_again(name: &str) -> String {
    format!("Start {name} again")
}

pub fn library(name: &str) -> String {
    format!("Functions “{name}”")
}

pub fn actor(name: &str) -> String {
    format!("Actor {name}")
}

pub fn value_of(command: &str) -> String {
    format!("What {command} replies now")
}
