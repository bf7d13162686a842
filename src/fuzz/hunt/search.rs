//! A sequence under every reader.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Hunt;
use super::choose::Choice;
use crate::fuzz::find::FindKey;
use crate::fuzz::news::{News, Purpose};
use crate::fuzz::seen::Seen;
use crate::fuzz::shrink::Shown;
use crate::fuzz::trial::{Meeting, Trial};

/// How long a sequence is read by each reader.
const TRIAL: Duration = Duration::from_millis(60);

impl Hunt<'_> {
    /// One sequence under every reader.
    pub(super) fn step(&mut self, tell: &mut dyn FnMut(News<'_>) -> Result<()>) -> Result<()> {
        let Some(choice) = self.choose()? else {
            return Ok(());
        };
        let Choice {
            sequence,
            scenario,
            steps,
            ..
        } = choice;
        self.totals.run += 1;
        self.totals.coverage.begin(&steps);
        tell(News::Progress {
            totals: &self.totals,
            running: &scenario,
        })?;
        let mut worth = 0.0_f64;
        for (reader, rule) in self.options.readers.clone() {
            if self.is_over() {
                break;
            }
            let meeting = Meeting {
                reader,
                rule,
                setting: self.chooser.setting(reader, &scenario),
                schedule: self.chooser.schedule(reader),
            };
            let Some(trial) = Trial::prepare(&scenario, &meeting, false, &mut self.setup)? else {
                continue;
            };
            tell(News::Reading {
                scenario: &scenario,
                meeting: &meeting,
                purpose: &Purpose::Search,
            })?;
            let begun = Instant::now();
            let seen = trial.read(
                TRIAL,
                self.counter.as_ref(),
                &mut self.setup,
                self.interrupted,
            )?;
            let tally = &seen.result.tally;
            worth = worth.max(self.chooser.note(reader, meeting.schedule, &seen.result));
            self.totals.add_fallbacks(seen.result.fallbacks());
            self.totals.operations += seen.result.operations;
            self.totals.tally.merge(tally);
            self.totals.coverage.note(&steps, tally);
            for event in &seen.violations {
                let key = FindKey::of(event);
                let of_reader = (key.clone(), reader.to_string());
                let known = self.totals.violations.keys().any(|(one, _)| *one == key);
                *self.totals.violations.entry(of_reader).or_default() += 1;
                if known {
                    continue;
                }
                let after = self.start.elapsed();
                let shown = Shown {
                    sequence: sequence.clone(),
                    scenario: scenario.clone(),
                    meeting: meeting.clone(),
                    seen: seen.clone(),
                };
                let seen = Seen {
                    key,
                    after,
                    took: begun.elapsed(),
                    shown,
                };
                self.pending.push(seen.clone());
                let (find, totals) = (&seen.find(), &self.totals);
                tell(News::Seen { find, totals })?;
            }
        }
        self.chooser.keep(sequence, worth);
        Ok(())
    }
}
