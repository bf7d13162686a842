//! VMAs as boxes, as in the changelog of the patch series.

use super::case::{FENCE, SITE};
use super::reader::Line;

/// VMAs as boxes, `page` columns a page, from the start of the site on; where
/// two overlap, the later one is drawn. The fence before the site is left out.
#[must_use]
pub(crate) fn draw_vmas(vmas: &[Line], hole: Option<(u8, u8)>, page: usize) -> String {
    let mut row: Vec<char> = Vec::new();
    for &(start, end, letter) in vmas {
        match letter {
            FENCE if start < SITE => {}
            FENCE => draw(&mut row, (start, end), page, '-', "fence"),
            letter => {
                let label = char::from(letter).to_string();
                draw(&mut row, (start.max(SITE), end), page, '-', &label);
            }
        }
    }
    if let Some(hole) = hole {
        draw(&mut row, hole, page, ' ', "hole");
    }
    row.into_iter().collect::<String>().trim_end().to_owned()
}

fn draw(row: &mut Vec<char>, (start, end): (u8, u8), page: usize, fill: char, label: &str) {
    let from = usize::from(start.saturating_sub(SITE)) * page;
    let to = usize::from(end.saturating_sub(SITE)) * page;
    if from >= to {
        return;
    }
    if row.len() <= to {
        row.resize(to + 1, ' ');
    }
    row[from + 1..to].fill(fill);
    (row[from], row[to]) = ('|', '|');
    let width = to - from - 1;
    let offset = from + 1 + width.saturating_sub(label.len()) / 2;
    for (cell, letter) in row[offset..].iter_mut().zip(label.chars().take(width)) {
        *cell = letter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changelogs_picture() {
        let made = [(0, 1, FENCE), (1, 3, b'w'), (3, 4, b'r'), (4, 5, FENCE)];
        assert_eq!(draw_vmas(&made, None, 6), "|-----w-----|--r--|fence|");
        let reported = [(0, 1, FENCE), (3, 4, b'r')];
        assert_eq!(draw_vmas(&reported, Some((1, 3)), 6), "|   hole    |--r--|");
        assert_eq!(draw_vmas(&[(2, 2, b'w')], None, 6), "");
    }
}
