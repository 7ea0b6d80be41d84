//! Numbers that commands reply, laid out to be drawn: without units, in shares of the drawing's width and height.

use super::text::{Plot, Shape};
use crate::session::message::Reply;

/// How many points of a line are drawn at most; with more, each stands for the mean of several.
const POINTS_MAX: usize = 600;
/// About how many classes a histogram has at most.
const CLASSES: f64 = 30.0;
/// How many names have bars at most.
const NAMES_MAX: usize = 60;

/// A series: its name, and where its numbers stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// For a line, its points; otherwise the height of each bar. A share of the drawing: `(0, 0)` is its lower left corner.
    pub marks: Vec<(f64, f64)>,
    /// The numbers themselves, for the table.
    pub values: Vec<f64>,
}

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Its series, those without numbers too.
    pub series: Vec<Series>,
    /// What stands below: the text, and where its middle is.
    pub below: Vec<(f64, String)>,
    /// What stands at the left: the text, and how high.
    pub beside: Vec<(f64, String)>,
    /// What each mark is called in the table.
    pub names: Vec<String>,
    /// What is shaded, along the way that the shape says: from, to.
    pub band: Option<(f64, f64)>,
    /// How wide a bar with its gap is.
    pub width: f64,
}

impl Drawing {
    /// Whether there are any numbers.
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.marks.is_empty())
    }
}

/// The number of a reply that is one.
pub fn number(reply: &Reply) -> Option<f64> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.trim().parse::<f64>().ok();
    let number = match reply {
        Reply::Int(n) => Some(*n as f64),
        Reply::Bulk(bytes) => text(bytes),
        Reply::Simple(said) | Reply::Double(said) => text(said.as_bytes()),
        _ => None,
    };
    number.filter(|n| n.is_finite())
}

/// The numbers of a reply, in order. `None`: something else stands in it.
pub fn numbers(reply: &Reply) -> Option<Vec<f64>> {
    match reply {
        Reply::Array(rows) | Reply::Set(rows) => rows.iter().map(number).collect(),
        Reply::Null => Some(Vec::new()),
        single => Some(vec![number(single)?]),
    }
}

