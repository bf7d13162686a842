//! Snapshots to bytes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::changes::LogPosition;
use super::difference::difference;
use super::fields::{FIELDS, optional, shared};
use super::picture::Pictures;
use super::recents;
use super::wire::{CHANGES, FOUND, MANUAL_PICTURE, PICTURE, RECENT, WHOLE, put};
use crate::session::explorer::change_log::ChangeLog;
use crate::session::snapshot::Snapshot;

/// Makes bytes of one snapshot after the other.
#[derive(Debug, Default)]
pub(crate) struct MomentEncoder {
    before: Option<Box<Snapshot>>,
    /// What each field was, by number.
    values: BTreeMap<u8, Value>,
    pictures: Pictures,
    manual_pictures: Pictures,
    logged: LogPosition,
}

impl MomentEncoder {
    /// What differs from the snapshot encoded before; of a `whole` one, as of the
    /// first, everything. Also what was logged since: `log` is that of the session.
    pub(crate) fn encode(&mut self, snapshot: &Snapshot, log: &ChangeLog, whole: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let before = self.before.take().filter(|_| !whole);
        if before.is_none() {
            self.values.clear();
            (self.pictures, self.manual_pictures) = Default::default();
            put(&mut out, WHOLE, &[]);
        }
        let before = before.as_deref();
        for field in FIELDS {
            if before.is_some_and(|before| (field.is_same)(before, snapshot)) {
                continue;
            }
            // Nothing in a snapshot is what JSON cannot say.
            let Ok(value) = (field.take)(snapshot) else {
                continue;
            };
            if let Some(change) = change(self.values.get(&field.number), &value) {
                put(&mut out, field.number, &change);
                self.values.insert(field.number, value);
            }
        }
        self.encode_recent(before, snapshot, &mut out);
        self.encode_pictures(before.is_none(), snapshot, &mut out);
        if !snapshot.found.is_empty() {
            put(&mut out, FOUND, &json_of(&snapshot.found));
        }
        let news = self.logged.news(log, snapshot.at);
        if !news.is_empty() {
            put(&mut out, CHANGES, &json_of(&news));
        }
        // Its strings and lists are shared, all but a few.
        self.before = Some(Box::new(snapshot.clone()));
        out
    }

    fn encode_recent(&self, before: Option<&Snapshot>, snapshot: &Snapshot, out: &mut Vec<u8>) {
        let now = &snapshot.explored.recent;
        let before = before.map(|before| &before.explored.recent);
        if before.is_some_and(|before| shared(before, now)) {
            return;
        }
        let before = before.map_or(&[][..], |before| before);
        if let Some(change) = recents::encode(before, now) {
            put(out, RECENT, &json_of(&change));
        }
    }

    fn encode_pictures(&mut self, whole: bool, snapshot: &Snapshot, out: &mut Vec<u8>) {
        let manual = snapshot
            .manual
            .as_ref()
            .map(|manual| manual.picture.clone());
        let places = [
            (PICTURE, &mut self.pictures, &snapshot.picture),
            (MANUAL_PICTURE, &mut self.manual_pictures, &manual),
        ];
        for (number, pictures, picture) in places {
            if !whole && optional(pictures.last(), picture) {
                continue;
            }
            if let Ok(change) = pictures.encode(picture, &snapshot.explored.recent) {
                put(out, number, &change);
            }
        }
    }
}

/// What has become of a value, the shorter way.
fn change(before: Option<&Value>, now: &Value) -> Option<Vec<u8>> {
    let all = || json_of(&json!([now]));
    let Some(before) = before else {
        return Some(all());
    };
    let change = json_of(&difference(before, now)?);
    Some(match all() {
        all if all.len() < change.len() => all,
        _ => change,
    })
}

fn json_of(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
