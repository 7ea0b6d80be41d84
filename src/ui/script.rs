//! What the page offers to scripts, and the few things it asks of the document as a whole.

use wasm_bindgen::prelude::*;

use super::store::Store;
use crate::app::{Choice, Theme};

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

/// The name that a choice is kept by. What is chosen is on until somebody turns it off.
fn name_of(choice: Choice) -> &'static str {
    match choice {
        Choice::Whys => "keyglass.whys",
        Choice::Announce => "keyglass.announce",
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window().and_then(|w| w.local_storage().ok().flatten())
}

/// What the reader chose last.
pub fn chosen(choice: Choice) -> bool {
    let saved = storage().and_then(|s| s.get_item(name_of(choice)).ok().flatten());
    saved.as_deref() != Some("off")
}

/// Keeps a choice where the browser lets it.
pub fn keep_choice(choice: Choice, on: bool) {
    let name = name_of(choice);
    // Storage that is refused only means that the choice is not kept.
    storage().map(|s| {
        if on {
            s.remove_item(name)
        } else {
            s.set_item(name, "off")
        }
    });
}

/// The theme that the reader chose last.
pub fn saved_theme() -> Theme {
    let saved = storage().and_then(|s| s.get_item(THEME).ok().flatten());
    match saved.as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Shows the page in a theme.
pub fn show_theme(theme: Theme) {
    let root = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.document_element());
    let Some(root) = root else {
        return;
    };
    let set = |name: &str| {
        // No name of an attribute is refused that is one.
        let _ = root.set_attribute("data-theme", name);
    };
    match theme {
        Theme::System => {
            let _ = root.remove_attribute("data-theme");
        }
        Theme::Light => set("light"),
        Theme::Dark => set("dark"),
    }
}

/// Shows the page in a theme, and keeps the choice where the browser lets it.
pub fn apply_theme(theme: Theme) {
    show_theme(theme);
    let name = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    // Storage that is refused only means that the choice is not kept.
    storage().map(|s| match name {
        Some(name) => s.set_item(THEME, name),
        None => s.remove_item(THEME),
    });
}
