//! Words and numbers for people: names made safe, figures.

pub(crate) mod bytes_as_text;
pub(crate) mod charset;
pub(crate) mod error_line;
pub(crate) mod line_number;
pub(crate) mod number;
pub(crate) mod one_of;
pub(crate) mod sanitise;
