//! What came of walks that were drawn, as a table with traces.

use std::io;
use std::io::Write;

use super::listing;
use crate::model::case::ModelCase;
use crate::model::machine::ProtocolModel;
use crate::model::protocols::Protocol;
use crate::model::verdict_table::VerdictTable;
use crate::model::walk::{Broken, DEPTH, Drawn, WalksVerdict};
use crate::report::page::{TERMINAL, at_spaces, wrapped};
use crate::report::style::{BAD, BOLD, DIM};
use crate::text::number::{count, grouped};

/// Whether no walk broke a promise.
pub(crate) fn holds(study: &VerdictTable<WalksVerdict>) -> bool {
    study.verdicts.iter().flatten().all(|it| it.found.is_none())
}

/// What is printed for people, row by row: of many models only those in which
/// something was found, and with one reader the traces.
#[derive(Debug)]
pub(crate) struct WalksPrinter<W> {
    out: W,
    drawn: Drawn,
    /// Whether the rows are those of one reader, or of each case.
    one_reader: bool,
    only_found: bool,
    /// Columns of the names.
    names: usize,
    /// Above the rows that come.
    group: Option<String>,
    /// How many rows were left out.
    left_out: u64,
}

impl<W: Write> WalksPrinter<W> {
    /// Prints the head.
    pub(crate) fn begin(
        mut out: W,
        drawn: Drawn,
        cases: &[ModelCase],
        protocols: &[Protocol],
        readers: u8,
    ) -> io::Result<Self> {
        let head = format!(
            "not this kernel: {} and a writer that goes on for ever, at most {} of each case and \
             reader, drawn by priorities from seed {} on.",
            count(readers.into(), "reader"),
            count(drawn.most, "walk"),
            drawn.seed,
        );
        let head = textwrap::fill(&format!("The model, {head}"), TERMINAL);
        let (first, rest) = head.split_at("The model".len());
        writeln!(out, "{BOLD}{first}{BOLD:#}{rest}")?;
        let one_reader = protocols.len() == 1;
        let names = match one_reader {
            true => cases.iter().map(|case| case.name.len()).max(),
            false => protocols.iter().map(|one| one.name.len()).max(),
        };
        let printer = WalksPrinter {
            out,
            drawn,
            one_reader,
            only_found: cases.len() > 1 && protocols.len() > 1,
            names: names.unwrap_or(0).max("reader".len()),
            group: None,
            left_out: 0,
        };
        printer.with_columns()
    }

    fn with_columns(mut self) -> io::Result<Self> {
        let name = if self.one_reader { "case" } else { "reader" };
        let figures = self.figures("walks", "steps", "promised");
        writeln!(
            self.out,
            "\n  {DIM}{name:<0$}{figures}  first violation, seed{DIM:#}",
            self.names
        )?;
        self.out.flush()?;
        Ok(self)
    }

    fn figures(&self, walks: &str, steps: &str, promised: &str) -> String {
        let most = grouped(self.drawn.most).len().max("walks".len());
        format!("  {walks:>most$}  {steps:>0$}  {promised:>11}", most + 2)
    }

    /// Prints what came of the walks of one model.
    pub(crate) fn row(
        &mut self,
        model: &ProtocolModel<'_>,
        verdict: &WalksVerdict,
    ) -> io::Result<()> {
        if self.only_found && verdict.found.is_none() {
            self.left_out += 1;
            return Ok(());
        }
        let (case, reader) = (&*model.case.name, model.protocol.name);
        let (name, group) = match self.one_reader {
            true => (case, reader),
            false => (reader, case),
        };
        if self.group.as_deref() != Some(group) {
            writeln!(self.out, "  {BOLD}{group}{BOLD:#}")?;
            self.group = Some(group.to_owned());
        }
        let figures = self.figures(
            &grouped(verdict.walks),
            &grouped(verdict.steps),
            &grouped(verdict.promised),
        );
        let row = format!("{name:<0$}{figures}  ", self.names);
        match &verdict.found {
            None => writeln!(self.out, "  {row}none found")?,
            Some((seed, broken)) => {
                let found = format!("{}, {seed}", broken.word());
                let indent = row.chars().count() + 2;
                let found = wrapped(&found, indent).join(&format!("\n{}", " ".repeat(indent)));
                writeln!(self.out, "{BAD}✗{BAD:#} {row}{BAD}{found}{BAD:#}")?;
            }
        }
        self.out.flush()
    }

    /// Prints what is to be said of all of them.
    pub(crate) fn end(mut self, study: &VerdictTable<WalksVerdict>) -> io::Result<()> {
        let out = &mut self.out;
        if self.left_out > 0 {
            let others = count(self.left_out, "other");
            writeln!(out, "  {DIM}none found in {others}{DIM:#}")?;
        }
        let depth = self.drawn.depth;
        let verdicts = || study.verdicts.iter().flatten();
        let threads = same_of(verdicts().map(|it| it.threads as u64), "n", "threads");
        let steps = same_of(verdicts().map(|it| it.most_steps), ", k", "steps at most");
        let promise = format!(
            "promised: a violation of depth {depth} that k steps can show is met once in \
             n·k^{} walks on average, or sooner; {threads}{steps} of a walk (Burckhardt et al., ASPLOS \
             2010). Threads are the writer and, of each reader, itself and what may befall it: that \
             the structure it has found is used again, by the writer or by another process, and \
             that its chunk is full.",
            depth - 1
        );
        writeln!(out, "\n{DIM}{}{DIM:#}", wrapped(&promise, 0).join("\n"))?;
        if self.one_reader {
            print_traces(study, self.drawn, out)?;
        }
        let nothing = "Walks that find nothing prove nothing; without --walks every interleaving \
                       is visited.";
        writeln!(out, "\n{}", wrapped(nothing, 0).join("\n"))?;
        out.flush()
    }
}

