//! The way from one area to the next: tabs under the thumb on a phone, a rail on a laptop.

use qinda::model::Deed;

use super::hand::use_hand;
use crate::desk::use_desk;
use crate::parts::icon::{Glyph, Icon};
use crate::prelude::*;
use crate::screen::place::{Area, Place};
use crate::words::{Word, phrases, t};

/// The areas that this member may enter.
#[component]
pub(crate) fn Nav() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let waiting = memo(move || hand.inbox.with(|rows| rows.iter().filter(|row| row.waiting.is_some()).count()));
    let held = memo(move || desk.held().len());
    let answers = hand.may(Deed::Answer);
    let figures = hand.may(Deed::SeeFigures);
    view! {
        <nav class="nav" aria-label=t(Word::Areas)>
            <img class="mark" src="/icons/qinda.svg" alt="" width="34" height="34"/>
            <Show when=move || answers.get()>
                <Tab place=Place::Inbox icon=Icon::Chats word=Word::Chats count=waiting/>
            </Show>
            <Tab place=Place::Answers icon=Icon::Answers word=Word::Answers/>
            // On a phone the articles are reached from the answers; a rail has room for them.
            <Show when=move || hand.wide.get()>
                <Tab place=Place::Knowledge icon=Icon::Knowledge word=Word::Knowledge/>
            </Show>
            <Show when=move || figures.get()>
                <Tab place=Place::Now icon=Icon::Clock word=Word::NowTab/>
                <Tab place=Place::Figures icon=Icon::Figures word=Word::Figures/>
            </Show>
            <span class="nav-gap"></span>
            <Tab place=Place::Me icon=Icon::Me word=Word::Me count=held/>
        </nav>
    }
}

#[component]
fn Tab(place: Place, icon: Icon, word: Word, #[prop(optional, into)] count: Option<Memo<usize>>) -> impl IntoView {
    let hand = use_hand();
    let here = memo(move || {
        let area = hand.place.get().area();
        // The quick replies are behind one's own page.
        let area = if matches!(area, Area::QuickReplies | Area::ImportQuickReplies) { Area::Me } else { area };
        // Planning is behind the figures.
        let area = if area == Area::Planning { Area::Figures } else { area };
        // A phone has no tab for the articles: they are behind the answers.
        if area == Area::Knowledge && !hand.wide.get() { Area::Answers == place.area() } else { area == place.area() }
    });
    let badge = move || count.map(|count| count.get()).filter(|count| *count > 0);
    view! {
        <a class="tab" href=place.path() aria-current=move || here.get().then_some("page")>
            <Glyph icon/>
            <span class="tab-name">{t(word)}</span>
            {move || {
                badge().map(|count| {
                    view! {
                        <span class="badge" aria-label=phrases::open_items(hand.lang.get(), count)>
                            {phrases::at_most_99(count)}
                        </span>
                    }
                })
            }}
        </a>
    }
}
