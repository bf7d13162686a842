//! The same model, explored by another checker: as many states, the same
//! verdicts, and no shorter way to a violation.

use stateright::{Checker, Model as _, Property};
use vmascope::internals::model::{
    ModelCase, ModelState, ModelStep, PROTOCOLS, Protocol, ProtocolModel, ProtocolVerdict,
};

use super::named_case;

/// The model as stateright wants it.
#[derive(Clone)]
struct Wrapped<'a>(ProtocolModel<'a>);

/// Whether some step from here prints what must not be.
fn can_violate(model: &ProtocolModel<'_>, state: &ModelState) -> bool {
    let mut violates = false;
    model.each_step(state, |step| {
        let printed = model.step(state, step).1;
        violates |= printed.is_some_and(|printed| printed.kind.violation().is_some());
    });
    violates
}

impl stateright::Model for Wrapped<'static> {
    type State = ModelState;
    type Action = ModelStep;

    fn init_states(&self) -> Vec<ModelState> {
        vec![self.0.start()]
    }

    fn actions(&self, state: &ModelState, actions: &mut Vec<ModelStep>) {
        self.0.each_step(state, |step| actions.push(step));
    }

    fn next_state(&self, state: &ModelState, step: ModelStep) -> Option<ModelState> {
        Some(self.0.step(state, step).0)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no violation", |model: &Self, state| {
                !can_violate(&model.0, state)
            }),
            // Never there, so that every state is looked at.
            Property::sometimes("all is explored", |_, _| false),
        ]
    }
}

fn agree(case: &'static ModelCase, protocol: Protocol, readers: u8) {
    let model = ProtocolModel::new(case, protocol, readers);
    let ours = ProtocolVerdict::of(&model);
    let theirs = Wrapped(model).checker().spawn_bfs().join();
    let at = format!("{} in {}", protocol.name, case.name);
    assert_eq!(ours.states, theirs.unique_state_count(), "{at}");
    let shortest = ours.violations().map(|finding| finding.steps.len()).min();
    // Their path ends before the step that prints, and need not be shortest.
    let path = theirs.discovery("no violation");
    let found = path.map(|path| path.into_actions().len() + 1);
    assert_eq!(shortest.is_some(), found.is_some(), "{at}");
    assert!(shortest <= found, "{at}: no way is shorter than ours");
}

fn leaked(name: &str) -> &'static ModelCase {
    Box::leak(Box::new(named_case(name)))
}

#[test]
fn stateright_finds_the_same_for_every_reader() {
    for name in [
        "replace",
        "split-tail",
        "merge-left-partial",
        "new-right",
        "replace-last",
    ] {
        let case = leaked(name);
        for protocol in PROTOCOLS {
            agree(case, protocol, 1);
        }
    }
}

#[test]
fn stateright_finds_the_same_for_the_merged_reader_in_every_case() {
    for case in super::all() {
        agree(leaked(&case.name), Protocol::find("merged").unwrap(), 1);
    }
}

#[test]
fn stateright_finds_the_same_for_two_readers() {
    agree(
        leaked("replace-mmap"),
        Protocol::find("mmap-lock-last-end").unwrap(),
        2,
    );
    agree(
        leaked("new-right"),
        Protocol::find("mmap-lock-next-start").unwrap(),
        2,
    );
}
