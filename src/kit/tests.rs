//! Kits of one finding each, from fixtures.

use std::time::Duration;

use super::c_program::c_program;
use super::finding::Finding;
use super::mail::mail;
use super::run_program::{Runs, Tried};
use crate::events::case::{CaseInfo, CaseKey, CaseResult, Outcome, PlacementResult};
use crate::events::event::{Event, EventKind, QueryEvent, Seen, SiteWindow, TextEvent};
use crate::events::run_info::RunInfo;
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::maps::excerpt::{Excerpt, ExcerptLine};
use crate::oracle::tally::Tally;
use crate::oracle::verdict::ViolationKind;
use crate::scenario::arena::Site;
use crate::scenario::catalogue::find;
use crate::scenario::definition::Scenario;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;
use crate::setup::state_info::StateInfo;

const PAGE: u64 = 4096;

/// What a finding is made of.
struct Fixture {
    scenario: &'static Scenario,
    info: CaseInfo,
    event: Event,
    result: CaseResult,
}

impl Fixture {
    fn new(
        name: &str,
        reader: &str,
        kind: &ViolationKind,
        known: Option<KnownHole>,
        schedule: Schedule,
    ) -> Self {
        let scenario = find(name).unwrap();
        let end = match scenario.last {
            true => 0x7fff_ffff_f000,
            false => 0x1000_6000,
        };
        let start = end - u64::from(scenario.original.page_count()) * PAGE;
        let case = CaseKey {
            scenario: name.into(),
            reader: reader.into(),
        };
        let placement = match scenario.last {
            true => Placement::Last,
            false => Placement::Low,
        };
        let known: KnownHoles = known.into_iter().collect();
        let mut tally = Tally {
            scans: 100_000,
            lines: 700_000,
            violating_scans: 120,
            ..Tally::default()
        };
        for _ in 0..120 {
            tally.add_violation(kind, known);
        }
        let placed = |schedule, tally| PlacementResult {
            placement,
            variant: 0,
            schedule,
            sites: 1,
            read_size: None,
            dwell: None,
            tally,
            operations: 200_000,
            fallbacks: None,
            elapsed_ns: 1_000_000_000,
            rounds: Vec::new(),
        };
        let silent = Tally {
            scans: 5_000,
            ..Tally::default()
        };
        let other = match schedule {
            Schedule::Apart => Schedule::Preempt,
            _ => Schedule::Apart,
        };
        let hole = (end - PAGE, end);
        let seen = match reader {
            "query" => Seen::Query(QueryEvent {
                address: hole.0,
                lookup: "covering".into(),
                answer: None,
                hole: Some(hole),
            }),
            _ => Seen::Text(TextEvent {
                chunk: 0,
                first_in_chunk: false,
                hole: Some(hole),
                excerpt: excerpt(&[(start, hole.0, "rw-p"), (end, end + PAGE, "---p")], 1),
            }),
        };
        let event = Event {
            case: case.clone(),
            placement,
            schedule: Some(schedule),
            reader_index: 0,
            scan: 17,
            at_ns: 5_000_000,
            kind: EventKind::Violation,
            name: kind.name().into(),
            known: known.label().map(str::to_owned),
            window: Some(SiteWindow {
                finished: 1_200,
                begun: 1_203,
                allowed_states: vec![0, 1],
                site: None,
            }),
            under_way: Vec::new(),
            standing_still: false,
            seen,
            sentence: "A sentence that says what was seen.".into(),
        };
        let site = Site {
            start,
            end,
            source: None,
            letter_bytes: PAGE,
        };
        let states = scenario.states().zip(&scenario.operations);
        let states = states.map(|(layout, operation)| {
            let vmas: Vec<_> = site.vmas(layout).collect();
            let lines: Vec<_> = vmas
                .iter()
                .map(|(range, protection)| (range.start, range.end, protection.permissions()))
                .collect();
            StateInfo {
                strip: layout.to_string(),
                lines: excerpt(&lines, usize::MAX),
                operation: operation.call.to_string(),
                code: operation.call.code("site"),
            }
        });
        let info = CaseInfo {
            case: case.clone(),
            number: (1, 1),
            summary: scenario.summary.clone(),
            placement,
            site: (start, end),
            rule: "line-end".into(),
            states: states.collect(),
            boundary: Vec::new(),
        };
        let result = CaseResult {
            tally: tally.clone(),
            operations: 400_000,
            elapsed_ns: 2_000_000_000,
            placements: vec![placed(other, silent), placed(schedule, tally)],
            ..CaseResult::without_reading(case, (1, 1), Outcome::KnownViolations)
        };
        Fixture {
            scenario,
            info,
            event,
            result,
        }
    }

    fn finding(&self) -> Finding<'_> {
        Finding {
            scenario: self.scenario,
            info: &self.info,
            event: &self.event,
            result: &self.result,
            others: &[],
        }
    }
}

