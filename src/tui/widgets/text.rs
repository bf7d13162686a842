//! Small pieces of text.

/// Bytes as people read them: `4 KiB`, `12.5 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    crate::text::number::bytes(count)
}

/// The same with a sign: `+4 KiB`, `−1.5 MiB`.
pub(crate) fn signed_bytes(count: i64) -> String {
    let sign = if count < 0 { '−' } else { '+' };
    format!("{sign}{}", bytes(count.unsigned_abs()))
}

/// A time that has passed: `0.4 s`, `12 s`, `3 min`.
pub(crate) fn ago(time: std::time::Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

/// `1 scan`, `2 scans`.
pub(crate) fn count(number: u64, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {word}{plural}", crate::text::number::grouped(number))
}

/// A rate or a count in a few characters.
pub(crate) fn short(number: u64) -> String {
    crate::text::number::short(number)
}

/// `text` cut to `width` columns, with `…` where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(character);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// The first of these texts, from long to short, that has at most `room`
/// characters; else the last.
pub(crate) fn fitting(texts: Vec<String>, room: usize) -> String {
    let fits = |text: &&String| text.chars().count() <= room;
    let found = texts.iter().find(fits).or(texts.last());
    found.cloned().unwrap_or_default()
}

/// Hexadecimal digits that all of these addresses begin with, of equally
/// long ones.
pub(crate) fn common_prefix(addresses: impl IntoIterator<Item = u64>) -> usize {
    let mut texts = addresses
        .into_iter()
        .map(|address| format!("{address:08x}"));
    let Some(first) = texts.next() else {
        return 0;
    };
    texts.fold(first.len(), |common, text| {
        if text.len() != first.len() {
            return 0;
        }
        let same = text.bytes().zip(first.bytes()).take_while(|(a, b)| a == b);
        common.min(same.count())
    })
}

/// A range, without the first `elided` digits of each address.
pub(crate) fn range(start: u64, end: u64, elided: usize) -> String {
    let (start, end) = (format!("{start:08x}"), format!("{end:08x}"));
    if elided < 3 {
        return format!("{start}-{end}");
    }
    let tail = |text: &str| text.get(elided..).unwrap_or(text).to_owned();
    format!("…{}-…{}", tail(&start), tail(&end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_times_are_readable() {
        assert_eq!(signed_bytes(4096), "+4 KiB");
        assert_eq!(
            [signed_bytes(-1), signed_bytes(i64::MIN)],
            ["−1 B", "−8 EiB"]
        );
        let ago = |ms| ago(std::time::Duration::from_millis(ms));
        assert_eq!(
            [ago(120), ago(12_900), ago(130_000)],
            ["0.1 s", "12 s", "2 min"]
        );
    }

    #[test]
    fn common_digits_are_left_out() {
        let elided = common_prefix([0x1012_6000, 0x1012_9000]);
        assert_eq!(elided, 4);
        assert_eq!(range(0x1012_6000, 0x1012_9000, elided), "…6000-…9000");
        assert_eq!(range(0x1012_6000, 0x1012_9000, 0), "10126000-10129000");
    }

    #[test]
    fn long_text_is_cut_with_a_sign() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("日本語", 4), "日…");
    }
}
