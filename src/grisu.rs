//! The digits of a double, as the reference finds them: Grisu2, by Florian Loitsch ("Printing
//! floating-point numbers quickly and accurately with integers", 2010), in the shape of the
//! `fpconv` library that the reference carries.
//!
//! The digits always read back to the same double. They are the fewest that do in 99.9 % of cases,
//! and where several texts of that length would do, not always the nearest: so a better algorithm
//! would answer other bytes.

/// A number `significand * 2^exponent`.
#[derive(Clone, Copy)]
struct Float {
    significand: u64,
    exponent: i32,
}

/// Powers of ten from 10^-348 to 10^340, in steps of 10^8: significands of 64 bits, rounded, and
/// exponents of two.
#[rustfmt::skip]
const POWERS: [(u64, i32); 87] = [
    (0xfa8fd5a0081c0288, -1220), (0xbaaee17fa23ebf76, -1193), (0x8b16fb203055ac76, -1166),
    (0xcf42894a5dce35ea, -1140), (0x9a6bb0aa55653b2d, -1113), (0xe61acf033d1a45df, -1087),
    (0xab70fe17c79ac6ca, -1060), (0xff77b1fcbebcdc4f, -1034), (0xbe5691ef416bd60c, -1007),
    (0x8dd01fad907ffc3c, -980), (0xd3515c2831559a83, -954), (0x9d71ac8fada6c9b5, -927),
    (0xea9c227723ee8bcb, -901), (0xaecc49914078536d, -874), (0x823c12795db6ce57, -847),
    (0xc21094364dfb5637, -821), (0x9096ea6f3848984f, -794), (0xd77485cb25823ac7, -768),
    (0xa086cfcd97bf97f4, -741), (0xef340a98172aace5, -715), (0xb23867fb2a35b28e, -688),
    (0x84c8d4dfd2c63f3b, -661), (0xc5dd44271ad3cdba, -635), (0x936b9fcebb25c996, -608),
    (0xdbac6c247d62a584, -582), (0xa3ab66580d5fdaf6, -555), (0xf3e2f893dec3f126, -529),
    (0xb5b5ada8aaff80b8, -502), (0x87625f056c7c4a8b, -475), (0xc9bcff6034c13053, -449),
    (0x964e858c91ba2655, -422), (0xdff9772470297ebd, -396), (0xa6dfbd9fb8e5b88f, -369),
    (0xf8a95fcf88747d94, -343), (0xb94470938fa89bcf, -316), (0x8a08f0f8bf0f156b, -289),
    (0xcdb02555653131b6, -263), (0x993fe2c6d07b7fac, -236), (0xe45c10c42a2b3b06, -210),
    (0xaa242499697392d3, -183), (0xfd87b5f28300ca0e, -157), (0xbce5086492111aeb, -130),
    (0x8cbccc096f5088cc, -103), (0xd1b71758e219652c, -77), (0x9c40000000000000, -50),
    (0xe8d4a51000000000, -24), (0xad78ebc5ac620000, 3), (0x813f3978f8940984, 30),
    (0xc097ce7bc90715b3, 56), (0x8f7e32ce7bea5c70, 83), (0xd5d238a4abe98068, 109),
    (0x9f4f2726179a2245, 136), (0xed63a231d4c4fb27, 162), (0xb0de65388cc8ada8, 189),
    (0x83c7088e1aab65db, 216), (0xc45d1df942711d9a, 242), (0x924d692ca61be758, 269),
    (0xda01ee641a708dea, 295), (0xa26da3999aef774a, 322), (0xf209787bb47d6b85, 348),
    (0xb454e4a179dd1877, 375), (0x865b86925b9bc5c2, 402), (0xc83553c5c8965d3d, 428),
    (0x952ab45cfa97a0b3, 455), (0xde469fbd99a05fe3, 481), (0xa59bc234db398c25, 508),
    (0xf6c69a72a3989f5c, 534), (0xb7dcbf5354e9bece, 561), (0x88fcf317f22241e2, 588),
    (0xcc20ce9bd35c78a5, 614), (0x98165af37b2153df, 641), (0xe2a0b5dc971f303a, 667),
    (0xa8d9d1535ce3b396, 694), (0xfb9b7cd9a4a7443c, 720), (0xbb764c4ca7a44410, 747),
    (0x8bab8eefb6409c1a, 774), (0xd01fef10a657842c, 800), (0x9b10a4e5e9913129, 827),
    (0xe7109bfba19c0c9d, 853), (0xac2820d9623bf429, 880), (0x80444b5e7aa7cf85, 907),
    (0xbf21e44003acdd2d, 933), (0x8e679c2f5e44ff8f, 960), (0xd433179d9c8cb841, 986),
    (0x9e19db92b4e31ba9, 1013), (0xeb96bf6ebadf77d9, 1039), (0xaf87023b9bf0ee6b, 1066),
];
const FIRST_POWER: i32 = -348;
const POWER_STEP: i32 = 8;

