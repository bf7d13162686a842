//! What differs between two address spaces: each change, and sums per file.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::io::Write;

use serde::{Serialize, Serializer};

use super::changes::{change_records, change_text};
use super::export::VmaRecord;
use crate::events::document::DIFF;
use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind, ChangeCounts};
use crate::maps::diff::stream::Changes;
use crate::maps::line::MapsLine;
use crate::maps::scan_text::Lines;
use crate::text::number::{bytes, count, grouped};

#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// What it is, sanitised: `process 123 (sleep)`, `file old.maps`.
    pub what: String,
    /// Lines of VMAs, sanitised, in the order of a scan.
    pub text: Vec<u8>,
    /// What was not as the kernel has it, as sentences.
    pub notes: Vec<String>,
}

/// What there is on one side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct SideSum<'a> {
    what: &'a str,
    lines: u64,
    /// Lines but for those of the gate, which is no VMA of the process. A torn
    /// scan has lines of one VMA before and after a change.
    vmas: u64,
    bytes: u64,
    /// Lines that start below the end of the line before: the scan is torn.
    overlaps: u64,
    notes: &'a [String],
}

impl SideSum<'_> {
    /// `27 VMAs and the gate line, 12 MiB`.
    fn sum(&self) -> String {
        let gate = self.lines - self.vmas;
        let lines = match (self.overlaps, gate) {
            (0, 0) => count(self.vmas, "VMA"),
            (0, _) => format!("{} and the gate line", count(self.vmas, "VMA")),
            _ => format!("{} lines of a torn scan", grouped(self.lines)),
        };
        format!("{lines}, {}", bytes(self.bytes))
    }
}

/// What a name, or memory without one, takes on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct NameSum<'a> {
    /// The name; empty for memory without one.
    pub name: &'a str,
    /// Lines before and after.
    pub vmas: [u64; 2],
    /// Bytes of address space before and after.
    pub bytes: [u64; 2],
}

impl NameSum<'_> {
    fn difference(&self) -> i128 {
        i128::from(self.bytes[1]) - i128::from(self.bytes[0])
    }
}

/// A kind of difference: where that of a change would name a cause, what is seen.
fn word(kind: AddressSpaceChangeKind) -> &'static str {
    match kind {
        AddressSpaceChangeKind::Map => "only B",
        AddressSpaceChangeKind::Unmap => "only A",
        AddressSpaceChangeKind::Move => "elsewhere",
        kind => kind.name(),
    }
}

/// The same in JSON, where the sides are called before and after.
fn json_kind(kind: AddressSpaceChangeKind) -> &'static str {
    match kind {
        AddressSpaceChangeKind::Map => "only_after",
        AddressSpaceChangeKind::Unmap => "only_before",
        kind => word(kind),
    }
}

/// Texts may have millions of lines that all differ: so differences are written
/// as they are found, and never held at once.
#[derive(Debug)]
pub(crate) struct Difference<'a> {
    sides: &'a [Side; 2],
    sums: [SideSum<'a>; 2],
    names: Vec<NameSum<'a>>,
}

impl<'a> Difference<'a> {
    pub(crate) fn of(sides: &'a [Side; 2]) -> Self {
        let mut names: HashMap<&str, NameSum<'_>> = HashMap::new();
        let mut sums = [SideSum::default(), SideSum::default()];
        for (number, side) in sides.iter().enumerate() {
            let sum = &mut sums[number];
            (sum.what, sum.notes) = (&side.what, &side.notes);
            let mut last_end = 0;
            for line in Lines::of(&side.text).filter_map(|line| MapsLine::parse(line).ok()) {
                let size = line.end.saturating_sub(line.start);
                sum.lines += 1;
                sum.vmas += u64::from(!line.is_gate());
                sum.bytes = sum.bytes.saturating_add(size);
                sum.overlaps += u64::from(line.start < last_end);
                last_end = line.end;
                // It is sanitised.
                let name = std::str::from_utf8(line.name).unwrap_or_default();
                let of_name = names.entry(name).or_default();
                of_name.vmas[number] += 1;
                of_name.bytes[number] = of_name.bytes[number].saturating_add(size);
            }
        }
        let mut names: Vec<NameSum<'_>> = names
            .into_iter()
            .filter(|(_, sum)| sum.vmas[0] != sum.vmas[1] || sum.bytes[0] != sum.bytes[1])
            .map(|(name, sum)| NameSum { name, ..sum })
            .collect();
        // What differs most comes first.
        names.sort_unstable_by_key(|sum| (std::cmp::Reverse(sum.difference().abs()), sum.name));
        Difference { sides, sums, names }
    }

