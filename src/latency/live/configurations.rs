//! Each configuration that was seen, and the times of all calls under it.

use super::recorded::ratio;
use super::{Counts, LabConfiguration, READERS};
use crate::latency::load::Load;
use crate::latency::times::Times;

/// In the order they were first seen in; nobody reads under the first one.
#[derive(Debug)]
pub(super) struct Configurations {
    all: Vec<(Counts, Times)>,
    current: usize,
}

impl Default for Configurations {
    fn default() -> Self {
        Configurations {
            all: vec![Default::default()],
            current: 0,
        }
    }
}

impl Configurations {
    /// The one there is now, by its place among them.
    pub(super) fn current(&self) -> usize {
        self.current
    }

    pub(super) fn current_times(&mut self) -> &mut Times {
        &mut self.all[self.current].1
    }

    /// The current configuration is now the one with these readers.
    pub(super) fn select(&mut self, counts: Counts) {
        let found = self.all.iter().position(|(known, _)| *known == counts);
        self.current = found.unwrap_or_else(|| {
            self.all.push((counts, Times::default()));
            self.all.len() - 1
        });
    }

    pub(super) fn summaries(&self) -> Vec<LabConfiguration> {
        let base = self.all[0].1.summary();
        let summaries = self.all.iter().map(|(counts, times)| {
            let summary = times.summary();
            LabConfiguration {
                name: name(*counts),
                summary,
                ratio: ratio(&summary, &base),
            }
        });
        summaries.collect()
    }
}

/// `none`, `maps`, `2 maps + smaps`.
fn name(counts: Counts) -> String {
    let parts: Vec<String> = READERS
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(reader, count)| match count {
            1 => reader.to_string(),
            count => format!("{count} {reader}"),
        })
        .collect();
    match parts.is_empty() {
        true => Load::NONE.to_string(),
        false => parts.join(" + "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_have_names() {
        for (counts, text) in [
            ([0; 5], "none"),
            ([1, 0, 0, 0, 0], "maps"),
            ([2, 0, 1, 0, 0], "2 maps + smaps"),
        ] {
            assert_eq!(name(counts), text);
        }
    }
}
