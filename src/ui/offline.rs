//! The page's end of `static/offline.js`: it keeps the page for when there is no network, and says when a new version is ready.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::app::words::page as words;

#[wasm_bindgen(module = "/static/offline.js")]
extern "C" {
    #[wasm_bindgen(js_name = keep)]
    async fn keep_page(ready: &JsValue);
    async fn change() -> JsValue;
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

/// The notice of a new version. It never loads the page by itself.
#[component]
pub fn NewVersion() -> Html {
    let version = use_state_eq(|| Version::Quiet);
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
        Version::Ready => words::NEW_VERSION,
        Version::Waits => words::OPEN_ELSEWHERE,
    };
    let reload = {
        let version = version.clone();
        move |_: MouseEvent| {
            let version = version.clone();
            spawn_local(async move {
                if change().await.is_truthy() {
                    version.set(Version::Waits);
                }
            });
        }
    };
    let dismiss = move |_: MouseEvent| version.set(Version::Quiet);
    html! {
        <div class="notice new-version" role="status">
            <span>{ said }</span>
            <button class="line" type="button" onclick={reload}>{ words::RELOAD }</button>
            <button class="line" type="button" onclick={dismiss}>{ words::NOT_NOW }</button>
        </div>
    }
}
