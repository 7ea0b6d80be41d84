//! What a merge with another HyperLogLog would make, register by register.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::registers::merged;
use crate::app::table::Table;
use crate::app::words::hll as words;
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
            <p class="empty">{ words::NO_OTHER }<Typed line="PFADD visitors:other ann zoe" on_command={props.on_command.clone()} /></p>
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
                <span>{ words::MERGE_WITH }</span>
                <select {onchange}>
                    <option value="" selected={chosen.is_none()}>{ words::CHOOSE_A_KEY }</option>
                    for (i, key) in merge.keys.iter().enumerate() {
                        <option value={i.to_string()} selected={chosen == Some(key)}>{ format::lossy(key) }</option>
                    }
                </select>
            </label>
            if let Some(other) = &merge.other { { both(props, other) } } else {
                <p class="empty">{ words::A_MERGE_TAKES }</p>
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

    let theirs = show::word(&other.key);
    html! {
        <>
            <div class="big num">{ format::count(other.union) }</div>
            <div class="dim num">{ words::of_both(other.truth, props.hll.estimate, other.estimate) }</div>
            <Twin what={words::REGISTERS_OF_BOTH} {table}>
                <ul class="hll-from num" aria-label={words::WHERE_THEY_COME_FROM}>
                    <li><i class="hll-this" />{ words::from_this(&this) }</li>
                    <li><i class="hll-that" />{ words::from_other(&that) }</li>
                    <li><i class="hll-same" />{ words::same_in_both(&same) }</li>
                    <li><i class="hll-none" />{ words::zero_in_both(&neither) }</li>
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
    let mut table = Table::new(&words::MERGE_COLUMNS);
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
