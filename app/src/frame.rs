//! What is around every area: the banner, the way from one area to the next, the keys.

pub(crate) mod appearance;
mod banner;
pub(crate) mod hand;
pub(crate) mod keys;
mod nav;

use self::banner::Banner;
use self::hand::use_hand;
use self::keys::{KeyList, follow_keys};
use self::nav::Nav;
use crate::prelude::*;
use crate::words::{Word, t};

/// The frame around the areas of a member's desk.
#[component]
pub(crate) fn Frame(children: Children) -> impl IntoView {
    let hand = use_hand();
    let list = RwSignal::new(false);
    follow_keys(list);
    // On a phone an open conversation has the whole screen.
    let alone = move || !hand.wide.get() && hand.open_conversation().is_some();
    view! {
        <div class="frame" class:alone=alone>
            <a class="skip" href="#main">{t(Word::SkipToContent)}</a>
            <Banner/>
            <Nav/>
            <main id="main" tabindex="-1">
                {children()}
            </main>
            <KeyList shown=list/>
        </div>
    }
}
