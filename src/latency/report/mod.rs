//! A measurement as text: for people, as columns, and as the columns of the
//! test that the patch series cites.

mod format;
mod histogram;
mod human;
mod locks;
mod plain;

pub use format::{few, ratio, time};
pub use histogram::bar;
pub use human::human;
pub use plain::{csv, raw};
