//! Numbers as people read them.
//!
//! Own code, for no library prints this text: those for sizes and counts round
//! where this cuts (999,999 is 999k, 4095 is 3.9 KiB), and none has three digits
//! with a unit. Grouping in threes alone (`num-format`) is not worth one.

use std::time::Duration;

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count in at most five characters: `999`, `12.3k`, `4.56M`.
pub(crate) fn short(number: u64) -> String {
    const UNITS: [(u64, char); 4] = [
        (1_000_000_000_000, 'T'),
        (1_000_000_000, 'G'),
        (1_000_000, 'M'),
        (1_000, 'k'),
    ];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| number >= *unit) else {
        return number.to_string();
    };
    // Cut, not rounded: 999,999 is not 1000k.
    let hundredths = u128::from(number) * 100 / u128::from(unit);
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match whole {
        0..10 => format!("{whole}.{part:02}{name}"),
        10..100 => format!("{whole}.{}{name}", part / 10),
        _ => format!("{whole}{name}"),
    }
}

/// Bytes as people read them: `4 KiB`, `12.5 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let power = (63 - count.leading_zeros()) / 10;
    let unit = UNITS[power as usize - 1];
    let tenths = (u128::from(count) * 10) >> (10 * power);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {unit}"),
        (whole, _) if whole >= 100 => format!("{whole} {unit}"),
        (whole, tenth) => format!("{whole}.{tenth} {unit}"),
    }
}

/// Bytes without a fraction, as the command line takes them: `128 MiB`,
/// `1000 bytes`.
pub(crate) fn exact_bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let fits = |(unit, _): &&(u64, &str)| count >= *unit && count.is_multiple_of(*unit);
    match UNITS.iter().find(fits) {
        Some((unit, name)) => format!("{} {name}", count / unit),
        None => format!("{count} bytes"),
    }
}

/// How many a second, of `count` in so many nanoseconds.
pub(crate) fn rate(count: u64, elapsed_ns: u64) -> u64 {
    if elapsed_ns == 0 {
        return 0;
    }
    u64::try_from(u128::from(count) * 1_000_000_000 / u128::from(elapsed_ns)).unwrap_or(u64::MAX)
}

/// The same as text, with decimals where it is little: `1,569`, `2.7`, `1.7e-2`.
pub(crate) fn rate_text(count: u64, elapsed_ns: u64) -> String {
    if elapsed_ns == 0 || count == 0 {
        return "0".into();
    }
    let each = count as f64 * 1e9 / elapsed_ns as f64;
    match each {
        9.95.. => grouped(each.round() as u64),
        0.095.. => format!("{each:.1}"),
        _ => format!("{each:.1e}"),
    }
}

/// A duration in nanoseconds, which is enough for 584 years.
#[must_use]
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Nanoseconds as seconds with one decimal, `1.5 s`.
pub(crate) fn seconds(nanoseconds: u64) -> String {
    format!("{:.1} s", Duration::from_nanos(nanoseconds).as_secs_f64())
}

/// Nanoseconds in at most six columns: `999ns`, `1.23µs`, `12.3ms`.
pub(crate) fn time(nanoseconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")];
    // What would be rounded up to 1000 belongs to the next unit.
    let fits = |(unit, _): &&(f64, &str)| nanoseconds / unit < 999.5;
    let (unit, name) = UNITS.iter().find(fits).unwrap_or(&UNITS[3]);
    let value = nanoseconds / unit;
    if *unit == 1.0 {
        format!("{value:.0}{name}")
    } else {
        format!("{}{name}", three_digits(value))
    }
}

/// How many times as long: `×1.02`, `×12.3`, `×456`.
pub(crate) fn ratio(ratio: f64) -> String {
    format!("×{}", three_digits(ratio))
}

/// A mean count that may be small: `0`, `7e-5`, `0.031`, `29.2`.
pub(crate) fn few(count: f64) -> String {
    match count {
        0.0 => "0".into(),
        ..0.001 => format!("{count:.0e}"),
        ..10.0 => format!("{count:.3}"),
        _ => format!("{count:.1}"),
    }
}

