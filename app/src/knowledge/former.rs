//! What an article said before, to look at and to take back. The server keeps it, and it is asked for when it is opened.

use qinda::model::{Article, ArticleId};
use qinda::sync::VersionsAnswer;

use super::form::Fields;
use super::standing::Standing;
use crate::desk::{Told, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::hand::owner::colleague;
use crate::words::pages::{FORMER, NO_FORMER, PUT_BACK, PUT_BACK_HINT, p};

/// The former versions of an article.
#[component]
pub(super) fn FormerVersions(
    /// Which.
    article: ArticleId,
    /// The form into which one is taken back.
    fields: Fields,
) -> impl IntoView {
    let opened = RwSignal::new(false);
    view! {
        <section class="former">
            <Show
                when=move || opened.get()
                fallback=move || {
                    view! { <button type="button" class="quiet" on:click=handler(move |_| opened.set(true))>{p(FORMER)}</button> }
                }
            >
                <h3 class="over">{p(FORMER)}</h3>
                <Versions article fields/>
            </Show>
        </section>
    }
}

#[component]
fn Versions(article: ArticleId, fields: Fields) -> impl IntoView {
    let desk = use_desk();
    // Asked again once there is another version.
    let version = memo(move || desk.article(article).map_or(0, |article| article.version));
    let told =
        Told::of(desk, memo(move || ("versions", format!("/api/articles/{article}/versions?now={}", version.get()))));
    let versions = memo(move || told.read::<VersionsAnswer>().map(|answer| answer.versions));
    let none = memo(move || versions.with(|versions| versions.as_ref().is_some_and(Vec::is_empty)));
    view! {
        <Show when=move || none.get()>
            <p class="hint">{p(NO_FORMER)}</p>
        </Show>
        <Show when=move || versions.with(|versions| versions.as_ref().is_some_and(|all| !all.is_empty()))>
            <p class="hint">{p(PUT_BACK_HINT)}</p>
        </Show>
        <For each=move || versions.get().unwrap_or_default() key=|former| former.version let:former>
            <OneVersion former fields/>
        </For>
        <Standing told/>
    }
}

#[component]
fn OneVersion(former: Article, fields: Fields) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let (by, at) = (former.changed_by, former.changed_at);
    let who = move || by.map(|by| colleague(hand.lang.get(), &desk.members(), by));
    let words = former.fields.answers.join("\n\n");
    let title = former.fields.title.clone();
    let take_back = move |_| fields.set(former.fields.clone());
    view! {
        <article data-testid="former">
            <p class="hint">{who} " " <time>{move || hand.local(at).exact()}</time></p>
            <p><b dir="auto">{title}</b></p>
            <p dir="auto">{words}</p>
            <button type="button" class="small" on:click=handler(take_back)>{p(PUT_BACK)}</button>
        </article>
    }
}
