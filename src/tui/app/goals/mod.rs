//! Whether what is to be done is done, as the screen shows it.
//!
//! * [`way`]: the steps taken by hand beside those that are asked for;
//! * [`so_far`](mod@so_far): how far one is, in a line.

pub(super) mod so_far;
pub(super) mod way;

use crate::latency::inversion::outcome::WriterPlace;
use crate::lesson::goal::{ByHand, Goal, ModelGoal, Repeat, Wanted};
use crate::linux::known_holes::KnownHole;
use crate::sampling::probe::reading::ProbeAnswer;
use crate::session::by_hand::ManualShown;
use crate::stepping::step::ManualStep;
use crate::tui::app::App;
use crate::tui::view::View;
use way::Way;

pub(super) fn is_met(goal: &Goal, app: &App) -> bool {
    match goal {
        Goal::OpenVma => app.view == View::Space && app.space.open.is_some(),
        Goal::Filter => {
            let space = &app.space;
            // A VMA that is open lies over the lines.
            !space.filter.is_empty() && space.prompt.is_none() && space.open.is_none()
        }
        Goal::NothingThere => {
            let reading = app.query.reading(&app.shown);
            // A kernel without this query says that, in its own way.
            let is_none = |answer: &ProbeAnswer| !matches!(answer, ProbeAnswer::Vma(_));
            app.view == View::Query && reading.is_some_and(|it| is_none(&it.answer))
        }
        Goal::ByHand(wanted) => by_hand(wanted, app),
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

fn by_hand(wanted: &ByHand, app: &App) -> bool {
    let (Some(shown), Some(way)) = (app.shown.by_hand(), Way::of(&wanted.way, app)) else {
        return false;
    };
    way.is_gone()
        && rewinds(shown) >= wanted.rewinds
        && wanted.shows.is_none_or(|it| repeats(it, shown))
}

fn rewinds(shown: &ManualShown) -> usize {
    let rewinds = shown.steps.iter().filter(|it| **it == ManualStep::Rewind);
    rewinds.count()
}

/// Whether a line that was read repeats another so.
fn repeats(repeat: Repeat, shown: &ManualShown) -> bool {
    let mut tears = shown.picture.scan.verdict.tears.iter();
    tears.any(|tear| tear.backward || repeat == Repeat::Duplicate)
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