fn excerpt(lines: &[(u64, u64, &str)], marked: usize) -> Excerpt {
    let line = |(at, (start, end, permissions)): (usize, &(u64, u64, &str))| ExcerptLine {
        chunk: 0,
        text: format!("{start:08x}-{end:08x} {permissions} 00000000 00:00 0 "),
        marked: at == marked,
    };
    Excerpt {
        lines: lines.iter().enumerate().map(line).collect(),
    }
}

fn run() -> RunInfo {
    RunInfo {
        version: "0.2.0".into(),
        command_line: "vmascope check --kit found".into(),
        kernel: "Linux 7.3.4 #1 SMP PREEMPT_DYNAMIC x86_64".into(),
        per_vma_lock: "CONFIG_PER_VMA_LOCK=y (from /proc/config.gz)".into(),
        preemption: "lazy (from /sys/kernel/debug/sched/preempt)".into(),
        cpus: 2,
        schedules: "apart 50 %, preempt 50 % (the writer has SCHED_FIFO)".into(),
        page_size: PAGE,
        populated: None,
        started: "2026-11-01T12:00:00+00:00".into(),
        cases: 1,
        readers_at_once: 1,
        placements: vec![Placement::Low],
        placed_last: Vec::new(),
        rules: Vec::new(),
    }
}

fn texts(finding: &Finding<'_>) -> (String, String) {
    let name = finding.name();
    let tried = Tried::Run(Runs {
        compiled: format!("cc -O2 -pthread -o {name} {name}.c"),
        shown: 20,
        runs: 20,
        median: Some(Duration::from_millis(120)),
    });
    let mail = mail(finding, &run(), "virtual machine (QEMU)", &tried, true);
    (c_program(finding).unwrap(), mail)
}

/// Columns of a line, with tabs of eight.
fn columns(line: &str) -> usize {
    let column = |at: usize, letter| match letter {
        '\t' => at / 8 * 8 + 8,
        _ => at + 1,
    };
    line.chars().fold(0, column)
}

const HOLE: ViolationKind = ViolationKind::Hole(0..PAGE);

fn h1() -> Fixture {
    Fixture::new(
        "replace",
        "query",
        &HOLE,
        Some(KnownHole::H1),
        Schedule::Apart,
    )
}

fn h2() -> Fixture {
    Fixture::new(
        "split-tail",
        "maps",
        &HOLE,
        Some(KnownHole::H2),
        Schedule::Preempt,
    )
}

fn h3() -> Fixture {
    let kind = ViolationKind::LostTail(0..PAGE);
    Fixture::new(
        "replace-last",
        "maps",
        &kind,
        Some(KnownHole::H3),
        Schedule::Apart,
    )
}

#[test]
fn a_kit_of_each_known_hole() {
    for fixture in [h1(), h2(), h3()] {
        let finding = fixture.finding();
        let (program, mail) = texts(&finding);
        let name = finding.name();
        insta::assert_snapshot!(format!("{name}.c"), program);
        insta::assert_snapshot!(format!("{name}.txt"), mail);
        assert!(mail.contains("In the model"), "{name}");
    }
}

#[test]
fn no_line_of_mail_or_program_is_too_long() {
    for scenario in crate::scenario::catalogue::scenarios() {
        for (reader, known) in [
            ("maps", Some(KnownHole::H1)),
            ("maps", Some(KnownHole::H2)),
            ("query", Some(KnownHole::H3)),
            ("smaps", None),
        ] {
            let fixture = Fixture::new(&scenario.name, reader, &HOLE, known, Schedule::Storm);
            let (program, mail) = texts(&fixture.finding());
            for line in program.lines().chain(mail.lines()) {
                assert!(columns(line) <= 75, "{}: {line}", scenario.name);
            }
        }
    }
}

#[test]
fn an_unlabelled_finding_claims_no_mechanism() {
    let fixture = Fixture::new("split", "maps", &HOLE, None, Schedule::Apart);
    let finding = fixture.finding();
    let (_, mail) = texts(&finding);
    assert_eq!(finding.name(), "split-hole");
    assert!(mail.contains("The mechanism is not known"), "{mail}");
    for claim in ["H1", "H2", "H3", "The check", "In the model"] {
        assert!(!mail.contains(claim), "{claim} in {mail}");
    }
}

#[test]
fn what_no_program_can_show_has_none_and_the_mail_says_why() {
    let kind = ViolationKind::ForeignLine;
    let fixture = Fixture::new("split", "maps", &kind, None, Schedule::Apart);
    let finding = fixture.finding();
    let why = c_program(&finding).unwrap_err();
    assert_eq!(finding.name(), "split-foreign-line");
    let tried = Tried::NotRun(format!("there is none: {why}"));
    let mail = mail(&finding, &run(), "virtual machine", &tried, false);
    let in_one_line = mail.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(in_one_line.contains(why), "{mail}");
    assert!(!mail.contains("git bisect"), "{mail}");
}
