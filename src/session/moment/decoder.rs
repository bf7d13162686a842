//! Bytes to snapshots.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::difference::{apply, parse};
use super::fields::{FIELDS, SCENE, optional};
use super::picture::Pictures;
use super::wire::{CHANGES, FOUND, MANUAL_PICTURE, PICTURE, RECENT, WHOLE, fields};
use super::{MomentError, changes, recents};
use crate::session::explorer::change_log::LoggedChange;
use crate::session::snapshot::Snapshot;

/// Makes snapshots of one moment after the other, beginning at a whole one.
#[derive(Clone, Debug, Default)]
pub(crate) struct MomentDecoder {
    /// Whether there is a moment that the next one may rest on.
    has_begun: bool,
    snapshot: Snapshot,
    /// What each field is, by number.
    values: BTreeMap<u8, Value>,
    pictures: Pictures,
    manual_pictures: Pictures,
    changes: Vec<LoggedChange>,
}

impl MomentDecoder {
    /// Goes on to the moment that these bytes are.
    ///
    /// # Errors
    /// [`MomentError`]; the next one must be a whole one then.
    pub(crate) fn apply(&mut self, bytes: &[u8]) -> Result<(), MomentError> {
        let result = self.apply_fields(bytes);
        if result.is_err() {
            *self = Self::default();
        }
        result
    }

    /// The snapshot of that moment.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The changes that it was the first to show, oldest first; one that has the
    /// number of an earlier one has turned out to be a suspected hole.
    pub(crate) fn changes(&self) -> &[LoggedChange] {
        &self.changes
    }

    fn apply_fields(&mut self, bytes: &[u8]) -> Result<(), MomentError> {
        let mut before = Self::default();
        if bytes.first() == Some(&WHOLE) {
            before = std::mem::take(self);
            self.has_begun = true;
        }
        self.changes.clear();
        self.snapshot.found.clear();
        if !self.has_begun {
            return Err(MomentError::NoBeginning);
        }
        for field in fields(bytes) {
            let (number, field) = field?;
            let damaged = |why| MomentError::Damaged { number, why };
            self.apply_field(number, field).map_err(damaged)?;
        }
        if before.has_begun && before.values.get(&SCENE) == self.values.get(&SCENE) {
            // It is the same one: whoever looks sees no other begin.
            self.snapshot.scene = before.snapshot.scene;
        }
        self.put_pictures();
        Ok(())
    }

    fn apply_field(&mut self, number: u8, bytes: &[u8]) -> Result<(), String> {
        let recent = &mut self.snapshot.explored.recent;
        match number {
            RECENT => *recent = Arc::new(recents::decode(recent, &parse(bytes)?)?),
            PICTURE => self.pictures.decode(&parse(bytes)?, recent)?,
            MANUAL_PICTURE => self.manual_pictures.decode(&parse(bytes)?, recent)?,
            FOUND => self.snapshot.found = parsed(bytes)?,
            CHANGES => self.changes = changes::decode(&parse(bytes)?)?,
            _ => {
                let Some(field) = FIELDS.iter().find(|field| field.number == number) else {
                    return Ok(());
                };
                let value = self.values.entry(number).or_default();
                apply(value, parse(bytes)?)?;
                (field.put)(&mut self.snapshot, value).map_err(|error| error.to_string())?;
                check(&self.snapshot)?;
            }
        }
        Ok(())
    }

    fn put_pictures(&mut self) {
        self.snapshot.picture.clone_from(self.pictures.last());
        let Some(manual) = &mut self.snapshot.manual else {
            return;
        };
        let picture = self.manual_pictures.last();
        if !optional(picture, &Some(manual.picture.clone())) {
            Arc::make_mut(manual).picture = picture.clone().unwrap_or_default();
        }
    }
}

/// What a field says that is no difference.
pub(super) fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    T::deserialize(&parse(bytes)?).map_err(|error| error.to_string())
}

/// Letters of a site: a row that shows it has a place for each.
const MOST_LETTERS: u64 = 1 << 12;

/// Whether what is there can be drawn.
fn check(snapshot: &Snapshot) -> Result<(), String> {
    let Some(scene) = &snapshot.scene else {
        return Ok(());
    };
    let bytes = scene.site.end.checked_sub(scene.site.start);
    let letters = bytes.and_then(|bytes| bytes.checked_div(scene.letter_bytes));
    match letters {
        Some(0..=MOST_LETTERS) => Ok(()),
        _ => Err("a site that is none".into()),
    }
}
