//! A last word of a page that is left: the browser sends it though the page is gone.

use js_sys::Array;
use serde::Serialize;
use web_sys::{Blob, BlobPropertyBag};

/// Posts JSON and waits for nothing. It may be lost.
pub(crate) fn tell_at_parting(path: &str, body: &impl Serialize) {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return };
    let Ok(text) = serde_json::to_string(body) else { return };
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&Array::of1(&text.as_str().into()), &kind) {
        let _ = navigator.send_beacon_with_opt_blob(path, Some(&blob));
    }
}
