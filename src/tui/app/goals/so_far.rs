//! How far one is with what is to be done, in a line.

use super::way::Way;
use super::{repeats, rewinds};
use crate::lesson::goal::{ByHand, Goal, ModelGoal, Repeat};
use crate::sampling::probe::reading::ProbeAnswer;
use crate::stepping::reader_model::ResumePoint;
use crate::stepping::step::ManualStep;
use crate::text::number::{count, grouped};
use crate::tui::app::App;
use crate::tui::learn::SoFar;
use crate::tui::view::View;

/// What is still missing; or that this leads elsewhere, and what leads back.
pub(crate) fn so_far(goal: &Goal, app: &App) -> SoFar {
    let latest = app.shown.latest.as_ref().filter(|_| !app.shown.is_past);
    if latest.is_some_and(|it| it.ended.is_some()) && !matches!(goal, Goal::Model(_)) {
        return SoFar::elsewhere("What was watched has ended: <lesson-again> begins anew.".into());
    }
    if let Some(view) = view_of(goal).filter(|view| *view != app.view) {
        let name = view.name();
        let key = format!("<show-{}>", name.to_ascii_lowercase());
        return SoFar::on_the_way(format!("this is not the {name} view, which {key} shows"));
    }
    let text = match goal {
        Goal::OpenVma => "no VMA is open".into(),
        Goal::Filter if app.space.open.is_some() => "a VMA is open, which <close> closes".into(),
        Goal::Filter => "no filter, all lines are shown".into(),
        Goal::NothingThere => nothing_there(app),
        Goal::ByHand(wanted) => return by_hand(wanted, app),
        Goal::Timelines => "the file is shown".into(),
        Goal::Found(_) => {
            let scans = app.shown.latest.as_ref().map_or(0, |it| it.overall.scans);
            format!("none in {}", count(scans, "scan"))
        }
        Goal::Explained => explained(app),
        Goal::Model(wanted) => return model(wanted, app),
        Goal::Measured(reader) => return measured(reader, app),
        Goal::Inversion(_) => inversion(app),
        Goal::Scans(wanted) => {
            let scans = app.shown.latest.as_ref().map_or(0, |it| it.overall.scans);
            format!("{} of {}", grouped(scans), count(*wanted, "scan"))
        }
    };
    SoFar::on_the_way(text)
}

/// The view in which it is done; none: it goes through several, or is in all of them.
pub(crate) fn view_of(goal: &Goal) -> Option<View> {
    match goal {
        Goal::OpenVma | Goal::Filter => Some(View::Space),
        Goal::NothingThere => Some(View::Query),
        Goal::ByHand(_) | Goal::Timelines => Some(View::Manual),
        Goal::Measured(_) | Goal::Inversion(_) => Some(View::Latency),
        Goal::Model(_) => Some(View::Protocol),
        Goal::Found(_) | Goal::Explained | Goal::Scans(_) => None,
    }
}

fn nothing_there(app: &App) -> String {
    let Some(reading) = app.query.reading(&app.shown) else {
        return "no answer yet".into();
    };
    match &reading.answer {
        ProbeAnswer::Vma(vma) => format!("a VMA is there, {:x}-{:x}", vma.start, vma.end),
        ProbeAnswer::Nothing | ProbeAnswer::Failed(_) => "no VMA is there".into(),
    }
}

