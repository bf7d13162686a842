//! Applications in known states, for tests.

use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::app::App;
use super::capture;
use super::message::Message;
use super::theme::{Depth, Theme};
use super::update::update;
use super::view::render;
use crate::events::case::{CaseInfo, CaseKey};
use crate::linux::features::rule::{Reader, Rule};
use crate::linux::known_holes::KnownHole;
use crate::linux::procmap_query::{QueriedVma, Query};
use crate::maps::diff::change::AddressSpaceChangeKind;
use crate::maps::excerpt::Excerpt;
use crate::maps::line::MapsLine;
use crate::maps::permissions::Permissions;
use crate::maps::scan_text::{ScanText, Window};
use crate::oracle::site::{OperationInfo, SiteClock, SiteStates};
use crate::oracle::states::States;
use crate::oracle::text_judge::TextJudge;
use crate::oracle::unknown_judge::{MissingCounts, UnknownJudge};
use crate::oracle::verdict::ViolationKind;
use crate::sampling::TakenScan;
use crate::sampling::describe::Moment;
use crate::sampling::events::{Found, FoundKind};
use crate::sampling::probe::latency::Latency;
use crate::sampling::probe::reading::{Answer, Reading, Seen};
use crate::scenario::definition::scenarios;
use crate::session::by_hand::ManualShown;
use crate::session::coverage::{CoverageRow, CoverageState};
use crate::session::explorer::queries::Explored;
use crate::session::explorer::recent::Recent;
use crate::session::live::PageAnswer;
use crate::session::picture::{Context, Picture};
use crate::session::rates::Rates;
use crate::session::snapshot::{FoundEvent, PairRow, Scene, Snapshot, TargetInfo};
use crate::setup::placement::Placement;
use crate::setup::state_info::{BoundaryView, StateInfo};
use crate::stepping::model::{Place, Stand};
use crate::stepping::narration::Account;
use crate::stepping::step::{Size, Step};

/// Bytes of a page.
const PAGE: u64 = 0x1000;
/// Where the site of every fixture is.
const SITE: u64 = 0x1012_6000;

/// What a fixture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A duplicate across a chunk boundary.
    Duplicate,
    /// A hole, H1.
    Hole,
}

/// A scenario of two states, as strips of permissions for each VMA.
struct Case {
    name: &'static str,
    original: &'static [(u64, u64, &'static str)],
    modified: &'static [(u64, u64, &'static str)],
    /// What the scan shows: before the boundary and behind it.
    seen: [&'static [(u64, u64, &'static str)]; 2],
    strips: [&'static str; 2],
    pages: u64,
}

const RESIZE: Case = Case {
    name: "resize",
    original: &[(0, 3, "rw-p"), (3, 6, "r--p")],
    modified: &[(0, 1, "rw-p"), (3, 6, "r--p")],
    seen: [&[(0, 1, "rw-p")], &[(0, 3, "rw-p"), (3, 6, "r--p")]],
    strips: ["www rrr", "w .. rrr"],
    pages: 6,
};

const REPLACE: Case = Case {
    name: "replace",
    original: &[(0, 1, "r--p"), (1, 2, "rw-p"), (2, 3, "r--p")],
    modified: &[(0, 1, "r--p"), (1, 2, "r-xp"), (2, 3, "r--p")],
    seen: [&[(0, 1, "r--p")], &[(2, 3, "r--p")]],
    strips: ["r w r", "r x r"],
    pages: 3,
};

fn line(start: u64, end: u64, permissions: &str, name: &str) -> String {
    let line = format!("{start:08x}-{end:08x} {permissions} 00000000 00:00 0 ");
    match name {
        "" => line + "\n",
        name => format!("{line:<72} {name}\n"),
    }
}

fn site_lines(vmas: &[(u64, u64, &str)]) -> String {
    vmas.iter()
        .map(|(start, end, permissions)| {
            line(SITE + start * PAGE, SITE + end * PAGE, permissions, "")
        })
        .collect()
}

