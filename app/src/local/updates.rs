//! New versions of the desk. The boot script watches the service worker; the desk decides when it takes over. A newer
//! desk in another tab may lay the storage out anew: this one lets go of it then, and says so.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::EventTarget;

const UPDATE_WAITS: &str = "qinda:update";
const TAKE_OVER: &str = "qinda:take-over";
/// What a page says in place of its build while files change under one name.
const IN_THE_WORKS: &str = "watch";

/// What the storage tells the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// This page let go of the storage for a newer desk in another tab: nothing is kept here any more.
    LetGo,
    /// Another page keeps this one from opening the storage.
    Blocked,
    /// The browser took the storage away under the open page, as when somebody clears a site's data.
    Gone,
}

impl Notice {
    const fn event(self) -> &'static str {
        match self {
            Self::LetGo => "qinda:storage-let-go",
            Self::Blocked => "qinda:storage-blocked",
            Self::Gone => "qinda:storage-gone",
        }
    }
}

/// Which build of the desk this page is; empty where builds are not told apart, as while the desk is being worked on.
pub(crate) fn build() -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let mark = document.and_then(|document| document.query_selector("meta[name=qinda-build]").ok().flatten());
    let build = mark.and_then(|mark| mark.get_attribute("content")).unwrap_or_default();
    if build == IN_THE_WORKS { String::new() } else { build }
}

/// Tells a notice to whoever listens on this page.
pub(crate) fn announce(notice: Notice) {
    dispatch(notice.event());
}

/// Calls the listener at a notice.
pub(crate) fn on_notice(notice: Notice, listener: impl Fn() + 'static) {
    on_window(notice.event(), listener);
}

/// Calls the listener when a new version is ready and waits.
pub(crate) fn on_waiting(listener: impl Fn() + 'static) {
    on_window(UPDATE_WAITS, listener);
}

/// Lets the new version take over; the boot script tells the worker and reloads the page.
pub(crate) fn take_over() {
    dispatch(TAKE_OVER);
}

fn dispatch(name: &str) {
    if let (Some(window), Ok(event)) = (web_sys::window(), web_sys::Event::new(name)) {
        let _ = window.dispatch_event(&event);
    }
}

/// Calls the listener when the network may be back or the page is looked at again.
pub(crate) fn on_return(listener: impl Fn() + Clone + 'static) {
    on_window("online", listener.clone());
    on_window("pageshow", listener.clone());
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        on(&document, "visibilitychange", listener);
    }
}

/// Calls the listener when the page is left, for another one or for good.
pub(crate) fn on_leaving(listener: impl Fn() + 'static) {
    on_window("pagehide", listener);
}

/// Calls the listener when nobody sees the page any more: another tab, another program, or the screen is off.
pub(crate) fn on_hidden(listener: impl Fn() + 'static) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        let watched = document.clone();
        on(&document, "visibilitychange", move || {
            if watched.hidden() {
                listener();
            }
        });
    }
}

/// Calls the listener when the browser says the network went.
pub(crate) fn on_offline(listener: impl Fn() + 'static) {
    on_window("offline", listener);
}

/// Calls the listener when another tab wrote or dropped a preference.
pub(crate) fn on_other_tab(listener: impl Fn() + 'static) {
    on_window("storage", listener);
}

fn on_window(name: &str, listener: impl Fn() + 'static) {
    if let Some(window) = web_sys::window() {
        on(&window, name, listener);
    }
}

/// The listener lives as long as the page.
pub(super) fn on(target: &EventTarget, name: &str, listener: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(listener);
    let added = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    if added.is_ok() {
        closure.forget();
    }
}
