//! One histogram for each configuration, to compare: a row each, time from
//! left to right, both scales logarithmic.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::latency::live::{LabConfiguration, LabSnapshot};
use crate::latency::times::logarithmic_steps;
use crate::text::number::{ratio, time};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::{cut, put};

/// Columns of a configuration's name.
const NAME: usize = 13;
/// Columns of the ratio.
const RATIO: usize = 6;
/// A count's logarithm, by height.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Draws as many as fit; the one that is measured now always.
pub(crate) fn render(theme: Theme, snapshot: &LabSnapshot, area: Rect, buffer: &mut Buffer) {
    let columns = usize::from(area.width).saturating_sub(NAME + RATIO + 3);
    let steps = steps(&snapshot.configurations, columns);
    let Some((first, last)) = steps.first().zip(steps.last()) else {
        return;
    };
    let ends = logarithmic_steps();
    let end = |step: usize| time(ends.get(step).copied().unwrap_or(u64::MAX) as f64);
    let scale = format!(
        "{:<NAME$} {} … {}",
        "calls by time",
        end(first.start).replace(".00", "").replace(".0", ""),
        end(last.end - 1).replace(".00", "").replace(".0", "")
    );
    put(
        buffer,
        area,
        0,
        &Line::styled(scale, theme.style(Role::Dim)),
    );
    let rows = usize::from(area.height).saturating_sub(1);
    for (row, (index, one)) in (1..).zip(fitting(&snapshot.configurations, snapshot.current, rows))
    {
        let now = index == snapshot.current;
        let role = if now { Role::Title } else { Role::Dim };
        let mark = if now { "▸" } else { " " };
        let name = cut(&one.name, NAME - 1);
        let bars: String = steps
            .iter()
            .map(|steps| height(one.steps.get(steps.clone()).map_or(0, |it| it.iter().sum())))
            .collect();
        let ratio = one.ratio.map_or("–".into(), |it| ratio(it.mean));
        let line = Line::from(vec![
            Span::styled(mark, theme.style(Role::Key)),
            Span::styled(format!("{name:<width$}", width = NAME), theme.style(role)),
            Span::styled(
                bars,
                theme.style(if now { Role::Modified } else { Role::Plain }),
            ),
            Span::styled(format!(" {ratio:>RATIO$}"), theme.style(role)),
        ]);
        put(buffer, area, row, &line);
    }
}

/// The configurations to show: the first ones, and the one measured now.
fn fitting(
    all: &[LabConfiguration],
    current: usize,
    rows: usize,
) -> impl Iterator<Item = (usize, &LabConfiguration)> {
    let most = rows.max(1);
    // The first has no readers: all are compared with it.
    let skipped = (current + 1).saturating_sub(most);
    all.iter()
        .enumerate()
        .filter(move |(index, _)| *index == 0 || *index > skipped || skipped == 0)
        .take(most)
}

/// The steps that any configuration has calls in, as many together as it takes
/// for all to fit.
fn steps(all: &[LabConfiguration], most: usize) -> Vec<Range<usize>> {
    let any = |step: &usize| {
        all.iter()
            .any(|one| one.steps.get(*step).is_some_and(|it| *it > 0))
    };
    let count = all.first().map_or(0, |one| one.steps.len());
    let (Some(first), Some(last)) = ((0..count).find(any), (0..count).rev().find(any)) else {
        return Vec::new();
    };
    let together = (last - first + 1).div_ceil(most.max(1));
    (first..=last)
        .step_by(together)
        .map(|start| start..(start + together).min(last + 1))
        .collect()
}

/// A factor of ten is one step up.
fn height(count: u64) -> char {
    match count {
        0 => ' ',
        count => HEIGHTS[(count.ilog10() as usize).min(HEIGHTS.len() - 1)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::times::Summary;

    fn configurations(count: usize) -> Vec<LabConfiguration> {
        (0..count)
            .map(|i| LabConfiguration {
                name: i.to_string(),
                summary: Summary::default(),
                ratio: None,
                steps: vec![0, 0, 1, 5, 0, 100, 0],
            })
            .collect()
    }

    #[test]
    fn the_first_and_the_current_are_always_shown() {
        let all = configurations(9);
        for rows in 2..12 {
            for current in 0..9 {
                let shown: Vec<usize> = fitting(&all, current, rows).map(|it| it.0).collect();
                assert!(shown.len() <= rows);
                assert!(
                    shown.contains(&0) && shown.contains(&current),
                    "{rows} {shown:?}"
                );
            }
        }
    }

    #[test]
    fn empty_steps_at_the_ends_are_left_out() {
        assert_eq!(steps(&configurations(2), 99), [2..3, 3..4, 4..5, 5..6]);
        assert_eq!(steps(&configurations(2), 3), [2..4, 4..6]);
        assert_eq!(steps(&configurations(2), 0).first(), Some(&(2..6)));
        assert!(steps(&[], 2).is_empty());
        assert_eq!(
            [0, 1, 9, 10, u64::MAX].map(height),
            [' ', '▁', '▁', '▂', '█']
        );
    }
}
