//! Values as JSON, each by one serializer and one deserializer: that keeps the program
//! small.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// None of what has no JSON, which is nothing that we record.
pub(crate) fn to_json(value: &impl Serialize) -> Option<Vec<u8>> {
    let value = serde_json::to_value(value).ok()?;
    serde_json::to_vec(&value).ok()
}

/// # Errors
/// When these bytes are not such a value.
pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let value: Value = serde_json::from_slice(bytes)?;
    T::deserialize(&value)
}
