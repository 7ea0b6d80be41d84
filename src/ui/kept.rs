//! Kept sessions: the bar that offers one, and the sheet that lists them all.

use std::rc::Rc;

use yew::prelude::*;

use super::store::Store;
use crate::app::kept::{Act, Bar, KEPT_MAX, Kept, Session};
use crate::app::words::kept as words;
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
                <span>{ words::offered(&summary(session)) }</span>
                { button("solid", words::CONTINUE, Act::Continue(session.id.clone())) }
                { button("line", words::NOT_NOW, Act::Dismiss) }
            </>
        },
        Bar::Coming(all, done) => {
            let [all, done] = [all, done].map(|n| format::count(*n as u64));
            let left = props.kept.pace.left();
            html! {
                <>
                    <span>{ words::coming(&all) }</span>
                    // Read to nobody: it would be a flood.
                    if done != "0" {
                        <span class="num" aria-hidden="true">{ words::come(&done, &all, left) }</span>
                    }
                    { button("line", words::STOP, Act::GiveUp) }
                </>
            }
        }
        Bar::Back => html! {
            <>
                <span>{ words::BACK }</span>
                { button("line", words::START_FRESH, Act::Fresh) }
                { button("line", words::GOOD, Act::Dismiss) }
            </>
        },
        Bar::Fresh(before) => html! {
            <>
                <span>{ words::FRESH }</span>
                { button("line", words::BRING_IT_BACK, Act::Continue(before.clone())) }
                { button("line", words::GOOD, Act::Dismiss) }
            </>
        },
    };
    html! { <div class="kept-bar" role="status">{ said }</div> }
}

/// When, how much and which keys.
fn summary(session: &Session) -> String {
    let Some(about) = &session.about else {
        return words::of_later_version(&session.when);
    };
    words::summary(&session.when, about.commands, &about.keys)
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
            <button type="button" aria-expanded={open.to_string()} onclick={toggle}>{ words::SESSIONS }</button>
            if *open {
                <section class="kept-sheet" aria-label={words::SESSIONS} tabindex="-1">
                    <p>
                        { match kept.own {
                            Some(_) => words::saved(KEPT_MAX),
                            None => words::KEEPS_NONE.into(),
                        } }
                    </p>
                    <button class="solid" type="button" onclick={act(Act::Fresh)}>{ words::START_FRESH }</button>
                    if !kept.sessions.is_empty() {
                        <ul class="kept-list" aria-label={words::KEPT_SESSIONS}>
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
                <span class="tag plain">{ words::THIS_ONE }</span>
            } else if session.held {
                <span class="tag plain">{ words::IN_ANOTHER_TAB }</span>
            } else {
                if session.about.is_some() {
                    <button class="line" type="button" aria-label={words::open_of(&session.when)} onclick={act(Act::Continue(session.id.clone()))}>{ words::OPEN }</button>
                }
                <button class="line" type="button" aria-label={words::delete_of(&session.when)} onclick={remove}>{ words::DELETE }</button>
            }
        </li>
    }
}
