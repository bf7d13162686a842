//! Reader and modifier, stepped by hand.
//!
//! While nothing moves by itself, a duplicate can be made on purpose: read a
//! chunk, let the modifier do an operation, read the next. [`Manual`] takes
//! such [`Step`]s with a real reader, judges the lines so far, and says after
//! each what happened and what the kernel will do next and why.
//!
//! * [`step`]: what can be done, a key each;
//! * [`model`]: what a reader does by its rule while nothing moves; pure;
//! * [`way`]: the shortest way to a duplicate, searched with the model; pure;
//! * [`script`]: what is known before the first step;
//! * [`account`]: the sentences;
//! * [`hand`]: the real thing;
//! * [`told`]: one step and what is told of it, to print.

pub mod account;
pub mod hand;
pub mod model;
mod none;
pub mod script;
pub mod step;
#[cfg(test)]
mod tests;
pub mod told;
pub mod way;

pub use account::Account;
pub use hand::{Manual, ManualError};
pub use model::{Model, Place, Stand};
pub use script::Script;
pub use step::{Size, Step, keys, parse_steps};
pub use told::{Before, Told};
pub use way::{Situation, Way};
