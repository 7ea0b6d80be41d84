//! Sharing: the dialog that gives a link or a file, what is offered to be opened, and the bar of a script that is
//! stepped through. What came from elsewhere is only ever shown as text.

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::store::Store;
use super::widgets::copy::Copy;
use crate::app::share::page::{Act, How, Share, file_name, handed_on};
use crate::app::share::{Deed, Document, LONG_LINK, Mode, NOTE_MAX, TITLE_MAX};
use crate::app::words::common;
use crate::app::words::share as words;
use crate::app::{Action, colour, format};

#[wasm_bindgen(module = "/static/share.js")]
extern "C" {
    fn address() -> Array;
    /// Where the page stands, without query and fragment.
    pub(super) fn place() -> String;
    /// Takes what was opened, or was not, out of the page's address.
    pub fn unlink();
    #[wasm_bindgen(js_name = listen)]
    fn hear(came: &Function, dropped: &Function);
    fn pick() -> Promise;
    fn save(name: &str, content: &str);
    fn show(dialog: &JsValue, open: bool);
}

/// How many lines of a session are shown before it is opened.
const LINES_SHOWN: usize = 200;

/// Offers what the page's address holds, now and whenever it becomes another, and what is dropped on the page.
pub fn listen(store: &Store) {
    let came = {
        let store = store.clone();
        move || {
            let text = |at: u32| address().get(at).as_string().unwrap_or_default();
            store.dispatch(Action::Share(Act::Came(text(0), text(1))));
        }
    };
    came();
    let came = Closure::<dyn Fn()>::new(came);
    let dropped = {
        let store = store.clone();
        Closure::<dyn Fn(String)>::new(move |text| store.dispatch(Action::Share(Act::Text(text))))
    };
    hear(
        came.as_ref().unchecked_ref(),
        dropped.as_ref().unchecked_ref(),
    );
    // They live as long as the page.
    came.forget();
    dropped.forget();
}

/// What all parts of sharing need.
#[derive(Properties)]
pub struct ShareProps {
    /// What the page knows of sharing.
    pub share: Rc<Share>,
}

impl PartialEq for ShareProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.share, &other.share)
    }
}

/// Shows a native dialog, or closes it.
#[hook]
pub(super) fn use_dialog(open: bool) -> NodeRef {
    let dialog = use_node_ref();
    use_effect_with((dialog.clone(), open), |(dialog, open)| {
        if let Some(dialog) = dialog.get() {
            show(&dialog, *open);
        }
    });
    dialog
}

