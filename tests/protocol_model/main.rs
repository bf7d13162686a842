//! The model of the locking protocols: what it must find, and that its checker
//! finds all there is.

mod by_stateright;
mod catalogue;
mod command;
mod guards;
mod review;
mod traces;
mod verdicts;

use vmascope::internals::model::{Case, Model, Protocol, Verdict, cases};

/// The verdict on a reader in a case, with one reader at once.
fn verdict(case: &Case, reader: &str) -> Verdict {
    let protocol = Protocol::find(reader).expect("a reader's name");
    Verdict::of(&Model::new(case, protocol, 1))
}

/// All cases.
fn all() -> Vec<Case> {
    cases().expect("the model does what the catalogue declares")
}
