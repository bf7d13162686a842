//! All scenarios there are: the built-in ones, and those of other files.

use std::path::Path;
use std::sync::LazyLock;

use super::definition::{Scenario, ScenarioError};
use super::scenario_file::{ALL, parse_scenarios};
use crate::linux::small_file::read_text;

/// Most bytes a file of scenarios may have: a thousand times what the built-in
/// ones have between them would be a mistake, not a catalogue.
const MOST: u64 = 4 << 20;

/// The built-in scenarios.
pub fn scenarios() -> &'static [Scenario] {
    static CATALOGUE: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
        parse_scenarios(include_str!("scenarios.toml"), "the built-in catalogue")
            .expect("the built-in catalogue is part of the program and a unit test reads it")
    });
    &CATALOGUE
}

/// The built-in scenarios, and one more behind them, for as long as the program runs.
pub(crate) fn scenarios_and(one: Scenario) -> &'static [Scenario] {
    let mut all = scenarios().to_vec();
    all.push(one);
    Vec::leak(all)
}

/// The place among `scenarios` of the one of that name.
///
/// # Errors
/// [`ScenarioError::Unknown`].
pub(crate) fn place_of(scenarios: &[Scenario], name: &str) -> Result<usize, ScenarioError> {
    let place = scenarios.iter().position(|one| one.name == name);
    place.ok_or_else(|| unknown(scenarios, name))
}

/// The one scenario of a text, which `origin` says where it is from.
///
/// # Errors
/// As [`Catalogue::with_files`].
pub(crate) fn own_scenario(text: &str, origin: &str) -> Result<Scenario, ScenarioError> {
    let mut found = parse_scenarios(text, origin)?;
    let count = found.len();
    let own = found.pop().filter(|_| count == 1);
    let own = own.ok_or_else(|| ScenarioError::File {
        path: origin.to_owned(),
        problem: format!("it holds {count} scenarios; one is wanted here"),
    })?;
    match scenarios().iter().any(|one| one.name == own.name) {
        true => Err(ScenarioError::Taken {
            name: own.name,
            origin: origin.to_owned(),
        }),
        false => Ok(own),
    }
}

/// The built-in scenario of that name; else [`ScenarioError::Unknown`], which
/// lists the names that exist.
pub fn find(name: &str) -> Result<&'static Scenario, ScenarioError> {
    find_in(scenarios(), name)
}

/// The one of that name among `scenarios`.
fn find_in<'a>(
    scenarios: impl IntoIterator<Item = &'a Scenario> + Clone,
    name: &str,
) -> Result<&'a Scenario, ScenarioError> {
    let mut all = scenarios.clone().into_iter();
    let found = all.find(|scenario| scenario.name == name);
    found.ok_or_else(|| unknown(scenarios, name))
}

fn unknown<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>, name: &str) -> ScenarioError {
    let names = scenarios.into_iter().map(|scenario| &*scenario.name);
    ScenarioError::Unknown {
        name: name.to_owned(),
        known: names.collect::<Vec<_>>().join(", "),
    }
}

/// The scenarios that can be asked for by name.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    scenarios: Vec<&'static Scenario>,
}

impl Catalogue {
    /// The built-in scenarios, and those of other files (TOML, as
    /// `scenarios.toml`). An error, one line, for the first file that cannot be
    /// read or whose scenarios make no sense, or a name that is taken.
    pub(crate) fn with_files<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Self, ScenarioError> {
        let mut catalogue = Catalogue {
            scenarios: scenarios().iter().collect(),
        };
        for path in paths {
            catalogue.add_file(path.as_ref())?;
        }
        Ok(catalogue)
    }

    fn add_file(&mut self, path: &Path) -> Result<(), ScenarioError> {
        let origin = path.display().to_string().escape_debug().to_string();
        let text = read_text(path, MOST).map_err(|error| ScenarioError::File {
            path: origin.clone(),
            problem: error.to_string(),
        })?;
        let added = parse_scenarios(&text, &origin)?;
        for scenario in &added {
            if self.scenarios.iter().any(|one| one.name == scenario.name) {
                return Err(ScenarioError::Taken {
                    name: scenario.name.clone(),
                    origin,
                });
            }
        }
        // A few scenarios a command line, for as long as the program runs, as
        // the built-in ones.
        let added: &'static [Scenario] = Vec::leak(added);
        self.scenarios.extend(added);
        Ok(())
    }

