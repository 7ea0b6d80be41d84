//! The machine: what is asked of it, and what it answers. Scripts and libraries' functions have a state each, as in
//! the reference.

use std::collections::BTreeMap;

use super::lib::server::{self, For};
use super::lib::{self, base, math};
use super::message::*;
use super::value::{Error, TableId, Value};
use super::vm::{Exit, Place, Vm};

/// The chunk name of scripts, and of libraries.
const NAMES: [&[u8]; 2] = [b"@user_script", b"@user_function"];
/// The chunk name of what the machine brings along.
const PRELUDE: &[u8] = b"=[C]";

/// A Lua state with its globals, and what was loaded into it.
#[derive(Clone, Debug)]
struct House {
    vm: Vm,
    which: For,
    /// What was loaded, by name.
    loaded: TableId,
}

/// What is being run.
#[derive(Clone, Debug)]
enum Run {
    /// A script or function, for a client of this protocol version.
    Reply(u8),
    /// A library's code, by the library's name.
    Library(String),
}

/// Runs scripts. One at a time.
#[derive(Clone, Debug)]
pub struct Machine {
    scripts: House,
    functions: House,
    /// The functions of each library.
    libraries: BTreeMap<String, Vec<String>>,
    /// What runs, and whether it is a library's or its code.
    running: Option<(Run, bool)>,
    /// Where `math.random` stands, for both.
    random: u64,
    /// Steps that scripts have taken so far.
    steps: u64,
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// One that knows no scripts.
    pub fn new() -> Self {
        Self {
            scripts: House::new(For::Scripts),
            functions: House::new(For::Functions),
            libraries: BTreeMap::new(),
            running: None,
            random: math::RANDOM_START,
            steps: 0,
        }
    }

    /// Does what is asked.
    pub fn ask(&mut self, request: Request) -> Answer {
        match request {
            Request::Load { name, source } => match self.scripts.compile(&source) {
                Ok(function) => {
                    self.scripts.keep(&name, function);
                    Answer::Done
                }
                Err(message) => Answer::Failed(plain(message)),
            },
            Request::Unload { name } => {
                self.scripts.keep(&name, Value::Nil);
                Answer::Done
            }
            Request::LoadLibrary {
                name,
                source,
                limits,
            } => {
                if server::begin_loading(&mut self.functions.vm.state).is_err() {
                    return nothing_runs();
                }
                let function = match self.functions.compile(&source) {
                    Ok(function) => function,
                    Err(message) => {
                        server::end_loading(&mut self.functions.vm.state);
                        return Answer::Failed(plain(message));
                    }
                };
                self.functions.vm.state.limit(limits);
                self.running = Some((Run::Library(name), true));
                let exit = self.functions.vm.start(function, &[]);
                self.went(exit)
            }
            Request::UnloadLibrary { name } => {
                for function in self.libraries.remove(&name).unwrap_or_default() {
                    self.functions.keep(&function, Value::Nil);
                }
                Answer::Done
            }
            Request::Clear { functions: true } => {
                self.functions = House::new(For::Functions);
                self.libraries.clear();
                Answer::Done
            }
            Request::Clear { functions: false } => {
                self.scripts = House::new(For::Scripts);
                Answer::Done
            }
            Request::Start(start) => self.start(start),
            Request::Resume { reply, steps } => {
                let Some(house) = self.house() else {
                    return nothing_runs();
                };
                let state = &mut house.vm.state;
                let kind = state.server.call.take().map(|call| call.kind);
                let kind = kind.unwrap_or(CallKind::Call);
                let spent = state.spend(usize::try_from(steps).unwrap_or(usize::MAX));
                let answer = spent.and_then(|()| server::take_reply(state, kind, &reply));
                let exit = house.vm.answer(answer);
                self.went(exit)
            }
            Request::Stop => {
                self.stop();
                Answer::Done
            }
            Request::Look => Answer::Frames(match self.house() {
                Some(house) => house.vm.frames(),
                None => Vec::new(),
            }),
        }
    }

    /// About how many bytes it takes.
    pub fn memory(&self) -> usize {
        self.scripts.vm.state.memory() + self.functions.vm.state.memory()
    }

