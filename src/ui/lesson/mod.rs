//! A lesson beside the living page: its steps, what runs, and the list of lessons.

mod nodes;
mod plot;

use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::share::{place, use_dialog};
use super::store::Store;
use super::widgets::copy::Copy;
use crate::app::lesson::open::{Done, Open};
use crate::app::lesson::page::{Act, Lessons, NOTES_MAX};
use crate::app::lesson::shelf::{Listed, Progress, SHELF};
use crate::app::words::common;
use crate::app::words::lesson as words;
use crate::app::{Action, State};

#[wasm_bindgen(module = "/static/lesson.js")]
extern "C" {
    /// The text of a lesson of `static/lessons/`.
    fn fetch_lesson(name: &str) -> Promise;
    /// What reads a lesson made of its text, as bytes.
    fn read_lesson(text: &str) -> Promise;
    fn remembered(name: &str) -> Option<String>;
    fn remember(name: &str, progress: &str);
}

/// Carries out: fetch a lesson.
pub fn fetch(store: &Store, name: String) {
    let store = store.clone();
    spawn_local(async move {
        let text = JsFuture::from(fetch_lesson(&name)).await.ok();
        let act = match text.and_then(|text| text.as_string()) {
            Some(text) => {
                let progress = progress(&name);
                Act::Came(name, text, progress)
            }
            None => Act::Missing(name),
        };
        store.dispatch(Action::Lesson(act));
    });
}

/// Carries out: read a lesson.
pub fn read(store: &Store, name: String, text: String, progress: Progress) {
    let store = store.clone();
    spawn_local(async move {
        let bytes = JsFuture::from(read_lesson(&text)).await;
        let bytes = bytes.map(|bytes| Uint8Array::from(bytes).to_vec());
        let read = bytes
            .ok()
            .and_then(|bytes| postcard::from_bytes(&bytes).ok());
        let read = read.unwrap_or_else(|| Err(Vec::new()));
        store.dispatch(Action::Lesson(Act::Read(name, text, progress, read)));
    });
}

/// Carries out: remember how far the reader is.
pub fn keep(name: &str, progress: &Progress) {
    remember(name, &progress.written());
}

fn progress(name: &str) -> Progress {
    remembered(name)
        .map(|text| Progress::read(&text))
        .unwrap_or_default()
}

/// What the parts of a lesson hang on.
#[derive(Properties)]
pub struct LessonProps {
    /// What the page knows of lessons.
    pub lessons: Rc<Lessons>,
}

impl PartialEq for LessonProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.lessons, &other.lessons)
    }
}

/// The lesson that is open: the step that is shown, and the way through all of them.
#[component]
pub fn LessonPanel(props: &LessonProps) -> Html {
    let body = use_node_ref();
    let top = use_node_ref();
    let step = props
        .lessons
        .open
        .as_ref()
        .map(|open| (open.link_name(), open.step));
    let first = use_mut_ref(|| true);
    use_effect_with(step, {
        let (body, top) = (body.clone(), top.clone());
        move |_| {
            if let Some(body) = body.cast::<HtmlElement>() {
                body.set_scroll_top(0);
            }
            // Who turns a page reads on at its top; the page that has just opened takes no focus.
            if !first.replace(false)
                && let Some(top) = top.cast::<HtmlElement>()
            {
                let _ = top.focus();
            }
        }
    });
    let (Some(store), Some(open)) = (use_context::<Store>(), &props.lessons.open) else {
        return Html::default();
    };
    let (Some(shown), Some(stands)) = (open.shown(), open.stands()) else {
        return Html::default();
    };
    let act = |act: Act| store.callback(move |_: MouseEvent| Action::Lesson(act.clone()));
    let (done, all) = open.progress().count();
    let (last, link) = (open.step + 1 == all, format!("{}{}", place(), open.link()));
    html! {
        <section class="lesson" aria-label={words::LESSON}>
            <header class="lesson-top">
                <h2>{ open.lesson.title.clone() }</h2>
                <span class="num dim nowrap">{ words::done_of(done, all) }</span>
                <Copy what={words::LINK} text={Callback::from(move |()| link.clone())} />
                <button class="line" type="button" onclick={act(Act::Leave)} title={words::LEAVE}>{ common::CLOSE }</button>
                <ol class="lesson-steps" aria-label={words::CONTENTS}>
                    for (at, (of, stands)) in open.lesson.steps.iter().zip(&open.done).enumerate() {
                        <li key={at}>
                            <button type="button" class={classes!(stands.ticked.then_some("ticked"))} aria-current={(at == open.step).then_some("step")} aria-label={words::go_to(at + 1, &of.title, stands.ticked)} title={of.title.clone()} onclick={act(Act::Go(at))}>
                                { if stands.ticked { "✓".to_string() } else { (at + 1).to_string() } }
                            </button>
                        </li>
                    }
                </ol>
            </header>
            <div class="lesson-body" ref={body} tabindex="0" role="group" aria-label={shown.title.clone()}>
                if open.step == 0 {
                    <div class="lesson-intro">
                        { nodes::text(&open.lesson.intro, open) }
                    </div>
                }
                <h3 ref={top} tabindex="-1"><span class="dim num">{ words::step_of(open.step + 1, all) }</span>{ shown.title.clone() }</h3>
                if open.misses_earlier() {
                    <p class="lesson-before">
                        <span>{ words::CATCH_UP_MEANS }</span>
                        <button class="line" type="button" disabled={open.busy()} onclick={act(Act::CatchUp)}>{ words::CATCH_UP }</button>
                    </p>
                }
                { nodes::step(shown, stands, open, &store) }
                if shown.checks.is_empty() {
                    { by_hand(stands, &store) }
                }
                { notes(open, &store) }
            </div>
            <footer class="lesson-foot">
                <button class="line" type="button" disabled={open.step == 0} onclick={act(Act::Go(open.step.saturating_sub(1)))}>{ words::BACK }</button>
                <span class="lesson-ways">
                    <button type="button" title={words::RESET_MEANS} onclick={act(Act::Reset)}>{ words::RESET }</button>
                    <button type="button" title={words::TO_THE_LESSON_MEANS} onclick={act(Act::Back)}>{ words::TO_THE_LESSON }</button>
                </span>
                <button class={if stands.ticked { "solid" } else { "line" }} type="button" disabled={last} onclick={act(Act::Go(open.step + 1))}>{ words::NEXT }</button>
            </footer>
        </section>
    }
}

