//! The browser's storage, where sessions are kept: the page's end of `static/kept.js`.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::store::{Store, wall};
use crate::app::Action;
use crate::app::kept::{About, Act, FORMAT, Session};
use crate::app::words::kept as words;
use crate::session::message::Entry;

#[wasm_bindgen(module = "/static/kept.js")]
extern "C" {
    fn tab() -> Option<String>;
    #[wasm_bindgen(catch)]
    async fn hold(id: Option<String>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn list() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn save(
        id: String,
        format: u32,
        about: Uint8Array,
        from: u32,
        piece: Uint8Array,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    async fn load(id: String) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn remove(id: String) -> Result<(), JsValue>;
    async fn breathe();
}

/// How long a log is read at a time, in milliseconds.
const READ_FOR: f64 = 12.0;

/// Opens the page: on the session that this tab had before it was loaded again, or else on a new one; so too where
/// something is offered to be opened, and that session is kept.
pub fn open(store: &Store) {
    let offered = store.read(|state| state.share().offer.is_some() || state.lessons().coming());
    let Some(before) = tab().filter(|_| !offered) else {
        store.dispatch(Action::Open);
        let store = store.clone();
        return spawn_local(async move { begin(&store).await });
    };
    let store = store.clone();
    spawn_local(async move {
        if !again(&store, before).await {
            store.dispatch(Action::Open);
            begin(&store).await;
        }
    });
}

/// Goes on with the session that this tab had. False: it is not there, or another tab has it.
async fn again(store: &Store, id: String) -> bool {
    let Ok(sessions) = sessions().await else {
        return false;
    };
    let found = sessions.into_iter().find(|session| session.id == id);
    let Some(about) = found.and_then(|session| session.about) else {
        return false;
    };
    match hold(Some(id.clone())).await {
        Ok(held) if held.is_string() => bring(store, id, about).await,
        _ => false,
    }
}

/// Takes a name for a new session, and tells what is kept.
async fn begin(store: &Store) {
    let listed = match hold(None).await {
        Ok(id) => {
            let listed = sessions().await;
            if let (Some(id), Ok(_)) = (id.as_string(), &listed) {
                keep(store, Act::Holds(id));
            }
            listed
        }
        Err(error) => Err(error),
    };
    tell(store, listed);
}

/// Carries out: save.
pub fn save_session(store: &Store, id: String, about: &[u8], from: usize, piece: &[u8]) {
    let (about, piece) = (Uint8Array::from(about), Uint8Array::from(piece));
    let store = store.clone();
    spawn_local(async move {
        let saved = save(id, FORMAT, about, from as u32, piece).await;
        keep(
            &store,
            saved.map_or_else(|error| Act::Failed(why(&error)), |()| Act::Saved),
        );
    });
}

/// Carries out: list.
pub fn list_sessions(store: &Store) {
    let store = store.clone();
    spawn_local(async move { tell(&store, sessions().await) });
}

/// Carries out: delete.
pub fn remove_session(store: &Store, id: String) {
    let store = store.clone();
    spawn_local(async move {
        // One that cannot be deleted is still listed.
        let _ = remove(id).await;
        tell(&store, sessions().await);
    });
}

/// Carries out: read a session, and take it for this tab.
pub fn load_session(store: &Store, id: String, about: About) {
    let store = store.clone();
    spawn_local(async move {
        let held = hold(Some(id.clone())).await;
        if !held.is_ok_and(|held| held.is_string()) || !bring(&store, id, about).await {
            keep(&store, Act::Stays(words::CANNOT_BE_READ.into()));
        }
    });
}

/// Carries out: begin a new session.
pub fn fresh_session(store: &Store, seed: u64, start: u64) {
    let store = store.clone();
    spawn_local(async move {
        let id = hold(None).await.ok().and_then(|id| id.as_string());
        keep(&store, Act::Begins { id, seed, start });
    });
}

async fn bring(store: &Store, id: String, about: About) -> bool {
    let Ok(pieces) = load(id.clone()).await else {
        return false;
    };
    let (mut entries, mut broken) = (Vec::new(), false);
    let mut began = wall();
    for piece in Array::from(&pieces).iter() {
        if wall() - began > READ_FOR {
            breathe().await;
            began = wall();
        }
        let piece = Array::from(&piece);
        let from = piece.get(0).as_f64().unwrap_or_default() as usize;
        // What was written once more stands in an earlier piece.
        if from < entries.len() {
            continue;
        }
        let read = postcard::from_bytes::<Vec<Entry>>(&Uint8Array::new(&piece.get(1)).to_vec());
        match read {
            Ok(more) if from == entries.len() => entries.extend(more),
            _ => {
                broken = true;
                break;
            }
        }
    }
    keep(
        store,
        Act::Loaded {
            id,
            about,
            entries,
            broken,
        },
    );
    true
}

async fn sessions() -> Result<Vec<Session>, JsValue> {
    let rows = list().await?;
    let session = |row: JsValue| {
        let row = Array::from(&row);
        let format = row.get(1).as_f64().unwrap_or_default() as u32;
        let about = Uint8Array::new(&row.get(4)).to_vec();
        Some(Session {
            id: row.get(0).as_string()?,
            when: row.get(2).as_string()?,
            held: row.get(3).is_truthy(),
            about: About::read(&about).filter(|_| format == FORMAT),
        })
    };
    Ok(Array::from(&rows).iter().filter_map(session).collect())
}

fn tell(store: &Store, listed: Result<Vec<Session>, JsValue>) {
    keep(
        store,
        listed.map_or_else(|error| Act::Failed(why(&error)), Act::Listed),
    );
}

fn keep(store: &Store, act: Act) {
    store.dispatch(Action::Kept(act));
}

/// What an error of the storage means, in a sentence.
fn why(error: &JsValue) -> String {
    let text = |name: &str| {
        js_sys::Reflect::get(error, &name.into())
            .ok()
            .and_then(|text| text.as_string())
    };
    match text("name").as_deref() {
        Some("QuotaExceededError") => words::STORAGE_FULL.into(),
        Some("SecurityError" | "InvalidStateError") => words::STORAGE_REFUSED.into(),
        _ => words::storage_answered(text("message").unwrap_or_default().trim_end_matches('.')),
    }
}
