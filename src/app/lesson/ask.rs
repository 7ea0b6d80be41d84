//! What a lesson asks of the server half, and what follows from the answers: ticks, values and numbers to draw.
//!
//! It is asked of a copy of the moment, so that a lesson never becomes a part of what it looks at.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::app::words::lesson as words;
use crate::app::{Effect, State};
use crate::session::message::*;

/// The first of the tickets that a lesson's questions to the server half have.
pub(super) const TICKETS: u32 = 1 << 31;
/// How long there is between two of them at least, in milliseconds of the browser's clock; and how many times as long as
/// the answer took, since all of a large data set is copied for it.
const PACE: f64 = 200.0;
const REST: f64 = 6.0;
/// And how long at most: an answer may only have waited for something else to end.
const REST_MAX: f64 = 1_500.0;

/// What is asked of a copy of the moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    /// Whether a check of a step holds.
    Holds(usize, usize),
    /// What a value or a series is.
    Value(String),
}

impl State {
    /// Asks what the step wants to know, if anything happened and it is time.
    pub(in crate::app) fn lesson_ask(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let free = self.ready() && !self.travels() && self.script.stand.is_none();
        let Some(open) = self.lessons.open.as_ref() else {
            return;
        };
        if !free || !open.stale || open.asking.is_some() || wall < open.ask_at {
            return;
        }
        let questions = open.questions();
        let Some(open) = self.open_lesson() else {
            return;
        };
        open.stale = false;
        if questions.is_empty() {
            return;
        }
        let ticket = open.next_ticket;
        open.next_ticket = open.next_ticket.checked_add(1).unwrap_or(TICKETS);
        let (asked, commands): (Vec<_>, Vec<_>) = questions.into_iter().unzip();
        open.asking = Some((ticket, wall, asked));
        let bytes = commands.concat();
        effects.push(Effect::Post(vec![Request::Probe { ticket, bytes }]));
    }

    /// Whether an answer is a lesson's, which then reads it.
    pub(in crate::app) fn lesson_probed(
        &mut self,
        ticket: u32,
        bytes: &[u8],
        wall: f64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if ticket < TICKETS {
            return false;
        }
        let place = self.place();
        let Some(open) = self.open_lesson() else {
            return true;
        };
        let Some((_, since, asked)) = open.asking.take_if(|(asked, ..)| *asked == ticket) else {
            return true;
        };
        open.ask_at = wall + ((wall - since) * REST).clamp(PACE, REST_MAX);
        let lesson = Rc::clone(&open.lesson);
        let mut rest = bytes;
        let mut replies = BTreeMap::new();
        for question in asked {
            // What has to wait, and all behind it, is not answered.
            let Some((reply, used)) = decode(rest) else {
                break;
            };
            rest = rest.get(used..).unwrap_or_default();
            match question {
                Question::Holds(step, at) => {
                    let goal = lesson.steps.get(step).and_then(|step| step.checks.get(at));
                    let holds = goal.is_some_and(|goal| goal.check.hold(&reply).passed);
                    if let Some(known) = open
                        .done
                        .get_mut(step)
                        .and_then(|done| done.holds.get_mut(at))
                    {
                        *known = holds;
                    }
                }
                Question::Value(command) => {
                    replies.insert(command, reply);
                }
            }
        }
        if *open.replies != replies {
            open.replies = Rc::new(replies);
        }
        let step = open.step;
        let done = open.stands_mut();
        let news = done.is_some_and(|done| {
            let all = !done.holds.is_empty() && done.holds.iter().all(|holds| *holds);
            done.held |= all;
            all && !std::mem::replace(&mut done.ticked, all)
        });
        if news {
            open.here = Some(place);
            let title = lesson
                .steps
                .get(step)
                .map_or("", |step| step.title.as_str());
            self.announcer.also(&words::step_is_done(step + 1, title));
            self.lesson_remember(effects);
        }
        true
    }
}
