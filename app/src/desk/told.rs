//! What the server tells of the shop: figures, and how the articles do. The last of it stays on the device, so that
//! there is something to read without a network, and after a reload at once.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use leptos::task::spawn_local;
use qinda::answers::Asked;
use qinda::model::{ArticleId, Author, ConversationId, Micros};
use qinda::order;
use qinda::sync::{TrialAnswer, TrialRequest};
use qinda::wording::{Checker, Finding, PackFields, Trial, in_force, trial};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::deeds::FiguresProblem;
use super::{Desk, Link};
use crate::local::confirmed::Confirmed;
use crate::local::http::{self, Failure};
use crate::prelude::*;

/// How long after a question without an answer it is asked again, and how often one whose answer is to stay fresh where
/// nothing else is said.
const ASK_AGAIN: Duration = Duration::from_secs(15);

/// What the server says where it would have to read too many messages.
const TOO_MANY_MESSAGES: &str = "too_many_messages";

impl From<Failure> for FiguresProblem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable | Failure::Busy(_) => Self::Unreachable,
            Failure::SignedOut | Failure::CutOff => Self::SignedOut,
            Failure::Refused(403, _) => Self::Forbidden,
            Failure::Refused(422, code) if code == TOO_MANY_MESSAGES => Self::TooMany,
            Failure::Refused(404 | 422, _) => Self::Unfit,
            Failure::Refused(..) | Failure::Push(..) => Self::Other,
        }
    }
}

/// An answer of the server as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    path: String,
    at: Micros,
    answer: Box<RawValue>,
}

/// What is asked: the name under which the answer is kept, and the path.
pub(crate) type Question = (&'static str, String);

/// What the server told last on a question, and why there is nothing newer.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    desk: Desk,
    question: Memo<Question>,
    answer: RwSignal<Option<(Micros, Arc<str>)>>,
    problem: RwSignal<Option<FiguresProblem>>,
}

impl Told {
    /// Asks at once, and again when the question changes or the network returns.
    pub(crate) fn of(desk: Desk, question: Memo<Question>) -> Self {
        let is_due = |told: Self| told.problem.try_with_untracked(Option::is_some) == Some(true);
        Self::asking(desk, question, ASK_AGAIN, is_due)
    }

    /// As [`Told::of`], and asks anew every few seconds while somebody looks.
    pub(crate) fn fresh(desk: Desk, question: Memo<Question>) -> Self {
        Self::fresh_every(desk, question, ASK_AGAIN)
    }

    /// As [`Told::fresh`], so often.
    pub(crate) fn fresh_every(desk: Desk, question: Memo<Question>, every: Duration) -> Self {
        Self::asking(desk, question, every, |_| true)
    }

    fn asking(desk: Desk, question: Memo<Question>, every: Duration, is_due: fn(Self) -> bool) -> Self {
        let told = Self { desk, question, answer: RwSignal::new(None), problem: RwSignal::new(None) };
        let offline = memo(move || desk.link() == Link::Offline);
        Effect::new(move |before: Option<Question>| {
            offline.track();
            let question = told.question.get();
            if before.as_ref() != Some(&question) {
                told.answer.set(None);
                told.problem.set(None);
            }
            told.ask();
            question
        });
        let again = set_interval_with_handle(
            move || {
                if is_due(told) && !document().hidden() {
                    told.ask();
                }
            },
            every,
        );
        on_cleanup(move || {
            if let Ok(again) = again {
                again.clear();
            }
        });
        told
    }

    /// Asks again.
    pub(crate) fn ask(self) {
        spawn_local(async move {
            let Some((name, path)) = self.question.try_get_untracked() else { return };
            let Some(confirmed) = self.desk.confirmed() else { return };
            if self.answer.try_with_untracked(Option::is_none) == Some(true) {
                self.recall(&confirmed, name, &path).await;
            }
            let answer = http::get::<Box<RawValue>>(&path).await;
            // Whoever asked something else meanwhile waits for that answer.
            if !self.asks(&path) {
                return;
            }
            match answer {
                Ok(answer) => {
                    let at = self.desk.inner().clock.now();
                    self.answer.try_set(Some((at, answer.get().into())));
                    self.problem.try_set(None);
                    let kept = Kept { path, at, answer };
                    confirmed.keep_told(name, &serde_json::to_string(&kept).unwrap_or_default()).await;
                }
                Err(failure) => {
                    self.problem.try_set(Some(failure.into()));
                }
            }
        });
    }

