//! The life of one entry: what happened to it, and what it is to each group now.

use yew::prelude::*;

use super::Claims;
use crate::app::words::stream as words;
use crate::app::{format, show};
use crate::session::message::{Begins, Bytes, EntryStanding, GroupView, LifeStep, LifeView, Step};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::said::said;
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
        <section class="strm-life" aria-label={words::life_of(&life.id)} data-follows={life.id.clone()}>
            <header>
                <code>{ &life.id }</code>
                if let Some(place) = place {
                    <button type="button" class="line" onclick={props.on_place.reform(move |_: MouseEvent| place)}>{ words::SHOW_IN_LOG }</button>
                }
                <button type="button" class="tool" aria-label={words::STOP_FOLLOWING} title={words::STOP_FOLLOWING} onclick={props.on_close.reform(|_: MouseEvent| ())}>{ icon(Icon::Close) }</button>
            </header>
            { fields(life.fields.as_deref()) }
            if let Begins::At(at) = life.begins {
                <p class="strm-note">{ said(words::story_begins(html! { <span class="num">{ show::time_of_day(at) }</span> })) }</p>
            }
            if life.steps.is_empty() {
                if life.begins == Begins::Unknown { <p class="strm-note">{ words::NOTHING_IS_KEPT }</p> }
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
                <p class="strm-note">{ words::unclear(life.unclear) }</p>
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
        return html! { <p class="strm-note"><span class="tag bad">{ words::DATA_GONE }</span>{ words::NOT_IN_LOG }</p> };
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
    let within = |group: &Bytes| several.then(|| format::lossy(group));
    said(match &step.what {
        LifeStep::Added => words::step_added(by),
        LifeStep::Delivered {
            group,
            consumer,
            how,
        } => words::step_delivered(tag::consumer(consumer), how, within(group).as_deref(), by),
        LifeStep::Claimed { group, from, to } => {
            let from = (!from.is_empty()).then(|| tag::consumer(from));
            words::step_claimed(from, tag::consumer(to), within(group).as_deref(), by)
        }
        LifeStep::Acknowledged { group } => words::step_acknowledged(by, within(group).as_deref()),
        LifeStep::Dropped { trimmed } => words::step_dropped(*trimmed, by),
        LifeStep::PendingGone { group } => words::step_pending_gone(by, within(group).as_deref()),
        LifeStep::Unassigned { group, consumer } => {
            let consumer = consumer.as_ref().map(|consumer| tag::consumer(consumer));
            words::step_unassigned(consumer, within(group).as_deref(), by)
        }
    })
}

fn now(props: &LifeProps, name: &Bytes, standing: &EntryStanding) -> Html {
    let key = show::word(&props.stream);
    let state = match standing {
        EntryStanding::ToCome => html! { <span>{ words::TO_COME }</span> },
        EntryStanding::Past => {
            html! { <span title={words::BEHIND_CURSOR_MEANS}>{ words::BEHIND_CURSOR }</span> }
        }
        EntryStanding::Pending(row) => {
            let group = props.groups.iter().position(|group| group.name == *name);
            let group = group.and_then(|at| props.groups.get(at).zip(props.claims.get(at)));
            html! {
                <>
                    <span>
                        { said(words::standing_pending(tag::consumer(&row.consumer), html! { <Since since={row.delivered_at} warn=true /> }, row.deliveries)) }
                    </span>
                    <span class="strm-acts">
                        <Typed line={format!("XACK {key} {} {}", show::word(name), row.id)} text={words::ACK} more={words::id_in(&row.id, &format::lossy(name))} on_command={props.on_command.clone()} />
                        if let Some((group, claims)) = group.filter(|_| !row.gone) {
                            { claims.button(group, row, &key, &props.on_command) }
                        }
                    </span>
                </>
            }
        }
    };
    html! { <li key={show::word(name)}><b>{ format::lossy(name) }</b>{ state }</li> }
}
