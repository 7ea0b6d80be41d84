//! What the page offers to scripts, and the few things it asks of the document as a whole.

use wasm_bindgen::prelude::*;

use super::store::Store;
use crate::app::Theme;

/// Offers `window.keyglass.exec("A", "ZADD board 1 x")`.
pub fn offer(store: &Store) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let store = store.clone();
    let exec = Closure::<dyn Fn(String, String) -> js_sys::Promise>::new(
        move |letter: String, line: String| store.exec(&letter, line),
    );
    let keyglass = js_sys::Object::new();
    // Setting a field of a fresh object, or of the window, is never refused.
    let _ = js_sys::Reflect::set(&keyglass, &"exec".into(), exec.as_ref());
    let _ = js_sys::Reflect::set(&window, &"keyglass".into(), &keyglass);
    exec.forget(); // lives as long as the page
}

const THEME: &str = "keyglass.theme";

const WHYS: &str = "keyglass.whys";

/// Whether the reader wants the consoles to say why a reply is what it is.
pub fn saved_whys() -> bool {
    let saved = web_sys::window()
        .and_then(|w| w.local_storage().ok().flatten())
        .and_then(|s| s.get_item(WHYS).ok().flatten());
    saved.as_deref() != Some("off")
}

/// Keeps that choice where the browser lets it.
pub fn keep_whys(on: bool) {
    let storage = web_sys::window().and_then(|w| w.local_storage().ok().flatten());
    // Storage that is refused only means that the choice is not kept.
    storage.map(|s| {
        if on {
            s.remove_item(WHYS)
        } else {
            s.set_item(WHYS, "off")
        }
    });
}

/// The theme that the reader chose last.
pub fn saved_theme() -> Theme {
    let saved = web_sys::window()
        .and_then(|w| w.local_storage().ok().flatten())
        .and_then(|s| s.get_item(THEME).ok().flatten());
    match saved.as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Shows the page in a theme, and keeps the choice where the browser lets it.
pub fn apply_theme(theme: Theme) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let name = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    let root = window.document().and_then(|d| d.document_element());
    // Storage that is refused only means that the choice is not kept.
    let storage = window.local_storage().ok().flatten();
    match name {
        Some(name) => {
            root.map(|r| r.set_attribute("data-theme", name));
            storage.map(|s| s.set_item(THEME, name));
        }
        None => {
            root.map(|r| r.remove_attribute("data-theme"));
            storage.map(|s| s.remove_item(THEME));
        }
    }
}
