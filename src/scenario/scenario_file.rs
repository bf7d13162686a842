//! Reading scenarios from text (TOML, as in `scenarios.toml`) and checking
//! that each makes sense.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;

use super::call::Call;
use super::definition::{
    MAX_OPERATIONS, MAX_SETUP_CALLS, Scenario, ScenarioError, ScenarioOperation,
};
use super::page_layout::PageLayout;
use super::special_call::SpecialCall;
use crate::linux::known_holes::{KnownHole, KnownHoles};
use crate::text::line_number::line_number;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    summary: String,
    review: Option<String>,
    known_holes: Option<Vec<String>>,
    known_holes_last: Option<Vec<String>>,
    original: String,
    #[serde(default)]
    setup: Vec<String>,
    source: Option<String>,
    #[serde(default)]
    last: bool,
    operations: Vec<OperationEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OperationEntry {
    call: String,
    state: String,
}

/// The scenarios that `text` describes; `origin` (a file name) is quoted in
/// errors.
///
/// # Errors
///
/// [`ScenarioError::Syntax`] where the text is not TOML with the fields of
/// `scenarios.toml`, [`ScenarioError::Invalid`] for the first scenario that
/// makes no sense: an unknown letter or call, a page out of range, no
/// operations or too many, a last state that is not the original one, a name
/// given twice.
pub fn parse_scenarios(text: &str, origin: &str) -> Result<Vec<Scenario>, ScenarioError> {
    let file: File = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        ScenarioError::Syntax {
            origin: origin.to_owned(),
            line: line_number(text, offset),
            problem: error.message().replace('\n', ", "),
        }
    })?;
    let mut names = HashSet::new();
    let mut scenarios = Vec::with_capacity(file.scenario.len());
    for entry in file.scenario {
        let name = entry.name.clone();
        let scenario = entry.check().and_then(|scenario| {
            if names.insert(scenario.name.clone()) {
                Ok(scenario)
            } else {
                Err(Invalid::new(
                    "name",
                    "it is taken; give each scenario its own",
                ))
            }
        });
        scenarios.push(scenario.map_err(|invalid| ScenarioError::Invalid {
            origin: origin.to_owned(),
            scenario: name.escape_debug().to_string(),
            field: invalid.field,
            problem: invalid.problem,
        })?);
    }
    Ok(scenarios)
}

/// What stands for all scenarios on a command line, so none may be called so.
pub(crate) const ALL: &str = "all";

/// A field and what is wrong with it.
struct Invalid {
    field: String,
    problem: String,
}

impl Invalid {
    fn new(field: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self {
            field: field.to_string(),
            problem: problem.to_string(),
        }
    }
}

