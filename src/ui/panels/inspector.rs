//! The panels, handed what they need by the store.

use std::rc::Rc;

use yew::prelude::*;

use super::hll::HllInspector;
use super::items::ItemsInspector;
use super::keys::KeyList;
use super::lock::{LockInspector, was_lock};
use super::missing::MissingInspector;
use super::part::PanelProps;
use super::profiler::ProfilerPanel;
use super::pubsub::PubSubInspector;
use super::script::ScriptPanel;
use super::stream::StreamInspector;
use super::text::TextInspector;
use super::zset::ZsetInspector;
use crate::app::client::{Waiting, Who};
use crate::app::listing::Listing;
use crate::app::profiler::{self, Profiler};
use crate::app::script::{Act, List, Script};
use crate::app::stage::{Slot, Stage, Subject};
use crate::app::words::common as words;
use crate::app::{Action, PanelState, State};
use crate::session::message::{Conn, KeysView, Look, ValueView, View, Window};
use crate::ui::store::Store;

/// What stands in one slot of the stage.
#[derive(Properties)]
pub struct InspectorProps {
    /// The slot.
    pub slot: Slot,
    /// What an inspector of a key has been told, once it has.
    pub state: Option<Rc<PanelState>>,
    /// The clients that wait for the key.
    pub waiting: Vec<Waiting>,
    /// A [`View::PubSub`].
    pub pubsub: Rc<View>,
    /// The script editor.
    pub script: Rc<Script>,
    /// The profiler.
    pub profiler: Rc<Profiler>,
    /// The clients.
    pub clients: Rc<[Who]>,
    /// Whether the one chosen in the editor can run a script now.
    pub can_run: bool,
}

impl InspectorProps {
    /// What a slot shows of a state; `can_run`: whether scripts may run at all.
    pub fn of(state: &State, slot: &Slot, clients: &Rc<[Who]>, can_run: bool) -> Self {
        let (panel, waiting) = match &slot.subject {
            Subject::Key(db, key) => (
                state.panels.get(&slot.panel).cloned(),
                state.waiting_for(*db, key),
            ),
            Subject::PubSub | Subject::Script | Subject::Profiler => (None, Vec::new()),
        };
        Self {
            slot: slot.clone(),
            state: panel,
            waiting,
            pubsub: Rc::clone(&state.pubsub),
            script: Rc::clone(&state.script),
            profiler: Rc::clone(&state.profiler),
            clients: Rc::clone(clients),
            can_run: can_run && state.can_run(state.script.client),
        }
    }
}

impl PartialEq for InspectorProps {
    fn eq(&self, other: &Self) -> bool {
        let same_state = match (&self.state, &other.state) {
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        };
        // Only the inspector of channels looks at them.
        let same_pubsub =
            self.slot.subject != Subject::PubSub || Rc::ptr_eq(&self.pubsub, &other.pubsub);
        let same_script = self.slot.subject != Subject::Script
            || Rc::ptr_eq(&self.script, &other.script)
                && self.clients == other.clients
                && self.can_run == other.can_run;
        let same_profiler =
            self.slot.subject != Subject::Profiler || Rc::ptr_eq(&self.profiler, &other.profiler);
        self.slot == other.slot
            && self.waiting == other.waiting
            && same_state
            && same_pubsub
            && same_script
            && same_profiler
    }
}

