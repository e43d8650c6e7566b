//! Choosing a picture: from the camera or the album, by pasting, by dropping. It is made small and kept on the
//! device before it counts.

use leptos::html::Input;
use leptos::task::spawn_local;
use qinda::model::PictureId;
use web_sys::{Blob, DataTransfer, DragEvent, File};

use super::icon::{Glyph, Icon};
use super::picture::Picture;
use super::shrink::shrunk;
use crate::desk::{Desk, use_desk};
use crate::frame::hand::use_hand;
use crate::local::pictures::PictureFault;
use crate::prelude::*;
use crate::words::replies::{
    ANOTHER_PICTURE, CHOOSE_PICTURE, PICTURE, PICTURE_HINT, PREPARING, REMOVE_PICTURE, p, picture_fault,
};

/// What every picture's kind begins with.
const PICTURES: &str = "image/";

/// A picture that is being chosen.
#[derive(Clone, Copy)]
pub(crate) struct Choosing {
    desk: Desk,
    /// The picture, once it is on the device.
    pub(crate) picture: RwSignal<Option<PictureId>>,
    /// Why the last one was not taken.
    pub(crate) fault: RwSignal<Option<PictureFault>>,
    /// Whether one is being made smaller.
    pub(crate) busy: RwSignal<bool>,
}

impl Choosing {
    /// Begins with a picture, or with none.
    pub(crate) fn new(picture: Option<PictureId>) -> Self {
        Self {
            desk: use_desk(),
            picture: RwSignal::new(picture),
            fault: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Takes a picture that the member chose.
    pub(crate) fn take(self, file: Blob) {
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let kept = async { self.desk.keep_picture(shrunk(&file).await?).await };
            match kept.await {
                Ok(id) => {
                    self.picture.try_set(Some(id));
                }
                Err(why) => {
                    self.fault.try_set(Some(why));
                }
            }
            self.busy.try_set(false);
        });
    }

    /// Takes a picture out of what was pasted or dropped; says whether there was one.
    pub(crate) fn take_from(self, transfer: Option<DataTransfer>) -> bool {
        let files = transfer.and_then(|transfer| transfer.files());
        let first = files.and_then(|files| (0..files.length()).filter_map(|place| files.get(place)).find(is_picture));
        let there = first.is_some();
        if let Some(file) = first {
            self.take(file.into());
        }
        there
    }

    /// Takes a picture that was dropped.
    pub(crate) fn dropped(self, event: &DragEvent) {
        if self.take_from(event.data_transfer()) {
            event.prevent_default();
        }
    }

    /// Takes a picture that was pasted.
    pub(crate) fn pasted(self, event: &web_sys::ClipboardEvent) {
        if self.take_from(event.clipboard_data()) {
            event.prevent_default();
        }
    }
}

fn is_picture(file: &File) -> bool {
    file.type_().starts_with(PICTURES)
}

/// The button behind which the album and the camera are.
#[component]
pub(crate) fn PictureButton(
    /// What is being chosen.
    choosing: Choosing,
    /// How the button looks.
    #[prop(default = "button small")]
    class: &'static str,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let chosen = move |_| {
        let file = input.get_untracked().and_then(|input| {
            let file = input.files().and_then(|files| files.get(0));
            // The same file may be chosen again after it was taken away.
            input.set_value("");
            file
        });
        if let Some(file) = file {
            choosing.take(file.into());
        }
    };
    view! {
        <label class=format!("picture-button {class}")>
            <input node_ref=input type="file" accept="image/*" class="unseen" data-testid="picture-file" on:change=handler(chosen)/>
            {children()}
        </label>
    }
}

/// A field for a picture in a form.
#[component]
pub(crate) fn PictureField(
    /// What is being chosen.
    choosing: Choosing,
) -> impl IntoView {
    let hand = use_hand();
    let Choosing { picture, fault, busy, .. } = choosing;
    let label = move || if picture.get().is_some() { p(ANOTHER_PICTURE)() } else { p(CHOOSE_PICTURE)() };
    let said = move || fault.get().map(|fault| picture_fault(hand.lang.get(), fault));
    view! {
        <div
            class="field picture-field"
            role="group"
            aria-label=p(PICTURE)
            on:dragover=move |event| event.prevent_default()
            on:drop=move |event| choosing.dropped(&event)
        >
            <span>{p(PICTURE)} " " <small>{p(PICTURE_HINT)}</small></span>
            {move || picture.get().map(|id| view! { <Picture id opens=true/> })}
            <div class="buttons">
                <PictureButton choosing><Glyph icon=Icon::Picture/> <span>{label}</span></PictureButton>
                <Show when=move || picture.get().is_some()>
                    <button type="button" class="small" on:click=handler(move |_| picture.set(None))>{p(REMOVE_PICTURE)}</button>
                </Show>
            </div>
            <p class="hint" role="status">{move || busy.get().then(p(PREPARING))}</p>
            <p class="fault" role="alert">{said}</p>
        </div>
    }
}
