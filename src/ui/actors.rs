//! The actors: a card each, and the editor of their texts.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::store::Store;
use crate::app::actors::{Act, Actors, Card, Draft, LineKind};
use crate::app::words::actors as words;
use crate::app::{Action, colour, format};
use crate::session::message::{Conn, READY, Steer};
use crate::ui::widgets::said::said;

/// How many lines a card shows that is not opened.
const LINES_SHUT: usize = 4;
/// How slow an actor can be made.
const SLOW: [u32; 4] = [1, 2, 10, 100];

/// What the actors' part of the page needs.
#[derive(Properties)]
pub struct ActorsProps {
    /// The actors.
    pub actors: Rc<Actors>,
}

impl PartialEq for ActorsProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.actors, &other.actors)
    }
}

/// The actors' part of the page.
#[component]
pub fn ActorsPanel(props: &ActorsProps) -> Html {
    let store = use_context::<Store>();
    let on_act = use_memo(store, |store| Some(store.clone()?.callback(Action::Actors)));
    let chosen = use_state_eq(|| 0_usize);
    let Some(on_act) = (*on_act).clone() else {
        return Html::default();
    };
    let actors = &props.actors;
    let onchange = {
        let chosen = chosen.setter();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            chosen.set(
                select
                    .and_then(|s| s.value().parse().ok())
                    .unwrap_or(usize::MAX),
            );
        })
    };
    let act = |act: Act| {
        let on_act = on_act.clone();
        move |_: MouseEvent| on_act.emit(act.clone())
    };
    let ready = READY.get(*chosen);
    html! {
        <section class="actors" aria-label={words::ACTORS}>
            <header>
                <h2>{ words::ACTORS }</h2>
                <select aria-label={words::WHAT_A_NEW_ONE_DOES} {onchange} title={ready.map(|ready| ready.does)}>
                    for (i, ready) in READY.iter().enumerate() {
                        <option value={i.to_string()} selected={*chosen == i}>{ words::ready(ready.name, ready.does) }</option>
                    }
                    <option value="" selected={ready.is_none()}>{ words::OWN_TEXT }</option>
                </select>
                <button class="line" type="button" onclick={act(Act::Write(*chosen))}>{ words::WRITE }</button>
                <button class="line" type="button" disabled={ready.is_none()} onclick={act(Act::Start(*chosen))}>{ words::START }</button>
            </header>
            if let Some(draft) = actors.draft.as_ref().filter(|draft| draft.conn.is_none()) {
                <Editor draft={draft.clone()} on_act={on_act.clone()} />
            }
            for card in &actors.cards {
                <ActorCard
                    key={card.conn} card={Rc::clone(card)} on_act={on_act.clone()}
                    draft={actors.draft.clone().filter(|draft| draft.conn == Some(card.conn))}
                />
            }
        </section>
    }
}

#[derive(Properties)]
struct CardProps {
    card: Rc<Card>,
    draft: Option<Draft>,
    on_act: Callback<Act>,
}

impl PartialEq for CardProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.card, &other.card)
            && self.draft == other.draft
            && self.on_act == other.on_act
    }
}

#[component]
fn ActorCard(props: &CardProps) -> Html {
    let open = use_state_eq(|| false);
    let card = &props.card;
    let conn = card.conn;
    let (word, class) = card.word();
    let state = card.state.as_ref();
    let paused = state.is_some_and(|state| state.paused);
    let slow = state.map_or(1, |state| state.slow);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let on_slow = {
        let on_act = props.on_act.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(factor) = select.and_then(|select| select.value().parse().ok()) {
                on_act.emit(Act::Steer(conn, Steer::Slow { factor }));
            }
        })
    };
    let button = |text: &'static str, does: &'static str, act: Act, off: bool| {
        let on_act = props.on_act.clone();
        html! {
            <button class="line" type="button" title={does} disabled={off} onclick={move |_| on_act.emit(act.clone())}>{ text }</button>
        }
    };
    let steer = |steer: Steer| Act::Steer(conn, steer);
    let shown = if *open { usize::MAX } else { LINES_SHUT };
    let skipped = card.lines.len().saturating_sub(shown);
    html! {
        <section class="actor" ~style={format!("--c:{}", colour::client_var(conn))} aria-label={words::actor(&card.name)} data-state={word}>
            <header>
                <b>{ format::client_letter(conn) }</b>
                <span class="who">{ &card.name }</span>
                <span class={classes!("tag", class)}>{ word }</span>
            </header>
            if let Some(fault) = card.fault() {
                <p class="fault" role="alert">{ words::fault(fault.line, &fault.text) }</p>
            }
            <p class="facts num">
                if let Some(state) = state {
                    { words::done(state.sent, state.errors, state.failed) }
                    if let Some(here) = card.here() {
                        { words::at_line(state.line) }<span class="mono" title={here.to_string()}>{ here }</span>
                    }
                }
            </p>
            <div class={classes!("log", open.then_some("open"))} role="log" aria-live="off" aria-label={words::what_it_says(&card.name)} tabindex="0">
                // Without keys: where an actor is quick all lines are others each time, and texts change at less cost than elements.
                for line in card.lines.iter().skip(skipped) {
                    <div class={line_class(line.kind)}>
                        if line.kind == LineKind::Sent {
                            <span class="p">{ format!("{}> ", format::client_letter(conn)) }</span>
                        }
                        { &line.text }
                    </div>
                }
            </div>
            <div class="actor-tools">
                if paused {
                    { button(words::RESUME, words::RESUME_DOES, steer(Steer::Resume), card.over()) }
                } else {
                    { button(words::PAUSE, words::PAUSE_DOES, steer(Steer::Pause), card.over()) }
                }
                { button(words::CRASH, words::CRASH_DOES, steer(Steer::Crash), card.over()) }
                { button(words::RESTART, words::RESTART_DOES, steer(Steer::Restart), false) }
                <select aria-label={words::how_slow(&card.name)} title={words::SLOW_MEANS} onchange={on_slow}>
                    for factor in SLOW {
                        <option value={factor.to_string()} selected={slow == factor}>{ words::slower(factor) }</option>
                    }
                </select>
                { button(words::EDIT, words::EDIT_DOES, Act::Edit(conn), false) }
                { button(words::REMOVE, words::REMOVE_DOES, steer(Steer::Remove), false) }
                <button class="line more" type="button" aria-expanded={open.to_string()} onclick={toggle}>{ if *open { words::LESS } else { words::MORE } }</button>
            </div>
            if let Some(draft) = &props.draft {
                <Editor draft={draft.clone()} on_act={props.on_act.clone()} />
            }
        </section>
    }
}

