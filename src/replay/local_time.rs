//! A wall-clock time as the local clock shows it.

use std::fmt;

use chrono::{DateTime, Datelike as _, Local, NaiveDateTime, Utc};

/// A local wall-clock time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    pub time: NaiveDateTime,
    /// Whether it is of this day, so that the date need not be said.
    pub is_today: bool,
}

impl LocalTime {
    /// None where no calendar of four digits has it.
    #[must_use]
    pub(crate) fn of(time: DateTime<Utc>) -> Option<Self> {
        // A zone adds a day at most.
        if !(1..9999).contains(&time.year()) {
            return None;
        }
        let local = time.with_timezone(&Local);
        Some(LocalTime {
            time: local.naive_local(),
            is_today: local.date_naive() == Local::now().date_naive(),
        })
    }
}

impl LocalTime {
    /// Without its date, to the millisecond.
    pub(crate) fn of_day(&self) -> String {
        self.time.format("%H:%M:%S%.3f").to_string()
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_today {
            true => self.time.format("%H:%M:%S%.6f").fmt(f),
            false => self.time.format("%Y-%m-%d %H:%M:%S%.6f").fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_said_where_it_is_another_one() {
        let now = LocalTime::of(Utc::now()).unwrap();
        // At midnight it may be another day by now.
        assert!(now.is_today || LocalTime::of(Utc::now()).unwrap().is_today);
        let then = DateTime::from_timestamp(0, 123_456_000).and_then(LocalTime::of);
        let text = then.unwrap().to_string();
        let is_then = text.starts_with("1970-01-01 ") || text.starts_with("1969-12-31 ");
        assert!(is_then && text.ends_with(".123456"), "{text}");
        let is_today = true;
        let text = LocalTime {
            is_today,
            ..then.unwrap()
        }
        .to_string();
        assert_eq!(text.len(), "14:03:22.123456".len(), "{text}");
    }

    #[test]
    fn a_time_at_the_end_of_all_times_is_none() {
        for time in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(LocalTime::of(time), None);
        }
    }
}
