//! The editor by itself, and as part of a page that is told made-up news.

use proptest::prelude::*;

use super::*;
use crate::app::stage::Subject;
use crate::app::{Action, Effect, State, Theme};
use crate::session::message::*;

fn bulk(text: &str) -> Bytes {
    Bytes::from_slice(text.as_bytes())
}

fn stand(conn: Conn, name: &str, line: u32, calls: u32) -> ScriptView {
    ScriptView {
        conn,
        name: name.into(),
        command: vec![bulk("GET"), bulk("lock:daily_report")],
        line,
        calls,
        last: None,
        frames: Vec::new(),
        waiting: 0,
    }
}

struct Page {
    state: State,
    sent: Vec<Request>,
}

impl Page {
    fn open() -> Self {
        let mut page = Self {
            state: State::new(1, 1000, Theme::System),
            sent: Vec::new(),
        };
        page.act(Action::Open);
        // The example is answered, so that the consoles are free.
        while let Some((conn, _)) = page.state.port.waiting() {
            let bytes = page
                .state
                .consoles
                .iter()
                .any(|c| c.conn == conn && c.busy());
            page.tell(vec![Update::Recorded {
                at: 1000,
                conn,
                bytes,
                keys: Vec::new(),
            }]);
        }
        for conn in 0..3 {
            page.tell(vec![Update::Output {
                conn,
                bytes: b"+OK\r\n".repeat(20),
                at: 1000,
            }]);
        }
        page.sent.clear();
        page
    }

    fn act(&mut self, action: Action) {
        for effect in self.state.update(action, 0.0) {
            if let Effect::Post(requests) = effect {
                self.sent.extend(requests);
            }
        }
    }

    fn tell(&mut self, updates: Vec<Update>) {
        self.act(Action::Frame(Frame { now: 1000, updates }));
    }

    fn script(&mut self, act: Act) {
        self.act(Action::Script(act));
    }

    /// What was sent of stepping and to clients, since this was last asked.
    fn sent(&mut self) -> Vec<String> {
        let sent = std::mem::take(&mut self.sent);
        sent.into_iter()
            .filter_map(|request| match request {
                Request::Stepping { on } => Some(format!("stepping {on}")),
                Request::Step { to_end } => Some(format!("step {to_end}")),
                Request::Input {
                    conn,
                    what: What::Bytes(bytes),
                } => {
                    let name = if bytes.windows(4).any(|w| w == b"EVAL") {
                        "EVAL"
                    } else {
                        "else"
                    };
                    Some(format!("{conn} {name}"))
                }
                _ => None,
            })
            .collect()
    }
}

