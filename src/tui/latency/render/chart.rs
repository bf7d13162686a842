//! The writer's times over time: half of the calls, 99 of 100, and the longest,
//! on a logarithmic scale; a line where readers were added or removed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::latency::live::{LabPoint, LabSnapshot, POINT};
use crate::text::number::time;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::text::put;

/// Columns of the scale.
const SCALE: u16 = 7;

/// A curve: its name, its glyph, its role, its height in a point.
type Curve = (&'static str, char, Role, fn(&LabPoint) -> u64);

/// Later ones are drawn over earlier ones.
const CURVES: [Curve; 3] = [
    ("max", '▴', Role::Violation, |point| point.max_ns),
    ("p99", '•', Role::Duplicate, |point| point.p99_ns),
    ("p50", '━', Role::Good, |point| point.p50_ns),
];

/// Draws it, with a heading.
pub(crate) fn render(theme: Theme, snapshot: &LabSnapshot, area: Rect, buffer: &mut Buffer) {
    if area.height < 3 || area.width < SCALE + 8 {
        return;
    }
    let columns = usize::from(area.width - SCALE - 1);
    let points = &snapshot.points[snapshot.points.len().saturating_sub(columns)..];
    let mut heading = vec![Span::styled(
        format!(" {:.0} s", (POINT * columns as u32).as_secs_f64()),
        theme.style(Role::Dim),
    )];
    for (name, glyph, role, _) in CURVES.iter().rev() {
        heading.push(Span::styled(format!("   {glyph} "), theme.style(*role)));
        heading.push(Span::raw(*name));
    }
    heading.push(Span::styled("   │ ", theme.style(Role::Rule)));
    heading.push(Span::styled("readers changed", theme.style(Role::Dim)));
    put(buffer, area, 0, &Line::from(heading));
    let plot = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    let (low, high) = decades(points);
    let mut labelled = None;
    for power in low as u32..=high as u32 {
        let nanoseconds = 10u64.pow(power);
        let row = plot.height - 1 - height(nanoseconds, plot.height, low, high);
        // In few rows two of them fall together.
        if labelled.replace(row) == Some(row) {
            continue;
        }
        let label = time(nanoseconds as f64)
            .replace(".00", "")
            .replace(".0", "");
        let line = Line::styled(format!("{label:>6} "), theme.style(Role::Dim));
        put(buffer, plot, row, &line);
    }
    // The newest is at the right.
    let start = columns - points.len();
    for (column, point) in (start..).zip(points) {
        let x = plot.x + SCALE + column as u16;
        if point.change {
            for row in 0..plot.height {
                let cell = &mut buffer[(x, plot.y + row)];
                cell.set_symbol("│").set_style(theme.style(Role::Rule));
            }
        }
        if point.calls == 0 {
            continue;
        }
        for (_, glyph, role, of) in CURVES {
            let up = height(of(point), plot.height, low, high);
            let y = plot.y + plot.height - 1 - up;
            buffer[(x, y)].set_char(glyph).set_style(theme.style(role));
        }
    }
}

/// The powers of ten, in nanoseconds, that all points lie between.
fn decades(points: &[LabPoint]) -> (f64, f64) {
    let seen = points.iter().filter(|point| point.calls > 0);
    let low = seen.clone().map(|point| point.p50_ns.max(1)).min();
    let high = seen.map(|point| point.max_ns.max(1)).max();
    let (low, high) = (
        low.unwrap_or(1_000) as f64,
        high.unwrap_or(1_000_000) as f64,
    );
    let (low, high) = (low.log10().floor(), high.log10().ceil());
    (low, high.max(low + 1.0))
}

/// How many rows up a time is.
fn height(nanoseconds: u64, rows: u16, low: f64, high: f64) -> u16 {
    let part = ((nanoseconds.max(1) as f64).log10() - low) / (high - low);
    let most = f64::from(rows - 1);
    (part * most).round().clamp(0.0, most) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_of_ten_is_equally_high_everywhere() {
        let heights: Vec<u16> = (3..=8)
            .map(|power| height(10u64.pow(power), 11, 3.0, 8.0))
            .collect();
        assert_eq!(heights, [0, 2, 4, 6, 8, 10]);
        assert_eq!(height(0, 9, 3.0, 6.0), 0);
        assert_eq!(height(u64::MAX, 9, 3.0, 6.0), 8);
    }

    #[test]
    fn the_scale_covers_all_points() {
        assert_eq!(decades(&[]), (3.0, 6.0));
        let point = LabPoint {
            calls: 1,
            p50_ns: 2_500,
            p99_ns: 9_000,
            max_ns: 1_200_000,
            change: false,
        };
        assert_eq!(decades(&[point]), (3.0, 7.0));
    }
}
