//! The sequence that is run next.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::Hunt;
use crate::fuzz::sequence::Sequence;
use crate::fuzz::shrink::learn;
use crate::fuzz::totals::CallCounts;
use crate::fuzz::transition::Transition;
use crate::modifier::error::ModifierError;
use crate::scenario::definition::Scenario;
use crate::setup::error::SetupError;

/// How many sequences are drawn at most for one that is run.
const DRAWS: u32 = 8;

/// A sequence to run.
pub(super) struct Choice {
    /// How many of its steps are new, and whether a page is mapped in every state.
    worth: (usize, bool),
    pub(super) sequence: Sequence,
    pub(super) scenario: Scenario,
    pub(super) steps: BTreeSet<Transition>,
}

impl Hunt<'_> {
    /// A sequence that is a cycle here, with its scenario and its steps: one with a
    /// step that was not seen yet, if it can be had.
    pub(super) fn choose(&mut self) -> Result<Option<Choice>> {
        let mut best: Option<Choice> = None;
        for _ in 0..DRAWS {
            if self.is_over() {
                break;
            }
            let Some(sequence) = self.chooser.draw() else {
                continue;
            };
            self.totals.drawn += 1;
            let words: Vec<String> = sequence
                .body
                .iter()
                .map(|call| word_of(&call.to_string()))
                .chain(sequence.ground_words().map(str::to_owned))
                .collect();
            for word in &words {
                self.totals.calls.entry(word.clone()).or_default().tried += 1;
            }
            let calls = &mut self.totals.calls;
            let name = format!("fuzz-{}", self.totals.drawn);
            let generator = &mut self.chooser.generator;
            let learnt = learn(&sequence, &name, &mut self.setup, &mut |error| {
                note_refusal(calls, error);
                if let SetupError::Modifier(ModifierError::NotHere { call, .. }) = error {
                    generator.leave_out(call);
                }
            })?;
            let Some(scenario) = learnt else {
                self.totals.no_cycle += 1;
                continue;
            };
            let steps = Transition::all(&sequence, &scenario);
            let new = self.totals.coverage.new_among(&steps);
            let stays = !scenario.always_mapped().is_empty();
            let (worth, good) = ((new, stays), new > 0 && stays);
            if best.as_ref().is_none_or(|best| worth > best.worth) {
                best = Some(Choice {
                    worth,
                    sequence,
                    scenario,
                    steps,
                });
            }
            if good || self.chooser.generator.chance(1, 3) {
                break;
            }
        }
        Ok(best)
    }
}

/// The first word of a call.
fn word_of(call: &str) -> String {
    call.split(' ').next().unwrap_or_default().to_owned()
}

fn note_refusal(calls: &mut BTreeMap<String, CallCounts>, error: &SetupError) {
    let (word, reason) = match error {
        SetupError::Modifier(ModifierError::Operation { text, reason, .. }) => {
            (word_of(text), reason)
        }
        SetupError::Modifier(ModifierError::NotHere { call, reason, .. }) => {
            ((*call).to_owned(), reason)
        }
        _ => return,
    };
    let counts = calls.entry(word).or_default();
    counts.refused += 1;
    counts.reason = Some(reason.clone());
}
