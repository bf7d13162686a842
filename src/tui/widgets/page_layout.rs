//! The page layout of the site: what each state has there, what the scan
//! shows there, what `PROCMAP_QUERY` answers.

use ratatui::text::{Line, Span};

use crate::maps::line::MapsLine;
use crate::maps::permissions::Permissions;
use crate::oracle::verdict::ViolationKind;
use crate::scenario::page_layout::Cell;
use crate::session::by_hand::ManualShown;
use crate::session::live::PageAnswer;
use crate::session::picture::Picture;
use crate::session::snapshot::{Scene, Snapshot};
use crate::stepping::reader_model::ResumePoint;
use crate::tui::theme::{Role, Theme};

/// Columns of a page.
const PAGE: usize = 3;
/// Columns before the first page.
const LABEL: usize = 16;

/// What is said of a layout with pages that an earlier one has too.
const TWICE: &str = " ≈ twice";

/// A page each; none: nothing is mapped there.
pub(crate) type Cells = Vec<Option<Cell>>;

/// What that is called.
pub(crate) const QUERY_NOW: &str = "query now";

/// What state `k` of so many is called, and its role.
pub(crate) fn state_label(k: usize, count: usize) -> (String, Role) {
    match k {
        0 => ("original".to_owned(), Role::Original),
        _ if count == 2 => ("modified".to_owned(), Role::Modified),
        _ => (format!("state {k}"), Role::Modified),
    }
}

/// A text where a layout would stand.
pub(crate) fn labelled(theme: Theme, label: &str, role: Role, text: String) -> Line<'static> {
    Line::styled(format!(" {label:<LABEL$}{text}"), theme.style(role))
}

/// Columns that the rows take at most.
pub(crate) fn width(scene: &Scene) -> usize {
    LABEL + 1 + page_count(scene) * PAGE + TWICE.len()
}

pub(crate) fn page_count(scene: &Scene) -> usize {
    ((scene.site.end - scene.site.start) / scene.letter_bytes.max(1)) as usize
}

/// The rows of all layouts.
pub(crate) fn rows(theme: Theme, snapshot: &Snapshot, scene: &Scene) -> Vec<Line<'static>> {
    let pages = page_count(scene);
    let mut rows = vec![numbers(theme, pages)];
    for (k, state) in scene.info.states.iter().enumerate() {
        let (label, role) = state_label(k, scene.info.states.len());
        rows.push(row(theme, &label, role, &of_letters(&state.strip), &[]));
    }
    if let Some(picture) = &snapshot.picture {
        rows.extend(live(theme, "live", picture, scene, pages));
    }
    if let Some(layout) = answered(snapshot, scene) {
        rows.push(row(theme, QUERY_NOW, Role::Plain, &layout, &[]));
    }
    rows
}

/// What `PROCMAP_QUERY` says of each page of the site, where it is asked.
pub(crate) fn answered(snapshot: &Snapshot, scene: &Scene) -> Option<Cells> {
    let answers = snapshot.answers.beside(snapshot.picture.as_ref()?);
    (!answers.is_empty()).then(|| of_answers(answers, scene, page_count(scene)))
}