fn line_class(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Sent => "cmd",
        LineKind::Reply => "r",
        LineKind::Error => "r err",
        LineKind::Note => "nil",
    }
}

#[derive(Properties, PartialEq)]
struct EditorProps {
    draft: Draft,
    on_act: Callback<Act>,
}

/// The text that is being written, and what is wrong with it.
#[component]
fn Editor(props: &EditorProps) -> Html {
    let area = use_node_ref();
    let draft = &props.draft;
    // Set by hand: a text area that is drawn anew with its own text would lose the place of the cursor.
    use_effect_with((area.clone(), draft.text.clone()), |(area, text)| {
        if let Some(area) = area.cast::<HtmlTextAreaElement>()
            && area.value() != *text
        {
            area.set_value(text);
        }
    });
    use_effect_with(area.clone(), |area| {
        if let Some(area) = area.cast::<HtmlTextAreaElement>() {
            let _ = area.focus();
        }
    });
    let on_text = props.on_act.reform(|event: InputEvent| {
        let area = event.target_dyn_into::<HtmlTextAreaElement>();
        Act::Text(area.map(|area| area.value()).unwrap_or_default())
    });
    let on_name = props.on_act.reform(|event: InputEvent| {
        let field = event.target_dyn_into::<HtmlInputElement>();
        Act::Name(field.map(|field| field.value()).unwrap_or_default())
    });
    let onkeydown = {
        let on_act = props.on_act.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => on_act.emit(Act::Cancel),
            "Enter" if event.ctrl_key() || event.meta_key() => {
                event.prevent_default();
                on_act.emit(Act::Save);
            }
            _ => {}
        })
    };
    let act = |act: Act| {
        let on_act = props.on_act.clone();
        move |_: MouseEvent| on_act.emit(act.clone())
    };
    let wrong = draft
        .fault
        .as_ref()
        .map(|fault| format!("--wrong:{}", fault.line - 1));
    let rows = draft.text.lines().count().clamp(6, 18);
    html! {
        <form class="actor-editor" aria-label={words::TEXT_OF_AN_ACTOR} onsubmit={|event: SubmitEvent| event.prevent_default()} {onkeydown}>
            <label><span>{ words::NAME }</span><input value={draft.name.clone()} oninput={on_name} spellcheck="false" autocomplete="off" /></label>
            <textarea
                ref={area} aria-label={words::TEXT} class={classes!(draft.fault.is_some().then_some("wrong"))} ~style={wrong.unwrap_or_default()} rows={rows.to_string()}
                oninput={on_text} wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off" aria-describedby="actor-fault"
            />
            <p class="fault" id="actor-fault" role="status">
                if let Some(fault) = &draft.fault {
                    { words::fault(fault.line, &fault.text) }
                }
            </p>
            <details class="twin">
                <summary>{ words::WHAT_CAN_BE_WRITTEN }</summary>
                <p>
                    { said(words::language(|code| html! { <code>{ code }</code> })) }
                </p>
            </details>
            <div class="actor-tools">
                <button class="solid" type="button" disabled={draft.fault.is_some()} title={words::KEY_SAVES} onclick={act(Act::Save)}>{ if draft.conn.is_some() { words::START_AGAIN } else { words::START_IT } }</button>
                <button class="line" type="button" title={words::KEY_CANCELS} onclick={act(Act::Cancel)}>{ words::CANCEL }</button>
            </div>
        </form>
    }
}

/// The connections of the actors, for the timeline.
pub fn conns(actors: &Actors) -> Vec<Conn> {
    actors.cards.iter().map(|card| card.conn).collect()
}