/// The button for the dialog, and the dialog.
#[component]
pub fn ShareButton(props: &ShareProps) -> Html {
    let open = use_state_eq(|| false);
    let dialog = use_dialog(*open);
    let set = |to: bool| {
        let open = open.clone();
        move || open.set(to)
    };
    let shut = set(false);
    let onclose = Callback::from(move |_: Event| shut());
    let (shut, opened) = (set(false), set(true));
    html! {
        <>
            <button type="button" aria-haspopup="dialog" onclick={move |_: MouseEvent| opened()}>{ words::SHARE }</button>
            <dialog class="share" ref={dialog} aria-labelledby="share-title" {onclose}>
                if *open {
                    <Sheet share={Rc::clone(&props.share)} on_close={Callback::from(move |()| shut())} />
                }
            </dialog>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct SheetProps {
    share: Rc<Share>,
    on_close: Callback<()>,
}

/// What stands in the dialog while it is open.
#[component]
fn Sheet(props: &SheetProps) -> Html {
    let mode = use_state_eq(|| Mode::Script);
    let pasted = use_node_ref();
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let title = store.read(|state| state.title().to_string());
    let document = store.read(|state| state.document(*mode));
    let commands = document.commands();
    let handed_on = handed_on(document);
    let on_title = store.callback(|event: InputEvent| {
        let field = event.target_dyn_into::<HtmlInputElement>();
        Action::Share(Act::Title(field.map(|f| f.value()).unwrap_or_default()))
    });
    let on_note = store.callback(|event: InputEvent| {
        let area = event.target_dyn_into::<HtmlTextAreaElement>();
        Action::Share(Act::Note(area.map(|a| a.value()).unwrap_or_default()))
    });
    let choice = |of: Mode, name: &'static str, what: &'static str| {
        let mode = mode.clone();
        let checked = *mode == of;
        html! {
            <label class="choice">
                <input type="radio" name="share-mode" {checked} onchange={move |_: Event| mode.set(of)} />
                <span><b>{ name }</b>{ what }</span>
            </label>
        }
    };
    let open_text = {
        let (store, close) = (store.clone(), props.on_close.clone());
        move |text: String| {
            close.emit(());
            store.dispatch(Action::Share(Act::Text(text)));
        }
    };
    let on_pick = {
        let open_text = open_text.clone();
        move |_: MouseEvent| {
            let open_text = open_text.clone();
            spawn_local(async move {
                // A file that cannot be read is as none.
                let text = JsFuture::from(pick()).await.ok();
                if let Some(text) = text.and_then(|text| text.as_string()) {
                    open_text(text);
                }
            });
        }
    };
    let on_pasted = {
        let pasted = pasted.clone();
        move |_: MouseEvent| {
            if let Some(area) = pasted.cast::<HtmlTextAreaElement>() {
                open_text(area.value());
            }
        }
    };
    let close = props.on_close.reform(|_: MouseEvent| ());
    html! {
        <>
            <div class="dialog-top">
                <h2 id="share-title">{ words::SHARE_THIS }</h2>
                <button class="line" type="button" onclick={close}>{ common::CLOSE }</button>
            </div>
            <div class="share-form">
                <label><span>{ words::TITLE }</span><input type="text" value={title.clone()} maxlength={TITLE_MAX.to_string()} oninput={on_title} autocomplete="off" /></label>
                <label><span>{ words::NOTE }</span><textarea rows="2" value={props.share.note.clone()} maxlength={NOTE_MAX.to_string()} oninput={on_note} placeholder={words::NOTE_MEANS} /></label>
                <fieldset>
                    <legend class="vh">{ words::HOW_IT_OPENS }</legend>
                    { choice(Mode::Script, words::FROM_THE_START, words::FROM_THE_START_MEANS) }
                    { choice(Mode::Now, words::AS_IT_STANDS, words::AS_IT_STANDS_MEANS) }
                </fieldset>
                { match handed_on {
                    Err(fault) => html! { <p class="share-warn" role="status">{ fault.to_string() }</p> },
                    Ok((link, file)) => {
                        let link = link.map(|link| format!("{}{link}", place()));
                        let name = file_name(&title);
                        let on_save = move |_: MouseEvent| save(&name, &file);
                        html! {
                            <>
                                if let Some(link) = &link {
                                    <div class="share-link">
                                        <input type="text" readonly=true aria-label={words::LINK} value={link.clone()} onfocus={select_all} />
                                        <Copy what={words::THE_LINK} text={ { let link = link.clone(); Callback::from(move |()| link.clone()) } } />
                                    </div>
                                }
                                <p class={classes!("share-length", is_long(link.as_ref()).then_some("share-warn"))} role="status">{ length(link.as_ref(), commands) }</p>
                                <div class="share-acts">
                                    <button class="line" type="button" onclick={on_save}>{ words::SAVE_AS_FILE }</button>
                                </div>
                            </>
                        }
                    }
                } }
            </div>
            <section class="share-open" aria-label={words::OPEN_A_SESSION}>
                <h3>{ words::OPEN_ANOTHER }</h3>
                <p>{ words::OPEN_WHAT }</p>
                <textarea ref={pasted} rows="3" aria-label={words::LINK_OR_TRANSCRIPT} spellcheck="false" autocomplete="off" placeholder={words::A_TRANSCRIPT} />
                <div class="share-acts">
                    <button class="line" type="button" onclick={on_pasted}>{ words::OPEN_TEXT }</button>
                    <button class="line" type="button" onclick={on_pick}>{ words::OPEN_FILE }</button>
                    <span class="dim">{ words::OR_DROP }</span>
                </div>
            </section>
        </>
    }
}

fn select_all(event: FocusEvent) {
    if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
        field.select();
    }
}

fn is_long(link: Option<&String>) -> bool {
    link.is_none_or(|link| link.len() > LONG_LINK)
}

/// How long the link is, and what comes of that.
fn length(link: Option<&String>, commands: usize) -> String {
    match link {
        None => words::too_many(commands),
        Some(long) if is_long(link) => words::long_link(long.len(), LONG_LINK),
        Some(short) => words::short_link(short.len(), commands),
    }
}

/// What is needed to offer something.
#[derive(Properties)]
pub struct OfferedProps {
    /// What the page knows of sharing.
    pub share: Rc<Share>,
    /// Whether the session that is there is kept.
    pub keeps: bool,
}

impl PartialEq for OfferedProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.share, &other.share) && self.keeps == other.keeps
    }
}

/// What is offered to be opened. Nothing of it has run.
#[component]
pub fn Offered(props: &OfferedProps) -> Html {
    let offer = props.share.offer.clone();
    let dialog = use_dialog(offer.is_some());
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let act = |act: Act| store.callback(move |_: MouseEvent| Action::Share(act.clone()));
    let leave = {
        let (store, offered) = (store.clone(), offer.is_some());
        Callback::from(move |_: Event| {
            // It is closed too when one of its buttons was pressed.
            if offered && store.read(|state| state.share().offer.is_some()) {
                store.dispatch(Action::Share(Act::Leave));
            }
        })
    };
    html! {
        <dialog class="share offered" ref={dialog} aria-labelledby="offer-title" onclose={leave}>
            if let Some(document) = offer {
                <div class="dialog-top"><h2 id="offer-title">{ name(&document) }</h2></div>
                if !document.note.is_empty() {
                    <p class="share-note">{ document.note.clone() }</p>
                }
                <p class="dim">{ facts(&document) }</p>
                <ol class="share-lines" tabindex="0" aria-label={words::COMMANDS}>
                    { for lines(&document) }
                </ol>
                <div class="share-acts">
                    { takes(&document, &act) }
                    <button class="line" type="button" onclick={act(Act::Leave)}>{ words::NOT_NOW }</button>
                </div>
                <p class="dim">
                    { match props.keeps {
                        true => words::OPENS_AS_NEW,
                        false => words::OPENS_AND_LOSES,
                    } }
                </p>
            }
        </dialog>
    }
}

