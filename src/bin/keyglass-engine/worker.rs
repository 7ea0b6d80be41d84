//! The worker of the page: the shell around the host.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use keyglass::session::clock::Awake;
use keyglass::session::host::Host;
use keyglass::session::message::{Frame, Millis, Record, Request};
use keyglass::session::moment;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::lua::machine;
use super::wall;

/// The shortest time between two frames, in milliseconds.
const FRAME: Millis = 16;
/// How often it is told how far a long log is folded, in milliseconds.
const FOLDED_EVERY: Millis = 100;
/// The longest time that one timer is set for; the clock is looked at again then, as [`Awake`] wants it.
const NAP_MAX: Millis = 60_000;

struct Shell {
    host: Host,
    scope: DedicatedWorkerGlobalScope,
    awake: Awake,
    /// When the last frame was sent.
    sent: Millis,
    timer: Option<i32>,
    on_timer: Closure<dyn FnMut()>,
}

impl Shell {
    fn receive(&mut self, message: &MessageEvent) {
        let bytes = Uint8Array::new(&message.data()).to_vec();
        match postcard::from_bytes::<Vec<Request>>(&bytes) {
            Ok(requests) => {
                for request in requests {
                    let now = self.now();
                    let (scope, mut told) = (&self.scope, now);
                    self.host.handle_telling(now, request, &mut |frame| {
                        let now = wall();
                        if now.saturating_sub(told) >= FOLDED_EVERY {
                            told = now;
                            post(scope, &frame);
                        }
                    });
                }
            }
            Err(error) => {
                web_sys::console::error_1(&format!("a request could not be read: {error}").into())
            }
        }
        if self.now().saturating_sub(self.sent) >= FRAME {
            self.send()
        } else {
            self.nap(self.sent + FRAME)
        }
    }

    /// Sends what changed, and sleeps until something happens by itself.
    fn send(&mut self) {
        let now = self.now();
        let frame = self.host.frame(now);
        self.sent = now;
        if !frame.updates.is_empty() {
            post(&self.scope, &frame);
        }
        match self.host.next_deadline() {
            Some(when) => self.nap(when.max(self.sent + FRAME)),
            None => self.nap(self.sent + NAP_MAX),
        }
    }

    /// The wall clock's moment, without what the computer slept.
    fn now(&mut self) -> Millis {
        let (now, woke) = self.awake.read(wall());
        if woke {
            self.host.woke();
        }
        now
    }

    fn wake_from_nap(&mut self) {
        if let Some(timer) = self.timer.take() {
            self.scope.clear_timeout_with_handle(timer);
        }
    }

    fn nap(&mut self, until: Millis) {
        self.wake_from_nap();
        let delay = until.saturating_sub(self.now()).min(NAP_MAX) as i32;
        let callback = self.on_timer.as_ref().unchecked_ref();
        self.timer = self
            .scope
            .set_timeout_with_callback_and_timeout_and_arguments_0(callback, delay)
            .ok();
    }
}

fn post(scope: &DedicatedWorkerGlobalScope, frame: &Frame) {
    match postcard::to_allocvec(frame) {
        Ok(bytes) => {
            let bytes = Uint8Array::from(bytes.as_slice());
            let transfer = js_sys::Array::of1(&bytes.buffer());
            // Only a closed scope refuses a message, and then nobody listens.
            let _ = scope.post_message_with_transfer(&bytes, &transfer);
        }
        Err(error) => {
            web_sys::console::error_1(&format!("a frame could not be written: {error}").into())
        }
    }
}

/// Replays a session that has one branch: a postcard-encoded `Record`. Gives what clients were sent, as a
/// postcard-encoded list of (connection, moment, bytes). Outside of a worker, the Lua machine must be prepared.
/// Errors: what is no record.
#[wasm_bindgen]
pub fn replay(record: &[u8]) -> Result<Vec<u8>, JsError> {
    let record: Record = postcard::from_bytes(record)?;
    Ok(postcard::to_allocvec(&moment::replay(&record, machine()))?)
}

/// Turns this worker into the server half: from now on it answers the page's requests.
#[wasm_bindgen]
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let shell: Rc<RefCell<Option<Shell>>> = Rc::default();
    let for_timer = Rc::clone(&shell);
    let on_timer = Closure::new(move || {
        if let Some(shell) = for_timer.borrow_mut().as_mut() {
            shell.timer = None;
            shell.send();
        }
    });
    *shell.borrow_mut() = Some(Shell {
        host: Host::new(0, wall(), machine),
        scope: scope.clone(),
        awake: Awake::default(),
        sent: 0,
        timer: None,
        on_timer,
    });
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        if let Some(shell) = shell.borrow_mut().as_mut() {
            shell.receive(&message);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
}
