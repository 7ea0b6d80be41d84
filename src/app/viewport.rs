//! The arithmetic of long lists, of which only the rows in view are drawn.
//!
//! A browser clamps the height of an element (Chrome at 16,777,200 px). A list taller than
//! [`ELEMENT_MAX`] is drawn in an element of that height, and its scroll bar stands for the whole list
//! by ratio. A [`Place`] keeps where the list really is beside the scroll position that stands for it, so
//! that small steps still move by whole pixels and rows.

use std::ops::Range;

use crate::session::message::Window;

/// The tallest element that is asked of a browser, in pixels.
pub const ELEMENT_MAX: f64 = 8_000_000.0;

/// Rows drawn above and below those in view.
const OVERSCAN: usize = 6;

/// How many rows are asked for beyond those in view, on either side.
pub const MARGIN: usize = 40;

/// The rows to ask for where some of those in view were not asked for yet; `None` where all were.
pub fn asks_for(asked: Window, in_view: &Range<usize>, rows: usize) -> Option<Window> {
    let known = asked
        .start
        .is_some_and(|from| in_view.start >= from && in_view.end.min(rows) <= from + asked.count);
    (!known).then(|| Window {
        start: Some(in_view.start.saturating_sub(MARGIN)),
        count: in_view.len() + 2 * MARGIN,
    })
}

/// How far a scroll position may be from the one that was set and still mean it, in pixels: browsers round.
const ECHO: f64 = 1.0;

/// A list and the box that it is seen through. Heights are in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// All rows.
    pub rows: usize,
    /// The height of one row, above 0.
    pub row: f64,
    /// The height of the box.
    pub height: f64,
}

/// Where a list is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// The scroll position of the box, in pixels; the browser's `scrollTop`.
    pub top: f64,
    /// The pixel of the whole list at the top of the box. Equal to `top` unless the list is too tall.
    pub at: f64,
}

/// What of a list is in view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visible {
    /// The first row in view, from 0.
    pub first: usize,
    /// How many rows are in view, in part too.
    pub count: usize,
    /// Where the first row begins inside the scrolled element, in pixels.
    pub offset: f64,
}

impl Viewport {
    /// The height of the whole list.
    fn content(&self) -> f64 {
        self.rows as f64 * self.row
    }

    /// How far the list can be scrolled.
    fn end(&self) -> f64 {
        (self.content() - self.height).max(0.0)
    }

    /// The height of the element to scroll.
    pub fn element(&self) -> f64 {
        self.content().min(ELEMENT_MAX.max(self.height))
    }

    /// How far the element can be scrolled.
    fn element_end(&self) -> f64 {
        (self.element() - self.height).max(0.0)
    }

    /// How many pixels of the list stand behind one pixel of the scroll bar; 1 for lists that fit.
    pub fn ratio(&self) -> f64 {
        if self.content() <= self.element() || self.element_end() <= 0.0 {
            1.0
        } else {
            self.end() / self.element_end()
        }
    }

    /// The place with a pixel of the whole list at the top of the box, as near as there is one.
    fn place(&self, at: f64) -> Place {
        let at = at.clamp(0.0, self.end());
        Place {
            top: (at / self.ratio()).min(self.element_end()),
            at,
        }
    }

    /// The place that a scroll position stands for, whatever was before.
    pub fn from_top(&self, top: f64) -> Place {
        let top = top.clamp(0.0, self.element_end());
        let at = if top >= self.element_end() {
            self.end()
        } else {
            top * self.ratio()
        };
        Place {
            top,
            at: at.min(self.end()),
        }
    }

    /// The browser reports a scroll position. A list that fits is simply there. In a taller one a move
    /// within one height of the box moves the list by as many pixels, a longer one by ratio. Where the
    /// place's `top` differs from what was reported, the box is to be set to it.
    pub fn scrolled(&self, was: Place, top: f64) -> Place {
        let moved = top - was.top;
        if self.ratio() <= 1.0
            || top <= 0.0
            || top >= self.element_end()
            || moved.abs() > self.height
        {
            return self.from_top(top);
        }
        if moved.abs() <= ECHO {
            self.place(was.at)
        } else {
            self.place(was.at + moved)
        }
    }

    /// Moves by pixels, as a wheel does.
    pub fn moved(&self, was: Place, pixels: f64) -> Place {
        self.place(was.at + pixels)
    }

    /// Moves by whole rows, as arrow keys do: afterwards a row begins at the top of the box, but at the very end.
    pub fn stepped(&self, was: Place, rows: i64) -> Place {
        // From between two rows, a step up first shows the rest of the first one.
        let from = if rows < 0 {
            (was.at / self.row).ceil()
        } else {
            (was.at / self.row).floor()
        };
        self.place((from + rows as f64) * self.row)
    }

