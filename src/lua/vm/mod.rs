//! The loop that runs a script's instructions. It does not call itself: what a script calls, be it a
//! metamethod or through `pcall`, is a frame more, so that it can stop anywhere and go on later.

mod call;
mod fail;
mod look;
mod operate;
mod run;
mod special;
#[cfg(test)]
mod tests;

use super::message::Budget;
use super::state::State;
use super::thread::{After, Frame, Kind, Status, Thread};
use super::value::*;

/// Why the loop ended.
#[derive(Debug)]
pub enum Exit {
    /// The script returned; its values are in [`Vm::results`].
    Done,
    /// It calls a command: see the server library's state. [`Vm::answer`] goes on.
    Call,
    /// An error that nothing caught.
    Failed(Error),
}

/// How a step of the loop ends otherwise than by going on.
enum Stop {
    /// The loop ends.
    Exit(Exit),
    /// Something failed.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Where an operand came from, to be named in an error.
#[derive(Clone, Copy)]
enum Origin {
    Register(usize),
    Elsewhere,
}

/// A place in a script: the chunk's name and a line.
pub type Place = (Vec<u8>, i64);

/// One script's run.
#[derive(Clone, Debug, Default)]
pub struct Vm {
    /// What it works on.
    pub state: State,
    /// The coroutine that runs; its slot in the state is empty meanwhile.
    thread: Thread,
    /// What the script returned.
    pub results: Vec<Value>,
    /// Where the error that ended it was raised, when it was.
    pub place: Option<Place>,
    args: Vec<Value>,
    out: Vec<Value>,
    /// Steps that were taken from the budget already.
    fuel: u32,
}

fn text(message: &str) -> Error {
    Error::Text(message.as_bytes().to_vec())
}

impl Vm {
    /// Calls a function as the main coroutine's first.
    pub fn start(&mut self, function: Value, args: &[Value]) -> Exit {
        self.reset();
        self.thread.status = Status::Running;
        self.thread.c_calls = 1;
        self.thread.c_calls_before = 1;
        self.thread.frames.push(Frame::bottom());
        self.thread.stack.push(function);
        self.thread.stack.extend_from_slice(args);
        let top = self.thread.stack.len();
        let called = self.call(0, top, After::Below, false);
        self.go_on(called)
    }

    /// Forgets whatever was running.
    pub fn reset(&mut self) {
        self.close(0);
        while let Some(by) = self.thread.resumed_by.take() {
            self.switch_to(by);
            self.close(0);
        }
        let memory = self.thread.counted;
        self.state.memory -= memory.min(self.state.memory);
        self.thread = Thread::default();
        self.results.clear();
        self.place = None;
    }

    /// Goes on after a call of a command, with its value or the error that it raises.
    pub fn answer(&mut self, answer: Result<Value, Error>) -> Exit {
        let Some(frame) = self.thread.frames.pop_if(|frame| frame.kind == Kind::Call) else {
            return Exit::Failed(text("no command is being called"));
        };
        let stop = match answer {
            Ok(value) => {
                self.uncount(&frame);
                self.out.clear();
                self.out.push(value);
                self.give(frame.at, frame.after)
            }
            Err(error) => Err(Stop::Error(error)),
        };
        self.go_on(stop)
    }

    /// Drops what nobody can reach.
    fn collect(&mut self) {
        let held = [self.args.as_slice(), &self.out, &self.results];
        self.state.collect(&self.thread, &held);
    }

    /// Does something that takes memory; where there is too little, once more without the garbage.
    fn with_room<T>(&mut self, take: impl Fn(&mut State) -> Result<T, Error>) -> Result<T, Error> {
        match take(&mut self.state) {
            Err(Error::Budget(Budget::Memory)) => {
                self.collect();
                take(&mut self.state)
            }
            other => other,
        }
    }

    /// Drops what nobody can reach, where enough has come together.
    pub fn collect_garbage(&mut self) {
        if self.state.wants_collection() {
            self.collect();
        }
    }

    /// Drops what nobody can reach, and goes by what is left for when to do so next.
    pub fn settle(&mut self) {
        self.collect();
    }

    fn go_on(&mut self, mut stop: Result<(), Stop>) -> Exit {
        loop {
            stop = match stop {
                Ok(()) => Err(self.execute()),
                Err(Stop::Exit(exit)) => return exit,
                Err(Stop::Error(error)) => self.throw(error),
            }
        }
    }
}