/// The names and numbers of a reply, in turn. `None`: something else stands in it.
pub fn pairs(reply: &Reply) -> Option<Vec<(String, f64)>> {
    let name = |reply: &Reply| match reply {
        Reply::Bulk(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Reply::Simple(text) => Some(text.clone()),
        Reply::Int(n) => Some(n.to_string()),
        _ => None,
    };
    match reply {
        Reply::Array(rows) if rows.len() % 2 == 0 => rows
            .chunks(2)
            .map(|pair| match pair {
                [first, second] => Some((name(first)?, number(second)?)),
                _ => None,
            })
            .collect(),
        Reply::Map(rows) => rows
            .iter()
            .map(|(k, v)| Some((name(k)?, number(v)?)))
            .collect(),
        Reply::Null => Some(Vec::new()),
        _ => None,
    }
}

/// Whether a plot can be drawn of a reply.
pub fn fits(shape: Shape, reply: &Reply) -> bool {
    match shape {
        Shape::Line | Shape::Histogram => numbers(reply).is_some(),
        Shape::Bars => pairs(reply).is_some(),
    }
}

/// Lays out a plot; a reply for each of its series, where there is one.
pub fn draw(plot: &Plot, replies: &[Option<&Reply>]) -> Drawing {
    match plot.shape {
        Shape::Line => line(plot, &all(replies, numbers)),
        Shape::Histogram => histogram(plot, &all(replies, numbers)),
        Shape::Bars => bars(plot, &all(replies, pairs)),
    }
}

fn all<T>(replies: &[Option<&Reply>], read: impl Fn(&Reply) -> Option<Vec<T>>) -> Vec<Vec<T>> {
    let read = |reply: &Option<&Reply>| reply.and_then(&read).unwrap_or_default();
    replies.iter().map(read).collect()
}

/// A step of 1, 2 or 5 times a power of ten, of which about so many are in a span.
fn step(span: f64, about: f64) -> f64 {
    let rough = (span / about).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(rough.log10().floor());
    let nice = [1.0, 2.0, 5.0, 10.0];
    let fits = nice.into_iter().map(|n| n * power);
    fits.into_iter()
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(power * 10.0)
}

/// From where to where an axis goes that holds these, and the numbers that stand along it.
fn axis(low: f64, high: f64) -> (f64, f64, Vec<f64>) {
    let high = if high > low { high } else { low + 1.0 };
    let step = step(high - low, 4.0);
    let (from, to) = ((low / step).floor() * step, (high / step).ceil() * step);
    let count = ((to - from) / step).round() as usize;
    let marks = (0..=count.min(20)).map(|n| from + step * n as f64);
    (from, to, marks.collect())
}

/// A number as it stands beside an axis.
pub fn label(number: f64) -> String {
    let rounded = (number * 10_000.0).round() / 10_000.0;
    match rounded.abs() {
        big if big >= 1_000_000.0 => format!("{} M", rounded / 1_000_000.0),
        big if big >= 10_000.0 => format!("{} k", rounded / 1_000.0),
        _ => format!("{}", if rounded == 0.0 { 0.0 } else { rounded }),
    }
}

fn beside(from: f64, to: f64, marks: &[f64]) -> Vec<(f64, String)> {
    let marks = marks.iter().filter(|mark| (from..=to).contains(*mark));
    marks
        .map(|mark| ((mark - from) / (to - from), label(*mark)))
        .collect()
}

fn bounds<'a>(numbers: impl Iterator<Item = &'a f64>) -> Option<(f64, f64)> {
    numbers.fold(None, |bounds, n| {
        let (low, high) = bounds.unwrap_or((*n, *n));
        Some((n.min(low), n.max(high)))
    })
}

fn line(plot: &Plot, all: &[Vec<f64>]) -> Drawing {
    let band = plot.band.map(|(low, high)| [low, high]);
    let shown = all.iter().flatten().chain(band.iter().flatten());
    let Some((low, high)) = bounds(shown) else {
        return nothing(plot);
    };
    // A line is seen against nothing, unless it is far from it.
    let low = if low > 0.0 && low < high * 0.6 {
        0.0
    } else {
        low
    };
    let (from, to, marks) = axis(low, high);
    let most = all.iter().map(Vec::len).max().unwrap_or_default();
    let share = |at: f64| at / (most.max(2) - 1) as f64;
    let height = |n: f64| (n - from) / (to - from);
    let series = plot.series.iter().zip(all).map(|((name, _), values)| {
        let each = values.len().div_ceil(POINTS_MAX).max(1);
        let points = values.chunks(each).enumerate().map(|(at, several)| {
            let mean = several.iter().sum::<f64>() / several.len() as f64;
            let middle = at as f64 * each as f64 + (several.len() - 1) as f64 / 2.0;
            (share(middle), height(mean))
        });
        Series {
            name: name.clone(),
            marks: points.collect(),
            values: values.clone(),
        }
    });
    let (_, _, under) = axis(0.0, most.saturating_sub(1) as f64);
    let under = under
        .into_iter()
        .filter(|n| n.fract() == 0.0 && *n < most as f64);
    Drawing {
        series: series.collect(),
        below: under.map(|n| (share(n), label(n + 1.0))).collect(),
        beside: beside(from, to, &marks),
        names: (1..=most).map(|n| n.to_string()).collect(),
        band: plot.band.map(|(low, high)| (height(low), height(high))),
        width: 0.0,
    }
}

fn nothing(plot: &Plot) -> Drawing {
    let series = plot.series.iter().map(|(name, _)| Series {
        name: name.clone(),
        marks: Vec::new(),
        values: Vec::new(),
    });
    Drawing {
        series: series.collect(),
        ..Drawing::default()
    }
}

