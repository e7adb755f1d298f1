//! How often something took how long.

/// Counts by nanoseconds: each doubling is divided into so many steps, so that a step is a thirtieth of the time.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u32>,
}

/// Steps of a doubling, as a power of two.
const STEPS: u32 = 5;
/// Doublings: up to two seconds.
const DOUBLINGS: u32 = 31;

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; (DOUBLINGS << STEPS) as usize] }
    }

    /// The step that a time belongs to. Times below two to the power of [`STEPS`] have a step each.
    fn step(nanoseconds: u64) -> usize {
        let nanoseconds = nanoseconds.clamp(1, (1 << DOUBLINGS) - 1);
        let doubling = nanoseconds.ilog2();
        let above = doubling.saturating_sub(STEPS);
        ((above << STEPS) as u64 + (nanoseconds >> above)) as usize
    }

    /// The shortest time of a step.
    fn begin(step: usize) -> u64 {
        let above = (step >> STEPS).saturating_sub(1);
        ((step - (above << STEPS)) as u64) << above
    }

    pub(crate) fn add(&mut self, nanoseconds: u64) {
        self.counts[Self::step(nanoseconds)] += 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    /// The time that so many of a thousand do not exceed, in nanoseconds; between the ends of its step by how many of that
    /// step are needed.
    pub(crate) fn per_mille(&self, cases: u64) -> f64 {
        let mut wanted = (self.count() * cases).div_ceil(1_000);
        for (step, count) in self.counts.iter().enumerate() {
            let count = u64::from(*count);
            if count >= wanted && count > 0 {
                let (begin, end) = (Self::begin(step) as f64, Self::begin(step + 1) as f64);
                return begin + (end - begin) * wanted as f64 / count as f64;
            }
            wanted -= count;
        }
        f64::INFINITY
    }
}
