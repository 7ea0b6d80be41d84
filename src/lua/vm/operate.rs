//! Operations on values, with their metamethods.

use std::cmp::Ordering;

use super::super::number;
use super::super::state::Event;
use super::super::table::Table;
use super::super::thread::{After, Upvalue};
use super::super::value::*;
use super::{Origin, Stop, Vm, text};

/// How many tables a look-up goes through: `MAXTAGLOOP`.
const LOOKUPS_MAX: usize = 100;

/// What an operation that may call a metamethod came to.
pub(super) enum Done<T> {
    /// This.
    Now(T),
    /// A function is called, which will tell.
    Called,
}

/// What a look-up came to.
pub(super) enum Found {
    /// This.
    Value(Value),
    /// A function is to be asked, for this object.
    Method(Value, Value),
}

impl Vm {
    /// Calls a metamethod.
    pub(super) fn call_method(
        &mut self,
        method: Value,
        args: &[Value],
        after: After,
    ) -> Result<(), Stop> {
        let at = self.thread.frames.last().map_or(0, |frame| frame.end);
        let top = at + 1 + args.len();
        self.grow(top)?;
        self.thread.stack[at] = method;
        self.thread.stack[at + 1..top].copy_from_slice(args);
        self.call(at, top, after, true)
    }

    /// What stands under a key of anything, or whom to ask for it.
    pub(super) fn look_up(
        &self,
        object: Value,
        key: Value,
        mut origin: Origin,
    ) -> Result<Found, Error> {
        let mut at = object;
        for _ in 0..LOOKUPS_MAX {
            let method = match at {
                Value::Table(id) => {
                    let table = self.state.table(id);
                    let value = table.get(key, &self.state.strings);
                    let method = match table.metatable {
                        Some(metatable) if value == Value::Nil => self
                            .state
                            .get(metatable, self.state.event_name(Event::Index)),
                        _ => Value::Nil,
                    };
                    if method == Value::Nil {
                        return Ok(Found::Value(value));
                    }
                    method
                }
                _ => {
                    let method = self.state.metamethod(at, Event::Index);
                    if method == Value::Nil {
                        return Err(self.type_error("index", at, origin));
                    }
                    method
                }
            };
            if let Value::Function(_) = method {
                return Ok(Found::Method(method, at));
            }
            (at, origin) = (method, Origin::Elsewhere);
        }
        Err(text("loop in gettable"))
    }

    /// `object[key]`, to a place in the stack.
    pub(super) fn index(
        &mut self,
        object: Value,
        key: Value,
        origin: Origin,
        to: usize,
    ) -> Result<Done<()>, Stop> {
        match self.look_up(object, key, origin)? {
            Found::Value(value) => {
                self.thread.stack[to] = value;
                Ok(Done::Now(()))
            }
            Found::Method(method, object) => {
                self.call_method(method, &[object, key], After::Store(to))?;
                Ok(Done::Called)
            }
        }
    }

    /// `object[key] = value`.
    pub(super) fn set_index(
        &mut self,
        object: Value,
        key: Value,
        value: Value,
        mut origin: Origin,
    ) -> Result<Done<()>, Stop> {
        let mut at = object;
        for _ in 0..LOOKUPS_MAX {
            let method = match at {
                Value::Table(id) => {
                    self.state.check_writable(id)?;
                    let metatable = self.state.table(id).metatable;
                    let method = metatable.map_or(Value::Nil, |metatable| {
                        self.state
                            .get(metatable, self.state.event_name(Event::NewIndex))
                    });
                    if method == Value::Nil || self.state.get(id, key) != Value::Nil {
                        self.with_room(|state| state.set(id, key, value))?;
                        return Ok(Done::Now(()));
                    }
                    // The reference makes the pair before it asks.
                    self.with_room(|state| state.set(id, key, Value::Nil))?;
                    method
                }
                _ => {
                    let method = self.state.metamethod(at, Event::NewIndex);
                    if method == Value::Nil {
                        return Err(self.type_error("index", at, origin).into());
                    }
                    method
                }
            };
            if let Value::Function(_) = method {
                self.call_method(method, &[at, key, value], After::Drop)?;
                return Ok(Done::Called);
            }
            (at, origin) = (method, Origin::Elsewhere);
        }
        Err(text("loop in settable").into())
    }

    /// An arithmetic operation on what are not both numbers, to a place in the stack.
    pub(super) fn arithmetic(
        &mut self,
        event: Event,
        left: (Value, Origin),
        right: (Value, Origin),
        to: usize,
    ) -> Result<Done<()>, Stop> {
        let numbers = (self.state.to_number(left.0), self.state.to_number(right.0));
        if let (Some(left), Some(right)) = numbers {
            self.thread.stack[to] = Value::Number(calculate(event, left, right));
            return Ok(Done::Now(()));
        }
        if self.call_binary(event, left.0, right.0, After::Store(to))? {
            return Ok(Done::Called);
        }
        let (value, origin) = if numbers.0.is_none() { left } else { right };
        Err(self
            .type_error("perform arithmetic on", value, origin)
            .into())
    }