    /// The same as one list, for as long as the program runs.
    pub(crate) fn list(&self) -> &'static [Scenario] {
        match self.scenarios.len() == scenarios().len() {
            true => scenarios(),
            false => Vec::leak(self.scenarios.iter().copied().cloned().collect()),
        }
    }

    /// All of them, the built-in ones first.
    #[must_use]
    pub(crate) fn scenarios(&self) -> &[&'static Scenario] {
        &self.scenarios
    }

    /// The ones of these names, each once, in the order of the names; `all`
    /// stands for all of them.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<&'static Scenario>, ScenarioError> {
        let mut selected: Vec<&'static Scenario> = Vec::new();
        for name in names {
            if name == ALL {
                selected.extend(&self.scenarios);
            } else {
                selected.push(find_in(self.scenarios.iter().copied(), name)?);
            }
        }
        let mut seen = std::collections::HashSet::new();
        selected.retain(|scenario| seen.insert(&*scenario.name));
        Ok(selected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::page_layout::PageLayout;
    use tempfile::NamedTempFile;

    fn file(name: &str, text: &str) -> NamedTempFile {
        let file = NamedTempFile::with_prefix(name).unwrap();
        std::fs::write(&file, text).unwrap();
        file
    }

    fn one(name: &str) -> String {
        format!(
            "[[scenario]]\nname = \"{name}\"\nsummary = \"s\"\noriginal = \"rr\"\noperations = [\n\
             {{ call = \"mprotect 0..1 w\", state = \"w r\" }},\n\
             {{ call = \"mprotect 0..1 r\", state = \"rr\" }},\n]\n"
        )
    }

    #[test]
    fn files_add_scenarios_and_names_do_not_clash() {
        let (good, taken) = (file("good", &one("mine")), file("taken", &one("split")));
        let catalogue = Catalogue::with_files([&good]).unwrap();
        let count = scenarios().len();
        assert_eq!(catalogue.scenarios().len(), count + 1);
        let names = ["mine".to_owned(), "all".to_owned()];
        let selected = catalogue.select(&names).unwrap();
        assert_eq!(
            (selected.len(), &*selected[0].name, &*selected[1].name),
            (count + 1, "mine", "split")
        );
        for (paths, says) in [
            (vec![&good, &good], "scenario `mine` of "),
            (vec![&taken], "scenario `split` of "),
        ] {
            let error = Catalogue::with_files(paths).unwrap_err().to_string();
            assert!(
                error.starts_with(says) && error.contains("taken"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_one_line() {
        let broken = file("broken", "[[scenario]]\nname = 3\n");
        for (path, says) in [
            (Path::new("/nowhere/at/all"), "No such file"),
            (Path::new("/"), "directory"),
            (broken.path(), "line 2"),
        ] {
            let error = Catalogue::with_files([path]).unwrap_err().to_string();
            assert!(
                error.contains(says) && error.lines().count() == 1,
                "{error}"
            );
        }
    }

    #[test]
    fn the_catalogue_is_sound() {
        assert_eq!(scenarios().len(), 26);
        for scenario in scenarios() {
            assert!(!scenario.always_mapped().is_empty(), "{}", scenario.name);
            let changes = scenario
                .states()
                .skip(1)
                .all(|state| *state != scenario.original);
            assert!(changes, "{}", scenario.name);
        }
    }

    #[test]
    fn a_scenario_is_found_by_name_and_an_unknown_one_says_what_there_is() {
        assert_eq!(find("split").unwrap().original.to_string(), "rrr");
        let message = find("spilt").unwrap_err().to_string();
        assert!(
            message.starts_with("no scenario `spilt`; there are split, resize, "),
            "{message}"
        );
    }

    #[test]
    fn states_go_round() {
        let scenario = find("replace-two").unwrap();
        let states: Vec<String> = scenario.states().map(PageLayout::to_string).collect();
        assert_eq!(states, ["r w r w", "r xx w", "r w x w"]);
        assert_eq!(scenario.state_after(3).to_string(), "r w r w");
        assert_eq!(scenario.state_after(5).to_string(), "r w x w");
    }
}
