//! `vmascope step`: manual mode without a screen.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::{Exit, Failure, is_unread};
use super::signals::{patience, stop_flag};
use crate::cli::step::{StepArguments, StepFormat};
use crate::linux::features::{KernelFacts, ReaderRule};
use crate::linux::file::ProcFile;
use crate::linux::kernel_text::in_plain_words;
use crate::linux::proc_file_name::ProcFileName;
use crate::linux::reader::Reader;
use crate::modifier::options::ModifierOptions;
use crate::report::output::stdout_for;
use crate::report::steps::{StepHeading, StepPrinter};
use crate::scenario::definition::Scenario;
use crate::setup::error::SetupError;
use crate::setup::evidence::gather_evidence;
use crate::setup::modifier_setup::ModifierSetup;
use crate::setup::placement::Placement;
use crate::setup::prepared_scenario::PreparedScenario;
use crate::stepping::script::Script;
use crate::stepping::step::{ManualStep, ReadSize, keys, parse_steps};
use crate::stepping::stepper::Stepper;
use crate::stepping::way_to_duplicate::WayToDuplicate;
use crate::text::sanitise::sanitise;

/// Slots of the arena: two chunks of lines.
const SLOTS: u32 = 140;

pub(crate) fn run(arguments: &StepArguments) -> Result<Exit, Failure> {
    let steps = parse_steps(&arguments.steps.join(" ")).map_err(Failure::usage)?;
    let scenario = crate::scenario::catalogue::find(&arguments.scenario).map_err(Failure::usage)?;
    let stop = stop_flag()?;
    let mut facts = KernelFacts::detect()?;
    let mut setup = ModifierSetup::new(&ModifierOptions {
        slots: SLOTS,
        patience: patience(&stop),
        ..ModifierOptions::default()
    })?;
    let rule = match arguments.rule.rule() {
        Some(rule) => rule,
        None => {
            gather_evidence(&mut setup, &mut facts, &[Reader::Maps])?;
            facts.rule_for(Reader::Maps)
        }
    };
    let prepared = match setup.set(scenario, Reader::Maps, Placement::Boundary) {
        Ok(prepared) => prepared,
        Err(error) if error.is_skip() => return skip(error),
        Err(error) => return Err(error.into()),
    };
    let finished = setup.modifier().pause_at_original()?;
    let file = ProcFile::open(setup.pid(), ProcFileName::Maps)?;
    let manual = Stepper::new(Script::of(&prepared), rule.rule, file, finished)?;
    let is_json = arguments.format == StepFormat::Json;
    let out = stdout_for(!is_json);
    let mut session = Session {
        setup,
        manual,
        printer: StepPrinter::new(out, is_json),
        stop,
    };
    let heading = heading(
        scenario,
        &prepared,
        &facts,
        &rule,
        &session.manual.way_to_duplicate(),
    );
    Ok(session.go(arguments, &heading, &steps)?)
}

fn skip(error: SetupError) -> Result<Exit, Failure> {
    let mut failure = Failure::from(error);
    failure.exit = Exit::AllSkipped;
    Err(failure)
}

fn heading(
    scenario: &Scenario,
    prepared: &PreparedScenario,
    facts: &KernelFacts,
    rule: &ReaderRule,
    way: &WayToDuplicate,
) -> StepHeading {
    StepHeading {
        scenario: scenario.name.clone(),
        summary: scenario.summary.clone(),
        kernel: format!("Linux {}", sanitise(facts.release.text.as_bytes())),
        rule: rule.rule.to_string(),
        reader: in_plain_words(Reader::Maps, rule.rule),
        why: rule.why.clone(),
        site: (prepared.site.start, prepared.site.end),
        states: scenario.states().map(ToString::to_string).collect(),
        shortest: match way {
            WayToDuplicate::Steps(steps) => Some(keys(steps)),
            WayToDuplicate::None(_) | WayToDuplicate::Unknown => None,
        },
    }
}

struct Session<W> {
    setup: ModifierSetup,
    manual: Stepper<ProcFile>,
    printer: StepPrinter<W>,
    stop: Arc<AtomicBool>,
}

impl<W: Write> Session<W> {
    fn go(
        &mut self,
        arguments: &StepArguments,
        heading: &StepHeading,
        steps: &[ManualStep],
    ) -> anyhow::Result<Exit> {
        is_unread(self.printer.heading(heading))?;
        is_unread(
            self.printer
                .step(&self.manual.record(&self.manual.before())),
        )?;
        if arguments.size.size() != ReadSize::default() {
            self.step(ManualStep::Size)?;
        }
        for step in steps {
            self.step(*step)?;
        }
        let mut exit = Exit::Held;
        if (arguments.shortest || steps.is_empty()) && !self.step_to_a_duplicate()? {
            exit = Exit::AllSkipped;
        }
        is_unread(self.printer.flush())?;
        Ok(if self.manual.violations() > 0 || self.manual.is_astray() {
            Exit::Violation
        } else {
            exit
        })
    }

    fn step(&mut self, step: ManualStep) -> anyhow::Result<()> {
        anyhow::ensure!(
            !self.stop.load(Ordering::Relaxed),
            "interrupted before all steps were taken; run it again"
        );
        let before = self.manual.before();
        let modifier = self.setup.modifier();
        self.manual.step(step, || modifier.step())?;
        is_unread(self.printer.step(&self.manual.record(&before)))?;
        Ok(())
    }

    /// Goes the shortest way to a duplicate; whether there is one.
    fn step_to_a_duplicate(&mut self) -> anyhow::Result<bool> {
        match self.manual.way_to_duplicate() {
            WayToDuplicate::Steps(steps) => {
                for step in steps {
                    self.step(step)?;
                }
                return Ok(true);
            }
            WayToDuplicate::None(elsewhere) => self.manual.tell_none(elsewhere.as_deref()),
            WayToDuplicate::Unknown => self.manual.tell_unknown(),
        }
        let mut told = self.manual.record(&self.manual.before());
        told.key = None;
        told.call.clear();
        is_unread(self.printer.step(&told))?;
        Ok(false)
    }
}
