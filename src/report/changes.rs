//! A change in words, and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::export::VmaRecord;
use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use crate::maps::line::MapsLine;
use crate::oracle::changed_by::ChangedBy;
use crate::sampling::sentences::changed_by_text;
use crate::text::number::bytes;
use crate::text::sanitise::sanitise;

/// VMAs that one line shows of each side; more are counted.
const MAX_VMAS: usize = 4;

/// One line of text, without a newline: the kind, the VMAs before and after,
/// the name, and how much more or less is mapped.
///
/// `grow       55e0a000-55e2b000 → 55e0a000-55e4c000 rw-p [heap] (+132 KiB)`
pub(crate) fn change_line(change: &AddressSpaceChange) -> String {
    let mut text = change_text(change.kind.name(), change);
    if change.kind == Kind::Move {
        // Two texts do not tell these apart.
        text.push_str(" [by mremap, or unmapped and its like mapped]");
    }
    text
}

/// The same with the call that made it, where that is known.
pub(crate) fn made_change_line(change: &AddressSpaceChange, by: &ChangedBy) -> String {
    let word = match (change.kind, by) {
        // Nobody unmapped it, it seems; that it was skipped its return will tell.
        (Kind::Unmap, ChangedBy::NoCall) => "missing",
        (kind, _) => kind.name(),
    };
    match changed_by_text(change.kind, by) {
        Some(by) => format!("{} [{by}]", change_text(word, change)),
        None => change_line(change),
    }
}

/// The same of what was no change, but was missing from a scan: a suspected hole.
pub(crate) fn missing_line(change: &AddressSpaceChange) -> String {
    format!("{} [a suspected hole]", change_text("missing", change))
}

/// The same with another word for what happened.
pub(crate) fn change_text(word: &str, change: &AddressSpaceChange) -> String {
    let mut text = format!("{word:<9} ");
    if let ([was], [is]) = (&change.before[..], &change.after[..])
        && (was.start, was.end) == (is.start, is.end)
    {
        // What differs comes first.
        text.push_str(&same_addresses(was, is));
        push_names(&mut text, change);
        push_torn(&mut text, change);
        return text;
    }
    // Permissions that all have are said once.
    let permissions = change.main().permissions;
    let same = change.vmas().all(|vma| vma.permissions == permissions);
    let sides: Vec<String> = [&change.before, &change.after]
        .into_iter()
        .filter(|vmas| !vmas.is_empty())
        .map(|vmas| side(vmas, same))
        .collect();
    text.push_str(&sides.join(" → "));
    if same {
        // Writing to a String cannot fail.
        let _ = write!(text, " {permissions}");
    }
    push_names(&mut text, change);
    let (before, after) = change.sizes();
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => {
            let _ = write!(text, " (+{})", bytes(after - before));
        }
        std::cmp::Ordering::Less => {
            let _ = write!(text, " (-{})", bytes(before - after));
        }
        std::cmp::Ordering::Equal => {}
    }
    push_torn(&mut text, change);
    text
}

/// The addresses of a VMA that became another at the same ones, what differs,
/// and its permissions.
fn same_addresses(was: &ChangedVma, is: &ChangedVma) -> String {
    let mut text = format!("{:08x}-{:08x} {}", is.start, is.end, was.permissions);
    // Writing to a String cannot fail.
    if was.permissions != is.permissions {
        let _ = write!(text, " → {}", is.permissions);
    }
    if was.device != is.device {
        let _ = write!(text, " device {} → {}", was.device, is.device);
    }
    if was.inode != is.inode {
        let _ = write!(text, " inode {} → {}", was.inode, is.inode);
    }
    if was.offset != is.offset {
        let _ = write!(text, " offset {:#x} → {:#x}", was.offset, is.offset);
    }
    text
}

/// The name, or both.
fn push_names(text: &mut String, change: &AddressSpaceChange) {
    let (was, is) = (first_name(&change.before), first_name(&change.after));
    // Writing to a String cannot fail.
    match (was, is) {
        (Some(was), Some(is)) if was != is => {
            let _ = write!(text, " {} → {}", shown(was), shown(is));
        }
        (was, is) => {
            let name = is.or(was).unwrap_or_default();
            if !name.is_empty() {
                let _ = write!(text, " {}", sanitise(name));
            }
        }
    }
}

fn push_torn(text: &mut String, change: &AddressSpaceChange) {
    if change.torn {
        text.push_str(" [torn scan]");
    }
}

fn side(vmas: &[ChangedVma], same_permissions: bool) -> String {
    let mut parts: Vec<String> = vmas
        .iter()
        .take(MAX_VMAS)
        .map(|vma| {
            let range = format!("{:08x}-{:08x}", vma.start, vma.end);
            if same_permissions {
                range
            } else {
                format!("{range} {}", vma.permissions)
            }
        })
        .collect();
    if vmas.len() > MAX_VMAS {
        parts.push(format!("{} more", vmas.len() - MAX_VMAS));
    }
    parts.join(", ")
}

