//! The life of one entry: what happened to it, and what it is to each group now.

use yew::prelude::*;

use super::Claims;
use crate::app::{format, show};
use crate::session::message::{
    Begins, Bytes, Delivery, EntryStanding, GroupView, LifeStep, LifeView, Step,
};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Since;
use crate::ui::widgets::typed::Typed;

/// What an entry's life needs.
#[derive(Properties, PartialEq)]
pub struct LifeProps {
    /// The stream's key.
    pub stream: Bytes,
    /// The entry.
    pub life: LifeView,
    /// The stream's groups.
    pub groups: Vec<GroupView>,
    /// Who claims in each.
    pub claims: Vec<Claims>,
    /// Whether it is among the entries shown.
    pub shown: bool,
    /// The log is to be shown from this place on.
    pub on_place: Callback<u64>,
    /// It is followed no more.
    pub on_close: Callback<()>,
    /// A command is to be typed in a console.
    pub on_command: Callback<String>,
}

/// An entry's life.
#[component]
pub fn Life(props: &LifeProps) -> Html {
    let life = &props.life;
    let first = life.steps.first().map(|step| step.at);
    let several = props.groups.len() > 1;
    let place = life.place.filter(|_| !props.shown);
    html! {
        <section class="strm-life" aria-label={format!("The life of {}", life.id)} data-follows={life.id.clone()}>
            <header>
                <code>{ &life.id }</code>
                if let Some(place) = place {
                    <button type="button" class="line" onclick={props.on_place.reform(move |_: MouseEvent| place)}>{ "Show in the log" }</button>
                }
                <button type="button" class="tool" aria-label="Stop following" title="Stop following" onclick={props.on_close.reform(|_: MouseEvent| ())}>{ icon(Icon::Close) }</button>
            </header>
            { fields(life.fields.as_deref()) }
            if let Begins::At(at) = life.begins {
                <p class="strm-note">{ "The story that is kept begins at " }<span class="num">{ show::time_of_day(at) }</span>{ ". What came before is no longer known." }</p>
            }
            if life.steps.is_empty() {
                if life.begins == Begins::Unknown { <p class="strm-note">{ "Nothing is kept of how it came here." }</p> }
            } else {
                <ol class="strm-steps">
                    for (i, step) in life.steps.iter().enumerate() {
                        <li key={i}>
                            <span class="num dim">{ first.map(|first| format!("+{}", format::duration(step.at.saturating_sub(first)))) }</span>
                            <span>{ told(step, several) }</span>
                        </li>
                    }
                </ol>
            }
            if life.unclear > 0 {
                <p class="strm-note">{ match life.unclear {
                    1 => "One command on many entries at once may have been about it too: only the first of such entries are kept.".to_string(),
                    count => format!("{} commands on many entries at once may have been about it too: only the first of such entries are kept.", format::count(count)),
                } }</p>
            }
            if !life.standings.is_empty() {
                <ul class="strm-now">
                    for (name, standing) in &life.standings { { now(props, name, standing) } }
                </ul>
            }
        </section>
    }
}

/// An entry's fields.
pub fn fields(fields: Option<&[(Bytes, Bytes)]>) -> Html {
    let Some(fields) = fields else {
        return html! { <p class="strm-note"><span class="tag bad">{ "data gone" }</span>{ " It is not in the log." }</p> };
    };
    html! {
        <dl class="strm-fields">
            for (i, (field, value)) in fields.iter().enumerate() {
                <div key={i}><dt>{ format::lossy(field) }</dt><dd>{ format::lossy(value) }</dd></div>
            }
        </dl>
    }
}

fn told(step: &Step, several: bool) -> Html {
    let by = tag::client(step.conn);
    let within = |group: &Bytes| match several {
        true => format!(" in {}", format::lossy(group)),
        false => String::new(),
    };
    match &step.what {
        LifeStep::Added => html! { <>{ "added by " }{ by }</> },
        LifeStep::Delivered {
            group,
            consumer,
            how,
        } => {
            let what = match how {
                Delivery::New => ": pending",
                Delivery::NoAck => " with NOACK: not pending",
                Delivery::Again => " again, which counts as a delivery",
            };
            html! { <>{ "delivered to " }{ tag::consumer(consumer) }{ what }{ within(group) }{ ", asked by " }{ by }</> }
        }
        LifeStep::Claimed { group, from, to } => html! {
            <>
                { "claimed" }
                if !from.is_empty() { { " from " }{ tag::consumer(from) } }
                { " for " }{ tag::consumer(to) }{ within(group) }{ " by " }{ by }
            </>
        },
        LifeStep::Acknowledged { group } => {
            html! { <>{ "acknowledged by " }{ by }{ within(group) }{ ": no longer pending" }</> }
        }
        LifeStep::Dropped { trimmed: true } => {
            html! { <>{ "trimmed off the log by " }{ by }</> }
        }
        LifeStep::Dropped { trimmed: false } => {
            html! { <>{ "deleted from the log by " }{ by }</> }
        }
        LifeStep::PendingGone { group } => {
            html! { <>{ "claimed by " }{ by }{ within(group) }{ ", who found its data gone: no longer pending" }</> }
        }
        LifeStep::Unassigned { group, consumer } => html! {
            <>
                if let Some(consumer) = consumer { { "went with its consumer " }{ tag::consumer(consumer) } } else { { "went with its group" } }
                { within(group) }{ ", deleted by " }{ by }{ ": no longer pending" }
            </>
        },
    }
}

fn now(props: &LifeProps, name: &Bytes, standing: &EntryStanding) -> Html {
    let key = show::word(&props.stream);
    let state = match standing {
        EntryStanding::ToCome => html! { <span>{ "to come" }</span> },
        EntryStanding::Past => {
            html! { <span title="The group's cursor is past it, and it is not pending: acknowledged, read with NOACK, or passed over">{ "behind the cursor, not pending" }</span> }
        }
        EntryStanding::Pending(row) => {
            let group = props.groups.iter().position(|group| group.name == *name);
            let group = group.and_then(|at| props.groups.get(at).zip(props.claims.get(at)));
            html! {
                <>
                    <span>
                        { "pending for " }{ tag::consumer(&row.consumer) }{ ", idle " }<Since since={row.delivered_at} warn=true />
                        { format!(", delivered {} time{}", format::count(row.deliveries), if row.deliveries == 1 { "" } else { "s" }) }
                    </span>
                    <span class="strm-acts">
                        <Typed line={format!("XACK {key} {} {}", show::word(name), row.id)} text="Ack" more={format!("{} in {}", row.id, format::lossy(name))} on_command={props.on_command.clone()} />
                        if let Some((group, claims)) = group.filter(|_| !row.gone) {
                            { claims.button(group, row, &key, &props.on_command) }
                        }
                    </span>
                </>
            }
        }
    };
    html! { <li key={format::lossy(name)}><b>{ format::lossy(name) }</b>{ state }</li> }
}
