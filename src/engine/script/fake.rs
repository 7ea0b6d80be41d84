//! A machine for tests: its language is a line for each thing to do.
//!
//! `call WORDS`, `pcall WORDS` and `acl WORDS` call commands, `return` gives the last reply back and
//! `return RESP` that (with `~` for a line's end), `fail TEXT` raises an error, `steps` and `memory` use a budget up. `setresp3` has the
//! calls that follow answered in RESP3. Words such as `K1` and `A2` stand for a key and an argument. In a
//! library, `register NAME FLAG,FLAG|- DESCRIPTION` begins a function. What contains `syntax!` does not compile.

use std::collections::BTreeMap;

use super::{Answer, CallKind, Failure, Frame, Machine, Registered, ReplyError, Request, Start};
use crate::engine::text;
use crate::lua::message::{Budget, Call};

/// Lines, each with its number.
type Code = Vec<(u32, String)>;

/// The machine.
#[derive(Clone, Debug, Default)]
pub struct Fake {
    scripts: BTreeMap<String, Code>,
    libraries: BTreeMap<String, Vec<(Registered, Code)>>,
    running: Option<Running>,
}

#[derive(Clone, Debug)]
struct Running {
    start: Start,
    code: Code,
    at: usize,
    resp: u8,
    kind: CallKind,
    last: Vec<u8>,
}

/// A new machine, as a host takes it.
pub fn machine() -> Option<Box<dyn Machine>> {
    Some(Box::new(Fake::default()))
}

fn lines(source: &[u8]) -> Code {
    let text = String::from_utf8_lossy(source).into_owned();
    let lines = text.split('\n').map(|line| line.trim().to_string());
    (1..).zip(lines).filter(|(_, l)| !l.is_empty()).collect()
}

fn broken(source: &[u8], chunk: &str) -> Option<Answer> {
    let line = lines(source)
        .into_iter()
        .find(|(_, l)| l.contains("syntax!"))?
        .0;
    Some(Answer::Failed(Failure {
        text: format!("{chunk}:{line}: syntax!").into_bytes(),
        place: None,
        budget: None,
        counted: false,
    }))
}

/// What is returned, with its errors: a command's own, or the script's.
fn returned(reply: Vec<u8>, counted: bool) -> Answer {
    let text = String::from_utf8_lossy(&reply);
    let errors = text.split("\r\n").filter_map(|line| line.strip_prefix('-'));
    let errors = errors.map(|text| ReplyError {
        code: text.split_once(' ').map_or("ERR", |(code, _)| code).into(),
        counted,
    });
    Answer::Returned {
        errors: errors.collect(),
        reply,
    }
}

impl Running {
    fn word(&self, word: &str) -> Vec<u8> {
        let from = match word.chars().next() {
            Some('K') => &self.start.keys,
            Some('A') => &self.start.args,
            _ => return word.into(),
        };
        let at: Option<usize> = word.get(1..).and_then(|n| n.parse().ok());
        let given = at.and_then(|at| from.get(at - 1)).cloned();
        given.unwrap_or_else(|| word.into())
    }

    fn fail(&self, text: &str, budget: Option<Budget>, counted: bool) -> Answer {
        let chunk = match self.start.function {
            true => "@user_function",
            false => "@user_script",
        };
        let line = self.code.get(self.at - 1).map_or(0, |(line, _)| *line);
        Answer::Failed(Failure {
            text: text.into(),
            place: Some((chunk.into(), line.to_string().into_bytes())),
            budget,
            counted,
        })
    }

    fn go_on(&mut self) -> Answer {
        loop {
            let Some((line, text)) = self.code.get(self.at).cloned() else {
                return returned(b"$-1\r\n".to_vec(), false);
            };
            self.at += 1;
            let (what, rest) = text.split_once(' ').unwrap_or((&text, ""));
            self.kind = match what {
                "call" => CallKind::Call,
                "pcall" => CallKind::Protected,
                "acl" => CallKind::AclCheck,
                "setresp3" => {
                    self.resp = 3;
                    continue;
                }
                "return" if rest.is_empty() => {
                    return returned(self.last.clone(), true);
                }
                "return" => {
                    let mut reply = rest.replace('~', "\r\n").into_bytes();
                    if !reply.ends_with(b"\r\n") {
                        reply.extend(b"\r\n");
                    }
                    return returned(reply, false);
                }
                "fail" => return self.fail(rest, None, false),
                "steps" => return self.fail("", Some(Budget::Steps), false),
                "memory" => return self.fail("", Some(Budget::Memory), false),
                other => panic!("the fake machine knows no {other}"),
            };
            return Answer::Call(Call {
                kind: self.kind,
                words: rest.split_whitespace().map(|w| self.word(w)).collect(),
                resp: self.resp,
                line,
            });
        }
    }
}