/// `n = 5 threads` where that is so of all, else `n threads`.
fn same_of(mut all: impl Iterator<Item = u64>, letter: &str, what: &str) -> String {
    match all.next().filter(|first| all.all(|it| it == *first)) {
        Some(number) => format!("{letter} = {} {what}", grouped(number)),
        None => format!("{letter} {what}"),
    }
}

/// For each kind of violation the first walk in which it was found.
fn print_traces(
    study: &VerdictTable<WalksVerdict>,
    drawn: Drawn,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut words = Vec::new();
    for (case, row) in study.verdicts.iter().enumerate() {
        let found = row.first().and_then(|verdict| verdict.found.as_ref());
        let Some((seed, broken)) = found.filter(|(_, it)| !words.contains(&it.word())) else {
            continue;
        };
        words.push(broken.word());
        let model = study.model(case, 0);
        if let Broken::Violation(finding) = broken {
            listing::print(&model, finding, &format!("drawn by seed {seed}"), out)?;
        }
        writeln!(out, "\nThe same again:")?;
        print_command(&again(&model, drawn.depth, *seed), out)?;
        if let Some(stepper) = in_the_stepper(&model, drawn.depth, *seed) {
            writeln!(out, "Step by step:")?;
            print_command(&stepper, out)?;
        }
    }
    Ok(())
}

/// A command as a shell takes it, in as many lines as it needs.
fn print_command(arguments: &str, out: &mut impl Write) -> io::Result<()> {
    let options = at_spaces(TERMINAL - 2)
        .initial_indent("  vmascope ")
        .subsequent_indent("    ");
    let lines = textwrap::wrap(arguments, options);
    writeln!(out, "{}", lines.join(" \\\n"))
}

/// The command that prints this walk.
pub(super) fn again(model: &ProtocolModel<'_>, depth: u32, seed: u64) -> String {
    let (case, reader) = (&model.case.name, model.protocol.name);
    let mut command = format!("protocol --case {case} --reader {reader}");
    // A case that the catalogue has at the end is there without being asked to.
    if model.case.last && !model.case.catalogued {
        command += " --last";
    }
    if model.readers > 1 {
        command += &format!(" --readers {}", model.readers);
    }
    format!("{command} --walks 1 --seed {seed}{}", depth_option(depth))
}

/// The command that opens this walk in the application, where it has the case.
pub(super) fn in_the_stepper(model: &ProtocolModel<'_>, depth: u32, seed: u64) -> Option<String> {
    let (case, reader) = (&model.case.name, model.protocol.name);
    let depth = depth_option(depth);
    (model.case.catalogued && model.readers == 1)
        .then(|| format!("demo --scenario {case} --protocol {reader} --seed {seed}{depth}"))
}

fn depth_option(depth: u32) -> String {
    match depth {
        DEPTH => String::new(),
        depth => format!(" --depth {depth}"),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::model::case::cases;
    use crate::model::protocols::PROTOCOLS;

    /// What is printed of walks from a seed on, with its styles stripped.
    fn printed(cases: Vec<ModelCase>, protocols: Vec<Protocol>, drawn: Drawn) -> String {
        let mut out = anstream::StripStream::new(Vec::new());
        let mut printer =
            WalksPrinter::begin(&mut out, drawn, &cases, &protocols, 1).expect("memory");
        let study = drawn.study(cases, protocols, 1, 2, |model, verdict| {
            printer.row(model, verdict).expect("memory");
            ControlFlow::Continue(())
        });
        printer.end(&study.expect("not ended")).expect("memory");
        String::from_utf8(out.into_inner()).expect("UTF-8")
    }

    #[test]
    fn no_row_is_wider_than_a_terminal() {
        let all = || cases().unwrap();
        for (seed, most) in [(1, 30), (u64::MAX - 5, 3)] {
            let drawn = Drawn {
                seed,
                depth: 3,
                most,
            };
            let mut texts = vec![printed(all(), PROTOCOLS.to_vec(), drawn)];
            texts.extend(PROTOCOLS.map(|one| printed(all(), vec![one], drawn)));
            for text in texts {
                assert!(text.contains("seed\n"), "{text}");
                // The pictures and the steps of a trace are as wide as its site.
                let (table, traces) = text.split_once("\npromised").unwrap();
                let commands = traces.lines().filter(|line| line.contains("vmascope"));
                for line in table.lines().chain(commands) {
                    assert!(line.chars().count() <= TERMINAL, "{line}");
                }
            }
        }
    }

    #[test]
    fn rows_come_in_order_and_end_when_told_to() {
        let drawn = Drawn {
            seed: 1,
            depth: 3,
            most: 3,
        };
        let pairs = || (cases().unwrap(), PROTOCOLS.to_vec());
        let (all, protocols) = pairs();
        let mut told = Vec::new();
        let study = drawn.study(all, protocols, 1, 4, |model, _| {
            told.push((model.case.name.clone(), model.protocol.name));
            ControlFlow::Continue(())
        });
        let study = study.expect("not ended");
        let of_case = |case: &ModelCase| {
            let name = case.name.clone();
            study
                .protocols
                .iter()
                .map(move |one| (name.clone(), one.name))
        };
        let expected: Vec<_> = study.cases.iter().flat_map(of_case).collect();
        assert_eq!(told, expected);
        let (all, protocols) = pairs();
        let mut count = 0;
        let ended = drawn.study(all, protocols, 1, 4, |_, _| {
            count += 1;
            match count {
                5 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
        assert!(ended.is_none() && count == 5);
    }
}
