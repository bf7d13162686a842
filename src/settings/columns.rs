//! What the Space shows of each VMA.

use super::entry::Entry;
use super::problem::{Problem, quoted};
use crate::tui::space::columns::{Column, Columns, UsualColumns};

/// What a column is called in a file.
pub(super) fn name(column: Column) -> String {
    column.name().replace(' ', "-")
}

pub(super) fn read(section: &[Entry<'_>]) -> Result<UsualColumns, Problem> {
    let mut columns = UsualColumns::default();
    for entry in section {
        match entry.name.as_str() {
            "modifier" => columns.modifier = of(entry)?,
            "target" => columns.target = of(entry)?,
            _ => return Err(entry.unknown("list of columns", &["modifier", "target"])),
        }
    }
    Ok(columns)
}

fn of(entry: &Entry<'_>) -> Result<Columns, Problem> {
    let find = |wanted: &str| {
        let found = Column::ALL.into_iter().find(|it| name(*it) == wanted);
        found.ok_or_else(|| {
            let names = Column::ALL.map(name).join(", ");
            entry.no(&format!(
                "there is no column {}; there are {names}",
                quoted(wanted)
            ))
        })
    };
    let columns: Result<Vec<Column>, Problem> = entry.texts()?.into_iter().map(find).collect();
    Ok(Columns::of(&columns?))
}
