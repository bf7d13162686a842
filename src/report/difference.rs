//! What differs between two address spaces: each change, and sums per file.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;

use serde::Serialize;
use serde_json::json;

use super::changes::{ChangeRecord, change_line};
use crate::events::document::DIFF;
use crate::maps::diff::change::AddressSpaceChangeKind;
use crate::maps::diff::compare::Diff;
use crate::maps::line::MapsLine;
use crate::maps::scan_text::Lines;
use crate::text::number::{bytes, grouped};
use crate::text::sanitise::sanitise;

#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// What it is, sanitised: `process 123 (sleep)`, `file old.maps`.
    pub what: String,
    pub text: Vec<u8>,
}

/// What a name, or memory without one, takes on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct NameSum {
    /// The name, sanitised; empty for memory without one.
    pub name: String,
    /// VMAs before and after.
    pub vmas: [u64; 2],
    /// Bytes of address space before and after.
    pub bytes: [u64; 2],
}

impl NameSum {
    fn difference(&self) -> i128 {
        i128::from(self.bytes[1]) - i128::from(self.bytes[0])
    }
}

#[derive(Debug)]
pub(crate) struct Difference {
    sides: [Side; 2],
    totals: NameSum,
    names: Vec<NameSum>,
    diff: Diff,
}

impl Difference {
    pub(crate) fn of(before: Side, after: Side) -> Self {
        let mut diff = Diff::new();
        diff.compare(&before.text, &after.text);
        let mut sums: BTreeMap<Vec<u8>, NameSum> = BTreeMap::new();
        let mut totals = NameSum::default();
        for (side, of) in [&before, &after].into_iter().enumerate() {
            for line in Lines::of(&of.text).filter_map(|line| MapsLine::parse(line).ok()) {
                let size = line.end.saturating_sub(line.start);
                if !sums.contains_key(line.name) {
                    sums.insert(line.name.to_vec(), NameSum::default());
                }
                for sum in sums.get_mut(line.name).into_iter().chain([&mut totals]) {
                    sum.vmas[side] += 1;
                    sum.bytes[side] = sum.bytes[side].saturating_add(size);
                }
            }
        }
        let mut names: Vec<NameSum> = sums
            .into_iter()
            .filter(|(_, sum)| sum.vmas[0] != sum.vmas[1] || sum.bytes[0] != sum.bytes[1])
            .map(|(name, sum)| NameSum {
                name: sanitise(&name).into_owned(),
                ..sum
            })
            .collect();
        // What differs most comes first; names are in order otherwise.
        names.sort_by_key(|sum| std::cmp::Reverse(sum.difference().abs()));
        Difference {
            sides: [before, after],
            totals,
            names,
            diff,
        }
    }

    /// Writes text for people: both sides, each change, the sums.
    pub(crate) fn write_text(&self, mut out: impl Write) -> io::Result<()> {
        for (i, side) in self.sides.iter().enumerate() {
            writeln!(
                out,
                "{} {}: {} VMAs, {}",
                ["A:", "B:"][i],
                side.what,
                grouped(self.totals.vmas[i]),
                bytes(self.totals.bytes[i]),
            )?;
        }
        if self.diff.changes().is_empty() {
            return writeln!(out, "no difference");
        }
        writeln!(out)?;
        for change in self.diff.changes() {
            writeln!(out, "{}", change_line(change))?;
        }
        writeln!(out)?;
        let counts: Vec<String> = AddressSpaceChangeKind::ALL
            .into_iter()
            .filter(|kind| self.diff.counts().of(*kind) > 0)
            .map(|kind| format!("{} {kind}", grouped(self.diff.counts().of(kind))))
            .collect();
        writeln!(
            out,
            "{} changes: {}",
            grouped(self.diff.counts().total()),
            counts.join(", ")
        )?;
        if self.names.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        writeln!(
            out,
            "{:>15}  {:>23}  {:>11}  name",
            "VMAs", "bytes of addresses", "difference"
        )?;
        for sum in &self.names {
            let vmas = format!("{} → {}", sum.vmas[0], sum.vmas[1]);
            let sizes = format!("{} → {}", bytes(sum.bytes[0]), bytes(sum.bytes[1]));
            writeln!(
                out,
                "{vmas:>15}  {sizes:>23}  {:>11}  {}",
                signed(sum.difference()),
                if sum.name.is_empty() {
                    "(no name)"
                } else {
                    &sum.name
                }
            )?;
        }
        Ok(())
    }

    /// Writes one JSON document.
    pub(crate) fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        let side = |i: usize| {
            json!({
                "what": self.sides[i].what,
                "vmas": self.totals.vmas[i],
                "bytes": self.totals.bytes[i],
            })
        };
        let changes: Vec<ChangeRecord> =
            self.diff.changes().iter().map(ChangeRecord::from).collect();
        let document = json!({
            "format": DIFF.format,
            "shape": DIFF.shape,
            "before": side(0),
            "after": side(1),
            "changes": changes,
            "names": self.names,
        });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)
    }
}

fn signed(difference: i128) -> String {
    let size = bytes(u64::try_from(difference.unsigned_abs()).unwrap_or(u64::MAX));
    match difference {
        0 => "0".to_owned(),
        1.. => format!("+{size}"),
        _ => format!("-{size}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "\
00010000-00012000 r-xp 00000000 fe:00 7                                  /lib/a\n\
00012000-00013000 rw-p 00000000 00:00 0                                  [heap]\n\
00020000-00021000 rw-p 00000000 00:00 0 \n";
    const AFTER: &str = "\
00010000-00012000 r-xp 00000000 fe:00 7                                  /lib/a\n\
00012000-00015000 rw-p 00000000 00:00 0                                  [heap]\n\
00020000-00020800 rw-p 00000000 00:00 0 \n\
00020800-00021000 r--p 00000000 00:00 0 \n";

    fn difference(after: &str) -> Difference {
        let side = |what: &str, text: &str| Side {
            what: what.into(),
            text: text.into(),
        };
        Difference::of(side("file old", BEFORE), side("file new", after))
    }

    #[test]
    fn changes_and_sums() {
        let mut out = Vec::new();
        difference(AFTER).write_text(&mut out).unwrap();
        let expected = "\
A: file old: 3 VMAs, 16 KiB
B: file new: 4 VMAs, 24 KiB

grow      00012000-00013000 → 00012000-00015000 rw-p [heap] (+8 KiB)
split     00020000-00021000 rw-p → 00020000-00020800 rw-p, 00020800-00021000 r--p

2 changes: 1 grow, 1 split

           VMAs       bytes of addresses   difference  name
          1 → 1           4 KiB → 12 KiB       +8 KiB  [heap]
          1 → 2            4 KiB → 4 KiB            0  (no name)
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn json_holds_the_same() {
        let mut out = Vec::new();
        difference(AFTER).write_json(&mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["changes"][0]["kind"], "grow");
        assert_eq!(value["changes"][1]["after"].as_array().unwrap().len(), 2);
        assert_eq!(value["names"][0]["bytes"], json!([4096, 12288]));
        assert_eq!(value["after"]["vmas"], 4);
    }

    #[test]
    fn the_same_does_not_differ() {
        let mut out = Vec::new();
        difference(BEFORE).write_text(&mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().ends_with("no difference\n"));
    }
}
