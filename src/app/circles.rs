//! Two circles whose areas stand as the sizes of two sets, and whose overlap as what they share.

use std::f64::consts::PI;

/// Below this radius, of at most 1, a circle could not be seen.
const SMALLEST: f64 = 0.16;

/// Two circles on one line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circles {
    /// The radii, the larger one 1.
    pub radii: [f64; 2],
    /// How far apart the centres are.
    pub apart: f64,
    /// Whether the areas are true to the counts.
    pub to_scale: bool,
}

/// The circles for how many members only one set has, both have, and only the other has.
pub fn circles([here, both, there]: [usize; 3]) -> Circles {
    let sizes = [here + both, both + there].map(|size| size as f64);
    let most = sizes[0].max(sizes[1]).max(1.0);
    let exact = sizes.map(|size| (size / most).sqrt());
    let radii = exact.map(|radius| radius.max(SMALLEST));
    let mut to_scale = radii == exact;
    let (near, far) = ((radii[0] - radii[1]).abs(), radii[0] + radii[1]);
    let apart = if both == 0 {
        far + 0.1
    } else if here == 0 || there == 0 {
        near
    } else {
        let wanted = both as f64 / most * PI;
        // The overlap grows the nearer the centres are.
        let (mut low, mut high) = (near, far);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if lens(radii, middle) > wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        // Where little is shared, or little is not, that must be seen still.
        let seen = low.clamp(near + (far - near) * 0.04, far - (far - near) * 0.04);
        to_scale &= (seen - low).abs() < 1e-9;
        seen
    };
    Circles {
        radii,
        apart,
        to_scale,
    }
}

/// The area that two circles share.
fn lens([a, b]: [f64; 2], apart: f64) -> f64 {
    let near = (a - b).abs();
    if apart <= near {
        let smaller = a.min(b);
        return PI * smaller * smaller;
    }
    if apart >= a + b {
        return 0.0;
    }
    let part = |one: f64, other: f64| {
        let side = (apart * apart + one * one - other * other) / (2.0 * apart);
        let angle = (side / one).clamp(-1.0, 1.0).acos();
        one * one * angle - side * (one * one - side * side).max(0.0).sqrt()
    };
    part(a, b) + part(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_to_scale_or_say_that_they_are_not() {
        let drawn = circles([30, 20, 10]);
        assert!(drawn.to_scale);
        let whole = PI * drawn.radii[0] * drawn.radii[0];
        assert!((lens(drawn.radii, drawn.apart) / whole - 20.0 / 50.0).abs() < 1e-6);
        assert!((drawn.radii[1] * drawn.radii[1] - 30.0 / 50.0).abs() < 1e-9);
        assert!(!circles([1_000_000, 1, 1]).to_scale);
        assert!(!circles([1_000, 1, 1_000]).to_scale);
    }

    #[test]
    fn sets_apart_do_not_touch_and_a_subset_stands_inside() {
        let apart = circles([5, 0, 5]);
        assert!(apart.apart > apart.radii[0] + apart.radii[1]);
        let inside = circles([6, 3, 0]);
        assert!(inside.apart + inside.radii[1] <= inside.radii[0] + 1e-9);
        assert_eq!(circles([0, 4, 0]).apart, 0.0);
        assert!(
            circles([0, 0, 0])
                .radii
                .iter()
                .all(|radius| radius.is_finite())
        );
    }
}
