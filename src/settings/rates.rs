//! How fast is scanned where the command line does not say it.

use std::time::Duration;

use super::entry::Entry;
use super::problem::Problem;
use crate::sampling::options::Rate;

/// The longest time between two scans.
const LONGEST: Duration = Duration::from_secs(60 * 60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rates {
    /// Of the built-in modifier.
    pub(crate) modifier: Rate,
    /// Of a target that is not ours, on the screen.
    pub(crate) target: Rate,
    /// The time between two scans that are printed.
    pub(crate) watch: Duration,
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            modifier: Rate::Full,
            target: Rate::PerSecond(60),
            watch: Duration::from_millis(100),
        }
    }
}

/// Scans a second; 0 is as fast as the kernel answers.
pub(crate) fn rate(scans: u32) -> Rate {
    match scans {
        0 => Rate::Full,
        scans => Rate::PerSecond(scans),
    }
}

/// The time between two scans of a watch: `100ms`, `1s`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn interval(text: &str) -> Result<Duration, String> {
    let interval = humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like 10ms, 1s or 1m"))?;
    if interval < Duration::from_millis(1) || interval > LONGEST {
        return Err("the time between two scans is from 1ms to 1h".into());
    }
    Ok(interval)
}

pub(super) fn read(section: &[Entry<'_>]) -> Result<Rates, Problem> {
    let mut rates = Rates::default();
    for entry in section {
        match entry.name.as_str() {
            "modifier" => rates.modifier = rate(entry.number()?),
            "target" => rates.target = rate(entry.number()?),
            "watch" => rates.watch = interval(entry.text()?).map_err(|why| entry.no(&why))?,
            _ => return Err(entry.unknown("rate", &["modifier", "target", "watch"])),
        }
    }
    Ok(rates)
}
