//! One client's console: what it said and was told, and the line being typed.

use std::rc::Rc;

use web_sys::{ClipboardEvent, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::store::Store;
use super::widgets::clock::use_now;
use crate::app::completion::{self, Cycle};
use crate::app::console::Console;
use crate::app::line::{Line, from_utf16, to_utf16};
use crate::app::stage::Subject;
use crate::app::transcript::{Block, Kind, paste};
use crate::app::{Action, colour, format, hint};
use crate::session::message::{Bytes, CommandDoc, Conn, Millis, Resp};

/// How many blocks are shown before one asks for the earlier ones.
const SHOWN: usize = 300;
/// How near to its end a log must be to be kept there, in pixels.
const NEAR_END: i32 = 48;

/// What a console needs.
#[derive(Properties)]
pub struct ConsoleProps {
    /// Its state.
    pub console: Rc<Console>,
    /// The commands that the server half knows.
    pub commands: Rc<Vec<CommandDoc>>,
}

impl PartialEq for ConsoleProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.console, &other.console) && Rc::ptr_eq(&self.commands, &other.commands)
    }
}

/// The line being typed. It lives with its component: a keystroke wakes nothing else.
#[derive(Default)]
struct Entry {
    line: Line,
    cycle: Option<Cycle>,
    /// Esc was pressed: the next Tab leaves the console.
    leaving: bool,
}

impl Entry {
    fn before_cursor(&self) -> String {
        self.line.text.chars().take(self.line.cursor).collect()
    }
}

