//! The `vmascope` program.

fn main() {}
