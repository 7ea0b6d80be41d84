//! Where a script stands: the call it is about to make, the reply before it, and what its functions hold.

use yew::prelude::*;

use crate::app::script::Script;
use crate::app::words::script as words;
use crate::app::{format, show};
use crate::session::message::{ScriptFrame, ScriptView};
use crate::ui::widgets::said::said as pieces;
use crate::ui::widgets::tag;

/// The script that stands still; `unseen` says that the page has not seen its text.
pub fn standing(stand: &ScriptView, unseen: bool) -> Html {
    html! {
        <div class="standing">
            <p>{ pieces(words::stands_at(tag::client(Some(stand.conn)), html! { <b class="num">{ stand.line }</b> }, u64::from(stand.calls) + 1)) }
            </p>
            if unseen {
                <p class="dim">{ pieces(words::not_seen(html! { <span class="mono">{ &stand.name }</span> })) }</p>
            }
            <dl>
                <dt>{ words::ABOUT_TO_CALL }</dt>
                <dd class="mono call">{ call(stand) }</dd>
                if let Some(last) = &stand.last {
                    <dt>{ words::LAST_REPLY }</dt>
                    <dd class="mono">{ last.trim_end() }</dd>
                }
            </dl>
            for (i, frame) in stand.frames.iter().enumerate() {
                { locals(i, frame) }
            }
            <p class={if stand.waiting > 0 { "warn-text" } else { "dim" }}>{ waiting(stand) }</p>
        </div>
    }
}

fn call(stand: &ScriptView) -> String {
    let words: Vec<String> = stand.command.iter().map(|word| show::word(word)).collect();
    words.join(" ")
}

fn locals(at: usize, frame: &ScriptFrame) -> Html {
    let name = frame.name.as_deref().unwrap_or(words::THE_SCRIPT_ITSELF);
    html! {
        <table key={at} class="locals">
            <caption>{ name }<span class="dim num">{ words::at_line(frame.line) }</span></caption>
            <tbody>
                if frame.locals.is_empty() {
                    <tr><td class="dim">{ words::NO_LOCALS }</td></tr>
                }
                for (i, (name, value)) in frame.locals.iter().enumerate() {
                    <tr key={i}><th scope="row" class="mono">{ name }</th><td class="mono" title={value.clone()}>{ value }</td></tr>
                }
            </tbody>
        </table>
    }
}

fn waiting(stand: &ScriptView) -> String {
    words::inputs_wait(stand.waiting.into())
}

/// What a screen reader says of where it stands, or of what came of it.
pub fn said(script: &Script) -> String {
    match (&script.stand, &script.outcome) {
        (Some(stand), _) => words::stands_said(
            &format::client_letter(stand.conn),
            stand.line,
            &call(stand),
            &waiting(stand),
        ),
        (None, Some(outcome)) => words::got_said(
            &format::client_letter(outcome.conn),
            &format::shortened(&outcome.text, 300),
        ),
        (None, None) => String::new(),
    }
}
