//! How long work still takes, told from how fast it has gone.

/// How long it is watched before anything is told of it, in milliseconds of the browser's clock.
const WATCHED: f64 = 500.0;

/// Work that is seen to go on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Since when, and how much there was to do then.
    began: Option<(f64, usize)>,
    left: Option<u32>,
}

impl Pace {
    /// So much is left to do at a moment of the browser's clock.
    pub fn see(&mut self, left: usize, wall: f64) {
        let (since, all) = match self.began {
            Some((since, all)) if (1..=all).contains(&left) => (since, all),
            // There is more of it than there was, or none.
            _ => {
                self.left = None;
                self.began = (left > 0).then_some((wall, left));
                return;
            }
        };
        let (took, done) = (wall - since, all - left);
        if took >= WATCHED && done > 0 {
            self.left = Some((took * left as f64 / done as f64 / 1000.0).ceil() as u32);
        }
    }

    /// How many seconds are left, once that can be told.
    pub fn left(&self) -> Option<u32> {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_how_fast_it_has_gone() {
        let mut pace = Pace::default();
        pace.see(1000, 0.0);
        pace.see(900, 100.0);
        assert_eq!(pace.left(), None, "too early to tell");
        pace.see(500, 1000.0);
        assert_eq!(pace.left(), Some(1));
        pace.see(400, 3000.0);
        assert_eq!(pace.left(), Some(2));
        pace.see(1400, 3100.0);
        assert_eq!(pace.left(), None, "there is more of it");
        pace.see(700, 4100.0);
        assert_eq!(pace.left(), Some(1));
        pace.see(0, 5000.0);
        assert_eq!(pace, Pace::default());
    }
}
