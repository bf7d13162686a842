//! stub
#![allow(missing_docs)]
use super::line::{Device, Permissions};
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lookup {
    Covering,
    CoveringOrNext,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Filter {
    pub readable: bool,
    pub writable: bool,
    pub executable: bool,
    pub shared: bool,
    pub file_backed: bool,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    pub address: u64,
    pub lookup: Lookup,
    pub filter: Filter,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QueriedVma {
    pub start: u64,
    pub end: u64,
    pub permissions: Permissions,
    pub page_size: u64,
    pub offset: u64,
    pub inode: u64,
    pub device: Device,
}
impl Filter {
    pub fn accepts(&self, has: Permissions, file_backed: bool) -> bool {
        (!self.readable || has.read)
            && (!self.writable || has.write)
            && (!self.executable || has.execute)
            && (!self.shared || has.shared)
            && (!self.file_backed || file_backed)
    }
}
