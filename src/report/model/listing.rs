//! A trace in two columns, reader and writer, with the tree at each step.

use std::io;
use std::io::Write;

use crate::model::case::SITE;
use crate::model::describe::pages;
use crate::model::machine::{ModelState, ModelStep, ProtocolModel};
use crate::model::reader::Point;
use crate::model::trace::{Trace, TraceDiagram, TraceStep, explain, tree_strip};
use crate::model::verdict::Finding;
use crate::model::vma_diagram::draw_vmas;
use crate::report::page::wrapped;
use crate::report::style::{BAD, BOLD, DIM};

/// Columns of each of the two programs.
const COLUMN: usize = 31;
/// Columns of a page in the picture.
const PAGE: usize = 6;
/// Columns before the picture's boxes.
const CAPTION: usize = 22;

/// How many of the steps are the writer's.
pub(crate) fn writer_steps(steps: &[ModelStep]) -> usize {
    let writer = |step: &&ModelStep| matches!(step, ModelStep::Writer | ModelStep::WriterReuses(_));
    steps.iter().filter(writer).count()
}

/// Prints how a finding comes about; `chosen` says why in these steps.
pub(crate) fn print(
    model: &ProtocolModel<'_>,
    finding: &Finding,
    chosen: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let trace = Trace::of(model, &finding.steps);
    let violation = finding.kind.violation().is_some();
    let style = if violation { BAD } else { BOLD };
    let label = finding.label();
    let heading = format!(
        "{label} in {}, {} steps, {chosen}: {}",
        model.case.name,
        finding.steps.len(),
        model.case.operations.join(", then ")
    );
    let heading = wrapped(&heading, 0).join("\n");
    let (label, rest) = heading.split_at(label.len());
    writeln!(out, "\n{style}{label}{style:#}{rest}")?;
    let picture = trace.diagram(model, finding.printed.reader);
    if let Some(picture) = &picture {
        print_picture(picture, out)?;
    }
    let hole = picture.as_ref().and_then(|picture| picture.hole);
    writeln!(
        out,
        "{}\n",
        wrapped(&explain(&finding.printed, hole), 0).join("\n")
    )?;
    print_rows(model, &trace, out)
}

/// The three lines of the changelog.
fn print_picture(picture: &TraceDiagram, out: &mut impl Write) -> io::Result<()> {
    let found = picture.found_vma.map(|vma| draw_vmas(&[vma], None, PAGE));
    let rows = [
        ("reader found:", found.unwrap_or("nothing".into())),
        ("writer made it:", draw_vmas(&picture.made, None, PAGE)),
        (
            "reader reports:",
            draw_vmas(&picture.reported, picture.hole, PAGE),
        ),
    ];
    writeln!(out)?;
    for (caption, boxes) in rows {
        writeln!(out, "  {DIM}{caption:<0$}{DIM:#}{boxes}", CAPTION - 2)?;
    }
    writeln!(out)
}

fn print_rows(model: &ProtocolModel<'_>, trace: &Trace, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "  {DIM}  # {:<COLUMN$}  {:<COLUMN$}  tree{DIM:#}",
        "reader", "writer"
    )?;
    let skipped = before_the_site(&trace.rows);
    if skipped > 0 {
        writeln!(
            out,
            "  {DIM}{skipped:>3} has printed the fence before the site{DIM:#}"
        )?;
    }
    let mut tree = tree_strip(model, &trace.start);
    for (at, row) in trace.rows.iter().enumerate().skip(skipped) {
        let text = format!(
            "{}: {}",
            row.description.place.function, row.description.text
        );
        let wrapped = textwrap::wrap(
            &text,
            textwrap::Options::new(COLUMN).subsequent_indent("  "),
        );
        let column = match row.step {
            ModelStep::Reader(0) | ModelStep::NewChunk(0) => 0,
            ModelStep::Reader(_) | ModelStep::NewChunk(_) => 0,
            ModelStep::Writer | ModelStep::WriterReuses(_) | ModelStep::OtherTakes(_) => 1,
        };
        let now = tree_strip(model, &row.state);
        let shown = if now == tree && at > skipped {
            String::new()
        } else {
            now.clone()
        };
        tree = now;
        for (k, line) in wrapped.iter().enumerate() {
            let number = if k == 0 {
                (at + 1).to_string()
            } else {
                String::new()
            };
            let (left, right) = if column == 0 {
                (&**line, "")
            } else {
                ("", &**line)
            };
            let tree = if k == 0 { &*shown } else { "" };
            let text = format!("  {number:>3} {left:<COLUMN$}  {right:<COLUMN$}  {tree}");
            writeln!(out, "{}", text.trim_end())?;
        }
        if let Some(printed) = row.printed
            && printed.kind.violation().is_some()
        {
            let state = before(trace, at);
            let reader = &state.readers[usize::from(printed.reader)];
            let to = printed.line.map_or(model.case.end(), |line| line.0);
            let gap = if reader.position < to {
                format!(", nothing for {}", pages(reader.position, to))
            } else {
                String::new()
            };
            writeln!(out, "      {BAD}{}{gap}{BAD:#}", printed.kind.name())?;
        }
    }
    Ok(())
}

fn before(trace: &Trace, at: usize) -> &ModelState {
    match at {
        0 => &trace.start,
        at => &trace.rows[at - 1].state,
    }
}

/// The steps of a lone reader up to the fence before the site: they are the
/// same in every trace.
pub(crate) fn before_the_site(rows: &[TraceStep]) -> usize {
    let printed = rows.iter().position(|row| {
        row.state.readers[0].position == SITE && row.state.readers[0].point == Point::Next
    });
    let end = printed.map_or(0, |at| at + 1);
    let alone = rows[..end]
        .iter()
        .all(|row| row.step == ModelStep::Reader(0));
    if alone { end } else { 0 }
}