/// The tick of a step without checks.
fn by_hand(stands: &Done, store: &Store) -> Html {
    let ticked = stands.ticked;
    html! {
        <label class="choice"><input type="checkbox" checked={ticked} onchange={store.callback(move |_: Event| Action::Lesson(Act::Tick(!ticked)))} /><span>{ words::I_HAVE_READ_IT }</span></label>
    }
}

fn notes(open: &Open, store: &Store) -> Html {
    let oninput = store.callback(|event: InputEvent| {
        let area = event.target_dyn_into::<HtmlTextAreaElement>();
        Action::Lesson(Act::Notes(
            area.map(|area| area.value()).unwrap_or_default(),
        ))
    });
    html! {
        <details class="lesson-notes" open={!open.notes.is_empty()}>
            <summary>{ words::NOTES }</summary>
            <textarea rows="3" aria-label={words::NOTES} placeholder={words::NOTES_MEAN} maxlength={NOTES_MAX.to_string()} value={open.notes.clone()} {oninput} />
        </details>
    }
}

/// The button for the list of lessons, and the list.
#[component]
pub fn LessonsButton() -> Html {
    let open = use_state_eq(|| false);
    let dialog = use_dialog(*open);
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let onclose = {
        let open = open.clone();
        Callback::from(move |_: Event| open.set(false))
    };
    let set = |to: bool| {
        let open = open.clone();
        move |_: MouseEvent| open.set(to)
    };
    let one = |listed: &'static Listed| {
        let (done, all) = progress(listed.name).count();
        let (store, open) = (store.clone(), open.clone());
        let onclick = move |_: MouseEvent| {
            open.set(false);
            store.dispatch(Action::Lesson(Act::Ask(listed.name.into())));
        };
        html! {
            <li key={listed.name}>
                <button type="button" {onclick}>
                    <b>{ listed.title }</b>
                    <span class="dim num nowrap">{ if all == 0 { words::minutes(listed.minutes) } else { words::done_of(done, all) } }</span>
                    <span class="lesson-about">{ listed.about }</span>
                </button>
            </li>
        }
    };
    html! {
        <>
            <button type="button" aria-haspopup="dialog" onclick={set(true)}>{ words::LESSONS }</button>
            <dialog class="share lessons" ref={dialog} aria-labelledby="lessons-title" {onclose}>
                if *open {
                    <div class="dialog-top">
                        <h2 id="lessons-title">{ words::LESSONS }</h2>
                        <button class="line" type="button" onclick={set(false)}>{ common::CLOSE }</button>
                    </div>
                    <p class="dim">{ words::ABOUT }</p>
                    <ol class="lessons-list">{ for SHELF.iter().map(one) }</ol>
                }
            </dialog>
        </>
    }
}

/// Whether the page has a lesson beside it.
pub fn is_open(state: &State) -> bool {
    state.lessons().open.is_some()
}