fn before() -> String {
    let slots = (0..20u64).map(|slot| {
        let start = SITE - (21 - slot) * 3 * PAGE;
        let permissions = if slot % 2 == 0 { "rw-p" } else { "r--p" };
        line(start, start + 3 * PAGE, permissions, "")
    });
    let fence = line(SITE - 3 * PAGE, SITE, "---p", "");
    slots.collect::<String>() + &fence
}

fn after(pages: u64) -> String {
    let first = SITE + pages * PAGE;
    let slots = (0..60u64).map(|slot| {
        let start = first + (1 + slot * 3) * PAGE;
        let permissions = if slot % 2 == 0 { "rw-p" } else { "r--p" };
        line(start, start + 3 * PAGE, permissions, "")
    });
    line(first, first + PAGE, "---p", "")
        + &slots.collect::<String>()
        + &line(
            0x5555_5555_4000,
            0x5555_5556_0000,
            "r-xp",
            "/usr/bin/vmascope",
        )
        + &line(0x7ffc_1230_0000, 0x7ffc_1232_1000, "rw-p", "[stack]")
        + &line(
            0xffff_ffff_ff60_0000,
            0xffff_ffff_ff60_1000,
            "--xp",
            "[vsyscall]",
        )
}

impl Case {
    fn states(&self) -> States {
        let operation = |text: &str, moves: bool| OperationInfo {
            text: text.into(),
            move_destination: moves.then_some(SITE + PAGE..SITE + 2 * PAGE),
        };
        let site = SiteStates {
            range: SITE..SITE + self.pages * PAGE,
            operations: vec![
                operation("the operation", self.name == "replace"),
                operation("the restore", false),
            ],
            clock: SiteClock::default(),
        };
        let captures = [self.original, self.modified]
            .map(|state| (before() + &site_lines(state) + &after(self.pages)).into_bytes());
        States::of_site(site, &captures).unwrap()
    }

    fn scan(&self) -> ScanText {
        // The operation of the cycle that starts with the tenth state.
        let window = Window::of_one(10, 11);
        let chunks = [
            before() + &site_lines(self.seen[0]),
            site_lines(self.seen[1]) + &after(self.pages),
        ];
        ScanText::from_chunks(
            chunks.iter().map(|chunk| (chunk.as_bytes(), window)),
            window,
        )
    }

    fn scene(&self, states: &States) -> Scene {
        let boundary = [self.original, self.modified].map(|state| {
            let (first, rest) = state.split_at(1);
            let chunks = [
                before() + &site_lines(first),
                site_lines(rest) + &after(self.pages),
            ];
            let at = chunks[0].len();
            let scan = ScanText::from_chunks(
                chunks
                    .iter()
                    .map(|chunk| (chunk.as_bytes(), Window::default())),
                Window::default(),
            );
            let mut lines = Excerpt::of_scan(&scan, at, 3);
            lines.lines.truncate(6);
            BoundaryView {
                when: "then".into(),
                lines,
            }
        });
        let infos = (0..2)
            .map(|k| StateInfo {
                strip: self.strips[k].into(),
                lines: Excerpt::of_text(states.site_text(0, k)),
                operation: "operation".into(),
                code: "code()".into(),
            })
            .collect();
        Scene {
            info: CaseInfo {
                case: key(self.name),
                number: (1, 1),
                summary: "do something to a VMA and undo it".into(),
                placement: Placement::Boundary,
                site: (SITE, SITE + self.pages * PAGE),
                rule: "line-end".into(),
                states: infos,
                boundary: boundary.into(),
            },
            site: SITE..SITE + self.pages * PAGE,
            stops_early: false,
            page_size: PAGE,
            number: (2, 19),
        }
    }
}

fn key(name: &str) -> CaseKey {
    CaseKey {
        scenario: name.into(),
        reader: "maps".into(),
    }
}

