//! Makes a failing sequence small: fewer steps, then fewer words.

use std::time::{Duration, Instant};

use crate::pair::{Difference, Pair};
use crate::step::Step;

/// How long one failure may take to shrink.
const BUDGET: Duration = Duration::from_secs(20);

/// What two failures must share to count as the same: the command, and how each side's answer begins.
pub fn signature(difference: &Difference) -> String {
    let word = |at: usize| {
        difference
            .commands
            .first()
            .and_then(|c| c.get(at))
            .map(|w| String::from_utf8_lossy(w).to_ascii_uppercase())
    };
    let name = word(0).unwrap_or_default();
    let sub = word(1)
        .filter(|_| {
            matches!(
                name.as_str(),
                "CLIENT" | "COMMAND" | "PUBSUB" | "XGROUP" | "XINFO"
            )
        })
        .unwrap_or_default();
    let begins = |frame: &Option<crate::frame::Frame>| match frame {
        None => "nothing".to_string(),
        Some(frame) if frame.kind() == "error" => frame.to_string().chars().take(40).collect(),
        Some(frame) => frame.kind().to_string(),
    };
    format!(
        "{name} {sub} {} / {}",
        begins(&difference.ours),
        begins(&difference.theirs)
    )
}

/// The smallest sequence found within the budget that still fails in the same way, and how it fails.
pub fn shrink(pair: &mut Pair, steps: &[Step], first: Difference) -> (Vec<Step>, Difference) {
    let began = Instant::now();
    let wanted = signature(&first);
    let mut best = (steps.to_vec(), first);
    let mut fails = |steps: Vec<Step>, best: &mut (Vec<Step>, Difference)| -> bool {
        if began.elapsed() > BUDGET {
            return false;
        }
        match pair.run(&steps) {
            Err(difference) if signature(&difference) == wanted => {
                *best = (steps, difference);
                true
            }
            _ => false,
        }
    };

    let shown = best.1.step + 1;
    if shown < steps.len() {
        fails(steps[..shown].to_vec(), &mut best);
    }

    // Delta debugging: leave out ever smaller runs of steps.
    let mut size = best.0.len().div_ceil(2);
    loop {
        let mut at = 0;
        let mut smaller = false;
        while at < best.0.len() {
            let end = (at + size).min(best.0.len());
            let rest = [&best.0[..at], &best.0[end..]].concat();
            if fails(rest, &mut best) {
                smaller = true;
            } else {
                at = end;
            }
        }
        if size == 1 && !smaller {
            break;
        }
        if !smaller {
            size = size.div_ceil(2);
        }
        size = size.min(best.0.len()).max(1);
    }

    // Then leave out words, halves of them first.
    for index in 0..best.0.len() {
        let count = |best: &(Vec<Step>, Difference)| match &best.0[index] {
            Step::Command(_, words) | Step::ScanAll(words) => words.len(),
            _ => 0,
        };
        let mut size = count(&best).div_ceil(2);
        while size > 0 {
            let mut at = 1;
            while at < count(&best) {
                let mut steps = best.0.clone();
                if let Step::Command(_, words) | Step::ScanAll(words) = &mut steps[index] {
                    let end = (at + size).min(words.len());
                    words.drain(at..end);
                }
                if !fails(steps, &mut best) {
                    at += size;
                }
            }
            size /= 2;
        }
    }
    best
}

/// A failure as a transcript with both replies.
pub fn transcript(steps: &[Step], difference: &Difference) -> String {
    let cut = |text: String| match text.char_indices().nth(2000) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text,
    };
    let mut out = String::new();
    for (at, step) in steps.iter().enumerate() {
        out.push_str(&cut(step.line()));
        out.push('\n');
        if at == difference.step {
            let shown = |frame: &Option<crate::frame::Frame>| {
                cut(frame
                    .as_ref()
                    .map_or("nothing".to_string(), ToString::to_string))
            };
            let told = crate::step::letter(difference.client);
            out.push_str(&format!(
                "  # told to {told}: keyglass {}\n",
                shown(&difference.ours)
            ));
            out.push_str(&format!(
                "  #            valkey {}\n",
                shown(&difference.theirs)
            ));
            if let Some(words) = difference.commands.first() {
                out.push_str(&format!("  # for {}\n", cut(crate::step::line_of(words))));
            }
        }
    }
    out
}
