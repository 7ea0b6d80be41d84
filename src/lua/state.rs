//! All that a machine holds: its values, its globals, and what the running script may still use up. This is
//! what library functions work with.

use std::cell::Cell;
use std::rc::Rc;

use super::arena::Arena;
use super::message::{Budget, Limits};
use super::number;
use super::strings::Strings;
use super::table::{BadKey, Table};
use super::thread::{Thread, Upvalue};
use super::value::*;

/// A function that is written in Rust. It pushes what it returns, or passes on. It must check budgets before
/// it changes anything: where memory runs out, garbage is collected and the function called once more.
pub type NativeFn = fn(&mut State, &[Value], &mut Vec<Value>) -> Result<Flow, Error>;

/// A function.
#[derive(Clone, Debug)]
pub enum Function {
    /// Written in Lua.
    Lua(Closure),
    /// Written in Rust.
    Native(Native),
}

/// A function written in Lua, with what it has closed over.
#[derive(Clone, Debug)]
pub struct Closure {
    /// Its code.
    pub proto: Rc<super::proto::Proto>,
    /// Its upvalues.
    pub upvalues: Rc<[u32]>,
    /// Its environment.
    pub env: TableId,
}

/// A function written in Rust.
#[derive(Clone, Debug)]
pub struct Native {
    /// What is called.
    pub run: NativeFn,
    /// Values of its own.
    pub upvalues: Vec<Value>,
}

impl Function {
    /// What it takes, in bytes; its code is not counted.
    pub(super) fn memory(&self) -> usize {
        OBJECT
            + match self {
                Self::Lua(closure) => closure.upvalues.len() * size_of::<u32>(),
                Self::Native(native) => native.upvalues.len() * size_of::<Value>(),
            }
    }
}

/// How many steps it takes to make anything that is kept in the heap, and to find later that nobody refers to it.
pub(super) const MAKE: usize = 10;
/// How many steps it takes to write a number as text.
pub(super) const DISPLAY: usize = 20;
/// What a function takes beside its upvalues, in bytes.
const OBJECT: usize = 96;

/// All that a machine holds.
#[derive(Clone, Debug)]
pub struct State {
    /// Strings.
    pub strings: Strings,
    pub(super) tables: Arena<Table>,
    pub(super) functions: Arena<Function>,
    pub(super) upvalues: Arena<Upvalue>,
    pub(super) threads: Arena<Thread>,
    /// The table of globals.
    pub globals: TableId,
    /// What strings have for a metatable.
    pub string_metatable: Option<TableId>,
    /// The function written in Rust that is being called.
    pub running: FunctionId,
    /// The coroutine that runs.
    pub thread: ThreadId,
    /// Steps that are left.
    pub steps: u64,
    /// Steps that were taken by what could not use them up; the next that does pays for them.
    pub(super) debt: Cell<usize>,
    /// Steps that there were to begin with.
    pub steps_given: u64,
    /// Bytes that may be taken, the loaded scripts' own included.
    pub memory_limit: usize,
    /// Bytes that tables, functions, upvalues and stacks take.
    pub(super) memory: usize,
    /// At how many bytes garbage is collected.
    pub(super) collect_at: usize,
    /// Where `math.random` stands: see the math library.
    pub random: u64,
    /// Of the names of metamethods, in the order of [`Event`].
    pub(super) events: Vec<StrId>,
    /// Values that are kept whoever refers to them, each for its own part of the machine.
    pub(super) kept: Vec<Value>,
    /// The server library's own.
    pub server: super::lib::server::Server,
}

macro_rules! events {
    ($($name:ident $text:literal,)*) => {
        /// What a metamethod is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Event { $(#[doc = $text] $name,)* }
        pub(super) const EVENTS: &[&str] = &[$($text,)*];
    };
}
events! {
    Index "__index",
    NewIndex "__newindex",
    Mode "__mode",
    Eq "__eq",
    Add "__add",
    Sub "__sub",
    Mul "__mul",
    Div "__div",
    Mod "__mod",
    Pow "__pow",
    Unm "__unm",
    Len "__len",
    Lt "__lt",
    Le "__le",
    Concat "__concat",
    Call "__call",
    ToString "__tostring",
    Metatable "__metatable",
}

