//! Reader and modifier, stepped by hand.
//!
//! While nothing moves by itself, a duplicate can be made on purpose: read a
//! chunk, let the modifier do an operation, read the next.
//! [`Stepper`](stepper::Stepper) takes such [`ManualStep`](step::ManualStep)s with a real
//! reader, judges the lines so far, and says after each what happened and what
//! the kernel will do next and why.
//!
//! * [`step`]: what can be done, a key each;
//! * [`reader_model`]: what a reader does by its rule while nothing moves; pure;
//! * [`way_to_duplicate`]: the shortest way to a duplicate, searched with the model; pure;
//! * [`script`]: what is known before the first step;
//! * [`narration`] and [`no_duplicate`]: the sentences; pure;
//! * [`stepper`]: the real thing;
//! * [`step_record`]: one step and what is said of it, to print.

pub(crate) mod narration;
pub(crate) mod no_duplicate;
pub(crate) mod reader_model;
pub(crate) mod script;
pub(crate) mod step;
pub(crate) mod step_record;
pub(crate) mod stepper;
#[cfg(test)]
mod tests;
pub(crate) mod way_to_duplicate;
