//! The history behind its button: moments with names, branches, what differs between two moments, and what happened.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::MARKS_MAX;
use crate::app::past::{Past, difference};
use crate::app::timeline::Timeline;
use crate::app::words::common;
use crate::app::words::timeline as words;
use crate::app::{Action, colour, format};
use crate::session::message::{BranchView, Millis, Point, Travel};
use crate::ui::store::Store;
use crate::ui::widgets::copy::Copy;
use crate::ui::widgets::twin::Twin;

/// What the sheet needs.
#[derive(Properties)]
pub struct HistoryProps {
    /// What happened.
    pub timeline: Rc<Timeline>,
    /// Where the session stands.
    pub past: Rc<Past>,
    /// The session's first moment.
    pub start: Millis,
    /// The moment where it stands.
    pub now: Millis,
    /// The sheet is shown, or not.
    pub on_open: Callback<bool>,
}

impl PartialEq for HistoryProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.timeline, &other.timeline)
            && Rc::ptr_eq(&self.past, &other.past)
            && (self.start, self.now) == (other.start, other.now)
    }
}

/// The sheet. Escape closes it.
#[component]
pub fn HistorySheet(props: &HistoryProps) -> Html {
    let named = use_node_ref();
    let sheet = use_node_ref();
    use_effect_with(sheet.clone(), |sheet| {
        if let Some(sheet) = sheet.cast::<web_sys::HtmlElement>() {
            // A sheet that does not take the focus is still there to be read.
            let _ = sheet.focus();
        }
    });
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let HistoryProps {
        timeline,
        past,
        start,
        now,
        on_open,
    } = props;
    let at = |when: Millis| format::clock(when.saturating_sub(*start));
    let (inputs, all) = (past.inputs(), past.view.inputs);
    let table = {
        let (timeline, start) = (Rc::clone(timeline), *start);
        Callback::from(move |()| {
            let at = |when: Millis| format::clock(when.saturating_sub(start));
            timeline.table(&at, &format::client_letter)
        })
    };
    let onkeydown = on_open.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            onkeydown.emit(false);
        }
    });
    let scrub = store.callback(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let inputs = input.value_as_number().max(0.0) as usize;
        Action::Travel(if inputs >= all {
            Travel::End
        } else {
            Travel::To(Point { inputs, at: 0 })
        })
    });
    let name = {
        let (store, named) = (store.clone(), named.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = named.cast::<HtmlInputElement>() {
                let text = input.value().trim().to_string();
                if !text.is_empty() {
                    store.dispatch(Action::Travel(Travel::Name(text)));
                    input.set_value("");
                }
            }
        })
    };
    let go = |travel: Travel| store.callback(move |_: MouseEvent| Action::Travel(travel.clone()));
    let here = past.stands().map(|(here, _)| here);
    let unnamed = here.and_then(|here| past.view.names.iter().find(|named| named.point == here));
    html! {
        <section class="history-sheet" aria-label={words::HISTORY} tabindex="-1" ref={sheet} {onkeydown}>
            <header class="history-top">
                <h2>{ words::HISTORY }</h2>
                <button class="line" type="button" onclick={on_open.reform(|_| false)}>{ common::CLOSE }</button>
            </header>
            <label class="history-scrub">
                <span>{ words::input_at(inputs, all, &at(*now)) }</span>
                <input type="range" min="0" max={all.to_string()} value={inputs.to_string()} aria-label={words::GO_TO_AN_INPUT} oninput={scrub} />
            </label>
            <form class="history-name" onsubmit={name}>
                <input ref={named} type="text" maxlength="60" placeholder={words::NAME_THIS} aria-label={words::A_NAME} />
                <button class="line" type="submit">{ words::NAME_IT }</button>
                if unnamed.is_some() {
                    <button class="line" type="button" onclick={go(Travel::Name(String::new()))}>{ words::TAKE_NAME_AWAY }</button>
                }
            </form>
            if !past.view.names.is_empty() {
                <ul class="history-list" aria-label={words::NAMED_MOMENTS}>
                    for named in &past.view.names {
                        <li key={named.name.clone()}>
                            <span class="dim num mono">{ at(named.point.at) }</span>
                            <span class="history-what">{ &named.name }</span>
                            <button class="line" type="button" aria-label={words::go_to(&named.name)} onclick={go(Travel::To(named.point))}>{ common::GO }</button>
                        </li>
                    }
                </ul>
            }
            if !past.view.branches.is_empty() {
                <h3>{ words::OTHER_BRANCHES }</h3>
                <ul class="history-list" aria-label={words::OTHER_BRANCHES}>
                    for branch in past.view.branches.iter().rev() {
                        { branch_row(branch, &at, &store) }
                    }
                </ul>
            }
            <Compare past={Rc::clone(past)} start={*start} />
            <h3>{ words::WHAT_HAPPENED }</h3>
            if timeline.marks.is_empty() {
                <p class="empty">{ words::NOTHING_HAPPENED }</p>
            } else {
                <Twin what={words::WHAT_HAPPENED_TABLE} {table}>
                <ol class="happened" aria-label={words::WHAT_HAPPENED_ORDER} tabindex="0">
                    for (i, mark) in timeline.marks.iter().rev().take(MARKS_MAX).enumerate() {
                        <li key={timeline.total - i} class={here.is_some_and(|here| mark.is_after(here)).then_some("later")}>
                            <span class="dim num mono">{ at(mark.at) }</span>
                            <span class={classes!("tag", colour::client_tag(mark.conn))}>{ format::client_letter(mark.conn) }</span>
                            <span class="mono" title={mark.line.clone()}>{ &mark.line }</span>
                        </li>
                    }
                </ol>
                </Twin>
            }
        </section>
    }
}

