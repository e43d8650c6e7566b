//! The answers: searching, reading, copying, and filling the composer. They serve alone too, without a network.

pub(crate) mod card;
mod choose;
pub(crate) mod search;

use qinda::model::Deed;

use self::card::{Entry, EntryCard};
use self::search::AnswerSearch;
use crate::desk::use_desk;
use crate::frame::hand::use_hand;
use crate::knowledge::beginning::FirstUse;
use crate::prelude::*;
use crate::screen::place::Place;
use crate::words::replies::{MANAGE_SHORT, p};
use crate::words::{Word, phrases, t};

/// How many entries stand here before anything is searched.
const AT_HAND_MAX: usize = 60;

/// The answers on a screen of their own.
#[component]
pub(crate) fn AnswersPage() -> impl IntoView {
    let hand = use_hand();
    let edits = hand.may(Deed::EditKnowledge);
    view! {
        <section class="page answers-page" aria-label=t(Word::Answers)>
            <AnswerSearch fills=false>
                <AtHand/>
            </AnswerSearch>
            <Show when=move || edits.get() && !hand.wide.get()>
                <nav class="page-foot">
                    <a class="button" href=Place::Knowledge.path()>{t(Word::Knowledge)}</a>
                    <a class="button" href=Place::Import.path()>{t(Word::Import)}</a>
                </nav>
            </Show>
        </section>
    }
}

/// The heading of the quick replies, with the way to where they are kept.
#[component]
pub(crate) fn ManageReplies() -> impl IntoView {
    view! {
        <h2 class="over manage">
            {t(Word::QuickReplies)} <a class="button quiet" href=Place::QuickReplies.path()>{p(MANAGE_SHORT)}</a>
        </h2>
    }
}

/// What is likely to be wanted: one's own and the shop's quick replies, then the articles.
#[component]
fn AtHand() -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let replies = memo(move || {
        let mut replies = desk.quick_replies();
        replies.truncate(AT_HAND_MAX);
        replies
    });
    let articles = memo(move || desk.first_articles(AT_HAND_MAX));
    let count = memo(move || desk.article_count());
    let nothing = move || replies.with(Vec::is_empty) && articles.with(Vec::is_empty);
    view! {
        <Show when=move || !replies.with(Vec::is_empty)>
            <ManageReplies/>
            <For each=move || replies.get() key=|reply| (reply.id, reply.version) let:reply>
                <EntryCard entry=Entry::of_reply(&reply) fills=false/>
            </For>
        </Show>
        <Show when=move || !articles.with(Vec::is_empty)>
            <h2 class="over">{t(Word::Knowledge)} " " <span class="hint">{move || count.get()}</span></h2>
            <For each=move || articles.get() key=|article| (article.id, article.version) let:article>
                <EntryCard entry=Entry::of_article(&article) fills=false/>
            </For>
        </Show>
        <Show when=move || { count.get() > AT_HAND_MAX }>
            <p class="hint">{move || phrases::more_by_search(hand.lang.get(), count.get() - AT_HAND_MAX)}</p>
        </Show>
        <Show when=nothing>
            <FirstUse/>
        </Show>
    }
}
