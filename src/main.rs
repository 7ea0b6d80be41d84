//! The page: mounts it, nothing else.

#[cfg(target_arch = "wasm32")]
fn main() {
    keyglass::ui::page::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The page runs in a browser: `make serve` builds it and serves it.");
}
