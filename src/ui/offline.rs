//! The page's end of `static/offline.js`: it keeps the page for when there is no network, and says when a new version is ready.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::store::Store;
use crate::app::words::page as words;
use crate::app::{Action, kept};

#[wasm_bindgen(module = "/static/offline.js")]
extern "C" {
    #[wasm_bindgen(js_name = keep)]
    async fn keep_page(ready: &JsValue);
    async fn change(saved: &JsValue) -> JsValue;
}

/// What is known of a new version.
#[derive(Clone, Copy, PartialEq)]
enum Version {
    /// Nothing, or nobody wants to know.
    Quiet,
    Ready,
    /// Wanted, but the page is open elsewhere.
    Waits,
}

/// What it needs.
#[derive(Properties, PartialEq)]
pub struct NewVersionProps {
    /// Whether the session comes back once the page is loaded again.
    pub keeps: bool,
}

/// The notice of a new version. It never loads the page by itself.
#[component]
pub fn NewVersion(props: &NewVersionProps) -> Html {
    let version = use_state_eq(|| Version::Quiet);
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    {
        let version = version.clone();
        use_effect_with((), move |()| {
            let ready = Closure::<dyn Fn()>::new(move || version.set(Version::Ready));
            let ready = ready.into_js_value(); // lives as long as the page
            spawn_local(async move { keep_page(&ready).await });
        });
    }
    let said = match *version {
        Version::Quiet => return Html::default(),
        Version::Ready if props.keeps => words::NEW_VERSION,
        Version::Ready => words::NEW_VERSION_LOSES,
        Version::Waits => words::OPEN_ELSEWHERE,
    };
    let reload = {
        let version = version.clone();
        move |_: MouseEvent| {
            let version = version.clone();
            store.dispatch(Action::Kept(kept::Act::Now));
            let store = store.clone();
            spawn_local(async move {
                let saved = move || store.read(|state| state.is_saved() || !state.keeps());
                let saved = Closure::<dyn Fn() -> bool>::new(saved);
                if change(saved.as_ref()).await.is_truthy() {
                    version.set(Version::Waits);
                }
            });
        }
    };
    let dismiss = move |_: MouseEvent| version.set(Version::Quiet);
    html! {
        <div class="notice new-version" role="status">
            <span>{ said }</span>
            <button class="line" type="button" onclick={reload}>{ if props.keeps { words::RELOAD } else { words::RELOAD_WITHOUT } }</button>
            <button class="line" type="button" onclick={dismiss}>{ words::NOT_NOW }</button>
        </div>
    }
}