#[test]
fn the_line_is_what_a_person_would_type() {
    let mut script = Script {
        text: "return 'a\\n'".into(),
        ..Script::default()
    };
    script.args = vec!["9f3c".into(), String::new(), "two words".into(), "é".into()];
    assert_eq!(
        script.eval(),
        r#"EVAL "return 'a\\n'" 1 lock:daily_report 9f3c "" "two words" é"#
    );
    script.keys.clear();
    script.args.clear();
    assert_eq!(script.eval(), r#"EVAL "return 'a\\n'" 0"#);
    assert_eq!(script.load(), r#"SCRIPT LOAD "return 'a\\n'""#);
}

#[test]
fn the_ready_made_lock_stands_beside_the_commands_that_do_the_same() {
    let mut script = Script::default();
    let ready = script.ready().unwrap();
    let lines: Vec<_> = ready.instead.iter().map(|i| script.instead(i)).collect();
    assert_eq!(
        lines,
        [
            "DELIFEQ lock:daily_report 9f3c51e1",
            "DELEX lock:daily_report IFEQ 9f3c51e1",
            "SET lock:daily_report 9f3c51e1 IFEQ 9f3c51e1 PX 30000",
        ]
    );
    assert_eq!(script.role(List::Args, 0), Some("token"));
    script.text = format!("{} ", script.text).into();
    assert_eq!((script.ready(), script.role(List::Args, 0)), (None, None));
}

#[test]
fn errors_name_their_line() {
    assert_eq!(
        error_line(
            "(error) ERR user_script:12: Script attempted to access nonexistent global variable 'x' script: 5b, on @user_script:12."
        ),
        Some(12)
    );
    assert_eq!(
        error_line(
            "(error) ERR Error compiling script (new function): user_script:3: '=' expected near 'end'"
        ),
        Some(3)
    );
    assert_eq!(error_line("(error) WRONGTYPE Operation"), None);
    assert_eq!(error_line("\"user_script:3\""), None);
}

#[test]
fn a_script_is_run_as_the_chosen_client_and_its_reply_comes_back() {
    let mut page = Page::open();
    page.act(Action::Show(Subject::Script));
    page.script(Act::Client(1));
    page.script(Act::Run);
    assert_eq!(page.sent(), ["1 EVAL"]);
    let subjects: Vec<_> = page
        .state
        .stage
        .slots()
        .iter()
        .map(|s| s.subject.clone())
        .collect();
    assert_eq!(
        subjects[..2],
        [Subject::Script, Subject::Key(0, bulk("lock:daily_report"))]
    );
    page.tell(vec![Update::Output {
        conn: 1,
        bytes: b":1\r\n".to_vec(),
        at: 1000,
    }]);
    let outcome = page.state.script.outcome.clone().unwrap();
    assert_eq!((outcome.conn, outcome.text.as_str()), (1, "(integer) 1"));
}

#[test]
fn stepping_is_for_one_script_and_the_panel_says_where_it_stands() {
    let mut page = Page::open();
    page.script(Act::Step);
    assert_eq!(page.sent(), ["stepping true", "0 EVAL"]);
    let sha = sha1(&page.state.script.text);
    assert_eq!(sha.len(), 40);
    page.tell(vec![Update::Script(Some(stand(0, &sha, 1, 0)))]);
    assert_eq!(page.sent(), ["stepping false"]);
    assert_eq!(page.state.stage.slots()[0].subject, Subject::Script);
    assert_eq!(page.state.script.line(), Some(0));
    assert!(!page.state.script.is_other());

    // Who types meanwhile waits.
    page.act(Action::Run {
        conn: 1,
        text: "PING".into(),
        ticket: None,
    });
    let held: Vec<_> = page.state.consoles.iter().map(|c| c.held_by).collect();
    assert_eq!(held, [Some(0), Some(0), None]);
    page.act(Action::Tick);
    assert!(page.state.consoles.iter().all(|c| !c.stuck));

    page.sent();
    page.script(Act::Run);
    page.script(Act::GoOn { to_end: false });
    page.script(Act::GoOn { to_end: false });
    assert_eq!(page.sent(), ["step false"], "once, until it stands again");
    page.tell(vec![Update::Script(Some(stand(0, &sha, 2, 1)))]);
    page.script(Act::GoOn { to_end: true });
    page.tell(vec![
        Update::Script(None),
        Update::Output {
            conn: 0,
            bytes: b":1\r\n".to_vec(),
            at: 1000,
        },
    ]);
    assert_eq!(page.sent(), ["step true"]);
    assert_eq!(page.state.script.line(), None);
    assert_eq!(
        page.state.script.outcome.as_ref().unwrap().text,
        "(integer) 1"
    );
    assert!(page.state.consoles.iter().all(|c| c.held_by.is_none()));
    let bracket = page.state.timeline.brackets.back().unwrap();
    assert_eq!((bracket.open, bracket.calls.len()), (false, 2));
}

#[test]
fn a_script_that_calls_nothing_ends_stepping_too() {
    let mut page = Page::open();
    page.script(Act::Text("return 1".into()));
    page.script(Act::Step);
    page.sent();
    page.tell(vec![Update::Output {
        conn: 0,
        bytes: b":1\r\n".to_vec(),
        at: 1000,
    }]);
    assert_eq!(page.sent(), ["stepping false"]);
}

#[test]
fn who_leaves_a_script_that_stands_gets_nothing_and_the_script_goes_on() {
    let mut page = Page::open();
    page.script(Act::Step);
    let sha = sha1(&page.state.script.text);
    page.tell(vec![Update::Script(Some(stand(0, &sha, 1, 0)))]);
    page.act(Action::Interrupt(0));
    assert_eq!(page.state.script.outcome, None);
    page.sent();
    page.script(Act::GoOn { to_end: true });
    assert_eq!(page.sent(), ["step true"]);
}

#[test]
fn a_script_from_a_console_is_shown_and_one_that_nobody_saw_is_not() {
    let mut page = Page::open();
    let own = Rc::clone(&page.state.script.text);
    page.act(Action::Run {
        conn: 1,
        text: "SCRIPT LOAD 'return redis.call(\"GET\", KEYS[1])'".into(),
        ticket: None,
    });
    let text = "return redis.call(\"GET\", KEYS[1])";
    page.tell(vec![Update::Script(Some(stand(1, &sha1(text), 1, 0)))]);
    assert_eq!(&**page.state.script.shown(), text);
    assert!(page.state.script.is_other());
    page.tell(vec![Update::Script(Some(stand(1, "a_function", 7, 0)))]);
    assert_eq!(*page.state.script.shown(), own);
    assert_eq!(page.state.script.line(), None);
    assert!(page.state.script.is_other());
}

#[test]
fn a_server_half_that_is_started_anew_stands_at_no_script() {
    let mut page = Page::open();
    page.script(Act::Step);
    page.tell(vec![Update::Script(Some(stand(0, "x", 1, 0)))]);
    page.act(Action::ServerBroke("why".into()));
    assert!(page.state.script.stand.is_none());
    assert!(page.state.timeline.brackets.iter().all(|b| !b.open));
    page.sent();
    page.script(Act::GoOn { to_end: true });
    assert_eq!(page.sent(), [""; 0]);
}

#[test]
fn a_loaded_script_is_run_by_its_sha() {
    let mut page = Page::open();
    assert_eq!(page.state.script.evalsha(), None);
    page.script(Act::Load);
    let sha = sha1(&page.state.script.text);
    assert_eq!(
        page.state.script.evalsha(),
        Some(format!("EVALSHA {sha} 1 lock:daily_report 9f3c51e1"))
    );
    page.script(Act::Set(List::Args, 0, "77aa0c02".into()));
    assert!(page.state.script.evalsha().unwrap().ends_with("77aa0c02"));
    page.script(Act::Text("return 2".into()));
    assert_eq!(page.state.script.evalsha(), None);
}

#[test]
fn keys_and_arguments_are_added_set_and_removed() {
    let mut page = Page::open();
    page.script(Act::Add(List::Keys));
    page.script(Act::Set(List::Keys, 1, "b".into()));
    page.script(Act::Set(List::Keys, 9, "nowhere".into()));
    page.script(Act::Remove(List::Keys, 0));
    page.script(Act::Remove(List::Args, 9));
    assert_eq!(page.state.script.list(List::Keys), ["b"]);
    assert_eq!(page.state.script.list(List::Args), ["9f3c51e1"]);
    page.script(Act::Pick(3));
    assert_eq!(page.state.script.list(List::Keys).len(), 2);
}

proptest! {
    /// A line is read back, by the console too, as the words that it was made of.
    #[test]
    fn lines_are_read_back(text in r#"[ -~\n\t\r\x00-\x1féß😀\u{a0}'"\\]{0,40}"#, key in r#"[ -~\n\té\u{3000}'"\\]{0,12}"#, arg in r#"[a-z'"\\ ]{0,12}"#) {
        let script = Script {
            text: text.as_str().into(),
            keys: vec![key.clone()],
            args: vec![arg.clone(), key.clone()],
            ..Script::default()
        };
        let words = ["EVAL", &text, "1", &key, &arg, &key].map(|w| w.as_bytes().to_vec());
        prop_assert_eq!(split_words(script.eval().as_bytes()), Some(words.to_vec()));
        let read = crate::app::transcript::interpret(&script.eval());
        prop_assert_eq!(read, Some(crate::app::transcript::Step::Send { words: words.to_vec(), times: 1 }));
    }
}
