//! Damaged recordings: they are refused, or judged, and never more than that.

use super::*;
use crate::algorithms::random::Random;

/// Numbers that break what is counted on.
const NUMBERS: [u64; 9] = [0, 1, 4, 63, 65, 0x1000, 1 << 47, 1 << 63, u64::MAX];

/// The JSON with some of its numbers, digits of its lines and letters changed.
fn damaged(json: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = json.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() as u64) as usize;
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let start = bytes[at..].iter().position(is_digit).map(|more| at + more);
        match (random.below(4), start) {
            (0, _) => bytes[at] = random.below(256) as u8,
            (1, Some(start)) => bytes[start] = b"0123456789abcdef"[random.below(16) as usize],
            (_, Some(start)) => {
                let digits = bytes[start..].iter().take_while(|it| is_digit(it)).count();
                let number = NUMBERS[random.below(NUMBERS.len() as u64) as usize];
                bytes.splice(start..start + digits, number.to_string().into_bytes());
            }
            _ => {}
        }
    }
    bytes
}

/// The record with some of its bytes, and perhaps a window, changed.
fn damaged_record(record: &Record, random: &mut Random) -> Record {
    let mut record = record.clone();
    let number = NUMBERS[random.below(NUMBERS.len() as u64) as usize];
    if !record.text.is_empty() {
        let at = random.below(record.text.len() as u64) as usize;
        let letters = b"0123456789abcdef -\n";
        record.text[at] = letters[random.below(letters.len() as u64) as usize];
    }
    if let Some(end) = record.ends.first_mut().filter(|_| random.below(4) == 0) {
        *end = number as usize;
    }
    let windows = record.windows.len() as u64;
    if windows > 0 && random.below(2) == 0 {
        let window = &mut record.windows[random.below(windows) as usize];
        window.finished = [number; 4];
        window.begun[0] = NUMBERS[random.below(NUMBERS.len() as u64) as usize];
    }
    record.ended_ns = number;
    record
}

#[test]
fn no_damage_makes_a_judge_panic() {
    let kernel = (Locking::LineLastEnd, Some(Fault::Released));
    let mut streams = Vec::new();
    for (at, scenario) in scenarios().iter().enumerate().step_by(5) {
        let (scans, _, states) = scans(at, kernel, Rule::LINE_END, (300, 3));
        let records: Vec<Record> = scans.into_iter().map(|(record, _)| record).collect();
        assert!(!records.is_empty(), "{}", scenario.name);
        for rule in [Rule::LINE_END, Rule::CHUNK_START] {
            streams.push((info_of(Reader::Maps, rule, &states), records.clone()));
        }
        let unknown = info_of(Reader::Maps, Rule::LINE_END, &States::unknown());
        streams.push((unknown, records));
    }
    for locking in KINDS {
        for asked in [Asked::Sites, Asked::Walk] {
            let (info, mut records, ..) = passes(&asked, locking);
            records.truncate(10);
            streams.push((info, records));
        }
    }
    let mut random = Random::new(15);
    let (mut judged, mut refused) = (0, 0);
    for (info, records) in &streams {
        let json = serde_json::to_string(info).expect("it can be written");
        for round in 0..250 {
            let bytes = match round % 2 {
                0 => json.clone().into_bytes(),
                _ => damaged(&json, &mut random),
            };
            let Ok(info) = serde_json::from_slice::<StreamInfo>(&bytes) else {
                refused += 1;
                continue;
            };
            let mut judging = match Judging::new(&info, None) {
                Ok(judging) => judging,
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.ends_with("the recording is damaged"), "{error}");
                    assert!(!error.contains('\n'), "{error}");
                    refused += 1;
                    continue;
                }
            };
            let mut found = Vec::new();
            for record in records {
                let record = damaged_record(record, &mut random);
                judged += u64::from(judging.judge(&record, &mut |it| found.push(it)).is_ok());
            }
            for found in found {
                let _ = judging.describe(found);
            }
        }
    }
    assert!(judged > 10_000 && refused > 1_000, "{judged} {refused}");
}
