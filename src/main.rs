//! Mounts the app.

#[cfg(target_arch = "wasm32")]
fn main() {
    partitura::app::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is the browser app: `cargo xtask serve` builds and serves it.");
}
