//! What the model itself prints is explained, whatever it is.

use std::collections::HashSet;

use crate::algorithms::breadth_first::BreadthFirst;
use crate::model::case::cases;
use crate::model::interleaving::{Operations, Sight, Sighting};
use crate::model::machine::{ModelStep, ProtocolModel};
use crate::model::protocols::PROTOCOLS;
use crate::model::reader::{Line, Point};
use crate::model::trace::Trace;

/// Each way in which a line, or the end, comes after another, with the steps of a
/// shortest interleaving to it.
fn outcomes(model: &ProtocolModel<'_>) -> Vec<Vec<ModelStep>> {
    let mut search = BreadthFirst::from(model.start());
    let (mut known, mut outcomes) = (HashSet::new(), Vec::new());
    while let Some((from, state)) = search.visit() {
        model.each_step(&state, |step| {
            let (next, printed) = model.step(&state, step);
            search.reach(from, step, next);
            let reader = &state.readers[0];
            let before = (reader.last_start, reader.position);
            if printed.is_some_and(|printed| known.insert((before, printed))) {
                outcomes.push(search.steps_through(from, step));
            }
        });
    }
    outcomes
}

/// What a reader of these steps has printed, in which chunks, and the operations
/// during the last of those.
fn seen(model: &ProtocolModel<'_>, trace: &Trace) -> Sighting {
    let (mut sights, mut chunk, mut chunks) = (Vec::new(), 0, Vec::new());
    let (mut finished, mut begun) = (0, 0);
    for (at, row) in trace.rows.iter().enumerate() {
        let before = trace.before(at);
        match row.step {
            ModelStep::NewChunk(_) if row.printed.is_none() => chunk += 1,
            ModelStep::Reader(_) if before.readers[0].point == Point::Start => {
                // An end may have been decided in the chunk before.
                chunks.push(finished);
            }
            ModelStep::Writer | ModelStep::WriterReuses(_) => {
                begun += u64::from(!before.waits && !model.case.operation_began(before.writer));
                let is_over = before.writer != row.state.writer
                    && !model.case.operation_began(row.state.writer);
                finished += u64::from(is_over);
            }
            _ => {}
        }
        if let Some(printed) = row.printed {
            let before = sights.last().map_or(chunk, |(_, chunk)| *chunk);
            sights.push(match printed.line {
                Some(line) => (Sight::Line(line), chunk),
                None => (Sight::End, before),
            });
        }
    }
    let during = Operations {
        finished: sights.last().map_or(0, |(_, chunk)| chunks[*chunk]),
        begun,
    };
    Sighting {
        marked: sights.len() - 1,
        sights,
        from: 0,
        is_cut: false,
        filter: None,
        during: Some(during),
        causes: Vec::new(),
    }
}

fn printed(trace: &Trace) -> Vec<Option<Line>> {
    let rows = trace.rows.iter().filter_map(|row| row.printed);
    rows.map(|printed| printed.line).collect()
}

#[test]
fn all_that_a_model_prints_is_explained_by_the_shortest_way_to_it() {
    let (mut all, mut shorter) = (0, 0);
    for case in cases().unwrap() {
        for protocol in PROTOCOLS.into_iter().filter(|it| !it.query) {
            let model = ProtocolModel::new(&case, protocol, 1);
            let at = format!("{} in {}", protocol.name, case.name);
            for steps in outcomes(&model) {
                let trace = Trace::of(&model, &steps);
                let sighting = seen(&model, &trace);
                let found = sighting.shortest(&model);
                let found = found.unwrap_or_else(|states| {
                    panic!("{at}: {states} states, {sighting:?}, {:#?}", trace.rows)
                });
                let again = Trace::from(&model, found.start, &found.steps);
                assert_eq!(again.rows.len(), found.steps.len(), "{at}");
                assert_eq!(printed(&again), printed(&trace), "{at}");
                assert_eq!(found.marked + 1, found.steps.len(), "{at}");
                let chunks = |trace: &Trace| {
                    let sighting = seen(&model, trace);
                    sighting.sights
                };
                assert_eq!(chunks(&again), sighting.sights, "{at}");
                assert!(found.steps.len() <= steps.len(), "{at}");
                let matters = again.step_that_matters(&model, found.marked);
                if let Some(matters) = &matters {
                    assert!(matters.row <= found.marked && !matters.sentence.is_empty());
                }
                shorter += usize::from(found.steps.len() < steps.len());
                all += 1;
            }
        }
    }
    assert!(all > 5_000 && shorter > 0, "{all}, {shorter}");
}
