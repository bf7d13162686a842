//! One sequence under one reader.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Result;

use crate::checking::case_options::CaseOptions;
use crate::checking::placement_run::PlacementRun;
use crate::checking::schedule_shares::ScheduleShares;
use crate::events::Observation;
use crate::events::case::{CaseInfo, CaseKey, CaseResult, Outcome};
use crate::events::event::{Event, EventKind};
use crate::events::violations::keep_violation;
use crate::linux::dwell::DwellTime;
use crate::linux::features::rule::Rule;
use crate::linux::locks::LockCounter;
use crate::linux::reader::Reader;
use crate::sampling::options::Dwell;
use crate::scenario::definition::Scenario;
use crate::setup::case_setup::CaseSetup;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::prepared_scenario::PreparedScenario;
use crate::setup::schedule::Schedule;

/// A reader, and how it meets the writer.
#[derive(Clone, Debug)]
pub(crate) struct Meeting {
    pub(crate) reader: Reader,
    pub(crate) rule: Rule,
    pub(crate) setting: CaseSetup,
    pub(crate) schedule: Schedule,
}

/// A sequence that is laid out for a reader.
#[derive(Debug)]
pub(crate) struct Trial {
    case: CaseKey,
    meeting: Meeting,
    options: CaseOptions,
    prepared: PreparedScenario,
}

/// What was read, and one event of each kind and label.
#[derive(Clone, Debug)]
pub(crate) struct TrialResult {
    pub(crate) info: CaseInfo,
    pub(crate) result: CaseResult,
    pub(crate) violations: Vec<Event>,
}

impl Trial {
    /// Lays it out; none where it cannot be read so.
    ///
    /// # Errors
    /// When the modifier does not work.
    pub(crate) fn prepare(
        scenario: &Scenario,
        meeting: &Meeting,
        prove: bool,
        setup: &mut ModifierSetup,
    ) -> Result<Option<Self>> {
        let prepared = match setup.set_up(scenario, &meeting.setting) {
            Ok(prepared) => prepared,
            Err(error) if error.is_skip() => return Ok(None),
            // What it leaves behind is not what it began with.
            Err(SetupError::Restless { .. } | SetupError::States(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let options = CaseOptions {
            dwell: Dwell::Fixed(DwellTime::UpTo(prepared.scan_time)),
            shares: ScheduleShares::equal(&[meeting.schedule]),
            prove: prove && setup.modifier().touch_counts().pages > 0,
            ..CaseOptions::usual()
        };
        Ok(Some(Trial {
            case: CaseKey {
                scenario: scenario.name.clone(),
                reader: meeting.reader.to_string(),
            },
            meeting: meeting.clone(),
            options,
            prepared,
        }))
    }

    /// What it is about.
    pub(crate) fn info(&self) -> CaseInfo {
        CaseInfo::of(self.case.clone(), (1, 1), self.meeting.rule, &self.prepared)
    }

    /// Reads for this long; `counter`: of the locks that this thread's threads take.
    ///
    /// # Errors
    /// When the modifier or the reader does not work.
    pub(crate) fn read(
        &self,
        duration: Duration,
        counter: Option<&LockCounter>,
        setup: &mut ModifierSetup,
        interrupted: &AtomicBool,
    ) -> Result<TrialResult> {
        let mut result = CaseResult::without_reading(self.case.clone(), (1, 1), Outcome::NotRun);
        let mut violations = Vec::new();
        let run = PlacementRun {
            case: &self.case,
            reader: self.meeting.reader,
            rule: self.meeting.rule,
            options: &self.options,
            prepared: &self.prepared,
            setting: &self.meeting.setting,
            duration,
            counter,
            interrupted,
        };
        let mut tell = |observation: Observation| {
            if let Observation::Event(event) = observation
                && event.kind == EventKind::Violation
            {
                keep_violation(&mut violations, &event);
            }
            Ok(())
        };
        let mut shares = self.options.shares.clone();
        run.run(&mut shares, setup, &mut result, &mut tell)?;
        Ok(TrialResult {
            info: self.info(),
            result,
            violations,
        })
    }
}
