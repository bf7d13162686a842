//! A comparison as text for people, and as JSON.

use serde_json::{Value, json};

use crate::compare::{Comparison, ComparisonRow, LEAST_RATIO, LEVEL, Trend};
use crate::text::number::{grouped, three_digits};

/// Names shown of what could not be compared.
const MAX_NAMES: usize = 4;

/// The lines of the comparison with the run that was kept in `path`.
pub(crate) fn lines(comparison: &Comparison, path: &str) -> Vec<String> {
    let mut lines = vec![format!("Compared with {path}: {}", comparison.then)];
    for text in &comparison.new_violations {
        lines.push(format!("  NEW    {text}; that run has none of the kind"));
    }
    for (verdict, name) in [(Trend::Worse, "worse "), (Trend::Better, "better")] {
        for row in comparison.with(verdict) {
            lines.push(format!("  {name} {}", row_text(row)));
        }
    }
    let same = comparison.with(Trend::NoDifference).count();
    let all = comparison.rows.len();
    lines.push(format!(
        "  no difference that these counts can show in {same} of {all} figures (a verdict is a \
         ratio of {LEAST_RATIO} at least, with an error of {} % in all of them together)",
        LEVEL * 100.0
    ));
    let few = comparison.with(Trend::TooFew).count();
    if few > 0 {
        lines.push(format!(
            "  too few for a claim in {few} of {all} figures: had all that was seen been in one \
             of the two runs, it could still be chance; let both run for longer"
        ));
    }
    if !comparison.other_pace.is_empty() {
        let (place, then, now) = &comparison.other_pace[0];
        lines.push(format!(
            "  {} of the placements ran at another pace, such as {place}: {then:.2} operations a \
             scan then, {now:.2} now; tears and holes follow the pace, so compare quiet machines \
             of one kind",
            comparison.other_pace.len()
        ));
    }
    let left_out = &comparison.not_compared;
    if !left_out.is_empty() {
        let more = if left_out.len() > MAX_NAMES {
            ", …"
        } else {
            ""
        };
        let names = &left_out[..left_out.len().min(MAX_NAMES)];
        lines.push(format!(
            "  only in one of the two, so not compared: {}{more}",
            names.join("; ")
        ));
    }
    lines
}

/// These [`lines`] as one text, with `prefix` before each.
pub(crate) fn prefixed(prefix: &str, comparison: &Comparison, path: &str) -> String {
    let lines = lines(comparison, path).into_iter();
    lines.map(|line| format!("{prefix}{line}\n")).collect()
}

fn row_text(row: &ComparisonRow) -> String {
    let (low, high) = row.compared.interval;
    let (ratio, interval) = if row.compared.ratio.is_finite() {
        (
            format!("×{}", number(row.compared.ratio)),
            format!("{} to {}", number(low), number(high)),
        )
    } else {
        ("from none".into(), format!("×{} at least", number(low)))
    };
    let count =
        |(events, scans): (u64, u64)| format!("{} in {} scans", grouped(events), grouped(scans));
    format!(
        "{}, {}: {} from {} to {}, {ratio} ({interval})",
        row.case,
        row.place,
        row.figure,
        count(row.then),
        count(row.now),
    )
}

fn number(ratio: f64) -> String {
    match ratio {
        f64::INFINITY => "any".into(),
        9_999.5.. => format!("{ratio:.0}"),
        0.01.. | 0.0 => three_digits(ratio),
        _ => format!("{ratio:.1e}"),
    }
}

/// The comparison with the run in `path`, as JSON.
pub(crate) fn json(comparison: &Comparison, path: &str) -> Value {
    // JSON has no infinity.
    let finite = |number: f64| number.is_finite().then_some(number);
    let rows: Vec<Value> = comparison
        .rows
        .iter()
        .map(|row| {
            let verdict = match row.trend() {
                Trend::Better => "better",
                Trend::Worse => "worse",
                Trend::NoDifference => "no difference",
                Trend::TooFew => "too few",
            };
            json!({
                "case": row.case,
                "placement": row.place,
                "figure": row.figure.to_string(),
                "then": { "events": row.then.0, "scans": row.then.1 },
                "now": { "events": row.now.0, "scans": row.now.1 },
                "dispersion": row.dispersion.factor,
                "ratio": finite(row.compared.ratio),
                "interval": [finite(row.compared.interval.0), finite(row.compared.interval.1)],
                "p": row.compared.p,
                "p_holm": row.corrected,
                "verdict": verdict,
            })
        })
        .collect();
    let other_pace: Vec<Value> = comparison
        .other_pace
        .iter()
        .map(|(place, then, now)| json!({ "where": place, "then": then, "now": now }))
        .collect();
    json!({
        "with": path,
        "then": comparison.then,
        "level": LEVEL,
        "least_ratio": LEAST_RATIO,
        "rows": rows,
        "new_violations": comparison.new_violations,
        "other_pace": other_pace,
        "not_compared": comparison.not_compared,
    })
}
