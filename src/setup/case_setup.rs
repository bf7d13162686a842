//! What a case asks of the set-up: which placement, in which of its variants,
//! read in what pieces.

use super::placement::Placement;
use crate::linux::reader::Reader;
use crate::scenario::definition::Scenario;

/// How to lay a scenario out and read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSetup {
    /// Who reads.
    pub reader: Reader,
    /// Where the sites stand relative to the reader's chunks.
    pub placement: Placement,
    /// Which of the placement's variants, from 0: see [`CaseSetup::variants`].
    pub variant: usize,
    /// The caller's buffer, in bytes; none: what the placement wants.
    pub read_size: Option<usize>,
    /// How many sites; none: as many as the placement wants.
    pub sites: Option<usize>,
}

impl CaseSetup {
    /// The first variant of a placement.
    #[must_use]
    pub fn new(reader: Reader, placement: Placement) -> Self {
        CaseSetup {
            reader,
            placement,
            variant: 0,
            read_size: None,
            sites: None,
        }
    }

    /// The variants of a placement, which together cover what it promises:
    ///
    /// * `sweep`: each line of the original site is the last of its chunk;
    /// * `low`: one read generates the whole site and the line behind it; then
    ///   the first read ends behind each line of the site in turn;
    /// * `last`: a short scan in one read, then a whole scan, then short ones with
    ///   a chunk boundary behind each line of the site in turn;
    /// * all others have one.
    ///
    /// A scenario about the end of the address space is always placed there.
    #[must_use]
    pub fn variants(&self, scenario: &Scenario) -> Vec<CaseSetup> {
        let setting = self.for_scenario(scenario);
        let lines = scenario.states().map(|strip| strip.vmas().len());
        // Behind the last line of all nothing can tear any more.
        let boundaries = (lines.max().unwrap_or(1) - 1).max(1);
        let (reader, its_own_size) = (setting.reader, setting.read_size.is_none());
        let count = match setting.placement {
            Placement::Sweep if !reader.queries() => scenario.original.vmas().len(),
            Placement::Low if !reader.queries() && its_own_size => 1 + boundaries,
            Placement::Last if reader == Reader::Maps && its_own_size => 2 + boundaries,
            // A query reads nothing else, and a chunk of smaps is a few VMAs.
            Placement::Last if reader != Reader::Query => 2,
            _ => 1,
        };
        (0..count)
            .map(|variant| CaseSetup {
                variant,
                ..setting.clone()
            })
            .collect()
    }

    /// The same, placed where the scenario can be.
    #[must_use]
    pub(crate) fn for_scenario(&self, scenario: &Scenario) -> CaseSetup {
        let placement = if scenario.last {
            Placement::Last
        } else if scenario.is_sealed() {
            // A modifier can lay it out only once: no place can be tried.
            Placement::Low
        } else {
            self.placement
        };
        CaseSetup {
            placement,
            ..self.clone()
        }
    }
}