fn branch_row(branch: &BranchView, at: &dyn Fn(Millis) -> String, store: &Store) -> Html {
    let (id, name) = (branch.id, Past::branch_name(branch.id));
    let more = branch.end.inputs.saturating_sub(branch.fork.inputs);
    html! {
        <li key={id}>
            <span class="dim num mono">{ at(branch.fork.at) }</span>
            <span class="history-what">{ words::branch(&name, more, &at(branch.end.at)) }</span>
            <button class="line" type="button" aria-label={words::go_on_with(&name)} onclick={store.callback(move |_| Action::Travel(Travel::Walk(id)))}>{ words::GO_ON_WITH_IT }</button>
            <button class="line" type="button" aria-label={words::drop_branch(&name)} onclick={store.callback(move |_| Action::Travel(Travel::Drop(id)))}>{ words::DROP }</button>
        </li>
    }
}

#[derive(Properties)]
struct CompareProps {
    past: Rc<Past>,
    start: Millis,
}

impl PartialEq for CompareProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.past, &other.past) && self.start == other.start
    }
}

/// Two moments side by side.
#[component]
fn Compare(props: &CompareProps) -> Html {
    let selects = [use_node_ref(), use_node_ref()];
    let Some(store) = use_context::<Store>() else {
        return Html::default();
    };
    let past = &props.past;
    let end = Point {
        inputs: past.view.inputs,
        at: Millis::MAX,
    };
    let mut points = vec![(words::THE_START.to_string(), Point::default())];
    points.extend(
        past.view
            .names
            .iter()
            .map(|named| (named.name.clone(), named.point)),
    );
    if let Some((here, _)) = past.stands() {
        points.push((words::WHERE_IT_STANDS.into(), here));
    }
    points.push((words::THE_END.into(), end));
    let last = points.len() - 1;
    let compare = {
        let (store, selects) = (store.clone(), selects.clone());
        let points: Vec<Point> = points.iter().map(|(_, point)| *point).collect();
        Callback::from(move |_: MouseEvent| {
            let chosen = |select: &NodeRef| {
                let select = select.cast::<HtmlSelectElement>()?;
                points.get(select.selected_index() as usize).copied()
            };
            if let [Some(one), Some(other)] = selects.each_ref().map(chosen) {
                store.dispatch(Action::Travel(Travel::Compare(one, other)));
            }
        })
    };
    let options = |chosen: usize| -> Html {
        points
            .iter()
            .enumerate()
            .map(|(i, (name, _))| html! { <option selected={i == chosen}>{ name }</option> })
            .collect()
    };
    let [one, other] = selects;
    html! {
        <>
            <h3>{ words::COMPARE_TWO }</h3>
            <div class="history-compare">
                <select class="line" ref={one} aria-label={words::ONE_MOMENT}>{ options(0) }</select>
                <span>{ words::WITH }</span>
                <select class="line" ref={other} aria-label={words::THE_OTHER_MOMENT}>{ options(last) }</select>
                <button class="line" type="button" onclick={compare}>{ words::COMPARE }</button>
            </div>
            if let Some((between, differences)) = &past.differences {
                { differing(*between, &difference::table(differences, props.start), props.start, &store) }
            }
        </>
    }
}

fn differing(
    between: [Point; 2],
    table: &crate::app::table::Table,
    start: Millis,
    store: &Store,
) -> Html {
    let [earlier, later] = between.map(|point| format::clock(point.at.saturating_sub(start)));
    let tsv = table.tsv();
    html! {
        <div class="history-differences" role="region" aria-label={words::WHAT_DIFFERS} tabindex="0">
            <p>
                { words::differs_between(&earlier, &later, table.rows.is_empty()) }
                { " " }
                if !table.rows.is_empty() {
                    <Copy what={words::THE_DIFFERENCES} text={Callback::from(move |()| tsv.clone())} />
                }
                <button class="line" type="button" aria-label={words::CLOSE_DIFFERENCES} onclick={store.callback(|_| Action::ComparedEnough)}>{ common::CLOSE }</button>
            </p>
            if !table.rows.is_empty() {
                <table>
                    <thead><tr>for name in &table.columns { <th scope="col">{ name }</th> }</tr></thead>
                    <tbody>
                        for row in &table.rows {
                            <tr>for cell in row { <td>{ cell }</td> }</tr>
                        }
                    </tbody>
                </table>
            }
        </div>
    }
}
