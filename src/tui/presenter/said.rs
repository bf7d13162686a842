//! What is said of a scan: a word, a sentence, rows of pages.

use crate::oracle::verdict::Violation;
use crate::session::picture::Picture;
use crate::session::snapshot::Scene;
use crate::session::trigger::Held;
use crate::tui::shown::Shown;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::page_layout::{Cells, hole_pages, of_letters, read_layouts, state_label};

pub(super) const WHOLE: &str = "COHERENT";
pub(super) const TORN: &str = "TORN";
pub(super) const DUPLICATE: &str = "DUPLICATE";

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// In large letters; empty: nothing is read yet.
    pub(super) word: String,
    pub(crate) role: Option<Role>,
    /// In plain words.
    pub(crate) caption: String,
    pub(crate) rows: Vec<PageRow>,
}

/// A row of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRow {
    pub(crate) label: String,
    pub(crate) role: Role,
    pub(crate) cells: Cells,
    pub(crate) marks: Vec<Mark>,
}

/// What a page is, besides what its VMA is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    None,
    /// It is in a row above, too.
    Twice,
    Missing,
}

impl Said {
    pub(crate) fn of(shown: &Shown, view: View) -> Self {
        let Some(snapshot) = &shown.snapshot else {
            return Said::nothing("The target is being opened.");
        };
        if view == View::Manual {
            return match (shown.by_hand(), shown.latest_scene()) {
                (Some(by_hand), Some(scene)) => {
                    let now = state_row(scene, by_hand.state, "now: ");
                    let mut said = Said::of_picture(&by_hand.picture, scene, vec![now]);
                    if by_hand.picture.held == Held::No {
                        said.caption.clone_from(&by_hand.account.happened);
                    }
                    if by_hand.picture.lines.is_empty() {
                        (said.word, said.role) = (String::new(), None);
                    }
                    said
                }
                _ => Said::nothing("Nothing is done by hand here."),
            };
        }
        match (&snapshot.picture, snapshot.scene.as_deref()) {
            (Some(picture), Some(scene)) => {
                let states = match view {
                    View::Boundary => (0..scene.info.states.len())
                        .map(|state| state_row(scene, state, ""))
                        .collect(),
                    _ => Vec::new(),
                };
                Said::of_picture(picture, scene, states)
            }
            (Some(picture), None) => Said::of_target(picture),
            (None, _) => Said::nothing("Nothing is read yet."),
        }
    }

    fn nothing(caption: &str) -> Self {
        Said {
            caption: caption.to_owned(),
            ..Said::default()
        }
    }

    /// Of a process that is not ours nothing is judged.
    fn of_target(picture: &Picture) -> Self {
        if picture.lines.iter().any(|line| line.duplicate) {
            return Said {
                word: DUPLICATE.to_owned(),
                role: Some(Role::Duplicate),
                caption: "A VMA is printed twice, before and after a change. Allowed.".to_owned(),
                rows: Vec::new(),
            };
        }
        Said::nothing("No line starts before the end of the one above it.")
    }

    fn of_picture(picture: &Picture, scene: &Scene, mut rows: Vec<PageRow>) -> Self {
        for layout in read_layouts(picture, scene) {
            let mark = |twice: bool| if twice { Mark::Twice } else { Mark::None };
            rows.push(PageRow {
                label: format!("chunk {}", layout.chunk),
                role: Role::Title,
                marks: layout.twice.into_iter().map(mark).collect(),
                cells: layout.cells,
            });
        }
        let missing = hole_pages(picture, scene);
        if !missing.is_empty() {
            let mark = |it: &bool| if *it { Mark::Missing } else { Mark::None };
            rows.push(PageRow {
                label: "missing".to_owned(),
                role: Role::Violation,
                cells: vec![None; missing.len()],
                marks: missing.iter().map(mark).collect(),
            });
        }
        let twice = pages(&rows, Mark::Twice);
        let (word, role, caption) = match (picture.held, picture.scan.verdict.violations.first()) {
            (_, Some(violation)) => (
                violation.kind.name().to_uppercase(),
                Role::Violation,
                of_violation(violation, &pages(&rows, Mark::Missing)),
            ),
            (Held::Torn, None) if !twice.is_empty() => (
                DUPLICATE.to_owned(),
                Role::Duplicate,
                format!("{twice} printed twice: the VMA changed between two reads. Allowed."),
            ),
            (Held::Torn, None) => (
                TORN.to_owned(),
                Role::Duplicate,
                "Lines of two moments, one below the other; each was true when it was read. \
                 Allowed."
                    .to_owned(),
            ),
            _ => (
                WHOLE.to_owned(),
                Role::Good,
                "All lines are of one state: nothing changed while they were read.".to_owned(),
            ),
        };
        Said {
            word,
            role: Some(role),
            caption,
            rows,
        }
    }
}

/// The pages with a mark, in words: `Page 1 is`, `Pages 1 and 2 are`; empty: none has.
fn pages(rows: &[PageRow], wanted: Mark) -> String {
    let count = rows.iter().map(|row| row.marks.len()).max().unwrap_or(0);
    let has = |page: &usize| rows.iter().any(|row| row.marks.get(*page) == Some(&wanted));
    let marked: Vec<String> = (0..count)
        .filter(has)
        .map(|page| page.to_string())
        .collect();
    match &marked[..] {
        [] => String::new(),
        [page] => format!("Page {page} is"),
        [pages @ .., last] => format!("Pages {} and {last} are", pages.join(", ")),
    }
}

fn of_violation(violation: &Violation, missing: &str) -> String {
    let known = match violation.known.iter().next() {
        Some(hole) => format!(" ({})", hole.name()),
        None => String::new(),
    };
    match missing {
        "" => format!("No correct kernel shows this{known}."),
        pages => format!("{pages} mapped all the time, and no line shows it{known}. Forbidden."),
    }
}

fn state_row(scene: &Scene, state: usize, before: &str) -> PageRow {
    let states = &scene.info.states;
    let (label, role) = state_label(state, states.len());
    let cells = states.get(state).map(|it| of_letters(&it.strip));
    PageRow {
        label: format!("{before}{label}"),
        role,
        cells: cells.unwrap_or_default(),
        marks: Vec::new(),
    }
}