fn histogram(plot: &Plot, all: &[Vec<f64>]) -> Drawing {
    let Some((low, high)) = bounds(all.iter().flatten()) else {
        return nothing(plot);
    };
    let width = step((high - low).max(1e-9), CLASSES);
    let first = (low / width).floor();
    let classes = ((high / width).floor() - first) as usize + 1;
    let count = |values: &Vec<f64>| {
        let mut counts = vec![0.0; classes];
        for value in values {
            let class = ((value / width).floor() - first) as usize;
            if let Some(count) = counts.get_mut(class) {
                *count += 1.0;
            }
        }
        counts
    };
    let counted: Vec<Vec<f64>> = all.iter().map(count).collect();
    let (_, most) = bounds(counted.iter().flatten()).unwrap_or_default();
    let (from, to, marks) = axis(0.0, most);
    let share = |n: f64| (n - first * width) / (width * classes as f64);
    let series = plot.series.iter().zip(counted).map(|((name, _), counts)| {
        let bar = |(at, count): (usize, &f64)| (at as f64 / classes as f64, count / to);
        Series {
            name: name.clone(),
            marks: counts.iter().enumerate().map(bar).collect(),
            values: counts,
        }
    });
    let (left, right) = (first * width, (first + classes as f64) * width);
    let (_, _, under) = axis(left, right);
    let under = under.into_iter().filter(|n| (left..=right).contains(n));
    let name = |class: usize| {
        let from = (first + class as f64) * width;
        format!("{} … {}", label(from), label(from + width))
    };
    Drawing {
        series: series.collect(),
        below: under.map(|n| (share(n), label(n))).collect(),
        beside: beside(from, to, &marks),
        names: (0..classes).map(name).collect(),
        band: plot
            .band
            .map(|(low, high)| (share(low).clamp(0.0, 1.0), share(high).clamp(0.0, 1.0))),
        width: 1.0 / classes as f64,
    }
}

