//! A process that is not ours as the target of a session: attached to, or a
//! command that was run. It is only read.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::foreign_report::{ForeignReport, ForeignSeen, Report};
use super::picture::Context;
use super::probing::ProbeInterval;
use super::scan_view::ScanView;
use super::session_loop::Target;
use super::snapshot::{ShownTarget, Snapshot};
use super::state::{Rules, SessionState};
use super::trigger::Trigger;
use super::{SessionCommand, ToWatch};
use crate::events::case::CaseKey;
use crate::events::event::{EventKind, Seen, TextEvent};
use crate::linux::dwell::DwellTime;
use crate::linux::features::KernelFacts;
use crate::linux::pid_handle::MmEnd;
use crate::linux::reader::Reader;
use crate::oracle::boundary_pairs::BoundaryPairs;
use crate::oracle::states::States;
use crate::process::attached::AttachedTarget;
use crate::process::target_state::TargetState;
use crate::recording::recorder::Recorder;
use crate::sampling::Published;
use crate::sampling::describe::FindContext;
use crate::sampling::options::{SamplerError, SamplerOptions, Watched};
use crate::sampling::scanned_calls::CallsSeen;
use crate::sampling::sentences::calls_line;
use crate::setup::placement::Placement;
use crate::setup::read_range::ReadRange;

/// Suspected holes that are marked on the map at most.
const MARKED: usize = 16;

/// How often to ask what the target is doing.
const ASK: Duration = Duration::from_millis(500);

pub(crate) struct ForeignTarget {
    target: AttachedTarget,
    options: SamplerOptions,
    info: Arc<ShownTarget>,
    view: ScanView,
    key: CaseKey,
    states: States,
    doing: TargetState,
    ask_due: Duration,
    /// Whether the user knows that the target's calls are not seen.
    said_calls: bool,
    /// A command may be held at its first instruction until its first scan is
    /// shown.
    may_be_held: bool,
    /// Where the latest suspected holes were, and when; the latest first.
    suspected: Vec<(Range<u64>, Duration)>,
    /// What was found, and what was counted before the last exec.
    seen: ForeignSeen,
    boundaries: Arc<BoundaryPairs>,
}

impl ForeignTarget {
    pub(crate) fn start(
        watch: ToWatch,
        (stop, recorder): (&Arc<AtomicBool>, Recorder),
    ) -> anyhow::Result<(SessionState, Self)> {
        let facts = KernelFacts::detect()?;
        let rules: Rules = vec![(Reader::Maps, facts.rule_for(Reader::Maps))];
        let rule = rules[0].1.rule;
        let options = SamplerOptions {
            pid: watch.target.pid(),
            reader: Reader::Maps,
            rule,
            extent: ReadRange::default(),
            schedule: DwellTime::NONE.into(),
            shared_file: None,
            rate: watch.rate,
            watched: Watched::Unknown {
                see_calls: watch.see_calls,
            },
        };
        let interval = ProbeInterval::Foreign;
        let mut state = SessionState::new(options.pid, &facts, &rules, watch.rate, interval, stop);
        state.keep(recorder);
        state.trigger = Trigger::Live;
        let (key, states) = (key(&watch.target), States::unknown());
        let sampler = state.sample(&options, &found_in(&key, &states))?;
        let mut view = ScanView::new(sampler, rule.granularity, state.trigger);
        // Asks for the very first scan.
        view.update(Duration::ZERO, Context::default());
        let target = ForeignTarget {
            info: Arc::new(ShownTarget::new(String::new(), &facts, &rules)),
            key,
            target: watch.target,
            options,
            view,
            states,
            doing: TargetState::Running,
            ask_due: Duration::ZERO,
            said_calls: false,
            may_be_held: true,
            suspected: Vec::new(),
            seen: ForeignSeen::default(),
            boundaries: Arc::default(),
        };
        Ok((state, target))
    }

    fn collect(&mut self, state: &mut SessionState, now: Duration) {
        let moment = found_in(&self.key, &self.states);
        while let Some(find) = self.view.sampler.next_found() {
            let event = moment.describe(find);
            self.seen.keep(&event);
            if event.kind == EventKind::SuspectedHole
                && let Seen::Text(TextEvent {
                    hole: Some((start, end)),
                    ..
                }) = event.seen
            {
                self.view.suspect(&(start..end), now);
                self.suspected.truncate(MARKED - 1);
                self.suspected.insert(0, (start..end, now));
            }
            state.find(now, event);
        }
    }

    /// Lets a held command run: its exec is on record.
    fn let_go(&mut self, state: &mut SessionState) {
        let info = &self.target.info;
        let text = format!(
            "exec: {}, PID {}, {} before its first instruction",
            info.comm(),
            info.pid,
            info.counts
        );
        if self.target.let_go() {
            state.notice(text);
        }
    }

