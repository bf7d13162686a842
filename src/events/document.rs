//! What names the JSON document of a run.

/// What the document says it is.
pub(crate) const DOCUMENT_FORMAT: &str = "vmascope-check";

/// The version of the document's shape: it changes when a reader of the old
/// shape would misread the new one.
pub(crate) const DOCUMENT_SHAPE: u32 = 2;
