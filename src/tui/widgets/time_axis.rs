//! The axis of time below a chart: the newest is at the right.

/// A line with a tick at now and at every `each` columns before, which are so many
/// seconds each, and what it says below them; with `left` columns in front.
pub(crate) fn time_axis(left: usize, columns: usize, each: usize, seconds: usize) -> [String; 2] {
    let mut line = vec!['─'; columns];
    let mut labels = vec![' '; left + columns];
    for tick in 0..=columns.saturating_sub(1) / each.max(1) {
        let Some(at) = (columns).checked_sub(1 + tick * each) else {
            break;
        };
        line[at] = '┴';
        let label = match tick {
            0 => "now".into(),
            1 => format!("{seconds} s ago"),
            tick => format!("{} s", tick * seconds),
        };
        let length = label.chars().count();
        // Below its tick, and within the chart.
        let from = (left + at + 1).saturating_sub(length.div_ceil(2));
        let from = from.min(labels.len().saturating_sub(length));
        for (cell, character) in labels[from..].iter_mut().zip(label.chars()) {
            *cell = character;
        }
    }
    let line = format!(
        "{}{}",
        " ".repeat(left),
        line.into_iter().collect::<String>()
    );
    let labels: String = labels.into_iter().collect();
    [line, labels.trim_end().to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_at_the_right() {
        let [line, labels] = time_axis(2, 30, 10, 5);
        assert_eq!(line, "  ─────────┴─────────┴─────────┴");
        assert_eq!(labels, "          10 s    5 s ago    now");
        assert_eq!(time_axis(0, 0, 10, 5), ["", ""]);
    }
}
