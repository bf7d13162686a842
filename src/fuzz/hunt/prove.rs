//! What was found, made as short as it can be, and repeated.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Hunt, PROOF, start_modifier};
use crate::fuzz::find::{Find, FindKey};
use crate::fuzz::news::{News, Purpose};
use crate::fuzz::seen::Seen;
use crate::fuzz::shrink::Shrinking;
use crate::fuzz::trial::Trial;
use crate::modifier::error::ModifierError;

/// How often the proof reads, until it shows again.
const PROOFS: u32 = 5;

impl Hunt<'_> {
    /// Makes a find smaller and repeats it.
    pub(super) fn prove(
        &mut self,
        seen: Seen,
        budget: Duration,
        tell: &mut dyn FnMut(News<'_>) -> Result<()>,
    ) -> Result<Find> {
        let found = seen.shown.scenario.clone();
        let purpose = Purpose::Shrink(seen.key.clone());
        let mut shrinking = Shrinking {
            key: seen.key.clone(),
            setup: &mut self.setup,
            interrupted: self.interrupted,
            until: Instant::now() + budget,
            patience: (seen.took * 8).clamp(Duration::from_millis(400), Duration::from_secs(3)),
            tell: &mut |scenario, meeting| {
                tell(News::Reading {
                    scenario,
                    meeting,
                    purpose: &purpose,
                })
            },
        };
        let shown = shrinking.shrink(seen.shown)?;
        let mut find = Seen { shown, ..seen }.find();
        find.scenario = found;
        let trial = Trial::prepare(&find.shortest, &find.meeting, true, &mut self.setup)?;
        let Some(trial) = trial else {
            return Ok(find);
        };
        let purpose = Purpose::Repeat(find.key.clone());
        for _ in 0..PROOFS {
            if self.interrupted.load(Ordering::Relaxed) || find.is_proven {
                break;
            }
            tell(News::Reading {
                scenario: &find.shortest,
                meeting: &find.meeting,
                purpose: &purpose,
            })?;
            match trial.read(PROOF, None, &mut self.setup, self.interrupted) {
                Ok(again) => {
                    let mut seen = again.violations.iter();
                    if let Some(event) = seen.find(|event| FindKey::of(event) == find.key) {
                        find.event = event.clone();
                        find.result = again.result;
                        find.info = again.info;
                        find.is_proven = true;
                    }
                }
                Err(error) => match error.downcast_ref::<ModifierError>() {
                    Some(gone @ ModifierError::PageGone { .. }) => {
                        find.fault = Some(gone.to_string());
                        self.setup = start_modifier(&self.options)?;
                        break;
                    }
                    _ => return Err(error),
                },
            }
        }
        Ok(find)
    }
}