fn bars(plot: &Plot, all: &[Vec<(String, f64)>]) -> Drawing {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in all.iter().flatten() {
        if names.len() < NAMES_MAX && !names.contains(name) {
            names.push(name.clone());
        }
    }
    let Some((low, high)) = bounds(all.iter().flatten().map(|(_, n)| n)) else {
        return nothing(plot);
    };
    let (from, to, marks) = axis(low.min(0.0), high.max(0.0));
    let width = 1.0 / names.len().max(1) as f64;
    let series = plot.series.iter().zip(all).map(|((name, _), values)| {
        let of = |name: &String| values.iter().find(|(other, _)| other == name);
        let value = |name: &String| of(name).map_or(0.0, |(_, n)| *n);
        let heights = names.iter().enumerate();
        let heights =
            heights.map(|(at, name)| (at as f64 * width, (value(name) - from) / (to - from)));
        let marks = if values.is_empty() {
            Vec::new()
        } else {
            heights.collect()
        };
        Series {
            name: name.clone(),
            marks,
            values: names.iter().map(value).collect(),
        }
    });
    Drawing {
        series: series.collect(),
        below: names
            .iter()
            .enumerate()
            .map(|(at, name)| ((at as f64 + 0.5) * width, name.clone()))
            .collect(),
        beside: beside(from, to, &marks),
        band: None,
        width,
        names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(shape: Shape, series: usize) -> Plot {
        let series = (0..series).map(|n| (format!("s{n}"), String::new()));
        Plot {
            shape,
            series: series.collect(),
            ..Plot::default()
        }
    }

    fn list(numbers: &[f64]) -> Reply {
        let bulk = |n: &f64| Reply::Bulk(n.to_string().into_bytes());
        Reply::Array(numbers.iter().map(bulk).collect())
    }

    #[test]
    fn a_line_stands_between_its_ends() {
        let reply = list(&[0.0, 50.0, 100.0]);
        let drawn = draw(&plot(Shape::Line, 1), &[Some(&reply)]);
        assert_eq!(drawn.series[0].marks, [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]);
        assert_eq!(drawn.beside.first(), Some(&(0.0, "0".into())));
        assert_eq!(drawn.beside.last(), Some(&(1.0, "100".into())));
        assert_eq!(drawn.names, ["1", "2", "3"]);
    }

    #[test]
    fn a_long_line_is_drawn_of_means() {
        let many: Vec<f64> = (0..5000).map(|n| f64::from(n % 2)).collect();
        let drawn = draw(&plot(Shape::Line, 1), &[Some(&list(&many))]);
        let marks = &drawn.series[0].marks;
        assert!(
            marks.len() <= POINTS_MAX && marks.len() > POINTS_MAX / 2,
            "{}",
            marks.len()
        );
        assert!(
            marks
                .iter()
                .all(|(x, y)| (0.0..=1.0).contains(x) && (0.3..0.7).contains(y))
        );
        assert_eq!(drawn.series[0].values.len(), 5000);
    }

    #[test]
    fn a_histogram_counts_each_number_once() {
        let numbers = [-0.9, -0.3, 0.0, 0.1, 0.2, 0.4, 1.1];
        let mut plot = plot(Shape::Histogram, 1);
        plot.band = Some((-0.81, 0.81));
        let drawn = draw(&plot, &[Some(&list(&numbers))]);
        assert_eq!(drawn.series[0].values.iter().sum::<f64>(), 7.0);
        assert!(
            drawn.series[0]
                .marks
                .iter()
                .all(|(_, height)| *height <= 1.0)
        );
        let (low, high) = drawn.band.expect("a band");
        assert!(low > 0.0 && high < 1.0 && low < high);
        assert_eq!(drawn.names.len(), drawn.series[0].marks.len());
    }

    #[test]
    fn bars_of_several_series_stand_by_their_names() {
        let of = |pairs: &[(&str, i64)]| {
            let flat = pairs
                .iter()
                .flat_map(|(name, n)| [Reply::Bulk(name.as_bytes().to_vec()), Reply::Int(*n)]);
            Reply::Array(flat.collect())
        };
        let (one, two) = (of(&[("a", 10), ("b", 20)]), of(&[("b", 5), ("c", 15)]));
        let drawn = draw(&plot(Shape::Bars, 2), &[Some(&one), Some(&two)]);
        assert_eq!(drawn.names, ["a", "b", "c"]);
        assert_eq!(drawn.series[0].values, [10.0, 20.0, 0.0]);
        assert_eq!(drawn.series[1].values, [0.0, 5.0, 15.0]);
        assert_eq!(drawn.series[0].marks[1].1, 1.0);
    }

    #[test]
    fn what_is_no_number_is_not_drawn() {
        let words = Reply::Array(vec![Reply::Bulk(b"ann".to_vec())]);
        assert!(!fits(Shape::Line, &words) && !fits(Shape::Bars, &words));
        for shape in [Shape::Line, Shape::Bars, Shape::Histogram] {
            for replies in [[None], [Some(&words)], [Some(&Reply::Array(Vec::new()))]] {
                let drawn = draw(&plot(shape, 1), &replies);
                assert!(drawn.is_empty(), "{shape:?}");
                assert_eq!(drawn.series.len(), 1);
            }
            // All the same number, and numbers of any size.
            for numbers in [
                vec![7.0; 3],
                vec![-1e300, 1e300],
                vec![0.0],
                vec![1e-12, 2e-12],
            ] {
                let flat = match shape {
                    Shape::Bars => numbers.iter().flat_map(|n| [*n, *n]).collect(),
                    _ => numbers,
                };
                let drawn = draw(&plot(shape, 1), &[Some(&list(&flat))]);
                let inside = |(x, y): &(f64, f64)| {
                    (-1e-9..=1.0 + 1e-9).contains(x) && (-1e-9..=1.0 + 1e-9).contains(y)
                };
                assert!(
                    drawn.series[0].marks.iter().all(inside),
                    "{shape:?} {flat:?} {drawn:?}"
                );
            }
        }
    }
}
