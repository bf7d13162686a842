//! What a hunt tells.
//!
//! * [`live`]: while it goes on; [`human`]: what it came to, for people;
//!   [`machine`]: the same as JSON and as KTAP; [`find_text`]: a find in words.

pub(crate) mod find_text;
pub(crate) mod human;
pub(crate) mod live;
pub(crate) mod machine;

use crate::events::run_info::RunInfo;
use crate::fuzz::totals::HuntResult;

/// A hunt that is over.
#[derive(Debug)]
pub(crate) struct FuzzReport<'a> {
    pub(crate) info: &'a RunInfo,
    pub(crate) seed: u64,
    pub(crate) result: &'a HuntResult,
    pub(crate) interrupted: bool,
    pub(crate) allow_known: bool,
}
