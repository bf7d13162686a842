//! The hunt: random sequences of the calls that change address spaces, run under
//! every reader and judged.
//!
//! * [`sequence`]: one of them, and the calls that lead back; [`generate`]: drawn at
//!   random; [`ingredients`]: of what;
//! * [`transition`]: what a step from one state to the next is; [`coverage`]: which of
//!   these have been seen, and what came of them;
//! * [`trial`]: one sequence under one reader; [`shrink`]: the shortest one that
//!   still shows the same; [`seen`]: what was seen; [`find`]: what was found;
//! * [`choice`]: what is drawn next, and how it is met; [`hunt`]: all of it, over and
//!   over; [`news`]: what it tells meanwhile; [`totals`]: what it came to;
//! * [`plan`]: what it hunts with on this kernel; [`request`]: what a hunt that is
//!   watched is asked for; [`live`]: that hunt.

pub(crate) mod choice;
pub(crate) mod coverage;
pub(crate) mod find;
pub(crate) mod generate;
pub(crate) mod hunt;
pub(crate) mod ingredients;
pub(crate) mod live;
pub(crate) mod news;
pub(crate) mod plan;
pub(crate) mod request;
pub(crate) mod seen;
pub(crate) mod sequence;
pub(crate) mod shrink;
pub(crate) mod totals;
pub(crate) mod transition;
pub(crate) mod trial;
