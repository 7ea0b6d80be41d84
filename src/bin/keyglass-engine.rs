//! The server half as a JavaScript module.

fn main() {}
