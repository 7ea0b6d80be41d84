//! A button that copies text.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use crate::app::words::common as words;

/// What a copy button needs.
#[derive(Properties, PartialEq)]
pub struct CopyProps {
    /// What is copied, for its name: "Copy the table".
    pub what: AttrValue,
    /// Makes the text when it is asked for.
    pub text: Callback<(), String>,
}

/// Copies what its callback makes, and says whether that worked.
#[component]
pub fn Copy(props: &CopyProps) -> Html {
    let said = use_state_eq(|| words::COPY);
    let onclick = {
        let (said, text) = (said.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            let said = said.clone();
            let Some(window) = web_sys::window() else {
                return;
            };
            let writing = window.navigator().clipboard().write_text(&text.emit(()));
            spawn_local(async move {
                said.set(match JsFuture::from(writing).await {
                    Ok(_) => words::COPIED,
                    Err(_) => words::REFUSED,
                });
            });
        })
    };
    html! {
        <button type="button" class="line copy" {onclick}>
            <span aria-live="polite">{ *said }</span><span class="vh">{ format!(" {}", props.what) }</span>
        </button>
    }
}