/// The inspector that fits what the slot shows.
#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    let store = use_context::<Store>();
    let deps = (store.clone(), props.slot.panel, props.slot.subject.clone());
    // The same callbacks for as long as the slot shows the same: then only a changed view draws an inspector again.
    let calls = use_memo(deps, |(store, panel, subject)| {
        let (store, panel, subject) = (store.clone()?, *panel, subject.clone());
        Some(Calls {
            on_pin: store.callback(move |()| Action::TogglePin(subject.clone())),
            on_close: store.callback(move |()| Action::ClosePanel(panel)),
            on_window: store.callback(move |window| Action::PanelWindow(panel, window)),
            on_look: store.callback(move |look| Action::Look(panel, look)),
            on_tall: store.callback(move |tall| Action::Tall(panel, tall)),
            on_command: {
                let store = store.clone();
                Callback::from(move |text| {
                    let conn = store.read(free_client);
                    store.dispatch(Action::Run {
                        conn,
                        text,
                        ticket: None,
                    });
                })
            },
            on_act: store.callback(Action::Script),
            on_profile: store.callback(Action::Profiler),
            on_release: {
                let store = store.clone();
                Callback::from(move |(key, token)| {
                    for act in [
                        Act::Pick(0),
                        Act::Set(List::Keys, 0, key),
                        Act::Set(List::Args, 0, token),
                    ] {
                        store.dispatch(Action::Script(act));
                    }
                    store.dispatch(Action::Show(Subject::Script));
                })
            },
        })
    });
    let Some(Calls {
        on_pin,
        on_close,
        on_window,
        on_look,
        on_tall,
        on_command,
        on_act,
        on_profile,
        on_release,
    }) = (*calls).clone()
    else {
        return Html::default();
    };
    let pinned = props.slot.pinned;
    let name = match &props.slot.subject {
        Subject::PubSub => {
            return html! { <PubSubInspector view={Rc::clone(&props.pubsub)} {pinned} {on_pin} {on_close} {on_command} /> };
        }
        Subject::Script => {
            let (clients, can_run) = (Rc::clone(&props.clients), props.can_run);
            return html! { <ScriptPanel script={Rc::clone(&props.script)} {clients} {can_run} {pinned} {on_pin} {on_close} {on_act} /> };
        }
        Subject::Profiler => {
            return html! { <ProfilerPanel profiler={Rc::clone(&props.profiler)} {pinned} {on_pin} {on_close} on_act={on_profile} /> };
        }
        Subject::Key(_, name) => name.clone(),
    };
    let Some(state) = props.state.clone() else {
        return html! { <section class="card" aria-busy="true" aria-label={words::LOADING} /> };
    };
    let View::Key { value, facts, .. } = &state.view else {
        return Html::default();
    };
    let which = match value {
        ValueView::Zset(_) => Which::Zset,
        ValueView::Stream(_) => Which::Stream,
        ValueView::Items(_) => Which::Items,
        ValueView::Hll(_) => Which::Hll,
        ValueView::Text(text) if text.lock.is_some() => Which::Lock,
        ValueView::Text(_) => Which::Text,
        ValueView::Missing if was_lock(facts) => Which::Lock,
        ValueView::Missing => Which::Missing,
    };
    let panel = PanelProps {
        name,
        state,
        pinned,
        on_pin,
        on_close,
        on_window,
        on_look,
        on_tall,
        on_command,
    };
    match which {
        Which::Zset => html! { <ZsetInspector ..panel /> },
        Which::Items => html! { <ItemsInspector ..panel /> },
        Which::Stream => html! { <StreamInspector ..panel /> },
        Which::Hll => html! { <HllInspector ..panel /> },
        Which::Lock => html! { <LockInspector {panel} {on_release} /> },
        Which::Text => html! { <TextInspector ..panel /> },
        Which::Missing => html! { <MissingInspector {panel} waiting={props.waiting.clone()} /> },
    }
}

/// Who types what an inspector proposes: the first client that neither waits nor listens.
fn free_client(state: &State) -> Conn {
    let free = state
        .consoles
        .iter()
        .find(|console| {
            console.blocked().is_none() && !console.cut && console.transcript.subscriptions() == 0
        })
        .or(state.consoles.first());
    free.map_or(0, |console| console.conn)
}

enum Which {
    Zset,
    Stream,
    Items,
    Hll,
    Lock,
    Text,
    Missing,
}

#[derive(Clone, PartialEq)]
struct Calls {
    on_pin: Callback<()>,
    on_close: Callback<()>,
    on_window: Callback<Window>,
    on_look: Callback<Look>,
    on_tall: Callback<bool>,
    on_command: Callback<String>,
    on_act: Callback<Act>,
    on_profile: Callback<profiler::Act>,
    on_release: Callback<(String, String)>,
}

/// What the list of keys is made from.
#[derive(Properties)]
pub struct KeysPanelProps {
    /// The keys in view.
    pub keys: Rc<KeysView>,
    /// A [`View::PubSub`].
    pub pubsub: Rc<View>,
    /// Which inspectors stand on the stage.
    pub stage: Rc<Stage>,
    /// How they are listed.
    pub listing: Rc<Listing>,
}

impl PartialEq for KeysPanelProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.keys, &other.keys)
            && Rc::ptr_eq(&self.pubsub, &other.pubsub)
            && Rc::ptr_eq(&self.stage, &other.stage)
            && Rc::ptr_eq(&self.listing, &other.listing)
    }
}

/// The list of keys and channels.
#[component]
pub fn KeysPanel(props: &KeysPanelProps) -> Html {
    let store = use_context::<Store>();
    let calls = use_memo(store, |store| {
        let store = store.clone()?;
        Some((
            store.callback(Action::List),
            store.callback(Action::KeysWindow),
            store.callback(Action::Show),
            store.callback(Action::TogglePin),
        ))
    });
    let Some((on_list, on_window, on_show, on_pin)) = (*calls).clone() else {
        return Html::default();
    };
    html! {
        <KeyList
            keys={Rc::clone(&props.keys)} pubsub={Rc::clone(&props.pubsub)} stage={Rc::clone(&props.stage)} listing={Rc::clone(&props.listing)}
            {on_list} {on_window} {on_show} {on_pin}
        />
    }
}