/// A snapshot in which something is torn.
pub(crate) fn snapshot(kind: Kind) -> Snapshot {
    let case = match kind {
        Kind::Duplicate => &RESIZE,
        Kind::Hole => &REPLACE,
    };
    let states = case.states();
    let scan = case.scan();
    let verdict = TextJudge::new(Reader::Maps, Rule::LINE_END)
        .judge(&states, &scan)
        .clone();
    let scene = case.scene(&states);
    let mut tally = crate::oracle::tally::Tally::default();
    tally.add(&verdict);
    tally.scans = 12_345;
    let case_key = key(case.name);
    let moment = Moment {
        case: &case_key,
        placement: Placement::Boundary,
        reader_index: 0,
        states: &states,
    };
    let tears = verdict.tears.iter().map(|tear| FoundKind::Tear {
        tear: *tear,
        excerpt: Excerpt::of_scan(&scan, tear.at, 3),
    });
    let violations = verdict
        .violations
        .iter()
        .map(|violation| FoundKind::Violation {
            violation: violation.clone(),
            excerpt: Excerpt::of_scan(&scan, violation.at, 3),
        });
    let found = tears
        .chain(violations)
        .map(|kind| FoundEvent {
            at: Duration::from_millis(1_234),
            event: Arc::new(moment.describe(Found {
                scan: 443,
                at_ns: 1_234_000_000,
                kind,
            })),
        })
        .collect();
    let mut picture = Picture {
        scan: TakenScan {
            text: scan,
            number: 443,
            verdict,
        },
        at: Duration::from_millis(1_234),
        ..Picture::default()
    };
    picture.index(Context {
        site: Some((&scene.site, &states)),
    });
    picture.lay_out(Vec::new());
    let picture = Arc::new(picture);
    Snapshot {
        at: Duration::from_millis(2_000),
        manual: Some(Arc::new(manual(picture.clone()))),
        probe: Some(Arc::new(reading(site_query()))),
        target: Arc::new(TargetInfo {
            name: "modifier 4242".into(),
            kernel: "Linux 6.18.1".into(),
            readers: vec![
                (
                    "maps".into(),
                    "locks one VMA at a time, resumes at the last vm_end".into(),
                ),
                (
                    "query".into(),
                    "locks one VMA at a time, searches afresh".into(),
                ),
            ],
        }),
        answers: Arc::new(answers(case)),
        scene: Some(Arc::new(scene)),
        still: Some(false),
        overall: tally.clone(),
        tally,
        rates: Rates {
            scans: 6_543,
            lines: 1_912_345,
            operations: 301_234,
            torn: 123,
        },
        history: Arc::new(
            (0..50)
                .map(|i| [i % 7, 0, 0, u64::from(kind == Kind::Hole)])
                .collect(),
        ),
        picture: Some(picture),
        pairs: Arc::new(pairs()),
        found,
        coverage: Arc::new(coverage(case)),
        ..Snapshot::default()
    }
}

/// Manual mode with the same scan, the reader behind it.
fn manual(picture: Arc<Picture>) -> ManualShown {
    let last = picture.lines.iter().rev().find(|line| line.end < 1 << 48);
    let last = last.map(|line| (line.start, line.end));
    ManualShown {
        stand: Stand {
            place: Place::Address(SITE + 3 * PAGE),
            last,
        },
        ended: false,
        astray: false,
        ahead: vec![
            line(SITE + 3 * PAGE, SITE + 6 * PAGE, "r--p", "")
                .trim()
                .into(),
            line(SITE + 6 * PAGE, SITE + 7 * PAGE, "---p", "")
                .trim()
                .into(),
        ],
        size: Size::Page,
        state: 0,
        operation: "mmap(0x10126000, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | \
                    MAP_FIXED | MAP_NORESERVE, -1, 0)"
            .into(),
        account: Account {
            happened: "A duplicate: read() begins with 10126000-10129000 rw-p, though \
                       10126000-10127000 is printed already. Allowed: each line was true when it \
                       was read. The kernel had kept 0x10127000, the vm_end it printed last, and \
                       prints the first VMA that ends above it whole, from its start."
                .into(),
            next: "The kernel keeps no lock, only 0x10129000, the vm_end it printed last. The \
                   next read() begins with the first VMA that ends above it: 10129000-1012c000 \
                   r--p."
                .into(),
        },
        steps: vec![Step::Operate, Step::Read, Step::Operate, Step::Read],
        played: None,
        picture,
    }
}

