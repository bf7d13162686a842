//! stub
#![allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Granularity {
    Line,
    Chunk,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    LastEnd,
    NextStart,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    pub granularity: Granularity,
    pub position: Position,
}