    /// Calls the metamethod of the first of two operands that has one. False: neither has.
    fn call_binary(
        &mut self,
        event: Event,
        left: Value,
        right: Value,
        after: After,
    ) -> Result<bool, Stop> {
        let mut method = self.state.metamethod(left, event);
        if method == Value::Nil {
            method = self.state.metamethod(right, event);
        }
        if method == Value::Nil {
            return Ok(false);
        }
        self.call_method(method, &[left, right], after)?;
        Ok(true)
    }

    /// `#value`, to a place in the stack.
    pub(super) fn length(
        &mut self,
        value: Value,
        origin: Origin,
        to: usize,
    ) -> Result<Done<()>, Stop> {
        let length = match value {
            Value::Table(id) => self.state.length(id),
            Value::Str(id) => self.state.bytes(id).len(),
            _ => {
                if self.call_binary(Event::Len, value, Value::Nil, After::Store(to))? {
                    return Ok(Done::Called);
                }
                return Err(self.type_error("get length of", value, origin).into());
            }
        };
        self.thread.stack[to] = Value::Number(length as f64);
        Ok(Done::Now(()))
    }

    /// Whether two values are equal; where a metamethod is asked, a branch on `expected` follows.
    pub(super) fn equal(
        &mut self,
        left: Value,
        right: Value,
        expected: bool,
    ) -> Result<Done<bool>, Stop> {
        if let (Value::Table(one), Value::Table(other)) = (left, right)
            && one != other
        {
            let method = self.state.metamethod(left, Event::Eq);
            let same = method == self.state.metamethod(right, Event::Eq);
            if method != Value::Nil && same {
                self.call_method(method, &[left, right], After::Branch(expected, false))?;
                return Ok(Done::Called);
            }
        }
        Ok(Done::Now(left == right))
    }

