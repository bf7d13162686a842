//! Every trace that is printed is one that can happen, step by step, and what
//! is told of a step is what the step did.

use std::process::Command;

use serde_json::Value;
use vmascope::internals::model::{
    ModelCase, ModelState, ModelStep, PROTOCOLS, Point, Pointer, Protocol, ProtocolModel,
    ProtocolVerdict, Trace, TraceStep, VmaIterator, describe_vma, explore,
};
use vmascope::internals::scenario::scenarios;

use super::{all, named_case};

/// The steps that the model offers in a state.
fn offered(model: &ProtocolModel<'_>, state: &ModelState) -> Vec<ModelStep> {
    let mut steps = Vec::new();
    model.each_step(state, |step| steps.push(step));
    steps
}

/// Replays a finding by hand and holds each row of its trace against the
/// states around it.
fn replay(model: &ProtocolModel<'_>, steps: &[ModelStep]) {
    let at = format!("{} in {}", model.protocol.name, model.case.name);
    let trace = Trace::of(model, steps);
    assert_eq!(trace.rows.len(), steps.len(), "{at}: a step was impossible");
    let mut before = model.start();
    for (row, &step) in trace.rows.iter().zip(steps) {
        assert!(offered(model, &before).contains(&step), "{at}: {step:?}");
        let (after, printed) = model.step(&before, step);
        assert_eq!((row.step, row.state), (step, after), "{at}");
        assert_eq!(row.printed, printed, "{at}");
        told(model, &before, row, &at);
        before = after;
    }
}

/// What a row tells is what its step did.
fn told(model: &ProtocolModel<'_>, before: &ModelState, row: &TraceStep, at: &str) {
    let text = &row.description.text;
    let at = format!("{at}: {text}");
    match row.step {
        ModelStep::Reader(i) => {
            let (was, is) = (&before.readers[usize::from(i)], &row.state.readers[0]);
            let is = if i == 0 { is } else { &row.state.readers[1] };
            assert_eq!(
                row.description.place,
                was.point.place(&model.protocol),
                "{at}"
            );
            if let Some(printed) = row.printed {
                match printed.line {
                    Some(line) => assert!(text.ends_with(&describe_vma(line)), "{at}"),
                    None => assert!(text.ends_with("nothing more: the end"), "{at}"),
                }
                return;
            }
            assert_eq!(
                text.contains("falls back"),
                is.point == Point::FallBack,
                "{at}"
            );
            let takes = matches!(was.point, Point::ReadLock | Point::FallBack);
            assert_eq!(text.starts_with("takes mmap_lock"), takes, "{at}");
            assert_eq!(!was.holds_mmap_lock && is.holds_mmap_lock, takes, "{at}");
            let drops = was.holds_mmap_lock && !is.holds_mmap_lock;
            assert_eq!(text.starts_with("drops mmap_lock"), drops, "{at}");
            if text.ends_with("the iterator to its end") {
                let fresh = VmaIterator::Fresh(is.position.max(end_of(model, row, is.pointer)));
                assert_eq!(is.iterator, fresh, "{at}");
            }
            let finds = [Point::Find, Point::StepOn, Point::FallBackFind].contains(&was.point);
            if let (true, Pointer::To(_)) = (finds, is.pointer) {
                let found = model.describe_pointer(before, is.pointer);
                assert!(text.contains(&found), "{at}: {found}");
            }
            let walks = matches!(is.point, Point::StepOn | Point::StepOnAgain);
            assert_eq!(text.starts_with("mas_walk() finds nothing"), walks, "{at}");
            let unlocks = was.holds_vma && !is.holds_vma && is.point != Point::FallBack;
            let is_told = text.starts_with("unlocks the VMA");
            assert!(!unlocks || is_told, "{at}");
        }
        ModelStep::Writer | ModelStep::WriterReuses(_) => {
            let waits = before.writer == row.state.writer && row.state.waits;
            assert_eq!(text.starts_with("waits for the readers"), waits, "{at}");
            let told = model.case.describe_step(before.writer);
            assert_eq!(row.description.place, told.place, "{at}");
        }
        ModelStep::NewChunk(_) => assert!(text.starts_with("the chunk ends here"), "{at}"),
        ModelStep::OtherTakes(_) => assert!(text.starts_with("another process"), "{at}"),
    }
}

