//! What of a paste may be typed.

use crate::text::sanitise::sanitise;

/// Characters taken of a paste.
const MOST: usize = 120;

/// The first line that says something, with nothing in it that acts.
pub(crate) fn pasted_line(text: &str) -> String {
    let mut lines = text.split(['\r', '\n']).map(str::trim);
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    sanitise(line.as_bytes()).chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_taken_and_nothing_in_it_acts() {
        assert_eq!(pasted_line("\r\n 7f12\x1b[2J\rquit\n"), "7f12\\x1b[2J");
        assert_eq!(pasted_line(&"w".repeat(1000)).len(), MOST);
        assert_eq!(pasted_line("\n"), "");
    }
}