/// What the probe tells of the site's first page.
pub(crate) fn reading(query: Query) -> Reading {
    let vma = |pages, letters: &[u8; 4]| {
        Answer::Vma(QueriedVma {
            start: SITE,
            end: SITE + pages * PAGE,
            permissions: Permissions::from_bytes(*letters).unwrap_or_default(),
            page_size: PAGE,
            ..QueriedVma::default()
        })
    };
    let mut latency = Latency::default();
    for (ns, count) in [(200, 40), (300, 230), (600, 70), (1_100, 9), (70_000, 1)] {
        for _ in 0..count {
            latency.add(Duration::from_nanos(ns));
        }
    }
    Reading {
        query,
        answer: vma(3, b"rw-p"),
        name: String::new(),
        asked: 350,
        elapsed: Duration::from_millis(50),
        changes: 123,
        last_change: Some(Duration::from_micros(73)),
        latency,
        seen: vec![
            Seen {
                answer: vma(3, b"rw-p"),
                count: 170,
            },
            Seen {
                answer: vma(1, b"rw-p"),
                count: 179,
            },
            Seen {
                answer: Answer::Nothing,
                count: 1,
            },
        ],
        others: 0,
    }
}

/// `PROCMAP_QUERY` sees the modified state.
fn answers(case: &Case) -> Vec<PageAnswer> {
    (0..case.pages)
        .map(|page| PageAnswer {
            address: SITE + page * PAGE,
            answer: case
                .modified
                .iter()
                .find(|(start, end, _)| (*start..*end).contains(&page))
                .and_then(|(start, end, letters)| {
                    let bytes = letters.as_bytes().try_into().ok()?;
                    let permissions = Permissions::from_bytes(bytes)?;
                    Some((SITE + start * PAGE, SITE + end * PAGE, permissions))
                }),
        })
        .collect()
}

/// Some have run, this one runs, one cannot, the others have not yet.
fn coverage(case: &Case) -> Vec<CoverageRow> {
    let running = scenarios().iter().position(|one| one.name == case.name);
    let running = running.unwrap_or(0);
    let row = |at: usize, name: &str, reader: &str| {
        let mut tally = crate::oracle::tally::Tally::default();
        let state = match at.cmp(&running) {
            std::cmp::Ordering::Equal => CoverageState::Running,
            std::cmp::Ordering::Less if at == 5 => {
                CoverageState::Skipped("mprotect 3..6 w failed: not here".into())
            }
            std::cmp::Ordering::Less => CoverageState::Done,
            std::cmp::Ordering::Greater => CoverageState::NotYet,
        };
        if matches!(state, CoverageState::Done | CoverageState::Running) {
            tally.scans = 12_345 + at as u64;
            tally.lines = 98 * tally.scans;
            if reader == "maps" {
                (tally.torn, tally.duplicates_inside, tally.backward) = (321, 123, 45);
                tally.duplicates_at_boundary = 12;
            }
            if at == 3 && reader == "maps" || at == running && case.name == "replace" {
                let hole = ViolationKind::Hole(0..1);
                tally.add_violation(&hole, KnownHole::H1.into());
                tally.add_violation(&hole, KnownHole::H2.into());
            }
        }
        let case = CaseKey {
            scenario: name.into(),
            reader: reader.into(),
        };
        CoverageRow { case, state, tally }
    };
    scenarios()
        .iter()
        .enumerate()
        .flat_map(|(at, one)| ["maps", "query"].map(|reader| row(at, &one.name, reader)))
        .collect()
}

