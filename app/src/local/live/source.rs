//! The server's own voice: an event stream that brings what is new, or tells that there is something, and who looks at
//! what.

use qinda::sync::PullRequest;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

const PATH: &str = "/sync/live";
/// What the server tells; the form of each tells them apart.
const EVENTS: [&str; 4] = ["page", "beat", "heads", "presence"];

/// An open stream; dropping it closes it.
pub(super) struct Source {
    stream: EventSource,
    _on_told: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn()>,
}

impl Source {
    /// Opens the stream; `None` when the browser refuses. `asks` is how far the device is, for which it gets pages. What
    /// is told comes as it was sent.
    pub(super) fn open(
        asks: Option<&PullRequest>,
        told: impl Fn(String) + 'static,
        broke: impl Fn() + 'static,
    ) -> Option<Self> {
        let asks = asks.and_then(|request| serde_json::to_string(request).ok());
        let query = asks.map(|text| format!("?asks={}", js_sys::encode_uri_component(&text))).unwrap_or_default();
        let stream = EventSource::new(&format!("{PATH}{query}")).ok()?;
        let on_told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            told(event.data().as_string().unwrap_or_default());
        });
        let on_error = Closure::<dyn Fn()>::new(broke);
        for event in EVENTS {
            stream.add_event_listener_with_callback(event, on_told.as_ref().unchecked_ref()).ok()?;
        }
        stream.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { stream, _on_told: on_told, _on_error: on_error })
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.stream.close();
    }
}
