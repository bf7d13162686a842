//! The names of the JSON documents that are written.

#[derive(Clone, Copy, Debug)]
pub(crate) struct Document {
    pub format: &'static str,
    /// The version of its shape: it changes when a reader of the old shape
    /// would misread the new one.
    pub shape: u32,
}

pub(crate) const CHECK: Document = document("vmascope-check", 3);
pub(crate) const DIFF: Document = document("vmascope-diff", 2);
pub(crate) const FUZZ: Document = document("vmascope-fuzz", 1);
pub(crate) const JUDGED: Document = document("vmascope-judged", 1);
pub(crate) const MAPS: Document = document("vmascope-maps", 2);
pub(crate) const PROTOCOL: Document = document("vmascope-protocol", 1);
pub(crate) const PROTOCOL_WALKS: Document = document("vmascope-protocol-walks", 1);
pub(crate) const SCENARIOS: Document = document("vmascope-scenarios", 1);
pub(crate) const TARGET: Document = document("vmascope-target", 1);
pub(crate) const WATCH: Document = document("vmascope-watch", 3);

const fn document(format: &'static str, shape: u32) -> Document {
    Document { format, shape }
}
