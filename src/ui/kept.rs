//! Kept sessions: the bar that offers one, and the sheet that lists them all.

use std::rc::Rc;

use yew::prelude::*;

use super::store::Store;
use crate::app::kept::{Act, Bar, KEPT_MAX, Kept, Session};
use crate::app::{Action, format};

/// What both need.
#[derive(Properties)]
pub struct KeptProps {
    /// What is known of kept sessions.
    pub kept: Rc<Kept>,
}

impl PartialEq for KeptProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.kept, &other.kept)
    }
}

/// The bar over the page; it moves nothing.
#[component]
pub fn KeptBar(props: &KeptProps) -> Html {
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let act = |act: Act| store.callback(move |_: MouseEvent| Action::Kept(act.clone()));
    let button = |class: &'static str, text: &'static str, todo: Act| {
        html! { <button {class} type="button" onclick={act(todo)}>{ text }</button> }
    };
    let said = match &props.kept.bar {
        Bar::Nothing => return Html::default(),
        Bar::Offer(session) => html! {
            <>
                <span>{ "A session is kept: " }{ summary(session) }</span>
                { button("solid", "Continue", Act::Continue(session.id.clone())) }
                { button("line", "Not now", Act::Dismiss) }
            </>
        },
        Bar::Coming(all, done) => {
            let [all, done] = [all, done].map(|n| format::count(*n as u64));
            html! {
                <>
                    <span>{ format!("Bringing the session back: {all} inputs…") }</span>
                    // Read to nobody: it would be a flood.
                    if done != "0" {
                        <span class="num" aria-hidden="true">{ format!("{done} of {all}") }</span>
                    }
                </>
            }
        }
        Bar::Back => html! {
            <>
                <span>{ "Your session is back, to the last command." }</span>
                { button("line", "Start fresh", Act::Fresh) }
                { button("line", "Good", Act::Dismiss) }
            </>
        },
        Bar::Fresh(before) => html! {
            <>
                <span>{ "A new session. The one before is kept." }</span>
                { button("line", "Bring it back", Act::Continue(before.clone())) }
                { button("line", "Good", Act::Dismiss) }
            </>
        },
    };
    html! { <div class="kept-bar" role="status">{ said }</div> }
}

/// When, how much and which keys.
fn summary(session: &Session) -> String {
    let Some(about) = &session.about else {
        return format!("{}, made by a later version of this page", session.when);
    };
    let keys = match about.keys.len() {
        0 => "no keys".into(),
        _ => about.keys.join(", "),
    };
    format!(
        "{}, {} commands, {}",
        session.when,
        format::count(about.commands as u64),
        format::shortened(&keys, 60)
    )
}

/// The button for the sheet, and the sheet.
#[component]
pub fn Sessions(props: &KeptProps) -> Html {
    let open = use_state_eq(|| false);
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let kept = &props.kept;
    let toggle = {
        let (open, store) = (open.clone(), store.clone());
        Callback::from(move |_: MouseEvent| {
            if !*open {
                store.relist();
            }
            open.set(!*open);
        })
    };
    let close = {
        let open = open.clone();
        move || open.set(false)
    };
    let onkeydown = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                close();
            }
        })
    };
    let act = |act: Act| {
        let (store, close) = (store.clone(), close.clone());
        Callback::from(move |_: MouseEvent| {
            close();
            store.dispatch(Action::Kept(act.clone()));
        })
    };
    html! {
        <div class="kept" {onkeydown}>
            <button type="button" aria-expanded={open.to_string()} onclick={toggle}>{ "Sessions" }</button>
            if *open {
                <section class="kept-sheet" aria-label="Sessions" tabindex="-1">
                    <p>
                        { match kept.own {
                            Some(_) => format!("Each command is saved in this browser as it is typed. The last {KEPT_MAX} sessions are kept."),
                            None => "This browser keeps no sessions for this page.".into(),
                        } }
                    </p>
                    <button class="solid" type="button" onclick={act(Act::Fresh)}>{ "Start fresh" }</button>
                    if !kept.sessions.is_empty() {
                        <ul class="kept-list" aria-label="Kept sessions">
                            for session in kept.sessions.iter() {
                                { row(session, kept.own.as_ref() == Some(&session.id), &store, &act) }
                            }
                        </ul>
                    }
                </section>
            }
        </div>
    }
}

fn row(
    session: &Session,
    own: bool,
    store: &Store,
    act: &dyn Fn(Act) -> Callback<MouseEvent>,
) -> Html {
    let remove = {
        let id = session.id.clone();
        store.callback(move |_: MouseEvent| Action::Kept(Act::Remove(id.clone())))
    };
    html! {
        <li key={session.id.clone()}>
            <span class="kept-what">{ summary(session) }</span>
            if own {
                <span class="tag plain">{ "this one" }</span>
            } else if session.held {
                <span class="tag plain">{ "in another tab" }</span>
            } else {
                if session.about.is_some() {
                    <button class="line" type="button" aria-label={format!("Open the session of {}", session.when)} onclick={act(Act::Continue(session.id.clone()))}>{ "Open" }</button>
                }
                <button class="line" type="button" aria-label={format!("Delete the session of {}", session.when)} onclick={remove}>{ "Delete" }</button>
            }
        </li>
    }
}
