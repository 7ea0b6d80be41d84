//! The line to the server half: a Web Worker, spoken to in messages.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::Callback;

use crate::app::words::worker as words;
use crate::session::message::{Frame, Request};

/// A running worker; dropping it ends it, whatever it was doing.
pub struct ServerHalf {
    worker: Worker,
    // Held for as long as the worker may call them.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl ServerHalf {
    /// Starts a worker. Errors: the browser's, where it has no workers or may not start one.
    pub fn start(on_frame: Callback<Frame>, on_error: Callback<String>) -> Result<Self, JsValue> {
        let worker = match started_early() {
            Some(worker) => worker,
            None => {
                let options = WorkerOptions::new();
                options.set_type(WorkerType::Module);
                Worker::new_with_options("./worker.js", &options)?
            }
        };
        let broken = on_error.clone();
        let on_message = Closure::new(move |message: MessageEvent| {
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
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends requests; they are handled in order. The bytes are handed over, not copied.
    pub fn post(&self, requests: &[Request]) {
        let Ok(bytes) = postcard::to_allocvec(requests) else {
            return;
        };
        let bytes = Uint8Array::from(bytes.as_slice());
        // Only a message that cannot be cloned is refused, and bytes always can.
        let _ = self
            .worker
            .post_message_with_transfer(&bytes, &js_sys::Array::of1(&bytes.buffer()));
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
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
