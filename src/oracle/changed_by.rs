//! Which call of a target made a change that two scans of it show.

use std::collections::BTreeSet;
use std::ops::Range;

use nix::libc;
use serde::{Deserialize, Serialize};

use crate::linux::calls::call::{Call, Effect};
use crate::maps::diff::change::{AddressSpaceChange, AddressSpaceChangeKind as Kind, ChangedVma};
use crate::maps::intervals::{Intervals, normalise, split, without};
use crate::maps::line::MapsLine;
use crate::maps::permissions::Permissions;
use crate::maps::scan_text::Lines;
use crate::maps::text_lines::first_ending_above;

/// Which call made a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangedBy {
    /// The calls are not seen, or not all of them.
    #[default]
    Unknown,
    /// None of the target's: a page fault that lets a stack grow, or somebody
    /// who renamed or deleted its file.
    NoCall,
    /// Of those that can have made it the likeliest, the last of several; and how
    /// many others there were.
    Call { last: Call, others: usize },
}

impl ChangedBy {
    /// Of a change between two scans, by all calls that ran between the beginning
    /// of the first and the end of the second, the last first.
    pub(crate) fn of<'a>(
        change: &AddressSpaceChange,
        (before, after): (&[u8], &[u8]),
        calls: impl Iterator<Item = &'a Call> + Clone,
    ) -> Self {
        let changed = Changed::of(change, before, after);
        let mut best: Option<(Fitness, Call)> = None;
        let mut fitting = 0;
        for call in calls.clone() {
            let is_its_kind = |effect| can_have_made(change.kind, effect);
            let Some(fitness) = changed.fitness(call, is_its_kind) else {
                continue;
            };
            fitting += 1;
            // Of those that are alike the last one.
            if best.is_none_or(|(known, _)| fitness > known) {
                best = Some((fitness, *call));
            }
        }
        best.map_or(ChangedBy::NoCall, |(fitness, last)| ChangedBy::Call {
            last,
            others: match fitness.is_exact {
                true => fitting - 1,
                // What no call alone makes may be the work of several, of which each
                // looks like another kind by itself.
                false => {
                    let is_involved = |call: &&Call| changed.fitness(call, |_| true).is_some();
                    calls.filter(is_involved).count() - 1
                }
            },
        })
    }
}

/// How well a call that can have made a change fits it, what matters most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fitness {
    /// What it leaves where the addresses changed is what is there now.
    agrees: bool,
    /// It has returned, and has done what it does.
    is_done: bool,
    /// It is known to have been made in the target's address space.
    is_ours: bool,
    /// It alone makes all of the change, and nothing that did not happen.
    is_exact: bool,
}

/// What is looked at of a text for one call, in lines.
const MOST_LINES: usize = 64;

/// What a change has changed.
struct Changed<'a> {
    /// The texts.
    before: &'a [u8],
    after: &'a [u8],
    /// The addresses that are mapped now and were not, or the reverse, or are
    /// otherwise than they were; where only borders changed all of them. Sorted
    /// and disjoint.
    addresses: Intervals,
    /// Where only borders changed: those that came and went.
    borders: Vec<u64>,
}

impl<'a> Changed<'a> {
    fn of(change: &'a AddressSpaceChange, before: &'a [u8], after: &'a [u8]) -> Self {
        let mut addresses = Intervals::new();
        differing(&change.before, &change.after, &mut addresses);
        differing(&change.after, &change.before, &mut addresses);
        normalise(&mut addresses);
        let mut borders = Vec::new();
        if addresses.is_empty() {
            let of = |vmas: &[ChangedVma]| -> BTreeSet<u64> {
                vmas.iter().flat_map(|vma| [vma.start, vma.end]).collect()
            };
            let (before, now) = (of(&change.before), of(&change.after));
            borders.extend(before.symmetric_difference(&now));
            addresses.extend(change.vmas().map(|vma| (vma.start, vma.end)));
            normalise(&mut addresses);
        }
        Changed {
            before,
            after,
            addresses,
            borders,
        }
    }