/// The exponents that a scaled number may have, so that its whole part fits in 32 bits.
const EXPONENTS: std::ops::RangeInclusive<i32> = -60..=-32;

/// The digits of a finite double above zero, and the power of ten of the last one.
pub fn digits(value: f64) -> (Vec<u8>, i32) {
    let (low, exact, high) = boundaries(value);
    let (power, ten) = scale(high.exponent);
    let (low, exact, high) = (low.times(power), exact.times(power), high.times(power));
    // Products are off by less than one unit: one is given up on either side.
    let high = Float {
        significand: high.significand - 1,
        ..high
    };
    generate(exact.significand, low.significand + 1, high, -ten)
}

/// A double, and the middles between it and its neighbours, with equal exponents and the upper
/// one's top bit set.
fn boundaries(value: f64) -> (Float, Float, Float) {
    let bits = value.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52) as i32 & 0x7ff);
    let exact = match biased {
        0 => Float {
            significand: fraction,
            exponent: -1074,
        },
        _ => Float {
            significand: fraction | 1 << 52,
            exponent: biased - 1075,
        },
    };
    let high = Float {
        significand: exact.significand * 2 + 1,
        exponent: exact.exponent - 1,
    }
    .normal();
    // Just above a power of two the lower neighbour is nearer.
    let low = if fraction == 0 {
        Float {
            significand: exact.significand * 4 - 1,
            exponent: exact.exponent - 2,
        }
    } else {
        Float {
            significand: exact.significand * 2 - 1,
            exponent: exact.exponent - 1,
        }
    };
    let shift = low.exponent - high.exponent;
    (
        Float {
            significand: low.significand << shift,
            exponent: high.exponent,
        },
        exact.normal(),
        high,
    )
}

/// The power of ten that brings an exponent into [`EXPONENTS`], and which power it is.
fn scale(exponent: i32) -> (Float, i32) {
    let guess = (f64::from(-(exponent + POWERS.len() as i32)) * std::f64::consts::LOG10_2) as i32;
    let mut at = (guess - FIRST_POWER) / POWER_STEP;
    loop {
        let (significand, own) = POWERS.get(at as usize).copied().unwrap_or_default();
        let scaled = exponent + own + 64;
        if scaled < *EXPONENTS.start() {
            at += 1;
        } else if scaled > *EXPONENTS.end() {
            at -= 1;
        } else {
            return (
                Float {
                    significand,
                    exponent: own,
                },
                FIRST_POWER + at * POWER_STEP,
            );
        }
    }
}

impl Float {
    fn normal(self) -> Self {
        let shift = self.significand.leading_zeros();
        Self {
            significand: self.significand << shift,
            exponent: self.exponent - shift as i32,
        }
    }

    fn times(self, other: Self) -> Self {
        let product = u128::from(self.significand) * u128::from(other.significand) + (1 << 63);
        Self {
            significand: (product >> 64) as u64,
            exponent: self.exponent + other.exponent + 64,
        }
    }
}

/// Takes digits from `high` until what is left lies below the width of the interval, then brings
/// the last one near to `exact`.
fn generate(exact: u64, low: u64, high: Float, mut ten: i32) -> (Vec<u8>, i32) {
    let shift = -high.exponent;
    let one = 1u64 << shift;
    let mut width = high.significand - low;
    let mut distance = high.significand - exact;
    let mut whole = high.significand >> shift;
    let mut part = high.significand & (one - 1);
    let mut digits = Vec::with_capacity(17);
    let push = |digits: &mut Vec<u8>, digit: u64| {
        if digit > 0 || !digits.is_empty() {
            digits.push(b'0' + digit as u8);
        }
    };
    let mut unit = 1_000_000_000u64;
    for left in (0..10).rev() {
        push(&mut digits, whole / unit);
        whole %= unit;
        let rest = (whole << shift) + part;
        if rest <= width {
            round(&mut digits, width, rest, unit << shift, distance);
            return (digits, ten + left);
        }
        unit /= 10;
    }
    loop {
        part *= 10;
        width *= 10;
        distance = distance.wrapping_mul(10);
        ten -= 1;
        push(&mut digits, part >> shift);
        part &= one - 1;
        if part < width {
            round(&mut digits, width, part, one, distance);
            return (digits, ten);
        }
    }
}

/// Lowers the last digit while that brings the text nearer to the exact value and keeps it inside
/// the interval.
fn round(digits: &mut [u8], width: u64, mut rest: u64, unit: u64, distance: u64) {
    let Some(last) = digits.last_mut() else {
        return;
    };
    while rest < distance
        && width - rest >= unit
        && (rest + unit < distance || distance - rest > rest + unit - distance)
    {
        *last -= 1;
        rest += unit;
    }
}
