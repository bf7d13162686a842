//! A scenario under way: its sampler, its queries, and what to show of them.

use std::sync::Arc;
use std::time::Duration;

use super::live::{LiveQueries, PageAnswers};
use super::picture::Context;
use super::report_totals::CaseTotals;
use super::scan_view::ScanView;
use super::snapshot::{Scene, ShownPair};
use super::state::SessionState;
use crate::events::case::{CaseInfo, CaseKey};
use crate::events::event::Event;
use crate::linux::features::ReaderRule;
use crate::linux::features::rule::Rule;
use crate::linux::reader::Reader;
use crate::modifier::counters::Counters;
use crate::oracle::pairs::{PairForm, PairTable};
use crate::oracle::tally::Tally;
use crate::sampling::Published;
use crate::sampling::describe::FindContext;
use crate::sampling::finds::Found;
use crate::sampling::options::{Dwell, SamplerError, SamplerOptions, Watched};
use crate::scenario::definition::Scenario;
use crate::setup::error::SetupError;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::prepared_scenario::PreparedScenario;
use crate::setup::schedule::Schedule;
use crate::text::number::nanoseconds;

/// The least time between two violations of queries that are described.
const QUERY_FINDS: Duration = Duration::from_millis(100);

/// The reader shown and the one asked beside it.
pub(crate) const READERS: [Reader; 2] = [Reader::Maps, Reader::Query];

/// One scenario, laid out and read.
pub(crate) struct Running {
    pub(crate) prepared: PreparedScenario,
    pub(crate) scene: Arc<Scene>,
    pub(crate) counters: Counters,
    pub(crate) still: bool,
    pub(crate) view: ScanView,
    pub(crate) answers: PageAnswers,
    pub(crate) query_tally: Tally,
    pub(crate) pairs: Arc<Vec<ShownPair>>,
    began: Duration,
    query_finds_from: Duration,
    queries: Option<LiveQueries>,
    key: CaseKey,
    query_key: CaseKey,
}

/// Where a scenario stands in the catalogue, and how to run it.
pub(crate) struct Plan<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) number: (usize, usize),
    pub(crate) rules: &'a [(Reader, ReaderRule)],
    pub(crate) has_query: bool,
}

impl Running {
    /// Starts to read what was set up; the modifier runs.
    pub(crate) fn start(
        setup: &mut ModifierSetup,
        prepared: PreparedScenario,
        plan: &Plan<'_>,
        state: &mut SessionState,
    ) -> Result<Self, SamplerError> {
        let began = state.now();
        let scene = Arc::new(scene(&prepared, plan));
        let modifier = setup.modifier();
        let counters = modifier.counters();
        modifier.set_pace(prepared.usual_pace());
        modifier.run().map_err(SetupError::from)?;
        let rule = |wanted| plan.rules.iter().find(|(reader, _)| *reader == wanted);
        let maps = rule(Reader::Maps).map_or(Rule::LINE_END, |(_, rule)| rule.rule);
        let key = |reader: Reader| CaseKey {
            scenario: plan.scenario.name.clone(),
            reader: reader.to_string(),
        };
        let (key, query_key) = (key(Reader::Maps), key(Reader::Query));
        let options = SamplerOptions {
            pid: setup.pid(),
            reader: Reader::Maps,
            rule: maps,
            extent: prepared.extent,
            schedule: Dwell::Find.into(),
            shared_file: None,
            rate: state.rate,
            watched: Watched::Modifier {
                states: prepared.states.clone(),
                counters: counters.clone(),
            },
        };
        let sampler = state.sample(&options, &found_in(&prepared, &key))?;
        let queries = match rule(Reader::Query).filter(|_| plan.has_query) {
            Some((_, rule)) => Some(LiveQueries::new(
                setup.pid(),
                prepared.states.clone(),
                counters.clone(),
                rule.rule.granularity,
                prepared.site.letter_bytes,
                state.kept.as_ref().map(|kept| {
                    let found_in = found_in(&prepared, &query_key);
                    kept.queries(rule.rule, &found_in, (prepared.site.letter_bytes, began))
                }),
            )?),
            None => None,
        };
        Ok(Running {
            prepared,
            scene,
            view: ScanView::new(sampler, maps.granularity, state.trigger),
            counters,
            still: false,
            answers: PageAnswers::default(),
            query_tally: Tally::default(),
            pairs: Arc::default(),
            began,
            query_finds_from: began,
            queries,
            key,
            query_key,
        })
    }

