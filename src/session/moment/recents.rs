//! What happened to each VMA lately, as what differs: there may be thousands, of
//! which few change at a time.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::difference::{apply, difference};
use crate::session::explorer::recent::Recent;

#[derive(Debug, Default, Serialize, Deserialize)]
struct RecentChanges {
    /// Those that start there are forgotten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<u64>,
    /// What has become of those that start there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changed: Vec<(u64, Value)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    new: Vec<Recent>,
}

/// What makes one list, by address, of the other; none where they are equal.
pub(super) fn encode(before: &[Recent], now: &[Recent]) -> Option<Value> {
    let mut changes = RecentChanges::default();
    let (mut old, mut new) = (before.iter().peekable(), now.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => old.start.cmp(&new.start),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let was = old.next_if(|_| order.is_le());
        let is = new.next_if(|_| order.is_ge());
        match (was, is) {
            (Some(was), Some(is)) if was == is => {}
            (Some(was), Some(is)) => {
                let values = serde_json::to_value(was)
                    .ok()
                    .zip(serde_json::to_value(is).ok());
                let change = values.and_then(|(was, is)| difference(&was, &is));
                changes.changed.extend(change.map(|it| (is.start, it)));
            }
            (Some(was), None) => changes.gone.push(was.start),
            (None, is) => changes.new.extend(is),
        }
    }
    let RecentChanges { gone, changed, new } = &changes;
    let is_any = !gone.is_empty() || !changed.is_empty() || !new.is_empty();
    serde_json::to_value(&changes).ok().filter(|_| is_any)
}

/// The list that a change makes of another.
///
/// # Errors
/// In a few words: it is no change of that list.
pub(super) fn decode(before: &[Recent], change: &Value) -> Result<Vec<Recent>, String> {
    let changes = RecentChanges::deserialize(change).map_err(|error| error.to_string())?;
    let before = before.iter().map(|recent| (recent.start, *recent));
    let mut by_start: BTreeMap<u64, Recent> = before.collect();
    for start in &changes.gone {
        by_start.remove(start);
    }
    for (start, change) in changes.changed {
        let was = by_start.get(&start).ok_or("a change of no known VMA")?;
        let mut value = serde_json::to_value(was).map_err(|error| error.to_string())?;
        apply(&mut value, change)?;
        let is = Recent::deserialize(&value).map_err(|error| error.to_string())?;
        by_start.insert(is.start, is);
    }
    by_start.extend(changes.new.into_iter().map(|recent| (recent.start, recent)));
    Ok(by_start.into_values().collect())
}
