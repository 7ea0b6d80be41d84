//! The help, and what a reader chooses there.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::app::words::common;

use super::store::Store;
use crate::app::words::help as words;
use crate::app::{Action, Choice};

/// The button, and the dialog that it opens; so do F1 and a question mark outside of a text.
#[component]
pub fn Help() -> Html {
    let open = use_state_eq(|| false);
    let dialog = use_node_ref();
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    use_effect_with((), {
        let setter = open.setter();
        move |()| {
            let listener = web_sys::window().map(|window| {
                let options = EventListenerOptions::enable_prevent_default();
                EventListener::new_with_options(&window, "keydown", options, move |event| {
                    if asks(event) {
                        event.prevent_default();
                        setter.set(true);
                    }
                })
            });
            move || drop(listener)
        }
    });
    use_effect_with(*open, {
        let dialog = dialog.clone();
        move |open| {
            let node = dialog.cast::<HtmlDialogElement>().filter(|_| *open);
            // Refused only to one that is open already.
            node.map(|node| node.show_modal());
        }
    });
    let show = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(true))
    };
    let closed = {
        let open = open.clone();
        Callback::from(move |_: Event| open.set(false))
    };
    let close = {
        let dialog = dialog.clone();
        Callback::from(move |_: MouseEvent| {
            dialog
                .cast::<HtmlDialogElement>()
                .map(|node| node.close())
                .unwrap_or_default()
        })
    };
    let choose = |choice: Choice, on: bool, text: &'static str| {
        let onchange = store.callback(move |event: Event| {
            Action::Choose(
                choice,
                event.target_unchecked_into::<HtmlInputElement>().checked(),
            )
        });
        html! { <label class="choice"><input type="checkbox" checked={on} {onchange} /><span>{ text }</span></label> }
    };
    html! {
        <>
            <button type="button" aria-haspopup="dialog" onclick={show}>{ words::HELP }</button>
            if *open {
                <dialog class="help" ref={dialog} aria-labelledby="help-title" onclose={closed}>
                    <div class="dialog-top">
                        <h2 id="help-title">{ words::HOW_TO_USE_IT }</h2>
                        <button class="line" type="button" onclick={close}>{ common::CLOSE }</button>
                    </div>
                    <div class="help-body" tabindex="0" role="group" aria-label={words::THE_HELP}>
                        <p>{ words::ABOUT }</p>
                        <div class="help-parts">
                            for (title, rows) in words::SECTIONS {
                                <section>
                                    <h3>{ *title }</h3>
                                    <dl>
                                        for (key, what) in *rows {
                                            <div><dt>{ *key }</dt><dd>{ *what }</dd></div>
                                        }
                                    </dl>
                                </section>
                            }
                            <section>
                                <h3>{ words::AS_YOU_LIKE_IT }</h3>
                                { choose(Choice::Whys, store.read(|state| state.whys), words::SAY_WHY) }
                                { choose(Choice::Announce, store.read(|state| state.announces), words::ANNOUNCE) }
                            </section>
                        </div>
                    </div>
                </dialog>
            }
        </>
    }
}

/// Whether a key asks for help: F1, or a question mark that goes into no text.
fn asks(event: &Event) -> bool {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
        return false;
    };
    let writes = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
        .is_some_and(|target| {
            matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                || target.is_content_editable()
        });
    event.key() == "F1" || event.key() == "?" && !writes
}
