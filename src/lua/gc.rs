//! Garbage: what nobody can reach any more. Collected only between two instructions, so that what a library
//! function holds is safe.

use super::state::{Event, Function, State};
use super::thread::{Kind, Thread, Upvalue};
use super::value::{TableId, Value};

/// Garbage is not looked for below so many bytes.
const COLLECT_MIN: usize = 1 << 20;

/// As many bytes are looked through in the time of a step.
const COLLECT_BYTES: usize = 32;
/// As many slots are looked through in the time of a step.
const COLLECT_SLOTS: usize = 4;

/// What was reached, by handle.
#[derive(Debug, Default)]
struct Marks {
    strings: Vec<bool>,
    tables: Vec<bool>,
    functions: Vec<bool>,
    upvalues: Vec<bool>,
    threads: Vec<bool>,
    /// Reached, and not looked into yet.
    grey: Vec<Value>,
    /// Tables that hold their keys or their values weakly.
    weak: Vec<(TableId, bool, bool)>,
}

/// Sets a mark; whether it was not set before.
fn set(marks: &mut [bool], id: u32) -> bool {
    match marks.get_mut(id as usize) {
        Some(mark) => !std::mem::replace(mark, true),
        None => false,
    }
}

fn is_set(marks: &[bool], id: u32) -> bool {
    marks.get(id as usize).copied().unwrap_or_default()
}

impl Marks {
    /// How many slots there are that could be marked.
    fn slots(&self) -> usize {
        let kinds = [
            &self.strings,
            &self.tables,
            &self.functions,
            &self.upvalues,
            &self.threads,
        ];
        kinds.iter().map(|marks| marks.len()).sum()
    }

    fn value(&mut self, value: Value) {
        let new = match value {
            Value::Str(id) => {
                set(&mut self.strings, id.0);
                false
            }
            Value::Table(id) => set(&mut self.tables, id.0),
            Value::Function(id) => set(&mut self.functions, id.0),
            Value::Thread(id) => set(&mut self.threads, id.0),
            Value::Nil | Value::Bool(_) | Value::Number(_) | Value::Null => false,
        };
        if new {
            self.grey.push(value);
        }
    }

    fn thread(&mut self, state: &State, thread: &Thread) {
        let frames = thread.frames.iter().map(|frame| frame.end);
        let end = frames.max().unwrap_or(0).max(thread.top);
        let used = thread.stack.get(..end).unwrap_or(&thread.stack);
        used.iter().for_each(|value| self.value(*value));
        for frame in &thread.frames {
            self.value(Value::Function(frame.function));
            if let Kind::Xpcall(held, _) | Kind::Caught(held) = frame.kind {
                self.value(held);
            }
        }
        for (_, upvalue) in &thread.open {
            self.upvalue(state, *upvalue);
        }
        if let Some(by) = thread.resumed_by {
            self.value(Value::Thread(by));
        }
    }

    fn upvalue(&mut self, state: &State, id: u32) {
        if set(&mut self.upvalues, id)
            && let Some(Upvalue::Closed(value)) = state.upvalues.get(id)
        {
            self.value(*value);
        }
    }

    fn table(&mut self, state: &State, id: TableId) {
        let table = state.table(id);
        let mut weak = (false, false);
        if let Some(metatable) = table.metatable {
            self.value(Value::Table(metatable));
            if let Value::Str(mode) = state.get(metatable, state.event_name(Event::Mode)) {
                let mode = state.bytes(mode);
                weak = (mode.contains(&b'k'), mode.contains(&b'v'));
            }
        }
        if weak.0 || weak.1 {
            self.weak.push((id, weak.0, weak.1));
        }
        for (key, value) in table.pairs() {
            // Strings are values, and held by weak tables too.
            if !weak.0 || matches!(key, Value::Str(_)) {
                self.value(key);
            }
            if !weak.1 || matches!(value, Value::Str(_)) {
                self.value(value);
            }
        }
    }

