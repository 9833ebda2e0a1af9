//! Mounts the app.

#[cfg(target_arch = "wasm32")]
fn main() {
    yew::Renderer::<Hello>::new().render();
}
#[cfg(target_arch = "wasm32")]
#[yew::component]
fn Hello() -> yew::Html {
    yew::html! { <h1>{ "Partitura" }</h1> }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is the browser app: `cargo xtask serve` builds and serves it.");
}
