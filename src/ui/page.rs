//! The layout of the page, and the slices of state that its parts are handed.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::actors::{ActorsPanel, conns};
use super::client::Chips;
use super::clock::ClockBar;
use super::console::ConsolePanel;
use super::embed;
use super::help::Help;
use super::kept::{KeptBar, Sessions};
use super::lesson::{self, LessonPanel, LessonsButton};
use super::offline::NewVersion;
use super::panels::{Inspector, InspectorProps, KeysPanel};
use super::script;
use super::share::{Offered, ShareButton, WalkBar, listen};
use super::storage;
use super::store::Store;
use super::timeline::TimelineStrip;
use super::widgets::clock::Clock;
use super::widgets::icon::{Icon, icon};
use crate::app::kept::Kept;
use crate::app::past::Past;
use crate::app::share::page::Share;
use crate::app::stage::Subject;
use crate::app::words::keys::KEYS_AND_CHANNELS;
use crate::app::words::page as words;
use crate::app::{Action, Choice, State, Tab, Theme, example};
use crate::rest;
use crate::session::message::{ClockView, Millis, Panel, Travel};

/// Mounts the page and starts the server half.
pub fn mount() {
    let (seed, start) = beginning();
    if let Some(asked) = embed::asked() {
        embed::mount(asked, State::new(seed, start, Theme::System));
        return clear_boot();
    }
    let mut state = State::new(seed, start, script::saved_theme());
    state.whys = script::chosen(Choice::Whys);
    state.announces = script::chosen(Choice::Announce);
    if !rest::is_ahead() {
        state.begin_in_part();
    }
    let store = Store::new(state);
    // What the address holds is offered before anything opens.
    listen(&store);
    storage::open(&store);
    script::offer(&store);
    clear_boot();
    yew::Renderer::<Page>::with_props(PageProps { store }).render();
}

/// What stood in the page while it was loaded goes.
fn clear_boot() {
    let document = web_sys::window().and_then(|w| w.document());
    if let Some(boot) = document.and_then(|d| d.query_selector(".boot").ok().flatten()) {
        boot.remove();
    }
}

/// The seed of a new session's chance, and its first moment.
pub fn beginning() -> (u64, Millis) {
    #[allow(
        clippy::disallowed_methods,
        reason = "a session begins at the wall clock's moment, once"
    )]
    let start = js_sys::Date::now() as Millis;
    let seed = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
    (seed, start)
}

/// What the page hangs on.
#[derive(Properties, PartialEq)]
pub struct PageProps {
    /// The store.
    pub store: Store,
}

/// How long after its first drawing the page is drawn whole, in milliseconds: until then the consoles have its time.
const WHOLE_AFTER: u32 = 50;

/// What the page is drawn in, one after the other, where drawing takes long.
const PARTS: usize = 3;
const CONSOLES: usize = 0;
const INSPECTORS: usize = 1;
/// And the keys.
const TIMELINE: usize = 2;

/// What was drawn last of each part of the page.
#[derive(Default)]
struct Drawn {
    keys: Html,
    inspectors: Html,
    consoles: Html,
    timeline: Html,
    /// Whether the page was whole, and which inspector was the newest.
    of: Option<(bool, Option<(Panel, usize)>)>,
}

#[wasm_bindgen]
extern "C" {
    /// Tells of an error that nobody caught: boot.js listens.
    #[wasm_bindgen(js_name = reportError)]
    fn report_error(error: &JsValue);
}

/// Whether what stands around the consoles is drawn as it is now. Until the first drawing is on the screen and the rest of both
/// wasm files has come it stays as that has it, so that a first prompt does not wait for what the page opens on.
#[hook]
fn use_whole(store: &Store) -> bool {
    let there = use_state_eq(|| false);
    {
        let there = there.clone();
        use_effect_with(store.clone(), move |store| {
            let store = store.clone();
            let timer = Timeout::new(WHOLE_AFTER, move || {
                spawn_local(async move {
                    match rest::soon().await {
                        Ok(()) => {
                            there.set(true);
                            store.dispatch(Action::Whole);
                        }
                        Err(error) => report_error(&error),
                    }
                });
            });
            move || drop(timer)
        });
    }
    *there && !store.read(State::is_in_part)
}

