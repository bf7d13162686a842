//! Numbers as few bytes, written and read back with every length checked.

/// What was read is not what anything wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its bytes are not those of a recording")]
pub(crate) struct Malformed;

/// Appends a number in groups of seven bits, the lowest first.
#[inline]
pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a difference that may be negative: small ones are few bytes.
#[inline]
pub(crate) fn put_difference(out: &mut Vec<u8>, from: u64, to: u64) {
    let difference = to.wrapping_sub(from).cast_signed();
    put_number(out, (difference << 1 ^ difference >> 63).cast_unsigned());
}

/// Appends bytes and, in front of them, how many there are.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes bytes off the front of others.
#[derive(Clone, Debug)]
pub(crate) struct Taker<'a>(&'a [u8]);

impl<'a> Taker<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Taker(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes are left.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.0.split_first().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return Err(Malformed);
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    /// A number that counts something in memory.
    #[inline]
    pub(crate) fn count(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.number()?).map_err(|_| Malformed)
    }

    /// The number that is by so much another than `from`.
    #[inline]
    pub(crate) fn difference(&mut self, from: u64) -> Result<u64, Malformed> {
        let coded = self.number()?;
        let difference = (coded >> 1) ^ (coded & 1).wrapping_neg();
        Ok(from.wrapping_add(difference))
    }

    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Bytes with their number in front.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let count = self.count()?;
        self.take(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(number: u64, from: u64, bytes: Vec<u8>) {
            let mut out = Vec::new();
            put_number(&mut out, number);
            put_difference(&mut out, from, number);
            put_bytes(&mut out, &bytes);
            let mut taker = Taker::of(&out);
            prop_assert_eq!(taker.number(), Ok(number));
            prop_assert_eq!(taker.difference(from), Ok(number));
            prop_assert_eq!(taker.bytes(), Ok(&bytes[..]));
            prop_assert!(taker.is_empty());
        }

        #[test]
        fn any_bytes_are_taken_or_refused(bytes: Vec<u8>) {
            let mut taker = Taker::of(&bytes);
            while taker.number().is_ok() {}
            let _ = taker.bytes();
        }
    }

    #[test]
    fn what_is_small_is_a_byte() {
        let mut out = Vec::new();
        for number in [0, 1, 127] {
            put_number(&mut out, number);
        }
        put_difference(&mut out, 1000, 990);
        assert_eq!(out.len(), 4);
    }
}
