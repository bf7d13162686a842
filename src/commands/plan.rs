//! Which cases to run, by which rules.

use std::collections::BTreeMap;

use super::exit::Failure;
use super::populate::USUAL_PREFIX;
use super::repeats::without_repeats;
use crate::cli::check::{CheckArguments, MOST_READERS};
use crate::compare::kept::KeptRun;
use crate::events::run_info::{Populated, RunInfo};
use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::reader::Reader;
use crate::report::table::Widths;
use crate::scenario::catalogue::{Catalogue, scenarios};
use crate::scenario::definition::Scenario;
use crate::setup::evidence::gather_evidence;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::placement::Placement;

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) scenarios: Vec<&'static Scenario>,
    pub(crate) readers: Vec<Reader>,
    /// How many of each reader run at once.
    pub(crate) reader_count: u16,
}

impl Plan {
    /// Resolves the names on the command line;
    /// what it leaves open is as in the run
    /// to compare with, if there is one.
    pub(crate) fn new(arguments: &CheckArguments, kept: Option<&KeptRun>) -> Result<Self, Failure> {
        let catalogue = Catalogue::with_files(&arguments.scenario_files).map_err(Failure::usage)?;
        let mut names = arguments.scenarios.clone();
        let mut wanted = arguments.readers.clone();
        if names.is_empty() {
            match kept {
                Some(kept) => {
                    names.extend(kept.cases.iter().map(|it| it.case.scenario.clone()));
                }
                None if arguments.populate.is_some() => {
                    // Who names a file wants its scenarios, too.
                    let (built_in, of_files) = catalogue.scenarios().split_at(scenarios().len());
                    let replacing = built_in.iter();
                    let replacing = replacing.filter(|it| it.name.starts_with(USUAL_PREFIX));
                    names.extend(replacing.chain(of_files).map(|it| it.name.clone()));
                }
                None => names.push("all".into()),
            }
        }
        if wanted.is_empty() {
            match kept {
                Some(kept) => {
                    let readers = kept.cases.iter().map(|it| it.case.reader.parse());
                    let readers = readers.collect::<Result<Vec<Reader>, _>>();
                    wanted.extend(readers.map_err(|error| {
                        Failure::usage(anyhow::anyhow!("a reader of the run to compare: {error}"))
                    })?);
                }
                None => wanted.extend(Reader::USUAL),
            }
        }
        let scenarios = catalogue.select(&names).map_err(Failure::usage)?;
        let reader_count = arguments
            .reader_count
            .or(kept.map(|kept| kept.run.readers_at_once))
            .unwrap_or(1)
            .clamp(1, MOST_READERS);
        Ok(Plan {
            scenarios,
            readers: without_repeats(&wanted),
            reader_count,
        })
    }

    /// The cases: every scenario by every reader.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (&'static Scenario, Reader)> {
        self.scenarios
            .iter()
            .flat_map(|scenario| self.readers.iter().map(|reader| (*scenario, *reader)))
    }

    pub(crate) fn widths(&self) -> Widths {
        let scenarios = self.scenarios.iter().map(|scenario| scenario.name.len());
        let readers = self.readers.iter().map(|reader| reader.name().len());
        Widths {
            scenario: scenarios.max().unwrap_or(0).max("scenario".len()),
            reader: readers.max().unwrap_or(0).max("reader".len()),
        }
    }
}

/// The rule each reader is judged by, and why.
pub(crate) type Rules = BTreeMap<String, ReaderRule>;

/// Finds out what this kernel's readers do, unless the command line says it.
pub(crate) fn find_rules(
    arguments: &CheckArguments,
    plan: &Plan,
    facts: &mut KernelFacts,
    setup: &mut ModifierSetup,
) -> Result<Rules, Failure> {
    let forced = arguments.rule.rule();
    if forced.is_none() {
        gather_evidence(setup, facts, &plan.readers)?;
    }
    let rule = |reader: &Reader| forced.clone().unwrap_or_else(|| facts.rule_for(*reader));
    Ok(plan
        .readers
        .iter()
        .map(|reader| (reader.to_string(), rule(reader)))
        .collect())
}

pub(crate) fn run_info(
    plan: &Plan,
    placements: &[Placement],
    schedules: String,
    populated: Option<Populated>,
    facts: &KernelFacts,
    rules: &Rules,
) -> RunInfo {
    let rules: Vec<(Reader, ReaderRule)> = plan
        .readers
        .iter()
        .map(|reader| (*reader, rules[&reader.to_string()].clone()))
        .collect();
    let cases = plan.scenarios.len() * plan.readers.len();
    let last = plan.scenarios.iter().filter(|scenario| scenario.last);
    let placed_last: Vec<String> = last.map(|scenario| scenario.name.clone()).collect();
    let others = placed_last.len() < plan.scenarios.len();
    RunInfo {
        readers_at_once: plan.reader_count,
        placements: if others {
            placements.to_vec()
        } else {
            Vec::new()
        },
        placed_last,
        schedules,
        populated,
        ..crate::events::run_info::run_info(cases, facts, &rules)
    }
}