impl Entry {
    fn check(self) -> Result<Scenario, Invalid> {
        let name_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name == ALL {
            return Err(Invalid::new(
                "name",
                "`all` means every scenario; use another",
            ));
        }
        if self.name.is_empty() || !self.name.chars().all(name_letter) {
            return Err(Invalid::new("name", "use a-z, 0-9 and - only"));
        }
        one_line("summary", &self.summary)?;
        self.review
            .as_deref()
            .map_or(Ok(()), |review| one_line("review", review))?;
        let holes = |field, names: &Option<Vec<String>>| {
            let names = names.as_deref();
            names.map(|names| known_holes_of(field, names)).transpose()
        };
        let known_holes = holes("known_holes", &self.known_holes)?;
        let known_holes_last = holes("known_holes_last", &self.known_holes_last)?;
        let original = page_layout("original", &self.original)?;
        let source = self
            .source
            .map(|text| page_layout("source", &text))
            .transpose()?;
        if self.setup.len() > MAX_SETUP_CALLS {
            let problem = format!(
                "there are {}; use at most {MAX_SETUP_CALLS}",
                self.setup.len()
            );
            return Err(Invalid::new("setup", problem));
        }
        let setup = self.setup.iter().enumerate().map(|(index, text)| {
            let field = format!("setup[{index}]");
            call(&field, text, &original, source.as_ref())
        });
        let setup = setup.collect::<Result<Vec<Call>, _>>()?;
        let is_heap = |call: &&Call| matches!(call, Call::Special(SpecialCall::Heap { .. }));
        let heaps = setup.iter().filter(is_heap).count();
        if heaps > 1 {
            let problem = format!("it has {heaps} heaps; a process has one");
            return Err(Invalid::new("setup", problem));
        }
        match self.operations.len() {
            0 => {
                return Err(Invalid::new(
                    "operations",
                    "there are none; give at least one",
                ));
            }
            count if count > MAX_OPERATIONS => {
                let problem = format!("there are {count}; use at most {MAX_OPERATIONS}");
                return Err(Invalid::new("operations", problem));
            }
            _ => {}
        }
        let mut operations = Vec::with_capacity(self.operations.len());
        for (index, operation) in self.operations.into_iter().enumerate() {
            let operation = operation.check(index, &original, source.as_ref())?;
            let problem = match &operation.call {
                Call::Special(call) if call.is_for_setup() => {
                    "it cannot be undone; use it in setup"
                }
                Call::Special(SpecialCall::Brk { .. }) if heaps == 0 => {
                    "the heap is elsewhere; put `heap A..B` into setup"
                }
                _ => {
                    operations.push(operation);
                    continue;
                }
            };
            let field = format!("operations[{index}].call");
            let problem = format!("`{}`: {problem}", operation.call);
            return Err(Invalid::new(field, problem));
        }
        if let Some(last) = operations.last().filter(|last| last.state != original) {
            let field = format!("operations[{}].state", operations.len() - 1);
            let problem = format!(
                "the last state is `{}`; it must be `{original}` again",
                last.state
            );
            return Err(Invalid::new(field, problem));
        }
        let calls = setup.iter().chain(operations.iter().map(|one| &one.call));
        if heaps > 0 && calls.clone().any(Call::is_of_huge_pages) {
            let problem = "a heap has pages of the usual size, and those of hugetlb are huge; use \
                           one of the two";
            return Err(Invalid::new("setup", problem));
        }
        if calls.clone().all(|call| !matches!(call, Call::Special(_))) {
            // Only private anonymous VMAs, which the kernel merges.
            let states = operations
                .iter()
                .enumerate()
                .map(|(index, one)| (format!("operations[{index}].state"), &one.state));
            for (field, layout) in [("original".to_owned(), &original)]
                .into_iter()
                .chain(states)
            {
                layout
                    .check_merged()
                    .map_err(|error| Invalid::new(field, format!("`{layout}`: {error}")))?;
            }
        }
        let Self {
            name,
            summary,
            review,
            last,
            ..
        } = self;
        Ok(Scenario {
            name,
            summary,
            review,
            known_holes,
            known_holes_last,
            original,
            setup,
            source,
            last,
            operations,
        })
    }
}

impl OperationEntry {
    fn check(
        self,
        index: usize,
        original: &PageLayout,
        source: Option<&PageLayout>,
    ) -> Result<ScenarioOperation, Invalid> {
        let field = format!("operations[{index}].call");
        let call = call(&field, &self.call, original, source)?;
        let field = format!("operations[{index}].state");
        let state = page_layout(&field, &self.state)?;
        if state.page_count() != original.page_count() {
            let problem = format!(
                "`{state}` has {} pages, the original {}; write a . for each unmapped page",
                state.page_count(),
                original.page_count()
            );
            return Err(Invalid::new(field, problem));
        }
        Ok(ScenarioOperation { call, state })
    }
}

/// A call that stays on the site and in its source.
fn call(
    field: &str,
    text: &str,
    original: &PageLayout,
    source: Option<&PageLayout>,
) -> Result<Call, Invalid> {
    let call: Call = text.parse().map_err(|error| Invalid::new(field, error))?;
    let beyond = |end: u32, what: &str, pages: u32| {
        let problem = format!("`{call}` reaches page {}; {what} has {pages}", end - 1);
        Err(Invalid::new(field, problem))
    };
    if call.site_end_page() > original.page_count() {
        return beyond(call.site_end_page(), "the site", original.page_count());
    }
    let source_pages = source.map_or(0, PageLayout::page_count);
    if call.source_end_page() > source_pages {
        return beyond(call.source_end_page(), "the source", source_pages);
    }
    Ok(call)
}

