//! Times and ratios in few characters.

/// Nanoseconds in at most six columns: `999ns`, `1.23µs`, `12.3ms`.
#[must_use]
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
#[must_use]
pub(crate) fn ratio(ratio: f64) -> String {
    format!("×{}", three_digits(ratio))
}

/// A mean count that may be small: `0`, `7e-5`, `0.031`, `29.2`.
#[must_use]
pub(crate) fn few(count: f64) -> String {
    match count {
        0.0 => "0".into(),
        ..0.001 => format!("{count:.0e}"),
        ..10.0 => format!("{count:.3}"),
        _ => format!("{count:.1}"),
    }
}

fn three_digits(value: f64) -> String {
    // Rounded first: 9.999 is 10.0, not 10.00.
    match value {
        ..9.995 => format!("{value:.2}"),
        9.995..99.95 => format!("{value:.1}"),
        9_999.5.. => crate::text::number::short(value as u64),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