fn pairs() -> Vec<PairRow> {
    let row = |form: &str, previous: &str, line: &str, count, must_never| PairRow {
        form: form.into(),
        previous: previous.into(),
        line: line.into(),
        across_boundary: true,
        count,
        must_never,
    };
    vec![
        row(
            "original",
            "10126000-10129000 rw-p 00000000 00:00 0",
            "10129000-1012c000 r--p 00000000 00:00 0",
            1_234_567,
            false,
        ),
        row(
            "duplicate",
            "10126000-10127000 rw-p 00000000 00:00 0",
            "10126000-10129000 rw-p 00000000 00:00 0",
            321,
            false,
        ),
        row("any other violation", "", "", 0, true),
    ]
}

/// What `maps` says of a target that is not ours: a program, two libraries, a
/// heap, and many small VMAs.
pub(crate) fn target_text() -> String {
    let mut text = String::new();
    let file = |start: u64, pages: u64, permissions: &str, name: &str| {
        let end = start + pages * PAGE;
        let prefix = format!("{start:08x}-{end:08x} {permissions} 00000000 fe:00 77 ");
        format!("{prefix:<73}{name}\n")
    };
    for (at, permissions) in (0..).zip(["r--p", "r-xp", "r--p", "rw-p"]) {
        text += &file(
            0x5555_0000_0000 + at * PAGE,
            1,
            permissions,
            "/usr/bin/target",
        );
    }
    text += &line(0x5555_1000_0000, 0x5555_1004_0000, "rw-p", "[heap]");
    for slot in 0..60 {
        let start = 0x7f00_0000_0000 + slot * 0x6000;
        let permissions = if slot % 2 == 0 { "rw-p" } else { "r--p" };
        text += &line(start, start + 0x4000, permissions, "");
    }
    for (library, base) in [
        ("libc.so.6", 0x7f10_0000_0000),
        ("ld-linux.so.2", 0x7f10_1000_0000),
    ] {
        for (at, permissions) in (0..).zip(["r--p", "r-xp", "r--p", "rw-p"]) {
            text += &file(
                base + at * 4 * PAGE,
                4,
                permissions,
                &format!("/usr/lib/{library}"),
            );
        }
    }
    text + &line(0x7ffc_1230_0000, 0x7ffc_1232_1000, "rw-p", "[stack]")
}

/// A scan of a target that is not ours, arranged as the application wants it.
pub(crate) fn target_snapshot(app: &App, text: &str, at: Duration) -> Snapshot {
    let mut picture = Picture::default();
    let chunk = (text.as_bytes(), Window::ANY);
    picture.scan.text = ScanText::from_chunks([chunk], Window::ANY);
    picture.scan.number = 7;
    picture.at = at;
    picture.arrangement = app.explorer.arrangement();
    picture.index(Context::default());
    picture.lay_out(Vec::new());
    let answers = picture.lines.iter().map(|line| {
        let permissions = MapsLine::parse(line.text(text.as_bytes())).map(|line| line.perms);
        // One has changed since the scan.
        let end = if line.start == GROWN {
            line.end + PAGE
        } else {
            line.end
        };
        PageAnswer {
            address: line.start,
            answer: permissions.ok().map(|letters| (line.start, end, letters)),
        }
    });
    Snapshot {
        at,
        missing: Some(MissingCounts::default()),
        explored: Explored {
            has_query: true,
            answers: Arc::new(answers.collect()),
            max_map_count: Some(80),
            since: Some(Duration::from_millis(100)),
            smaps_locks: "locks one VMA at a time, resumes at the last vm_end".into(),
            recent: Arc::new(recent(&[GROWN])),
            ..Explored::default()
        },
        picture: Some(Arc::new(picture)),
        ..Snapshot::default()
    }
}

/// The heap of that target: it has just grown.
pub(crate) const GROWN: u64 = 0x5555_1000_0000;