fn by_hand(wanted: &ByHand, app: &App) -> SoFar {
    let (Some(way), Some(shown)) = (Way::of(&wanted.way, app), app.shown.by_hand()) else {
        return SoFar::on_the_way("reader and modifier are being made to stand still".into());
    };
    let mut parts = Vec::new();
    if wanted.way.is_empty() {
        let rewound = rewinds(shown).min(wanted.rewinds);
        parts.push(format!("rewinds {rewound} of {}", wanted.rewinds));
        if rewound == wanted.rewinds
            && has_passed(app)
            && !wanted.shows.is_some_and(|it| repeats(it, shown))
        {
            return SoFar::elsewhere(
                "The reader has passed the site: <manual-back> takes a step back, <manual-rewind> \
                 rewinds."
                    .into(),
            );
        }
    } else {
        match way.elsewhere() {
            0 => {}
            1 => {
                return SoFar::elsewhere(
                    "The last step leads elsewhere: <manual-back> takes it back.".into(),
                );
            }
            steps => {
                return SoFar::elsewhere(format!(
                    "The last {steps} steps lead elsewhere: <manual-back> takes one back, \
                     <lesson-again> begins anew."
                ));
            }
        }
        for (kind, name) in [
            (ManualStep::Operate, "operations"),
            (ManualStep::Size, "changes of size"),
            (ManualStep::Read, "reads"),
        ] {
            let (done, of) = way.of_kind(kind);
            // What is rarely asked for makes room once it is done.
            let is_rare = kind == ManualStep::Size;
            if of > 0 && !(is_rare && done == of) {
                parts.push(format!("{name} {done} of {of}"));
            }
        }
    }
    if let Some(repeat) = wanted.shows.filter(|it: &Repeat| !repeats(*it, shown)) {
        parts.push(format!("no {} yet", repeat.name()));
    }
    SoFar::on_the_way(parts.join(", "))
}

/// Whether the reader goes on behind all that changes.
fn has_passed(app: &App) -> bool {
    let (Some(shown), Some(scene)) = (app.shown.by_hand(), app.shown.latest_scene()) else {
        return false;
    };
    match shown.stand.place {
        ResumePoint::Address(address) => address >= scene.site.end,
        ResumePoint::Gate | ResumePoint::End => true,
    }
}

fn explained(app: &App) -> String {
    let protocol = app.protocol.as_deref();
    match protocol.filter(|it| app.view == View::Protocol && it.is_explaining()) {
        Some(protocol) => match protocol.steps_to_what_matters() {
            Some((made, at)) => format!("step {made}; the one that matters is step {at}"),
            None => "no step of it matters more than the others".into(),
        },
        None => "nothing is explained".into(),
    }
}

fn model(wanted: &ModelGoal, app: &App) -> SoFar {
    let Some(protocol) = app.protocol.as_deref() else {
        return SoFar::on_the_way("the model is not loaded".into());
    };
    if let Some(case) = (wanted.case.as_ref()).filter(|case| protocol.case_name() != *case) {
        return SoFar::elsewhere(format!(
            "The case is {}, not {case}: <lesson-again> begins anew.",
            protocol.case_name()
        ));
    }
    if wanted.hole && protocol.verdict().holds() {
        return SoFar::elsewhere(
            "No order breaks a promise as the model is set: <lesson-hint> twice sets it back."
                .into(),
        );
    }
    let mut parts = Vec::new();
    if let Some(is_wanted) = wanted
        .gap_check
        .filter(|it| *it != protocol.has_gap_check())
    {
        parts.push(match is_wanted {
            true => "there is no gap check".to_owned(),
            false => "the gap check is there".to_owned(),
        });
    }
    if wanted
        .holds
        .is_some_and(|it| it != protocol.verdict().holds())
    {
        parts.push(match protocol.verdict().holds() {
            true => "the model holds".to_owned(),
            false => format!("the model breaks a promise, {}", protocol.verdict().words()),
        });
    }
    if wanted.hole && !protocol.has_shown_hole() {
        let (trace, made) = protocol.trace();
        parts.push(match trace.rows.len() {
            0 => "no steps are loaded".to_owned(),
            steps => format!("step {made} of {steps}, and no hole yet"),
        });
    }
    SoFar::on_the_way(parts.join(", "))
}

fn measured(reader: &str, app: &App) -> SoFar {
    let Some(lab) = &app.latency.snapshot else {
        return SoFar::on_the_way("the lab begins".into());
    };
    let current = lab.configurations.get(lab.current);
    let others = current.filter(|it| it.name != "none" && it.name != reader);
    if let Some(others) = others {
        return SoFar::elsewhere(format!(
            "What is measured is {}: <latency-no-reader> takes all readers away.",
            others.name
        ));
    }
    SoFar::on_the_way(match current.is_some_and(|it| it.name == reader) {
        true => "too few calls are timed yet".into(),
        false => format!("nothing is measured with {reader}"),
    })
}

fn inversion(app: &App) -> String {
    let lab = app.latency.snapshot.as_ref();
    match lab.and_then(|lab| lab.inversion.as_ref()) {
        Some(_) => "the writer works elsewhere".into(),
        None => "it is not begun".into(),
    }
}
