//! The worker of the page: the shell around the host.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use js_sys::Uint8Array;
use keyglass::rest;
use keyglass::session::clock::Awake;
use keyglass::session::host::Host;
use keyglass::session::message::{Frame, Millis, Record, Request};
use keyglass::session::moment;
use keyglass::session::seats::{Seat, Seats};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::lua::machine;
use super::wall;

/// The shortest time between two frames, in milliseconds.
const FRAME: Millis = 16;
/// And of what happens by itself, which nobody reads sooner: each frame costs the page some time, however little it tells.
const BY_ITSELF: Millis = 50;
/// How often it is told how far a long log is folded, in milliseconds.
const FOLDED_EVERY: Millis = 100;
/// The longest time that one timer is set for; the clock is looked at again then, as [`Awake`] wants it.
const NAP_MAX: Millis = 60_000;

#[wasm_bindgen]
extern "C" {
    /// Where a page is: a port, or the scope of a worker that has one page only.
    #[derive(Clone)]
    type PageLine;

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn tell_page(this: &PageLine, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, setter, js_name = onmessage)]
    fn set_page_onmessage(this: &PageLine, callback: &JsValue);
}

struct Shell {
    seats: Seats,
    lines: BTreeMap<Seat, PageLine>,
    scope: DedicatedWorkerGlobalScope,
    awake: Awake,
    /// When the last frame was sent.
    sent: Millis,
    timer: Option<i32>,
    own: Weak<RefCell<Option<Shell>>>,
    on_timer: Closure<dyn FnMut()>,
}

impl Shell {
    /// What a page says; nothing: it goes. False: it was the last.
    fn receive(&mut self, seat: Seat, message: &MessageEvent) -> bool {
        let stays = self.take(seat, message);
        if stays {
            self.tell();
        }
        stays
    }

    fn take(&mut self, seat: Seat, message: &MessageEvent) -> bool {
        if message.data().is_null() {
            let now = self.now();
            self.lines.remove(&seat);
            if !self.seats.leave(seat, now) {
                self.wake_from_nap();
                return false;
            }
        } else {
            let bytes = Uint8Array::new(&message.data()).to_vec();
            match postcard::from_bytes::<Vec<Request>>(&bytes) {
                Ok(requests) => self.handle(seat, requests),
                Err(error) => web_sys::console::error_1(
                    &format!("a request could not be read: {error}").into(),
                ),
            }
        }
        true
    }

    /// Sends what changed, at once or when it is time for the next frame.
    fn tell(&mut self) {
        if self.now().saturating_sub(self.sent) >= FRAME {
            self.send()
        } else {
            self.nap(self.sent + FRAME)
        }
    }

    /// Handles what one message asks for. What takes longer than a frame is told meanwhile, and a session that was brought back
    /// at once: whoever brought it back waits for that before it blames what comes next for holding it up.
    fn handle(&mut self, seat: Seat, requests: Vec<Request>) {
        let mut began = self.now();
        for request in requests {
            if matches!(request, Request::Commands) {
                self.tell_whole(seat);
                continue;
            }
            let now = self.now();
            let back = matches!(&request, Request::Begin(log) if !log.entries.is_empty());
            let (line, mut told) = (self.lines.get(&seat), now);
            self.seats.handle(seat, now, request, &mut |frame| {
                let now = wall();
                if now.saturating_sub(told) >= FOLDED_EVERY
                    && let Some(line) = line
                {
                    told = now;
                    post(line, &frame);
                }
            });
            if back || self.now().saturating_sub(began) >= FRAME {
                self.send();
                began = self.now();
            }
        }
    }

    /// Tells a page which commands there are once the rest of this wasm is there, which that needs, and so does what the page does
    /// next. Who needs one that did not come asks for it again, and fails.
    fn tell_whole(&self, seat: Seat) {
        let shell = self.own.clone();
        spawn_local(async move {
            let _ = rest::soon().await;
            if let Some(shell) = shell.upgrade()
                && let Some(shell) = shell.borrow_mut().as_mut()
            {
                let now = shell.now();
                shell
                    .seats
                    .handle(seat, now, Request::Commands, &mut |_| {});
                shell.tell();
            }
        });
    }

