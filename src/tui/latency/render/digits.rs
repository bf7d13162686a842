//! Digits that are read from the back of a room: five rows each.

/// Rows of a digit.
pub(crate) const ROWS: usize = 5;

/// The rows of a text of digits, a point, `×`, `k`, `M` and spaces.
pub(crate) fn rows(text: &str) -> [String; ROWS] {
    let mut rows: [String; ROWS] = Default::default();
    for character in text.chars() {
        for (row, part) in rows.iter_mut().zip(glyph(character)) {
            row.push_str(part);
            row.push(' ');
        }
    }
    rows
}

fn glyph(character: char) -> [&'static str; ROWS] {
    match character {
        '0' => ["████", "█  █", "█  █", "█  █", "████"],
        '1' => ["  █ ", " ██ ", "  █ ", "  █ ", " ███"],
        '2' => ["████", "   █", "████", "█   ", "████"],
        '3' => ["████", "   █", " ███", "   █", "████"],
        '4' => ["█  █", "█  █", "████", "   █", "   █"],
        '5' => ["████", "█   ", "████", "   █", "████"],
        '6' => ["████", "█   ", "████", "█  █", "████"],
        '7' => ["████", "   █", "  █ ", " █  ", " █  "],
        '8' => ["████", "█  █", "████", "█  █", "████"],
        '9' => ["████", "█  █", "████", "   █", "████"],
        '×' => ["    ", "█ █ ", " █  ", "█ █ ", "    "],
        '.' => [" ", " ", " ", " ", "█"],
        'k' => ["█   ", "█ █ ", "██  ", "█ █ ", "█  █"],
        'M' => ["█   █", "██ ██", "█ █ █", "█   █", "█   █"],
        '–' => ["    ", "    ", "████", "    ", "    "],
        _ => [" "; ROWS],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rows_of_a_text_are_equally_wide() {
        let rows = rows("×1234567890.kM–");
        let widths: Vec<usize> = rows.iter().map(|row| row.chars().count()).collect();
        assert_eq!(widths, [widths[0]; ROWS]);
    }
}