/// The same in manual mode: which state the site is in, what is read of it,
/// and where the reader is. Where there is room for so many rows only, those
/// that matter less are left out.
pub(crate) fn rows_by_hand(
    theme: Theme,
    shown: &ManualShown,
    scene: &Scene,
    room: usize,
) -> Vec<Line<'static>> {
    let pages = page_count(scene);
    // With what a row is worth.
    let mut rows = vec![(0, numbers(theme, pages))];
    for (k, state) in scene.info.states.iter().enumerate() {
        let (label, role) = state_label(k, scene.info.states.len());
        let (worth, label, role) = if k == shown.state {
            (4, format!("now: {label}"), role)
        } else {
            (1, label, Role::Dim)
        };
        let row = row(theme, &label, role, &of_letters(&state.strip), &[]);
        rows.push((worth, row));
    }
    let live = live(theme, "read", &shown.picture, scene, pages);
    rows.extend(live.into_iter().map(|row| (2, row)));
    rows.push((3, reader(theme, shown, scene, pages)));
    while rows.len() > room {
        let least = (0..rows.len()).min_by_key(|&at| rows[at].0);
        rows.remove(least.unwrap_or(0));
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Where the reader resumes.
fn reader(theme: Theme, shown: &ManualShown, scene: &Scene, pages: usize) -> Line<'static> {
    let (at, text) = match shown.stand.place {
        _ if shown.astray => (0, "? R rewinds".to_owned()),
        ResumePoint::Address(address) if address < scene.site.start => {
            (0, "◂ below the site".to_owned())
        }
        ResumePoint::Address(address) if address > scene.site.end => {
            (0, "▸ beyond the site".to_owned())
        }
        ResumePoint::Address(address) => {
            let page = (address - scene.site.start) / scene.letter_bytes.max(1);
            ((page as usize).min(pages) * PAGE, "▲".to_owned())
        }
        ResumePoint::Gate | ResumePoint::End => (0, "▸ no VMA left".to_owned()),
    };
    let label = format!(" {:<LABEL$}{}", "reader", " ".repeat(at));
    Line::from(vec![
        Span::styled(label, theme.style(Role::Key)),
        Span::styled(text, theme.style(Role::Key)),
    ])
}

fn numbers(theme: Theme, pages: usize) -> Line<'static> {
    let numbers: String = (0..pages).map(|page| format!("{page:^PAGE$}")).collect();
    Line::styled(
        format!(" {:<LABEL$}{numbers}", "page of the site"),
        theme.style(Role::Dim),
    )
}

/// What a scan shows of the site in one chunk, or in one after it where a page stands
/// above itself.
pub(crate) struct ReadLayout {
    pub(crate) chunk: u32,
    pub(crate) cells: Cells,
    /// The pages that an earlier one has too.
    pub(crate) twice: Vec<bool>,
}

/// The lines of the scan, chunk by chunk, so that a page printed twice stands
/// above itself.
pub(crate) fn read_layouts(picture: &Picture, scene: &Scene) -> Vec<ReadLayout> {
    let pages = page_count(scene);
    let mut layouts: Vec<ReadLayout> = Vec::new();
    for site in &picture.site {
        let Some(line) = picture.lines.get(site.line as usize) else {
            continue;
        };
        let letter = MapsLine::parse(picture.line_text(site.line))
            .map_or('?', |vma| permission_letter(vma.perms));
        let page = |address: u64| {
            (address.saturating_sub(scene.site.start) / scene.letter_bytes.max(1)) as usize
        };
        let (first, end) = (page(line.start), page(line.end).min(pages));
        let free = |layout: &Cells| layout[first.min(pages)..end].iter().all(Option::is_none);
        let fits = layouts
            .last()
            .is_some_and(|it| it.chunk == line.chunk && free(&it.cells));
        if !fits {
            layouts.push(ReadLayout {
                chunk: line.chunk,
                cells: vec![None; pages],
                twice: Vec::new(),
            });
        }
        let Some(ReadLayout { cells, .. }) = layouts.last_mut() else {
            continue;
        };
        for (at, cell) in cells.iter_mut().enumerate().take(end).skip(first) {
            *cell = Some(Cell {
                letter,
                first: at == first,
                last: at + 1 == end,
            });
        }
    }
    let mut seen = vec![false; pages];
    for layout in &mut layouts {
        for (seen, page) in seen.iter_mut().zip(&layout.cells) {
            layout.twice.push(*seen && page.is_some());
            *seen |= page.is_some();
        }
    }
    layouts
}

