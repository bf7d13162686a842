//! Many cases and protocols at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::ModelCase;
use super::machine::ProtocolModel;
use super::protocols::Protocol;
use super::verdict::ProtocolVerdict;

/// The verdicts on each of some protocols in each of some cases.
#[derive(Clone, Debug)]
pub struct VerdictTable<V = ProtocolVerdict> {
    pub cases: Vec<ModelCase>,
    pub protocols: Vec<Protocol>,
    /// Readers at once: 1 or 2.
    pub readers: u8,
    /// By case, then by protocol.
    pub verdicts: Vec<Vec<V>>,
}

impl<V: Clone + Send> VerdictTable<V> {
    /// Judges all of them, on so many threads at once.
    #[must_use]
    pub(crate) fn judged(
        cases: Vec<ModelCase>,
        protocols: Vec<Protocol>,
        readers: u8,
        threads: usize,
        judge: impl Fn(&ProtocolModel<'_>) -> V + Sync,
    ) -> Self {
        let pairs = cases.len() * protocols.len();
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<Option<V>>> = Mutex::new(vec![None; pairs]);
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= pairs {
                    break;
                }
                let case = &cases[at / protocols.len()];
                let model = ProtocolModel::new(case, protocols[at % protocols.len()], readers);
                let verdict = judge(&model);
                // Nothing panics while it is held.
                let mut done = done.lock().unwrap_or_else(|held| held.into_inner());
                done[at] = Some(verdict);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.clamp(1, pairs.max(1)) {
                // Where no other thread can be had, this one does it all.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let done = done.into_inner().unwrap_or_else(|held| held.into_inner());
        let mut verdicts = done.into_iter().flatten();
        VerdictTable {
            verdicts: cases
                .iter()
                .map(|_| verdicts.by_ref().take(protocols.len()).collect())
                .collect(),
            cases,
            protocols,
            readers,
        }
    }

    /// The model that a verdict is on.
    #[must_use]
    pub(crate) fn model(&self, case: usize, protocol: usize) -> ProtocolModel<'_> {
        ProtocolModel::new(&self.cases[case], self.protocols[protocol], self.readers)
    }
}

impl VerdictTable {
    /// Explores all of them, on so many threads at once.
    #[must_use]
    pub fn new(
        cases: Vec<ModelCase>,
        protocols: Vec<Protocol>,
        readers: u8,
        threads: usize,
    ) -> Self {
        Self::judged(cases, protocols, readers, threads, ProtocolVerdict::of)
    }

    /// The verdicts on one protocol, with their cases.
    pub(crate) fn of_protocol(
        &self,
        at: usize,
    ) -> impl Iterator<Item = (&ModelCase, &ProtocolVerdict)> {
        let verdicts = self.verdicts.iter().filter_map(move |row| row.get(at));
        self.cases.iter().zip(verdicts)
    }

    /// Whether everything that must hold holds, everywhere.
    #[must_use]
    pub(crate) fn holds(&self) -> bool {
        self.verdicts.iter().flatten().all(ProtocolVerdict::holds)
    }
}
