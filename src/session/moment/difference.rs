//! What differs between two values of JSON, as JSON.
//!
//! `[value]`: another value. `[]`: a field that is no more. An object: what has
//! become of some fields of an object, by name, or of some elements of a list, by
//! position; of a list also `drop`, how many are gone from its front, before that
//! `keep`, how many are left of the rest, after it `more`, what is new behind.

use serde_json::{Map, Value, json};

/// Longest time, in seconds, of a recording: 30 000 years. Sums of such times are
/// times.
const LONGEST: u64 = 1 << 40;

/// What makes `after` of `before`; none where they are equal.
pub(super) fn difference(before: &Value, after: &Value) -> Option<Value> {
    if before == after {
        return None;
    }
    Some(match (before, after) {
        (Value::Object(before), Value::Object(after)) => of_objects(before, after),
        (Value::Array(before), Value::Array(after)) => of_lists(before, after),
        _ => json!([after]),
    })
}

fn of_objects(before: &Map<String, Value>, after: &Map<String, Value>) -> Value {
    let mut changes = Map::new();
    for (name, value) in after {
        let change = match before.get(name) {
            Some(old) => difference(old, value),
            None => Some(json!([value])),
        };
        changes.extend(change.map(|change| (name.clone(), change)));
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    changes.extend(gone.map(|name| (name.clone(), json!([]))));
    Value::Object(changes)
}

fn of_lists(before: &[Value], after: &[Value]) -> Value {
    let mut changes = Map::new();
    let dropped = dropped(before, after);
    if dropped > 0 {
        changes.insert("drop".into(), json!(dropped));
    }
    let before = &before[dropped..];
    if after.len() < before.len() {
        changes.insert("keep".into(), json!(after.len()));
    }
    let (same, more) = after.split_at(before.len().min(after.len()));
    if !more.is_empty() {
        changes.insert("more".into(), json!(more));
    }
    for (at, (old, new)) in before.iter().zip(same).enumerate() {
        changes.extend(difference(old, new).map(|change| (at.to_string(), change)));
    }
    Value::Object(changes)
}

/// How many are gone from the front, where the rest is still there: a list of the
/// latest.
fn dropped(before: &[Value], after: &[Value]) -> usize {
    let is_rest = |at: &usize| after.starts_with(&before[*at..]);
    (0..before.len()).find(is_rest).unwrap_or(0)
}

/// Makes of a value what a [`difference`] says.
///
/// # Errors
/// In a few words: it is none, or none of this value.
pub(super) fn apply(value: &mut Value, change: Value) -> Result<(), String> {
    match (value, change) {
        (value, Value::Array(mut new)) if new.len() == 1 => {
            *value = new.pop().unwrap_or_default();
            Ok(())
        }
        (Value::Object(fields), Value::Object(changes)) => to_object(fields, changes),
        (Value::Array(items), Value::Object(changes)) => to_list(items, changes),
        _ => Err("a change of something else".into()),
    }
}

fn to_object(fields: &mut Map<String, Value>, changes: Map<String, Value>) -> Result<(), String> {
    for (name, change) in changes {
        match change {
            Value::Array(new) if new.is_empty() => {
                fields.remove(&name);
            }
            change => apply(fields.entry(name).or_insert(Value::Null), change)?,
        }
    }
    Ok(())
}

fn to_list(items: &mut Vec<Value>, mut changes: Map<String, Value>) -> Result<(), String> {
    if let Some(dropped) = changes.remove("drop") {
        let dropped = number(&dropped)?;
        items.drain(..dropped.min(items.len()));
    }
    if let Some(kept) = changes.remove("keep") {
        items.truncate(number(&kept)?);
    }
    let more = changes.remove("more");
    for (at, change) in changes {
        let item = at.parse().ok().and_then(|at: usize| items.get_mut(at));
        apply(item.ok_or("a change of what is not in the list")?, change)?;
    }
    match more {
        None => Ok(()),
        Some(Value::Array(more)) => {
            items.extend(more);
            Ok(())
        }
        Some(_) => Err("more of a list that is no list".into()),
    }
}

fn number(value: &Value) -> Result<usize, String> {
    let number = value.as_u64().and_then(|number| number.try_into().ok());
    number.ok_or_else(|| "a length that is no number".into())
}

/// JSON without times that cannot be added up.
///
/// # Errors
/// In a few words: it is not that.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match has_absurd_time(&value) {
        true => Err("a time of more than 30 000 years".into()),
        false => Ok(value),
    }
}

fn has_absurd_time(value: &Value) -> bool {
    let is_absurd = |it: &Value| it.as_u64().is_some_and(|seconds| seconds > LONGEST);
    match value {
        Value::Object(fields) => fields.iter().any(|(name, field)| match (&**name, field) {
            ("secs", Value::Array(new)) => new.iter().any(is_absurd),
            ("secs", seconds) => is_absurd(seconds),
            (_, field) => has_absurd_time(field),
        }),
        Value::Array(items) => items.iter().any(has_absurd_time),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways(before: &Value, after: &Value) -> Option<Value> {
        let mut made = before.clone();
        let change = difference(before, after);
        if let Some(change) = change.clone() {
            apply(&mut made, change).unwrap();
        }
        assert_eq!(&made, after, "{before} {change:?}");
        change
    }

    #[test]
    fn a_difference_makes_one_of_the_other_and_says_no_more() {
        let values = [
            json!(null),
            json!(1),
            json!([]),
            json!([[]]),
            json!({}),
            json!([1, 2, 3]),
            json!([2, 3, 4]),
            json!([1, 2]),
            json!({"a": 1, "b": {"c": [1, {"d": 2}]}}),
            json!({"b": {"c": [1, {"d": 3}, 4]}, "more": []}),
            json!([{"a": 1}, {"a": 2}]),
            json!([{"a": 1}, {"a": 3}]),
        ];
        for before in &values {
            for after in &values {
                both_ways(before, after);
            }
        }
        assert_eq!(both_ways(&values[5], &values[5]), None);
        let change = both_ways(&values[5], &values[6]);
        assert_eq!(change, Some(json!({"drop": 1, "more": [4]})));
        let change = both_ways(&values[10], &values[11]);
        assert_eq!(change, Some(json!({"1": {"a": [3]}})));
    }

    #[test]
    fn what_is_no_change_is_refused() {
        for change in [
            json!(1),
            json!([1, 2]),
            json!([]),
            json!({"9": [1]}),
            json!({"a": [1]}),
            json!({"drop": "x"}),
            json!({"keep": -1}),
            json!({"more": 1}),
        ] {
            assert!(apply(&mut json!([1]), change.clone()).is_err(), "{change}");
        }
        assert!(apply(&mut json!(1), json!({})).is_err());
        assert!(parse(b"{").is_err());
        assert!(parse(br#"{"a":[{"secs":1099511627777,"nanos":0}]}"#).is_err());
        assert!(parse(br#"{"secs":[1099511627777]}"#).is_err());
        assert!(parse(br#"{"a":[{"secs":1099511627776,"nanos":0}]}"#).is_ok());
    }
}
