//! Libraries of functions.

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::{Answer, Registered, Request, shebang};
use crate::ds::bytes::Bytes;
use crate::engine::Engine;
use crate::engine::error::{Error, c_string};
use crate::engine::rdb;

/// About what the server keeps of a library, and of a function, beside the code, in bytes.
const OVERHEAD: [usize; 2] = [96, 64];

/// One function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name, as it was registered.
    pub name: String,
    /// What it says of itself.
    pub description: Option<Bytes>,
    /// Its flags.
    pub flags: u32,
}

/// One library.
#[derive(Clone, Debug)]
pub struct Library {
    /// Its code, as it came.
    pub code: Bytes,
    /// Its functions, in the order in which they were registered.
    pub functions: Vec<Function>,
}

/// What becomes of the libraries that are there when others are restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// They go.
    Flush,
    /// They stay; one of the same name is an error.
    Append,
    /// They stay; one of the same name is replaced.
    Replace,
}

/// All libraries, by name.
#[derive(Clone, Debug, Default)]
pub struct Libraries {
    all: IndexMap<String, Library>,
    /// Where each function is, by its name in lower case.
    places: FxHashMap<String, (String, usize)>,
}

impl Libraries {
    /// The libraries and their names, the oldest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&String, &Library)> {
        self.all.iter()
    }

    /// A function by its name, in any case.
    pub fn function(&self, name: &[u8]) -> Option<&Function> {
        let name = std::str::from_utf8(name).ok()?.to_ascii_lowercase();
        let (library, at) = self.places.get(&name)?;
        self.all.get(library)?.functions.get(*at)
    }

    /// How many functions there are.
    pub fn functions(&self) -> usize {
        self.all
            .values()
            .map(|library| library.functions.len())
            .sum()
    }

    /// About how many bytes they take.
    pub fn memory(&self) -> usize {
        let code = self.all.values().map(|library| library.code.len());
        code.sum::<usize>() + self.all.len() * OVERHEAD[0] + self.functions() * OVERHEAD[1]
    }

    fn insert(&mut self, name: String, library: Library) {
        self.remove(&name);
        for (at, function) in library.functions.iter().enumerate() {
            let lower = function.name.to_ascii_lowercase();
            self.places.entry(lower).or_insert((name.clone(), at));
        }
        self.all.insert(name, library);
    }

    fn remove(&mut self, name: &str) -> bool {
        self.places.retain(|_, (library, _)| library != name);
        self.all.shift_remove(name).is_some()
    }

    /// The first of these functions that another library has than those of these names.
    fn taken<'a>(&self, functions: &'a [Function], beside: &[&str]) -> Option<&'a str> {
        let names = functions.iter().map(|function| function.name.as_str());
        names.into_iter().find(|name| {
            let place = self.places.get(&name.to_ascii_lowercase());
            place.is_some_and(|(library, _)| !beside.contains(&library.as_str()))
        })
    }
}

impl Engine {
    /// Makes a library from code, and says what it is called.
    pub fn load_library(&mut self, code: &[u8], replace: bool) -> Result<String, Error> {
        let (name, library) = self.make_library(code, |libraries, name| {
            (!replace && libraries.all.contains_key(name))
                .then(|| Error::from(format!("ERR Library '{name}' already exists")))
        })?;
        let libraries = &self.scripting.libraries;
        if let Some(taken) = libraries.taken(&library.functions, &[&name]) {
            let error = Error::from(format!("ERR Function {taken} already exists"));
            self.undo_libraries(&[(name, library)]);
            return Err(error);
        }
        self.scripting.libraries.insert(name.clone(), library);
        self.stats.changes += 1;
        Ok(name)
    }

    /// Takes a library away. False where there is none of that name.
    pub fn delete_library(&mut self, name: &[u8]) -> bool {
        let name = String::from_utf8_lossy(name).into_owned();
        if !self.scripting.libraries.remove(&name) {
            return false;
        }
        self.scripting.ask(Request::UnloadLibrary { name });
        self.stats.changes += 1;
        true
    }

    /// Takes all libraries away.
    pub fn flush_libraries(&mut self) {
        self.scripting.libraries = Libraries::default();
        self.scripting.ask(Request::Clear { functions: true });
        self.stats.changes += 1;
    }

    /// Makes the libraries of a payload that was [verified](rdb::verify): all of them or none.
    pub fn restore_libraries(&mut self, payload: &[u8], policy: Policy) -> Result<(), Error> {
        let before = self.scripting.libraries.clone();
        if policy == Policy::Flush {
            // Beside what is to go, the new functions could not have the same names.
            self.flush_libraries();
            self.stats.changes -= 1;
        }
        let mut made: Vec<(String, Library)> = Vec::new();
        let joined = self
            .make_all(payload, &mut made)
            .and_then(|()| joins(&self.scripting.libraries, &made, policy));
        if let Err(error) = joined {
            if policy == Policy::Flush {
                self.undo_libraries(&made);
                for library in before.all.values() {
                    self.reload(&library.code);
                }
                self.scripting.libraries = before;
            } else {
                self.undo_libraries(&made);
            }
            return Err(error);
        }
        for (name, library) in made {
            self.scripting.libraries.insert(name, library);
        }
        self.stats.changes += 1;
        Ok(())
    }

