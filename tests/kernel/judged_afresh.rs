//! What a sampler reads on the running kernel, kept as it was read and judged afresh by
//! what is written down of it: the same totals, the same finds.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::holes::shows_the_empty_tree;
use crate::support::{skip, wait_for};
use vmascope::internals::events::CaseKey;
use vmascope::internals::linux::{DwellTime, KernelFacts, Reader};
use vmascope::internals::modifier::{Modifier, ModifierOptions};
use vmascope::internals::oracle::States;
use vmascope::internals::recording::{
    Header, Keep, RecordedScans, RecordedSubject, RecorderThread, ScanReader,
};
use vmascope::internals::replay::{Judging, stream_info};
use vmascope::internals::sampling::{FindContext, Rate, Sampler, SamplerOptions, Watched};
use vmascope::internals::scenario::find;
use vmascope::internals::setup::{ModifierSetup, Placement, ReadRange};

/// Scans that are enough, once something was found.
const ENOUGH: u64 = 1_000;

/// How long something is waited for that may never be found.
const LOOK: Duration = Duration::from_secs(3);

/// Samples until something was found, and judges that again; whether something was.
fn judge_again(options: &SamplerOptions, states: &States, placement: Placement) -> bool {
    let case = CaseKey {
        scenario: "replace".into(),
        reader: options.reader.to_string(),
    };
    let context = FindContext {
        case: &case,
        placement,
        schedule: None,
        reader_index: 2,
        states,
    };
    let header = Header::of_now(RecordedSubject::Check);
    let thread = RecorderThread::start(header, Keep::default(), None).unwrap();
    let recorder = thread.recorder.clone();
    let recorded = RecordedScans::new(&recorder, options, &context);
    let mut sampler = Sampler::start_recorded(options, Some(recorded)).unwrap();
    let (mut live, since) = (Vec::new(), Instant::now());
    wait_for("scans", || {
        live.extend(std::iter::from_fn(|| sampler.next_found()));
        let scans = sampler.published().tally.scans;
        scans > 0 && (scans > ENOUGH && !live.is_empty() || since.elapsed() > LOOK)
    });
    let published = sampler.stop().unwrap();
    live.extend(std::iter::from_fn(|| sampler.next_found()));
    assert_eq!(published.dropped, 0);

    let recording = Arc::new(recorder.kept().unwrap());
    assert_eq!(recorder.lost(), (0, 0));
    let info = stream_info(&recording, 0).unwrap();
    let mut judging = Judging::new(&info, None).unwrap();
    let mut again = Vec::new();
    let mut scans = ScanReader::new(recording, 0, info.writers);
    while let Some(record) = scans.read_next() {
        judging.judge(record, &mut |it| again.push(it)).unwrap();
    }
    assert_eq!(*judging.tally(), published.tally);
    assert_eq!(judging.missing(), published.missing);
    assert_eq!(judging.not_described(), published.not_described);
    assert_eq!(again.len(), live.len());
    for (again, live) in again.into_iter().zip(&live) {
        let again = format!("{:?}", judging.describe(again));
        assert_eq!(again, format!("{:?}", context.describe(live.clone())));
    }
    !live.is_empty()
}

#[test]
fn what_readers_of_a_modifier_saw() {
    let mut setup = ModifierSetup::new(&ModifierOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
        ..ModifierOptions::default()
    })
    .unwrap();
    let facts = KernelFacts::detect().unwrap();
    let is_found = shows_the_empty_tree();
    for (reader, placement) in [
        (Reader::Maps, Placement::Boundary),
        (Reader::Maps, Placement::Low),
        (Reader::Smaps, Placement::Boundary),
        (Reader::Query, Placement::Boundary),
        (Reader::QueryWalk, Placement::Low),
    ] {
        if reader.queries() && !facts.procmap_query {
            skip("no PROCMAP_QUERY before Linux 6.11");
            continue;
        }
        let prepared = setup
            .set(find("replace").unwrap(), reader, placement)
            .unwrap();
        setup.modifier().set_pace(prepared.usual_pace());
        setup.modifier().run().unwrap();
        let options = SamplerOptions {
            pid: setup.pid(),
            reader,
            rule: facts.rule_for(reader).rule,
            extent: prepared.extent,
            schedule: DwellTime::USUAL.into(),
            shared_file: None,
            rate: Rate::Full,
            watched: Watched::Modifier {
                states: prepared.states.clone(),
                counters: setup.modifier().counters(),
            },
        };
        let found = judge_again(&options, &prepared.states, placement);
        assert!(found || !is_found || reader == Reader::Smaps, "{reader}");
    }
}

#[test]
fn what_was_seen_of_a_target_whose_states_nobody_knows() {
    let mut modifier = Modifier::spawn(&ModifierOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
        ..ModifierOptions::default()
    })
    .unwrap();
    modifier.layout(find("replace").unwrap(), 20).unwrap();
    modifier.run().unwrap();
    let rule = KernelFacts::detect().unwrap().rule_for(Reader::Maps).rule;
    let options = SamplerOptions {
        pid: modifier.pid(),
        reader: Reader::Maps,
        rule,
        extent: ReadRange::default(),
        schedule: DwellTime::NONE.into(),
        shared_file: None,
        rate: Rate::Full,
        watched: Watched::Unknown { see_calls: false },
    };
    let found = judge_again(&options, &States::unknown(), Placement::Boundary);
    assert!(found || !shows_the_empty_tree());
}
