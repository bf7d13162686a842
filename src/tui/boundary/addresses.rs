//! Addresses without the digits that all of them have in common.

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
    fn common_digits_are_left_out() {
        let elided = common_prefix([0x1012_6000, 0x1012_9000]);
        assert_eq!(elided, 4);
        assert_eq!(range(0x1012_6000, 0x1012_9000, elided), "…6000-…9000");
        assert_eq!(range(0x1012_6000, 0x1012_9000, 0), "10126000-10129000");
    }
}
