//! The model's case that explains a tear of the kernel, at the interleaving
//! that leads to the same two lines if there is one, else to the same kind of
//! thing.

use std::sync::Arc;

use super::ProtocolView;
use super::shown_case::ShownCase;
use crate::events::event::{Event, Seen};
use crate::fuzz::find::Find;
use crate::linux::process::page_size;
use crate::model::case::{CaseError, ModelCase, SITE};
use crate::model::explore::nearest;
use crate::model::judge::{FindingKind, HoleCause};
use crate::model::machine::ModelStep;
use crate::model::protocols::PROTOCOLS;
use crate::model::reader::Line;
use crate::model::verdict::ProtocolVerdict;
use crate::session::snapshot::Scene;
use crate::setup::placement::Placement;

impl ProtocolView {
    /// The model on that case, and a line for the user where it has no such
    /// interleaving.
    ///
    /// # Errors
    /// Why there is no such case.
    pub(crate) fn explaining(
        event: &Event,
        scene: Option<&Scene>,
    ) -> Result<(Self, Option<String>), String> {
        let case = ShownCase::named(&event.case.scenario)
            .ok_or("the model knows the scenarios of the built-in modifier only")?;
        let rule = scene.map_or("", |scene| &*scene.info.rule);
        Self::at_event(case, event, rule, site_start(scene, event))
    }

    /// The same of what a hunt found, where the model knows all calls of the shortest
    /// that shows it.
    ///
    /// # Errors
    /// Why there is no such case.
    pub(crate) fn explaining_find(find: &Find) -> Result<(Self, Option<String>), String> {
        let case = case_of(find).map_err(|error| error.to_string())?;
        let case = ShownCase::Found(Arc::new(case));
        let site = Some((find.info.site.0, page_size()));
        Self::at_event(case, &find.event, &find.info.rule, site)
    }

    /// A case at the steps that lead to an event of a reader of such a rule.
    fn at_event(
        case: ShownCase,
        event: &Event,
        rule: &str,
        site: Option<(u64, u64)>,
    ) -> Result<(Self, Option<String>), String> {
        let protocol = protocol_of(&event.case.reader, rule);
        let base = PROTOCOLS
            .iter()
            .position(|one| one.name == protocol)
            .ok_or_else(|| format!("the model has no protocol {protocol}"))?;
        let mut view = ProtocolView::of(case, base, PROTOCOLS[base]);
        let lines = site.and_then(|site| lines_of(event, site));
        let model = view.model();
        let same = lines.and_then(|(previous, line)| {
            nearest(&model, |state, printed| {
                let reader = &state.readers[0];
                let before = (reader.last_start, reader.position);
                printed.line == Some(line)
                    && before == (previous.0, previous.1)
                    && fits(printed.kind, event)
            })
        });
        let Some(steps) = same.or_else(|| same_kind(&view.verdict, event)) else {
            let notice = format!("the model of {protocol} has no such thing in this case: try m");
            return Ok((view, Some(notice)));
        };
        view.load(&steps);
        Ok((view, None))
    }
}

/// The case of the shortest sequence that shows a find.
///
/// # Errors
/// What the model does not know of it.
pub(crate) fn case_of(find: &Find) -> Result<ModelCase, CaseError> {
    let case = match find.shortest.last || find.event.placement == Placement::Last {
        true => ModelCase::at_the_end(&find.shortest),
        false => ModelCase::of(&find.shortest),
    }?;
    Ok(ModelCase {
        catalogued: false,
        ..case
    })
}

/// The model's protocol of a reader on the kernel that is watched.
pub(super) fn protocol_of(reader: &str, rule: &str) -> &'static str {
    match (reader, rule) {
        ("query", _) => "query",
        (_, "chunk-start") => "mmap-lock-next-start",
        (_, "chunk-end") => "mmap-lock-last-end",
        ("smaps", _) => "smaps",
        _ => "merged",
    }
}

/// Where the site of the event is, in bytes, and the size of a page, if the
/// scenario is still the one that is watched.
fn site_start(scene: Option<&Scene>, event: &Event) -> Option<(u64, u64)> {
    let scene = scene?;
    let same = scene.info.case.scenario == event.case.scenario;
    same.then_some((scene.site.start, scene.letter_bytes))
}

/// The line that the event is about and the one before it, in pages.
fn lines_of(event: &Event, (site, page_size): (u64, u64)) -> Option<(Line, Line)> {
    let Seen::Text(text) = &event.seen else {
        return None;
    };
    let lines = &text.excerpt.lines;
    let at = lines.iter().position(|line| line.marked)?;
    let parse = |at: usize| in_pages(&lines.get(at)?.text, site, page_size);
    Some((parse(at.checked_sub(1)?)?, parse(at)?))
}

fn in_pages(text: &str, site: u64, page_size: u64) -> Option<Line> {
    let (range, rest) = text.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let page = |text: &str| {
        let address = u64::from_str_radix(text, 16).ok()?;
        let page = address.checked_sub(site)? / page_size;
        u8::try_from(page).ok()?.checked_add(SITE)
    };
    let letter = match rest.get(..3)? {
        "rw-" => b'w',
        "r-x" => b'x',
        _ => b'r',
    };
    Some((page(start)?, page(end)?, letter))
}

fn same_kind(verdict: &ProtocolVerdict, event: &Event) -> Option<Vec<ModelStep>> {
    let mut findings = verdict.findings.iter();
    let found = findings.rfind(|finding| fits(finding.kind, event))?;
    Some(found.steps.clone())
}

/// Whether the model's sight is the kernel's, the label included.
fn fits(sight: FindingKind, event: &Event) -> bool {
    match sight {
        FindingKind::Violation(violation) => {
            let cause = violation.cause().map(HoleCause::label);
            let labelled = event.known.as_deref().is_none_or(|known| {
                // A label may name several causes: "H1 or H2".
                cause.is_some_and(|cause| known.contains(cause))
            });
            violation.name() == event.name && labelled
        }
        FindingKind::Backward => event.name.contains("backward"),
        FindingKind::SeenTwice | FindingKind::Duplicate => event.name.contains("duplicate"),
        FindingKind::InOrder => false,
    }
}
