//! The line around what is searched in, for a map.

use super::{EARTH_RADIUS, Place, RADIANS, Shape, radians};

/// Corners of the line around a circle.
const ROUND: u32 = 72;
/// Corners along each side of a box.
const SIDE: u32 = 12;

impl Shape {
    /// Places on the line around the shape, in order, the first not repeated. Longitudes may go past ±180 so that the
    /// line does not break. Empty where the shape goes round a pole: then it has no line on a flat map.
    pub fn outline(&self, centre: Place) -> Vec<Place> {
        match self {
            Self::Circle(radius) => circle(centre, *radius),
            Self::Rect(width, height) => rect(centre, *width, *height),
            Self::Polygon(corners) => corners.clone(),
        }
    }
}

fn circle(centre: Place, radius: f64) -> Vec<Place> {
    let (angle, latitude) = (radius / EARTH_RADIUS, radians(centre.latitude));
    if angle + latitude.abs() >= std::f64::consts::FRAC_PI_2 {
        return Vec::new();
    }
    let corner = |at: u32| {
        let bearing = f64::from(at) / f64::from(ROUND) * std::f64::consts::TAU;
        let sine = latitude.sin() * angle.cos() + latitude.cos() * angle.sin() * bearing.cos();
        let aside = (bearing.sin() * angle.sin() * latitude.cos())
            .atan2(angle.cos() - latitude.sin() * sine);
        Place {
            longitude: centre.longitude + aside / RADIANS,
            latitude: sine.asin() / RADIANS,
        }
    };
    (0..ROUND).map(corner).collect()
}

/// As wide along each parallel as the search takes it.
fn rect(centre: Place, width: f64, height: f64) -> Vec<Place> {
    let up = height / 2.0 / EARTH_RADIUS / RADIANS;
    if up + centre.latitude.abs() >= 90.0 {
        return Vec::new();
    }
    let half = (width / 4.0 / EARTH_RADIUS).min(std::f64::consts::FRAC_PI_2);
    let corner = |at: u32, sign: f64| {
        let latitude = centre.latitude - up + f64::from(at) / f64::from(SIDE) * 2.0 * up;
        let aside = 2.0 * (half.sin() / radians(latitude).cos()).min(1.0).asin() / RADIANS;
        Place {
            longitude: centre.longitude + sign * aside,
            latitude,
        }
    };
    let east = (0..=SIDE).map(|at| corner(at, 1.0));
    let west = (0..=SIDE).rev().map(|at| corner(at, -1.0));
    east.chain(west).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_lies_where_the_search_ends() {
        for (longitude, latitude) in [(15.0, 37.5), (-179.0, -60.0), (0.0, 0.0)] {
            let centre = Place {
                longitude,
                latitude,
            };
            for shape in [Shape::Circle(200_000.0), Shape::Rect(300_000.0, 100_000.0)] {
                let outline = shape.outline(centre);
                assert!(!outline.is_empty());
                for place in outline {
                    let moved = |by: f64| Place {
                        longitude: centre.longitude + (place.longitude - centre.longitude) * by,
                        latitude: centre.latitude + (place.latitude - centre.latitude) * by,
                    };
                    assert!(shape.distance_within(centre, moved(0.99)).is_some());
                    assert_eq!(shape.distance_within(centre, moved(1.01)), None);
                }
            }
        }
    }

    #[test]
    fn what_goes_round_a_pole_has_no_line() {
        let north = Place {
            longitude: 0.0,
            latitude: 85.0,
        };
        assert!(Shape::Circle(600_000.0).outline(north).is_empty());
        assert!(Shape::Rect(10.0, 1_200_000.0).outline(north).is_empty());
    }
}
