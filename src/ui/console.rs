//! One client's console: what it said and was told, and the line being typed.

use std::rc::Rc;

use web_sys::{ClipboardEvent, FocusOptions, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::client::{Head, drop_here};
use super::store::Store;
use super::widgets::seen::use_seen;
use super::wire::WireLog;
use crate::app::completion::{self, Cycle};
use crate::app::console::Console;
use crate::app::embed::text::Said;
use crate::app::line::{Line, from_utf16, to_utf16};
use crate::app::transcript::{Block, Kind, paste};
use crate::app::words::console as words;
use crate::app::{Action, client, colour, format, hint, share};
use crate::session::message::CommandDoc;

/// How many blocks are drawn of consoles that are read at their end, in all of them and in each at least: the fewer there are,
/// the higher each is, and all are drawn anew at each moment gone to.
const AT_END: usize = 160;
const AT_END_EACH: usize = 40;
/// How many earlier ones are drawn each time that one scrolls up to the first.
const EARLIER: usize = 220;
/// How near to its first line a log must be for that, in pixels.
const NEAR_START: i32 = 200;
/// How many blocks are drawn of a console that is out of view.
const UNSEEN: usize = 20;
/// How near to its end a log must be to be kept there, in pixels.
const NEAR_END: i32 = 48;

/// What a console needs.
#[derive(Properties)]
pub struct ConsoleProps {
    /// Its state.
    pub console: Rc<Console>,
    /// The commands that the server half knows.
    pub commands: Rc<Vec<CommandDoc>>,
    /// Its place among the consoles, from 0, and how many there are.
    pub place: (usize, usize),
    /// What the author of a page around this one wrote for it, and has not run yet.
    #[prop_or_default]
    pub still: Vec<Said>,
    /// Whether it has a head, and its letter in its prompt.
    #[prop_or(true)]
    pub named: bool,
    /// Whether nobody types in it.
    #[prop_or_default]
    pub readonly: bool,
}

impl PartialEq for ConsoleProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.console, &other.console)
            && Rc::ptr_eq(&self.commands, &other.commands)
            && self.place == other.place
            && self.still == other.still
            && (self.named, self.readonly) == (other.named, other.readonly)
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
    // The first block that is drawn, while one reads further up.
    let from = use_state_eq(|| None::<u64>);
    let section = use_node_ref();
    let seen = use_seen(&section);
    let blocks = console.transcript.blocks();
    let without = |drawn: usize| blocks.len().saturating_sub(drawn);
    let last = (AT_END / props.place.1.max(1)).max(AT_END_EACH);
    let skipped = match *from {
        Some(id) => blocks
            .partition_point(|block| block.id < id)
            .min(without(last)),
        None => without(if seen { last } else { UNSEEN }),
    };

    let raw = use_state(|| false);
    let on_raw = toggle(&raw);
    let opened = use_state(|| false);
    let on_open = toggle(&opened);
    let facts = console
        .client
        .as_ref()
        .map(client::facts)
        .unwrap_or_default();

    // What changes the height of the log, or its end.
    let last = console.transcript.blocks().back().map(|block| block.id);
    let left = props.still.len();
    let shape = (
        last,
        *raw,
        *opened,
        facts.clone(),
        props.place.1,
        seen,
        left,
    );
    {
        let (log, at_end) = (log.clone(), at_end.clone());
        use_effect_with(shape, move |_| {
            // To scroll makes the browser lay it out: not while nobody sees it.
            if let Some(log) = log
                .cast::<HtmlElement>()
                .filter(|_| seen && *at_end.borrow())
            {
                // What is still to be run is read from where it begins.
                if let Some(next) = log.query_selector(".still").ok().flatten() {
                    let (next, own) = (
                        next.get_bounding_client_rect(),
                        log.get_bounding_client_rect(),
                    );
                    let below = next.top() + next.height().min(own.height()) - own.bottom();
                    if below > 0.0 {
                        log.set_scroll_top(log.scroll_top() + below.ceil() as i32);
                    }
                    return;
                }
                log.set_scroll_top(log.scroll_height());
            }
        });
    }

    let on_scroll = {
        let (log, at_end, last_top) = (log.clone(), at_end.clone(), use_mut_ref(|| 0));
        let (from, console) = (from.clone(), Rc::clone(console));
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
            let id = |place: usize| console.transcript.blocks().get(place).map(|block| block.id);
            if *at_end {
                from.set(None);
            } else if top < NEAR_START && skipped > 0 {
                // The browser keeps what is read where it is, but not at the very top.
                log.set_scroll_top(top.max(1));
                from.set(id(skipped.saturating_sub(EARLIER)));
            } else if from.is_none() {
                from.set(id(skipped));
            }
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
            if share::transcript::is_one(&text) {
                return store.dispatch(Action::Share(share::page::Act::Text(text)));
            }
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
                // The line may be out of view in a page around this one, which stays where it is. An element that cannot
                // take the focus now simply does not.
                let options = FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = input.focus_with_options(&options);
            }
        })
    };

    let (on_over, on_drop) = drop_here(&store, props.place.0);
    let show_earlier = {
        let (from, at_end) = (from.clone(), at_end.clone());
        Callback::from(move |_: MouseEvent| {
            *at_end.borrow_mut() = false;
            from.set(Some(0));
        })
    };
    let entry = entry.borrow();
    let db = console.db();
    let in_db = if db == 0 {
        String::new()
    } else {
        format!("[{db}]")
    };
    let in_multi = if console.transcript.in_multi() {
        words::IN_MULTI
    } else {
        ""
    };
    let own = if props.named { letter.as_str() } else { "" };
    let prompt = format!("{own}{in_db}{in_multi}>");
    html! {
        <section class={classes!("con", opened.then_some("opened"))} ref={section} aria-label={words::client(&letter)} data-conn={conn.to_string()} ondragover={on_over} ondrop={on_drop} ~style={format!("--c:{}", colour::client_var(conn))}>
            if props.named {
            <Head console={Rc::clone(console)} place={props.place} raw={*raw} {on_raw} opened={*opened} {on_open} {facts} />
            }
            if *raw {
                <WireLog console={Rc::clone(console)} />
            } else {
            <div class="log" role="log" aria-label={words::replies_to(&letter)} tabindex="0" ref={log} onscroll={on_scroll} onclick={focus}>
                if skipped > 0 {
                    <button class="line earlier" type="button" onclick={show_earlier}>{ words::show_earlier(skipped) }</button>
                }
                for block in blocks.iter().skip(skipped) {
                    <BlockView key={block.id} letter={own.to_string()} block={Rc::clone(block)} />
                }
                { for props.still.iter().map(|said| still(own, said)) }
            </div>
            }
            if !props.readonly {
            <div class="entry">
                if let Some(search) = entry.line.search() {
                    <span class="p">{ if search.failed { words::SEARCH_FAILED } else { words::SEARCH } }</span>
                } else {
                    <span class="p">{ prompt }</span>
                }
                <div class="field">
                    <input
                        ref={input}
                        type="text"
                        aria-label={words::command_for(&letter)}
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
            }
        </section>
    }
}

