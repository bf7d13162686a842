//! Whether what is to be done is done, as the screen shows it.

use crate::latency::inversion::outcome::WriterPlace;
use crate::lesson::goal::{ByHand, Goal, ModelGoal, Wanted};
use crate::linux::known_holes::KnownHole;
use crate::session::by_hand::ManualShown;
use crate::stepping::step::{ManualStep, ReadSize};
use crate::tui::app::App;
use crate::tui::view::View;

pub(super) fn is_met(goal: &Goal, app: &App) -> bool {
    match goal {
        Goal::OpenVma => app.view == View::Space && app.space.open.is_some(),
        Goal::Filter => !app.space.filter.is_empty() && app.space.prompt.is_none(),
        Goal::ByHand(wanted) => app
            .shown
            .by_hand()
            .is_some_and(|shown| by_hand(wanted, shown)),
        Goal::Timelines => app.view == View::Manual && app.manual.shows_timelines(),
        Goal::Found(wanted) => found(*wanted, app),
        Goal::Explained => {
            let protocol = app
                .protocol
                .as_deref()
                .filter(|_| app.view == View::Protocol);
            protocol.is_some_and(|protocol| protocol.has_shown_what_matters())
        }
        Goal::Model(wanted) => model(wanted, app),
        Goal::Measured(reader) => measured(reader, app),
        Goal::Inversion(on_the_vma_read) => {
            let lab = app.latency.snapshot.as_ref();
            let place = lab
                .and_then(|lab| lab.inversion.as_ref())
                .map(|it| it.place);
            place
                == Some(match on_the_vma_read {
                    true => WriterPlace::VmaRead,
                    false => WriterPlace::Elsewhere,
                })
        }
        Goal::Scans(count) => {
            let latest = app.shown.latest.as_ref();
            latest.is_some_and(|it| it.overall.scans >= *count)
        }
    }
}

fn by_hand(wanted: &ByHand, shown: &ManualShown) -> bool {
    let count = |steps: &[ManualStep], step| steps.iter().filter(|it| **it == step).count();
    let rewinds = count(&shown.steps, ManualStep::Rewind);
    let since = shown.steps.iter().rposition(|it| *it == ManualStep::Rewind);
    let since = &shown.steps[since.map_or(0, |at| at + 1)..];
    let verdict = &shown.picture.scan.verdict;
    count(since, ManualStep::Operate) >= wanted.operations
        && count(since, ManualStep::Read) >= wanted.reads
        && rewinds >= wanted.rewinds
        && (!wanted.of_one_line || shown.size == ReadSize::Line)
        && (!wanted.duplicate || !verdict.tears.is_empty())
        && (!wanted.backward || verdict.tears.iter().any(|it| it.backward))
}

fn found(wanted: Wanted, app: &App) -> bool {
    let Some(latest) = &app.shown.latest else {
        return false;
    };
    let tally = &latest.overall;
    match wanted {
        Wanted::Duplicate => tally.duplicates() > 0,
        Wanted::DuplicateInside => tally.duplicates_inside > 0,
        Wanted::H1 => tally.possibly(KnownHole::H1) > 0,
        Wanted::H2 => tally.possibly(KnownHole::H2) > 0,
        Wanted::H3 => tally.possibly(KnownHole::H3) > 0,
    }
}

fn model(wanted: &ModelGoal, app: &App) -> bool {
    let Some(protocol) = app
        .protocol
        .as_deref()
        .filter(|_| app.view == View::Protocol)
    else {
        return false;
    };
    let is = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
    is(wanted.gap_check, protocol.has_gap_check())
        && is(wanted.holds, protocol.verdict().holds())
        && (!wanted.hole || protocol.has_shown_hole())
        && (wanted.case.as_ref()).is_none_or(|case| protocol.case_name() == case)
}

/// Whether the lab compares what this reader alone does with nobody reading.
fn measured(reader: &str, app: &App) -> bool {
    let Some(lab) = &app.latency.snapshot else {
        return false;
    };
    let mut all = lab.configurations.iter();
    all.any(|it| it.name == reader && it.ratio.is_some())
}
