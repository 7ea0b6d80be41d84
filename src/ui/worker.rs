//! The line to the server half: a Web Worker, spoken to in messages.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::Callback;

use crate::app::words::worker as words;
use crate::session::message::{Frame, Request};

#[wasm_bindgen]
extern "C" {
    /// What `boot.js` offers to a part of another page.
    type Parts;

    #[wasm_bindgen(thread_local_v2, js_namespace = window, js_name = keyglassEmbed)]
    static PARTS: Option<Parts>;

    #[wasm_bindgen(method)]
    fn join(this: &Parts, lost: &js_sys::Function) -> Line;
    #[wasm_bindgen(method)]
    fn end(this: &Parts);
    #[wasm_bindgen(method)]
    fn renew(this: &Parts, own: &js_sys::Function);
    #[wasm_bindgen(method)]
    fn member(this: &Parts, own: &js_sys::Function);
    #[wasm_bindgen(method, getter)]
    fn shares(this: &Parts) -> bool;

    /// A worker, or a port to one that others have too.
    type Line;

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post(this: &Line, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, setter, js_name = onmessage)]
    fn set_onmessage(this: &Line, callback: &JsValue);
    #[wasm_bindgen(method)]
    fn leave(this: &Line);
}

/// Ends the worker that the parts of a page share.
pub fn end_shared() {
    PARTS.with(|parts| parts.as_ref().map(Parts::end));
}

/// Whether the session is shared with other parts of the page.
pub fn shares() -> bool {
    PARTS.with(|parts| parts.as_ref().is_some_and(Parts::shares))
}

/// Calls back when another part of the page begins the shared session anew; gives what begins it anew for the others.
pub fn renewing(renewed: Callback<()>) -> impl Fn() {
    let renewed = Closure::<dyn Fn()>::new(move || renewed.emit(()));
    let own: js_sys::Function = renewed.as_ref().unchecked_ref::<js_sys::Function>().clone();
    renewed.forget(); // lives as long as the page
    PARTS.with(|parts| parts.as_ref().map(|parts| parts.member(&own)));
    move || {
        PARTS.with(|parts| parts.as_ref().map(|parts| parts.renew(&own)));
    }
}

/// A running worker, or a line to one that others have too; dropping it ends it, whatever it was doing, or the line.
pub struct ServerHalf {
    line: Line,
    own: Option<Worker>,
    // Held for as long as the worker may call them.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
    _on_lost: Closure<dyn FnMut(String)>,
}

impl ServerHalf {
    /// Starts a worker; where `shared`, takes a line to the one that the parts of a page share. Such a one may end for no
    /// fault of its own, which is told as an error without a text. Errors: the browser's, where it has no workers or may
    /// not start one.
    pub fn start(
        shared: bool,
        on_frame: Callback<Frame>,
        on_error: Callback<String>,
    ) -> Result<Self, JsValue> {
        let lost = on_error.clone();
        // The shared worker may end within a call of its own.
        let on_lost = Closure::<dyn FnMut(String)>::new(move |why: String| {
            let lost = lost.clone();
            wasm_bindgen_futures::spawn_local(async move { lost.emit(why) });
        });
        let joined = PARTS.with(|parts| {
            let parts = parts.as_ref().filter(|_| shared);
            parts.map(|parts| parts.join(on_lost.as_ref().unchecked_ref()))
        });
        let own = match (&joined, started_early()) {
            (Some(_), _) => None,
            (None, Some(worker)) => Some(worker),
            (None, None) => {
                let options = WorkerOptions::new();
                options.set_type(WorkerType::Module);
                Some(Worker::new_with_options("./worker.js", &options)?)
            }
        };
        let broken = on_error.clone();
        let on_message = Closure::new(move |message: MessageEvent| {
            // That the worker runs is for who started it before the page.
            if message.data().is_string() {
                return;
            }
            let bytes = Uint8Array::new(&message.data()).to_vec();
            match postcard::from_bytes(&bytes) {
                Ok(frame) => on_frame.emit(frame),
                Err(error) => broken.emit(words::unreadable(&error.to_string())),
            }
        });
        let on_error = Closure::new(move |event: Event| {
            // The page tells of it and mends it; the browser need not log it as unhandled.
            event.prevent_default();
            let text = event
                .dyn_ref::<web_sys::ErrorEvent>()
                .map(web_sys::ErrorEvent::message);
            on_error.emit(text.unwrap_or_else(|| words::COULD_NOT_BE_LOADED.into()));
        });
        if let Some(worker) = &own {
            worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        }
        let line = match (&own, joined) {
            (Some(worker), _) => worker.clone().unchecked_into(),
            (None, Some(line)) => line,
            (None, None) => return Err(JsValue::UNDEFINED),
        };
        line.set_onmessage(on_message.as_ref());
        Ok(Self {
            line,
            own,
            _on_message: on_message,
            _on_error: on_error,
            _on_lost: on_lost,
        })
    }

    /// Sends requests; they are handled in order. The bytes are handed over, not copied.
    pub fn post(&self, requests: &[Request]) {
        let Ok(bytes) = postcard::to_allocvec(requests) else {
            return;
        };
        let bytes = Uint8Array::from(bytes.as_slice());
        // Only a message that cannot be cloned is refused, and bytes always can.
        let _ = self.line.post(&bytes, &js_sys::Array::of1(&bytes.buffer()));
    }
}

/// The worker that `boot.js` started while this half was still on its way; given only once.
fn started_early() -> Option<Worker> {
    const NAME: &str = "keyglassWorker";
    let window = web_sys::window()?;
    let worker = js_sys::Reflect::get(&window, &NAME.into())
        .ok()?
        .dyn_into()
        .ok()?;
    js_sys::Reflect::delete_property(&window, &NAME.into()).ok()?;
    Some(worker)
}

impl Drop for ServerHalf {
    fn drop(&mut self) {
        self.line.set_onmessage(&JsValue::NULL);
        match &self.own {
            Some(worker) => {
                worker.set_onerror(None);
                worker.terminate();
            }
            None => self.line.leave(),
        }
    }
}
