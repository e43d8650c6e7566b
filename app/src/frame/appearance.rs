//! What the whole page follows: language, theme, title, the visible part of the window.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::hand::use_hand;
use crate::desk::use_desk;
use crate::prelude::*;
use crate::words::{Word, phrases};

/// Colours of the browser's own bars, as the style sheet has them for the page.
const PAPER_LIGHT: &str = "#f7f8f7";
const PAPER_DARK: &str = "#141716";
/// A visible part this much shorter than the window means that a keyboard is open.
const KEYBOARD_PX: f64 = 120.0;

/// Keeps the page as the member likes it, and the desk within what can be seen.
pub(crate) fn follow() {
    follow_language();
    follow_theme();
    follow_title();
    follow_visible_part();
}

/// Whether a media query matches, now and later.
pub(crate) fn matches_media(query: &'static str) -> Signal<bool> {
    let list = window().match_media(query).ok().flatten();
    let matches = RwSignal::new(list.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    window_event_listener(leptos::ev::resize, move |_| {
        let now = list.as_ref().is_some_and(web_sys::MediaQueryList::matches);
        if now != matches.get_untracked() {
            matches.set(now);
        }
    });
    matches.into()
}

fn root() -> Option<web_sys::HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

fn follow_language() {
    let hand = use_hand();
    effect(move || {
        let code = hand.lang.get().code();
        if let Some(root) = root() {
            root.set_lang(code);
        }
    });
}

fn follow_theme() {
    let desk = use_desk();
    effect(move || {
        let Some(root) = root() else { return };
        let theme = desk.preferences().theme;
        let colours = match theme.as_deref() {
            Some("light") => [PAPER_LIGHT; 2],
            Some("dark") => [PAPER_DARK; 2],
            _ => [PAPER_LIGHT, PAPER_DARK],
        };
        // An attribute that cannot be set leaves the page in the device's own theme.
        let _ = match &theme {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
        for (scheme, colour) in ["light", "dark"].into_iter().zip(colours) {
            let bar = document().query_selector(&format!("meta[name=theme-color][media*={scheme}]")).ok().flatten();
            let _ = bar.map(|bar| bar.set_attribute("content", colour));
        }
    });
}

fn follow_title() {
    let hand = use_hand();
    effect(move || {
        let waiting = hand.inbox.with(|rows| rows.iter().filter(|row| row.waiting.is_some()).count());
        let lang = hand.lang.get();
        document().set_title(&match waiting {
            0 => Word::Name.say(lang).to_owned(),
            _ => phrases::title(lang, waiting),
        });
    });
}

/// On iOS the keyboard lies over the page instead of shrinking it: the desk takes the place that is left.
fn follow_visible_part() {
    let Some(viewport) = window().visual_viewport() else { return };
    let fit = {
        let viewport = viewport.clone();
        move || {
            let Some(root) = root() else { return };
            let inner = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
            let style = root.style();
            let _ = style.set_property("--visible-top", &format!("{}px", viewport.offset_top()));
            let _ = style.set_property("--visible-height", &format!("{}px", viewport.height()));
            let keyboard = inner - viewport.height() > KEYBOARD_PX;
            let _ = root.toggle_attribute_with_force("data-keyboard", keyboard);
        }
    };
    fit();
    let listener = Closure::<dyn Fn()>::new(fit);
    for event in ["resize", "scroll"] {
        let _ = viewport.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    }
    // The page has one desk for all its life.
    listener.forget();
}
