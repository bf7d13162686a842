//! Bytes that may be no UTF-8, as a text of JSON: a character from U+0000 to U+00FF
//! for each. Most are ASCII and stay as they are.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;

/// For `#[serde(with)]`.
pub(crate) fn serialize<B, S>(bytes: &B, out: S) -> Result<S::Ok, S::Error>
where
    B: AsRef<[u8]>,
    S: Serializer,
{
    let text: String = bytes.as_ref().iter().copied().map(char::from).collect();
    out.serialize_str(&text)
}

/// For `#[serde(with)]`.
pub(crate) fn deserialize<'de, B, D>(from: D) -> Result<B, D::Error>
where
    B: From<Vec<u8>>,
    D: Deserializer<'de>,
{
    from.deserialize_str(Bytes(PhantomData))
}

struct Bytes<B>(PhantomData<B>);

impl<B: From<Vec<u8>>> Visitor<'_> for Bytes<B> {
    type Value = B;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text of characters up to U+00FF")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<B, E> {
        let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
        let bytes = bytes.map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Named(#[serde(with = "super")] Vec<u8>);

    #[test]
    fn every_byte_comes_back_and_ascii_is_readable() {
        let all = Named((0..=u8::MAX).collect());
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Named>(&text).unwrap(), all);
        let text = serde_json::to_string(&Named(b"/tmp/a".to_vec())).unwrap();
        assert_eq!(text, "\"/tmp/a\"");
        assert!(serde_json::from_str::<Named>("\"\u{100}\"").is_err());
    }
}
