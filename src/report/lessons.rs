//! A lesson as text: for a pipe, a screen reader, a book.

use std::fmt::Write as _;

use crate::lesson::definition::{Answer, Lesson, Round, WatchedTarget};

/// Columns.
const WIDTH: usize = 80;

/// A text in which each `<name>` is replaced by the key of that action.
pub(crate) type WithKeys<'a> = dyn Fn(&str) -> String + 'a;

/// The text of a lesson at this place among all.
pub(crate) fn text(at: usize, lesson: &Lesson, keys: &WithKeys<'_>) -> String {
    let mut text = format!(
        "{}. {} ({} minutes)\n\n",
        at + 1,
        lesson.title,
        lesson.minutes
    );
    paragraphs(&mut text, &lesson.about);
    paragraphs(
        &mut text,
        &format!(
            "On the screen: {}. `vmascope learn {}` shows it.",
            watched(lesson),
            at + 1
        ),
    );
    for round in &lesson.rounds {
        text += "\n";
        put_round(&mut text, round, keys);
    }
    text
}

fn watched(lesson: &Lesson) -> String {
    match &lesson.watch.target {
        WatchedTarget::Own => "the address space of vmascope itself".into(),
        WatchedTarget::Scenario(name) => format!("the built-in modifier with the scenario {name}"),
        WatchedTarget::OwnScenario => "the built-in modifier with a scenario of yours".into(),
        WatchedTarget::Model { case, protocol } => {
            format!("the model, with the case {case} and the reader {protocol}")
        }
    }
}

fn put_round(text: &mut String, round: &Round, keys: &WithKeys<'_>) {
    let file = "~/.local/state/vmascope/own-scenario.toml";
    paragraphs(text, &keys(&round.tell).replace("{file}", file));
    text.push('\n');
    paragraphs(text, &format!("Predict: {}", round.ask));
    for (letter, answer) in ('a'..).zip(&round.answers) {
        indented(text, &format!("  {letter}  "), &answer.text);
    }
    for step in &round.steps {
        text.push('\n');
        indented(text, "Do:    ", &keys(&step.text));
        indented(text, "See:   ", &keys(&step.see));
    }
    text.push('\n');
    let said = |text: &mut String, letter: char, answer: &Answer, word: &str| {
        indented(
            text,
            &format!("  {letter}  "),
            &format!("{word} {}", answer.why),
        );
    };
    for (letter, answer) in ('a'..).zip(&round.answers) {
        let word = match (round.right_by_rule, answer.right) {
            (true, _) => "It depends.",
            (false, true) => "Right.",
            (false, false) => "No.",
        };
        said(text, letter, answer, word);
    }
    text.push('\n');
    paragraphs(text, &keys(&round.explain));
}

/// Paragraphs, each wrapped; a line that begins with spaces stays as it is.
fn paragraphs(text: &mut String, of: &str) {
    for line in of.trim_end().split('\n') {
        match line.starts_with(' ') {
            true => *text += line,
            false => *text += &textwrap::fill(line, WIDTH),
        }
        text.push('\n');
    }
}

fn indented(text: &mut String, begin: &str, of: &str) {
    let indent = " ".repeat(begin.chars().count());
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(begin)
        .subsequent_indent(&indent);
    // Writing into a text does not fail.
    let _ = writeln!(text, "{}", textwrap::fill(of.trim_end(), options));
}
