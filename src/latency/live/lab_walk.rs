//! The demonstration: one reader after the other, with a sentence on each.

use std::time::{Duration, Instant};

use super::LabWalkState;
use crate::latency::load::Load;
use crate::linux::reader::Reader;

/// How long each step takes.
const STEP: Duration = Duration::from_secs(10);

const STEPS: [(Load, &str); 5] = [
    (
        Load::NONE,
        "Nobody reads. This is what mmap and munmap cost the writer by themselves.",
    ),
    (
        Load(Some(Reader::Maps)),
        "maps is read without a pause. Since Linux 6.17 its reader locks one VMA at a time; \
         before, the writer waits for each chunk.",
    ),
    (
        Load(Some(Reader::Query)),
        "PROCMAP_QUERY asks for one VMA after the other. Since Linux 6.18 it locks just that \
         VMA; before, mmap_lock for each query.",
    ),
    (
        Load(Some(Reader::Smaps)),
        "smaps walks the page tables of each VMA. Before Linux 7.2 it holds mmap_lock for a \
         chunk of them, and the writer waits.",
    ),
    (
        Load(Some(Reader::NumaMaps)),
        "numa_maps walks page tables too, and fits many VMAs into a chunk: before Linux 7.2 \
         the longest hold of mmap_lock.",
    ),
];

/// A demonstration under way.
#[derive(Clone, Debug)]
pub(crate) struct LabWalk {
    steps: Vec<(Load, &'static str)>,
    at: usize,
    began: Instant,
}

impl LabWalk {
    /// Begins with nobody reading; leaves out the readers there are none of.
    pub(crate) fn begin(now: Instant, has: impl Fn(Load) -> bool) -> Self {
        LabWalk {
            steps: STEPS
                .into_iter()
                .filter(|(reader, _)| has(*reader))
                .collect(),
            at: 0,
            began: now,
        }
    }

    /// The reader of the next step, if it is time for one; `Some(None)` is the
    /// end.
    pub(crate) fn next_reader(&mut self, now: Instant) -> Option<Option<Load>> {
        if now.duration_since(self.began) < STEP {
            return None;
        }
        self.began = now;
        self.at += 1;
        Some(self.steps.get(self.at).map(|(reader, _)| *reader))
    }

    pub(crate) fn state(&self, now: Instant) -> LabWalkState {
        let at = self.at.min(self.steps.len() - 1);
        let left = STEP.saturating_sub(now.duration_since(self.began));
        LabWalkState {
            step: (at + 1, self.steps.len()),
            sentence: self.steps[at].1.into(),
            left: left.as_secs_f64().ceil() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_from_reader_to_reader_and_ends() {
        let start = Instant::now();
        let mut walk = LabWalk::begin(start, |reader| reader != Load(Some(Reader::Query)));
        assert_eq!(walk.state(start).step, (1, 4));
        assert_eq!(walk.next_reader(start + STEP / 2), None);
        for (i, reader) in [
            Load(Some(Reader::Maps)),
            Load(Some(Reader::Smaps)),
            Load(Some(Reader::NumaMaps)),
        ]
        .into_iter()
        .enumerate()
        {
            let now = start + STEP * (i as u32 + 1);
            assert_eq!(walk.next_reader(now), Some(Some(reader)));
            assert_eq!(walk.state(now).step, (i + 2, 4));
            assert_eq!(walk.state(now).left, 10);
        }
        assert_eq!(walk.next_reader(start + STEP * 4), Some(None));
    }
}