/// Three digits: `9.99`, `12.3`, `456`, `12.3k`.
pub(crate) fn three_digits(value: f64) -> String {
    // Rounded first: 9.999 is 10.0, not 10.00.
    match value {
        ..9.995 => format!("{value:.2}"),
        9.995..99.95 => format!("{value:.1}"),
        9_999.5.. => short(value as u64),
        _ => format!("{value:.0}"),
    }
}

/// Bytes with a sign: `+4 KiB`, `−1.5 MiB`.
#[must_use]
pub(crate) fn signed_bytes(count: i64) -> String {
    let sign = if count < 0 { '−' } else { '+' };
    format!("{sign}{}", bytes(count.unsigned_abs()))
}

/// `1 scan`, `2 scans`.
#[must_use]
pub(crate) fn count(number: u64, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {word}{plural}", grouped(number))
}

/// A time that has passed: `0.4 s`, `12 s`, `3 min`.
#[must_use]
pub(crate) fn ago(time: Duration) -> String {
    match time.as_secs() {
        // Not rounded up to 10.0, which is wider.
        0..10 => format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_three() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn short_counts_are_cut_to_three_digits() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1.00k"),
            (12_345, "12.3k"),
            (999_999, "999k"),
            (4_560_000, "4.56M"),
            (u64::MAX, "18446744T"),
        ];
        for (number, text) in cases {
            assert_eq!(short(number), text);
        }
    }

    #[test]
    fn sizes_are_readable() {
        for (count, text) in [
            (4095, "3.9 KiB"),
            (4096, "4 KiB"),
            (12 << 20, "12 MiB"),
            (u64::MAX, "15.9 EiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn signs_and_times_are_readable() {
        assert_eq!(signed_bytes(4096), "+4 KiB");
        assert_eq!(
            [signed_bytes(-1), signed_bytes(i64::MIN)],
            ["−1 B", "−8 EiB"]
        );
        let ago = |ms| ago(Duration::from_millis(ms));
        assert_eq!(
            [ago(120), ago(9_999), ago(12_900), ago(130_000)],
            ["0.1 s", "9.9 s", "12 s", "2 min"]
        );
    }

    #[test]
    fn rates_of_nothing_are_nothing() {
        assert_eq!(rate(7, 0), 0);
        assert_eq!(rate(7, 500_000_000), 14);
        assert_eq!(rate_text(7, 0), "0");
        assert_eq!(rate_text(9_999, 1_000_000_000), "9,999");
        assert_eq!(rate_text(1, 1_400_000_000), "0.7");
        assert_eq!(rate_text(9, 3_010_000_000), "3.0");
        assert_eq!(rate_text(1, 60_000_000_000), "1.7e-2");
    }

    #[test]
    fn times_have_three_digits() {
        for (nanoseconds, text) in [
            (0.0, "0ns"),
            (27.4, "27ns"),
            (999.4, "999ns"),
            (999.6, "1.00µs"),
            (9_999.0, "10.0µs"),
            (12_345.0, "12.3µs"),
            (999_600.0, "1.00ms"),
            (3_018_000.0, "3.02ms"),
            (123_456_789.0, "123ms"),
            (7_200e9, "7200s"),
        ] {
            assert_eq!(time(nanoseconds), text);
        }
    }

    #[test]
    fn small_counts_are_not_nothing() {
        for (count, text) in [
            (0.0, "0"),
            (0.00007, "7e-5"),
            (0.0312, "0.031"),
            (29.17, "29.2"),
        ] {
            assert_eq!(few(count), text);
        }
    }

    #[test]
    fn ratios_too() {
        for (value, text) in [
            (0.98, "×0.98"),
            (1.0, "×1.00"),
            (12.34, "×12.3"),
            (456.7, "×457"),
            (121_683.4, "×121k"),
        ] {
            assert_eq!(ratio(value), text);
        }
    }

    #[test]
    fn exact_sizes_have_no_fraction() {
        for (count, text) in [(128 << 20, "128 MiB"), (1536, "1536 bytes"), (0, "0 bytes")] {
            assert_eq!(exact_bytes(count), text);
        }
    }
}
