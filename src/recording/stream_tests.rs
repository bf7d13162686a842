use super::*;
use crate::oracle::site::{MovedVma, OperationInfo, SiteClock};

fn line(start: u64, end: u64, permissions: &str) -> String {
    format!("{start:08x}-{end:08x} {permissions}p 00000000 00:00 0 \n")
}

/// A site of two states between two VMAs, and the gate VMA.
fn info() -> StreamInfo {
    let text = |site: &str| {
        let gate =
            "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";
        let (before, behind) = (line(0x1000, 0x2000, "---"), line(0x6000, 0x7000, "---"));
        [&before, site, &behind, gate].concat().into_bytes()
    };
    let halves = line(0x2000, 0x3000, "r--") + &line(0x3000, 0x5000, "rw-");
    let captures = [text(&line(0x2000, 0x5000, "rw-")), text(&halves)];
    let operation = OperationInfo {
        text: "munmap".into(),
        moves: vec![MovedVma {
            to: 0x2000..0x3000,
            from: Some(0x4000..0x5000),
            tail: None,
        }],
        unmaps: std::iter::once(0x2000..0x3000).collect(),
    };
    let site = SiteStates {
        range: 0x2000..0x5000,
        operations: vec![operation.clone(), operation],
        clock: SiteClock::default(),
    };
    let states = States::of_site(site, &captures).expect("states");
    let case = CaseKey {
        scenario: "own".into(),
        reader: "maps".into(),
    };
    StreamInfo::new(case, Reader::Maps, Rule::LINE_END, &states)
}

#[test]
fn states_come_back_out_of_json() {
    let info = info();
    let json = serde_json::to_string(&info).expect("it can be written");
    assert!(json.contains(r#""rule":"line-end""#), "{json}");
    let back: StreamInfo = serde_json::from_str(&json).expect("it can be read");
    assert_eq!(back, info);
    let states = back.states().expect("states");
    assert_eq!(StatesInfo::of(&states), info.states);
    assert_eq!(states.sites().len(), 1);
    assert_eq!(states.site_text(0, 1).len(), 2 * line(0, 0, "r--").len());
}

#[test]
fn what_cannot_be_is_refused_in_one_line() {
    fn site(info: &mut StreamInfo) -> &mut SiteInfo {
        &mut info.states.as_mut().expect("states").sites[0]
    }
    fn outside(info: &mut StreamInfo) -> &mut Vec<Bytes> {
        &mut info.states.as_mut().expect("states").outside
    }
    type Damage = fn(&mut StreamInfo);
    let damages: [(Damage, &str); 22] = [
        (|it| it.writers = 0, "number of writers"),
        (|it| it.writers = 5, "number of writers"),
        (|it| it.states = None, "states are unknown"),
        (|it| it.reader = Reader::Query, "how far apart"),
        (|it| site(it).site.range = 0x2000..0x2000, "no addresses"),
        (|it| site(it).site.range = 0..0x5000, "cannot be where"),
        (|it| site(it).site.range.end = 0x4000, "cannot be where"),
        (|it| site(it).site.range.end = 0x8000, "cannot be where"),
        (|it| site(it).site.clock.turns = 0, "such a turn"),
        (|it| site(it).site.clock.turn = 1, "such a turn"),
        (|it| site(it).site.clock.writer = 1, "not counted"),
        (|it| site(it).site.clock.writer = usize::MAX, "such a turn"),
        (|it| site(it).site.operations.clear(), "1 to 64 states"),
        (|it| site(it).states.clear(), "1 to 64 states"),
        (|it| site(it).states[0].0.reverse(), "cannot use a line"),
        (
            |it| site(it).site.operations[0].unmaps[0].start = 0x9000,
            "end before they start",
        ),
        (
            |it| site(it).site.operations[0].moves = vec![MovedVma::default(); 33],
            "more than one call",
        ),
        (
            |it| site(it).states[1].0 = b"\n".repeat(200),
            "more lines than",
        ),
        (
            |it| {
                let again = site(it).clone();
                it.states.as_mut().expect("states").sites.push(again);
            },
            "those of the site before",
        ),
        (|it| drop(outside(it).pop()), "around a site is missing"),
        (|it| outside(it).swap(0, 1), "cannot be where"),
        (
            |it| {
                let states = it.states.as_mut().expect("states");
                states.gate = Some(states.outside[0].clone());
            },
            "gate VMA is another",
        ),
    ];
    for (number, (damage, why)) in damages.into_iter().enumerate() {
        let mut info = info();
        damage(&mut info);
        let error = info.states().expect_err(why).to_string();
        assert!(error.contains(why), "{number}: {error}");
        assert!(error.starts_with("cannot judge stream 0: "), "{error}");
        assert!(error.ends_with("the recording is damaged"), "{error}");
    }
    let mut many = info();
    let again = vec![site(&mut many).clone(); MAX_SITES + 1];
    many.states.as_mut().expect("states").sites = again;
    assert!(many.states().is_err());
    let json = serde_json::to_string(&info()).expect("it can be written");
    let smaller = json.replace(r#""line-end""#, r#""no-rule""#);
    let error = serde_json::from_str::<StreamInfo>(&smaller).expect_err("no such rule");
    assert!(error.to_string().contains("unknown rule \"no-rule\""));
}