    fn changes(&self) -> Changes<'a> {
        Changes::between(&self.sides[0].text, &self.sides[1].text)
    }

    /// Writes text for people: both sides, each difference, the sums.
    pub(crate) fn write_text(&self, mut out: impl Write) -> io::Result<()> {
        for (sum, name) in self.sums.iter().zip(["A", "B"]) {
            writeln!(out, "{name}: {}: {}", sum.what, sum.sum())?;
            for note in sum.notes {
                writeln!(out, "   {note}")?;
            }
            if sum.overlaps > 0 {
                writeln!(
                    out,
                    "   {} of its lines start below the end of the line before: torn; the later \
                     line is believed",
                    grouped(sum.overlaps),
                )?;
            }
        }
        let mut counts = ChangeCounts::default();
        for change in self.changes() {
            if counts.total() == 0 {
                writeln!(out)?;
            }
            counts.add(change.kind);
            writeln!(out, "{}", change_text(word(change.kind), &change))?;
        }
        if counts.total() == 0 {
            return writeln!(out, "no difference");
        }
        writeln!(out)?;
        let kinds: Vec<String> = AddressSpaceChangeKind::ALL
            .into_iter()
            .filter(|kind| counts.of(*kind) > 0)
            .map(|kind| format!("{} {}", grouped(counts.of(kind)), word(kind)))
            .collect();
        writeln!(
            out,
            "{}: {}",
            count(counts.total(), "difference"),
            kinds.join(", ")
        )?;
        if self.names.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        writeln!(
            out,
            "{:>15}  {:>23}  {:>11}  name",
            "lines", "bytes of addresses", "difference"
        )?;
        for sum in &self.names {
            let vmas = format!("{} → {}", sum.vmas[0], sum.vmas[1]);
            let sizes = format!("{} → {}", bytes(sum.bytes[0]), bytes(sum.bytes[1]));
            writeln!(
                out,
                "{vmas:>15}  {sizes:>23}  {:>11}  {}",
                signed(sum.difference()),
                match sum.name {
                    "" => "(no name)",
                    name => name,
                }
            )?;
        }
        Ok(())
    }

    /// Writes one JSON document.
    pub(crate) fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        let document = DifferenceDocument {
            format: DIFF.format,
            shape: DIFF.shape,
            before: &self.sums[0],
            after: &self.sums[1],
            changes: self.changes().into(),
            names: &self.names,
        };
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)
    }
}

#[derive(Serialize)]
struct DifferenceDocument<'a> {
    format: &'static str,
    shape: u32,
    before: &'a SideSum<'a>,
    after: &'a SideSum<'a>,
    #[serde(serialize_with = "one_by_one")]
    changes: RefCell<Changes<'a>>,
    names: &'a [NameSum<'a>],
}

fn one_by_one<S: Serializer>(
    changes: &RefCell<Changes<'_>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer
        .collect_seq((changes.borrow_mut().by_ref()).map(|change| DifferenceRecord::from(&change)))
}

/// A difference in JSON.
#[derive(Clone, Debug, Serialize)]
struct DifferenceRecord {
    kind: &'static str,
    before: Vec<VmaRecord>,
    after: Vec<VmaRecord>,
    /// It rests on lines that overlap in a torn scan.
    torn: bool,
}

impl From<&AddressSpaceChange> for DifferenceRecord {
    fn from(change: &AddressSpaceChange) -> Self {
        DifferenceRecord {
            kind: json_kind(change.kind),
            before: change_records(&change.before),
            after: change_records(&change.after),
            torn: change.torn,
        }
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

    fn sides(after: &str) -> [Side; 2] {
        [("file old", BEFORE), ("file new", after)].map(|(what, text)| Side {
            what: what.into(),
            text: text.into(),
            notes: Vec::new(),
        })
    }

    fn text(sides: &[Side; 2]) -> String {
        let mut out = Vec::new();
        Difference::of(sides).write_text(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_difference_is_one() {
        let [before, after] = sides("00010000-00011000 r-xp 00000000 00:00 0 \n");
        let one = [
            &after.text[..],
            b"00020000-00021000 r-xp 00000000 00:00 0 \n",
        ]
        .concat();
        let before = Side {
            text: after.text.clone(),
            ..before
        };
        let text = text(&[before, Side { text: one, ..after }]);
        assert!(text.contains("\n1 difference: 1 only B\n"), "{text}");
    }

    #[test]
    fn changes_and_sums() {
        let expected = "\
A: file old: 3 VMAs, 16 KiB
B: file new: 4 VMAs, 24 KiB

grow      00012000-00013000 → 00012000-00015000 rw-p [heap] (+8 KiB)
split     00020000-00021000 rw-p → 00020000-00020800 rw-p, 00020800-00021000 r--p

2 differences: 1 grow, 1 split

          lines       bytes of addresses   difference  name
          1 → 1           4 KiB → 12 KiB       +8 KiB  [heap]
          1 → 2            4 KiB → 4 KiB            0  (no name)
";
        assert_eq!(text(&sides(AFTER)), expected);
    }

    #[test]
    fn json_holds_the_same() {
        let mut out = Vec::new();
        let sides = sides(AFTER);
        Difference::of(&sides).write_json(&mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["changes"][0]["kind"], "grow");
        assert_eq!(value["changes"][1]["after"].as_array().unwrap().len(), 2);
        assert_eq!(value["names"][0]["bytes"], serde_json::json!([4096, 12288]));
        assert_eq!(value["after"]["vmas"], 4);
    }

    #[test]
    fn the_same_does_not_differ() {
        assert!(text(&sides(BEFORE)).ends_with("no difference\n"));
    }

    #[test]
    fn no_cause_is_named() {
        let elsewhere = "\
00010000-00012000 r-xp 00000000 fe:00 7                                  /lib/a\n\
00052000-00053000 rw-p 00000000 00:00 0                                  [heap]\n\
00070000-00075000 rw-p 00000000 00:00 0 \n";
        let said = text(&sides(elsewhere));
        for line in [
            "only A    00020000-00021000 rw-p (-4 KiB)",
            "elsewhere 00012000-00013000 → 00052000-00053000 rw-p [heap]",
            "only B    00070000-00075000 rw-p (+20 KiB)",
            "3 differences: 1 only B, 1 only A, 1 elsewhere",
        ] {
            assert!(said.lines().any(|found| found == line), "{said}");
        }
    }

    #[test]
    fn a_torn_scan_is_shown_as_torn() {
        let grown = BEFORE.replace(
            "[heap]\n",
            "[heap]\n00012000-00014000 rw-p 00000000 00:00 0   [heap]\n",
        );
        let said = text(&sides(&grown));
        for part in [
            "B: file new: 4 lines of a torn scan, ",
            "   1 of its lines start below the end of the line before: torn;",
            "grow      00012000-00013000 → 00012000-00014000 rw-p [heap] (+4 KiB) [torn scan]",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
}
