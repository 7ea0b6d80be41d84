//! A range of scores that is chosen by two sliders.

use crate::app::format;

/// Where a slider's way ends; it begins at 0.
pub const STEPS: u32 = 200;
/// Past so many members the command that is proposed reads the first of them only.
pub const READ_MAX: usize = 1000;

/// The scores of a set that sliders go over, the lowest less than the highest and both finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    lowest: f64,
    highest: f64,
}

impl Span {
    /// `None` where there is nothing to choose from, or no scale for it.
    pub fn new((highest, lowest): (f64, f64)) -> Option<Self> {
        (lowest < highest && (highest - lowest).is_finite()).then_some(Self { lowest, highest })
    }

    /// The score at a step: the ends exactly, and between them rounded to what a step is worth.
    pub fn at(self, step: u32) -> f64 {
        match step {
            0 => self.lowest,
            STEPS.. => self.highest,
            _ => {
                let worth = (self.highest - self.lowest) / f64::from(STEPS);
                let exact = self.lowest + worth * f64::from(step);
                let digits = worth.log10().floor();
                let rounded = if digits >= 0.0 {
                    let unit = 10_f64.powf(digits);
                    (exact / unit).round() * unit
                } else {
                    // By way of its text, so that it is the number that is typed.
                    let text = format!("{exact:.*}", -digits as usize);
                    text.parse().unwrap_or(exact)
                };
                rounded.clamp(self.lowest, self.highest)
            }
        }
    }
}

/// Where the two sliders stand: never the lower above the upper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The step of the lower end.
    pub low: u32,
    /// The step of the upper end.
    pub high: u32,
}

impl Default for Chosen {
    fn default() -> Self {
        Self {
            low: 0,
            high: STEPS,
        }
    }
}

impl Chosen {
    /// The lower slider is moved, and takes the upper with it where it passes that.
    pub fn lower(self, step: u32) -> Self {
        Self {
            low: step,
            high: self.high.max(step),
        }
    }

    /// The upper slider is moved.
    pub fn upper(self, step: u32) -> Self {
        Self {
            low: self.low.min(step),
            high: step,
        }
    }
}

/// The command that reads a range in which there are so many members.
pub fn command(key: &str, (min, max): (f64, f64), members: Option<usize>) -> String {
    let limit = match members {
        Some(members) if members > READ_MAX => " LIMIT 0 100",
        _ => "",
    };
    format!(
        "ZRANGEBYSCORE {key} {} {}{limit}",
        format::plain_score(min),
        format::plain_score(max)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_exact_and_what_lies_between_is_round() {
        let span = Span::new((9812.5, 12.25)).unwrap();
        assert_eq!((span.at(0), span.at(STEPS)), (12.25, 9812.5));
        assert_eq!(span.at(100), 4910.0);
        let span = Span::new((1.0, 0.0)).unwrap();
        assert_eq!(span.at(60), 0.3);
        assert!((0..=STEPS).all(|step| span.at(step) <= span.at((step + 1).min(STEPS))));
        assert_eq!(Span::new((5.0, 5.0)), None);
        assert_eq!(Span::new((f64::INFINITY, 5.0)), None);
        assert_eq!(Span::new((0.0, 0.0)), None);
    }

    #[test]
    fn a_slider_takes_the_other_along() {
        let chosen = Chosen::default().upper(50).lower(80);
        assert_eq!(chosen, Chosen { low: 80, high: 80 });
        assert_eq!(chosen.upper(20), Chosen { low: 20, high: 20 });
    }

    #[test]
    fn the_command_is_what_the_sliders_stand_for() {
        assert_eq!(command("k", (1.5, 20.0), Some(7)), "ZRANGEBYSCORE k 1.5 20");
        assert_eq!(
            command("k", (-5.0, 1e6), Some(5000)),
            "ZRANGEBYSCORE k -5 1000000 LIMIT 0 100"
        );
    }
}