    fn make_all(&mut self, payload: &[u8], made: &mut Vec<(String, Library)>) -> Result<(), Error> {
        for code in rdb::functions(payload) {
            let code = code.map_err(Error::text)?;
            let (name, library) = self.make_library(&code, |_, name| {
                made.iter()
                    .any(|(other, _)| other == name)
                    .then(|| Error::from(format!("ERR Library '{name}' already exists")))
            })?;
            let own = library.functions.iter();
            let taken = own.map(|function| &function.name).find(|name| {
                let others = made.iter().flat_map(|(_, library)| &library.functions);
                others
                    .into_iter()
                    .any(|f| f.name.eq_ignore_ascii_case(name))
            });
            let taken =
                taken.map(|name| Error::from(format!("ERR Function {name} already exists")));
            made.push((name, library));
            taken.map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    /// Runs a library's code. The machine then knows it; the engine keeps it only once all is well.
    fn make_library(
        &mut self,
        code: &[u8],
        refused: impl FnOnce(&Libraries, &str) -> Option<Error>,
    ) -> Result<(String, Library), Error> {
        let (name, start) = shebang::library(code)?;
        if let Some(error) = refused(&self.scripting.libraries, &name) {
            return Err(error);
        }
        let functions = self.run_library(&name, code.get(start..).unwrap_or_default())?;
        let functions = functions.into_iter().map(function);
        let library = Library {
            code: Bytes::from_slice(code),
            functions: functions.collect(),
        };
        let wrong = wrong(&library.functions);
        let made = (name, library);
        match wrong {
            Some(error) => {
                self.undo_libraries(&[made]);
                Err(error)
            }
            None => Ok(made),
        }
    }

    fn run_library(&mut self, name: &str, code: &[u8]) -> Result<Vec<Registered>, Error> {
        if !self.scripting.runs() {
            return Err(super::NO_MACHINE);
        }
        let limits = self.config.script_limits;
        let mut answer = self.scripting.ask(Request::LoadLibrary {
            name: name.to_string(),
            source: c_string(code).to_vec(),
            limits,
        });
        loop {
            match answer {
                Answer::Registered { functions } => return Ok(functions),
                // A library's code is handed nothing that calls a command.
                Answer::Call(_) => {
                    let reply = b"-ERR not while a library is loaded\r\n".to_vec();
                    answer = self.scripting.ask(Request::Resume { reply, steps: 1 });
                }
                Answer::Failed(failure) => {
                    let what: &[u8] = match failure.budget {
                        None if failure.text.starts_with(b"user_function:") => {
                            b"ERR Error compiling function: "
                        }
                        _ => b"ERR Error registering functions: ",
                    };
                    let text = super::failure_text(&failure, limits);
                    return Err(Error::quoting(&[what, &text]));
                }
                _ => return Err(super::NO_ANSWER),
            }
        }
    }

    /// The machine ran these libraries, and they are not to be: what it had before under their names, or
    /// under their functions' names, is made anew.
    fn undo_libraries(&mut self, made: &[(String, Library)]) {
        for (name, _) in made {
            let name = name.clone();
            self.scripting.ask(Request::UnloadLibrary { name });
        }
        let touched = |(name, library): &(&String, &Library)| {
            let has = |other: &Function| {
                let mut own = library.functions.iter();
                own.any(|function| function.name.eq_ignore_ascii_case(&other.name))
            };
            let mut made = made.iter();
            made.any(|(other, new)| other == *name || new.functions.iter().any(has))
        };
        let again = self.scripting.libraries.all.iter().filter(touched);
        let again: Vec<Bytes> = again.map(|(_, library)| library.code.clone()).collect();
        for code in again {
            self.reload(&code);
        }
    }

    /// Runs the code of a library again that is known to run.
    fn reload(&mut self, code: &[u8]) {
        if let Ok((name, start)) = shebang::library(code) {
            let _known = self.run_library(&name, code.get(start..).unwrap_or_default());
        }
    }
}

fn function(registered: Registered) -> Function {
    let has = |flag: &str| {
        let mut own = registered.flags.iter();
        own.any(|own| own.eq_ignore_ascii_case(flag))
    };
    let flags = shebang::FLAGS.iter().filter(|(_, name)| has(name));
    Function {
        flags: flags.map(|(flag, _)| flag).sum(),
        name: registered.name,
        description: registered.description.map(Bytes::from_vec),
    }
}

/// What is wrong with the functions that a library registered.
fn wrong(functions: &[Function]) -> Option<Error> {
    for (at, function) in functions.iter().enumerate() {
        if shebang::checked_name(function.name.as_bytes()).is_none() {
            return Some(Error::text(
                "ERR Function names can only contain letters, numbers, or underscores(_) and must be at least one character long",
            ));
        }
        let before = functions.get(..at).unwrap_or_default();
        if before.iter().any(|other| other.name == function.name) {
            return Some(Error::text("ERR Function already exists in the library"));
        }
    }
    functions
        .is_empty()
        .then(|| Error::text("ERR No functions registered"))
}

/// Whether new libraries can stand beside those that are there.
fn joins(there: &Libraries, made: &[(String, Library)], policy: Policy) -> Result<(), Error> {
    let mut names = made.iter().map(|(name, _)| name.as_str());
    if policy != Policy::Replace
        && let Some(name) = names.find(|name| there.all.contains_key(*name))
    {
        return Err(Error::from(format!("ERR Library {name} already exists")));
    }
    let beside: Vec<&str> = made.iter().map(|(name, _)| name.as_str()).collect();
    for (_, library) in made {
        if let Some(name) = there.taken(&library.functions, &beside) {
            return Err(Error::from(format!("ERR Function {name} already exists")));
        }
    }
    Ok(())
}
