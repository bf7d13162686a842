//! Words and numbers for people: names made safe, figures, what a panic said.

pub(crate) mod number;
pub(crate) mod panic_text;
pub(crate) mod sanitise;
