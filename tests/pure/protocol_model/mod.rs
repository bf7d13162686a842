//! The model of the locking protocols: what it must find, and that its checker
//! finds all there is.

mod by_stateright;
mod catalogue;
mod command;
mod guards;
mod review;
mod traces;
mod verdicts;

use vmascope::internals::model::{
    Finding, HoleCause, ModelCase, Protocol, ProtocolModel, ProtocolVerdict, cases,
};

/// The verdict on a reader in a case, with one reader at once.
fn verdict(case: &ModelCase, reader: &str) -> ProtocolVerdict {
    let protocol = Protocol::find(reader).expect("a reader's name");
    ProtocolVerdict::of(&ProtocolModel::new(case, protocol, 1))
}

/// All cases.
fn all() -> Vec<ModelCase> {
    cases().expect("the model does what the catalogue declares")
}

/// The case of that scenario of the catalogue.
fn named_case(name: &str) -> ModelCase {
    let mut all = all().into_iter();
    all.find(|case| case.name == name).expect("a case")
}

/// The shortest way to a hole or a lost tail of that cause.
fn hole(verdict: &ProtocolVerdict, cause: HoleCause) -> Option<&Finding> {
    verdict.violations().find(|finding| {
        let violation = finding.kind.violation();
        violation.and_then(|violation| violation.cause()) == Some(cause)
    })
}
