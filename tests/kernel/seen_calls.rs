//! What a target's system calls say of what its scans lack, on the running
//! kernel: the modifier stands in for a process that is not ours.

use std::path::PathBuf;

use crate::described::described;
use crate::support::{skip, wait_for};
use vmascope::internals::events::{Event, EventKind};
use vmascope::internals::linux::{DwellTime, Granularity, KernelFacts, Reader};
use vmascope::internals::modifier::{Modifier, ModifierOptions, Pace};
use vmascope::internals::process::AttachedTarget;
use vmascope::internals::sampling::{
    CallsSeen, Follower, Rate, Sampler, SamplerOptions, WatchEvent, Watched,
};
use vmascope::internals::scenario::{Scenario, find, parse_scenarios};
use vmascope::internals::setup::ReadRange;

/// A target that is at work, and what reads it.
struct Attached {
    modifier: Modifier,
    sampler: Sampler,
}

/// A modifier runs the scenario, and its calls are seen; none, with a reason,
/// where they may not be.
fn attach(scenario: &Scenario) -> Option<Attached> {
    let mut modifier = Modifier::spawn(&ModifierOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
        ..ModifierOptions::default()
    })
    .unwrap();
    modifier.layout(scenario, 20).unwrap();
    let facts = KernelFacts::detect().unwrap();
    let sampler = Sampler::start(&SamplerOptions {
        pid: modifier.pid(),
        reader: Reader::Maps,
        rule: facts.rule_for(Reader::Maps).rule,
        extent: ReadRange::default(),
        schedule: DwellTime::NONE.into(),
        shared_file: None,
        rate: Rate::Full,
        watched: Watched::Unknown { see_calls: true },
    })
    .unwrap();
    wait_for("the calls to be looked for", || {
        sampler.published().calls != CallsSeen::No
    });
    if let CallsSeen::Refused(why) = sampler.published().calls {
        skip(why);
        return None;
    }
    // A reader that waits for its CPU must not miss anything.
    modifier.set_pace(Pace::Burst {
        operations: 4,
        rest_ns: 200_000,
    });
    modifier.run().unwrap();
    Some(Attached { modifier, sampler })
}

impl Attached {
    /// The next find of a kind, as it is told.
    fn wait_for_event(&mut self, kind: EventKind, fits: impl Fn(&Event) -> bool) -> Event {
        let mut found = None;
        let (modifier, sampler) = (&mut self.modifier, &mut self.sampler);
        wait_for("a find", || {
            modifier.check_alive().unwrap();
            while let Some(find) = sampler.next_found() {
                let event = described(find);
                if event.kind == kind && fits(&event) {
                    found = Some(event);
                    break;
                }
            }
            found.is_some()
        });
        found.unwrap()
    }
}

#[test]
fn what_the_target_unmaps_itself_is_never_suspected() {
    let text = "[[scenario]]\nname = \"own\"\nsummary = \"s\"\noriginal = \"www\"\noperations = [\
        { call = \"munmap 0..3\", state = \"...\" }, { call = \"mmap 0..3 w\", state = \"www\" }]";
    let scenario = parse_scenarios(text, "the test").unwrap().remove(0);
    let Some(mut attached) = attach(&scenario) else {
        return;
    };
    let named = |event: &Event| event.sentence.contains("unmapped by munmap(0x");
    let blink = attached.wait_for_event(EventKind::Blink, named);
    let thread = format!("thread {}", attached.modifier.pid());
    assert!(blink.sentence.contains(&thread), "{}", blink.sentence);
    assert!(blink.sentence.contains("12 KiB"), "{}", blink.sentence);
    let scans = attached.sampler.published().tally.scans;
    let sampler = &attached.sampler;
    wait_for("scans", || sampler.published().tally.scans > scans + 5_000);
    let missing = sampler.published().missing;
    assert!(missing.blinks > 0 && missing.suspected == 0, "{missing:?}");
}

#[test]
fn h1_is_found_from_outside_and_its_mremap_named() {
    let facts = KernelFacts::detect().unwrap();
    if facts.rule_for(Reader::Maps).rule.granularity != Granularity::Line {
        return skip("maps is read under mmap_lock here: there is no H1");
    }
    let Some(mut attached) = attach(find("replace").unwrap()) else {
        return;
    };
    let named = |event: &Event| event.sentence.contains("mremap(0x");
    let hole = attached.wait_for_event(EventKind::SuspectedHole, named);
    assert_eq!(&*hole.name, "suspected hole");
    for says in ["FIXED", "none unmapped", "suspected"] {
        assert!(hole.sentence.contains(says), "{says}: {}", hole.sentence);
    }
    let sampler = &attached.sampler;
    wait_for("the count", || sampler.published().missing.suspected > 0);
}

#[test]
fn every_change_has_its_call() {
    let modifier = Modifier::spawn(&ModifierOptions {
        program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
        ..ModifierOptions::default()
    });
    let mut modifier = modifier.unwrap();
    modifier.layout(find("split").unwrap(), 20).unwrap();
    let target = AttachedTarget::attach(modifier.pid().into()).unwrap();
    let mut follower = Follower::new(target, true).unwrap();
    let mut by = Vec::new();
    // Nothing is claimed until every call that may have begun before is over.
    wait_for("a change with its call", || {
        modifier.step().unwrap();
        let told = follower.step(|happening| {
            if let WatchEvent::Change(change, made) = happening {
                by.push((change, made));
            }
        });
        assert!(told.unwrap());
        if let CallsSeen::Refused(_) = follower.calls_seen() {
            return true;
        }
        let line = by.last().map(|(change, made)| {
            vmascope::internals::report::watch_event_line(&WatchEvent::Change(
                change.clone(),
                *made,
            ))
        });
        line.is_some_and(|line| line.contains("[by mmap(0x") && line.contains("4 KiB, FIXED"))
    });
    if let CallsSeen::Refused(why) = follower.calls_seen() {
        skip(why);
    }
}
