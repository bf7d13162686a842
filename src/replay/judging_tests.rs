//! Scans of simulated kernels, recorded and judged afresh.

use proptest::prelude::*;

use super::*;
use crate::events::case::CaseKey;
use crate::linux::procmap_query::Query;
use crate::maps::scan_text::Window;
use crate::recording::pass::Pass;
use crate::recording::raw::Raw;
use crate::scenario::catalogue::{find, scenarios};
use crate::simulated::Locking;
use crate::simulated::fault::Fault;
use crate::simulated::file::SimulatedKernel;
use crate::simulated::run::SimulatedCase;
use crate::simulated::writer::Workload;
use vmascope::internals::linux::ReadClock;

const KINDS: [Locking; 3] = [
    Locking::ChunkNextStart,
    Locking::ChunkLastEnd,
    Locking::LineLastEnd,
];

/// A simulated seq_file buffer, in bytes: a few lines.
const BUFFER: usize = 250;

/// When the sampler started, in nanoseconds since the recording did.
const STARTED_NS: u64 = 77_000;

fn info_of(reader: Reader, rule: Rule, states: &States) -> StreamInfo {
    let case = CaseKey {
        scenario: "one".into(),
        reader: reader.to_string(),
    };
    StreamInfo {
        started_ns: STARTED_NS,
        ..StreamInfo::new(case, reader, rule, states)
    }
}

/// The same, written down and read.
fn read_back(info: &StreamInfo) -> StreamInfo {
    let json = serde_json::to_string(info).expect("it can be written");
    let back = serde_json::from_str(&json).expect("it can be read");
    assert_eq!(*info, back);
    back
}

fn record(number: u64, raw: Raw<'_>) -> Record {
    let at_ns = STARTED_NS + number * 1_000_000;
    let mut record = Record {
        number,
        begun_ns: at_ns,
        ended_ns: at_ns + 1,
        ..Record::default()
    };
    raw.put_into(&mut record);
    record
}

/// Scans of a simulated kernel, and what was said of each; and the states.
fn scans(
    scenario: usize,
    (locking, fault): (Locking, Option<Fault>),
    rule: Rule,
    (lines, seed): (u64, u64),
) -> (Vec<(Record, Verdict)>, Tally, States) {
    let scenario = &scenarios()[scenario % scenarios().len()];
    let workload = Workload::of_scenario(scenario);
    let case = SimulatedCase::new(&workload, locking, fault, BUFFER, seed);
    let mut case = case.expect("nothing but the site changes").judged_by(rule);
    let states = case.states().clone();
    let mut scans = Vec::new();
    let (tally, _) = case.scan_text_with(lines, false, |text, verdict| {
        let raw = Raw::Scan { text, whole: true };
        scans.push((record(scans.len() as u64 + 1, raw), verdict.clone()));
    });
    (scans, tally, states)
}

fn without_runs(tally: &Tally) -> Tally {
    Tally {
        longest_runs: Tally::default().longest_runs,
        ..tally.clone()
    }
}

