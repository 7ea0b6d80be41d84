//! The script editor: text, KEYS and ARGV, and, while a script stands still, what it is about to do.

mod code;
mod fields;
mod standing;

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::client::Who;
use crate::app::format;
use crate::app::script::ready::SCRIPTS;
use crate::app::script::{Act, List, Script};
use crate::app::words::script as words;
use crate::session::message::Conn;
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::said::said;
use crate::ui::widgets::tag;
use crate::ui::widgets::typed::Typed;
use code::Code;
use fields::{Fields, use_fields};
use standing::standing;

/// What the editor needs.
#[derive(Properties)]
pub struct ScriptProps {
    /// Its state.
    pub script: Rc<Script>,
    /// The clients.
    pub clients: Rc<[Who]>,
    /// Whether the chosen one can run a script now.
    pub can_run: bool,
    /// Whether it is pinned.
    pub pinned: bool,
    /// It is pinned or let go.
    pub on_pin: Callback<()>,
    /// It is closed.
    pub on_close: Callback<()>,
    /// Something is done in it.
    pub on_act: Callback<Act>,
}

impl PartialEq for ScriptProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.script, &other.script)
            && self.clients == other.clients
            && self.can_run == other.can_run
            && self.pinned == other.pinned
            && self.on_pin == other.on_pin
            && self.on_close == other.on_close
            && self.on_act == other.on_act
    }
}

/// The editor.
#[component]
pub fn ScriptPanel(props: &ScriptProps) -> Html {
    let script = &props.script;
    let stands = script.stand.is_some();
    let ready = script.ready();
    let on_text = use_callback(props.on_act.clone(), |text, on_act| {
        on_act.emit(Act::Text(text))
    });
    let on_type = use_callback(props.on_act.clone(), |line, on_act| {
        on_act.emit(Act::Type(line))
    });
    // Ctrl-Enter does what the first button does.
    let on_enter = use_callback(
        (props.on_act.clone(), stands, props.can_run),
        |(), (on_act, stands, can_run)| match (stands, can_run) {
            (true, _) => on_act.emit(Act::GoOn { to_end: false }),
            (false, true) => on_act.emit(Act::Run),
            (false, false) => {}
        },
    );
    let fields: Fields = use_fields(script, stands, &props.on_act, &on_enter);
    let other = script.is_other().then(|| script.line()).flatten();
    let meta = match &script.stand {
        Some(stand) => said(words::nobody_runs_until(tag::client(Some(stand.conn)))),
        None => html! { { words::RUN_WHOLE } },
    };
    html! {
        <Card
            name="" kind="script" words={words::TITLE} icon={Icon::Script} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="script">
                { tools(props) }
                <p class="vh" role="status">{ standing::said(script) }</p>
                <div class="script-body">
                    <div class="script-text">
                        if let Some(line) = other {
                            <Code
                                key="other" label={words::TEXT_THAT_STANDS} text={Rc::clone(script.shown())} line={Some(line)}
                                read_only={true} on_text={Callback::noop()} on_enter={on_enter.clone()}
                            />
                        }
                        <Code
                            key="own" label={words::TEXT} text={Rc::clone(&script.text)}
                            line={script.line().filter(|_| other.is_none())} error={script.error_line()}
                            read_only={stands} hidden={other.is_some()} {on_text} on_enter={on_enter.clone()}
                        />
                        { outcome(script) }
                    </div>
                    <div class="script-side" ref={fields.node.clone()} tabindex="0" role="group" aria-label={if stands { words::WHERE_IT_STANDS } else { words::WHAT_IT_IS_HANDED }}>
                        if let Some(stand) = &script.stand {
                            { standing(stand, script.line().is_none()) }
                        }
                        for list in List::BOTH {
                            { fields.draw(list) }
                        }
                        if let Some(first) = ready.and_then(|ready| ready.first).filter(|_| !stands) {
                            <div class="beside"><h3>{ words::TO_BEGIN_WITH }</h3><Typed line={first} on_command={on_type.clone()} /></div>
                        }
                        if let Some(line) = script.evalsha().filter(|_| !stands) {
                            <div class="beside"><h3>{ words::LOADED }</h3><Typed {line} on_command={on_type.clone()} /></div>
                        }
                    </div>
                </div>
            </div>
            <div class="why">
                { ready.map_or(words::YOUR_OWN_ABOUT, |ready| ready.about) }
                if let Some(ready) = ready.filter(|ready| !ready.instead.is_empty()) {
                    <div class="instead">
                        <b>{ words::OR }</b>
                        for instead in ready.instead {
                            <span><Typed line={script.instead(instead)} on_command={on_type.clone()} />{ " " }{ instead.note }</span>
                        }
                    </div>
                }
            </div>
        </Card>
    }
}

