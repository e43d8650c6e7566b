//! What every part of the screen can reach: the language, the place, the width, and what one part asks of another.

use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use qinda::model::{ConversationId, Deed, EntryId, How, Micros, PictureId};

use super::appearance::matches_media;
use crate::desk::{CannotKeep, Desk, InboxRow, use_desk};
use crate::parts::when::Local;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::supervise::TrendChoice;
use crate::words::Lang;

/// From here on list and conversation stand side by side.
const WIDE: &str = "(min-width: 760px)";
/// From here on the answers have a column of their own.
const ROOMY: &str = "(min-width: 1120px)";

/// Fingers instead of a mouse: taking the focus opens a keyboard.
const FINGERS: &str = "(pointer: coarse)";

/// Words for the composer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filling {
    /// The words.
    pub(crate) text: String,
    /// The answer they come from.
    pub(crate) entry: Option<EntryId>,
    /// How it was come by.
    pub(crate) how: How,
    /// The picture that goes with them.
    pub(crate) picture: Option<PictureId>,
}

/// What a key wants done with the open conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Take,
    Close,
    Transfer,
}

type Navigate = Box<dyn Fn(Place, bool)>;

/// The handle: `use_hand()`.
#[derive(Clone, Copy)]
pub(crate) struct Hand {
    desk: Desk,
    navigate: StoredValue<Navigate, LocalStorage>,
    /// Where the member is.
    pub(crate) place: Memo<Place>,
    /// The language of the screen.
    pub(crate) lang: Memo<Lang>,
    /// Whether list and conversation stand side by side.
    pub(crate) wide: Signal<bool>,
    /// Whether the answers have a column of their own.
    pub(crate) roomy: Signal<bool>,
    /// Whether the screen is touched rather than pointed at.
    pub(crate) fingers: Signal<bool>,
    /// The open conversations.
    pub(crate) inbox: Memo<Vec<InboxRow>>,
    /// Words that some part wants in the composer, which takes them away.
    pub(crate) filling: RwSignal<Option<Filling>>,
    /// Counts the fillings, for those who put something away after one.
    pub(crate) fillings: RwSignal<u32>,
    /// Somebody wants to search the answers; whoever shows the search box takes the wish away.
    pub(crate) search_wanted: RwSignal<bool>,
    /// Somebody wants to write; the composer takes the wish away.
    pub(crate) composer_wanted: RwSignal<bool>,
    /// What a key wants done with the open conversation, whose head takes the wish away.
    pub(crate) wish: RwSignal<Option<Wish>>,
    /// Why the last deed in a conversation could not be kept.
    pub(crate) trouble: RwSignal<Option<CannotKeep>>,
    /// What of the trend is looked at.
    pub(crate) trend: RwSignal<TrendChoice>,
}

/// The handle of this page.
pub(crate) fn use_hand() -> Hand {
    expect_context()
}

impl Hand {
    /// Makes the handle and hands it to everything below.
    pub(crate) fn provide(place: Memo<Place>) {
        let desk = use_desk();
        let navigate = use_navigate();
        let navigate: Navigate = Box::new(move |place, replace| {
            let options = NavigateOptions { resolve: false, replace, scroll: false, ..NavigateOptions::default() };
            navigate(&place.path(), options);
        });
        provide_context(Self {
            desk,
            navigate: StoredValue::new_local(navigate),
            place,
            lang: memo(move || Lang::chosen(desk.preferences().language.as_deref())),
            wide: matches_media(WIDE),
            roomy: matches_media(ROOMY),
            fingers: matches_media(FINGERS),
            inbox: memo(move || desk.inbox()),
            filling: RwSignal::new(None),
            fillings: RwSignal::new(0),
            search_wanted: RwSignal::new(false),
            composer_wanted: RwSignal::new(false),
            wish: RwSignal::new(None),
            trouble: RwSignal::new(None),
            trend: RwSignal::new(TrendChoice::default()),
        });
    }

    /// Goes to a place.
    pub(crate) fn go(&self, place: Place) {
        self.navigate.with_value(|navigate| navigate(place, false));
    }

    /// Goes to a place; the way back leads past this one.
    pub(crate) fn replace(&self, place: Place) {
        self.navigate.with_value(|navigate| navigate(place, true));
    }

    /// The open conversation.
    pub(crate) fn open_conversation(&self) -> Option<ConversationId> {
        self.place.get().conversation()
    }

    /// Whether the member's roles allow it.
    pub(crate) fn may(&self, deed: Deed) -> Memo<bool> {
        let desk = self.desk;
        memo(move || desk.session().is_some_and(|session| session.actor.roles.may(deed)))
    }

    /// How many seconds the shop's clocks are ahead of UTC.
    pub(crate) fn offset_seconds(&self) -> i64 {
        self.desk.session().map_or(0, |session| i64::from(session.shop.utc_offset_minutes) * 60)
    }

    /// A moment on the shop's clocks.
    pub(crate) fn local(&self, at: Micros) -> Local {
        Local::of(at, self.offset_seconds())
    }

    /// Asks for words to be put into the composer.
    pub(crate) fn fill(&self, filling: Filling) {
        self.filling.set(Some(filling));
        self.fillings.update(|count| *count = count.wrapping_add(1));
    }
}
