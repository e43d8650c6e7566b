//! What somebody wrote for an article while somebody else changed the same: both wordings, for an editor to decide.

use leptos::task::spawn_local;
use qinda::model::{Article, ArticleCopy, ArticleField, ArticleFields};

use crate::desk::{CannotKeep, use_desk};
use crate::frame::hand::use_hand;
use crate::prelude::*;
use crate::words::hand::owner::colleague;
use crate::words::pages::{
    COPY_HINT, KEEP_BOTH, KEEP_NOW, NOTHING_HERE, OTHER_WORDING, STANDS_NOW, TAKE_OTHER, TWO_WORDINGS, p,
};
use crate::words::{Word, phrases, t};

/// Every copy that waits beside an article.
#[component]
pub(super) fn Copies(
    /// The article as it stands.
    stands: Memo<Option<Article>>,
) -> impl IntoView {
    let hand = use_hand();
    let copies = memo(move || {
        let stands = stands.get();
        stands.map(|stands| stands.copies.into_iter().map(|copy| copy.version).collect::<Vec<_>>()).unwrap_or_default()
    });
    let fault = RwSignal::new(None::<CannotKeep>);
    let said = move || fault.get().map(|fault| phrases::cannot_keep(hand.lang.get(), &fault));
    view! {
        <p class="fault" role="alert">{said}</p>
        <For each=move || copies.get() key=|version| *version let:version>
            <OneCopy stands version fault/>
        </For>
    }
}

#[component]
fn OneCopy(stands: Memo<Option<Article>>, version: u32, fault: RwSignal<Option<CannotKeep>>) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let pair = memo(move || {
        let stands = stands.get()?;
        let copy = stands.copies.iter().find(|copy| copy.version == version).cloned()?;
        Some((stands, copy))
    });
    let decide = move |fields: fn(&ArticleFields, &ArticleCopy) -> ArticleFields| {
        let Some((stands, copy)) = pair.get_untracked() else { return };
        spawn_local(async move {
            let fields = fields(&stands.fields, &copy);
            let done = desk.settle_copy(stands, copy.version, fields).await;
            fault.try_set(done.err());
        });
    };
    let who = move || {
        let by = pair.with(|pair| pair.as_ref().map(|(_, copy)| (copy.by, copy.at)));
        by.map(|(by, at)| {
            let name = colleague(hand.lang.get(), &desk.members(), by);
            view! { <b>{name}</b> " " <time class="hint">{hand.local(at).exact()}</time> }
        })
    };
    let joins = memo(move || {
        pair.with(|pair| pair.as_ref().is_some_and(|(now, copy)| now.fields.with_both(copy) != now.fields))
    });
    let rows = move || {
        let (stands, copy) = pair.get()?;
        let rows = copy.differs.iter().filter_map(|field| {
            let (name, read) = shown(*field)?;
            Some(view! { <FieldPair name now=read(&stands.fields) other=read(&copy.fields)/> })
        });
        Some(rows.collect_view())
    };
    view! {
        <section class="notice trouble copy" data-testid="copy" aria-label=p(TWO_WORDINGS)>
            <p>{who} " " {p(COPY_HINT)}</p>
            {rows}
            <div class="buttons">
                <button type="button" class="small" on:click=handler(move |_| decide(ArticleFields::taking))>{p(TAKE_OTHER)}</button>
                <Show when=move || joins.get()>
                    <button type="button" class="small" on:click=handler(move |_| decide(ArticleFields::with_both))>{p(KEEP_BOTH)}</button>
                </Show>
                <button type="button" class="small" on:click=handler(move |_| decide(|now, _| now.clone()))>{p(KEEP_NOW)}</button>
            </div>
        </section>
    }
}

#[component]
fn FieldPair(name: Word, now: String, other: String) -> impl IntoView {
    let said = |text: String| move || if text.is_empty() { p(NOTHING_HERE)().to_owned() } else { text.clone() };
    view! {
        <h4>{t(name)}</h4>
        <dl>
            <dt>{p(STANDS_NOW)}</dt>
            <dd>{said(now)}</dd>
            <dt>{p(OTHER_WORDING)}</dt>
            <dd>{said(other)}</dd>
        </dl>
    }
}

/// How a field is called, and how it reads.
type Shown = (Word, fn(&ArticleFields) -> String);

fn shown(field: ArticleField) -> Option<Shown> {
    let shown: Shown = match field {
        ArticleField::Title => (Word::Question, |fields| fields.title.clone()),
        ArticleField::Questions => (Word::Wordings, |fields| fields.questions.join("\n")),
        ArticleField::Answers => (Word::Answers, |fields| fields.answers.join("\n\n")),
        ArticleField::Tags => (Word::Tags, |fields| fields.tags.join("，")),
        ArticleField::Shortcut => (Word::Shortcut, |fields| fields.shortcut.clone()),
        ArticleField::Newer => return None,
    };
    Some(shown)
}
