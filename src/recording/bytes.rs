//! Text of any bytes in JSON: names from a target need not be UTF-8.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text: in JSON a string where it is UTF-8, else a list of one string, of which
/// each character (U+0000 to U+00FF) is a byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub(crate) Vec<u8>);

impl Bytes {
    pub(crate) fn get(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match str::from_utf8(&self.0) {
            Ok(text) => out.serialize_str(text),
            Err(_) => {
                let letters = self.0.iter().map(|byte| char::from(*byte));
                out.collect_seq([letters.collect::<String>()])
            }
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(BytesVisitor)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, or a list of one string of bytes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        Ok(Bytes(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Bytes, A::Error> {
        let letters: String = list
            .next_element()?
            .ok_or_else(|| Error::invalid_length(0, &self))?;
        let bytes: Result<Vec<u8>, _> = letters.chars().map(u8::try_from).collect();
        bytes
            .map(Bytes)
            .map_err(|_| Error::custom("a character that is no byte"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back() {
        let all: Vec<u8> = (0..=255).collect();
        for (bytes, json) in [
            (&b"r-- \xc3\xa4\n"[..], Some(r#""r-- ä\n""#)),
            (b"\x1b\xff", Some(r#"["\u001bÿ"]"#)),
            (&all, None),
        ] {
            let text = serde_json::to_string(&Bytes(bytes.to_vec())).expect("JSON");
            assert_eq!(json.unwrap_or(&text), text);
            let back: Bytes = serde_json::from_str(&text).expect("bytes");
            assert_eq!(back.get(), bytes);
        }
        for other in [r#"["Ā"]"#, "[]", "[1]", r#"["a","b"]"#, "7", "null"] {
            assert!(serde_json::from_str::<Bytes>(other).is_err(), "{other}");
        }
    }
}
