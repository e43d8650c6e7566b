//! The picture that goes with a reply: above the words until it is sent, and kept on the device like them.

use qinda::model::{ConversationId, PictureId};

use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::local::outbox::DraftOf;
use crate::parts::choose_picture::{Choosing, PictureButton};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::picture::Picture;
use crate::prelude::*;
use crate::words::replies::{ATTACH, ATTACHED, PREPARING, REMOVE_PICTURE, p, picture_fault};

/// The picture of the reply that is being written.
#[derive(Clone, Copy)]
pub(super) struct Attached {
    choosing: Choosing,
    /// The picture that came with the last filling; the next filling takes it away.
    filled: StoredValue<Option<PictureId>>,
}

impl Attached {
    /// The picture that was chosen for a reply to this conversation, also before a reload.
    pub(super) fn of(conversation: ConversationId) -> Self {
        let desk = use_desk();
        let draft_of = DraftOf::Attachment(conversation);
        let choosing = Choosing::new(desk.draft(draft_of).parse().ok());
        Effect::new(move |before: Option<Option<PictureId>>| {
            let now = choosing.picture.get();
            if before.is_some_and(|before| before != now) {
                desk.set_draft(draft_of, now.map(|id| id.to_string()).unwrap_or_default());
            }
            now
        });
        Self { choosing, filled: StoredValue::new(None) }
    }

    /// The picture.
    pub(super) fn get(self) -> Option<PictureId> {
        self.choosing.picture.get()
    }

    /// Whether a picture is on its way to the device, so that sending has to wait a moment.
    pub(super) fn is_busy(self) -> bool {
        self.choosing.busy.get()
    }

    /// Takes the picture of a filling. One's own picture stays when the filling has none.
    pub(super) fn fill(self, picture: Option<PictureId>) {
        let last = self.filled.get_value();
        let now = self.choosing.picture.get_untracked();
        let next = if last.is_some() && last == now { picture } else { picture.or(now) };
        self.filled.set_value(picture);
        self.choosing.picture.set(next);
    }

    /// Begins with the picture of a reply that is being changed.
    pub(super) fn set(self, picture: Option<PictureId>) {
        self.filled.set_value(None);
        self.choosing.picture.set(picture);
    }

    /// The reply with this picture is in the outbox.
    pub(super) fn sent(self, picture: Option<PictureId>) {
        if self.choosing.picture.try_get_untracked() == Some(picture) {
            self.filled.try_set_value(None);
            self.choosing.picture.try_set(None);
        }
    }

    /// Takes a picture that was pasted.
    pub(super) fn pasted(self, event: &web_sys::ClipboardEvent) {
        self.choosing.pasted(event);
    }

    /// Takes a picture that was dropped.
    pub(super) fn dropped(self, event: &web_sys::DragEvent) {
        self.choosing.dropped(event);
    }
}

/// The picture above the words.
#[component]
pub(super) fn Attachment(
    /// The picture.
    attached: Attached,
) -> impl IntoView {
    let hand = use_hand();
    let Choosing { picture, fault, busy, .. } = attached.choosing;
    let said = move || fault.get().map(|fault| picture_fault(hand.lang.get(), fault));
    view! {
        {move || {
            picture
                .get()
                .map(|id| {
                    view! {
                        <div class="attachment" data-testid="attachment">
                            <Picture id/>
                            <span class="hint">{p(ATTACHED)}</span>
                            <button
                                type="button"
                                class="icon-button"
                                aria-label=p(REMOVE_PICTURE)
                                title=p(REMOVE_PICTURE)
                                on:click=handler(move |_| attached.set(None))
                            >
                                <Glyph icon=Icon::Close/>
                            </button>
                        </div>
                    }
                })
        }}
        <p class="attachment-said hint" role="status">{move || busy.get().then(p(PREPARING))}</p>
        <p class="fault" role="alert">{said}</p>
    }
}

/// The button that adds a picture to a reply.
#[component]
pub(super) fn AttachButton(
    /// Where it goes.
    attached: Attached,
) -> impl IntoView {
    view! {
        <PictureButton choosing=attached.choosing class="icon-button">
            <Glyph icon=Icon::Picture/>
            <span class="unseen">{p(ATTACH)}</span>
        </PictureButton>
    }
}
