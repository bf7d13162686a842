//! The views, in the order of their digits.

/// A view of the target, of the latency lab, of the model or of the hunt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// One scan, chunk by chunk.
    #[default]
    Space,
    /// The site original, modified and live.
    Boundary,
    /// What was found.
    Tears,
    /// How far each scenario has been looked at.
    Coverage,
    /// Reader and modifier by hand.
    Manual,
    /// One address, asked for over and over.
    Query,
    /// What reading costs a writer.
    Latency,
    /// The model of the locking protocols, stepped through.
    Protocol,
    /// Random sequences of calls, hunted for violations.
    Fuzz,
}

impl View {
    pub const ALL: [View; 9] = [
        View::Space,
        View::Boundary,
        View::Tears,
        View::Coverage,
        View::Manual,
        View::Query,
        View::Latency,
        View::Protocol,
        View::Fuzz,
    ];

    /// The name on its tab.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            View::Space => "Space",
            View::Boundary => "Boundary",
            View::Tears => "Tears",
            View::Coverage => "Coverage",
            View::Manual => "Manual",
            View::Query => "Query",
            View::Latency => "Latency",
            View::Protocol => "Protocol",
            View::Fuzz => "Fuzz",
        }
    }

    /// That of this name, in small letters.
    pub(crate) fn named(name: &str) -> Option<View> {
        let all = View::ALL.into_iter();
        all.into_iter()
            .find(|view| view.name().eq_ignore_ascii_case(name))
    }

    /// Whether it needs a modifier: there is none in a target that is not ours.
    #[must_use]
    pub(crate) fn needs_modifier(self) -> bool {
        matches!(self, View::Manual | View::Coverage)
    }

    /// Whether what it shows is recorded, so that one can go back in it: model and hunt
    /// have nothing to do with the target.
    #[must_use]
    pub fn is_recorded(self) -> bool {
        !matches!(self, View::Protocol | View::Fuzz)
    }

    /// The next one, or by `1` less than the number of views the one before.
    #[must_use]
    pub(crate) fn step(self, by: usize) -> View {
        let at = View::ALL.iter().position(|view| *view == self);
        View::ALL[(at.unwrap_or(0) + by) % View::ALL.len()]
    }
}
