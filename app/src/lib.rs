//! The desk: Leptos views and what they need of the browser; and the pages the server renders.
//!
//! With the feature `hydrate` it is the agent's desk, compiled to WebAssembly: `local` is the only code that
//! touches browser storage or the network, `desk` joins it to the core, and each area of the screen has a
//! folder. With the feature `ssr` it is what the server renders: the shell and the shopper's page. Policy lives
//! in the core alone.

#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod visitor;

#[cfg(feature = "hydrate")]
mod account;
#[cfg(feature = "hydrate")]
mod answers;
#[cfg(feature = "hydrate")]
mod desk;
#[cfg(feature = "hydrate")]
mod frame;
#[cfg(feature = "hydrate")]
mod inbox;
#[cfg(feature = "hydrate")]
mod knowledge;
#[cfg(feature = "hydrate")]
mod local;
#[cfg(feature = "hydrate")]
mod parts;
#[cfg(feature = "hydrate")]
mod prelude;
#[cfg(feature = "hydrate")]
mod replies;
#[cfg(feature = "hydrate")]
mod screen;
#[cfg(feature = "hydrate")]
mod sign_in;
#[cfg(feature = "hydrate")]
mod supervise;
#[cfg(feature = "hydrate")]
mod unlock;
#[cfg(feature = "hydrate")]
mod words;

/// Starts the desk on the page that holds it.
#[cfg(all(feature = "hydrate", not(test)))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    open_desk();
}

/// Puts the desk in the place of the shape that stood for it.
#[cfg(feature = "hydrate")]
#[cfg_attr(test, expect(dead_code, reason = "tests bring pages of their own"))]
fn open_desk() {
    if let Some(shape) = leptos::prelude::document().get_element_by_id("qinda-loading") {
        shape.remove();
    }
    leptos::mount::mount_to_body(|| {
        desk::provide_desk();
        leptos::view! { <screen::Screen/> }
    });
}
