//! The shortest sequence that still shows the same.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::find::FindKey;
use super::sequence::{Made, Restore, Sequence};
use super::trial::{Meeting, Trial, TrialResult};
use crate::scenario::call::{Call, Origin};
use crate::scenario::definition::Scenario;
use crate::scenario::page_layout::{LayoutVma, PageLayout};
use crate::scenario::special_call::{Backing, SpecialCall};
use crate::setup::case_setup::CaseSetup;
use crate::setup::error::SetupError;
use crate::setup::learn::Learned;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::placement::Placement;
use crate::setup::schedule::Schedule;

/// How long it is read between two looks.
const SLICE: Duration = Duration::from_millis(60);

/// Of this sequence, if this is a cycle here, the scenario with its states.
///
/// # Errors
/// When the modifier does not work; that the kernel refuses a call is told by none.
pub(crate) fn learn(
    sequence: &Sequence,
    name: &str,
    setup: &mut ModifierSetup,
    refused: &mut dyn FnMut(&SetupError),
) -> Result<Option<Scenario>> {
    for restore in Restore::ALL {
        let Some(mut scenario) = sequence.scenario(name.to_owned(), restore) else {
            continue;
        };
        match setup.learn(&mut scenario) {
            Ok(Learned::Cycle) => {
                let changes = scenario.states().any(|state| *state != scenario.original);
                return Ok(changes.then_some(scenario));
            }
            Ok(Learned::NoCycle) => {}
            Ok(Learned::NotOnTheSite) => return Ok(None),
            Err(error) if is_refusal(&error) => {
                refused(&error);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Whether the kernel refused a call, rather than the modifier does not work.
fn is_refusal(error: &SetupError) -> bool {
    use crate::modifier::error::ModifierError;
    let no_layout = matches!(
        error,
        SetupError::Modifier(ModifierError::Setup { .. } | ModifierError::Layout(_))
    );
    error.is_skip() || no_layout
}

/// A find that is made smaller.
pub(crate) struct Shrinking<'a> {
    pub(crate) key: FindKey,
    pub(crate) setup: &'a mut ModifierSetup,
    pub(crate) interrupted: &'a AtomicBool,
    /// When to stop.
    pub(crate) until: Instant,
    /// How long a smaller one may take to show it.
    pub(crate) patience: Duration,
    /// Hears what is tried, each time it is read.
    pub(crate) tell: &'a mut dyn FnMut(&Scenario, &Meeting) -> Result<()>,
}

/// What shows it: the sequence, its scenario, how it is met, and what was read.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) sequence: Sequence,
    pub(crate) scenario: Scenario,
    pub(crate) meeting: Meeting,
    pub(crate) seen: TrialResult,
}

impl Shrinking<'_> {
    /// Makes it smaller step by step, each judged by the same kind and label.
    ///
    /// # Errors
    /// When the modifier does not work.
    pub(crate) fn shrink(&mut self, mut shown: Shown) -> Result<Shown> {
        loop {
            let mut smaller = None;
            for sequence in smaller_than(&shown.sequence) {
                if self.is_over() {
                    return Ok(shown);
                }
                smaller = self.shows(&sequence, &shown.meeting)?;
                if smaller.is_some() {
                    break;
                }
            }
            match smaller {
                Some(smaller) => shown = smaller,
                None => break,
            }
        }
        // The plainest way to meet, if that shows it, too.
        if shown.meeting.schedule != Schedule::Apart && !self.is_over() {
            let meeting = Meeting {
                schedule: Schedule::Apart,
                ..shown.meeting.clone()
            };
            if let Some(plain) = self.shows(&shown.sequence, &meeting)? {
                shown = plain;
            }
        }
        Ok(shown)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until || self.interrupted.load(Ordering::Relaxed)
    }

    /// Runs a sequence until it shows the same, or time is over.
    pub(crate) fn shows(
        &mut self,
        sequence: &Sequence,
        meeting: &Meeting,
    ) -> Result<Option<Shown>> {
        let Some(scenario) = learn(sequence, "shrunk", self.setup, &mut |_| {})? else {
            return Ok(None);
        };
        // What need not be at the end of the address space is read elsewhere.
        let placement = match meeting.setting.placement {
            Placement::Last if !sequence.last => Placement::Low,
            other => other,
        };
        let variants = CaseSetup {
            variant: 0,
            placement,
            ..meeting.setting.clone()
        }
        .variants(&scenario);
        let same = variants
            .iter()
            .find(|one| one.variant == meeting.setting.variant);
        let Some(setting) = same.or(variants.first()) else {
            return Ok(None);
        };
        let meeting = Meeting {
            setting: setting.clone(),
            ..meeting.clone()
        };
        let Some(trial) = Trial::prepare(&scenario, &meeting, false, self.setup)? else {
            return Ok(None);
        };
        let end = self.until.min(Instant::now() + self.patience);
        while Instant::now() < end && !self.interrupted.load(Ordering::Relaxed) {
            (self.tell)(&scenario, &meeting)?;
            let seen = trial.read(SLICE, None, self.setup, self.interrupted)?;
            if seen
                .violations
                .iter()
                .any(|event| FindKey::of(event) == self.key)
            {
                return Ok(Some(Shown {
                    sequence: sequence.clone(),
                    scenario,
                    meeting,
                    seen,
                }));
            }
        }
        Ok(None)
    }
}

/// Sequences that are a little smaller, those that leave out most first.
fn smaller_than(sequence: &Sequence) -> Vec<Sequence> {
    let mut smaller = Vec::new();
    let mut push = |change: &dyn Fn(&mut Sequence)| {
        let mut other = sequence.clone();
        change(&mut other);
        if other != *sequence && !other.body.is_empty() && !other.ground.is_empty() {
            smaller.push(other);
        }
    };
    if sequence.body.len() > 2 {
        for kept in 0..sequence.body.len() {
            push(&|other| other.body = vec![sequence.body[kept].clone()]);
        }
    }
    for at in 0..sequence.body.len() {
        push(&|other| {
            other.body.remove(at);
        });
    }
    let uses_source = sequence.body.iter().any(|call| call.source_end_page() > 0);
    if !uses_source {
        push(&|other| other.source = None);
    }
    push(&|other| other.populated = None);
    push(&|other| other.last = false);
    for at in 0..sequence.ground.len() {
        push(&|other| {
            let one = &mut other.ground[at];
            (one.backing, one.made) = (Backing::Anonymous, Made::Mapped);
            let private = crate::scenario::protection::Protection::Read;
            one.vma.protection = one.vma.protection.shared_like(private);
        });
    }
    for page in (0..sequence.pages).rev() {
        if let Some(other) = without_page(sequence, page) {
            push(&|one| *one = other.clone());
        }
    }
    push(&|other| other.inverse = true);
    smaller
}

/// The sequence on a site that lacks a page.
fn without_page(sequence: &Sequence, page: u32) -> Option<Sequence> {
    let moved = |range: &Range<u32>| {
        let at = |one: u32| one - u32::from(one > page);
        at(range.start)..at(range.end)
    };
    let mut other = sequence.clone();
    other.pages -= 1;
    for one in &mut other.ground {
        let pages = moved(&(one.vma.first_page..one.vma.end_page()));
        one.vma = LayoutVma {
            first_page: pages.start,
            pages: pages.len() as u32,
            ..one.vma
        };
    }
    other.ground.retain(|one| one.vma.pages > 0);
    let mut source_pages = 0;
    let body = sequence
        .body
        .iter()
        .filter_map(|call| without_page_of(call, &moved));
    other.body = body
        .inspect(|call| source_pages = source_pages.max(call.source_end_page()))
        .collect();
    other.source = match &sequence.source {
        Some(source) if source_pages > 0 && source_pages < source.page_count() => {
            let vma = source.vmas().first().map(|vma| LayoutVma {
                first_page: 0,
                pages: source_pages,
                ..*vma
            });
            PageLayout::of_vmas(source_pages, vma.into_iter().collect())
        }
        source => source.clone(),
    };
    (other.pages > 0).then_some(other)
}

/// A call on a site that lacks a page; none where nothing is left of it.
fn without_page_of(call: &Call, moved: &dyn Fn(&Range<u32>) -> Range<u32>) -> Option<Call> {
    let arrival = |onto: u32, count: u32| moved(&(onto..onto + count));
    let mut call = call.clone();
    let left = match &mut call {
        Call::Mmap { pages, .. } | Call::Munmap { pages } | Call::Mprotect { pages, .. } => {
            *pages = moved(pages);
            pages.len()
        }
        Call::Resize { pages, new_pages } => {
            let new = arrival(pages.start, *new_pages);
            *pages = moved(pages);
            *new_pages = new.len() as u32;
            pages.len().min(new.len())
        }
        Call::Move { origin, from, onto } => {
            let to = arrival(*onto, from.len() as u32);
            if *origin == Origin::Site {
                *from = moved(from);
            }
            from.end = from.end.min(from.start + to.len() as u32);
            *onto = to.start;
            from.len()
        }
        Call::Special(SpecialCall::Transfer {
            from,
            onto,
            new_pages,
        }) => {
            let to = arrival(*onto, *new_pages);
            let gets_smaller = from.len() as u32 > *new_pages;
            *from = moved(from);
            (*onto, *new_pages) = (to.start, to.len() as u32);
            if gets_smaller {
                *new_pages = (*new_pages).min(from.len() as u32);
            } else {
                from.end = from.end.min(from.start + *new_pages);
            }
            from.len().min(*new_pages as usize)
        }
        Call::Special(
            SpecialCall::Map { pages, .. }
            | SpecialCall::Advise { pages, .. }
            | SpecialCall::Lock { pages }
            | SpecialCall::Unlock { pages }
            | SpecialCall::Name { pages }
            | SpecialCall::Unname { pages }
            | SpecialCall::Attach { pages }
            | SpecialCall::RemapFile { pages, .. }
            | SpecialCall::Register { pages }
            | SpecialCall::Unregister { pages }
            | SpecialCall::Heap { pages }
            | SpecialCall::Seal { pages },
        ) => {
            *pages = moved(pages);
            pages.len()
        }
        Call::Special(SpecialCall::Touch { page }) => {
            let pages = moved(&(*page..*page + 1));
            *page = pages.start;
            pages.len()
        }
        Call::Special(SpecialCall::Brk { end }) => {
            *end = moved(&(0..*end)).end;
            *end as usize
        }
        Call::Special(SpecialCall::Fork) => 1,
    };
    (left > 0).then_some(call)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::super::generate::Generator;
    use super::super::ingredients::{Family, MapKind};
    use super::*;

    /// What each step of shrinking leaves less of.
    fn size(sequence: &Sequence) -> [usize; 7] {
        let plain = |backing: Backing| backing == Backing::Anonymous;
        let special = sequence.ground.iter().filter(|one| {
            let mapped = one.made == Made::Mapped;
            !plain(one.backing) || one.vma.protection.is_shared() || !mapped
        });
        [
            sequence.body.len(),
            sequence.pages as usize,
            usize::from(sequence.source.is_some()),
            usize::from(sequence.populated.is_some()),
            usize::from(sequence.last),
            special.count(),
            usize::from(!sequence.inverse),
        ]
    }

    #[test]
    fn what_is_smaller_is_sound_and_shrinking_ends() {
        let families = Family::value_variants().to_vec();
        let kinds = MapKind::value_variants().to_vec();
        let mut generator = Generator::new(3, families, kinds);
        for _ in 0..1_000 {
            let sequence = generator.fresh();
            if sequence.body.is_empty() {
                continue;
            }
            for smaller in smaller_than(&sequence) {
                let (before, after) = (size(&sequence), size(&smaller));
                let is_less = before.iter().zip(&after).all(|(a, b)| b <= a);
                assert!(is_less && before != after, "{sequence:?}\n{smaller:?}");
                let source = smaller.source.as_ref().map_or(0, PageLayout::page_count);
                for call in &smaller.body {
                    assert!(
                        call.site_end_page() <= smaller.pages,
                        "{call} of {sequence:?}"
                    );
                    assert!(call.source_end_page() <= source, "{call} of {sequence:?}");
                    let text = call.to_string();
                    assert_eq!(text.parse::<Call>().as_ref(), Ok(call));
                }
            }
        }
    }

    #[test]
    fn a_page_less_moves_what_is_behind_it() {
        let call = |text: &str| text.parse::<Call>().unwrap();
        let without = |text: &str, page: u32| {
            let moved = |range: &Range<u32>| {
                let at = |one: u32| one - u32::from(one > page);
                at(range.start)..at(range.end)
            };
            without_page_of(&call(text), &moved).map(|call| call.to_string())
        };
        let less = |text: &str, page| without(text, page).unwrap_or_default();
        assert_eq!(less("mprotect 1..3 w", 0), "mprotect 0..2 w");
        assert_eq!(less("mprotect 1..3 w", 2), "mprotect 1..2 w");
        assert_eq!(without("mprotect 1..2 w", 1), None);
        assert_eq!(
            less("mremap source 0..2 onto 1", 1),
            "mremap source 0..1 onto 1"
        );
        assert_eq!(less("mremap 0..3 to 1", 1), "mremap 0..2 to 1");
        assert_eq!(
            less("mremap 0..2 onto 3 leaving nothing", 2),
            "mremap 0..2 onto 2 leaving nothing"
        );
        let smaller = "mremap 0..3 onto 4 leaving nothing to 2";
        assert_eq!(less(smaller, 3), "mremap 0..3 onto 3 leaving nothing to 2");
        assert_eq!(less(smaller, 0), "mremap 0..2 onto 3 leaving nothing");
        assert_eq!(less(smaller, 4), "mremap 0..3 onto 4 leaving nothing to 1");
        assert_eq!(less("fork", 0), "fork");
    }
}
