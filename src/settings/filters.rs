//! Filters of the Space that have a name.

use super::entry::Entry;
use super::problem::Problem;
use crate::tui::space::named_filter::NamedFilter;

pub(super) fn read(section: &[Entry<'_>]) -> Result<Vec<NamedFilter>, Problem> {
    let filter = |entry: &Entry<'_>| {
        let name = entry.name.clone();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(entry.no("a filter's name is typed as one word: leave spaces out"));
        }
        let words = entry.text()?.to_owned();
        Ok(NamedFilter { name, words })
    };
    section.iter().map(filter).collect()
}