    /// How many steps scripts have taken so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    fn house(&mut self) -> Option<&mut House> {
        match self.running {
            Some((_, true)) => Some(&mut self.functions),
            Some((_, false)) => Some(&mut self.scripts),
            None => None,
        }
    }

    fn stop(&mut self) {
        if let Some(house) = self.house() {
            house.end();
            self.random = house.vm.state.random;
        }
        self.running = None;
    }

    fn start(&mut self, start: Start) -> Answer {
        let house = match start.function {
            true => &mut self.functions,
            false => &mut self.scripts,
        };
        let function = house.find(&start.name);
        if function == Value::Nil {
            return nothing_runs();
        }
        let state = &mut house.vm.state;
        state.limit(start.limits);
        state.random = self.random;
        state.server.start();
        let passed = server::set_keys_and_args(state, &start.keys, &start.args);
        self.running = Some((Run::Reply(start.resp), start.function));
        let exit = match passed {
            Ok((keys, args)) if start.function => house.vm.start(function, &[keys, args]),
            Ok(_) => house.vm.start(function, &[]),
            Err(error) => Exit::Failed(error),
        };
        self.went(exit)
    }

    /// What an exit of the loop means to who asked.
    fn went(&mut self, exit: Exit) -> Answer {
        let Some((run, _)) = self.running.clone() else {
            return nothing_runs();
        };
        let Some(house) = self.house() else {
            return nothing_runs();
        };
        let taken = house.vm.state.steps_taken();
        let answer = match exit {
            Exit::Call => {
                let line = house.vm.line();
                let server = &mut house.vm.state.server;
                let resp = server.resp();
                return match &mut server.call {
                    Some(call) => Answer::Call(Call {
                        kind: call.kind,
                        words: std::mem::take(&mut call.words),
                        resp,
                        line,
                    }),
                    None => nothing_runs(),
                };
            }
            Exit::Done => match &run {
                Run::Reply(resp) => {
                    let value = house.vm.results.first().copied().unwrap_or_default();
                    match server::reply(&mut house.vm.state, value, *resp) {
                        Ok(reply) => Answer::Returned {
                            reply: reply.bytes,
                            errors: reply.errors,
                        },
                        Err(error) => Answer::Failed(house.failure(error, &run)),
                    }
                }
                Run::Library(_) => Answer::Registered {
                    functions: Vec::new(),
                },
            },
            Exit::Failed(error) => Answer::Failed(house.failure(error, &run)),
        };
        self.steps += taken;
        let answer = match (run, answer) {
            (Run::Library(name), Answer::Registered { .. }) => {
                let registered = server::end_loading(&mut self.functions.vm.state);
                self.register(name, registered)
            }
            (Run::Library(_), answer) => {
                server::end_loading(&mut self.functions.vm.state);
                answer
            }
            (_, answer) => answer,
        };
        self.stop();
        answer
    }

    fn register(&mut self, library: String, registered: Vec<(Registered, Value)>) -> Answer {
        for function in self.libraries.remove(&library).unwrap_or_default() {
            self.functions.keep(&function, Value::Nil);
        }
        let mut functions = Vec::new();
        for (function, callback) in registered {
            self.functions.keep(&function.name, callback);
            functions.push(function);
        }
        let names = functions.iter().map(|function| function.name.clone());
        self.libraries.insert(library, names.collect());
        Answer::Registered { functions }
    }
}

impl House {
    fn new(which: For) -> Self {
        let mut vm = Vm::default();
        let loaded = match open(&mut vm, which) {
            Ok(loaded) => loaded,
            // Nothing limits a state that is being opened.
            Err(_) => vm.state.globals,
        };
        vm.settle();
        Self { vm, which, loaded }
    }

    fn compile(&mut self, source: &[u8]) -> Result<Value, Vec<u8>> {
        self.vm.state.lift_limits();
        let name = NAMES[usize::from(self.which == For::Functions)];
        let compiled = self.vm.compile(source, name, false);
        compiled.unwrap_or_else(|_| Err(b"not enough memory".to_vec()))
    }

    fn keep(&mut self, name: &str, function: Value) {
        self.vm.state.lift_limits();
        // Without limits, a string is a key that can always be set.
        let _ = self.vm.state.set_field(self.loaded, name, function);
    }

    fn find(&mut self, name: &str) -> Value {
        self.vm.state.get_field(self.loaded, name)
    }

    fn failure(&mut self, error: Error, run: &Run) -> Failure {
        let place = self.vm.place.take();
        let value = match error {
            Error::Budget(budget) => {
                return Failure {
                    place: written(self.vm.stands_at()),
                    budget: Some(budget),
                    ..Failure::default()
                };
            }
            Error::Raised(value) => value,
            Error::Text(text) | Error::Plain(text) | Error::Argument(_, text) => {
                return plain(text);
            }
        };
        let state = &mut self.vm.state;
        state.lift_limits();
        match run {
            Run::Reply(_) => match server::handled(state, value, place) {
                Ok(table) => server::failure(state, table),
                Err(_) => server::failure(state, value),
            },
            Run::Library(_) => server::failure(state, value),
        }
    }

    /// A script is over: what it used is free again.
    fn end(&mut self) {
        self.vm.reset();
        self.vm.state.lift_limits();
        self.vm.collect_garbage();
    }
}

/// Opens the libraries of a state, and locks it; gives the table for what is loaded.
fn open(vm: &mut Vm, which: For) -> Result<TableId, Error> {
    let state = &mut vm.state;
    lib::open(state)?;
    server::open(state, which)?;
    let loaded = state.new_table(0, 0)?;
    state.keep(Value::Table(loaded));
    let helpers = Value::Table(lib::helpers(state)?);
    let base_helpers = base::helpers(state);
    for (prelude, helpers) in [(lib::PRELUDE, helpers), (base::PRELUDE, base_helpers)] {
        if let Ok(prelude) = vm.compile(prelude, PRELUDE, true)? {
            vm.start(prelude, &[helpers]);
            vm.reset();
        }
    }
    server::lock(&mut vm.state, which)?;
    Ok(loaded)
}

/// A place as messages hold it.
fn written(place: Option<Place>) -> Option<(Vec<u8>, Vec<u8>)> {
    place.map(|(source, line)| (source, line.to_string().into_bytes()))
}

fn plain(text: Vec<u8>) -> Failure {
    Failure {
        text,
        ..Failure::default()
    }
}

/// Who drives the machine asked for what it cannot do now.
fn nothing_runs() -> Answer {
    Answer::Failed(plain(b"ERR no script runs".to_vec()))
}

#[cfg(test)]
mod tests;