    /// None: the call cannot have made the change.
    fn fitness(&self, call: &Call, can: impl Fn(Effect) -> bool) -> Option<Fitness> {
        let effects = || call.effects().into_iter().flatten();
        let asked = call.protection();
        let mut fitness: Option<Fitness> = None;
        for (effect, range) in effects() {
            if !can(effect) {
                continue;
            }
            let (mut could, mut agrees) = (false, false);
            split(range.clone(), &self.addresses, |part, changed| {
                agrees |= changed && self.is_left_by(effect, asked, &part).0;
                could |= changed && self.can_be_left_by(effect, &part);
            });
            if !could && !agrees {
                continue;
            }
            fitness = fitness.max(Some(Fitness {
                agrees,
                is_done: call.success().is_some() && effect != Effect::MayUnmap,
                is_ours: call.is_ours,
                is_exact: false,
            }));
        }
        let mut fitness = fitness?;
        fitness.is_exact = fitness.agrees
            && fitness.is_done
            && fitness.is_ours
            && self.is_as_moved(call)
            && effects().all(|(effect, range)| {
                self.could_be_done(effect, &range) && self.is_left_by(effect, asked, &range).1
            })
            && self.is_all_in(&effects().map(|(_, range)| range).collect::<Vec<_>>());
        Some(fitness)
    }

    /// Whether a call that moved or resized a VMA could do so as that was before,
    /// and what it left is like that.
    fn is_as_moved(&self, call: &Call) -> bool {
        let Some(source) = call.source() else {
            return true;
        };
        let mut permissions = None;
        let before = mapped(self.before, &source, |it| {
            *permissions.get_or_insert(it) == it
        });
        let came = call.effects().into_iter().flatten();
        let mut came = came.filter(|(effect, _)| !effect.may_unmap());
        before.all_fits
            && !before.gaps
            && came
                .all(|(_, range)| mapped(self.after, &range, |it| Some(it) == permissions).all_fits)
    }

    /// Whether a range may be as it is now after an effect and what other calls did.
    fn can_be_left_by(&self, effect: Effect, range: &Range<u64>) -> bool {
        match effect {
            // It may be mapped again.
            Effect::Unmaps | Effect::MayUnmap => true,
            // It may have got other permissions.
            Effect::Maps | Effect::Replaces | Effect::MayReplace => {
                self.is_left_by(effect, None, range).0
            }
            Effect::Protects | Effect::Names | Effect::Flags => false,
        }
    }

    /// Whether some of a range, and all of it, is now as an effect leaves it, as
    /// far as the text tells.
    fn is_left_by(&self, effect: Effect, asked: Option<u64>, range: &Range<u64>) -> (bool, bool) {
        let mapped = mapped(self.after, range, |permissions| {
            asked.is_none_or(|asked| is_as_asked(permissions, asked))
        });
        match effect {
            Effect::Unmaps | Effect::MayUnmap => (mapped.gaps, !mapped.some),
            Effect::MayReplace => (mapped.gaps || mapped.some_fits, false),
            _ => (mapped.some_fits, mapped.all_fits && !mapped.gaps),
        }
    }

    /// Whether an effect could be on all of a range, as it was before.
    fn could_be_done(&self, effect: Effect, range: &Range<u64>) -> bool {
        let before = mapped(self.before, range, |_| true);
        match effect {
            Effect::Unmaps | Effect::MayUnmap | Effect::Replaces | Effect::MayReplace => true,
            Effect::Maps => !before.some,
            Effect::Protects | Effect::Names | Effect::Flags => !before.gaps,
        }
    }

