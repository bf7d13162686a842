//! How large a letter of a layout may be where what is mapped is faulted in.

use anyhow::{anyhow, bail};

use super::exit::Failure;
use crate::cli::check::CheckArguments;
use crate::compare::kept::KeptRun;
use crate::events::run_info::Populated;
use crate::linux::memory::{address_space_limit, available_memory};
use crate::linux::process::page_size;
use crate::scenario::arena::SLOT_PAGES;
use crate::scenario::definition::Scenario;
use crate::text::number::{bytes, exact_bytes};

/// Of what is available so much is left to others: one part of so many is used.
const SHARE: u64 = 2;

/// The scenarios that are run where none is named: all but these are about
/// splits and merges, which take no longer for that.
pub(crate) const USUAL_PREFIX: &str = "replace";

/// Refuses a size that is not that of the run to compare with: what lasts longer is
/// seen more often.
///
/// # Errors
/// A line that names both.
pub(crate) fn same_as_kept(arguments: &CheckArguments, kept: &KeptRun) -> Result<(), Failure> {
    let before = kept.run.populated.as_ref().map(|kept| kept.letter_bytes);
    match arguments.populate {
        Some(asked) if before != Some(asked) => {
            let asked = exact_bytes(asked);
            let before = before.map_or_else(|| "none".to_owned(), exact_bytes);
            Err(Failure::usage(anyhow!(
                "--populate {asked} cannot be compared with a run that had {before}; leave \
                 --populate out to have the same"
            )))
        }
        _ => Ok(()),
    }
}

/// The size that is asked for, by the command line or the run to compare with.
pub(crate) fn populate_asked(arguments: &CheckArguments, kept: Option<&KeptRun>) -> Option<u64> {
    let kept = kept.and_then(|kept| kept.run.populated.as_ref());
    arguments.populate.or(kept.map(|kept| kept.letter_bytes))
}

/// What was asked for, as far as memory and the limit on address space allow, for
/// so many sites in an arena of so many slots.
///
/// # Errors
/// Where a scenario cannot be enlarged, or not even a page can be had.
pub(crate) fn populated(
    asked: u64,
    scenarios: &[&Scenario],
    sites: usize,
    slots: u32,
) -> Result<Populated, Failure> {
    if let Some(scenario) = scenarios.iter().find(|it| it.has_special_calls()) {
        return Err(Failure::usage(anyhow!(
            "scenario `{}` has calls besides mmap, munmap, mprotect and mremap, which --populate \
             cannot enlarge; leave it out with --scenario",
            scenario.name
        )));
    }
    let page = page_size();
    let written = scenarios.iter().map(|scenario| scenario.pages_written());
    let written = written.max().unwrap_or(0).max(1) as u64 * sites as u64;
    let arena = u64::from(slots * SLOT_PAGES);
    let memory = available_memory().map(|available| {
        let most = available.bytes / SHARE / written;
        let (there, says) = (bytes(available.bytes), available.says);
        let why = format!("{there} are available ({says}), of which at most half is used");
        (most, why)
    });
    let address_space = address_space_limit().map(|limit| {
        let there = bytes(limit);
        let why = format!("{there} of address space are allowed (`ulimit -v`)");
        (limit / SHARE / arena, why)
    });
    let limits = [memory, address_space].into_iter().flatten();
    fit(asked, page, limits).map_err(Failure::from)
}

/// The size, in whole pages, that no limit forbids; with each limit, what it is.
fn fit(
    asked: u64,
    page: u64,
    limits: impl Iterator<Item = (u64, String)>,
) -> anyhow::Result<Populated> {
    let whole_pages = |size: u64| size / page * page;
    let asked = whole_pages(asked.max(page));
    let least = limits.min_by_key(|(most, _)| *most);
    let (most, why) = match least.filter(|(most, _)| *most < asked) {
        Some((most, why)) => (whole_pages(most), Some(why)),
        None => (asked, None),
    };
    match why {
        Some(why) if most == 0 => bail!(
            "cannot fault in even a page: {why}; raise that limit, free memory, or leave \
             --populate out"
        ),
        why_less => Ok(Populated {
            letter_bytes: most,
            asked_bytes: asked,
            why_less,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tightest_limit_makes_it_less_and_is_named() {
        let fit = |asked, limits: &[(u64, &str)]| {
            let limits = limits.iter().map(|(most, why)| (*most, (*why).to_owned()));
            fit(asked, 4096, limits)
        };
        let populated = fit(64 << 20, &[(1 << 30, "a"), (10_000, "b"), (20_000, "c")]).unwrap();
        assert_eq!(
            populated.to_string(),
            "each page of a layout stands for 8 KiB, and what operations map is faulted in, \
             without huge pages; 64 MiB were asked for, but b"
        );
        let whole = fit(10_000, &[(8192, "a")]).unwrap();
        assert_eq!((whole.letter_bytes, whole.why_less), (8192, None));
        assert_eq!(fit(1, &[]).unwrap().letter_bytes, 4096);
        let none = fit(8192, &[(4095, "b")]).unwrap_err().to_string();
        assert!(
            none.starts_with("cannot fault in even a page: b; "),
            "{none}"
        );
    }
}
