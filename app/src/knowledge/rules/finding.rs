//! What a wording rule found, in one line.

use qinda::wording::{Bilingual, Finding, Level};

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Lang;
use crate::words::pages::{BLOCK, HINT, Text, WARN, p, say_instead};

/// What a level is called.
pub(crate) const fn level_name(level: Level) -> Text {
    match level {
        Level::Hint => HINT,
        Level::Warn => WARN,
        Level::Block => BLOCK,
    }
}

/// The name of a level for the style sheet.
pub(crate) const fn level_key(level: Level) -> &'static str {
    match level {
        Level::Hint => "hint",
        Level::Warn => "warn",
        Level::Block => "block",
    }
}

/// A text in the language of the screen; in the other one where it was written in that alone.
pub(crate) fn in_language(text: &Bilingual, lang: Lang) -> String {
    let (wanted, other) = match lang {
        Lang::Zh => (&text.zh, &text.en),
        Lang::En => (&text.en, &text.zh),
    };
    if wanted.trim().is_empty() { other.clone() } else { wanted.clone() }
}

/// The words, why they are better not sent, and what can be said in their place.
#[component]
pub(crate) fn FindingLine(finding: Finding) -> impl IntoView {
    let hand = use_hand();
    let Finding { level, words, why, safe, .. } = finding;
    view! {
        <p class="rule-finding" data-level=level_key(level) data-testid="rule-finding">
            <b class="level">{p(level_name(level))}</b>
            <q>{words}</q>
            <span>{move || in_language(&why, hand.lang.get())}</span>
            {(!safe.is_empty()).then(|| view! { <span>{move || say_instead(hand.lang.get(), &safe)}</span> })}
        </p>
    }
}