/// The first name of a side; none where that side has no VMA.
fn first_name(vmas: &[ChangedVma]) -> Option<&[u8]> {
    let named = vmas.iter().find(|vma| !vma.name.is_empty());
    named.or(vmas.first()).map(|vma| &*vma.name)
}

fn shown(name: &[u8]) -> String {
    if name.is_empty() {
        "(no name)".to_owned()
    } else {
        sanitise(name).into_owned()
    }
}

/// A change in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ChangeRecord {
    pub kind: Kind,
    /// The VMAs as they were, by address.
    pub before: Vec<VmaRecord>,
    /// What became of them, by address.
    pub after: Vec<VmaRecord>,
    /// It rests on lines that overlap in a torn scan.
    pub torn: bool,
}

impl From<&AddressSpaceChange> for ChangeRecord {
    fn from(change: &AddressSpaceChange) -> Self {
        ChangeRecord {
            kind: change.kind,
            before: change_records(&change.before),
            after: change_records(&change.after),
            torn: change.torn,
        }
    }
}

pub(crate) fn change_records(vmas: &[ChangedVma]) -> Vec<VmaRecord> {
    vmas.iter().map(VmaRecord::from).collect()
}

impl From<&ChangedVma> for VmaRecord {
    fn from(vma: &ChangedVma) -> Self {
        VmaRecord::from(&MapsLine::new(
            vma.start..vma.end,
            vma.permissions,
            vma.offset,
            vma.device,
            vma.inode,
            &vma.name,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::diff::compare::Diff;

    fn lines(before: &str, after: &str) -> Vec<String> {
        let mut diff = Diff::new();
        diff.compare(before.as_bytes(), after.as_bytes());
        diff.changes().iter().map(change_line).collect()
    }

    #[test]
    fn each_side_and_what_it_comes_to() {
        let heap = |end| {
            format!("55e0a000-55e{end}000 rw-p 00000000 00:00 0                          [heap]\n")
        };
        let plain = |range, permissions| format!("{range} {permissions} 00000000 00:00 0 \n");
        for (before, after, expected) in [
            (
                heap("2b"),
                heap("4c"),
                "grow      55e0a000-55e2b000 → 55e0a000-55e4c000 rw-p [heap] (+132 KiB)",
            ),
            (
                plain("00010000-00013000", "rw-p"),
                plain("00010000-00012000", "rw-p") + &plain("00012000-00013000", "r--p"),
                "split     00010000-00013000 rw-p → 00010000-00012000 rw-p, 00012000-00013000 r--p",
            ),
            (
                plain("00010000-00013000", "rw-p"),
                "00010000-00013000 rw-p 00000000 00:00 0                          [anon:\x1bx]\n"
                    .to_owned(),
                "rename    00010000-00013000 rw-p (no name) → [anon:\\x1bx]",
            ),
            (
                plain("00010000-00013000", "rw-p"),
                plain("00020000-00023000", "rw-p"),
                "move      00010000-00013000 → 00020000-00023000 rw-p \
                 [by mremap, or unmapped and its like mapped]",
            ),
            (
                "00010000-00013000 r--p 00001000 fe:00 7      /a\n".to_owned(),
                "00010000-00013000 r--p 00002000 fe:01 9      /a\n".to_owned(),
                "replace   00010000-00013000 r--p device fe:00 → fe:01 inode 7 → 9 \
                 offset 0x1000 → 0x2000 /a",
            ),
            (
                heap("2b"),
                String::new(),
                "unmap     55e0a000-55e2b000 rw-p [heap] (-132 KiB)",
            ),
            (
                plain("00010000-00011000", "rw-p"),
                plain("00010000-00011000", "rw-p") + &plain("00010000-00014000", "rw-p"),
                "grow      00010000-00011000 → 00010000-00014000 rw-p (+12 KiB) [torn scan]",
            ),
        ] {
            assert_eq!(lines(&before, &after), [expected]);
        }
    }

    #[test]
    fn what_no_call_unmapped_is_missing_and_no_hole_before_it_is_back() {
        let gone = "00010000-00013000 rw-p 00000000 00:00 0 \n";
        let mut diff = Diff::new();
        let change = &diff.compare(gone.as_bytes(), b"")[0];
        let line = made_change_line(change, &ChangedBy::NoCall);
        let missing = "missing   00010000-00013000 rw-p (-12 KiB)";
        assert_eq!(line, format!("{missing} [no call unmapped it]"));
        assert_eq!(
            missing_line(change),
            format!("{missing} [a suspected hole]")
        );
        // Nobody knows.
        let line = made_change_line(change, &ChangedBy::Unknown);
        assert!(line.starts_with("unmap     0001"), "{line}");
    }

    #[test]
    fn many_are_counted() {
        let before = "00010000-00020000 rw-p 00000000 00:00 0 \n";
        let after: String = (0..7)
            .map(|i| format!("0001{i}000-0001{i}800 rw-p 00000000 00:00 0 \n"))
            .collect();
        let [line] = &lines(before, &after)[..] else {
            panic!()
        };
        assert!(line.contains("00013000-00013800, 3 more rw-p"), "{line}");
    }
}
