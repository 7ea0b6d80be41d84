//! Numbers of a lesson, drawn; and the table that says the same.

use yew::prelude::*;

use crate::app::lesson::plot::{Drawing, draw};
use crate::app::lesson::text::{Plot, Shape};
use crate::app::table::Table;
use crate::app::words::lesson as words;
use crate::app::{colour, format};
use crate::session::message::Reply;
use crate::ui::widgets::twin::Twin;

/// How lines of several series differ beside their colour.
const DASHES: [&str; 4] = ["none", "7 4", "2 3", "9 3 2 3"];

/// What a plot hangs on.
#[derive(Properties, PartialEq)]
pub struct PlotProps {
    /// The plot.
    pub plot: Plot,
    /// What its series were answered.
    pub replies: Vec<Option<Reply>>,
}

/// A plot with its axes and its table.
#[component]
pub fn PlotFigure(props: &PlotProps) -> Html {
    let plot = &props.plot;
    let replies: Vec<Option<&Reply>> = props.replies.iter().map(Option::as_ref).collect();
    let drawing = draw(plot, &replies);
    let title = if plot.title.is_empty() {
        words::PLOT.to_string()
    } else {
        plot.title.clone()
    };
    let table = {
        let (plot, drawing) = (plot.clone(), drawing.clone());
        Callback::from(move |()| table(&plot, &drawing))
    };
    let [x, y] = plot.axes.clone();
    html! {
        <figure class="lesson-plot">
            <figcaption>{ title.clone() }</figcaption>
            if drawing.is_empty() {
                <p class="empty">{ words::NO_NUMBERS }</p>
            } else {
                <Twin what={title} {table}>
                    if !y.is_empty() { <span class="plot-y dim">{ y }</span> }
                    <div class="plot-area">
                        <div class="plot-left" aria-hidden="true">{ for drawing.beside.iter().map(|(at, text)| html! { <span ~style={format!("bottom:{}%", share(*at))}>{ text.clone() }</span> }) }</div>
                        { picture(plot, &drawing) }
                        <div class="plot-below" aria-hidden="true">{ for drawing.below.iter().map(|(at, text)| html! { <span ~style={format!("left:{}%", share(*at))}>{ format::shortened(text, 14) }</span> }) }</div>
                    </div>
                    if !x.is_empty() { <span class="plot-x dim">{ x }</span> }
                    if drawing.series.len() > 1 {
                        <ul class="plot-legend">{ for drawing.series.iter().enumerate().map(|(at, series)| legend(plot.shape, at, &series.name)) }</ul>
                    }
                </Twin>
            }
        </figure>
    }
}

fn share(at: f64) -> f64 {
    (at * 10_000.0).round() / 100.0
}

fn hue(at: usize) -> String {
    format!("--c:{}", colour::client_var(at as u32))
}

fn dash(at: usize) -> &'static str {
    DASHES.get(at % DASHES.len()).copied().unwrap_or("none")
}

fn legend(shape: Shape, at: usize, name: &str) -> Html {
    html! {
        <li ~style={hue(at)}>
            <svg viewBox="0 0 22 10" aria-hidden="true">
                { match shape {
                    Shape::Line => html! { <path d="M1 5H21" stroke="var(--c)" stroke-width="2" stroke-dasharray={dash(at)} /> },
                    Shape::Bars | Shape::Histogram => html! { <rect x="6" y="0" width="10" height="10" fill="var(--c)" fill-opacity={opacity(at)} stroke="var(--c)" /> },
                } }
            </svg>
            { name.to_string() }
        </li>
    }
}

/// Bars of several series differ in how full they are, too.
fn opacity(at: usize) -> &'static str {
    ["0.9", "0.55", "0.25", "0"]
        .get(at % 4)
        .copied()
        .unwrap_or("1")
}

/// The drawing itself: 1000 by 1000, stretched to its place.
fn picture(plot: &Plot, drawing: &Drawing) -> Html {
    let y = |height: f64| 1000.0 - height * 1000.0;
    let many = drawing.series.len().max(1) as f64;
    let band = drawing.band.map(|(from, to)| match plot.shape {
        Shape::Line => html! { <rect class="band" x="0" width="1000" y={y(to).to_string()} height={((to - from) * 1000.0).max(0.0).to_string()} /> },
        _ => html! { <rect class="band" y="0" height="1000" x={(from * 1000.0).to_string()} width={((to - from) * 1000.0).max(0.0).to_string()} /> },
    });
    let rules = drawing
        .beside
        .iter()
        .map(|(at, _)| html! { <path class="rule" d={format!("M0 {}H1000", y(*at))} /> });
    let series = drawing.series.iter().enumerate().map(|(at, series)| match plot.shape {
        Shape::Line => {
            let points = series.marks.iter().map(|(x, height)| format!("{:.1},{:.1}", x * 1000.0, y(*height)));
            html! { <polyline ~style={hue(at)} points={points.collect::<Vec<_>>().join(" ")} stroke-dasharray={dash(at)} /> }
        }
        Shape::Bars | Shape::Histogram => {
            let gap = if plot.shape == Shape::Bars { 0.16 } else { 0.06 };
            let wide = drawing.width * (1.0 - gap) / many;
            let bar = |(x, height): &(f64, f64)| {
                let left = x + drawing.width * gap / 2.0 + wide * at as f64;
                format!("M{:.2} 1000V{:.2}h{:.2}V1000z", left * 1000.0, y(*height), wide * 1000.0)
            };
            html! { <path class="bars" ~style={hue(at)} fill-opacity={opacity(at)} d={series.marks.iter().map(bar).collect::<String>()} /> }
        }
    });
    html! {
        <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label={plot.title.clone()}>
            { for band }
            { for rules }
            { for series }
        </svg>
    }
}

fn table(plot: &Plot, drawing: &Drawing) -> Table {
    let [x, _] = &plot.axes;
    let first = if x.is_empty() {
        words::NUMBER.to_string()
    } else {
        x.clone()
    };
    let names = drawing.series.iter().map(|series| series.name.clone());
    let row = |(at, name): (usize, &String)| {
        let value = |series: &crate::app::lesson::plot::Series| {
            series.values.get(at).map(|n| n.to_string())
        };
        let values = drawing
            .series
            .iter()
            .map(|series| value(series).unwrap_or_default());
        std::iter::once(name.clone()).chain(values).collect()
    };
    Table {
        columns: std::iter::once(first).chain(names).collect(),
        rows: drawing.names.iter().enumerate().map(row).collect(),
    }
}
