//! Numbers as the kernel prints them in `/proc/PID/maps`: lower-case
//! hexadecimal of a minimum width, and decimal.
//!
//! Addresses are read eight digits at a time in one machine word, because a
//! reader of 65 000 VMAs parses 130 000 of them per scan.

/// One copy of `byte` in each of the eight bytes of a word.
const fn each(byte: u8) -> u64 {
    0x0101_0101_0101_0101 * byte as u64
}

/// The high bit of each byte.
const HIGH: u64 = each(0x80);

/// Whether all eight bytes are lower-case hexadecimal digits.
#[inline]
fn all_hex(word: u64) -> bool {
    // Each sum sets the byte's high bit where the byte is at least the bound;
    // none carries into the next byte while all bytes are below 0x80.
    let at_least_0 = word.wrapping_add(each(0x80 - b'0'));
    let above_9 = word.wrapping_add(each(0x80 - b'9' - 1));
    let at_least_a = word.wrapping_add(each(0x80 - b'a'));
    let above_f = word.wrapping_add(each(0x80 - b'f' - 1));
    let digit = at_least_0 & !above_9;
    let letter = at_least_a & !above_f;
    word & HIGH == 0 && (digit | letter) & HIGH == HIGH
}

/// The value of eight hexadecimal digits, the first one in the highest byte.
#[inline]
fn pack(word: u64) -> u64 {
    let letters = (word >> 6) & each(1);
    let nibbles = (word & each(0x0f)) + letters * 9;
    let bytes = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff;
    let pairs = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
    (pairs | pairs >> 16) & 0xffff_ffff
}

#[inline]
fn load(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_be_bytes(eight.try_into().ok()?))
}

/// An address of 8 to 16 digits that starts at `at` and ends before the first
/// `delimiter`: its value and the delimiter's index.
#[inline]
pub(crate) fn address(bytes: &[u8], at: usize, delimiter: u8) -> Option<(u64, usize)> {
    let (Some(head), Some(tail)) = (load(bytes, at), load(bytes, at + 8)) else {
        return slow_address(bytes, at, delimiter);
    };
    if !all_hex(head) {
        return None;
    }
    // The first byte equal to the delimiter, if any, as a digit count.
    let differences = tail ^ each(delimiter);
    let below = differences & !HIGH;
    let zeros = !(below.wrapping_add(!HIGH) | differences) & HIGH;
    let digits = zeros.leading_zeros() / 8;
    let (low, end) = if digits == 8 {
        (tail, at + 16)
    } else {
        // Shift what follows the digits out, and '0' in from above.
        let shift = 64 - 8 * digits;
        let zeros_above = if digits == 0 {
            each(b'0')
        } else {
            each(b'0') << (8 * digits)
        };
        let kept = if digits == 0 { 0 } else { tail >> shift };
        (kept | zeros_above, at + 8 + digits as usize)
    };
    if !all_hex(low) || bytes.get(end) != Some(&delimiter) {
        return None;
    }
    Some((pack(head) << (4 * digits) | pack(low), end))
}

/// [`address`] for a slice too short to be loaded word by word.
#[cold]
fn slow_address(bytes: &[u8], at: usize, delimiter: u8) -> Option<(u64, usize)> {
    let (value, end) = hex_digits(bytes, at)?;
    (end - at >= 8 && bytes.get(end) == Some(&delimiter)).then_some((value, end))
}

/// All lower-case hexadecimal digits at `at`, up to 16.
#[inline]
fn hex_digits(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    let mut end = at;
    while let Some(&byte) = bytes.get(end) {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => break,
        };
        if end - at >= 16 {
            return None;
        }
        value = value << 4 | u64::from(digit);
        end += 1;
    }
    Some((value, end))
}

