//! The modifier of a session, and where its sites go.

use crate::modifier::options::ModifierOptions;
use crate::scenario::definition::Scenario;
use crate::setup::cpus::keep_apart;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::placement::Placement;

/// Slots of the arena: two chunks of lines, so that a scan is short and comes
/// by the site often.
pub(crate) const SLOTS: u32 = 140;
/// Scenarios that H2 shows in only inside a chunk, so that is where their site
/// goes first.
const FIRST_INSIDE: [&str; 4] = [
    "split-tail",
    "merge-both",
    "merge-left-partial",
    "merge-right-partial",
];

pub(crate) fn target_name(setup: &ModifierSetup) -> String {
    format!("modifier {}", setup.pid())
}

/// A modifier with a CPU of its own and an arena that is scanned fast.
pub(crate) fn new_setup(options: &ModifierOptions) -> Result<ModifierSetup, SetupError> {
    let setup = ModifierSetup::new(&ModifierOptions {
        slots: SLOTS,
        ..options.clone()
    })?;
    keep_apart(setup.pid());
    Ok(setup)
}

/// Where the site of a scenario is put until the user moves it.
pub(crate) fn first_placement(scenario: &Scenario) -> Placement {
    if FIRST_INSIDE.contains(&&*scenario.name) {
        Placement::Low
    } else {
        Placement::Boundary
    }
}
