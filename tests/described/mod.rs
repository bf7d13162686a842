//! A find of a target that is not ours, as it is told.

use vmascope::internals::events::{CaseKey, Event};
use vmascope::internals::linux::Reader;
use vmascope::internals::oracle::States;
use vmascope::internals::sampling::{FindContext, Found};
use vmascope::internals::setup::Placement;

pub(crate) fn described(found: Found) -> Event {
    let case = CaseKey {
        scenario: "own".into(),
        reader: Reader::Maps.to_string(),
    };
    let moment = FindContext {
        case: &case,
        placement: Placement::Inside,
        schedule: None,
        reader_index: 0,
        states: &States::unknown(),
    };
    moment.describe(found)
}