/// One client's console.
#[component]
pub fn ConsolePanel(props: &ConsoleProps) -> Html {
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let console = &props.console;
    let conn = console.conn;
    let letter = format::client_letter(conn);
    let entry = use_mut_ref(Entry::default);
    let redraw = use_force_update();
    let input = use_node_ref();
    let log = use_node_ref();
    let at_end = use_mut_ref(|| true);
    let earlier = use_state(|| false);

    let last = console.transcript.blocks().back().map(|block| block.id);
    {
        let (log, at_end) = (log.clone(), at_end.clone());
        use_effect_with(last, move |_| {
            if let Some(log) = log.cast::<HtmlElement>().filter(|_| *at_end.borrow()) {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }

    let on_scroll = {
        let (log, at_end, last_top) = (log.clone(), at_end.clone(), use_mut_ref(|| 0));
        Callback::from(move |_: Event| {
            let Some(log) = log.cast::<HtmlElement>() else {
                return;
            };
            let top = log.scroll_top();
            let mut at_end = at_end.borrow_mut();
            // More may have come since this was scrolled to its end: only scrolling up leaves it.
            if log.scroll_height() - top - log.client_height() < NEAR_END {
                *at_end = true;
            } else if top < *last_top.borrow() {
                *at_end = false;
            }
            *last_top.borrow_mut() = top;
        })
    };
    let on_input = {
        let (entry, redraw, input) = (entry.clone(), redraw.clone(), input.clone());
        Callback::from(move |_: InputEvent| {
            let Some(input) = input.cast::<HtmlInputElement>() else {
                return;
            };
            let mut entry = entry.borrow_mut();
            entry.cycle = None;
            entry.leaving = false;
            if entry.line.search().is_some() {
                entry.line.search_for(&input.value());
            } else {
                read_input(&mut entry.line, &input);
            }
            redraw.force_update();
        })
    };
    let on_paste = {
        let (entry, redraw, store, input, at_end) = (
            entry.clone(),
            redraw.clone(),
            store.clone(),
            input.clone(),
            at_end.clone(),
        );
        Callback::from(move |event: Event| {
            let Some(text) = event
                .dyn_ref_clipboard()
                .and_then(|e| e.clipboard_data())
                .and_then(|d| d.get_data("text/plain").ok())
            else {
                return;
            };
            if !text.contains('\n') {
                return;
            }
            event.prevent_default();
            let (mut lines, rest) = paste(&text);
            let mut entry = entry.borrow_mut();
            // What was typed already is the beginning of the first line.
            if let Some(first) = lines.first_mut() {
                first.insert_str(0, &entry.line.text);
            }
            for line in &lines {
                entry.line.remember(line);
            }
            entry.line.edit(&rest, rest.chars().count());
            show_input(&entry.line, &input);
            *at_end.borrow_mut() = true;
            store.dispatch(Action::Run {
                conn,
                text: lines.join("\n"),
                ticket: None,
            });
            redraw.force_update();
        })
    };
    let on_key = {
        let (entry, redraw, store, input, commands, at_end) = (
            entry.clone(),
            redraw.clone(),
            store.clone(),
            input.clone(),
            Rc::clone(&props.commands),
            at_end.clone(),
        );
        Callback::from(move |event: KeyboardEvent| {
            let Some(node) = input.cast::<HtmlInputElement>() else {
                return;
            };
            if event.is_composing() {
                return;
            }
            let mut entry = entry.borrow_mut();
            let searching = entry.line.search().is_some();
            if !searching {
                read_cursor(&mut entry.line, &node);
            }
            let mut run = None;
            match (event.key().as_str(), event.ctrl_key()) {
                ("Enter", false) => {
                    let text = entry.line.accept();
                    entry.cycle = None;
                    *at_end.borrow_mut() = true;
                    run = Some(Action::Run {
                        conn,
                        text,
                        ticket: None,
                    });
                }
                ("ArrowUp", false) if !searching => _ = entry.line.up(),
                ("ArrowDown", false) if !searching => _ = entry.line.down(),
                ("Tab", false) if !entry.leaving && !entry.line.text.is_empty() => {
                    if searching {
                        entry.line.search_take();
                    }
                    let (text, cursor) = (entry.line.text.clone(), entry.line.cursor);
                    let known = store.read(|state| state.known(&entry.before_cursor()));
                    let shown = completion::tab(
                        &mut entry.cycle,
                        &text,
                        cursor,
                        event.shift_key(),
                        &commands,
                        &known,
                    );
                    if let Some((text, cursor)) = shown {
                        entry.line.edit(&text, cursor);
                    }
                }
                ("r", true) => entry.line.search_older(),
                ("Escape", _) | ("g", true) if searching => entry.line.search_cancel(),
                ("ArrowLeft" | "ArrowRight" | "Home" | "End", _) if searching => {
                    entry.line.search_take()
                }
                ("Escape", _) => {
                    entry.leaving = true;
                    return;
                }
                ("c", true) => {
                    let selected =
                        node.selection_start().ok() != node.selection_end().ok() || has_selection();
                    if selected {
                        return;
                    }
                    entry.line.search_cancel();
                    entry.line.edit("", 0);
                    run = Some(Action::Interrupt(conn));
                }
                ("l", true) => {
                    run = Some(Action::Run {
                        conn,
                        text: "clear".into(),
                        ticket: None,
                    })
                }
                _ => return,
            }
            event.prevent_default();
            show_input(&entry.line, &input);
            drop(entry);
            redraw.force_update();
            if let Some(action) = run {
                store.dispatch(action);
            }
        })
    };
    let focus = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlElement>().filter(|_| !has_selection()) {
                // An element that cannot take the focus now simply does not.
                let _ = input.focus();
            }
        })
    };

    let blocks = console.transcript.blocks();
    let skipped = if *earlier {
        0
    } else {
        blocks.len().saturating_sub(SHOWN)
    };
    let show_earlier = {
        let earlier = earlier.clone();
        Callback::from(move |_: MouseEvent| earlier.set(true))
    };
    let entry = entry.borrow();
    let db = console.db();
    let prompt = if db == 0 {
        format!("{letter}>")
    } else {
        format!("{letter}[{db}]>")
    };
    html! {
        <section class="con" aria-label={format!("Client {letter}")} style={format!("--c:{}", colour::client_var(conn))}>
            <header>
                <b>{ letter.clone() }</b>
                <span class="dim who">{ who(console) }</span>
                <Condition console={Rc::clone(console)} />
            </header>
            <div class="log" role="log" aria-label={format!("Replies to client {letter}")} tabindex="0" ref={log} onscroll={on_scroll} onclick={focus}>
                if skipped > 0 {
                    <button class="line earlier" type="button" onclick={show_earlier}>{ format!("Show {skipped} earlier") }</button>
                }
                for block in blocks.iter().skip(skipped) {
                    <BlockView key={block.id} {conn} block={Rc::clone(block)} />
                }
            </div>
            <div class="entry">
                if let Some(search) = entry.line.search() {
                    <span class="p">{ if search.failed { "(failed-i-search)" } else { "(i-search)" } }</span>
                } else {
                    <span class="p">{ prompt }</span>
                }
                <div class="field">
                    <input
                        ref={input}
                        type="text"
                        aria-label={format!("Command for client {letter}")}
                        autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                        oninput={on_input} onkeydown={on_key} onpaste={on_paste}
                    />
                    <span class="ghost" aria-hidden="true">
                        if let Some(search) = entry.line.search() {
                            <span class="typed">{ search.query.clone() }</span>
                            <span class="hint">{ format!("  {}", entry.line.text) }</span>
                        } else {
                            <span class="typed">{ entry.line.text.clone() }</span>
                            <span class="hint">{ advice(console, &entry, &props.commands) }</span>
                        }
                    </span>
                </div>
            </div>
        </section>
    }
}

