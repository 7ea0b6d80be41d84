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
use crate::session::message::Conn;
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
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
        Some(stand) => {
            html! { <>{ "nobody else runs until the script of " }{ tag::client(Some(stand.conn)) }{ " ends" }</> }
        }
        None => html! { "Lua 5.1, run whole: nobody else runs in between" },
    };
    html! {
        <Card
            name="" kind="script" words="Script" icon={Icon::Script} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="script">
                { tools(props) }
                <p class="vh" role="status">{ standing::said(script) }</p>
                <div class="script-body">
                    <div class="script-text">
                        if let Some(line) = other {
                            <Code
                                key="other" label="Text of the script that stands" text={Rc::clone(script.shown())} line={Some(line)}
                                read_only={true} on_text={Callback::noop()} on_enter={on_enter.clone()}
                            />
                        }
                        <Code
                            key="own" label="Script, in Lua. Tab indents; Escape, then Tab leaves" text={Rc::clone(&script.text)}
                            line={script.line().filter(|_| other.is_none())} error={script.error_line()}
                            read_only={stands} hidden={other.is_some()} {on_text} on_enter={on_enter.clone()}
                        />
                        { outcome(script) }
                    </div>
                    <div class="script-side" ref={fields.node.clone()} tabindex="0" role="group" aria-label={if stands { "Where the script stands" } else { "What the script is handed" }}>
                        if let Some(stand) = &script.stand {
                            { standing(stand, script.line().is_none()) }
                        }
                        for list in List::BOTH {
                            { fields.draw(list) }
                        }
                        if let Some(first) = ready.and_then(|ready| ready.first).filter(|_| !stands) {
                            <div class="beside"><h3>{ "To begin with" }</h3><Typed line={first} on_command={on_type.clone()} /></div>
                        }
                        if let Some(line) = script.evalsha().filter(|_| !stands) {
                            <div class="beside"><h3>{ "Loaded: by its SHA-1" }</h3><Typed {line} on_command={on_type.clone()} /></div>
                        }
                    </div>
                </div>
            </div>
            <div class="why">
                { ready.map_or("Your own script.", |ready| ready.about) }
                if let Some(ready) = ready.filter(|ready| !ready.instead.is_empty()) {
                    <div class="instead">
                        <b>{ "Or" }</b>
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
    let busy = (!can).then(|| {
        format!(
            "Client {} is busy: choose another",
            format::client_letter(script.client)
        )
    });
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
        true => (
            "Let it go on to its end",
            "Let it call its command and stand at the next (Ctrl-Enter)",
        ),
        false => (
            "Type EVAL in the client's console (Ctrl-Enter)",
            "Type EVAL, and stand still before each command that the script calls",
        ),
    };
    html! {
        <div class="script-tools">
            <select aria-label="Ready-made scripts" disabled={stands} onchange={on_pick}>
                if selected.is_none() {
                    <option selected={true} value="" disabled={true}>{ "Your own script" }</option>
                }
                for (i, ready) in SCRIPTS.iter().enumerate() {
                    <option value={i.to_string()} selected={selected == Some(i)}>{ ready.name }</option>
                }
            </select>
            <label class="as">
                <span>{ "as client " }</span>
                <select disabled={stands} onchange={on_client}>
                    for who in &*props.clients {
                        <option value={who.conn.to_string()} selected={script.client == who.conn}>{ who.name.clone() }</option>
                    }
                </select>
            </label>
            <button
                class="line" type="button" aria-disabled={(stands || !can).to_string()} title={busy.clone().unwrap_or_else(|| "Type SCRIPT LOAD: from then on its SHA-1 is enough to run it".into())}
                onclick={act(Act::Load, can && !stands)}
            >{ "Load" }</button>
            <button
                class={if stands { "solid" } else { "line" }} type="button" aria-disabled={(!can).to_string()} title={busy.clone().unwrap_or_else(|| titles.1.into())}
                onclick={act(step, can)}
            >{ if stands { "Next call" } else { "Step" } }</button>
            <button
                class={if stands { "line" } else { "solid" }} type="button" aria-disabled={(!can).to_string()} title={busy.unwrap_or_else(|| titles.0.into())}
                onclick={act(run, can)}
            >{ if stands { "Run to end" } else { "Run" } }</button>
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
            <span class="dim">{ "got" }</span>
            <pre class={classes!("mono", error.then_some("err"))} tabindex="0" aria-label="Reply">{ &outcome.text }</pre>
        </div>
    }
}
