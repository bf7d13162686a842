//! What texts became: scan after scan has the same.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Bytes that are remembered: when there are more, it begins anew.
const MOST: usize = 32 << 20;

/// What each text became.
#[derive(Debug, Default)]
pub(super) struct Known {
    texts: HashMap<Box<[u8]>, Box<[u8]>, RandomState>,
    bytes: usize,
}

impl Known {
    pub(super) fn get(&self, text: &[u8]) -> Option<&[u8]> {
        self.texts.get(text).map(|it| &**it)
    }

    pub(super) fn keep(&mut self, text: &[u8], became: &[u8]) {
        if self.bytes > MOST {
            self.clear();
        }
        self.bytes += text.len() + became.len();
        self.texts.insert(text.into(), became.into());
    }

    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.bytes = 0;
    }
}