    fn function(&mut self, state: &State, function: &Function) {
        match function {
            Function::Lua(closure) => {
                self.value(Value::Table(closure.env));
                closure
                    .proto
                    .each_string(&mut |id| self.value(Value::Str(id)));
                for upvalue in closure.upvalues.iter() {
                    self.upvalue(state, *upvalue);
                }
            }
            Function::Native(native) => native.upvalues.iter().for_each(|value| self.value(*value)),
        }
    }

    fn all(&mut self, state: &State) {
        while let Some(value) = self.grey.pop() {
            match value {
                Value::Table(id) => self.table(state, id),
                Value::Function(id) => {
                    if let Some(function) = state.functions.get(id.0) {
                        self.function(state, function);
                    }
                }
                Value::Thread(id) => {
                    if let Some(thread) = state.threads.get(id.0) {
                        self.thread(state, thread);
                    }
                }
                _ => {}
            }
        }
    }

    fn is_dead(&self, value: Value) -> bool {
        match value {
            Value::Str(id) => !is_set(&self.strings, id.0),
            Value::Table(id) => !is_set(&self.tables, id.0),
            Value::Function(id) => !is_set(&self.functions, id.0),
            Value::Thread(id) => !is_set(&self.threads, id.0),
            Value::Nil | Value::Bool(_) | Value::Number(_) | Value::Null => false,
        }
    }
}

impl State {
    /// Whether it is time to collect.
    #[inline]
    pub(super) fn wants_collection(&self) -> bool {
        self.memory() >= self.collect_at
    }

    /// Lets garbage be collected at the next occasion.
    pub fn collect_soon(&mut self) {
        self.collect_at = 0;
    }

    /// Drops all that neither the running coroutine nor anything kept or held can reach.
    pub(super) fn collect(&mut self, running: &Thread, held: &[&[Value]]) {
        let before = self.memory();
        let mut marks = Marks {
            strings: vec![false; self.strings.len()],
            tables: vec![false; self.tables.len()],
            functions: vec![false; self.functions.len()],
            upvalues: vec![false; self.upvalues.len()],
            threads: vec![false; self.threads.len()],
            ..Marks::default()
        };
        self.kept.iter().for_each(|value| marks.value(*value));
        if let Some(table) = self.string_metatable {
            marks.value(Value::Table(table));
        }
        marks.value(Value::Thread(self.thread));
        marks.value(Value::Function(self.running));
        marks.thread(self, running);
        held.iter()
            .copied()
            .flatten()
            .for_each(|value| marks.value(*value));
        marks.all(self);
        for (id, keys, values) in &marks.weak {
            if let Some(table) = self.tables.get_mut(id.0) {
                table.drop_pairs(|key, value| {
                    *keys && marks.is_dead(key) || *values && marks.is_dead(value)
                });
            }
        }
        self.strings.sweep(&marks.strings);
        self.tables.sweep(&marks.tables, |_, _| {});
        self.functions.sweep(&marks.functions, |_, _| {});
        self.upvalues.sweep(&marks.upvalues, |_, _| {});
        self.threads.sweep(&marks.threads, |_, _| {});
        for table in self.tables.iter_mut() {
            table.forget_keys(|key| marks.is_dead(key));
        }
        // Looking through it takes its time too, and so do slots that were free.
        let steps = before / COLLECT_BYTES + marks.slots() / COLLECT_SLOTS;
        self.steps = self.steps.saturating_sub(steps as u64);
        self.memory = self.count_memory(running);
        self.collect_at = (self.memory() * 2).max(COLLECT_MIN);
    }

    fn count_memory(&self, running: &Thread) -> usize {
        let tables = self.tables.iter().map(|table| table.memory());
        let functions = self.functions.iter().map(Function::memory);
        let threads = self.threads.iter().map(|thread| thread.counted);
        let upvalues = self.upvalues.iter().count() * UPVALUE;
        tables.chain(functions).chain(threads).sum::<usize>() + upvalues + running.counted
    }
}

/// What an upvalue takes, in bytes.
pub(super) const UPVALUE: usize = size_of::<Option<Upvalue>>();
