use ratatui::layout::Rect;

use super::grid::Grid;

#[test]
fn every_scenario_has_a_place_where_there_is_room() {
    for (width, height) in [(60, 10), (80, 18), (120, 34), (200, 54), (60, 4), (1, 1)] {
        for count in [0, 1, 26, 100] {
            for readers in 0..4 {
                for shown in 0..count.max(1) {
                    let area = Rect::new(0, 3, width, height);
                    let grid = Grid::new(area, count, readers, shown);
                    let cells: Vec<_> = grid.cells().collect();
                    let (above, below) = grid.hidden();
                    assert_eq!(cells.len() + above + below, count);
                    assert!(count == 0 || cells.iter().any(|(it, _)| *it == shown));
                    assert!(
                        cells
                            .iter()
                            .all(|(_, cell)| area.intersection(*cell) == *cell)
                    );
                }
            }
        }
    }
    let usual = Grid::new(Rect::new(0, 3, 80, 18), 26, 2, 25);
    assert_eq!((usual.blocks, usual.rows, usual.hidden()), (2, 13, (0, 0)));
}