    /// Takes the scan that was asked for, if it came, and asks for the next;
    /// whether there is something new to show.
    pub(crate) fn update_view(&mut self, now: Duration) -> bool {
        let context = Context {
            site: Some((&self.scene.site, &self.prepared.states)),
        };
        self.view.update(now, context)
    }

    /// Asks `PROCMAP_QUERY` for each page of the site; whether it answers
    /// otherwise than before, and something that no correct kernel answers.
    pub(crate) fn ask(&mut self, now: Duration) -> (bool, Option<Event>) {
        let Some(queries) = &mut self.queries else {
            return (false, None);
        };
        let at_ns = nanoseconds(now - self.began);
        // A target that is gone is noticed elsewhere, with the reason.
        let Ok((answers, find)) = queries.ask(&mut self.query_tally, at_ns) else {
            return (false, None);
        };
        let find = find.filter(|_| now >= self.query_finds_from).map(|find| {
            self.query_finds_from = now + QUERY_FINDS;
            self.describe(find, &self.query_key)
        });
        (self.answers.renew(now, answers), find)
    }

    /// Takes the table of pairs, if a newer one was left; whether it was.
    pub(crate) fn count_pairs(&mut self) -> bool {
        let Some(table) = self.view.sampler.pairs() else {
            return false;
        };
        let rows = pair_rows(&table, self.prepared.state_infos.len());
        let is_new = *self.pairs != rows;
        if is_new {
            self.pairs = Arc::new(rows);
        }
        is_new
    }

    /// The next thing that the sampler found.
    pub(crate) fn next_find(&mut self) -> Option<Event> {
        let find = self.view.sampler.next_found()?;
        Some(self.describe(find, &self.key))
    }

    fn describe(&self, find: Found, case: &CaseKey) -> Event {
        found_in(&self.prepared, case).describe(find)
    }

    /// The results so far, of both readers.
    pub(crate) fn results(&self, now: Duration, published: &Published) -> Vec<CaseTotals> {
        let totals = |case: &CaseKey, tally: &Tally| CaseTotals {
            case: case.clone(),
            tally: tally.clone(),
            operations: self.counters.operations(),
            elapsed_ns: nanoseconds(now - self.began),
        };
        let mut results = vec![totals(&self.key, &published.tally)];
        if self.queries.is_some() {
            results.push(totals(&self.query_key, &self.query_tally));
        }
        results
    }

    /// The infos of both cases, for the report.
    pub(crate) fn infos(&self) -> Vec<CaseInfo> {
        let info = &self.scene.info;
        let mut query = info.clone();
        query.case = self.query_key.clone();
        vec![info.clone(), query]
    }
}

/// Where what is found is found.
fn found_in<'a>(prepared: &'a PreparedScenario, case: &'a CaseKey) -> FindContext<'a> {
    FindContext {
        case,
        placement: prepared.placement,
        schedule: Some(Schedule::Dwell),
        reader_index: 0,
        states: &prepared.states,
    }
}

fn scene(prepared: &PreparedScenario, plan: &Plan<'_>) -> Scene {
    let rule = plan.rules.first().map(|(_, rule)| rule.rule.to_string());
    Scene {
        info: CaseInfo {
            case: CaseKey {
                scenario: plan.scenario.name.clone(),
                reader: Reader::Maps.to_string(),
            },
            number: (1, 1),
            summary: plan.scenario.summary.clone(),
            placement: prepared.placement,
            site: (prepared.site.start, prepared.site.end),
            rule: rule.unwrap_or_default(),
            states: prepared.state_infos.clone(),
            boundary: prepared.boundary.clone(),
        },
        site: prepared.site.start..prepared.site.end,
        stops_early: prepared.extent.until.is_some(),
        letter_bytes: prepared.site.letter_bytes,
        number: plan.number,
    }
}

/// The table of neighbouring lines, to show.
pub(crate) fn pair_rows(table: &PairTable, states: usize) -> Vec<ShownPair> {
    table
        .rows()
        .into_iter()
        .map(|row| ShownPair {
            form: match row.form {
                PairForm::Original => "original".into(),
                PairForm::Modified(_) if states == 2 => "modified".into(),
                PairForm::Modified(state) => format!("state {state}"),
                PairForm::Mixed => "mixed".into(),
                PairForm::Duplicate => "duplicate".into(),
                PairForm::Backward => "backward".into(),
                PairForm::OtherViolation => "violation".into(),
                PairForm::Hole => "hole".into(),
            },
            previous: row.previous,
            line: row.line,
            across_boundary: row.across_boundary,
            count: row.count,
            must_never: row.must_never,
        })
        .collect()
}