/// The whole page. Drawn again at most once a frame; its parts only where their slice changed.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let store = &props.store;
    let redraw = use_force_update();
    use_effect_with(store.clone(), move |store| {
        store.on_redraw(Callback::from(move |()| redraw.force_update()));
        store.in_parts(PARTS);
    });
    // An inspector that is newer than all before is brought into view, but for those that the page opens on; the others stay where they are.
    let newest = store.read(State::newest_panel);
    let before = use_mut_ref(|| None::<Panel>);
    let used = store.read(State::is_used);
    use_effect_with(newest, move |&newest| {
        let document = web_sys::window().and_then(|w| w.document());
        let was = before.replace(newest.map(|(panel, _)| panel));
        let card = newest.and_then(|(panel, at)| {
            if !used || was >= Some(panel) {
                return None;
            }
            document?
                .query_selector(&format!(".stage > :nth-child({})", at + 1))
                .ok()?
        });
        if let Some(card) = card {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            card.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let keys = store.read(|state| state.keys.all);
    use_effect_with((keys, store.read(State::in_past)), |(keys, past)| {
        let document = web_sys::window().and_then(|w| w.document());
        if let Some(document) = document {
            document.set_title(&words::title(*keys, *past));
        }
    });
    let whole = use_whole(store);
    let drawn = use_mut_ref(Drawn::default);
    store.read(|state| {
        let drawn = &mut *drawn.borrow_mut();
        let of = Some((whole, newest));
        let part = store.part().filter(|_| drawn.of == of);
        drawn.of = of;
        let draws = |of: usize| part.is_none_or(|part| part == of);
        let clock = Clock { now_at_frame: state.clock.now, frame_wall: state.clock.wall, running: state.clock_runs(), speed: state.time.speed };
        let tab = match state.tab {
            Tab::Keys => "keys",
            Tab::Stage => "stage",
            Tab::Consoles => "consoles",
            Tab::Lesson => "lesson",
        };
        let teaches = lesson::is_open(state);
        let clients = state.clients();
        let places = clients.len();
        // What the layout hangs on stands in attributes: a selector that looks for it from above makes the browser style the
        // whole page anew with every element that comes or goes.
        let many = places > 3;
        let walks = state.share().walk.as_ref().is_some_and(|walk| !walk.quiet);
        let slots = state.stage.slots();
        let scripts = slots.iter().any(|slot| slot.subject == Subject::Script);
        let tall = slots.iter().any(|slot| slot.tall);
        let timeline = || html! {
            <TimelineStrip timeline={Rc::clone(&state.timeline)} past={Rc::clone(state.past())} start={state.log().start} clients={Rc::clone(&clients)} actors={conns(&state.actors)} />
        };
        if draws(INSPECTORS) && whole {
            drawn.inspectors = html! {
                for slot in slots {
                    <Inspector key={slot.panel} ..InspectorProps::of(state, slot, &clients, true) />
                }
            };
        }
        if draws(CONSOLES) {
            drawn.consoles = html! {
                <>
                    <div class="row">
                    for (at, console) in state.consoles.iter().enumerate() {
                        <ConsolePanel key={console.conn} console={Rc::clone(console)} commands={Rc::clone(&state.commands)} place={(at, places)} />
                    }
                    </div>
                    <ActorsPanel actors={Rc::clone(&state.actors)} />
                </>
            };
        }
        // In the first drawing, when there is no key yet, it holds the keys' place; and the timeline, whose height hangs on what it shows.
        if !whole && drawn.timeline == Html::default() {
            drawn.keys = html! { <nav class="keys" aria-busy="true" aria-label={KEYS_AND_CHANNELS} /> };
            drawn.timeline = timeline();
        }
        if draws(TIMELINE) && whole {
            drawn.keys = html! {
                <KeysPanel
                    keys={Rc::clone(&state.keys)}
                    pubsub={Rc::clone(&state.pubsub)}
                    stage={Rc::clone(&state.stage)}
                    listing={Rc::clone(&state.listing)}
                />
            };
            drawn.timeline = timeline();
        }
        html! {
            <ContextProvider<Store> context={store.clone()}>
            <ContextProvider<Clock> context={clock}>
                <div class="page" data-view={tab} data-lesson={teaches.then_some("")} data-walk={walks.then_some("")} data-many={many.then_some("")} ~style={state.hues()}>
                    <Bar theme={state.theme} {tab} full={places >= crate::app::CLIENTS_MAX} time={Rc::clone(&state.time)} stands={state.script.stand.is_some()} {teaches} kept={Rc::clone(state.kept())} share={Rc::clone(state.share())} title={state.title().to_string()} />
                    <div class="over">
                    if let Some(notice) = &state.notice {
                        <div class="notice" role="alert">
                            <span>{ notice }</span>
                            if let Some(branch) = state.way_back() {
                                <button class="line" onclick={store.callback(move |_| Action::Travel(Travel::Walk(branch)))}>{ words::go_back_to(&Past::branch_name(branch)) }</button>
                            }
                            <button class="line" type="button" onclick={store.callback(|_| Action::Dismiss)}>{ words::DISMISS }</button>
                        </div>
                    }
                    <NewVersion keeps={state.keeps()} />
                    <WalkBar share={Rc::clone(state.share())} />
                    </div>
                    <Offered share={Rc::clone(state.share())} keeps={state.kept().own.is_some()} />
                    <KeptBar kept={Rc::clone(state.kept())} />
                    <p class="vh" role="status" aria-label={words::WHAT_CHANGED}>{ state.announced().to_owned() }</p>
                    <main class="parts">
                    if teaches {
                        <LessonPanel lessons={Rc::clone(state.lessons())} />
                    }
                    { drawn.keys.clone() }
                    <section class="stage" aria-busy={(!whole).then_some("true")} data-script={scripts.then_some("")} data-tall={tall.then_some("")} aria-label={words::INSPECTORS} tabindex="-1">
                        { drawn.inspectors.clone() }
                    </section>
                    <section class="consoles" data-many={many.then_some("")} aria-label={words::CONSOLES}>
                        if state.share().title.is_none() {
                            <p class="try">{ example::TRY }</p>
                        }
                        if many {
                            <Chips consoles={state.consoles.clone()} />
                        }
                        { drawn.consoles.clone() }
                    </section>
                    </main>
                    { drawn.timeline.clone() }
                </div>
            </ContextProvider<Clock>>
            </ContextProvider<Store>>
        }
    })
}

#[derive(Properties, PartialEq)]
struct BarProps {
    theme: Theme,
    tab: &'static str,
    full: bool,
    time: Rc<ClockView>,
    stands: bool,
    teaches: bool,
    kept: Rc<Kept>,
    share: Rc<Share>,
    title: String,
}

#[component]
fn Bar(props: &BarProps) -> Html {
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let taught = props
        .teaches
        .then_some(("lesson", words::LESSON, Tab::Lesson));
    let tabs = [
        ("keys", words::KEYS, Tab::Keys),
        ("stage", words::INSPECT, Tab::Stage),
        ("consoles", words::CONSOLES, Tab::Consoles),
    ];
    let (next, name, lit) = match props.theme {
        Theme::System => (Theme::Light, words::THEME_SYSTEM, Icon::System),
        Theme::Light => (Theme::Dark, words::THEME_LIGHT, Icon::Light),
        Theme::Dark => (Theme::System, words::THEME_DARK, Icon::Dark),
    };
    html! {
        <header class="bar">
            <svg class="mark" viewBox="0 0 22 22" aria-hidden="true">
                <rect x="1.5" y="1.5" width="19" height="19" rx="5" fill="none" stroke="var(--ink)" stroke-width="2" />
                <path d="M6 15V9M11 15V6M16 15v-4" stroke="var(--client-1)" stroke-width="2.4" stroke-linecap="round" />
            </svg>
            <h1 class="brand">{ "Keyglass" }</h1>
            <span class="title">{ props.title.clone() }</span>
            <ClockBar time={Rc::clone(&props.time)} stands={props.stands} />
            <nav class="tabs" aria-label={words::PARTS}>
                for (id, text, tab) in taught.into_iter().chain(tabs) {
                    <button type="button" aria-pressed={(props.tab == id).to_string()} onclick={store.callback(move |_| Action::Turn(tab))}>{ text }</button>
                }
            </nav>
            <div class="acts">
                <LessonsButton />
                <Help />
                <Sessions kept={Rc::clone(&props.kept)} />
                <ShareButton share={Rc::clone(&props.share)} />
                <button class="tool" type="button" aria-label={name} title={name} onclick={store.callback(move |_| Action::Light(next))}>{ icon(lit) }</button>
                <button class="solid" type="button" disabled={props.full} onclick={store.callback(|_| Action::AddClient)}>{ words::ADD_CLIENT }</button>
            </div>
        </header>
    }
}
