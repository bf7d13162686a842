//! Text of any bytes in JSON: names from a target need not be UTF-8.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text: in JSON a string where it is UTF-8, else a list of its bytes.
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
            Err(_) => out.collect_seq(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            List(Vec<u8>),
        }
        Ok(Bytes(match Either::deserialize(from)? {
            Either::Text(text) => text.into_bytes(),
            Either::List(bytes) => bytes,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back() {
        for (bytes, json) in [
            (&b"r-- \xc3\xa4\n"[..], r#""r-- ä\n""#),
            (b"\x1b\xff", "[27,255]"),
        ] {
            let text = serde_json::to_string(&Bytes(bytes.to_vec())).expect("JSON");
            assert_eq!(text, json);
            let back: Bytes = serde_json::from_str(&text).expect("bytes");
            assert_eq!(back.get(), bytes);
        }
        assert!(serde_json::from_str::<Bytes>("[256]").is_err());
    }
}
