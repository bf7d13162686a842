//! The times of the writer's calls over time: half of them, 99 of 100, and the
//! longest, on a logarithmic scale; a line where readers were added or removed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::latency::live::{LabPoint, LabSnapshot, POINT};
use crate::text::number::short;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::split::split_rows;
use crate::tui::widgets::text::{put, whole};
use crate::tui::widgets::time_axis::time_axis;

/// Columns of the scale: its labels, and the axis.
const SCALE: u16 = 8;
/// Rows of the time axis: a line, and its labels.
const AXIS: u16 = 2;
/// Rows below which there is no heading.
const HEADED: u16 = 5;
/// Seconds from one label of the time axis to the next.
const TICK: usize = 10;

/// A curve: its name, its glyph, its role, its height in a point.
type Curve = (&'static str, char, Role, fn(&LabPoint) -> u64);

/// Later ones are drawn over earlier ones.
const CURVES: [Curve; 3] = [
    ("longest", '▲', Role::Site, |point| point.max_ns),
    ("p99", '◆', Role::Duplicate, |point| point.p99_ns),
    ("p50", '━', Role::Good, |point| point.p50_ns),
];

/// Draws it, with a heading where there is room.
pub(crate) fn render(theme: Theme, snapshot: &LabSnapshot, area: Rect, buffer: &mut Buffer) {
    if area.height < AXIS + 2 || area.width < SCALE + 8 {
        return;
    }
    let headed = u16::from(area.height >= HEADED);
    let (heading_area, rest) = split_rows(area, headed);
    put(
        buffer,
        heading_area,
        0,
        &heading(theme, snapshot, area.width),
    );
    let (plot, axis) = split_rows(rest, rest.height - AXIS);
    let columns = usize::from(area.width - SCALE - 1);
    let points = &snapshot.points[snapshot.points.len().saturating_sub(columns)..];
    let range = decades(points);
    let up = |nanoseconds| plot.height - 1 - height(nanoseconds, plot.height, range.0, range.1);
    for row in 0..plot.height {
        put_axis(theme, buffer, (plot.x, plot.y + row), "│");
    }
    let each = labelled(range, plot.height);
    for power in (range.0 as u32..=range.1 as u32).step_by(each) {
        let row = up(10u64.pow(power));
        let label = format!("{:>width$}", label(power), width = usize::from(SCALE) - 1);
        put(
            buffer,
            plot,
            row,
            &Line::styled(label, theme.style(Role::Dim)),
        );
        put_axis(theme, buffer, (plot.x, plot.y + row), "┤");
        for column in (1..columns).step_by(2) {
            let cell = &mut buffer[(plot.x + SCALE + column as u16, plot.y + row)];
            cell.set_symbol("·").set_style(theme.style(Role::Dim));
        }
    }
    draw_time_axis(theme, axis, columns, buffer);
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
            let y = plot.y + up(of(point));
            buffer[(x, y)].set_char(glyph).set_style(theme.style(role));
        }
    }
}

/// What is drawn, and what each glyph is.
fn heading(theme: Theme, snapshot: &LabSnapshot, width: u16) -> Line<'static> {
    let dim = theme.style(Role::Dim);
    let mut parts = vec![Span::styled(" time of a call", dim)];
    for (name, glyph, role, _) in CURVES.iter().rev() {
        parts.push(Span::styled(format!("  {glyph} "), theme.style(*role)));
        parts.push(Span::raw(*name));
    }
    parts.push(Span::styled("  │ ", theme.style(Role::Rule)));
    parts.push(Span::styled("readers changed", dim));
    let calls = short(snapshot.calls_per_second.round() as u64);
    parts.push(Span::styled(format!("   {calls} calls/s"), dim));
    whole(parts, width, 7)
}

/// A part of the axis of the scale.
fn put_axis(theme: Theme, buffer: &mut Buffer, (x, y): (u16, u16), symbol: &str) {
    let cell = &mut buffer[(x + SCALE - 1, y)];
    cell.set_symbol(symbol).set_style(theme.style(Role::Dim));
}

/// The line below the chart, with how long ago that was.
fn draw_time_axis(theme: Theme, area: Rect, columns: usize, buffer: &mut Buffer) {
    let each = TICK * 1000 / POINT.as_millis() as usize;
    let [mut line, labels] = time_axis(usize::from(SCALE), columns, each, TICK);
    line.replace_range(usize::from(SCALE) - 1..usize::from(SCALE), "└");
    for (row, text) in (0..).zip([line, labels]) {
        put(
            buffer,
            area,
            row,
            &Line::styled(text, theme.style(Role::Dim)),
        );
    }
}

/// A power of ten nanoseconds: `1 µs`, `100 ms`.
/// Of how many powers of ten one is labelled, so that each has a row of its own and those
/// between two labels are always as many.
fn labelled((low, high): (f64, f64), rows: u16) -> usize {
    let all = (high - low) as usize;
    all.div_ceil(usize::from(rows.max(2)) - 1).max(1)
}

fn label(power: u32) -> String {
    let unit = ["ns", "µs", "ms", "s"][(power as usize / 3).min(3)];
    let digits = power - 3 * (power / 3).min(3);
    format!("{} {unit}", 10u64.pow(digits))
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
    fn a_power_of_ten_has_a_unit() {
        let labels = [0, 2, 3, 5, 7, 9, 10].map(label);
        let expected = ["1 ns", "100 ns", "1 µs", "100 µs", "10 ms", "1 s", "10 s"];
        assert_eq!(labels, expected);
    }

    #[test]
    fn the_scale_covers_all_points() {
        assert_eq!(decades(&[]), (3.0, 6.0));
        for (rows, each) in [(1, 5), (2, 5), (3, 3), (4, 2), (5, 2), (6, 1), (20, 1)] {
            assert_eq!(labelled((3.0, 8.0), rows), each, "{rows}");
        }
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
