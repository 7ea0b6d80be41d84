//! The estimate: how far off it is and may be, the registers' values, and what it all takes.

use yew::prelude::*;

use crate::app::format;
use crate::app::registers::{Band, errors, fullness, histogram, holding, range};
use crate::app::table::Table;
use crate::app::words::hll as words;
use crate::session::message::{HllView, SetBytes};
use crate::ui::widgets::said::said;
use crate::ui::widgets::twin::Twin;

/// The bars of the histogram: the last holds every larger value.
const BARS: usize = 21;
/// How many registers of a value the table names.
const WHICH_MAX: usize = 20;
/// What the reference states as the standard error, in percent: 1.04 / sqrt(16384).
const STANDARD_ERROR: f64 = 0.81;

/// The estimate, and what is known of it.
pub fn count(hll: &HllView) -> Html {
    html! {
        <>
            <div class="big num">{ format::count(hll.estimate) }</div>
            <div class="dim">{ words::ESTIMATED }{ truth(hll) }</div>
            { band(hll) }
            { values(hll) }
            { bytes(hll) }
        </>
    }
}

fn truth(hll: &HllView) -> Html {
    let Some(truth) = hll.truth else {
        return html! { { words::TRUTH_UNKNOWN } };
    };
    let off = if truth == 0 {
        0.0
    } else {
        (hll.estimate as f64 - truth as f64).abs() / truth as f64 * 100.0
    };
    // Three standard errors hold nearly every estimate.
    let class = if off <= STANDARD_ERROR * 3.0 {
        "good-text"
    } else {
        "warn-text"
    };
    let percent = html! { <b {class}>{ format!("{off:.2}%") }</b> };
    said(words::truth(
        truth,
        html! { <span class="nowrap">{ said(words::off_by(percent)) }</span> },
    ))
}

/// One and two standard errors around the estimate, with a mark at the true count.
fn band(hll: &HllView) -> Html {
    let band = Band::of(hll.estimate, hll.truth.map(|truth| truth as u64));
    let place = |(from, to): (f64, f64)| {
        format!(
            "left:{:.2}%;width:{:.2}%",
            from * 100.0,
            (to - from) * 100.0
        )
    };
    let label = words::band(
        &range(hll.estimate, 1.0),
        &range(hll.estimate, 2.0),
        hll.truth,
    );
    html! {
        <>
            <div class="hll-band" role="img" aria-label={label}>
                <i class="hll-two" ~style={place(band.two)} />
                <i class="hll-one" ~style={place(band.one)} />
                <i class="hll-middle" />
                if let Some(at) = band.truth { <i class={classes!("hll-truth", band.beyond.then_some("hll-beyond"))} ~style={format!("left:{:.2}%", at * 100.0)} /> }
            </div>
            <p class="hll-small num">
                { format!("±{} (0.81 %), ±{} (1.62 %)", errors(hll.estimate, 1.0), errors(hll.estimate, 2.0)) }
            </p>
        </>
    }
}

fn values(hll: &HllView) -> Html {
    let registers = hll.registers.clone();
    let table = Callback::from(move |()| {
        let mut table = Table::new(&words::VALUES_COLUMNS);
        let counts = histogram(&registers, BARS);
        for (value, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let more = if value + 1 == BARS { "+" } else { "" };
            // Those at 0 are all the others.
            let which: Vec<_> = match value {
                0 => Vec::new(),
                _ => holding(&registers, value, BARS).take(WHICH_MAX).collect(),
            };
            table.row([
                format!("{value}{more}"),
                format::count(*count as u64),
                words::which(&which, *count),
            ]);
        }
        table
    });
    html! { <Twin what={words::VALUES} {table}>{ drawn(&histogram(&hll.registers, BARS)) }</Twin> }
}

/// Heights follow the values above 0; of the registers at 0, which may be nearly all, the bar is cut off and says so.
fn drawn(counts: &[usize]) -> Html {
    let zeros = counts.first().copied().unwrap_or(0);
    let most = counts.iter().skip(1).max().copied().unwrap_or(0).max(1) as f64;
    let cut = zeros as f64 > most * 1.25;
    html! {
        <svg class="histogram" viewBox="0 0 300 78" aria-hidden="true">
            for (value, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                <rect
                    key={value} class={classes!((value == 0).then_some("zeros"))} x={format!("{:.1}", value as f64 * 14.3)} width="11" rx="2"
                    y={format!("{:.1}", 66.0 - bar(count, most))} height={format!("{:.1}", bar(count, most))}
                />
            }
            if cut {
                <text x="14" y="9" class="cut">{ words::at_zero(zeros) }</text>
            }
            <line x1="0" x2="300" y1="66" y2="66" />
            <text x="0" y="76.5">{ words::VALUE_ZERO }</text>
            <text x="297" y="76.5" text-anchor="end">{ format!("{}+", BARS - 1) }</text>
        </svg>
    }
}

fn bar(count: usize, most: f64) -> f64 {
    (56.0 * count as f64 / most).clamp(1.5, 64.0)
}

/// How near it is to turning dense, and how large a set would be.
fn bytes(hll: &HllView) -> Html {
    html! {
        <dl class="hll-bytes num">
            <dt>{ if hll.dense { words::DENSE } else { words::SPARSE } }</dt>
            <dd>
                if let Some(part) = fullness(hll) {
                    <i class="hll-meter"><i ~style={format!("width:{:.2}%", part * 100.0)} /></i>
                    { words::bytes_of(hll.bytes, hll.sparse_max) }
                } else {
                    { words::bytes_dense(hll.bytes) }
                }
            </dd>
            if let Some(set) = &hll.set { { beside(set) } }
        </dl>
    }
}

fn beside(SetBytes { hll, set, exact }: &SetBytes) -> Html {
    let most = (*hll).max(*set).max(1) as f64;
    let meter = |bytes: usize| {
        html! { <i class="hll-meter"><i ~style={format!("width:{:.2}%", bytes as f64 / most * 100.0)} /></i> }
    };

    html! {
        <>
            <dt>{ words::THIS }</dt><dd>{ meter(*hll) }{ format::bytes(*hll as u64) }</dd>
            <dt>{ words::AS_A_SET }</dt><dd>{ meter(*set) }{ words::bytes_as_set(*set, *exact) }</dd>
        </>
    }
}
