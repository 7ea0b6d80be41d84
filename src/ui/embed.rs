//! The page as a part of another: the second of its two layouts, over the same state, and the line to the page around it,
//! which is `static/frame.js`.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::console::ConsolePanel;
use super::lesson::{self, LessonPanel};
use super::panels::{Inspector, InspectorProps};
use super::script;
use super::store::Store;
use super::widgets::clock::Clock;
use super::worker::renewing;
use crate::app::embed::{Act, Embed};
use crate::app::words::embed as words;
use crate::app::words::{common, page};
use crate::app::{Action, State};

#[wasm_bindgen(module = "/static/frame.js")]
extern "C" {
    /// What the address says, where it asks for this layout: the query, the fragment, and where the page stands.
    fn address() -> Option<Vec<JsValue>>;
    /// Tells the page around this one a message.
    pub fn say(text: &str);
    fn listen(heard: &Function);
    /// Tells it how high this one wants to be, from now on.
    fn measure();
    fn paint_one(property: &str, value: &str);
    /// Puts the cursor into the first line.
    pub fn focus();
}

/// What the address asks for.
pub struct Asked {
    embed: Embed,
    place: String,
}

/// What the address asks for, if the page is a part of another.
pub fn asked() -> Option<Asked> {
    let text = |value: &JsValue| value.as_string().unwrap_or_default();
    match address()?.as_slice() {
        [query, fragment, place] => Some(Asked {
            embed: Embed::read(&text(query), &text(fragment)),
            place: text(place),
        }),
        _ => None,
    }
}

/// Sets what the page around this one asks for.
pub fn paint(tokens: &[(&'static str, String)]) {
    for (property, value) in tokens {
        paint_one(property, value);
    }
}

/// Mounts it over a first state.
pub fn mount(asked: Asked, mut state: State) {
    state.embedded(asked.embed);
    state.announces = script::chosen(crate::app::Choice::Announce);
    let store = Store::new(state);
    script::offer(&store);
    let hears = {
        let store = store.clone();
        Closure::<dyn Fn(String)>::new(move |text| store.dispatch(Action::Embed(Act::Heard(text))))
    };
    store.on_renew(renewing(store.callback(|()| Action::Embed(Act::Reset))));
    store.dispatch(Action::Embed(Act::Open));
    listen(hears.as_ref().unchecked_ref());
    hears.forget(); // lives as long as the page
    let place: AttrValue = asked.place.into();
    yew::Renderer::<EmbedPage>::with_props(EmbedProps { store, place }).render();
    measure();
}

#[derive(Properties, PartialEq)]
struct EmbedProps {
    store: Store,
    /// Where the page stands, without query and fragment.
    place: AttrValue,
}

/// The whole of it. Drawn again at most once a frame; its parts only where their slice changed.
#[component]
fn EmbedPage(props: &EmbedProps) -> Html {
    let store = &props.store;
    let redraw = use_force_update();
    use_effect_with(store.clone(), move |store| {
        store.on_redraw(Callback::from(move |()| redraw.force_update()));
    });
    store.read(|state| {
        let Some(embed) = state.embed() else {
            return Html::default();
        };
        let clock = Clock { now_at_frame: state.clock.now, frame_wall: state.clock.wall, running: state.clock_runs(), speed: state.time.speed };
        let readonly = embed.options.readonly;
        let places = state.consoles.len();
        let (slots, clients) = (state.stage.chosen(), state.clients());
        let class = classes!("embed", readonly.then_some("readonly"), (places > 1).then_some("several"), lesson::is_open(state).then_some("teaches"));
        html! {
            <ContextProvider<Store> context={store.clone()}>
            <ContextProvider<Clock> context={clock}>
                <div {class}>
                    <h1 class="vh">{ if state.title().is_empty() { words::A_SESSION } else { state.title() } }</h1>
                    if let Some(notice) = &state.notice {
                        <div class="notice" role="alert">
                            <span>{ notice }</span>
                            <button class="line" type="button" onclick={store.callback(|_| Action::Dismiss)}>{ page::DISMISS }</button>
                        </div>
                    }
                    <p class="vh" role="status" aria-label={page::WHAT_CHANGED}>{ state.announced().to_owned() }</p>
                    <main class="embed-top">
                        if lesson::is_open(state) {
                            <LessonPanel lessons={Rc::clone(state.lessons())} />
                        }
                        <section class="embed-consoles" aria-label={words::COMMANDS}>
                            for (at, console) in state.consoles.iter().enumerate() {
                                <ConsolePanel key={console.conn} console={Rc::clone(console)} commands={Rc::clone(&state.commands)} place={(at, places)} still={state.still(console.conn)} named={places > 1} {readonly} />
                            }
                        </section>
                        <section class="embed-side" aria-label={page::INSPECTORS} tabindex="0">
                            if slots.is_empty() {
                                <p class="empty">{ words::NOTHING_YET }</p>
                            }
                            for slot in slots {
                                <Inspector key={slot.panel} ..InspectorProps::of(state, slot, &clients, !readonly) />
                            }
                        </section>
                    </main>
                    { foot(store, state, embed, &props.place) }
                </div>
            </ContextProvider<Clock>>
            </ContextProvider<Store>>
        }
    })
}

fn foot(store: &Store, state: &State, embed: &Rc<Embed>, place: &str) -> Html {
    let act = |act: Act| store.callback(move |_: MouseEvent| Action::Embed(act.clone()));
    let walk = state.share().walk.as_ref().filter(|walk| !walk.quiet);
    let over = walk.is_none_or(|walk| walk.shown().is_none());
    let (done, of) = walk.map_or((0, 0), |walk| walk.count());
    let waits = !embed.opened();
    let link = embed.link.as_ref().map(|link| format!("{place}{link}"));
    html! {
        <footer class="embed-foot">
            <div class="embed-acts" role="group" aria-label={words::ACTS}>
                if embed.has_commands() {
                    <button class="solid" type="button" disabled={waits || embed.runs()} onclick={act(Act::Run)}>{ words::RUN_ALL }</button>
                    <button class="line" type="button" disabled={waits || over || embed.runs()} onclick={act(Act::Step)}>{ words::STEP }</button>
                }
                <button class="line" type="button" disabled={waits} onclick={act(Act::Reset)}>{ words::RESET }</button>
            </div>
            if !embed.opened() {
                <span class="dim">{ common::LOADING }</span>
            } else if of > 0 && !embed.checks() {
                <span class="num dim nowrap embed-count">{ words::ran(done, of) }</span>
            }
            <span class="embed-check" role="status">
                { match &embed.checked {
                    Some(checked) if checked.passed => html! { <span class="good-text"><span aria-hidden="true">{ "✓ " }</span><span class="vh">{ words::PASSED }</span>{ embed.goal() }</span> },
                    Some(_) => html! { <span class="dim"><span aria-hidden="true">{ "○ " }</span><span class="vh">{ words::NOT_YET }</span>{ embed.goal() }</span> },
                    None => Html::default(),
                } }
            </span>
            if let Some(link) = link {
                <a class="embed-open" href={link} target="_blank" rel="noopener">{ words::OPEN }</a>
            }
        </footer>
    }
}