/// What is shown in grey behind the line.
fn advice(console: &Console, entry: &Entry, commands: &[CommandDoc]) -> String {
    if let Some(cycle) = entry
        .cycle
        .as_ref()
        .filter(|cycle| cycle.proposals().len() > 1)
    {
        let place = cycle.selected().map_or(0, |i| i + 1);
        return format!("   {place} of {}", cycle.proposals().len());
    }
    if !entry.line.text.is_empty() {
        return if console.hints {
            hint::hint(&entry.line.text, commands)
        } else {
            String::new()
        };
    }
    if console.held_by == Some(console.conn) {
        "its script stands still · Ctrl-C leaves it".into()
    } else if let Some(holder) = console.held_by {
        format!(
            "waiting for the script of {} to end",
            format::client_letter(holder)
        )
    } else if console.blocked().is_some() {
        "waiting for an entry · Ctrl-C stops waiting".into()
    } else if console.transcript.subscriptions() > 0 {
        "reading messages · Ctrl-C leaves".into()
    } else {
        "type a command, Tab completes it".into()
    }
}

/// The connection, in a few words.
fn who(console: &Console) -> String {
    let Some(client) = &console.client else {
        return "connecting…".into();
    };
    let resp = match client.resp {
        Resp::Two => "RESP2",
        Resp::Three => "RESP3",
    };
    let name = if client.name.is_empty() {
        format!("client {}", client.id)
    } else {
        format::lossy(&client.name)
    };
    format!("{name} · db {} · {resp}", client.db)
}

#[derive(Properties)]
struct ConditionProps {
    console: Rc<Console>,
}

impl PartialEq for ConditionProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.console, &other.console)
    }
}

/// Whether the client is ready, waits, listens, or holds everything up.
#[component]
fn Condition(props: &ConditionProps) -> Html {
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let console = &props.console;
    if console.stuck {
        return html! { <button class="stop" type="button" onclick={store.callback(|_| Action::Stop)}>{ "Stop" }</button> };
    }
    if let Some(holder) = console.held_by {
        return if holder == console.conn {
            html! { <button class="line" type="button" title="Open the script editor" onclick={store.callback(|_| Action::Show(Subject::Script))}>{ "its script stands still" }</button> }
        } else {
            html! { <span class="tag warn">{ format!("waits for the script of {}", format::client_letter(holder)) }</span> }
        };
    }
    if let Some((keys, since, until)) = console.blocked() {
        return html! { <Wait keys={keys.clone()} since={*since} until={*until} /> };
    }
    if let Some(client) = console
        .client
        .as_ref()
        .filter(|c| c.channels + c.patterns > 0)
    {
        let part = |n: usize, one: &str| {
            (n > 0).then(|| format!("{n} {one}{}", if n == 1 { "" } else { "s" }))
        };
        let parts: Vec<_> = [
            part(client.channels, "channel"),
            part(client.patterns, "pattern"),
        ]
        .into_iter()
        .flatten()
        .collect();
        return html! { <span class={classes!("tag", colour::client_tag(console.conn))}>{ parts.join(", ") }</span> };
    }
    match console.waiting() {
        0 if !console.busy() => html! { <span class="tag good">{ "ready" }</span> },
        0 => html! { <span class="tag plain">{ "running" }</span> },
        n => {
            html! { <span class="tag plain num">{ format!("{} to go", format::count(n as u64)) }</span> }
        }
    }
}

