//! A finding: a violation, and what is known of how it came about.

use crate::events::case::{CaseInfo, CaseResult};
use crate::events::event::Event;
use crate::fuzz::find::Find;
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::scenario::definition::Scenario;

/// A violation of one kind, or by one mechanism, in one scenario.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding<'a> {
    pub scenario: &'a Scenario,
    /// Where the site stood, and its states.
    pub info: &'a CaseInfo,
    /// One of the violations.
    pub event: &'a Event,
    /// How often it was seen, and in what.
    pub result: &'a CaseResult,
    /// What other readers came to in the same scenario.
    pub others: &'a [&'a CaseResult],
}

impl<'a> From<&'a Find> for Finding<'a> {
    /// A find of a hunt, in the shortest sequence that shows it.
    fn from(find: &'a Find) -> Self {
        Finding {
            scenario: &find.shortest,
            info: &find.info,
            event: &find.event,
            result: &find.result,
            others: &[],
        }
    }
}

impl Finding<'_> {
    /// What its files are called: `replace-h1`, `split-hole` where the mechanism
    /// is not known.
    pub(crate) fn name(&self) -> String {
        let what = self.event.known.as_deref().unwrap_or(&self.event.name);
        let words = what.split([' ', ',']).filter(|word| !word.is_empty());
        let what = words.collect::<Vec<_>>().join("-");
        let (scenario, what) = (&self.scenario.name, what.to_lowercase());
        // The scenario may be that of a kit.
        match scenario.strip_suffix(&what) {
            Some(before) if before.ends_with('-') => scenario.clone(),
            _ => format!("{scenario}-{what}"),
        }
    }

    /// The holes that it bears the signatures of.
    pub(crate) fn known(&self) -> KnownHoles {
        let label = self.event.known.as_deref();
        let mut sets = KnownHoles::sets();
        sets.find(|set| set.label() == label)
            .unwrap_or(KnownHoles::NONE)
    }

    /// Whether it is this hole and can be no other.
    pub(crate) fn is(&self, hole: KnownHole) -> bool {
        self.known() == hole.into()
    }
}
