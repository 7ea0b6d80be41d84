//! The head of a console: who the client is, what it is doing, and what can be done to it.

use std::rc::Rc;

use web_sys::{HtmlElement, HtmlInputElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::store::Store;
use super::widgets::clock::use_now;
use super::widgets::copy::Copy;
use super::widgets::icon::{Icon, icon};
use crate::app::client::{self, Act, Condition, Fact, LABEL_MAX};
use crate::app::console::Console;
use crate::app::stage::Subject;
use crate::app::words::client as words;
use crate::app::words::console;
use crate::app::words::{common, script};
use crate::app::{Action, Choice, colour, format};
use crate::session::message::{Conn, Millis, Resp};

/// The type of what is dragged: a client, by its number.
const DRAGGED: &str = "application/x-keyglass-client";

/// What the head needs.
#[derive(Properties)]
pub struct HeadProps {
    /// The console.
    pub console: Rc<Console>,
    /// Its place among the consoles, from 0, and how many there are.
    pub place: (usize, usize),
    /// Whether its raw bytes are shown.
    pub raw: bool,
    /// They are shown, or no longer.
    pub on_raw: Callback<()>,
    /// Whether what can be done to it is shown.
    pub opened: bool,
    /// It is shown, or no longer.
    pub on_open: Callback<()>,
    /// What there is to know of its state.
    pub facts: Vec<Fact>,
}

impl PartialEq for HeadProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.console, &other.console)
            && self.place == other.place
            && self.raw == other.raw
            && self.opened == other.opened
    }
}

/// The head of a console.
#[component]
pub fn Head(props: &HeadProps) -> Html {
    let grip = use_node_ref();
    let keyed = use_mut_ref(|| false);
    {
        // A browser takes the focus from an element that is moved.
        let (grip, keyed) = (grip.clone(), keyed.clone());
        use_effect_with(props.place.0, move |_| {
            if std::mem::take(&mut *keyed.borrow_mut())
                && let Some(grip) = grip.cast::<HtmlElement>()
            {
                // An element that cannot take the focus now simply does not.
                let _ = grip.focus();
            }
        });
    }
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let console = &props.console;
    let conn = console.conn;
    let letter = format::client_letter(conn);
    let (at, all) = props.place;
    let on_key = {
        let (store, keyed) = (store.clone(), keyed.clone());
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowUp" | "ArrowLeft" => at.checked_sub(1),
                "ArrowDown" | "ArrowRight" => (at + 1 < all).then_some(at + 1),
                "Home" => Some(0),
                "End" => Some(all - 1),
                _ => return,
            };
            event.prevent_default();
            if let Some(to) = to.filter(|to| *to != at) {
                *keyed.borrow_mut() = true;
                store.dispatch(Action::Client(conn, Act::Move(to)));
            }
        })
    };
    let on_drag = Callback::from(move |event: DragEvent| {
        if let Some(data) = event.data_transfer() {
            // Refused only by a browser that drags nothing at all.
            let _ = data.set_data(DRAGGED, &conn.to_string());
            data.set_effect_allowed("move");
        }
    });
    let toggle = props.on_open.reform(|_: MouseEvent| ());
    let on_raw = props.on_raw.reform(|_: MouseEvent| ());
    let raw_title = if props.raw {
        words::SHOW_REPLIES
    } else {
        words::SHOW_RAW
    };
    html! {
        <>
        <header>
            <span
                class="grip" role="button" tabindex="0" draggable="true" ref={grip} onkeydown={on_key} ondragstart={on_drag}
                aria-label={words::grip(&letter, at + 1, all)}
                title={words::GRIP_DOES}
            >{ icon(Icon::Grip) }</span>
            <b>{ letter.clone() }</b>
            if !console.label.is_empty() {
                <span class="label">{ console.label.clone() }</span>
            }
            if let Some(client) = &console.client {
                <span class="resp">{ match client.resp { Resp::Two => "RESP2", Resp::Three => "RESP3" } }</span>
            }
            <span class="dim who">{ who(console) }</span>
            <span class="ends">
                <Doing console={Rc::clone(console)} />
                <button class="tool" type="button" aria-pressed={props.raw.to_string()} aria-label={words::raw_bytes_of(&letter)} title={raw_title} onclick={on_raw}>{ icon(Icon::Wire) }</button>
                <button class="tool" type="button" aria-expanded={props.opened.to_string()} aria-label={words::what_to_do_with(&letter)} title={words::MENU_DOES} onclick={toggle}>{ icon(Icon::More) }</button>
            </span>
        </header>
        if props.opened {
            <Menu console={Rc::clone(console)} place={props.place} />
        }
        <Facts facts={props.facts.clone()} />
        </>
    }
}