fn faults() -> impl Strategy<Value = Option<Fault>> {
    prop_oneof![
        Just(None),
        proptest::sample::select(&Fault::ALL[..]).prop_map(Some)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_scan_judged_afresh_is_judged_the_same(
        scenario in 0usize..1000, locking in proptest::sample::select(&KINDS[..]),
        judged_as in proptest::sample::select(&KINDS[..]), fault in faults(), seed in 1u64..1000,
    ) {
        let rule = judged_as.rule();
        let (scans, tally, states) = scans(scenario, (locking, fault), rule, (1_500, seed));
        let info = read_back(&info_of(Reader::Maps, rule, &states));
        let mut judging = Judging::new(&info, None).expect("it can be judged");
        for (record, verdict) in &scans {
            let mut described = 0;
            let torn = judging.judge(record, &mut |_| described += 1).expect("a scan");
            prop_assert_eq!(judging.verdict(), Some(verdict));
            prop_assert_eq!(torn, !verdict.coherent());
            prop_assert!(described <= verdict.tears.len() + verdict.violations.len());
        }
        prop_assert_eq!(without_runs(judging.tally()), tally);
    }
}

#[test]
fn another_rule_judges_otherwise() {
    let split = scenarios().iter().position(|it| it.name == "split");
    let kernel = (Locking::LineLastEnd, None);
    let (rule, scenario) = (Rule::LINE_END, split.expect("the catalogue has split"));
    let (scans, tally, states) = scans(scenario, kernel, rule, (10_000, 1));
    assert_eq!(tally.violation_count(), 0);
    let info = read_back(&info_of(Reader::Maps, rule, &states));
    for (rule, blames) in [
        (None, false),
        (Some(Rule::LINE_END), false),
        (Some(Rule::CHUNK_END), true),
    ] {
        let mut judging = Judging::new(&info, rule).expect("it can be judged");
        let mut found = Vec::new();
        for (record, _) in &scans {
            judging
                .judge(record, &mut |it| found.push(it))
                .expect("a scan");
        }
        assert_eq!(judging.tally().violation_count() > 0, blames, "{rule:?}");
        assert_eq!(*judging.tally() == tally, !blames, "{rule:?}");
        let events = found.into_iter().map(|found| judging.describe(found));
        let mixed = events.filter(|event| event.name == "mixed chunk").count();
        assert_eq!(mixed > 0, blames, "{rule:?}");
    }
}

/// What a kernel is asked, and judges its answers.
enum Asked {
    Sites,
    Exactly,
    Walk,
}

/// Passes of queries of a kernel that has all the known holes; the totals and finds
/// as they were judged live, with what is described of each.
fn passes(asked: &Asked, locking: Locking) -> (StreamInfo, Vec<Record>, Tally, Vec<String>) {
    let workload = Workload::of_scenario(find("replace").expect("the catalogue has it"));
    let fault = Some(Fault::Released);
    let case = SimulatedCase::new(&workload, locking, fault, BUFFER, 5).expect("states");
    let states = Arc::new(case.states().clone());
    let mut kernel = SimulatedKernel::new(&workload, locking, fault, BUFFER, 5);
    let clock = kernel.counters();
    let reader = match asked {
        Asked::Walk => Reader::QueryWalk,
        _ => Reader::Query,
    };
    let info = StreamInfo {
        asks_exactly: matches!(asked, Asked::Exactly),
        ..info_of(reader, locking.rule(), &states)
    };
    let judge = || QueryJudge::new(locking.rule().granularity);
    let described = match asked {
        Asked::Exactly => Allowance::ALL,
        _ => DESCRIBED,
    };
    let mut answers = Answers::new(states.clone(), judge(), described);
    let mut walk = JudgedWalk::new(states.clone(), judge(), None);
    let queries: Vec<Query> = match asked {
        Asked::Sites => questions(&states, 4096).collect(),
        _ => exact_questions(&states, 4096).collect(),
    };
    let (mut tally, mut records, mut found) = (Tally::default(), Vec::new(), Vec::new());
    let mut ask = |query: &Query| {
        let finished = clock.finished();
        let answer = kernel.query(query);
        let begun = clock.begun();
        (answer, Window { finished, begun })
    };
    for number in 1..=2_000 {
        let mut kept = Pass::new(crate::maps::scan_text::MAX_WRITERS);
        let mut finds = Finds {
            tally: &mut tally,
            scan: number,
            now_ns: number * 1_000_000,
            not_described: &mut 0,
            found: &mut |it| found.push(it),
        };
        match asked {
            Asked::Walk => {
                walk.begin();
                loop {
                    let answered = ask(&walk.question());
                    kept.push(&answered);
                    if !walk.take(answered, &mut finds) {
                        break;
                    }
                }
                walk.end(finds.tally);
            }
            _ => {
                // As a screen asks: answer by answer.
                if !matches!(asked, Asked::Exactly) {
                    answers.begin_pass();
                }
                for query in &queries {
                    let answered = ask(query);
                    kept.push(&answered);
                    answers.take(*query, answered, &mut finds);
                }
                answers.end_pass(false, finds.tally);
            }
        }
        records.push(record(number, Raw::Pass(&kept)));
    }
    let texts = found.into_iter().map(|found| format!("{found:?}"));
    (info, records, tally, texts.collect())
}

#[test]
fn passes_judged_afresh_are_judged_the_same() {
    for asked in [Asked::Sites, Asked::Exactly, Asked::Walk] {
        for locking in KINDS {
            let (info, records, tally, live) = passes(&asked, locking);
            let mut judging = Judging::new(&read_back(&info), None).expect("it can be judged");
            let mut found = Vec::new();
            for record in &records {
                let mut take = |it| found.push(format!("{it:?}"));
                judging.judge(record, &mut take).expect("a pass");
            }
            assert_eq!(*judging.tally(), tally);
            assert_eq!(found, live);
            if locking == Locking::LineLastEnd {
                assert!(tally.violation_count() > 0 && !live.is_empty(), "{tally:?}");
            }
        }
    }
}

#[test]
fn what_is_of_another_stream_is_refused_and_not_counted() {
    let (scans, ..) = scans(0, (Locking::LineLastEnd, None), Rule::LINE_END, (100, 1));
    let (info, passes, ..) = passes(&Asked::Walk, Locking::LineLastEnd);
    let mut walk = Judging::new(&info, None).expect("it can be judged");
    let refused = walk.judge(&scans[0].0, &mut |_| {}).expect_err("no pass");
    assert!(
        refused
            .to_string()
            .starts_with("cannot read pass 1 of queries: ")
    );
    assert_eq!(*walk.tally(), Tally::default());
    let unknown = info_of(Reader::Maps, Rule::LINE_END, &States::unknown());
    let mut unknown = Judging::new(&unknown, None).expect("it can be judged");
    let refused = unknown.judge(&passes[0], &mut |_| {}).expect_err("no scan");
    assert!(refused.to_string().starts_with("cannot read scan 1: "));
}

#[path = "damaged_tests.rs"]
mod damaged;