fn end_of(model: &ProtocolModel<'_>, row: &TraceStep, pointer: Pointer) -> u8 {
    model.vma_at(&row.state, pointer).map_or(0, |line| line.1)
}

#[test]
fn every_trace_is_possible_and_told_as_it_is() {
    for case in all() {
        for protocol in PROTOCOLS {
            let model = ProtocolModel::new(&case, protocol, 1);
            let verdict = ProtocolVerdict::of(&model);
            for finding in &verdict.findings {
                replay(&model, &finding.steps);
            }
            if let Some(endless) = &verdict.endless {
                replay(&model, &[&endless.steps[..], &endless.round].concat());
            }
        }
    }
}

#[test]
fn every_trace_at_the_end_is_possible_too() {
    for scenario in scenarios() {
        let case = ModelCase::at_the_end(scenario).unwrap();
        for reader in ["merged", "merged-h3-cure", "smaps", "query"] {
            let model = ProtocolModel::new(&case, Protocol::find(reader).unwrap(), 1);
            for finding in &ProtocolVerdict::of(&model).findings {
                replay(&model, &finding.steps);
            }
        }
    }
}

#[test]
fn the_program_prints_the_same_traces() {
    let output = Command::new(env!("CARGO_BIN_EXE_vmascope"))
        .args(["protocol", "--case", "all", "--reader", "merged,query"])
        .args(["--format", "json"])
        .output()
        .expect("the program runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let mut traces = 0;
    for result in document["results"].as_array().expect("results") {
        let text = |key: &str| result[key].as_str().expect("a text").to_owned();
        let case = named_case(&text("case"));
        let model = ProtocolModel::new(&case, Protocol::find(&text("reader")).unwrap(), 1);
        let verdict = ProtocolVerdict::of(&model);
        let findings = result["findings"].as_array().expect("findings");
        assert_eq!(findings.len(), verdict.findings.len());
        for (printed, finding) in findings.iter().zip(&verdict.findings) {
            let Some(rows) = printed["trace"].as_array() else {
                continue;
            };
            let trace = Trace::of(&model, &finding.steps);
            let told = trace.rows.iter().map(|row| row.description.text.as_str());
            assert!(
                rows.iter()
                    .map(|row| row["text"].as_str().unwrap())
                    .eq(told)
            );
            traces += 1;
        }
    }
    assert!(traces > 30, "{traces}");
}

/// The iterators right after each fallback there is, and the ends of the VMAs
/// that were found.
fn after_fallbacks(reader: &str) -> Vec<(VmaIterator, u8)> {
    let case = named_case("merge-both");
    let model = ProtocolModel::new(&case, Protocol::find(reader).unwrap(), 1);
    let found = explore(&model);
    let states = (0..found.state_count() as u32).map(|number| found.state(number));
    let unlocking = states.filter(|state| state.readers[0].point == Point::FallBackUnlock);
    unlocking
        .map(|state| {
            let after = model.step(state, ModelStep::Reader(0)).0;
            let reader = after.readers[0];
            let vma = model.vma_at(&after, reader.pointer).expect("it is locked");
            (reader.iterator, vma.1)
        })
        .collect()
}

#[test]
fn after_a_fallback_the_iterator_starts_afresh_behind_what_was_found() {
    for reader in ["merged", "smaps", "query", "merged-all-cures"] {
        let found = after_fallbacks(reader);
        assert!(!found.is_empty(), "{reader}");
        for (iterator, end) in found {
            assert_eq!(iterator, VmaIterator::Fresh(end), "{reader}");
        }
    }
    // Version 4 of the series left it in the slot of what was found.
    for (iterator, _) in after_fallbacks("per-vma-v4") {
        assert!(matches!(iterator, VmaIterator::Active(..)), "{iterator:?}");
    }
}