/// The connection, in a few words.
fn who(console: &Console) -> String {
    if console.cut {
        return words::NOT_CONNECTED.into();
    }
    let Some(client) = &console.client else {
        return words::STILL_CONNECTING.into();
    };
    let name = if client.name.is_empty() {
        words::nameless(client.id)
    } else {
        format::lossy(&client.name)
    };
    words::who(client.db, &name)
}

#[derive(Properties)]
struct DoingProps {
    console: Rc<Console>,
}

impl PartialEq for DoingProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.console, &other.console)
    }
}

/// What the client is doing.
#[component]
fn Doing(props: &DoingProps) -> Html {
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let console = &props.console;
    let conn = console.conn;

    let tag = |class: &'static str, text: String| html! { <span class={classes!("tag", "num", class)}>{ text }</span> };
    match Condition::of(console) {
        Condition::Stuck => {
            html! { <button class="stop" type="button" onclick={store.callback(|_| Action::Stop)}>{ words::STOP }</button> }
        }
        Condition::Script(holder) if holder == conn => {
            html! { <button class="line" type="button" title={script::OPEN_EDITOR} onclick={store.callback(|_| Action::Show(Subject::Script))}>{ words::OWN_SCRIPT_STANDS }</button> }
        }
        Condition::Script(holder) => tag(
            "warn",
            words::waits_for_script(&format::client_letter(holder)),
        ),
        Condition::Disconnected => {
            html! { <button class="line" type="button" onclick={store.callback(move |_| Action::Client(conn, Act::Connect))}>{ words::CONNECT }</button> }
        }
        Condition::Connecting => tag("plain", words::CONNECTING.into()),
        Condition::Blocked(since, until) => html! { <Wait {since} {until} /> },
        Condition::Queuing(n) => tag("warn", words::queued(n)),
        Condition::Listening(channels, patterns) => {
            tag(colour::client_tag(conn), words::listens(channels, patterns))
        }
        Condition::Running => tag("plain", words::RUNNING.into()),
        Condition::ToGo(n, left) => tag("plain", words::to_go(n, left)),
        Condition::Ready => tag("good", words::READY.into()),
    }
}

#[derive(Properties, PartialEq)]
struct WaitProps {
    since: Millis,
    until: Option<Millis>,
}

/// How much longer a client waits.
#[component]
fn Wait(props: &WaitProps) -> Html {
    let now = use_now(100);
    let text = client::wait(props.since, props.until, now);
    html! { <span class="tag warn num">{ text }</span> }
}

#[derive(Properties, PartialEq)]
struct FactsProps {
    facts: Vec<Fact>,
}

/// What the client waits for, listens to, has queued and watches.
#[component]
fn Facts(props: &FactsProps) -> Html {
    if props.facts.is_empty() {
        return Html::default();
    }
    html! {
        <dl class="facts">
            for fact in &props.facts {
                <div key={fact.what} class={classes!(fact.bad.then_some("bad"))}>
                    <dt>{ fact.what }</dt>
                    <dd>
                        for (i, item) in fact.items.iter().enumerate() {
                            <span key={i} class={classes!((!fact.bad).then_some("fact"))}>{ item }</span>
                        }
                        if fact.more > 0 {
                            <span class="dim">{ common::and_more(fact.more) }</span>
                        }
                    </dd>
                </div>
            }
        </dl>
    }
}

#[derive(Properties)]
struct MenuProps {
    console: Rc<Console>,
    place: (usize, usize),
}

impl PartialEq for MenuProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.console, &other.console) && self.place == other.place
    }
}