/// A command that was not run yet, and what it is expected to print.
fn still(letter: &str, said: &Said) -> Html {
    html! {
        <div class="still">
            <div class="cmd"><span class="p">{ format!("{letter}> ") }</span>{ said.line.clone() }</div>
            if !said.expected.is_empty() {
                <div class="r">{ said.expected.clone() }</div>
            }
        </div>
    }
}

fn toggle(state: &UseStateHandle<bool>) -> Callback<()> {
    let state = state.clone();
    Callback::from(move |()| state.set(!*state))
}

/// What is shown in grey behind the line.
fn advice(console: &Console, entry: &Entry, commands: &[CommandDoc]) -> String {
    if let Some(cycle) = entry
        .cycle
        .as_ref()
        .filter(|cycle| cycle.proposals().len() > 1)
    {
        let place = cycle.selected().map_or(0, |i| i + 1);
        return words::proposal(place, cycle.proposals().len());
    }
    if !entry.line.text.is_empty() {
        return if console.hints {
            hint::hint(&entry.line.text, commands)
        } else {
            String::new()
        };
    }
    if console.cut {
        words::CUT.into()
    } else if console.held_by == Some(console.conn) {
        words::OWN_SCRIPT_STANDS.into()
    } else if let Some(holder) = console.held_by {
        words::waiting_for_script(&format::client_letter(holder))
    } else if console.blocked().is_some() {
        words::WAITING.into()
    } else if console.transcript.subscriptions() > 0 {
        words::READING.into()
    } else {
        words::TYPE_A_COMMAND.into()
    }
}

#[derive(Properties)]
struct BlockProps {
    /// Before the prompt.
    letter: String,
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
            <div class="cmd"><span class="p">{ format!("{}> ", props.letter) }</span>{ line }</div>
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
                    <span class="note">{ words::more_lines(*left_out) }</span>
                }
            </div>
        },
        Kind::Pushed { text } => html! { <div class="r pushed">{ text }</div> },
        Kind::Note { text } => html! { <div class="note">{ text }</div> },
        Kind::Why { text } => html! { <div class="why">{ text }</div> },
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
