//! How long the pauses are.
//!
//! A pause is computed from the number of the attempt alone, in whole nanoseconds: there is nothing to carry along, and
//! 100 ms doubled are 200 ms exactly.

use core::time::Duration;
use std::hash::{BuildHasher, RandomState};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Growth {
    Constant,
    Exponential,
    Fibonacci,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Jitter {
    None,
    Random,
    Seeded,
}

/// Flat and small, because each run copies it before its first attempt, which is mostly the only one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    pub(super) growth: Growth,
    pub(super) jitter: Jitter,
    /// Of [`Growth::Exponential`].
    pub(super) factor: f64,
    /// These are nanoseconds: half as large as a `Duration`, for 584 years.
    pub(super) base: u64,
    pub(super) least: u64,
    pub(super) most: u64,
    /// Of [`Jitter::Seeded`].
    pub(super) seed: u32,
}

impl Backoff {
    /// The pause after the `attempt`-th rejection, counted from 1. The first one that is left to chance draws the seed.
    pub(super) fn pause(&mut self, attempt: u32) -> Duration {
        match self.jitter {
            Jitter::None => return self.delay(attempt),
            Jitter::Seeded => {}
            Jitter::Random => {
                self.seed = random_seed();
                self.jitter = Jitter::Seeded;
            }
        }
        self.jittered(attempt, self.seed)
    }

    fn delay(&self, attempt: u32) -> Duration {
        Duration::from_nanos(self.nanos(attempt))
    }

    /// The same with a random part: from one to two times as long, and where that would be too long, from a half to the whole of
    /// what is allowed. So the pauses of many clients stay apart at the limit too.
    fn jittered(&self, attempt: u32, seed: u32) -> Duration {
        let delay = self.nanos(attempt);
        let most = delay.saturating_mul(2).min(self.most.max(self.least));
        let least = delay.min(most / 2);
        let random = random(u64::from(seed) << 32 | u64::from(attempt));
        // The upper half of the product is `random` scaled to the width.
        let width = u128::from(most - least);
        let offset = (width * u128::from(random)) >> 64;
        Duration::from_nanos(self.limited(least + offset as u64))
    }

    fn nanos(&self, attempt: u32) -> u64 {
        self.limited(match self.growth {
            Growth::Constant => self.base,
            // Casts saturate.
            Growth::Exponential => {
                let steps = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
                (self.base as f64 * self.factor.powi(steps)).round() as u64
            }
            Growth::Fibonacci => self.base.saturating_mul(fibonacci(attempt)),
        })
    }

    fn limited(&self, delay: u64) -> u64 {
        delay.min(self.most).max(self.least)
    }
}

/// 1, 1, 2, 3, 5, …
fn fibonacci(n: u32) -> u64 {
    let (mut current, mut next) = (0_u64, 1_u64);
    // The hundredth is above any number of nanoseconds.
    for _ in 0..n.min(100) {
        (current, next) = (next, current.saturating_add(next));
    }
    current
}

/// One round of SplitMix64: neighbouring numbers give unrelated ones.
const fn random(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A seed of its own for every run.
fn random_seed() -> u32 {
    folded(RandomState::new().hash_one(0))
}

/// A seed of half the size, as an attempt's number is the other half of what its random number is made of.
pub(super) const fn folded(seed: u64) -> u32 {
    (random(seed) >> 32) as u32
}

pub(super) const fn nanos(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 {
        u64::MAX
    } else {
        nanos as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn delays(backoff: Backoff, count: u32) -> Vec<u128> {
        (1..=count)
            .map(|attempt| backoff.delay(attempt).as_millis())
            .collect()
    }

    fn backoff(growth: Growth) -> Backoff {
        Backoff {
            growth,
            jitter: Jitter::None,
            factor: 2.0,
            base: nanos(ms(100)),
            least: 0,
            most: u64::MAX,
            seed: 0,
        }
    }

    #[test]
    fn pauses_grow_as_named_and_are_exact() {
        assert_eq!(delays(backoff(Growth::Constant), 4), [100, 100, 100, 100]);
        let doubling = backoff(Growth::Exponential);
        assert_eq!(delays(doubling, 6), [100, 200, 400, 800, 1600, 3200]);
        assert_eq!(doubling.delay(2), ms(200));
        let tripling = Backoff {
            factor: 3.0,
            ..doubling
        };
        assert_eq!(delays(tripling, 4), [100, 300, 900, 2700]);
        assert_eq!(
            delays(backoff(Growth::Fibonacci), 7),
            [100, 100, 200, 300, 500, 800, 1300]
        );
    }

    #[test]
    fn pauses_stay_between_the_limits_also_the_first() {
        let limited = Backoff {
            least: nanos(ms(150)),
            most: nanos(ms(500)),
            ..backoff(Growth::Exponential)
        };
        assert_eq!(delays(limited, 5), [150, 200, 400, 500, 500]);
        let short = Backoff {
            most: nanos(ms(30)),
            ..limited
        };
        assert_eq!(short.delay(1), ms(150), "the lower limit wins");
    }

    #[test]
    fn pauses_that_are_too_long_for_a_number_are_the_longest() {
        for growth in [Growth::Exponential, Growth::Fibonacci] {
            let longest = Duration::from_nanos(u64::MAX);
            let steep = Backoff {
                factor: 1e300,
                ..backoff(growth)
            };
            assert_eq!(steep.delay(u32::MAX), longest);
            assert!(steep.jittered(u32::MAX, 1) <= longest);
        }
    }

    #[test]
    fn jitter_is_within_bounds_and_reaches_all_of_them() {
        let doubling = Backoff {
            most: nanos(ms(1000)),
            ..backoff(Growth::Exponential)
        };
        for (attempt, least, most) in [
            (1, 100, 200),
            (2, 200, 400),
            (3, 400, 800),
            (4, 500, 1000),
            (9, 500, 1000),
        ] {
            let drawn: Vec<_> = (0..1000)
                .map(|seed| doubling.jittered(attempt, seed))
                .collect();
            let (lowest, highest) = (drawn.iter().min().unwrap(), drawn.iter().max().unwrap());
            assert!(
                *lowest >= ms(least) && *highest <= ms(most),
                "{attempt}: {lowest:?} {highest:?}"
            );
            let hundredth = ms(most - least) / 100;
            assert!(
                *lowest < ms(least) + hundredth && *highest > ms(most) - hundredth,
                "{attempt}: {lowest:?} {highest:?}"
            );
        }
    }
}
