//! Times of a recording as the command line takes them.

use std::time::Duration;

/// From one time to another, since the session started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
}

impl Part {
    /// All of it.
    pub(crate) const ALL: Part = Part {
        from: Duration::ZERO,
        to: Duration::MAX,
    };
}

/// `12s..14s`, `12.5s..`, `..1m`; a time alone is where it begins.
pub(crate) fn part(text: &str) -> Result<Part, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, ""));
    let part = Part {
        from: if from.is_empty() {
            Duration::ZERO
        } else {
            time(from)?
        },
        to: if to.is_empty() {
            Duration::MAX
        } else {
            time(to)?
        },
    };
    match part.from <= part.to && text != ".." && !text.is_empty() {
        true => Ok(part),
        false => Err("write it like 12s, 12.5s..14s or 1m..; it goes from earlier to later".into()),
    }
}

/// `12s`, `12.5s`, `1m`, `1m 3s`, `250ms`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let seconds = || {
        let (number, unit) = match text.strip_suffix("ms") {
            Some(number) => (number, 1e-3),
            None => match text.strip_suffix('m') {
                Some(number) => (number, 60.0),
                // Of nothing the unit says nothing.
                None if text == "0" => (text, 1.0),
                None => (text.strip_suffix('s')?, 1.0),
            },
        };
        let is_number = number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let seconds = number.parse::<f64>().ok().filter(|_| is_number)? * unit;
        // To the nanosecond that was written.
        Duration::try_from_secs_f64(seconds).ok()
    };
    let whole = humantime::parse_duration(text).ok();
    whole
        .or_else(seconds)
        .ok_or_else(|| format!("{text} is no time; write it like 12s, 12.5s, 250ms or 1m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_may_have_fractions() {
        let milliseconds = Duration::from_millis;
        for (text, time) in [
            ("12s", 12_000),
            ("12.5s", 12_500),
            ("1m", 60_000),
            ("1.5m", 90_000),
            ("1m 3s", 63_000),
            ("0.5ms", 0),
            ("250ms", 250),
            ("0s", 0),
            ("0", 0),
        ] {
            let parsed = super::time(text).unwrap();
            assert_eq!(parsed.as_millis(), milliseconds(time).as_millis(), "{text}");
        }
        for text in [
            "",
            "s",
            "-1s",
            "12",
            "1e3s",
            "infs",
            "NaNs",
            "99999999999999999999999s",
        ] {
            assert!(super::time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_may_be_open() {
        let second = Duration::from_secs;
        let (from, to) = (second(12), second(14));
        assert_eq!(part("12s..14s"), Ok(Part { from, to }));
        assert_eq!(part("12s.."), Ok(Part { from, ..Part::ALL }));
        assert_eq!(part("..14s"), Ok(Part { to, ..Part::ALL }));
        assert_eq!(part("12s"), Ok(Part { from, ..Part::ALL }));
        for text in ["", "..", "14s..12s", "12s...14s", "1..2"] {
            assert!(part(text).is_err(), "{text}");
        }
    }
}
