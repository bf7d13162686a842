//! A measurement as text: for people, as columns, and as the columns of the
//! test that the patch series cites.

pub(crate) mod histogram;
pub(crate) mod human;
pub(crate) mod inversion;
pub(crate) mod locks;
pub(crate) mod plain;
pub(crate) mod progress;
