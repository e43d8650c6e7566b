//! What an import leaves behind, and why.

use qinda::import::{Left, ReplyLeft};

use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::Lang;

/// A line that was not taken.
pub(crate) struct LeftLine {
    /// Where it stands in the file, from 1.
    pub(crate) line: usize,
    /// What it begins with.
    pub(crate) text: String,
    /// Why, in Chinese and in English.
    pub(crate) why: (String, String),
}

impl From<Left> for LeftLine {
    fn from(Left { line, text, reason }: Left) -> Self {
        Self { line, text, why: (reason.zh().to_owned(), reason.en().to_owned()) }
    }
}

impl From<ReplyLeft> for LeftLine {
    fn from(ReplyLeft { line, text, reason }: ReplyLeft) -> Self {
        Self { line, text, why: (reason.zh(), reason.en()) }
    }
}

/// The lines that were not taken; nothing when all were.
#[component]
pub(crate) fn LeftBehind(
    /// The lines.
    lines: Vec<LeftLine>,
    /// What they are called.
    #[prop(into)]
    title: Signal<&'static str>,
    /// Whether they are seen at once.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let hand = use_hand();
    let count = lines.len();
    let row = move |LeftLine { line, text, why: (zh, en) }: LeftLine| {
        let why = move || match hand.lang.get() {
            Lang::Zh => zh.clone(),
            Lang::En => en.clone(),
        };
        view! {
            <li>
                <span class="line">{line}</span>
                <span>{text}</span>
                <small>{why}</small>
            </li>
        }
    };
    (count > 0).then(|| {
        view! {
            <details class="left-behind" open=open data-testid="import-left">
                <summary>{title} " " <b>{count}</b></summary>
                <ol>{lines.into_iter().map(row).collect_view()}</ol>
            </details>
        }
    })
}
