//! An article or a quick reply as a card: what it is called, why it is here, what it says.

use std::ops::Range;

use leptos::task::spawn_local;
use qinda::answers::Field;
use qinda::model::{Article, EntryId, How, PictureId, QuickReply};

use crate::desk::{Found, FoundIn, Suggested, question_of, use_desk};
use crate::frame::hand::{Filling, use_hand};
use crate::parts::copy::CopyButton;
use crate::parts::marked::Marked;
use crate::parts::picture::Picture;
use crate::prelude::*;
use crate::words::hand::Reason;
use crate::words::{Word, phrases, t};

/// Longer answers are folded until somebody rests on them or opens them.
const FOLD_CHARS: usize = 90;

/// What a card shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    id: EntryId,
    /// How it is come by when it is taken from here.
    how: How,
    /// What was asked when it was found, for a choice to be learned from.
    asked: String,
    picture: Option<PictureId>,
    /// Why it is suggested.
    reason: Option<Reason>,
    title: String,
    title_marks: Vec<Range<usize>>,
    /// The wording or tag that was found, with its marks.
    because: Option<(String, Vec<Range<usize>>)>,
    shortcut: String,
    shortcut_marks: Vec<Range<usize>>,
    /// The answers, the one to show first in front.
    answers: Vec<String>,
    answer_marks: Vec<Range<usize>>,
}

impl Entry {
    /// An article.
    pub(crate) fn of_article(article: &Article) -> Self {
        Self {
            id: EntryId::Article(article.id),
            how: How::AtHand,
            asked: String::new(),
            picture: None,
            reason: None,
            title: article.fields.title.clone(),
            title_marks: Vec::new(),
            because: None,
            shortcut: article.fields.shortcut.clone(),
            shortcut_marks: Vec::new(),
            answers: article.fields.answers.clone(),
            answer_marks: Vec::new(),
        }
    }

    /// A quick reply.
    pub(crate) fn of_reply(reply: &QuickReply) -> Self {
        Self {
            id: EntryId::QuickReply(reply.id),
            how: How::AtHand,
            asked: String::new(),
            picture: reply.fields.picture,
            reason: None,
            title: reply.fields.shortcut.clone(),
            title_marks: Vec::new(),
            because: None,
            shortcut: String::new(),
            shortcut_marks: Vec::new(),
            answers: vec![reply.fields.text.clone()],
            answer_marks: Vec::new(),
        }
    }

    /// An article that fits what a shopper asks.
    pub(crate) fn of_suggestion(suggested: &Suggested) -> Self {
        let reason = Some(suggested.reason.clone());
        Self { reason, how: How::Suggested, ..Self::of_article(&suggested.article) }
    }

    /// Something that was found, with what was found marked.
    pub(crate) fn of_hit(found: &Found, query: &str) -> Self {
        Self { how: How::Searched, asked: question_of(query), ..Self::marked(found) }
    }

    fn marked(found: &Found) -> Self {
        let marks = found.hit.marks.clone();
        let line = found.hit.line;
        match &found.entry {
            FoundIn::QuickReply(reply) => {
                let plain = Self::of_reply(reply);
                match found.hit.field {
                    Field::Answer => Self { answer_marks: marks, ..plain },
                    _ => Self { title_marks: marks, ..plain },
                }
            }
            FoundIn::Article(article) => {
                let mut entry = Self::of_article(article);
                let fields = &article.fields;
                match found.hit.field {
                    Field::Title => entry.title_marks = marks,
                    Field::Answer if line < entry.answers.len() => {
                        entry.answers[..=line].rotate_right(1);
                        entry.answer_marks = marks;
                    }
                    Field::Answer => {}
                    Field::Wording => entry.because = fields.questions.get(line).map(|text| (text.clone(), marks)),
                    Field::Tag => entry.because = fields.tags.get(line).map(|text| (text.clone(), marks)),
                    Field::Shortcut => entry.shortcut_marks = marks,
                }
                entry
            }
        }
    }

    /// Whether it is a quick reply.
    fn is_quick_reply(&self) -> bool {
        matches!(self.id, EntryId::QuickReply(_))
    }

    /// What it is called: an article by its question, a quick reply by its words.
    pub(crate) fn name(&self) -> &str {
        let said = self.answers.first().filter(|said| self.is_quick_reply() && !said.is_empty());
        said.unwrap_or(&self.title)
    }

    /// Why it is suggested.
    pub(crate) fn reason(&self) -> Option<Reason> {
        self.reason.clone()
    }

    /// How many answers it has.
    pub(crate) fn answer_count(&self) -> usize {
        self.answers.len()
    }

    /// One of its answers for the composer; past the last it begins anew.
    pub(crate) fn filling(&self, place: usize) -> Option<Filling> {
        let text = self.answers.get(place % self.answers.len().max(1))?;
        Some(Filling { text: text.clone(), entry: Some(self.id), how: self.how, picture: self.picture })
    }