fn live(
    theme: Theme,
    word: &str,
    picture: &Picture,
    scene: &Scene,
    pages: usize,
) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    let layouts = read_layouts(picture, scene);
    for ReadLayout {
        chunk,
        cells,
        twice,
    } in &layouts
    {
        let label = format!("{word}, chunk {chunk}");
        rows.push(row(theme, &label, Role::Title, cells, twice));
    }
    if layouts.is_empty() {
        rows.push(row(theme, word, Role::Title, &vec![None; pages], &[]));
    }
    rows.extend(missing(theme, picture, scene));
    rows
}

/// The pages of the site that are missing; empty: no hole is there.
pub(crate) fn hole_pages(picture: &Picture, scene: &Scene) -> Vec<bool> {
    let violations = picture.scan.verdict.violations.iter();
    let holes: Vec<_> = violations
        .filter_map(|violation| match &violation.kind {
            ViolationKind::Hole(hole) => Some(hole),
            _ => None,
        })
        .collect();
    if holes.is_empty() {
        return Vec::new();
    }
    let address = |page: usize| scene.site.start + page as u64 * scene.letter_bytes;
    let is_missing = |page| holes.iter().any(|hole| hole.contains(&address(page)));
    (0..page_count(scene)).map(is_missing).collect()
}

/// The pages of a hole.
fn missing(theme: Theme, picture: &Picture, scene: &Scene) -> Option<Line<'static>> {
    let missing = hole_pages(picture, scene);
    if missing.is_empty() {
        return None;
    }
    let label = format!(" {:<LABEL$}", "HOLE");
    let mut spans = vec![Span::styled(label, theme.style(Role::Violation))];
    spans.extend(missing.into_iter().map(|is_missing| match is_missing {
        true => Span::styled("[✗]", theme.style(Role::ViolationBanner)),
        false => Span::raw("   "),
    }));
    Some(Line::from(spans))
}

/// A layout with its label; pages that are `twice` are marked.
pub(crate) fn row(
    theme: Theme,
    label: &str,
    role: Role,
    layout: &[Option<Cell>],
    twice: &[bool],
) -> Line<'static> {
    let mut spans = vec![Span::styled(format!(" {label:<LABEL$}"), theme.style(role))];
    spans.extend(cells(theme, layout, twice));
    if twice.contains(&true) {
        spans.push(Span::styled(TWICE, theme.style(Role::Duplicate)));
    }
    Line::from(spans)
}

/// The pages of a layout; those that are `twice` are marked.
pub(super) fn cells(theme: Theme, layout: &[Option<Cell>], twice: &[bool]) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (i, page) in layout.iter().enumerate() {
        let Some(page) = page else {
            spans.push(Span::styled(" · ", theme.style(Role::Dim)));
            continue;
        };
        let style = if twice.get(i) == Some(&true) {
            theme.style(Role::DuplicateBadge)
        } else {
            theme.style(letter_role(page.letter))
        };
        spans.push(Span::styled(page.to_string(), style));
    }
    spans
}

pub(crate) fn letter_role(letter: char) -> Role {
    match letter {
        'w' => Role::Key,
        'x' => Role::Modified,
        _ => Role::Original,
    }
}

/// The pages of a layout as the catalogue writes it: `w .. rrr`.
pub(crate) fn of_letters(text: &str) -> Cells {
    text.parse::<crate::scenario::page_layout::PageLayout>()
        .map(|layout| layout.cells())
        .unwrap_or_default()
}

fn of_answers(answers: &[PageAnswer], scene: &Scene, pages: usize) -> Cells {
    (0..pages)
        .map(|page| {
            let address = scene.site.start + page as u64 * scene.letter_bytes;
            let found = answers.iter().find(|it| it.address == address)?;
            let (start, end, permissions) = found.answer?;
            Some(Cell {
                letter: permission_letter(permissions),
                first: start == address,
                last: end == address + scene.letter_bytes,
            })
        })
        .collect()
}

fn permission_letter(permissions: Permissions) -> char {
    match (permissions.read, permissions.write, permissions.execute) {
        (true, true, _) => 'w',
        (true, false, true) => 'x',
        (true, false, false) => 'r',
        _ => '-',
    }
}