impl Default for State {
    fn default() -> Self {
        let mut state = Self {
            strings: Strings::default(),
            tables: Arena::default(),
            functions: Arena::default(),
            upvalues: Arena::default(),
            threads: Arena::default(),
            globals: TableId(0),
            string_metatable: None,
            running: FunctionId(0),
            thread: ThreadId(0),
            steps: u64::MAX,
            debt: Cell::new(0),
            steps_given: u64::MAX,
            memory_limit: usize::MAX,
            memory: 0,
            collect_at: usize::MAX,
            random: 0,
            events: Vec::new(),
            kept: Vec::new(),
            server: super::lib::server::Server::default(),
        };
        state.globals = TableId(state.tables.add(Table::default()));
        state.kept.push(Value::Table(state.globals));
        for name in EVENTS {
            let id = state.strings.intern(name.as_bytes());
            state.events.push(id);
            state.kept.push(Value::Str(id));
        }
        state.thread = ThreadId(state.threads.add(Thread::default()));
        state
    }
}

impl State {
    /// Bytes in use, garbage included.
    pub fn memory(&self) -> usize {
        self.memory + self.strings.memory
    }

    /// Begins to count for a script anew.
    pub fn limit(&mut self, limits: Limits) {
        self.steps = limits.steps;
        self.debt.set(0);
        self.steps_given = limits.steps;
        let limit = usize::try_from(limits.memory).unwrap_or(usize::MAX);
        self.memory_limit = self.memory().saturating_add(limit);
    }

    /// How many steps the script that runs has taken.
    pub fn steps_taken(&self) -> u64 {
        self.steps_given.saturating_sub(self.steps)
    }

    /// Counts no more, until the next script begins.
    pub fn lift_limits(&mut self) {
        self.steps = u64::MAX;
        self.memory_limit = usize::MAX;
    }

    /// Keeps a value whoever refers to it.
    pub fn keep(&mut self, value: Value) {
        self.kept.push(value);
    }