    fn asks(self, path: &str) -> bool {
        self.question.try_with_untracked(|(_, asked)| asked == path) == Some(true)
    }

    async fn recall(self, confirmed: &Confirmed, name: &str, path: &str) {
        let kept = confirmed.told(name).await;
        let kept: Option<Kept> = kept.and_then(|kept| serde_json::from_str(&kept).ok());
        if let Some(kept) = kept.filter(|kept| kept.path == path)
            && self.answer.try_with_untracked(Option::is_none) == Some(true)
            && self.asks(path)
        {
            self.answer.try_set(Some((kept.at, kept.answer.get().into())));
        }
    }

    /// The answer; `None` while there is none, or when another version of the desk kept it.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Option<T> {
        self.answer.with(|answer| answer.as_ref().and_then(|(_, text)| serde_json::from_str(text).ok()))
    }

    /// Of when the answer is.
    pub(crate) fn at(self) -> Option<Micros> {
        self.answer.with(|answer| answer.as_ref().map(|(at, _)| *at))
    }

    /// Why there is nothing newer.
    pub(crate) fn problem(self) -> Option<FiguresProblem> {
        self.problem.get()
    }
}

impl Desk {
    fn confirmed(&self) -> Option<Rc<Confirmed>> {
        self.with(|desk| Rc::clone(&desk.confirmed))
    }

    /// What a pack would have flagged in the last days, by the server, which has every message.
    pub(crate) async fn try_pack(&self, pack: &PackFields, days: u16) -> Result<TrialAnswer, FiguresProblem> {
        let body = TrialRequest { pack: pack.clone(), days };
        http::post("/api/wording/trial", &body).await.map_err(FiguresProblem::from)
    }

    /// What a pack would have flagged among the messages of this device.
    pub(crate) fn try_pack_here(&self, pack: &PackFields) -> Trial {
        self.with(|desk| {
            let conversations: Vec<ConversationId> = desk.device.replica().conversations().map(|one| one.id).collect();
            let messages = conversations.into_iter().flat_map(|id| desk.device.replica().delivered(id));
            let ours = messages.filter(|message| matches!(message.author, Author::Member(_)));
            trial(pack, ours.map(|message| message.text.as_str()))
        })
        .unwrap_or_default()
    }

    /// What the rules in force find in a text, together with those of a pack that is not saved yet.
    pub(crate) fn findings_with(&self, text: &str, unsaved: &PackFields) -> Vec<Finding> {
        let packs = self.packs();
        Checker::new(in_force(&packs).into_iter().chain([unsaved])).check(text)
    }

    /// The article that answers a question, as the desk would suggest it.
    pub(crate) fn answered_by(&self, question: &str) -> Option<ArticleId> {
        self.knowledge_version.track();
        let found = self.with(|desk| desk.index.suggest(&Asked::of(&[question]), 1)).unwrap_or_default();
        found.into_iter().find_map(|suggestion| match suggestion.id {
            qinda::model::EntryId::Article(id) => Some(id),
            qinda::model::EntryId::QuickReply(_) => None,
        })
    }

    /// Whether a conversation is on this device.
    pub(crate) fn holds(&self, id: ConversationId) -> bool {
        self.inbox_version.track();
        self.with(|desk| desk.device.replica().conversation(id).is_some()) == Some(true)
    }

    /// The title of every article.
    pub(crate) fn titles(&self) -> BTreeMap<ArticleId, String> {
        self.knowledge_version.track();
        let titles = self.with(|desk| {
            let articles = desk.device.replica().articles();
            order::map_of(articles.map(|article| (article.id, article.fields.title.clone())))
        });
        titles.unwrap_or_default()
    }
}