    /// Whether nothing changed outside of these ranges.
    fn is_all_in(&self, ranges: &[Range<u64>]) -> bool {
        if !self.borders.is_empty() {
            let is_end = |at: &u64| ranges.iter().any(|it| it.start == *at || it.end == *at);
            return self.borders.iter().all(is_end);
        }
        let is_in = |changed: &(u64, u64)| {
            let left = std::iter::once(changed.0..changed.1).collect::<Vec<_>>();
            ranges
                .iter()
                .fold(left, |left, it| without(&left, it))
                .is_empty()
        };
        self.addresses.iter().all(is_in)
    }
}

/// What a text maps of a range.
#[derive(Clone, Copy, Debug)]
struct Mapped {
    /// Some of it.
    some: bool,
    /// Not all of it.
    gaps: bool,
    /// Something that fits, and nothing else.
    some_fits: bool,
    all_fits: bool,
}

fn mapped(text: &[u8], range: &Range<u64>, mut fits: impl FnMut(Permissions) -> bool) -> Mapped {
    let lines = Lines::of(&text[first_ending_above(text, range.start)..]);
    let lines = lines.map_while(|line| MapsLine::parse(line).ok());
    let lines = lines.take_while(|line| line.start < range.end);
    let mut mapped = Mapped {
        some: false,
        gaps: false,
        some_fits: false,
        all_fits: true,
    };
    let mut at = range.start;
    for (count, line) in lines.enumerate() {
        if count == MOST_LINES {
            at = range.end;
            break;
        }
        let fits = fits(line.perms);
        mapped.some = true;
        mapped.gaps |= line.start > at;
        mapped.some_fits |= fits;
        mapped.all_fits &= fits;
        at = at.max(line.end);
    }
    mapped.gaps |= at < range.end;
    mapped
}

/// Adds what of `vmas` is not in `others`, or is otherwise there. Both are sorted.
fn differing(vmas: &[ChangedVma], others: &[ChangedVma], into: &mut Intervals) {
    let mut same = Intervals::new();
    for vma in vmas {
        let first = others.partition_point(|other| other.end <= vma.start);
        let near = others[first..]
            .iter()
            .take_while(|other| other.start < vma.end);
        let alike = near.filter(|other| {
            other.continues(vma) && other.permissions == vma.permissions && other.name == vma.name
        });
        same.clear();
        same.extend(alike.map(|other| (other.start, other.end)));
        split(vma.start..vma.end, &same, |part, is_same| {
            if !is_same {
                into.push((part.start, part.end));
            }
        });
    }
}

/// Whether permissions are those that a call asks for. Where reading implies
/// executing (personality(2)) it may be one more.
fn is_as_asked(is: Permissions, asked: u64) -> bool {
    let has = |bit: i32| asked & u64::from(bit.cast_unsigned()) != 0;
    let may_execute = has(libc::PROT_EXEC) || (has(libc::PROT_READ) && is.execute);
    is.read == has(libc::PROT_READ)
        && is.write == has(libc::PROT_WRITE)
        && is.execute == may_execute
}

fn can_have_made(kind: Kind, effect: Effect) -> bool {
    use Effect::{Flags, Maps, MayReplace, Names, Protects, Replaces};
    match kind {
        Kind::Map => matches!(effect, Maps | Replaces | MayReplace),
        // Something else is there now, which covers more or less.
        Kind::Unmap => effect.may_unmap() || effect == Replaces,
        // A part of its neighbour became like it, or of it like its neighbour.
        Kind::Grow | Kind::Merge => !effect.may_only_unmap(),
        Kind::Shrink | Kind::Split => effect != Maps,
        // It may have been unmapped before.
        Kind::Protect => matches!(effect, Protects | Replaces | MayReplace | Maps),
        Kind::Rename => matches!(effect, Names | Replaces | MayReplace | Maps),
        // What came there had to be mapped first.
        Kind::Move => !matches!(effect, Protects | Names | Flags),
        Kind::Replace | Kind::Rearrange => true,
    }
}

#[cfg(test)]
#[path = "changed_by_tests.rs"]
mod tests;