impl Fake {
    fn function(&self, name: &str) -> Option<Code> {
        let mut all = self.libraries.values().flatten();
        all.find(|(f, _)| f.name == name)
            .map(|(_, code)| code.clone())
    }

    fn load_library(&mut self, name: String, source: &[u8]) -> Answer {
        let mut functions: Vec<(Registered, Code)> = Vec::new();
        for (line, text) in lines(source) {
            let words: Vec<&str> = text.splitn(4, ' ').collect();
            match (words.as_slice(), functions.last_mut()) {
                (["register", name, flags, description], _) => functions.push((
                    Registered {
                        name: name.to_string(),
                        description: (*description != "-").then(|| description.as_bytes().to_vec()),
                        flags: flags
                            .split(',')
                            .filter(|f| *f != "-")
                            .map(String::from)
                            .collect(),
                    },
                    Vec::new(),
                )),
                (["fail", ..], None) => {
                    return Answer::Failed(Failure {
                        text: format!("ERR user_function:{line}: {text}").into_bytes(),
                        place: None,
                        budget: None,
                        counted: false,
                    });
                }
                (_, Some((_, code))) => code.push((line, text)),
                _ => panic!("a library begins with a function"),
            }
        }
        let registered = functions.iter().map(|(f, _)| f.clone()).collect();
        self.libraries.insert(name, functions);
        Answer::Registered {
            functions: registered,
        }
    }
}

impl Machine for Fake {
    fn copy(&self) -> Box<dyn Machine> {
        Box::new(self.clone())
    }

    fn memory(&self) -> usize {
        0
    }

    fn steps(&self) -> u64 {
        0
    }

    fn ask(&mut self, request: Request) -> Answer {
        match request {
            Request::Load { name, source } => {
                if let Some(failed) = broken(&source, "user_script") {
                    return failed;
                }
                self.scripts.insert(name, lines(&source));
                Answer::Done
            }
            Request::Unload { name } => {
                assert!(self.scripts.remove(&name).is_some());
                Answer::Done
            }
            Request::LoadLibrary { name, source, .. } => {
                broken(&source, "user_function").unwrap_or_else(|| self.load_library(name, &source))
            }
            Request::UnloadLibrary { name } => {
                assert!(self.libraries.remove(&name).is_some());
                Answer::Done
            }
            Request::Clear { functions: true } => {
                self.libraries.clear();
                Answer::Done
            }
            Request::Clear { functions: false } => {
                self.scripts.clear();
                Answer::Done
            }
            Request::Start(start) => {
                assert!(self.running.is_none(), "one script runs at a time");
                let code = match start.function {
                    true => self.function(&start.name),
                    false => self.scripts.get(&start.name).cloned(),
                };
                self.running = Some(Running {
                    code: code.expect("what is started is known"),
                    start,
                    at: 0,
                    resp: 2,
                    kind: CallKind::Call,
                    last: Vec::new(),
                });
                self.go_on(None)
            }
            Request::Resume { reply, .. } => self.go_on(Some(reply)),
            Request::Stop => {
                self.running = None;
                Answer::Done
            }
            Request::Look => {
                let running = self.running.as_ref().expect("a script stands");
                Answer::Frames(vec![Frame {
                    name: None,
                    line: running.code[running.at - 1].0,
                    locals: vec![(
                        "last".into(),
                        text::format_all(&running.last).trim_end().into(),
                    )],
                }])
            }
        }
    }
}

impl Fake {
    fn go_on(&mut self, reply: Option<Vec<u8>>) -> Answer {
        let running = self.running.as_mut().expect("a script runs");
        let mut failed = None;
        if let Some(reply) = reply {
            if reply.first() == Some(&b'-') && running.kind != CallKind::Protected {
                let text = String::from_utf8_lossy(&reply[1..]).trim_end().to_string();
                let counted = running.kind == CallKind::Call;
                failed = Some(running.fail(&text, None, counted));
            }
            running.last = reply;
        }
        let answer = failed.unwrap_or_else(|| running.go_on());
        if !matches!(answer, Answer::Call(_)) {
            self.running = None;
        }
        answer
    }
}
