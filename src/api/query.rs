//! `PROCMAP_QUERY`: one VMA by its address.

pub use crate::linux::procmap_query::{
    Filter, Lookup, NameBuffers, QueriedVma, Query, QueryError, VmaQuery,
};
