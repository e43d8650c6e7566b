//! A picture on the screen. Its box has its shape from the start, and its bytes are read once it comes in sight.

use js_sys::{Array, Uint8Array};
use leptos::html::{Dialog, Span};
use leptos::task::spawn_local;
use qinda::model::PictureId;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Blob, BlobPropertyBag, IntersectionObserver, IntersectionObserverEntry, Url};

use crate::desk::{NoPicture, use_desk};
use crate::local::pictures::kind;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::words::replies::{LARGE_VIEW, PICTURE, p};
use crate::words::{Word, t};

/// How far a picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    /// It is being read, or out of sight.
    Waiting,
    /// It is here, under this address.
    Here(String),
    /// It cannot be shown.
    Missing(NoPicture),
}

/// A picture. Where it opens, a tap shows it large.
#[component]
pub(crate) fn Picture(
    /// Which.
    id: PictureId,
    /// What it shows, for those who do not see it.
    #[prop(default = String::new())]
    alt: String,
    /// Whether a tap shows it large.
    #[prop(optional)]
    opens: bool,
) -> impl IntoView {
    let desk = use_desk();
    let frame = NodeRef::<Span>::new();
    let shown = RwSignal::new(Shown::Waiting);
    let in_sight = RwSignal::new(false);
    let large = RwSignal::new(false);
    let alt = StoredValue::new(alt);
    watch_for_sight(frame, in_sight);
    effect(move || {
        // What could not be fetched is tried again when the network is back.
        let online = desk.could_fetch();
        let wanted = match shown.get_untracked() {
            Shown::Waiting => true,
            Shown::Missing(NoPicture::NotFetched) => online,
            Shown::Here(_) | Shown::Missing(NoPicture::Gone) => false,
        };
        if in_sight.get() && wanted {
            spawn_local(async move {
                let now = match desk.picture(id).await {
                    Ok(bytes) => address(&bytes).map_or(Shown::Missing(NoPicture::Gone), Shown::Here),
                    Err(why) => Shown::Missing(why),
                };
                // Meanwhile the picture may have left the screen, or another try may have brought it.
                let before = shown.try_get_untracked();
                match (before, now) {
                    (Some(Shown::Waiting | Shown::Missing(_)), now) => shown.set(now),
                    (_, Shown::Here(address)) => revoke(&address),
                    _ => {}
                }
            });
        }
    });
    on_cleanup(move || {
        if let Some(Shown::Here(address)) = shown.try_get_untracked() {
            revoke(&address);
        }
    });
    let described = move || match alt.with_value(String::is_empty) {
        true => p(PICTURE)().to_owned(),
        false => alt.get_value(),
    };
    view! {
        <span class="picture" node_ref=frame data-testid="picture" data-shown=move || matches!(shown.get(), Shown::Here(_)).to_string()>
            {move || match shown.get() {
                Shown::Waiting => ().into_any(),
                Shown::Here(address) if opens => {
                    view! {
                        <button type="button" class="picture-open" aria-label=p(LARGE_VIEW) on:click=handler(move |_| large.set(true))>
                            <img src=address alt=described/>
                        </button>
                    }
                        .into_any()
                }
                Shown::Here(address) => view! { <img src=address alt=described/> }.into_any(),
                Shown::Missing(why) => view! { <span class="hint">{p(why.word())}</span> }.into_any(),
            }}
        </span>
        <Show when=move || large.get()>
            {move || match shown.get() {
                Shown::Here(address) => Some(view! { <Large address alt=described() open=large/> }),
                _ => None,
            }}
        </Show>
    }
}

#[component]
fn Large(address: String, alt: String, open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    effect(move || {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            // A dialog that is in the page and closed can always be shown.
            let _ = dialog.show_modal();
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog class="large-picture" node_ref=dialog on:close=handler(move |_| open.set(false)) on:click=handler(close) aria-label=p(PICTURE)>
            <img src=address alt=alt/>
            <button type="button" class="icon-button" aria-label=t(Word::CloseThis)><Glyph icon=Icon::Close/></button>
        </dialog>
    }
}

/// An address for these bytes that only this page knows.
fn address(bytes: &[u8]) -> Option<String> {
    let options = BlobPropertyBag::new();
    options.set_type(kind(bytes)?);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

fn revoke(address: &str) {
    // An address that is unknown already needs no revoking.
    let _ = Url::revoke_object_url(address);
}

/// Says so once the element has come in sight.
fn watch_for_sight(frame: NodeRef<Span>, in_sight: RwSignal<bool>) {
    let watching = StoredValue::new_local(None::<(IntersectionObserver, Closure<dyn Fn(Array)>)>);
    let stop = move || {
        watching.try_update_value(|watching| {
            if let Some((observer, _)) = watching {
                observer.disconnect();
            }
        });
    };
    effect(move || {
        let Some(element) = frame.get() else { return };
        let seen = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
            let seen =
                |entry: wasm_bindgen::JsValue| entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting();
            if entries.iter().any(seen) {
                stop();
                in_sight.try_set(true);
            }
        });
        match IntersectionObserver::new(seen.as_ref().unchecked_ref()) {
            Ok(observer) => {
                observer.observe(&element);
                watching.set_value(Some((observer, seen)));
            }
            Err(_) => in_sight.set(true),
        }
    });
    on_cleanup(stop);
}
