//! What a case asks of the stage: which placement, in which of its variants,
//! read in what pieces.

use crate::kernel::features::Reader;
use crate::observation::Placement;
use crate::target::scenario::Scenario;

/// How to lay a scenario out and read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Who reads.
    pub reader: Reader,
    /// Where the sites stand relative to the reader's chunks.
    pub placement: Placement,
    /// Which of the placement's variants, from 0: see [`Setting::variants`].
    pub variant: usize,
    /// The caller's buffer, in bytes; none: what the placement wants.
    pub read_size: Option<usize>,
    /// How many sites; none: as many as the placement wants.
    pub sites: Option<usize>,
}

impl Setting {
    /// The first variant of a placement.
    #[must_use]
    pub fn new(reader: Reader, placement: Placement) -> Self {
        Setting {
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
    /// * all others have one.
    #[must_use]
    pub fn variants(&self, scenario: &Scenario) -> Vec<Setting> {
        let is_text = !self.reader.queries();
        let count = match self.placement {
            Placement::Sweep if is_text => scenario.original.vmas().len(),
            Placement::Low if is_text && self.read_size.is_none() => {
                let lines = scenario.states().map(|strip| strip.vmas().len());
                // Behind the last line of all nothing can tear any more.
                1 + (lines.max().unwrap_or(1) - 1).max(1)
            }
            _ => 1,
        };
        (0..count)
            .map(|variant| Setting {
                variant,
                ..self.clone()
            })
            .collect()
    }
}
