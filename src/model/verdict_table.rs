//! Many cases and protocols at once.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

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
    /// Judges all of them, on so many threads at once, and tells each verdict in
    /// their order, as soon as it and those before it are known; none where `tell`
    /// ended it.
    pub(crate) fn judged(
        cases: Vec<ModelCase>,
        protocols: Vec<Protocol>,
        readers: u8,
        threads: usize,
        judge: impl Fn(&ProtocolModel<'_>) -> V + Sync,
        mut tell: impl FnMut(&ProtocolModel<'_>, &V) -> ControlFlow<()>,
    ) -> Option<Self> {
        let pairs = cases.len() * protocols.len();
        let next = AtomicUsize::new(0);
        let model = |at: usize| {
            let case = &cases[at / protocols.len()];
            ProtocolModel::new(case, protocols[at % protocols.len()], readers)
        };
        let (known, verdicts) = channel();
        let work = |known: Sender<(usize, V)>| {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                // Nobody listens any more where it was ended.
                if at >= pairs || known.send((at, judge(&model(at)))).is_err() {
                    break;
                }
            }
        };
        let mut done: Vec<Option<V>> = vec![None; pairs];
        let mut told = 0;
        let ended = std::thread::scope(|scope| {
            let mut started = 0;
            for _ in 0..threads.clamp(1, pairs.max(1)) {
                let (work, known) = (&work, known.clone());
                let thread = std::thread::Builder::new().spawn_scoped(scope, move || work(known));
                started += usize::from(thread.is_ok());
            }
            // Where no thread can be had, this one does it all.
            match started {
                0 => work(known),
                _ => drop(known),
            }
            while told < pairs
                && let Ok((at, verdict)) = verdicts.recv()
            {
                done[at] = Some(verdict);
                while let Some(Some(verdict)) = done.get(told) {
                    if tell(&model(told), verdict).is_break() {
                        next.store(pairs, Ordering::Relaxed);
                        return true;
                    }
                    told += 1;
                }
            }
            false
        });
        if ended {
            return None;
        }
        let mut verdicts = done.into_iter().flatten();
        Some(VerdictTable {
            verdicts: cases
                .iter()
                .map(|_| verdicts.by_ref().take(protocols.len()).collect())
                .collect(),
            cases,
            protocols,
            readers,
        })
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
        let go_on = |_: &ProtocolModel<'_>, _: &ProtocolVerdict| ControlFlow::Continue(());
        let judged = Self::judged(
            cases.clone(),
            protocols.clone(),
            readers,
            threads,
            ProtocolVerdict::of,
            go_on,
        );
        // Nobody ends it.
        judged.unwrap_or(VerdictTable {
            cases,
            protocols,
            readers,
            verdicts: Vec::new(),
        })
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
