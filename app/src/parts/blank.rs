//! A screen with nothing on it: what is the matter, and one way on.

use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::{Word, t};

/// Says why there is nothing here, and offers one way on.
#[component]
pub(crate) fn Blank(
    /// What is the matter.
    title: Word,
    /// What to do.
    text: Word,
    /// Where to go on, if there is somewhere better.
    #[prop(optional)]
    to: Option<Place>,
) -> impl IntoView {
    view! {
        <div class="blank">
            <h2>{t(title)}</h2>
            <p>{t(text)}</p>
            {to.map(|place| view! { <a class="button" href=place.path()>{t(Word::GoOn)}</a> })}
        </div>
    }
}