fn known_holes_of(field: &str, names: &[String]) -> Result<KnownHoles, Invalid> {
    let hole_of = |name: &String| {
        let mut holes = KnownHole::ALL.into_iter();
        holes.find(|hole| hole.label() == name).ok_or_else(|| {
            let problem = format!("`{}` is not H1, H2 or H3", name.escape_debug());
            Invalid::new(field, problem)
        })
    };
    names.iter().map(hole_of).collect()
}

fn page_layout(field: &str, text: &str) -> Result<PageLayout, Invalid> {
    text.parse()
        .map_err(|error| Invalid::new(field, format!("`{}`: {error}", text.escape_debug())))
}

fn one_line(field: &str, text: &str) -> Result<(), Invalid> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(Invalid::new(field, "write one line of text"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = r#"
        [[scenario]]
        name = "one"
        summary = "does it"
        original = "rrr"
        operations = [
            { call = "mmap 0..1 x", state = "x rr" },
            { call = "mmap 0..1 r", state = "rrr" },
        ]
    "#;

    fn error(from: &str, to: &str) -> String {
        assert!(SOUND.contains(from), "the sound text has no {from}");
        let text = SOUND.replace(from, to);
        parse_scenarios(&text, "a.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_bad_scenario_gives_one_line_with_its_name_and_field() {
        assert!(parse_scenarios(SOUND, "a.toml").is_ok());
        for (from, to, expected) in [
            (
                "\"x rr\"",
                "\"q rr\"",
                "scenario `one` of a.toml, operations[0].state: `q rr`: `q` is",
            ),
            (
                "0..1 x",
                "0..4 x",
                "operations[0].call: `mmap 0..4 x` reaches page 3; the site has 3",
            ),
            (
                "mmap 0..1 x",
                "mremap source 0..1 onto 0",
                "operations[0].call: `mremap source 0..1 onto 0` reaches page 0; the source has 0",
            ),
            ("mmap 0..1 x", "brk", "operations[0].call: `brk` is no call"),
            (
                "mmap 0..1 x",
                "brk 2",
                "operations[0].call: `brk 2`: the heap is elsewhere; put `heap A..B` into setup",
            ),
            (
                "mmap 0..1 x",
                "mseal 0..1",
                "operations[0].call: `mseal 0..1`: it cannot be undone; use it in setup",
            ),
            (
                "original =",
                "setup = [\"heap 0..1\", \"heap 1..2\"]\noriginal =",
                "setup: it has 2 heaps; a process has one",
            ),
            (
                "original =",
                "setup = [\"heap 0..1\", \"mmap 1..2 r hugetlb 0\"]\noriginal =",
                "setup: a heap has pages of the usual size, and those of hugetlb are huge; use one \
                 of the two",
            ),
            (
                "\"x rr\"",
                "\"x r\"",
                "operations[0].state: `x r` has 2 pages, the original 3",
            ),
            (
                "state = \"rrr\"",
                "state = \"xxx\"",
                "operations[1].state: the last state is `xxx`",
            ),
            (
                "\"one\"",
                "\"One\"",
                "scenario `One` of a.toml, name: use a-z",
            ),
            ("\"one\"", "\"all\"", "name: `all` means every scenario"),
            (
                "original =",
                "known_holes = [\"H4\"]\noriginal =",
                "known_holes: `H4` is not H1, H2 or H3",
            ),
            (
                "\"does it\"",
                "\"a\\u001bb\"",
                "summary: write one line of text",
            ),
            (
                "summary",
                "sumary",
                "scenarios of a.toml, line 4: unknown field `sumary`",
            ),
        ] {
            let message = error(from, to);
            assert!(message.contains(expected), "{message}");
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }

    #[test]
    fn counts_and_names_are_checked() {
        let twice = parse_scenarios(&SOUND.repeat(2), "a.toml")
            .unwrap_err()
            .to_string();
        assert!(twice.contains("name: it is taken"), "{twice}");
        let start = SOUND.find("operations").unwrap();
        let with = |list: String| {
            let text = format!("{}operations = [{list}]", &SOUND[..start]);
            parse_scenarios(&text, "a.toml").unwrap_err().to_string()
        };
        assert!(with(String::new()).contains("operations: there are none"));
        let many = with("{ call = \"mmap 0..3 r\", state = \"rrr\" },".repeat(17));
        assert!(
            many.contains("operations: there are 17; use at most 16"),
            "{many}"
        );
    }
}