    /// The address space is gone. After an exec the new one is watched;
    /// otherwise the last picture stays.
    fn after_the_end(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        state.news = true;
        let ended = self.view.sampler.stop();
        // Its last scan may have been left since.
        self.view.update(state.now(), Context::default());
        match ended {
            Err(SamplerError::Ended(MmEnd::Execed { .. })) => {}
            Err(SamplerError::Ended(MmEnd::Exited { .. })) => {
                self.doing = self.target.watch.state()?;
                self.describe(state);
                let how = match self.doing {
                    TargetState::Running | TargetState::Stopped => "has exited".to_owned(),
                    over => over.describe(),
                };
                state.ended = Some(format!("it {how}"));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
            Ok(_) => anyhow::bail!("the sampling thread has ended"),
        }
        self.options.rate = state.rate;
        let again = self
            .target
            .reopen()
            .map_err(|error| error.to_string())
            .and_then(|()| {
                let found_in = found_in(&self.key, &self.states);
                let sampler = state.sample(&self.options, &found_in);
                sampler.map_err(|error| error.to_string())
            });
        match again {
            Ok(sampler) => {
                let before = self.view.sampler.published();
                state.dropped += before.dropped;
                self.seen.add(&before);
                self.seen.execs += 1;
                self.view.go_on_with(sampler);
                state.probing.go_on_with(self.target.pid());
                self.doing = TargetState::Running;
                self.key = key(&self.target);
                self.describe(state);
                state.notice(format!(
                    "the target has run another program (exec): now watching {}",
                    self.target.info.comm()
                ));
            }
            Err(why) => {
                state.ended = Some(format!(
                    "it has run another program (exec), which cannot be read: {why}"
                ));
            }
        }
        Ok(())
    }

    /// Says who is watched, if that has changed.
    fn describe(&mut self, state: &mut SessionState) {
        let info = &self.target.info;
        let doing = match self.doing {
            TargetState::Running => String::new(),
            other => format!(", {}", other.describe()),
        };
        let remark = self.target.remark();
        let name = format!("{}, PID {}{remark}{doing}", info.comm(), info.pid);
        if self.info.name != name {
            self.info = Arc::new(ShownTarget {
                name,
                ..(*self.info).clone()
            });
            state.news = true;
        }
    }
}

impl Target for ForeignTarget {
    fn pid(&self) -> u32 {
        self.target.pid()
    }

    fn view(&mut self) -> Option<&mut ScanView> {
        Some(&mut self.view)
    }

    fn tick(&mut self, state: &mut SessionState) -> anyhow::Result<()> {
        let now = state.now();
        let is_over = state.ended.is_some();
        if !is_over {
            state.news |= self.view.update(now, Context::default());
        }
        // What was read can be explored after the end, too.
        state.explore(now, &mut self.view);
        if is_over {
            return Ok(());
        }
        self.collect(state, now);
        let published = self.view.sampler.published();
        // Shown, not only made: a command that ends at once is seen all the same.
        if self.may_be_held && self.view.picture.is_some() {
            self.may_be_held = false;
            self.let_go(state);
        }
        if !self.said_calls && published.calls != CallsSeen::No {
            self.said_calls = true;
            let line = calls_line(&published.calls);
            line.into_iter().for_each(|line| state.notice(line));
        }
        // As often as the rates: oftener could not be read.
        let mut tally = self.seen.tally.clone();
        tally.merge(&published.tally);
        if state.count(now, &tally, 0)
            && let Some(boundaries) = self.view.sampler.boundaries()
        {
            self.boundaries = Arc::new(boundaries);
        }
        if now >= self.ask_due {
            self.ask_due = now + ASK;
            self.doing = self.target.watch.state()?;
            self.describe(state);
        }
        // While it is exiting nobody knows how it ends.
        if self.view.sampler.has_ended() && self.target.watch.state()? != TargetState::Exiting {
            self.after_the_end(state)?;
        }
        Ok(())
    }

    fn drive(&mut self, state: &mut SessionState, _: SessionCommand) -> anyhow::Result<()> {
        state.notice("this target is not ours to drive: vmascope only reads it");
        Ok(())
    }

    fn suspend(&mut self, _: &mut SessionState, suspended: bool) -> anyhow::Result<()> {
        self.view.sampler.pause(suspended);
        Ok(())
    }

    fn report(&self, state: &SessionState, published: &Published) -> Report {
        let mut seen = self.seen.clone();
        seen.add(published);
        Report::Foreign(Box::new(ForeignReport {
            run: state.totals.run().clone(),
            target: self.info.name.clone(),
            command: self.target.info.command_line(),
            ended: state.ended.clone(),
            watched: state.now(),
            calls: published.calls.clone(),
            seen,
        }))
    }

    fn show(&self, _: &SessionState, published: &Published, snapshot: &mut Snapshot) {
        snapshot.target = self.info.clone();
        snapshot.calls = published.calls.clone();
        snapshot.suspected.clone_from(&self.suspected);
        snapshot.overall.merge(&self.seen.tally);
        let mut missing = self.seen.missing;
        missing.merge(published.missing);
        snapshot.missing = Some(missing);
        snapshot.boundaries = Some(self.boundaries.clone());
    }
}

fn key(target: &AttachedTarget) -> CaseKey {
    CaseKey {
        scenario: format!("{} (PID {})", target.info.comm(), target.pid()),
        reader: Reader::Maps.to_string(),
    }
}

/// Where what is found is found.
fn found_in<'a>(case: &'a CaseKey, states: &'a States) -> FindContext<'a> {
    FindContext {
        case,
        placement: Placement::Inside,
        schedule: None,
        reader_index: 0,
        states,
    }
}
