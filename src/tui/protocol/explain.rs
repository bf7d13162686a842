//! The shortest interleaving of the model that prints what a reader of the kernel
//! read, to be played.

use std::ops::Range;
use std::sync::Arc;

use super::ProtocolView;
use super::shown_case::ShownCase;
use crate::events::event::{Event, EventKind};
use crate::explain::{Explanation, Unexplained, case_at, explain, protocol_of};
use crate::fuzz::find::Find;
use crate::model::case::{CaseError, ModelCase};
use crate::model::protocols::PROTOCOLS;
use crate::scenario::definition::Scenario;
use crate::scenario::page_layout::PageLayout;
use crate::session::snapshot::Scene;
use crate::setup::placement::Placement;

/// What is played, where that is a find of the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explained {
    /// `duplicate at a boundary, resize by maps`.
    pub(crate) find: String,
    /// Whether no correct kernel shows it.
    pub(crate) is_violation: bool,
    /// Whether the model sees the label in it that it bears.
    pub(crate) same_label: bool,
}

impl ProtocolView {
    /// The model at the interleaving that explains an event.
    ///
    /// # Errors
    /// Why there is none, in one line.
    pub(crate) fn explaining(
        event: &Event,
        scene: Option<&Scene>,
        scenarios: &[Scenario],
    ) -> Result<Self, String> {
        let same = |scene: &&Scene| scene.info.case.scenario == event.case.scenario;
        let scene = scene.filter(same);
        let case = case_of_scenario((&event.case.scenario, scenarios), event.placement, scene)?;
        let site = scene.map(|scene| scene.site.clone());
        // The rule is that of the kernel, whatever the scenario.
        let rule = scene.map_or("line-end", |scene| &*scene.info.rule);
        Self::at_event(case, event, rule, site)
    }

    /// The same of what a hunt found, where the model knows all calls of the shortest
    /// that shows it.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn explaining_find(find: &Find) -> Result<Self, String> {
        let case = case_of(find).map_err(|error| error.to_string())?;
        let (start, end) = find.info.site;
        let case = ShownCase::Found(Arc::new(case));
        Self::at_event(case, &find.event, &find.info.rule, Some(start..end))
    }

    /// A case at the steps that lead to an event of a reader of such a rule.
    fn at_event(
        case: ShownCase,
        event: &Event,
        rule: &str,
        site: Option<Range<u64>>,
    ) -> Result<Self, String> {
        let why = |why: Unexplained| why.to_string();
        let protocol = protocol_of(&event.case.reader, rule).map_err(why)?;
        let explained = explain(event, case.case(), protocol, site).map_err(why)?;
        let base = PROTOCOLS.iter().position(|one| *one == protocol);
        let mut view = ProtocolView::of(case, base.unwrap_or(0), protocol);
        view.play_explanation(event, explained);
        Ok(view)
    }

    fn play_explanation(&mut self, event: &Event, explained: Explanation) {
        let label = event
            .known
            .as_ref()
            .map_or(String::new(), |known| format!(" {known}"));
        let same_label = explained.same_label;
        self.made = explained.site_from;
        self.matters = Some(explained.matters);
        self.trace = explained.trace;
        self.explained = Some(Explained {
            find: format!("{}{label}, {}", event.title(), event.case),
            is_violation: event.kind == EventKind::Violation,
            same_label,
        });
    }
}

/// The case of a scenario, among these, at a placement; if the scenario that is watched
/// has its name only, there is none.
fn case_of_scenario(
    (name, scenarios): (&str, &[Scenario]),
    placement: Placement,
    scene: Option<&Scene>,
) -> Result<ShownCase, String> {
    let unknown = || format!("the model knows the scenarios of the catalogue, and no {name}");
    let scenario = ModelCase::scenario(scenarios, name).map_err(|_| unknown())?;
    let shown = ShownCase::named(name, scenarios).map_err(|error| error.to_string())?;
    let is_it = |scene: &Scene| {
        let shown = scene.info.states.iter().map(|state| state.strip.parse());
        let vmas = |state: &PageLayout| state.vmas().to_vec();
        let mut shown = shown.map(|state| state.ok().as_ref().map(vmas));
        scenario
            .states()
            .all(|state| shown.next() == Some(Some(vmas(state))))
    };
    if !scene.is_none_or(is_it) {
        return Err(unknown());
    }
    if placement != Placement::Last || shown.case().last {
        return Ok(shown);
    }
    let case = case_at(scenario, placement).map_err(|error| error.to_string())?;
    Ok(ShownCase::Found(Arc::new(case)))
}

/// The case of the shortest sequence that shows a find.
///
/// # Errors
/// What the model does not know of it.
pub(crate) fn case_of(find: &Find) -> Result<ModelCase, CaseError> {
    Ok(ModelCase {
        catalogued: false,
        ..case_at(&find.shortest, find.event.placement)?
    })
}