    /// Uses up steps: to be called by whatever works longer than an instruction does, before it works.
    /// Errors: there are not so many left.
    #[inline]
    pub fn spend(&mut self, steps: usize) -> Result<(), Error> {
        let steps = steps.saturating_add(self.debt.take());
        match self.steps.checked_sub(steps as u64) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.steps = 0;
                Err(Error::Budget(Budget::Steps))
            }
        }
    }

    /// Lets steps be used up by whoever uses up some next.
    #[inline]
    fn owe(&self, steps: usize) {
        if steps > 0 {
            self.debt.set(self.debt.get().saturating_add(steps));
        }
    }

    /// Checks that so many bytes more may be taken: to be called before a large buffer is filled.
    #[inline]
    pub fn room(&self, bytes: usize) -> Result<(), Error> {
        if self.memory().saturating_add(bytes) > self.memory_limit {
            return Err(Error::Budget(Budget::Memory));
        }
        Ok(())
    }

    /// Takes memory for something that is not a string.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Error> {
        self.room(bytes)?;
        self.memory += bytes;
        Ok(())
    }

    /// A string. Uses up some steps, and one for each 8 bytes. Errors: a budget.
    pub fn string(&mut self, bytes: &[u8]) -> Result<StrId, Error> {
        self.spend(MAKE + bytes.len() / 8)?;
        self.room(bytes.len())?;
        Ok(self.strings.intern(bytes))
    }

    /// A string as a value.
    pub fn text(&mut self, bytes: &[u8]) -> Result<Value, Error> {
        self.string(bytes).map(Value::Str)
    }

    /// A string's bytes.
    pub fn bytes(&self, id: StrId) -> &[u8] {
        self.strings.bytes(id)
    }

    /// A string's bytes, to hold on to while the state changes.
    pub fn shared(&self, id: StrId) -> Rc<[u8]> {
        self.strings.shared(id)
    }

    /// A new table with room for so many elements and pairs.
    pub fn new_table(&mut self, array: usize, hash: usize) -> Result<TableId, Error> {
        self.spend(MAKE + (array + hash) / 4)?;
        self.take(Table::memory_of(array, hash))?;
        Ok(TableId(self.tables.add(Table::new(array, hash))))
    }

    /// A table, to look at.
    #[inline]
    pub fn table(&self, id: TableId) -> &Table {
        const NONE: &Table = &Table::NONE;
        self.tables.get(id.0).unwrap_or(NONE)
    }

    /// What stands under a key; no metamethod is asked.
    #[inline]
    pub fn get(&self, table: TableId, key: Value) -> Value {
        match self.tables.get(table.0) {
            Some(table) => table.get(key, &self.strings),
            None => Value::Nil,
        }
    }

    /// What stands under an index; no metamethod is asked.
    pub fn get_index(&self, table: TableId, index: usize) -> Value {
        self.table(table).get_index(index)
    }

    /// What stands under a name; no metamethod is asked.
    pub fn get_field(&mut self, table: TableId, name: &str) -> Value {
        let key = Value::Str(self.strings.intern(name.as_bytes()));
        self.get(table, key)
    }

    /// Sets a key; no metamethod is asked. Errors: the key is nil or not a number, or there is no memory; a table is never
    /// refused for being read-only, which [`check_writable`](Self::check_writable) does.
    pub fn set(&mut self, id: TableId, key: Value, value: Value) -> Result<(), Error> {
        let Some(table) = self.tables.get_mut(id.0) else {
            return Ok(());
        };
        if let Some(slot) = table.slot(key, &self.strings) {
            *slot = value;
            return Ok(());
        }
        match Table::check_key(key) {
            Ok(()) => {}
            Err(BadKey::Nil) => return Err(Error::Plain(b"table index is nil".to_vec())),
            Err(BadKey::NaN) => return Err(Error::Plain(b"table index is NaN".to_vec())),
        }
        if table.insert(key, value, &self.strings) {
            return Ok(());
        }
        let (array, hash) = table.sizes_with(key);
        self.resize(id, array, hash)?;
        if let Some(table) = self.tables.get_mut(id.0) {
            match table.slot(key, &self.strings) {
                Some(slot) => *slot = value,
                None => {
                    table.insert(key, value, &self.strings);
                }
            }
        }
        Ok(())
    }

    /// Gives a table's parts new sizes.
    fn resize(&mut self, id: TableId, array: usize, hash: usize) -> Result<(), Error> {
        let (before_array, before_hash) = self.table(id).sizes();
        self.spend((before_array + before_hash + array + hash) / 4)?;
        let before = Table::memory_of(before_array, before_hash);
        let after = Table::memory_of(array, hash);
        self.room(after.saturating_sub(before))?;
        if let Some(table) = self.tables.get_mut(id.0) {
            table.resize(array, hash, &self.strings);
        }
        self.memory = self.memory + after - before;
        Ok(())
    }

    /// Makes room for a list of so many elements.
    pub fn reserve_array(&mut self, id: TableId, size: usize) -> Result<(), Error> {
        let (array, hash) = self.table(id).sizes();
        if size > array {
            self.resize(id, size, hash)?;
        }
        Ok(())
    }

    /// Sets an index.
    pub fn set_index(&mut self, table: TableId, index: usize, value: Value) -> Result<(), Error> {
        self.set(table, Value::Number(index as f64), value)
    }

    /// Sets a name.
    pub fn set_field(&mut self, table: TableId, name: &str, value: Value) -> Result<(), Error> {
        let key = Value::Str(self.strings.intern(name.as_bytes()));
        self.set(table, key, value)
    }

    /// Errors: the table is read-only.
    pub fn check_writable(&self, table: TableId) -> Result<(), Error> {
        if self.table(table).readonly {
            return Err(Error::Plain(b"Attempt to modify a readonly table".to_vec()));
        }
        Ok(())
    }

    /// Makes a table read-only.
    pub fn set_readonly(&mut self, table: TableId, readonly: bool) {
        if let Some(table) = self.tables.get_mut(table.0) {
            table.readonly = readonly;
        }
    }

    /// The pair after a key in a walk, the first after nil; `None` at its end. Errors: there is no such key.
    pub fn next(&self, table: TableId, key: Value) -> Result<Option<(Value, Value)>, Error> {
        match self.table(table).next(key, &self.strings) {
            Some((pair, passed)) => {
                self.owe(passed / 4);
                Ok(pair)
            }
            None => Err(Error::Plain(b"invalid key to 'next'".to_vec())),
        }
    }

    /// The length of a table, as `#` gives it.
    pub fn length(&self, table: TableId) -> usize {
        self.table(table).length()
    }

    /// What holds a value's metamethods.
    pub fn metatable(&self, value: Value) -> Option<TableId> {
        match value {
            Value::Table(id) => self.table(id).metatable,
            Value::Str(_) => self.string_metatable,
            _ => None,
        }
    }

    /// Gives a table a metatable, or none.
    pub fn set_metatable(&mut self, table: TableId, metatable: Option<TableId>) {
        if let Some(table) = self.tables.get_mut(table.0) {
            table.metatable = metatable;
        }
    }

    /// A value's metamethod; nil where it has none.
    #[inline]
    pub fn metamethod(&self, value: Value, event: Event) -> Value {
        match self.metatable(value) {
            Some(table) => self.get(table, self.event_name(event)),
            None => Value::Nil,
        }
    }

    pub(super) fn event_name(&self, event: Event) -> Value {
        self.events
            .get(event as usize)
            .map_or(Value::Nil, |id| Value::Str(*id))
    }

    /// A function that is written in Rust, with values of its own.
    pub fn native(&mut self, run: NativeFn, upvalues: Vec<Value>) -> Result<Value, Error> {
        let function = Function::Native(Native { run, upvalues });
        self.spend(MAKE)?;
        self.take(function.memory())?;
        Ok(Value::Function(FunctionId(self.functions.add(function))))
    }

    /// Puts functions into a table, each under its name.
    pub fn register(
        &mut self,
        table: TableId,
        functions: &[(&str, NativeFn)],
    ) -> Result<(), Error> {
        for (name, run) in functions {
            let function = self.native(*run, Vec::new())?;
            self.set_field(table, name, function)?;
        }
        Ok(())
    }

    /// A library: a new table under a global name, with these functions.
    pub fn open(&mut self, name: &str, functions: &[(&str, NativeFn)]) -> Result<TableId, Error> {
        let table = self.new_table(0, functions.len())?;
        self.register(table, functions)?;
        self.set_field(self.globals, name, Value::Table(table))?;
        Ok(table)
    }

    /// A value of the running function's own, counted from 0.
    pub fn upvalue(&self, at: usize) -> Value {
        match self.functions.get(self.running.0) {
            Some(Function::Native(native)) => native.upvalues.get(at).copied().unwrap_or_default(),
            _ => Value::Nil,
        }
    }

    /// Sets a value of the running function's own.
    pub fn set_upvalue(&mut self, at: usize, value: Value) {
        if let Some(Function::Native(native)) = self.functions.get_mut(self.running.0)
            && let Some(slot) = native.upvalues.get_mut(at)
        {
            *slot = value;
        }
    }

    pub(super) fn closure(&mut self, closure: Closure) -> Result<Value, Error> {
        let function = Function::Lua(closure);
        self.spend(MAKE)?;
        self.take(function.memory())?;
        Ok(Value::Function(FunctionId(self.functions.add(function))))
    }

    /// A function, to look at.
    pub fn function(&self, id: FunctionId) -> Option<&Function> {
        self.functions.get(id.0)
    }

    /// A string, or what a number is as a string; `None` for other values.
    pub fn coerce(&mut self, value: Value) -> Result<Option<StrId>, Error> {
        match value {
            Value::Str(id) => Ok(Some(id)),
            Value::Number(number) => {
                self.spend(DISPLAY)?;
                self.string(&number::display(number)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A number, or what a string is as a number; `None` for other values.
    #[inline]
    pub fn to_number(&self, value: Value) -> Option<f64> {
        match value {
            Value::Number(number) => Some(number),
            Value::Str(id) => {
                let text = self.bytes(id);
                self.owe(text.len() / 8);
                number::parse(text)
            }
            _ => None,
        }
    }
}
