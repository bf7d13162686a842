//! What is written on each kind of page.

use super::written::Text;
use crate::lesson::catalogue::lessons;
use crate::tui::learn::{Done, Help, Learn, SoFar};
use crate::tui::theme::Role;
use crate::tui::widgets::text::cut;

/// Columns of the reason for which a file was refused, at most.
const REASON: usize = 240;

/// What there is to know, the question, the answers.
pub(super) fn ask(learn: &Learn, round: usize, text: &mut Text<'_>) {
    let of = learn.round(round);
    if let Some(problem) = learn.own().and_then(|own| own.problem.as_ref()) {
        text.put_row(&format!("! Your file was refused: {problem}"), Role::Notice);
    }
    text.put(&of.tell, Role::Plain);
    text.blank();
    text.put(&of.ask, Role::Title);
    for (at, answer) in of.answers.iter().enumerate() {
        let is_chosen = at == learn.choice;
        let (mark, role) = match is_chosen {
            true => ("▶", Role::Selected),
            false => (" ", Role::Plain),
        };
        text.put_behind(&format!("{mark} {}", letter(at)), &answer.text, role);
    }
}

fn letter(at: usize) -> char {
    char::from(b'a' + at as u8)
}

/// What is asked for stays once it is done, above what there is to see then.
pub(super) fn what_to_do(learn: &Learn, text: &mut Text<'_>) {
    let Some(step) = learn.step() else { return };
    if let Some(problem) = learn.own().and_then(|own| own.problem.as_ref()) {
        let problem = cut(problem, REASON);
        let said = format!(
            "Your file was refused: {problem}. Mend it; <lesson-again> reads it anew. Until then \
             nothing here is yours."
        );
        return text.put(&said, Role::Notice);
    }
    let (role, before) = match learn.done {
        Done::No => {
            text.put(&step.text, Role::Plain);
            if learn.help != Help::None {
                text.put(&format!("Hint: {}", step.hint), Role::Notice);
            }
            return so_far(learn.so_far.as_ref(), text);
        }
        Done::Before => (Role::Dim, "Done already. "),
        Done::Now => (Role::Dim, ""),
    };
    text.put(&step.text, role);
    text.put_behind("✓", &format!("{before}{}", step.see), Role::Good);
}

/// In a row of its own, which is free until it is known.
fn so_far(so_far: Option<&SoFar>, text: &mut Text<'_>) {
    match so_far {
        None => text.blank(),
        Some(SoFar {
            text: said,
            elsewhere: true,
        }) => text.put_row(&format!("! {said}"), Role::Duplicate),
        Some(SoFar { text: said, .. }) => text.put_row(&format!("So far: {said}."), Role::Dim),
    }
}

/// What was said and what is right, and then all answers with their reasons.
pub(super) fn explain(learn: &Learn, round: usize, text: &mut Text<'_>) {
    let of = learn.round(round);
    let (right, said) = (learn.right(round), learn.answer(round));
    let verdict = match said {
        Some(said) if said == right => format!("You said {}, and so it is.", letter(said)),
        Some(said) => format!("You said {}. It is {}.", letter(said), letter(right)),
        None => format!("It is {}.", letter(right)),
    };
    text.put(&verdict, Role::Title);
    for (at, answer) in of.answers.iter().enumerate() {
        let (sign, role) = match at {
            at if at == right => ("✓", Role::Good),
            at if Some(at) == said => ("✗", Role::Duplicate),
            _ => ("·", Role::Dim),
        };
        text.put_behind(
            &format!("{sign} {}", letter(at)),
            &format!("{} {}", answer.text, answer.why),
            role,
        );
    }
    text.blank();
    text.put(&of.explain, Role::Plain);
}

pub(super) fn end(learn: &Learn, text: &mut Text<'_>) {
    let rounds = learn.lesson().rounds.len();
    let right = (0..rounds).filter(|round| learn.answer(*round) == Some(learn.right(*round)));
    text.put(
        &format!(
            "That was \"{}\". Of {rounds} predictions {} came true.",
            learn.lesson().title,
            right.count()
        ),
        Role::Title,
    );
    text.blank();
    match lessons().get(learn.at + 1) {
        Some(next) => {
            let minutes = next.minutes;
            text.put(
                &format!("Next: {}. {} ({minutes} minutes)", next.title, next.about),
                Role::Plain,
            );
        }
        None => text.put(
            "That was the last one. What now? `vmascope check` judges a kernel, `vmascope fuzz` \
             hunts, `vmascope attach` shows a process of yours.",
            Role::Plain,
        ),
    }
}
