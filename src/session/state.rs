//! What every session has and counts, whatever its target.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::Update;
use super::explorer::queries::ExplorerQueries;
use super::kept::KeptSession;
use super::probing::{ProbeInterval, Probing};
use super::rates::RateMeter;
use super::report_totals::ReportTotals;
use super::scan_view::ScanView;
use super::snapshot::{FoundEvent, Snapshot};
use super::trigger::Trigger;
use crate::events::event::Event;
use crate::events::run_info::run_info;
use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::reader::Reader;
use crate::oracle::tally::Tally;
use crate::recording::recorder::Recorder;
use crate::sampling::Published;
use crate::sampling::describe::FindContext;
use crate::sampling::options::{Rate, SamplerError, SamplerOptions};
use crate::sampling::sampler::Sampler;

/// Finds that may wait to be sent.
const WAITING: usize = 512;

pub(crate) struct SessionState {
    pub(crate) start: Instant,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) rate: Rate,
    pub(crate) trigger: Trigger,
    pub(crate) queries: ExplorerQueries,
    pub(crate) probing: Probing,
    pub(crate) totals: ReportTotals,
    pub(crate) meter: RateMeter,
    pub(crate) found: Vec<FoundEvent>,
    /// Finds that were lost for want of room.
    pub(crate) dropped: u64,
    /// Why the target is no longer watched, if it is not.
    pub(crate) ended: Option<String>,
    /// Everything stands still for a while: the latency lab has the machine, or
    /// this program is stopped.
    pub(crate) suspended: bool,
    /// Something happened that is not told yet.
    pub(crate) news: bool,
    /// Where it is recorded.
    pub(crate) kept: Option<KeptSession>,
    /// To be told besides; lost if nobody has room for it.
    pub(crate) updates: Vec<Update>,
}

/// The rule that each reader is judged by.
pub(crate) type Rules = Vec<(Reader, ReaderRule)>;

impl SessionState {
    /// Of a process whose reads are judged by these rules; after each answer the
    /// probe pauses for `interval`.
    pub(crate) fn new(
        pid: u32,
        facts: &KernelFacts,
        rules: &Rules,
        rate: Rate,
        interval: ProbeInterval,
        stop: &Arc<AtomicBool>,
    ) -> Self {
        SessionState {
            start: Instant::now(),
            stop: stop.clone(),
            rate,
            trigger: Trigger::default(),
            queries: ExplorerQueries::new(pid, facts),
            probing: Probing::new(interval),
            totals: ReportTotals::new(run_info(1, facts, rules)),
            meter: RateMeter::default(),
            found: Vec::new(),
            dropped: 0,
            ended: None,
            suspended: false,
            news: true,
            kept: None,
            updates: Vec::new(),
        }
    }

    /// Records the session from now on, in the time of the recorder.
    pub(crate) fn keep(&mut self, recorder: Recorder) {
        self.start = recorder.start();
        self.kept = Some(KeptSession::new(recorder));
    }

    /// Starts a sampler whose scans are shown, and recorded.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn sample(
        &mut self,
        options: &SamplerOptions,
        found_in: &FindContext<'_>,
    ) -> Result<Sampler, SamplerError> {
        let kept = self.kept.as_mut();
        let recorded = kept.map(|kept| kept.stream(options, found_in));
        Sampler::start_recorded(options, recorded)
    }

    /// Since the session started.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// One line for the user.
    pub(crate) fn notice(&mut self, text: impl Into<String>) {
        self.updates.push(Update::Notice(text.into()));
    }

    /// Something was found.
    pub(crate) fn find(&mut self, at: Duration, event: Event) {
        self.totals.event(&event);
        self.found.push(FoundEvent {
            at,
            event: Arc::new(event),
        });
        if self.found.len() > WAITING {
            let excess = self.found.len() - WAITING;
            self.found.drain(..excess);
            self.dropped += excess as u64;
        }
        self.news = true;
    }

    /// Asks what the explorer wants to know of the target.
    pub(crate) fn explore(&mut self, now: Duration, view: &mut ScanView) {
        let changed = view.has_changed();
        let picture = view.picture.as_deref();
        self.news |= self.queries.tick(now, picture, &view.history, changed);
    }

    /// Everything stands still, or goes on: then rates are counted anew.
    pub(crate) fn suspend(&mut self, suspended: bool) {
        self.suspended = suspended;
        self.meter.restart();
        self.news = true;
    }

    /// Counts for the rates, if it is time to; whether it was.
    pub(crate) fn count(&mut self, now: Duration, tally: &Tally, operations: u64) -> bool {
        let counted = self.meter.add(now, tally, operations);
        self.news |= counted;
        counted
    }

    /// All there is to show so far of a target that is read like this.
    pub(crate) fn snapshot(&mut self, view: Option<&ScanView>, published: Published) -> Snapshot {
        let goes_on = self.ended.is_none() && !self.suspended;
        Snapshot {
            at: self.now(),
            dropped: self.dropped + published.dropped,
            overall: published.tally.clone(),
            tally: published.tally,
            rate: self.rate,
            trigger: self.trigger,
            rates: goes_on.then(|| self.meter.rates()),
            history: Arc::new(self.meter.history()),
            locks: view
                .filter(|_| goes_on)
                .and_then(|view| view.locks.per_scan()),
            picture: view.and_then(|view| view.picture.clone()),
            same_until: view.map_or(0, |view| view.same_until),
            found: std::mem::take(&mut self.found),
            probe: self.probing.reading.clone(),
            ended: self.ended.clone(),
            explored: self.queries.explored(),
            ..Snapshot::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_still_has_no_rate() {
        let facts = KernelFacts::detect().unwrap();
        let (rules, stop) = (Rules::new(), Arc::default());
        let pid = std::process::id();
        let interval = ProbeInterval::Ours;
        let mut state = SessionState::new(pid, &facts, &rules, Rate::Full, interval, &stop);
        let has_rates =
            |state: &mut SessionState| state.snapshot(None, Published::default()).rates.is_some();
        assert!(has_rates(&mut state));
        state.news = false;
        // The lab has the machine.
        state.suspend(true);
        assert!(state.news && !has_rates(&mut state));
        state.suspend(false);
        assert!(has_rates(&mut state));
        state.ended = Some("it has exited".into());
        assert!(!has_rates(&mut state));
    }
}
