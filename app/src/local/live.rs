//! The live channel: the server tells the newest change of each scope. It only ever wakes the sync loop.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use qinda::sync::Heads;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

const PATH: &str = "/sync/live";
/// The server speaks every 10 seconds; after this long without a word the channel is taken for dead.
const SILENCE_MILLIS_MAX: u32 = 25_000;

/// What the channel tells.
pub(crate) enum Heard {
    /// The newest changes.
    Heads(Heads),
    /// The channel broke or fell silent.
    Lost,
}

type Listener = Rc<dyn Fn(Heard)>;

/// An open live channel; dropping it closes it.
pub(crate) struct Live {
    source: EventSource,
    _on_heads: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn()>,
    _watchdog: Rc<RefCell<Option<Timeout>>>,
}

impl Live {
    /// Opens the channel; `None` when the browser refuses.
    pub(crate) fn open(listener: impl Fn(Heard) + 'static) -> Option<Self> {
        let listener: Listener = Rc::new(listener);
        let source = EventSource::new(PATH).ok()?;
        let watchdog = Rc::new(RefCell::new(None));
        watch(&watchdog, &listener);

        let on_heads = {
            let (watchdog, listener) = (Rc::clone(&watchdog), Rc::clone(&listener));
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                watch(&watchdog, &listener);
                let text = event.data().as_string().unwrap_or_default();
                if let Ok(heads) = serde_json::from_str(&text) {
                    listener(Heard::Heads(heads));
                }
            })
        };
        let on_error = Closure::<dyn Fn()>::new(move || listener(Heard::Lost));
        source.add_event_listener_with_callback("heads", on_heads.as_ref().unchecked_ref()).ok()?;
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { source, _on_heads: on_heads, _on_error: on_error, _watchdog: watchdog })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.source.close();
    }
}

fn watch(watchdog: &Rc<RefCell<Option<Timeout>>>, listener: &Listener) {
    let listener = Rc::clone(listener);
    let timeout = Timeout::new(SILENCE_MILLIS_MAX, move || listener(Heard::Lost));
    *watchdog.borrow_mut() = Some(timeout);
}
