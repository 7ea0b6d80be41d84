//! What the inspectors of keys have in common.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::{PanelState, format, show};
use crate::session::message::{Bytes, Event, Look, Millis, ValueView, View, Window};

/// What an inspector of a key needs. Equal where the state is the same one, not where it looks the same.
#[derive(Clone, Properties)]
pub struct PanelProps {
    /// The key.
    pub name: Bytes,
    /// What it has been told.
    pub state: Rc<PanelState>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// It is pinned or let go.
    pub on_pin: Callback<()>,
    /// It is closed.
    pub on_close: Callback<()>,
    /// It scrolls to other rows.
    pub on_window: Callback<Window>,
    /// It wants to see something else of its value.
    pub on_look: Callback<Look>,
    /// It asks for more height than others, or no longer.
    pub on_tall: Callback<bool>,
    /// A command is to be typed in a console.
    pub on_command: Callback<String>,
}

impl PartialEq for PanelProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
            && self.name == other.name
            && self.pinned == other.pinned
            && self.on_pin == other.on_pin
            && self.on_close == other.on_close
            && self.on_window == other.on_window
            && self.on_look == other.on_look
            && self.on_tall == other.on_tall
            && self.on_command == other.on_command
    }
}

/// What an inspector has been told, to hang a memory on: equal where it is the same one.
#[derive(Clone)]
pub struct Same(pub Rc<PanelState>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl PanelProps {
    /// The key as one reads it.
    pub fn label(&self) -> AttrValue {
        format::lossy(&self.name).into()
    }

    /// The key as one argument of a command.
    pub fn word(&self) -> String {
        show::word(&self.name)
    }

    /// When the key expires.
    pub fn deadline(&self) -> Option<Millis> {
        match &self.state.view {
            View::Key { deadline, .. } => *deadline,
            _ => None,
        }
    }

    /// What the key holds; `None` until it has been told.
    pub fn value(&self) -> Option<&ValueView> {
        match &self.state.view {
            View::Key { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The last facts about the key, oldest first.
    pub fn facts(&self) -> &[Event] {
        match &self.state.view {
            View::Key { facts, .. } => facts,
            _ => &[],
        }
    }
}