/// An application that watches it.
pub(crate) fn target_app(size: (u16, u16), depth: Depth) -> App {
    let mut app = App::new(size, Theme::new(depth));
    let snapshot = target_snapshot(&app, &target_text(), Duration::from_secs(1));
    update(&mut app, Message::Snapshot(Box::new(snapshot)));
    app
}

/// The same after one scan has lacked the heap.
pub(crate) fn blinked_app(size: (u16, u16), depth: Depth) -> App {
    let mut app = target_app(size, depth);
    let all = target_text();
    let less: String = all
        .split_inclusive('\n')
        .filter(|line| !line.contains("[heap]"))
        .collect();
    let scan = |text: &str| ScanText::from_chunks([(text.as_bytes(), Window::ANY)], Window::ANY);
    let mut judge = UnknownJudge::new();
    for text in [&all, &less] {
        judge.judge(&mut scan(text));
    }
    judge.judge(&mut scan(&all));
    let case = key("target (PID 4242)");
    let moment = Moment {
        case: &case,
        placement: Placement::Inside,
        reader_index: 0,
        states: &States::unknown(),
    };
    let mut snapshot = target_snapshot(&app, &all, Duration::from_secs(2));
    snapshot.missing = Some(judge.counts());
    snapshot.found = (judge.blinks().iter())
        .map(|blink| FoundEvent {
            at: Duration::from_millis(1_500),
            event: Arc::new(moment.describe(Found {
                scan: 6,
                at_ns: 1_500_000_000,
                kind: FoundKind::Blink {
                    excerpt: Excerpt::of_scan(&scan(&less), blink.at, 3),
                    blink: blink.clone(),
                },
            })),
        })
        .collect();
    update(&mut app, Message::Snapshot(Box::new(snapshot)));
    app
}

/// VMAs that start there have just grown.
pub(crate) fn recent(starts: &[u64]) -> Vec<Recent> {
    let grown = |&start| Recent::new(start, AddressSpaceChangeKind::Grow, Duration::from_secs(1));
    starts.iter().map(grown).collect()
}

/// The question for the site's first page.
fn site_query() -> Query {
    Query {
        address: SITE,
        ..Query::default()
    }
}

/// An application that shows such a snapshot.
pub(crate) fn app(kind: Kind, size: (u16, u16), depth: Depth) -> App {
    let mut app = App::new(size, Theme::new(depth));
    app.probe.query = Some(site_query());
    update(&mut app, Message::Snapshot(Box::new(snapshot(kind))));
    app.lab.shown = Some(Arc::new(super::lab_fixture::snapshot()));
    super::protocol::open(&mut app);
    app
}

/// What it draws.
pub(crate) fn draw(app: &App) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    render(app, buffer.area, &mut buffer);
    buffer
}

/// The text of what it draws.
pub(crate) fn text(app: &App) -> String {
    capture::to_text(&draw(app))
}

/// Text and styles: each row of text, and below it one letter a cell for its
/// style where that is not the plain one; the letters are explained at the
/// end.
pub(crate) fn styled(app: &App) -> String {
    let buffer = draw(app);
    let mut styles: Vec<String> = Vec::new();
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let (mut text, mut marks) = (String::new(), String::new());
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            text.push_str(cell.symbol());
            let style = format!("fg {} bg {} {}", cell.fg, cell.bg, modifiers(cell.modifier));
            let at = styles.iter().position(|known| *known == style);
            let at = at.unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            marks.push(if styles[at] == "fg Reset bg Reset " {
                ' '
            } else {
                char::from(b'a' + at as u8)
            });
        }
        for (sign, row) in [('|', text), (':', marks)] {
            if !row.trim().is_empty() {
                out.push_str(&format!("{sign}{}\n", row.trim_end()));
            }
        }
    }
    for (at, style) in styles.iter().enumerate() {
        out.push_str(&format!("{} = {style}\n", char::from(b'a' + at as u8)));
    }
    out
}

fn modifiers(modifier: Modifier) -> String {
    let names: Vec<_> = modifier.iter_names().map(|(name, _)| name).collect();
    names.join(" ")
}