/// The menu of scripts, who runs it, and the buttons. The buttons keep their places, and with them the focus.
fn tools(props: &ScriptProps) -> Html {
    let script = &props.script;
    let stands = script.stand.is_some();
    let act = |act: Act, can: bool| {
        let on_act = props.on_act.clone();
        Callback::from(move |_: MouseEvent| {
            if can {
                on_act.emit(act.clone());
            }
        })
    };
    let selected = SCRIPTS.iter().position(|s| *s.text == *script.text);
    let on_pick = choice(&props.on_act, Act::Pick);
    let on_client = choice(&props.on_act, |at| Act::Client(at as Conn));
    let can = stands || props.can_run;
    let busy = (!can).then(|| words::busy(&format::client_letter(script.client)));
    let run = if stands {
        Act::GoOn { to_end: true }
    } else {
        Act::Run
    };
    let step = if stands {
        Act::GoOn { to_end: false }
    } else {
        Act::Step
    };
    let titles = match stands {
        true => (words::RUN_TO_END_DOES, words::NEXT_CALL_DOES),
        false => (words::RUN_DOES, words::STEP_DOES),
    };
    html! {
        <div class="script-tools">
            <select aria-label={words::READY_MADE} disabled={stands} onchange={on_pick}>
                if selected.is_none() {
                    <option selected={true} value="" disabled={true}>{ words::YOUR_OWN }</option>
                }
                for (i, ready) in SCRIPTS.iter().enumerate() {
                    <option value={i.to_string()} selected={selected == Some(i)}>{ ready.name }</option>
                }
            </select>
            <label class="as">
                <span>{ words::AS_CLIENT }</span>
                <select disabled={stands} onchange={on_client}>
                    for who in &*props.clients {
                        <option value={who.conn.to_string()} selected={script.client == who.conn}>{ who.name.clone() }</option>
                    }
                </select>
            </label>
            <button
                class="line" type="button" aria-disabled={(stands || !can).to_string()} title={busy.clone().unwrap_or_else(|| words::LOAD_DOES.into())}
                onclick={act(Act::Load, can && !stands)}
            >{ words::LOAD }</button>
            <button
                class={if stands { "solid" } else { "line" }} type="button" aria-disabled={(!can).to_string()} title={busy.clone().unwrap_or_else(|| titles.1.into())}
                onclick={act(step, can)}
            >{ if stands { words::NEXT_CALL } else { words::STEP } }</button>
            <button
                class={if stands { "line" } else { "solid" }} type="button" aria-disabled={(!can).to_string()} title={busy.unwrap_or_else(|| titles.0.into())}
                onclick={act(run, can)}
            >{ if stands { words::RUN_TO_END } else { words::RUN } }</button>
        </div>
    }
}

/// What is chosen from a list, by its number.
fn choice(on_act: &Callback<Act>, act: fn(usize) -> Act) -> Callback<Event> {
    let on_act = on_act.clone();
    Callback::from(move |event: Event| {
        let chosen = event
            .target_dyn_into::<HtmlSelectElement>()
            .and_then(|select| select.value().parse().ok());
        if let Some(at) = chosen {
            on_act.emit(act(at));
        }
    })
}

fn outcome(script: &Script) -> Html {
    let Some(outcome) = script.outcome.as_ref().filter(|_| script.stand.is_none()) else {
        return Html::default();
    };
    let error = outcome.text.starts_with("(error)");
    html! {
        <div class="outcome">
            { tag::client(Some(outcome.conn)) }
            <span class="dim">{ words::GOT }</span>
            <pre class={classes!("mono", error.then_some("err"))} tabindex="0" aria-label={words::REPLY}>{ &outcome.text }</pre>
        </div>
    }
}
