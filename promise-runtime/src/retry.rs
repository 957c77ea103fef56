//! The attempts of `retry`.

/// Counts the attempts that are left.
#[derive(Debug)]
pub struct Attempts(u32);

impl Attempts {
    /// `attempts` in all; 0 is taken as 1, because the first one has been made when this is asked.
    #[inline]
    pub fn new(attempts: u32) -> Self {
        Self(attempts)
    }

    /// Another attempt may be made after the one that was rejected.
    #[inline]
    pub fn left(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}
