//! A horizontal bar, in eighths of a column.

/// `part` (0 to 1) of so many columns; what is there at all is seen.
pub(crate) fn bar(part: f64, columns: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if part <= 0.0 || columns == 0 {
        return String::new();
    }
    let most = columns * 8;
    let eighths = ((part * most as f64) as usize).clamp(1, most);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(0.0, 24), "");
        assert_eq!(bar(1e-6, 24), "▏");
        assert_eq!(bar(0.5, 24), "█".repeat(12));
        assert_eq!(bar(1.0, 24), "█".repeat(24));
        assert_eq!(bar(7.0, 3), "███");
        assert_eq!(bar(0.5, 0), "");
    }
}
