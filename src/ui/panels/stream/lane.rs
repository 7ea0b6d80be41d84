//! One group's lane: each entry in view by its state, and the group's cursor under it.

use yew::prelude::*;

use crate::app::{colour, format, show};
use crate::session::message::{EntryRow, GroupView};

/// What a lane needs.
#[derive(Properties, PartialEq)]
pub struct LaneProps {
    /// The entries, oldest first.
    pub entries: Vec<EntryRow>,
    /// How many entries of the stream stand before them.
    pub first: u64,
    /// The group; `None` where the stream has none.
    pub group: Option<GroupView>,
    /// How many of the entries the group has delivered.
    pub delivered: usize,
    /// The entry whose fields are shown.
    pub picked: Option<String>,
    /// Another entry is pointed at.
    pub on_pick: Callback<Option<String>>,
}

/// What an entry is to a group.
enum Standing<'a> {
    /// Delivered to a consumer that has not acknowledged it.
    Pending(&'a [u8]),
    /// Delivered; too many are pending to say by whom it is held.
    Held,
    /// Delivered and acknowledged.
    Done,
    /// Not delivered yet.
    ToCome,
}

impl<'a> Standing<'a> {
    fn of(entry: &EntryRow, index: usize, group: Option<&'a GroupView>, delivered: usize) -> Self {
        let Some(group) = group else {
            return Self::ToCome;
        };
        if let Some(row) = group.pending.iter().find(|row| row.id == entry.id) {
            return Self::Pending(&row.consumer);
        }
        let listed = group
            .pending
            .last()
            .is_none_or(|last| show::id_order(&entry.id) <= show::id_order(&last.id));
        match index < delivered {
            true if listed || group.pending_len == group.pending.len() => Self::Done,
            true => Self::Held,
            false => Self::ToCome,
        }
    }

    fn class(&self) -> Classes {
        match self {
            Self::Pending(consumer) => classes!("held", colour::consumer_tag(consumer)),
            Self::Held => classes!("held"),
            Self::Done => classes!("ack"),
            Self::ToCome => classes!(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Pending(consumer) => format!("pending for {}", format::lossy(consumer)),
            Self::Held => "pending".into(),
            Self::Done => "acknowledged".into(),
            Self::ToCome => "not delivered yet".into(),
        }
    }
}

/// The lane, and the cursor under it.
#[component]
pub fn Lane(props: &LaneProps) -> Html {
    let group = props.group.as_ref();
    let name = group.map_or_else(String::new, |g| format::lossy(&g.name));
    let labels = show::lane_ids(props.entries.iter().map(|entry| entry.id.as_str()));
    let at = |id: &str| format!("ent-{name}-{id}");
    // Arrow keys walk the lane; what is walked to is told by aria-activedescendant.
    let onkeydown = {
        let ids: Vec<String> = props.entries.iter().map(|entry| entry.id.clone()).collect();
        let (picked, on_pick) = (props.picked.clone(), props.on_pick.clone());
        Callback::from(move |event: KeyboardEvent| {
            let here = picked
                .as_ref()
                .and_then(|id| ids.iter().position(|other| other == id))
                .unwrap_or(ids.len().saturating_sub(1));
            let to = match event.key().as_str() {
                "ArrowLeft" | "ArrowUp" => here.saturating_sub(1),
                "ArrowRight" | "ArrowDown" => here + 1,
                "Home" => 0,
                "End" => ids.len().saturating_sub(1),
                _ => return,
            };
            event.prevent_default();
            if let Some(id) = ids.get(to) {
                on_pick.emit(Some(id.clone()));
            }
        })
    };
    let label = if name.is_empty() {
        "Entries".to_string()
    } else {
        format!("Entries as group {name} sees them")
    };
    let count = props.entries.len();
    html! {
        <div class="lane-group">
            if count > 0 {
                <div class="log" role="listbox" tabindex="0" aria-label={label} aria-orientation="horizontal" aria-activedescendant={props.picked.as_ref().map(|id| at(id))} {onkeydown}>
                    for (i, (entry, label)) in props.entries.iter().zip(labels).enumerate() {
                        { ent(props, entry, Standing::of(entry, i, group, props.delivered), label, at(&entry.id)) }
                    }
                </div>
            }
            if let Some(group) = group {
                { cursor(props, group, &name, count) }
            }
        </div>
    }
}

fn ent(
    props: &LaneProps,
    entry: &EntryRow,
    standing: Standing<'_>,
    label: String,
    at: String,
) -> Html {
    let picked = props.picked.as_ref() == Some(&entry.id);
    let pick = {
        let (id, on_pick) = (entry.id.clone(), props.on_pick.clone());
        move || on_pick.emit(Some(id.clone()))
    };
    let (over, click) = (pick.clone(), pick);
    let words = format!("{}, {}", entry.id, standing.words());
    html! {
        <div
            key={entry.id.clone()} id={at} class={classes!("ent", standing.class(), picked.then_some("picked"))} role="option"
            aria-selected={picked.to_string()} aria-label={words.clone()} title={words}
            onmouseenter={Callback::from(move |_| over())} onclick={Callback::from(move |_| click())}
        >
            { label }
        </div>
    }
}

/// The cursor stands between what has been delivered and what is to come, and its words on the side that has room.
fn cursor(props: &LaneProps, group: &GroupView, name: &str, count: usize) -> Html {
    let part = if count == 0 {
        1.0
    } else {
        props.delivered as f64 / count as f64
    };
    let to_come = match group.lag {
        Some(0) => "nothing to come".to_string(),
        Some(lag) => format!("{} to come", format::count(lag.unsigned_abs())),
        None => "how many are to come is not known".to_string(),
    };
    let side = match part {
        ..0.45 => "start",
        0.8.. => "end",
        _ => "mid",
    };
    let class = classes!("cursor", side);
    html! {
        <div {class} style={format!("--part:{part:.4}")} title={format!("last delivered: {}", group.last_delivered)}>
            <i aria-hidden="true" />
            <span><b>{ name }</b>{ " has delivered up to here" }</span>
            <span class="num">{ to_come }</span>
        </div>
    }
}
