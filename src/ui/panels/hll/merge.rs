//! What a merge with another HyperLogLog would make, register by register.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::registers::merged;
use crate::app::table::Table;
use crate::app::{format, show};
use crate::session::message::{Bytes, HllView, OtherHll};
use crate::ui::widgets::twin::Twin;
use crate::ui::widgets::typed::Typed;

/// What a merge needs.
#[derive(Properties, PartialEq)]
pub struct MergeProps {
    /// The HyperLogLog.
    pub hll: HllView,
    /// Its key, as one argument.
    pub word: AttrValue,
    /// Another key was chosen.
    pub on_key: Callback<Option<Bytes>>,
    /// A command is to be typed in a console.
    pub on_command: Callback<String>,
}

/// The choice of another key, and what both together are.
#[component]
pub fn Merge(props: &MergeProps) -> Html {
    let Some(merge) = &props.hll.merge else {
        return Html::default();
    };
    if merge.keys.is_empty() {
        return html! {
            <p class="empty">{ "There is no other HyperLogLog. Make one: " }<Typed line="PFADD visitors:other ann zoe" on_command={props.on_command.clone()} /></p>
        };
    }
    let keys = merge.keys.clone();
    let onchange = props.on_key.reform(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>()?;
        keys.get(select.value().parse::<usize>().ok()?).cloned()
    });
    let chosen = merge.other.as_ref().map(|other| &other.key);
    html! {
        <>
            <label class="hll-field">
                <span>{ "Merge with" }</span>
                <select {onchange}>
                    <option value="" selected={chosen.is_none()}>{ "choose a key" }</option>
                    for (i, key) in merge.keys.iter().enumerate() {
                        <option value={i.to_string()} selected={chosen == Some(key)}>{ format::lossy(key) }</option>
                    }
                </select>
            </label>
            if let Some(other) = &merge.other { { both(props, other) } } else {
                <p class="empty">{ "A merge takes, for each register, the greater of two." }</p>
            }
        </>
    }
}

fn both(props: &MergeProps, other: &OtherHll) -> Html {
    let counts = merged(&props.hll.registers, &other.registers);
    let [neither, same, this, that] = counts.map(|n| format::count(n as u64));
    let table = {
        let (mine, theirs) = (props.hll.registers.clone(), other.registers.clone());
        Callback::from(move |()| registers(&mine, &theirs))
    };
    let truth = other.truth.map_or_else(String::new, |truth| {
        format!(" · true count {}", format::count(truth as u64))
    });
    let theirs = show::word(&other.key);
    html! {
        <>
            <div class="big num">{ format::count(other.union) }</div>
            <div class="dim num">{ format!("estimated of both together{truth}; {} here, {} there. Nothing is changed.", format::count(props.hll.estimate), format::count(other.estimate)) }</div>
            <Twin what="registers of both" {table}>
                <ul class="hll-from num" aria-label="Where the registers of the merge come from">
                    <li><i class="hll-this" />{ format!("{this} from this one") }</li>
                    <li><i class="hll-that" />{ format!("{that} from the other") }</li>
                    <li><i class="hll-same" />{ format!("{same} the same in both") }</li>
                    <li><i class="hll-none" />{ format!("{neither} at 0 in both") }</li>
                </ul>
            </Twin>
            <p class="hll-types">
                <Typed line={format!("PFCOUNT {} {theirs}", props.word)} on_command={props.on_command.clone()} />
                <Typed line={format!("PFMERGE merged {} {theirs}", props.word)} on_command={props.on_command.clone()} />
            </p>
        </>
    }
}

/// The registers that either has used, the first of them.
fn registers(mine: &[u8], theirs: &[u8]) -> Table {
    /// Rows of the table at most.
    const ROWS_MAX: usize = 500;
    let mut table = Table::new(&["Register", "This", "Other", "Merged"]);
    let used = mine
        .iter()
        .zip(theirs)
        .enumerate()
        .filter(|(_, (a, b))| **a > 0 || **b > 0);
    for (at, (a, b)) in used.take(ROWS_MAX) {
        table.row([
            at.to_string(),
            a.to_string(),
            b.to_string(),
            a.max(b).to_string(),
        ]);
    }
    table
}
