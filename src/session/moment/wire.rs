//! The fields of a moment: a number, a length and so many bytes each.

use super::MomentError;

/// The moment rests on none before it: every field follows.
pub(super) const WHOLE: u8 = 0;
/// What happened to each VMA lately. Pictures may refer to it: it comes before them.
pub(super) const RECENT: u8 = 200;
/// The picture.
pub(super) const PICTURE: u8 = 201;
/// The picture of manual mode.
pub(super) const MANUAL_PICTURE: u8 = 202;
/// Changes that were logged.
pub(super) const CHANGES: u8 = 203;

/// Appends a field.
pub(super) fn put(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.push(number);
    let mut length = bytes.len();
    while length > 0x7f {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(bytes);
}

/// Takes the first field off: its number and its bytes.
pub(super) fn take<'a>(bytes: &mut &'a [u8]) -> Result<(u8, &'a [u8]), MomentError> {
    let (&number, mut rest) = bytes.split_first().ok_or(MomentError::CutOff)?;
    let mut length = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or(MomentError::CutOff)?;
        rest = after;
        length |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let length = usize::try_from(length).map_err(|_| MomentError::CutOff)?;
    let (field, rest) = rest.split_at_checked(length).ok_or(MomentError::CutOff)?;
    *bytes = rest;
    Ok((number, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_and_none_is_longer_than_what_is_there() {
        let mut out = Vec::new();
        let long = vec![7; 70_000];
        for field in [&b""[..], b"a", &long] {
            put(&mut out, 9, field);
        }
        let mut rest = &out[..];
        for field in [&b""[..], b"a", &long] {
            assert_eq!(take(&mut rest), Ok((9, field)));
        }
        assert_eq!(take(&mut rest), Err(MomentError::CutOff));
        for bad in [
            &b"\x01"[..],
            b"\x01\x02a",
            b"\x01\x80",
            b"\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(take(&mut &bad[..]), Err(MomentError::CutOff), "{bad:?}");
        }
    }
}