    /// Sends what changed, and sleeps until something happens by itself.
    fn send(&mut self) {
        let now = self.now();
        let frames = self.seats.frame(now);
        self.sent = now;
        for (seat, frame) in frames {
            if let Some(line) = self.lines.get(&seat) {
                post(line, &frame);
            }
        }
        match self.seats.next_deadline() {
            Some(when) => self.nap(when.max(self.sent + BY_ITSELF)),
            None => self.nap(self.sent + NAP_MAX),
        }
    }

    /// The wall clock's moment, without what the computer slept.
    fn now(&mut self) -> Millis {
        let (now, woke) = self.awake.read(wall());
        if woke {
            self.seats.woke();
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

fn post(line: &PageLine, frame: &Frame) {
    match postcard::to_allocvec(frame) {
        Ok(bytes) => {
            let bytes = Uint8Array::from(bytes.as_slice());
            let transfer = js_sys::Array::of1(&bytes.buffer());
            // Only a line that is closed refuses a message, and then nobody listens.
            let _ = line.tell_page(&bytes, &transfer);
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

/// Turns this worker into the server half of one page: from now on it answers that page's requests. Those that came
/// before it could are answered together.
#[wasm_bindgen]
pub fn start(waiting: Vec<MessageEvent>) {
    let line: PageLine = js_sys::global().unchecked_into();
    let shell = shell();
    let seat = seat(&shell, line);
    if let (Some(seat), Some(shell)) = (seat, shell.borrow_mut().as_mut())
        && !waiting.is_empty()
    {
        for message in waiting {
            shell.take(seat, &message);
        }
        shell.tell();
    }
}

thread_local! {
    /// The sessions that several pages may share, by their names.
    static SHARED: RefCell<BTreeMap<String, Weak<RefCell<Option<Shell>>>>> = RefCell::default();
}

/// Makes this worker the server half of a page at the other end of a `MessagePort` too: of a session of its own, or of
/// the one with that name, if it has a name.
#[wasm_bindgen]
pub fn serve(port: JsValue, name: String) {
    let made = SHARED.with_borrow_mut(|shared| {
        shared.retain(|_, shell| shell.strong_count() > 0);
        let known = shared.get(&name).and_then(Weak::upgrade);
        // One whose last page has gone is no session any more.
        let known = known.filter(|shell| shell.borrow().is_some());
        let made = known.unwrap_or_else(shell);
        if !name.is_empty() {
            shared.insert(name, Rc::downgrade(&made));
        }
        made
    });
    seat(&made, port.unchecked_into());
}

fn shell() -> Rc<RefCell<Option<Shell>>> {
    let shell: Rc<RefCell<Option<Shell>>> = Rc::default();
    let for_timer = Rc::downgrade(&shell);
    let on_timer = Closure::new(move || {
        if let Some(shell) = for_timer.upgrade()
            && let Some(shell) = shell.borrow_mut().as_mut()
        {
            shell.timer = None;
            shell.send();
        }
    });
    *shell.borrow_mut() = Some(Shell {
        seats: Seats::new(Host::new(0, wall(), machine)),
        lines: BTreeMap::new(),
        scope: js_sys::global().unchecked_into(),
        awake: Awake::default(),
        sent: 0,
        timer: None,
        own: Rc::downgrade(&shell),
        on_timer,
    });
    shell
}

/// Gives a page a seat; its line holds the session for as long as it is open.
fn seat(shell: &Rc<RefCell<Option<Shell>>>, line: PageLine) -> Option<Seat> {
    let mut inside = shell.borrow_mut();
    let inside = inside.as_mut()?; // else its last page has gone
    let seat = inside.seats.sit();
    let shell = Rc::clone(shell);
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let mut shell = shell.borrow_mut();
        if shell
            .as_mut()
            .is_some_and(|shell| !shell.receive(seat, &message))
        {
            shell.take();
        }
    });
    line.set_page_onmessage(on_message.as_ref());
    inside.lines.insert(seat, line);
    on_message.forget(); // lives as long as the line
    Some(seat)
}
