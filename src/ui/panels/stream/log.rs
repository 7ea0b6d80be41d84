//! The log: each entry in view, and dashes for what is gone.

use yew::prelude::*;

use crate::app::lane::Column;
use crate::app::words::stream as words;
use crate::app::{colour, format, show};
use crate::session::message::{EntryRow, GroupView};

/// What the log needs.
#[derive(Properties, PartialEq)]
pub struct LogProps {
    /// The entries, oldest first.
    pub entries: Vec<EntryRow>,
    /// The columns that they stand in.
    pub columns: Vec<Column>,
    /// How many entries are gone before the first one.
    pub before: AttrValue,
    /// The groups that tell how each entry stands.
    pub groups: Vec<GroupView>,
    /// How many of the view's entries stand before those shown.
    pub skip: usize,
    /// The entry whose fields are shown.
    pub picked: Option<String>,
    /// The entry that is followed.
    pub followed: Option<String>,
    /// Another entry is pointed at.
    pub on_pick: Callback<String>,
    /// An entry is to be followed.
    pub on_follow: Callback<String>,
}

/// What an entry is to the groups.
enum Standing<'a> {
    /// No group has it to come or pending.
    Past,
    /// It is pending for a consumer, in the only group.
    Held(&'a [u8]),
    /// It is pending in some groups.
    HeldIn(usize),
    /// Some group has yet to deliver it, and it is pending in none.
    ToCome,
}

impl<'a> Standing<'a> {
    fn of(entry: &EntryRow, place: usize, groups: &'a [GroupView]) -> Self {
        let holds = |group: &'a GroupView| group.in_view.iter().find(|row| row.id == entry.id);
        let mut held = groups.iter().filter_map(holds);
        match (held.next(), groups.len()) {
            (Some(row), 1) => Self::Held(&row.consumer),
            (Some(_), _) => Self::HeldIn(1 + held.count()),
            (None, 0) => Self::ToCome,
            (None, _) if groups.iter().all(|g| place < g.delivered_in_view) => Self::Past,
            (None, _) => Self::ToCome,
        }
    }

    fn class(&self) -> Classes {
        match self {
            Self::Held(consumer) => classes!("strm-held", colour::consumer_tag(consumer)),
            Self::HeldIn(_) => classes!("strm-held"),
            Self::Past => classes!("strm-past"),
            Self::ToCome => classes!(),
        }
    }

    fn words(&self, grouped: bool) -> String {
        match self {
            Self::Held(consumer) => words::after_pending_for(&format::lossy(consumer)),
            Self::HeldIn(count) => words::after_pending_in(*count),
            Self::Past => words::AFTER_PAST.into(),
            Self::ToCome if grouped => words::AFTER_TO_COME.into(),
            Self::ToCome => String::new(),
        }
    }
}

/// The log.
#[component]
pub fn Log(props: &LogProps) -> Html {
    let labels = show::lane_ids(props.entries.iter().map(|entry| entry.id.as_str()));
    let at = |id: &str| format!("ent-{id}");
    // Arrow keys walk the log; what is walked to is told by aria-activedescendant.
    let onkeydown = {
        let ids: Vec<String> = props.entries.iter().map(|entry| entry.id.clone()).collect();
        let picked = props.picked.clone();
        let (on_pick, on_follow) = (props.on_pick.clone(), props.on_follow.clone());
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
                "Enter" | " " => {
                    event.prevent_default();
                    if let Some(id) = ids.get(here) {
                        on_follow.emit(id.clone());
                    }
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            if let Some(id) = ids.get(to) {
                on_pick.emit(id.clone());
            }
        })
    };
    html! {
        <div
            class="strm-log" role="listbox" tabindex="0" aria-label={words::ENTRIES} aria-orientation="horizontal"
            aria-activedescendant={props.picked.as_ref().map(|id| at(id))} {onkeydown}
        >
            for column in &props.columns {
                { match column {
                    Column::Before => html! { <span key="before" class="strm-gone" role="presentation" title={props.before.clone()}>{ "– –" }</span> },
                    Column::Gap(ids) => {
                        let title = words::deleted_ids(&ids.join(", "));
                        html! { <span key={ids.join(" ")} class="strm-gone" role="presentation" {title}>{ "–" }</span> }
                    }
                    Column::Entry(place) => match props.entries.get(*place).zip(labels.get(*place)) {
                        Some((entry, label)) => ent(props, entry, *place, label, at(&entry.id)),
                        None => Html::default(),
                    },
                } }
            }
        </div>
    }
}

fn ent(props: &LogProps, entry: &EntryRow, place: usize, label: &str, at: String) -> Html {
    let standing = Standing::of(entry, place + props.skip, &props.groups);
    let picked = props.picked.as_ref() == Some(&entry.id);
    let followed = props.followed.as_ref() == Some(&entry.id);
    let emit = |to: &Callback<String>| {
        let id = entry.id.clone();
        to.reform(move |_: MouseEvent| id.clone())
    };
    let words = format!("{}{}", entry.id, standing.words(!props.groups.is_empty()));
    html! {
        <div
            key={entry.id.clone()} id={at}
            class={classes!("strm-ent", standing.class(), picked.then_some("strm-picked"), followed.then_some("strm-followed"))}
            role="option" aria-selected={picked.to_string()} title={words.clone()}
            onmouseenter={emit(&props.on_pick)} onclick={emit(&props.on_follow)}
        >
            { label }<span class="vh">{ format!(" {words}") }</span>
        </div>
    }
}