#[derive(Properties, PartialEq)]
struct WaitProps {
    keys: Vec<Bytes>,
    since: Millis,
    until: Option<Millis>,
}

/// How long a client has waited.
#[component]
fn Wait(props: &WaitProps) -> Html {
    let now = use_now(100);
    let waited = format::duration(now.saturating_sub(props.since));
    let keys = props
        .keys
        .iter()
        .map(|key| format::lossy(key))
        .collect::<Vec<_>>()
        .join(", ");
    let text = match props.until {
        Some(until) => format!(
            "blocked {waited} of {}",
            format::duration(until.saturating_sub(props.since))
        ),
        None => format!("blocked {waited}"),
    };
    html! { <span class="tag warn num" title={format!("waits for {keys}")}>{ text }</span> }
}

#[derive(Properties)]
struct BlockProps {
    conn: Conn,
    block: Rc<Block>,
}

impl PartialEq for BlockProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.block, &other.block)
    }
}

#[component]
fn BlockView(props: &BlockProps) -> Html {
    match &props.block.kind {
        Kind::Command { line } => html! {
            <div class="cmd"><span class="p">{ format!("{}> ", format::client_letter(props.conn)) }</span>{ line }</div>
        },
        Kind::Reply {
            text,
            error,
            nil,
            left_out,
        } => html! {
            <div class={classes!("r", error.then_some("err"), nil.then_some("nil"))}>
                { text }
                if *left_out > 0 {
                    <span class="note">{ format!("{} more lines", format::count(*left_out as u64)) }</span>
                }
            </div>
        },
        Kind::Pushed { text } => html! { <div class="r pushed">{ text }</div> },
        Kind::Note { text } => html! { <div class="note">{ text }</div> },
    }
}

fn has_selection() -> bool {
    let selection = web_sys::window().and_then(|w| w.get_selection().ok().flatten());
    selection.is_some_and(|s| !s.is_collapsed())
}

fn read_cursor(line: &mut Line, input: &HtmlInputElement) {
    if let Ok(Some(units)) = input.selection_end() {
        line.cursor = from_utf16(&line.text, units as usize);
    }
}

fn read_input(line: &mut Line, input: &HtmlInputElement) {
    let text = input.value();
    let units = input
        .selection_end()
        .ok()
        .flatten()
        .map_or(usize::MAX, |n| n as usize);
    let cursor = from_utf16(&text, units);
    line.edit(&text, cursor);
}

/// Puts the line (in a search, what is looked for) into the browser's field.
fn show_input(line: &Line, input: &NodeRef) {
    let Some(input) = input.cast::<HtmlInputElement>() else {
        return;
    };
    let (text, cursor) = match line.search() {
        Some(search) => (search.query.as_str(), usize::MAX),
        None => (line.text.as_str(), line.cursor),
    };
    if input.value() != text {
        input.set_value(text);
    }
    let units = to_utf16(text, cursor) as u32;
    // Refused only by fields that are no text.
    let _ = input.set_selection_range(units, units);
}

/// A paste event's clipboard; Yew hands the event over as a plain one.
trait AsClipboard {
    fn dyn_ref_clipboard(&self) -> Option<&ClipboardEvent>;
}

impl AsClipboard for Event {
    fn dyn_ref_clipboard(&self) -> Option<&ClipboardEvent> {
        wasm_bindgen::JsCast::dyn_ref(self)
    }
}