    /// The place with a row at the top of the box, as near as there is one.
    pub fn to_row(&self, row: usize) -> Place {
        self.place(row as f64 * self.row)
    }

    /// The nearest place where a row is wholly in view.
    pub fn revealed(&self, was: Place, row: usize) -> Place {
        let begins = row as f64 * self.row;
        let lowest = (begins + self.row - self.height).min(begins);
        self.place(was.at.clamp(lowest, begins))
    }

    /// The same place after the list or the box changed its size.
    pub fn settled(&self, was: Place) -> Place {
        self.place(was.at)
    }

    /// What is in view at a place.
    pub fn visible(&self, place: Place) -> Visible {
        let at = place.at.clamp(0.0, self.end());
        let first = ((at / self.row).floor() as usize).min(self.rows.saturating_sub(1));
        let behind = ((at + self.height) / self.row).ceil() as usize;
        Visible {
            first,
            count: behind.min(self.rows).saturating_sub(first),
            offset: place.top + (first as f64 * self.row - at),
        }
    }

    /// The rows to draw where these are in view: those that were drawn, as long as they hold them, so that most steps
    /// draw nothing anew; or else those in view with [`OVERSCAN`] around them.
    pub fn drawn(&self, seen: Visible, was: &Range<usize>) -> Range<usize> {
        let in_view = seen.first..seen.first + seen.count;
        let fits = was.start <= in_view.start && in_view.end <= was.end && was.end <= self.rows;
        // One row more or less is in view as the list moves.
        if fits && was.len() <= in_view.len() + 2 * OVERSCAN + 1 {
            return was.clone();
        }
        in_view.start.saturating_sub(OVERSCAN)..(in_view.end + OVERSCAN).min(self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_drawn_while_they_hold_what_is_in_view() {
        let list = Viewport {
            rows: 1000,
            row: 20.0,
            height: 200.0,
        };
        let mut drawn = 0..0;
        let mut anew = 0;
        for top in (0..19_800).step_by(10) {
            let seen = list.visible(list.from_top(f64::from(top)));
            let next = list.drawn(seen, &drawn);
            assert!(next.start <= seen.first && seen.first + seen.count <= next.end);
            assert!(next.end <= 1000 && next.len() <= seen.count + 2 * OVERSCAN + 1);
            anew += u32::from(next != drawn);
            drawn = next;
        }
        assert_eq!(drawn.end, 1000);
        // Ten rows are in view, and half a row goes by with each step.
        assert!((140..220).contains(&anew), "{anew}");
        let shorter = Viewport { rows: 5, ..list };
        let seen = shorter.visible(shorter.from_top(0.0));
        assert_eq!(shorter.drawn(seen, &drawn), 0..5);
    }

    #[test]
    fn rows_are_asked_for_once_with_some_around_them() {
        let window = |start, count| Window { start, count };
        let asked = window(Some(100), 100);
        assert_eq!(asks_for(asked, &(120..150), 1000), None);
        assert_eq!(asks_for(asked, &(180..210), 200), None, "there are no more");
        assert_eq!(
            asks_for(asked, &(180..210), 1000),
            Some(window(Some(140), 110))
        );
        assert_eq!(asks_for(asked, &(10..40), 1000), Some(window(Some(0), 110)));
        assert_eq!(
            asks_for(window(None, 32), &(0..5), 9),
            Some(window(Some(0), 85))
        );
    }
    use proptest::prelude::*;

    const MILLION: Viewport = Viewport {
        rows: 1_000_000,
        row: 26.0,
        height: 400.0,
    };

    #[test]
    fn a_list_that_fits_is_exact() {
        let list = Viewport {
            rows: 1000,
            row: 26.0,
            height: 400.0,
        };
        assert_eq!(list.element(), 26_000.0);
        let place = list.scrolled(Place::default(), 1310.0);
        assert_eq!(
            place,
            Place {
                top: 1310.0,
                at: 1310.0
            }
        );
        assert_eq!(
            list.visible(place),
            Visible {
                first: 50,
                count: 16,
                offset: 1300.0
            }
        );
        assert_eq!(
            list.to_row(999),
            Place {
                top: 25_600.0,
                at: 25_600.0
            }
        );
        let few = Viewport { rows: 3, ..list };
        assert_eq!(
            few.visible(few.to_row(2)),
            Visible {
                first: 0,
                count: 3,
                offset: 0.0
            }
        );
        let none = Viewport { rows: 0, ..list };
        assert_eq!(
            none.visible(none.from_top(10.0)),
            Visible {
                first: 0,
                count: 0,
                offset: 0.0
            }
        );
    }

    #[test]
    fn a_million_rows_keep_to_the_limit_and_reach_the_end() {
        assert_eq!(MILLION.element(), ELEMENT_MAX);
        let end = MILLION.from_top(ELEMENT_MAX - 400.0);
        let seen = MILLION.visible(end);
        assert_eq!(seen.first + seen.count, 1_000_000);
        assert!((seen.offset + seen.count as f64 * 26.0 - ELEMENT_MAX).abs() < 0.01);
    }

    #[test]
    fn small_moves_are_not_stretched() {
        let place = MILLION.to_row(500_000);
        let wheel = MILLION.scrolled(place, place.top + 100.0);
        assert_eq!(wheel.at, place.at + 100.0);
        // The box is set to the new top, and the browser reports that, rounded.
        assert_eq!(MILLION.scrolled(wheel, wheel.top.round()), wheel);
        assert_eq!(MILLION.visible(MILLION.stepped(place, 1)).first, 500_001);
        assert_eq!(MILLION.visible(MILLION.stepped(wheel, -1)).first, 500_003);
        assert_eq!(MILLION.scrolled(place, 0.0), Place::default());
    }

    #[test]
    fn a_row_in_view_stays_where_it_is() {
        let place = MILLION.to_row(100);
        assert_eq!(MILLION.revealed(place, 100), place);
        assert_eq!(MILLION.revealed(place, 110), place);
        assert_eq!(MILLION.revealed(place, 99).at, 99.0 * 26.0);
        assert_eq!(MILLION.revealed(place, 115).at, 116.0 * 26.0 - 400.0);
    }

    fn lists() -> impl Strategy<Value = Viewport> {
        (0usize..50_000_000, 1u32..60, 0u32..3000).prop_map(|(rows, row, height)| Viewport {
            rows,
            row: f64::from(row),
            height: f64::from(height),
        })
    }

    proptest! {
        #[test]
        fn every_row_can_be_reached(list in lists(), part in 0.0f64..1.0) {
            prop_assume!(list.rows > 0 && list.height >= list.row);
            let row = ((list.rows as f64 * part) as usize).min(list.rows - 1);
            let place = list.to_row(row);
            let seen = list.visible(place);
            prop_assert!(seen.first <= row && row < seen.first + seen.count);
            prop_assert!(place.top >= 0.0 && place.top <= ELEMENT_MAX);
            let revealed = list.visible(list.revealed(list.from_top(ELEMENT_MAX * part), row));
            prop_assert!(revealed.first <= row && row < revealed.first + revealed.count);
        }

        #[test]
        fn scrolling_down_never_shows_earlier_rows(list in lists(), a in 0.0f64..ELEMENT_MAX, b in 0.0f64..ELEMENT_MAX) {
            let (less, more) = (a.min(b), a.max(b));
            let (early, late) = (list.visible(list.from_top(less)), list.visible(list.from_top(more)));
            prop_assert!(early.first <= late.first);
            let place = list.from_top(less);
            prop_assert!(list.scrolled(place, more).at >= place.at);
        }

        #[test]
        fn steps_move_whole_rows(list in lists(), part in 0.0f64..1.0, rows in 1i64..50) {
            prop_assume!(list.content() > list.height * 2.0 + 200.0 * list.row);
            let place = list.from_top(list.element_end() * (0.3 + 0.4 * part));
            prop_assume!(place.at > 60.0 * list.row && place.at + 60.0 * list.row < list.end());
            let down = list.stepped(place, rows);
            prop_assert_eq!(down.at % list.row, 0.0);
            prop_assert_eq!(list.visible(down).first as i64 - list.visible(place).first as i64, rows);
            prop_assert_eq!(list.stepped(list.stepped(down, rows), -rows), down);
        }

        #[test]
        fn what_is_in_view_covers_the_box(list in lists(), top in 0.0f64..ELEMENT_MAX) {
            let place = list.from_top(top);
            let seen = list.visible(place);
            if list.content() <= ELEMENT_MAX {
                prop_assert_eq!(place.at, place.top);
            }
            prop_assert!(seen.offset <= place.top + 0.001);
            let bottom = seen.offset + seen.count as f64 * list.row;
            prop_assert!(bottom + 0.01 >= (place.top + list.height).min(list.element()));
        }

        #[test]
        fn a_small_list_is_scrolled_as_the_browser_does(rows in 0usize..10_000, top in 0.0f64..500_000.0, before in 0.0f64..500_000.0) {
            let list = Viewport { rows, row: 26.0, height: 400.0 };
            let place = list.scrolled(list.from_top(before), top);
            prop_assert_eq!(place.top, place.at);
            prop_assert_eq!(place.at, top.min((rows as f64 * 26.0 - 400.0).max(0.0)));
        }
    }
}
