//! A way by hand: how far it is gone, and what leads back to it.

use crate::session::by_hand::ManualShown;
use crate::stepping::step::ManualStep;
use crate::tui::app::App;

/// The steps that were taken by hand beside those that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way<'a> {
    taken: &'a [ManualStep],
    wanted: &'a [ManualStep],
    /// How many of both are the same.
    same: usize,
}

impl<'a> Way<'a> {
    /// None: nothing is done by hand just now.
    pub(crate) fn of(wanted: &'a [ManualStep], app: &'a App) -> Option<Self> {
        let states = app.shown.latest_scene()?.info.states.len();
        Some(Self::among(wanted, app.shown.by_hand()?, states))
    }

    fn among(wanted: &'a [ManualStep], shown: &'a ManualShown, states: usize) -> Self {
        let taken = since_it_was_as_at_first(&shown.steps, states);
        let same = taken.iter().zip(wanted).take_while(|(a, b)| a == b).count();
        Way {
            taken,
            wanted,
            same,
        }
    }

    pub(crate) fn is_gone(self) -> bool {
        self.same == self.wanted.len()
    }

    /// How many of the last steps lead elsewhere.
    pub(crate) fn elsewhere(self) -> usize {
        match self.is_gone() {
            true => 0,
            false => self.taken.len() - self.same,
        }
    }

    /// The steps that are left, once those that lead elsewhere are taken back.
    pub(crate) fn left(self) -> &'a [ManualStep] {
        &self.wanted[self.same..]
    }

    /// Of the steps of a kind, how many are taken and how many are asked for.
    pub(super) fn of_kind(self, kind: ManualStep) -> (usize, usize) {
        let count = |steps: &[ManualStep]| steps.iter().filter(|it| **it == kind).count();
        (count(&self.wanted[..self.same]), count(self.wanted))
    }
}

/// The steps since all was as it is when nothing is done yet: since the reader was rewound
/// with the site in its original state and reads of a page.
fn since_it_was_as_at_first(steps: &[ManualStep], states: usize) -> &[ManualStep] {
    let (mut operations, mut sizes, mut begin) = (0, 0, 0);
    for (at, step) in steps.iter().enumerate() {
        match step {
            ManualStep::Operate => operations += 1,
            ManualStep::Size => sizes += 1,
            ManualStep::Rewind if operations % states.max(1) == 0 && sizes % 2 == 0 => {
                begin = at + 1;
            }
            ManualStep::Rewind | ManualStep::Read => {}
        }
    }
    &steps[begin..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stepping::step::parse_steps;
    use crate::tui::fixture::snapshot::{Kind, snapshot};

    /// Of the steps taken and those asked for: whether they are gone, how many lead
    /// elsewhere, what is left.
    fn way(taken: &str, wanted: &str) -> (bool, usize, String) {
        let snapshot = snapshot(Kind::Duplicate);
        let mut shown = (**snapshot.manual.as_ref().unwrap()).clone();
        shown.steps = parse_steps(taken).unwrap();
        let wanted = parse_steps(wanted).unwrap();
        let way = Way::among(&wanted, &shown, 2);
        let left = crate::stepping::step::keys(way.left());
        (way.is_gone(), way.elsewhere(), left)
    }

    #[test]
    fn steps_that_lead_elsewhere_are_counted() {
        for (taken, wanted, gone, elsewhere, left) in [
            ("", "m r", false, 0, "m r"),
            ("m", "m r", false, 0, "r"),
            ("m r", "m r", true, 0, ""),
            // More than that has been there, too.
            ("m r m", "m r", true, 0, ""),
            ("m m", "m r", false, 1, "r"),
            ("r m m", "m r", false, 3, "m r"),
            // Rewound in the original state: all begins anew.
            ("r R m", "m r", false, 0, "r"),
            ("r m m R", "m r", false, 0, "m r"),
            ("m r R", "m r m r", false, 1, "m r"),
            ("l R m", "m r", false, 3, "m r"),
            ("l l R m", "m r", false, 0, "r"),
        ] {
            let all = (gone, elsewhere, left.to_owned());
            assert_eq!(way(taken, wanted), all, "{taken} for {wanted}");
        }
    }
}
