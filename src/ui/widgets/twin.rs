//! A drawing and the table that says the same.

use yew::prelude::*;

use super::copy::Copy;
use crate::app::table::Table;
use crate::app::words::common as words;

/// What a drawing with a table twin needs.
#[derive(Properties, PartialEq)]
pub struct TwinProps {
    /// What is drawn, in small letters: "registers".
    pub what: AttrValue,
    /// Makes the table when it is asked for.
    pub table: Callback<(), Table>,
    /// The drawing.
    pub children: Html,
}

/// Shows the drawing, or at a press of its button the table, which can be copied.
#[component]
pub fn Twin(props: &TwinProps) -> Html {
    let open = use_state_eq(|| false);
    let onclick = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let text = {
        let table = props.table.clone();
        Callback::from(move |()| table.emit(()).tsv())
    };
    html! {
        <div class="twin">
            <div class="twin-tools">
                if *open {
                    <Copy what={words::table_of(&props.what)} {text} />
                }
                <button type="button" class="line" aria-pressed={open.to_string()} aria-label={words::as_a_table(&props.what)} {onclick}>{ words::TABLE }</button>
            </div>
            if *open { { drawn(&props.what, &props.table.emit(())) } } else { { props.children.clone() } }
        </div>
    }
}

fn drawn(what: &AttrValue, table: &Table) -> Html {
    html! {
        <div class="twin-table" role="region" aria-label={words::as_a_table(what)} tabindex="0">
            <table>
                <thead><tr>{ for table.columns.iter().map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                <tbody>
                    { for table.rows.iter().map(|row| html! { <tr>{ for row.iter().map(|cell| html! { <td>{ cell }</td> }) }</tr> }) }
                </tbody>
            </table>
        </div>
    }
}