/// What can be done to a client.
#[component]
fn Menu(props: &MenuProps) -> Html {
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let console = &props.console;
    let conn = console.conn;
    let letter = format::client_letter(conn);
    let (at, all) = props.place;
    let act = |act: Act| store.callback(move |_: MouseEvent| Action::Client(conn, act.clone()));
    let on_label = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                store.dispatch(Action::Client(conn, Act::Label(input.value())));
            }
        })
    };
    let whys = store.read(|state| state.whys);
    let on_whys = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                store.dispatch(Action::Choose(Choice::Whys, input.checked()));
            }
        })
    };
    // Each colour says whose it is: it is swapped with theirs.
    let owners: Vec<Option<Conn>> = store.read(|state| {
        let owner = |hue| {
            state
                .consoles
                .iter()
                .find(|c| c.colour == hue)
                .map(|c| c.conn)
        };
        (0..colour::HUES).map(owner).collect()
    });
    let copied = {
        let (console, letter) = (Rc::clone(console), letter.clone());
        Callback::from(move |()| console.transcript.text(&letter))
    };
    html! {
        <div class="client-menu" role="group" aria-label={console::client(&letter)}>
            <label>
                <span>{ words::NAME }</span>
                <input type="text" value={console.label.clone()} maxlength={LABEL_MAX.to_string()} placeholder={letter.clone()} autocomplete="off" spellcheck="false" oninput={on_label} />
            </label>
            <div class="swatches" role="group" aria-label={words::COLOUR}>
                for (hue, owner) in owners.into_iter().enumerate() {
                    <button
                        key={hue} type="button" ~style={format!("--c:var(--client-{})", hue + 1)}
                        aria-pressed={(console.colour == hue).to_string()}
                        aria-label={match owner.filter(|owner| *owner != conn) {
                            Some(owner) => words::colour_swap(hue + 1, &format::client_letter(owner)),
                            None => words::colour(hue + 1),
                        }}
                        onclick={act(Act::Colour(hue))}
                    >{ owner.map(format::client_letter).unwrap_or_default() }</button>
                }
            </div>
            <label class="whys">
                <input type="checkbox" checked={whys} onchange={on_whys} />
                <span>{ words::SAY_WHY }</span>
            </label>
            <div class="client-acts">
                <Copy what={words::THE_TRANSCRIPT} text={copied} />
                <button class="line" type="button" disabled={at == 0} onclick={act(Act::Move(at.saturating_sub(1)))}>{ words::MOVE_UP }</button>
                <button class="line" type="button" disabled={at + 1 >= all} onclick={act(Act::Move(at + 1))}>{ words::MOVE_DOWN }</button>
                if console.cut {
                    <button class="line" type="button" onclick={act(Act::Connect)}>{ words::CONNECT }</button>
                } else {
                    <button class="line" type="button" title={words::DISCONNECT_DOES} onclick={act(Act::Disconnect)}>{ words::DISCONNECT }</button>
                }
                <button class="line" type="button" disabled={all < 2} title={words::CLOSE_DOES} onclick={act(Act::Close)}>{ words::CLOSE }</button>
            </div>
        </div>
    }
}

/// Lets a client that is dragged here take this place.
pub fn drop_here(store: &Store, place: usize) -> (Callback<DragEvent>, Callback<DragEvent>) {
    let on_over = Callback::from(|event: DragEvent| {
        let ours = event
            .data_transfer()
            .is_some_and(|data| data.types().includes(&DRAGGED.into(), 0));
        if ours {
            event.prevent_default();
        }
    });
    let store = store.clone();
    let on_drop = Callback::from(move |event: DragEvent| {
        let dragged = event
            .data_transfer()
            .and_then(|data| data.get_data(DRAGGED).ok())
            .and_then(|text| text.parse::<Conn>().ok());
        if let Some(conn) = dragged {
            event.prevent_default();
            store.dispatch(Action::Client(conn, Act::Move(place)));
        }
    });
    (on_over, on_drop)
}

/// What the strip of clients needs.
#[derive(Properties)]
pub struct ChipsProps {
    /// The consoles.
    pub consoles: Vec<Rc<Console>>,
}

impl PartialEq for ChipsProps {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&Rc<Console>, &Rc<Console>)| Rc::ptr_eq(one, other);
        self.consoles.len() == other.consoles.len()
            && self.consoles.iter().zip(&other.consoles).all(same)
    }
}

/// Every client by its letter and state, once there are more than are seen at once: a press brings its console.
#[component]
pub fn Chips(props: &ChipsProps) -> Html {
    html! {
        <nav class="chips" aria-label={words::CLIENTS}>
            for console in &props.consoles {
                { chip(console) }
            }
        </nav>
    }
}

fn chip(console: &Console) -> Html {
    let conn = console.conn;
    let condition = Condition::of(console);
    let class = match condition {
        Condition::Ready => "ready",
        Condition::Disconnected => "off",
        _ => "busy",
    };
    html! {
        <button
            key={conn} type="button" class={classes!(colour::client_tag(conn), class)}
            title={format!("{}: {}", console.name(), condition.word())}
            onclick={Callback::from(move |_: MouseEvent| bring(conn))}
        >
            <b>{ format::client_letter(conn) }</b>
            if !console.label.is_empty() { <span class="label">{ console.label.clone() }</span> }
            <span class="vh">{ condition.word() }</span>
        </button>
    }
}

/// Brings a client's console into view, and the cursor into its line.
fn bring(conn: Conn) {
    let document = web_sys::window().and_then(|w| w.document());
    let line = document.and_then(|d| {
        d.query_selector(&format!(".con[data-conn=\"{conn}\"] .entry input"))
            .ok()?
    });
    let Some(line) = line else { return };
    if let Ok(Some(console)) = line.closest(".con") {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        console.scroll_into_view_with_scroll_into_view_options(&options);
    }
    if let Ok(line) = wasm_bindgen::JsCast::dyn_into::<HtmlElement>(line) {
        // An element that cannot take the focus now simply does not.
        let _ = line.focus();
    }
}