/// A lower-case hexadecimal number of at least `width` digits at `at`, with
/// no leading zero beyond that width: its value and the index after it.
///
/// This is what the kernel's `seq_put_hex_ll(m, "", value, width)` prints.
#[inline]
pub(crate) fn hex(bytes: &[u8], at: usize, width: usize) -> Option<(u64, usize)> {
    let (value, end) = hex_digits(bytes, at)?;
    let length = end - at;
    let canonical = length == width || length > width && bytes[at] != b'0';
    canonical.then_some((value, end))
}

/// A decimal number at `at`, without leading zeros: its value and the index
/// after it.
#[inline]
pub(crate) fn decimal(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    let mut end = at;
    while let Some(&byte @ b'0'..=b'9') = bytes.get(end) {
        value = value.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
        end += 1;
    }
    let canonical = end - at == 1 || end - at > 1 && bytes[at] != b'0';
    canonical.then_some((value, end))
}

/// Appends `value` in hexadecimal, with leading zeros up to `width` digits.
pub(crate) fn write_hex(out: &mut Vec<u8>, value: u64, width: u32) {
    let needed = (64 - value.leading_zeros()).div_ceil(4);
    for position in (0..needed.max(width)).rev() {
        let digit = (value >> (4 * position) & 0xf) as u8;
        out.push(if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        });
    }
}

/// Appends `value` in decimal.
pub(crate) fn write_decimal(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn address_reads_what_format_writes(value: u64, bits in 0u32..64, rest in "[ -~]{0,20}") {
            let value = value >> bits;
            let text = format!("x{value:08x}-{rest}");
            let expected = Some((value, text.find('-').unwrap()));
            prop_assert_eq!(address(text.as_bytes(), 1, b'-'), expected);
            prop_assert_eq!(slow_address(text.as_bytes(), 1, b'-'), expected);
        }

        #[test]
        fn address_takes_digits_only(text in "[0-9a-f]{6,18}[0-9a-gA-F/:`@-]{1,4}[0-9a-f-]{0,20}") {
            let bytes = text.as_bytes();
            let digits = text.find(|c: char| !matches!(c, '0'..='9' | 'a'..='f')).unwrap_or(text.len());
            let good = (8..=16).contains(&digits) && bytes.get(digits) == Some(&b'-');
            let expected = good.then(|| (u64::from_str_radix(&text[..digits], 16).unwrap(), digits));
            prop_assert_eq!(address(bytes, 0, b'-'), expected);
        }

        #[test]
        fn numbers_print_back(value: u64, bits in 0u32..64, width in 2u32..9) {
            let value = value >> bits;
            let mut out = Vec::new();
            write_hex(&mut out, value, width);
            prop_assert_eq!(hex(&out, 0, width as usize), Some((value, out.len())));
            prop_assert_eq!(&out, &format!("{value:0width$x}", width = width as usize).into_bytes());
            out.clear();
            write_decimal(&mut out, value);
            prop_assert_eq!(&out, &value.to_string().into_bytes());
            prop_assert_eq!(decimal(&out, 0), Some((value, out.len())));
        }

        #[test]
        fn every_byte_is_a_digit_or_not(word: [u8; 8]) {
            let expected = word.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            prop_assert_eq!(all_hex(u64::from_be_bytes(word)), expected);
        }
    }

    #[test]
    fn each_byte_value_is_judged_right_in_each_place() {
        for place in 0..8 {
            for byte in 0..=255u8 {
                let mut word = *b"09af09af";
                word[place] = byte;
                let expected = matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                assert_eq!(all_hex(u64::from_be_bytes(word)), expected, "{byte:#x}");
            }
        }
    }

    #[test]
    fn too_large_or_padded_numbers_are_refused() {
        assert_eq!(decimal(b"18446744073709551616", 0), None);
        assert_eq!(decimal(b"01", 0), None);
        assert_eq!(decimal(b"", 0), None);
        assert_eq!(hex(b"000000001", 0, 8), None);
        assert_eq!(hex(b"1ffffffffffffffff", 0, 8), None);
        assert_eq!(address(b"1ffffffffffffffff-", 0, b'-'), None);
        assert_eq!(address(b"", 3, b'-'), None);
    }
}
