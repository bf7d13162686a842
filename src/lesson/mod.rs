//! The lessons of `vmascope learn`: what is asked, what is to be done, and what
//! comes of it, as data.
//!
//! * [`definition`]: what a lesson is made of; [`goal`]: when something to be done is done;
//! * [`catalogue`]: the lessons there are, out of the files of `lessons/`;
//! * [`progress`]: how far somebody has come, as the text of a file.

pub(crate) mod catalogue;
pub(crate) mod definition;
pub(crate) mod goal;
pub(crate) mod progress;