/// The two ways to open it, first the one that it was made for.
fn takes(document: &Document, act: &dyn Fn(Act) -> Callback<MouseEvent>) -> Html {
    let button = |class: &'static str, how: How, text: &'static str| {
        let autofocus = class == "solid";
        html! { <button {class} {autofocus} type="button" onclick={act(Act::Take(how))}>{ text }</button> }
    };
    let (run, step) = (words::RUN, words::STEP_THROUGH);
    match document.mode {
        Mode::Script if document.begins.is_some() => html! {
            <>{ button("solid", How::Step, step) }{ button("line", How::Run, run) }</>
        },
        _ => html! {
            <>{ button("solid", How::Run, run) }{ button("line", How::Step, step) }</>
        },
    }
}

fn name(document: &Document) -> String {
    match document.title.is_empty() {
        true => words::A_SHARED_SESSION.into(),
        false => document.title.clone(),
    }
}

fn facts(document: &Document) -> String {
    words::facts(
        document.commands(),
        document.clients.len().max(1),
        document.actors(),
        document.length(),
    )
}

fn lines(document: &Document) -> Vec<Html> {
    let said = document.steps.iter().filter_map(|step| match &step.deed {
        Deed::Line(line) => Some((step.conn, line)),
        _ => None,
    });
    let line = |(conn, line): (u32, &String)| {
        html! {
            <li ~style={format!("--c:{}", colour::client_var(conn))}>
                <span class="p">{ format!("{}> ", format::client_letter(conn)) }</span>{ format::shortened(line, 300) }
            </li>
        }
    };
    let mut all: Vec<Html> = said.clone().take(LINES_SHOWN).map(line).collect();
    let more = said.count().saturating_sub(LINES_SHOWN);
    if more > 0 {
        all.push(html! { <li class="dim">{ words::more(more) }</li> });
    }
    all
}

/// The bar of a script that is stepped through.
#[component]
pub fn WalkBar(props: &ShareProps) -> Html {
    let next = use_node_ref();
    let walk = props.share.walk.as_ref().filter(|walk| !walk.quiet);
    let begun = walk.is_some();
    use_effect_with((next.clone(), begun), |(next, _)| {
        // So that Enter goes on.
        if let Some(next) = next.cast::<HtmlElement>() {
            let _ = next.focus();
        }
    });
    let (Some(store), Some(walk)) = (use_context::<Store>(), walk) else {
        return Html::default();
    };
    let act = |act: Act| store.callback(move |_: MouseEvent| Action::Share(act.clone()));
    let (done, all) = walk.count();
    html! {
        <section class="walk" aria-label={words::SCRIPT}>
            if !props.share.note.is_empty() {
                <p class="share-note">{ props.share.note.clone() }</p>
            }
            <div class="walk-row">
                <span class="num dim nowrap">{ words::walked(done, all) }</span>
                { match walk.shown() {
                    Some((conn, text)) => {
                        let who = if conn < 16 { format::client_letter(conn) } else { String::new() };
                        html! {
                            <>
                                <code class="walk-line" ~style={format!("--c:{}", colour::client_var(conn))} title={text.clone()}>
                                    if !who.is_empty() { <span class="p">{ format!("{who}> ") }</span> }
                                    { format::shortened(&text, 300) }
                                </code>
                                <span class="walk-acts">
                                    <button ref={next} class="solid" type="button" disabled={walk.running} onclick={act(Act::Next)}>{ words::NEXT }</button>
                                    if walk.running {
                                        <button class="line" type="button" onclick={act(Act::Rest(false))}>{ words::STOP_HERE }</button>
                                    } else {
                                        <button class="line" type="button" onclick={act(Act::Rest(true))}>{ words::RUN_THE_REST }</button>
                                    }
                                    <button class="line" type="button" onclick={act(Act::Done)}>{ words::LEAVE_IT }</button>
                                </span>
                            </>
                        }
                    }
                    None => html! {
                        <>
                            <span class="walk-line">{ words::THAT_WAS_ALL }</span>
                            <span class="walk-acts"><button class="line" type="button" onclick={act(Act::Done)}>{ words::GOOD }</button></span>
                        </>
                    },
                } }
            </div>
        </section>
    }
}