    /// Its question, what else was found of it, and its answers, for a list to choose from.
    pub(crate) fn lines(&self) -> Lines {
        let (title, title_marks) = (self.title.clone(), self.title_marks.clone());
        let marks_of = |place| if place == 0 { self.answer_marks.clone() } else { Vec::new() };
        let answers = self.answers.iter().enumerate().map(|(place, text)| (text.clone(), marks_of(place)));
        Lines {
            title: (title, title_marks),
            because: self.because.clone(),
            shortcut: (self.shortcut.clone(), self.shortcut_marks.clone()),
            answers: answers.collect(),
        }
    }
}

/// Texts with what was found marked in them.
pub(crate) struct Lines {
    pub(crate) title: (String, Vec<Range<usize>>),
    pub(crate) because: Option<(String, Vec<Range<usize>>)>,
    pub(crate) shortcut: (String, Vec<Range<usize>>),
    pub(crate) answers: Vec<(String, Vec<Range<usize>>)>,
}

/// A card. Where it fills, a tap on an answer puts it into the composer.
#[component]
pub(crate) fn EntryCard(
    /// What it shows.
    entry: Entry,
    /// Whether a tap puts an answer into the composer.
    #[prop(into)]
    fills: Signal<bool>,
    /// What tests know it by.
    #[prop(default = "")]
    testid: &'static str,
    /// The key that takes it.
    #[prop(default = None)]
    key_hint: Option<String>,
    /// Whether everything is open from the start.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let hand = use_hand();
    let brief = entry.is_quick_reply();
    let from = StoredValue::new(entry.clone());
    let Entry { picture, title, title_marks, because, reason, shortcut, shortcut_marks, answers, answer_marks, .. } =
        entry;
    let others = answers.len().saturating_sub(1);
    let first = answers.first().cloned().unwrap_or_default();
    let all = RwSignal::new(open);
    let rest = StoredValue::new(answers.into_iter().skip(1).collect::<Vec<_>>());
    let whole_card = move |_| {
        if let Some(filling) = from.with_value(|entry| entry.filling(0)).filter(|_| fills.get_untracked()) {
            hand.fill(filling);
        }
    };
    let toggle = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        all.update(|all| *all = !*all);
    };
    let more = move || match all.get() {
        true => Word::Fold.say(hand.lang.get()).to_owned(),
        false => phrases::more_answers(hand.lang.get(), others),
    };
    view! {
        <article class="entry" class:brief=brief class:fills=move || fills.get() data-testid=testid on:click=handler(whole_card)>
            <header>
                <h3><Marked text=title marks=title_marks/></h3>
                {(!shortcut.is_empty()).then(|| view! { <code><Marked text=shortcut marks=shortcut_marks/></code> })}
                {key_hint.map(|key| view! { <kbd>{key}</kbd> })}
            </header>
            {reason.map(|reason| view! { <p class="because">{move || reason.say(hand.lang.get())}</p> })}
            {because
                .map(|(text, marks)| {
                    view! { <p class="because"><Marked text marks/></p> }
                })}
            {picture.map(|id| view! { <Picture id/> })}
            <Answer text=first marks=answer_marks from fills open first=true/>
            <Show when=move || all.get()>
                {move || {
                    rest.get_value()
                        .into_iter()
                        .map(|text| view! { <Answer text marks=Vec::new() from fills open=true/> })
                        .collect_view()
                }}
            </Show>
            {(others > 0)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="quiet fold"
                            aria-expanded=move || all.get().to_string()
                            on:click=handler(toggle)
                        >
                            {more}
                        </button>
                    }
                })}
        </article>
    }
}

#[component]
fn Answer(
    text: String,
    marks: Vec<Range<usize>>,
    from: StoredValue<Entry>,
    fills: Signal<bool>,
    open: bool,
    #[prop(optional)] first: bool,
) -> impl IntoView {
    let (desk, hand) = (use_desk(), use_hand());
    let long = text.chars().count() > FOLD_CHARS;
    let folded = RwSignal::new(long && !open);
    let words = StoredValue::new(text.clone());
    let fill = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        let text = words.get_value();
        if let Some(filling) = from.with_value(|entry| entry.filling(0)) {
            hand.fill(Filling { text, ..filling });
        }
    };
    let copied = Callback::new(move |()| {
        let (id, asked) = from.with_value(|entry| (entry.id, entry.asked.clone()));
        let of = untrack(|| hand.open_conversation());
        spawn_local(async move {
            // A figure that could not be kept is no reason to trouble somebody who copies.
            let _ = desk.choose(id, asked, How::Copied, of).await;
        });
    });
    let unfold = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        folded.update(|folded| *folded = !*folded);
    };
    let label = move || if folded.get() { Word::WholeAnswer } else { Word::Fold };
    view! {
        <div class="answer" class:first=first class:folded=move || folded.get()>
            <p class="answer-text" dir="auto"><Marked text=text.clone() marks/></p>
            <div class="buttons">
                <Show when=move || fills.get()>
                    <button type="button" class="quiet fill" on:click=handler(fill)>{t(Word::Fill)}</button>
                </Show>
                <CopyButton text=Signal::stored(text) on_copied=copied/>
                {long
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="quiet"
                                aria-expanded=move || (!folded.get()).to_string()
                                on:click=handler(unfold)
                            >
                                {move || label().say(hand.lang.get())}
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}