    /// Whether one value is less than another, or not greater; where a metamethod is asked, a branch on
    /// `expected` follows.
    pub(super) fn ordered(
        &mut self,
        left: Value,
        right: Value,
        or_equal: bool,
        expected: bool,
    ) -> Result<Done<bool>, Stop> {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                return Ok(Done::Now(if or_equal {
                    left <= right
                } else {
                    left < right
                }));
            }
            (Value::Str(left), Value::Str(right)) => {
                let (left, right) = (self.state.shared(left), self.state.shared(right));
                self.state.spend(left.len().min(right.len()) / 64)?;
                let order = left.cmp(&right);
                let holds = order == Ordering::Less || or_equal && order == Ordering::Equal;
                return Ok(Done::Now(holds));
            }
            _ => {}
        }
        if left.type_name() == right.type_name() {
            let branch = |turned| After::Branch(expected, turned);
            if or_equal {
                if self.call_order(Event::Le, left, right, branch(false))? {
                    return Ok(Done::Called);
                }
                if self.call_order(Event::Lt, right, left, branch(true))? {
                    return Ok(Done::Called);
                }
            } else if self.call_order(Event::Lt, left, right, branch(false))? {
                return Ok(Done::Called);
            }
        }
        let (left, right) = (left.type_name(), right.type_name());
        // The reference tells types apart by their third letter.
        Err(Stop::Error(text(
            &if left.as_bytes()[2] == right.as_bytes()[2] {
                format!("attempt to compare two {left} values")
            } else {
                format!("attempt to compare {left} with {right}")
            },
        )))
    }

    fn call_order(
        &mut self,
        event: Event,
        left: Value,
        right: Value,
        after: After,
    ) -> Result<bool, Stop> {
        let method = self.state.metamethod(left, event);
        if method == Value::Nil || method != self.state.metamethod(right, event) {
            return Ok(false);
        }
        self.call_method(method, &[left, right], after)?;
        Ok(true)
    }

    /// Joins `total` values, the last of which stands at `last`, to a place in the stack.
    pub(super) fn concat(
        &mut self,
        mut last: usize,
        mut total: usize,
        to: usize,
    ) -> Result<Done<()>, Stop> {
        while total > 1 {
            let (left, right) = (self.thread.stack[last - 1], self.thread.stack[last]);
            let joins = |value| matches!(value, Value::Str(_) | Value::Number(_));
            if !joins(left) || !joins(right) {
                let after = After::Concat { last, total, to };
                if self.call_binary(Event::Concat, left, right, after)? {
                    return Ok(Done::Called);
                }
                let (value, at) = if joins(left) {
                    (right, last)
                } else {
                    (left, last - 1)
                };
                return Err(self
                    .type_error("concatenate", value, Origin::Register(at))
                    .into());
            }
            let first = last + 1 - total;
            let many = (first..last - 1).rev();
            let many = many.take_while(|at| joins(self.thread.stack[*at])).count() + 2;
            self.thread.stack[last + 1 - many] = self.join(last + 1 - many, last + 1)?;
            total -= many - 1;
            last -= many - 1;
        }
        self.thread.stack[to] = self.thread.stack[last];
        Ok(Done::Now(()))
    }

    /// Joins the strings and numbers of a part of the stack.
    fn join(&mut self, from: usize, to: usize) -> Result<Value, Error> {
        let mut size = 0usize;
        for value in &self.thread.stack[from..to] {
            size += match value {
                Value::Str(id) => self.state.bytes(*id).len(),
                _ => 24, // a number's text is no longer
            };
        }
        self.state.spend(size / 16)?;
        self.with_room(|state| state.room(size.saturating_mul(2)))?;
        let mut joined = Vec::with_capacity(size);
        for value in &self.thread.stack[from..to] {
            match value {
                Value::Str(id) => joined.extend_from_slice(self.state.bytes(*id)),
                Value::Number(number) => joined.extend_from_slice(&number::display(*number)),
                _ => {}
            }
        }
        Ok(Value::Str(self.state.strings.intern(&joined)))
    }

    // ---- upvalues ----

    #[inline]
    pub(super) fn upvalue(&self, id: u32) -> Value {
        match self.state.upvalues.get(id) {
            Some(Upvalue::Closed(value)) => *value,
            Some(Upvalue::Open(thread, at)) if *thread == self.state.thread => {
                self.thread.stack[*at]
            }
            Some(Upvalue::Open(thread, at)) => match self.state.threads.get(thread.0) {
                Some(thread) => thread.stack.get(*at).copied().unwrap_or_default(),
                None => Value::Nil,
            },
            None => Value::Nil,
        }
    }

    pub(super) fn set_upvalue(&mut self, id: u32, value: Value) {
        match self.state.upvalues.get_mut(id) {
            Some(Upvalue::Closed(slot)) => *slot = value,
            Some(Upvalue::Open(thread, at)) if *thread == self.state.thread => {
                self.thread.stack[*at] = value;
            }
            Some(Upvalue::Open(thread, at)) => {
                let (thread, at) = (*thread, *at);
                if let Some(thread) = self.state.threads.get_mut(thread.0)
                    && let Some(slot) = thread.stack.get_mut(at)
                {
                    *slot = value;
                }
            }
            None => {}
        }
    }

    /// The upvalue that stands for a place in the stack.
    pub(super) fn open_upvalue(&mut self, at: usize) -> Result<u32, Error> {
        let open = &self.thread.open;
        let place = open.partition_point(|(other, _)| *other < at);
        if let Some((other, id)) = open.get(place)
            && *other == at
        {
            return Ok(*id);
        }
        self.with_room(|state| state.take(super::super::gc::UPVALUE))?;
        let upvalue = Upvalue::Open(self.state.thread, at);
        let id = self.state.upvalues.add(upvalue);
        self.thread.open.insert(place, (at, id));
        Ok(id)
    }

    /// Gives the upvalues from a place in the stack up values of their own.
    #[inline]
    pub(super) fn close(&mut self, from: usize) {
        while let Some((at, id)) = self.thread.open.pop_if(|(at, _)| *at >= from) {
            let value = self.thread.stack.get(at).copied().unwrap_or_default();
            if let Some(upvalue) = self.state.upvalues.get_mut(id) {
                *upvalue = Upvalue::Closed(value);
            }
        }
    }
}

/// An arithmetic operation on numbers.
#[inline]
pub(super) fn calculate(event: Event, left: f64, right: f64) -> f64 {
    let result = match event {
        Event::Add => left + right,
        Event::Sub => left - right,
        Event::Mul => left * right,
        Event::Div => left / right,
        Event::Mod => left - (left / right).floor() * right,
        Event::Pow => number::power(left, right),
        _ => return -left,
    };
    if result.is_nan() && event != Event::Pow {
        return not_a_number(left, right);
    }
    result
}

/// What an operation gives that is no number, with the sign that x86-64 gives it; elsewhere it may differ.
#[cold]
fn not_a_number(left: f64, right: f64) -> f64 {
    match (left.is_nan(), right.is_nan()) {
        (true, _) => left,
        (_, true) => right,
        _ => f64::NAN.copysign(-1.0),
    }
}

impl Table {
    /// What stands under a key where no metamethod can be asked: nil under one that is not there only
    /// counts where there is no metatable.
    #[inline]
    pub(super) fn plain(&self, value: Value) -> Option<Value> {
        (value != Value::Nil || self.metatable.is_none()).then_some(value)
    }
}
