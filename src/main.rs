//! The page: mounts it, nothing else.

fn main() {}
