//! The file, key by key.

use clap::ValueEnum as _;
use toml::de::DeTable;

use super::entry::{Entry, entries};
use super::problem::{Problem, SettingsError, quoted};
use super::{Settings, columns, filters, keys, looks, rates};
use crate::tui::theme::ThemeName;

/// The names of the top, in the order in which they are printed.
const TOP: [&str; 7] = [
    "theme", "filter", "rates", "columns", "filters", "keys", "roles",
];

/// Reads settings; `origin`, the name of the file, is quoted in errors.
///
/// # Errors
/// [`SettingsError`] for the first line, from the top, that is no TOML, or has an
/// unknown key or a value that is none of its key's.
pub(crate) fn parse(text: &str, origin: &str) -> Result<Settings, SettingsError> {
    let read = || -> Result<Settings, Problem> {
        let root = DeTable::parse(text).map_err(|error| Problem {
            offset: error.span().map_or(0, |span| span.start),
            key: String::new(),
            problem: error.message().replace('\n', ", "),
        })?;
        let mut settings = Settings::default();
        for entry in entries(root.get_ref(), "") {
            read_into(&mut settings, &entry)?;
        }
        Ok(settings)
    };
    read().map_err(|problem| problem.of_file(origin, text))
}

fn read_into(settings: &mut Settings, entry: &Entry<'_>) -> Result<(), Problem> {
    match entry.name.as_str() {
        "theme" => {
            let name = entry.text()?;
            settings.theme = ThemeName::from_str(name, false).map_err(|_| {
                let names = ThemeName::value_variants().iter();
                let names = names.filter_map(|it| it.to_possible_value());
                let names: Vec<_> = names.map(|it| it.get_name().to_owned()).collect();
                entry.no(&format!(
                    "{} is no theme; there are {}",
                    quoted(name),
                    names.join(", ")
                ))
            })?;
        }
        "filter" => settings.filter = entry.text()?.to_owned(),
        "rates" => settings.rates = rates::read(&entry.section()?)?,
        "columns" => settings.columns = columns::read(&entry.section()?)?,
        "filters" => settings.named_filters = filters::read(&entry.section()?)?,
        "keys" => settings.keys = keys::read(&entry.section()?)?,
        "roles" => settings.looks = looks::read(&entry.section()?)?,
        _ => return Err(entry.unknown("setting", &TOP)),
    }
    Ok(())
}
