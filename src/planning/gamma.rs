//! One series that the model with impatience stands on, for any size of desk.

use std::f64::consts::PI;

/// Up to here the series itself can be added up without leaving the range of numbers.
const SERIES_MAX: f64 = 500.0;
/// From here on Stirling's formula is as exact as the numbers are.
const STIRLING_MIN: f64 = 12.0;
/// What is this much smaller than the sum adds nothing to it.
const NOTHING: f64 = 1e-17;
/// Smaller than every number that a continued fraction meets, and not zero.
const TINY: f64 = 1e-300;

/// The logarithm of `1 + x/(m+1) + x²/((m+1)(m+2)) + …`, which is `m · e^x · x^-m` times the lower incomplete gamma
/// function of `m` and `x`.
///
/// All terms are positive, so nothing cancels. Where there would be too many of them the continued fraction of the upper
/// incomplete gamma function takes their place (Abramowitz and Stegun, *Handbook of Mathematical Functions*, 6.5.29 and
/// 6.5.31; for the logarithm of the gamma function 6.1.41).
pub(super) fn ln_series(m: f64, x: f64) -> f64 {
    if x <= m + 1.0 || x <= SERIES_MAX {
        return series(m, x).ln();
    }
    if m < STIRLING_MIN {
        // By its first term: the rest is the same series of the next m.
        let rest = ln_series(m + 1.0, x) + (x / (m + 1.0)).ln();
        return rest + (-rest).exp().ln_1p();
    }
    let above = x - m;
    let exponent = above - m * (above / m).ln_1p();
    let front = 0.5 * (2.0 * PI * m).ln() + stirling_rest(m);
    let upper = m * (-exponent - front).exp() * upper_fraction(m, x);
    exponent + front + (-upper).ln_1p()
}

fn series(m: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut next) = (1.0, 1.0, m + 1.0);
    // Terms grow as long as x is the larger.
    while next <= x || term > sum * NOTHING {
        term *= x / next;
        sum += term;
        next += 1.0;
    }
    sum
}

/// What Stirling's formula leaves of the logarithm of the gamma function.
fn stirling_rest(m: f64) -> f64 {
    let square = m * m;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1_260.0 - 1.0 / (1_680.0 * square)) / square) / square) / m
}

/// The continued fraction of the upper incomplete gamma function, without its front, by the method of Lentz.
fn upper_fraction(m: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - m;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let (mut fraction, mut step, mut i) = (d, 0.0, 0.0);
    while f64::abs(step - 1.0) > 1e-15 && i < 1e6 {
        i += 1.0;
        let a = -i * (i - m);
        b += 2.0;
        d = 1.0 / away_from_zero(a * d + b);
        c = away_from_zero(b + a / c);
        step = d * c;
        fraction *= step;
    }
    fraction
}

fn away_from_zero(number: f64) -> f64 {
    if number.abs() < TINY { TINY } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Term by term, scaled down whenever it grows too large.
    fn slowly(m: f64, x: f64) -> f64 {
        let (mut sum, mut term, mut scaled, mut next) = (1.0_f64, 1.0_f64, 0.0_f64, m + 1.0);
        while next <= x || term > sum * 1e-18 {
            term *= x / next;
            sum += term;
            next += 1.0;
            if sum > 1e200 {
                (sum, term, scaled) = (sum / 1e200, term / 1e200, scaled + 200.0 * 10_f64.ln());
            }
        }
        sum.ln() + scaled
    }

    #[test]
    fn every_way_to_the_series_comes_to_the_same() {
        for m in [0.01, 0.5, 1.0, 7.0, 11.9, 12.0, 40.0, 499.0, 501.0, 3_000.0, 90_000.0] {
            for x in [0.0, 0.3, 5.0, 40.0, 499.0, 500.5, 510.0, 2_999.0, 3_002.0, 3_500.0, 20_000.0, 90_400.0] {
                let (fast, slow) = (ln_series(m, x), slowly(m, x));
                assert!((fast - slow).abs() <= 1e-9 * slow.abs().max(1.0), "{m} {x}: {fast} {slow}");
            }
        }
    }

    #[test]
    fn of_one_it_is_known() {
        // With m = 1 the series is (e^x - 1) / x.
        for x in [0.001, 1.0, 30.0, 400.0] {
            assert!((ln_series(1.0, x) - (x.exp_m1() / x).ln()).abs() < 1e-12);
        }
    }

    #[test]
    fn desks_of_any_size_are_reckoned_at_once() {
        let huge = ln_series(1e9, 1.0001e9);
        assert!(huge.is_finite() && huge > 0.0);
    }
}
