//! What a member does at the desk. Each deed is on disk before it counts, and none waits for a network.

use std::rc::Rc;
use std::time::Duration;

use leptos::task::spawn_local;
use qinda::model::{
    Article, ArticleFields, ArticleId, ConversationId, MemberId, Micros, NOTE_CHARS_MAX, TextFault, checked_text,
};
use qinda::policy::PolicyFault;
use qinda::sync::{
    Action, CloseConversation, PutArticle, RemoveArticle, SignedIn, TakeConversation, Touched, TransferConversation,
    WhisperTo,
};

use qinda::wording::PackFault;

use super::sending::seen;
use super::start::learn;
use super::{AtDesk, Desk, Link, Stage, StorageTrouble};
use crate::local::http::{self, Failure};
use crate::local::outbox::{DraftOf, Outbox};
use crate::local::prefs::{self, Preferences};
use crate::local::random;
use crate::local::storage::StorageError;
use crate::prelude::*;

/// New lessons and articles are learned from after so long a rest.
const LEARN_AFTER: Duration = Duration::from_secs(2);

/// Why a deed could not be kept on the device. The words stay where they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CannotKeep {
    /// The text is unfit.
    Text(TextFault),
    /// A pack of wording rules makes no sense.
    Pack(PackFault),
    /// A policy makes no sense.
    Policy(PolicyFault),
    /// The device has no room.
    Full,
    /// The device's storage failed.
    Failed,
    /// What it is about is not on this device any more.
    NotHere,
}

impl From<TextFault> for CannotKeep {
    fn from(fault: TextFault) -> Self {
        Self::Text(fault)
    }
}

impl From<PackFault> for CannotKeep {
    fn from(fault: PackFault) -> Self {
        Self::Pack(fault)
    }
}

impl From<PolicyFault> for CannotKeep {
    fn from(fault: PolicyFault) -> Self {
        match fault {
            PolicyFault::Text(fault) => Self::Text(fault),
            fault => Self::Policy(fault),
        }
    }
}

impl From<StorageError> for CannotKeep {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::Full,
            StorageError::Failed(_) => Self::Failed,
        }
    }
}

/// Why signing in did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInProblem {
    /// Number or password are wrong.
    Wrong,
    /// Too many attempts; try again after that many seconds.
    TooMany(u32),
    /// Nothing answered.
    Unreachable,
    /// The server had trouble.
    Other,
}

/// Why the server tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FiguresProblem {
    /// Nothing answered.
    Unreachable,
    /// The sign-in has ended.
    SignedOut,
    /// The member's roles do not allow it.
    Forbidden,
    /// There is no such thing any more, or nobody can be told of it so.
    Unfit,
    /// It would have to be counted from too many messages.
    TooMany,
    /// The server had trouble.
    Other,
}

pub(super) type Kept<T = ()> = Result<T, CannotKeep>;

impl Desk {
    /// Makes a conversation the member's own.
    pub(crate) async fn take(&self, id: ConversationId) -> Kept {
        let seen =
            self.with(|desk| desk.device.replica().conversation(id).map(|conversation| conversation.owner)).flatten();
        let owner_seen = seen.ok_or(CannotKeep::NotHere)?;
        self.give(Action::TakeConversation(TakeConversation { conversation: id, owner_seen }), None).await
    }

    /// Hands a conversation to a colleague, with a note that may be empty.
    pub(crate) async fn transfer(&self, id: ConversationId, to: MemberId, note: &str) -> Kept {
        let note = match note.trim() {
            "" => String::new(),
            note => checked_text("note", note, NOTE_CHARS_MAX)?,
        };
        let seen =
            self.with(|desk| desk.device.replica().conversation(id).map(|conversation| conversation.owner)).flatten();
        let owner_seen = seen.ok_or(CannotKeep::NotHere)?;
        let transfer = TransferConversation { conversation: id, to, note, owner_seen };
        self.give(Action::TransferConversation(transfer), None).await
    }

    /// Says something to whoever holds a conversation.
    pub(crate) async fn whisper(&self, id: ConversationId, words: &str) -> Kept {
        let words = checked_text("note", words.trim(), NOTE_CHARS_MAX)?;
        self.give(Action::WhisperTo(WhisperTo { conversation: id, words, heard: None }), None).await
    }

    /// Puts away what was whispered at a moment.
    pub(crate) async fn hear_whisper(&self, id: ConversationId, at: Micros) -> Kept {
        let heard = WhisperTo { conversation: id, words: String::new(), heard: Some(at) };
        self.give(Action::WhisperTo(heard), None).await
    }

    /// Ends a conversation.
    pub(crate) async fn close(&self, id: ConversationId) -> Kept {
        let seen = self.with(|desk| seen(desk, id)).ok_or(CannotKeep::NotHere)?;
        self.give(Action::CloseConversation(CloseConversation { conversation: id, seen }), None).await
    }

    /// Writes a new article, or changes the one that was read like this. What others changed meanwhile is merged.
    pub(crate) async fn put_article(
        &self,
        id: Option<ArticleId>,
        fields: ArticleFields,
        read: Option<Article>,
    ) -> Kept<ArticleId> {
        let fields = fields.checked()?;
        let id = id.unwrap_or_else(|| ArticleId::new(random::unix_ms(), random::bits()));
        let draft = DraftOf::Article(read.is_some().then_some(id));
        self.give(Action::PutArticle(change_of(id, fields, read, Vec::new())), Some(draft)).await?;
        Ok(id)
    }

    /// Decides on a copy that was put aside: the article says from now on what `fields` say.
    pub(crate) async fn settle_copy(&self, article: Article, copy: u32, fields: ArticleFields) -> Kept {
        let fields = fields.checked()?;
        let change = change_of(article.id, fields, Some(article), vec![copy]);
        self.give(Action::PutArticle(change), None).await
    }

    /// Takes an article out of the knowledge base.
    pub(crate) async fn remove_article(&self, article: Article) -> Kept {
        self.give(Action::RemoveArticle(RemoveArticle { id: article.id, base: article.version }), None).await
    }

    /// Writes new articles, as an import brings them; says how many.
    pub(crate) async fn import_articles(&self, articles: Vec<ArticleFields>) -> Kept<usize> {
        let articles: Vec<ArticleFields> =
            articles.into_iter().map(ArticleFields::checked).collect::<Result<_, _>>()?;
        let count = articles.len();
        let actions = articles.into_iter().map(|fields| {
            let id = ArticleId::new(random::unix_ms(), random::bits());
            Action::PutArticle(PutArticle { id, fields, base: 0, was: None, settles: Vec::new() })
        });
        self.give_all(actions.collect(), Vec::new()).await?;
        Ok(count)
    }

    /// Keeps a half-written text. While one write is under way only the newest text waits behind it.
    pub(crate) fn set_draft(&self, of: DraftOf, text: String) {
        let had_draft = self.change(|desk| {
            let had_draft = desk.drafts.contains_key(&of);
            // Nothing more is written down of an erased conversation.
            let text = if desk.is_of_an_erased_one(of) { String::new() } else { text };
            desk.note_draft(of, text);
            desk.note_untold(of);
            if !desk.drafts_dirty.contains(&of) {
                desk.drafts_dirty.push(of);
            }
            had_draft != desk.drafts.contains_key(&of)
        });
        if had_draft == Some(true) {
            self.inbox_changed();
        }
        spawn_local(write_drafts(*self));
    }

    /// The page may be gone in a moment: drafts that wait behind another write are written now.
    pub(super) fn write_drafts_at_once(&self) {
        while let Some(dirty) = self.change(next_draft).flatten() {
            spawn_local(write_draft(*self, dirty));
        }
    }

    /// Signs in. The desk opens, or, when it is open and the sign-in had ended, what was queued goes out.
    pub(crate) async fn sign_in(
        &self,
        shop: String,
        work_number: String,
        password: String,
    ) -> Result<(), SignInProblem> {
        let body = serde_json::json!({ "shop": shop, "work_number": work_number, "password": password });
        let session: SignedIn = http::post("/api/sign-in", &body).await.map_err(|failure| match failure {
            Failure::Unreachable => SignInProblem::Unreachable,
            Failure::Refused(401, _) | Failure::SignedOut | Failure::CutOff => SignInProblem::Wrong,
            Failure::Busy(seconds) => SignInProblem::TooMany(seconds),
            Failure::Refused(..) | Failure::Push(..) => SignInProblem::Other,
        })?;
        let other = self.session.get_untracked().is_some_and(|old| old.actor.member != session.actor.member);
        prefs::remember_session(&session);
        prefs::set_was_cut_off(false);
        if other {
            // Another member sits down: nothing of the first one may stay on the screen.
            reload();
            return Ok(());
        }
        if self.stage.get_untracked() == Stage::SignIn {
            self.open(session).await;
        } else {
            self.session.set(Some(session));
        }
        self.link.set(Link::Connecting);
        self.wake();
        Ok(())
    }

    /// Keeps the preferences of this device.
    pub(crate) fn set_preferences(&self, preferences: Preferences) {
        prefs::keep_preferences(&preferences);
        self.preferences.set(preferences);
    }

    /// Lets the new version take over; the page reloads with it.
    pub(crate) fn take_update(&self) {
        crate::local::updates::take_over();
    }

    /// Asks the browser to keep the device's storage; to be called on a tap. Says whether it will.
    pub(crate) async fn keep_storage(&self) -> bool {
        crate::local::storage::persist().await
    }

    pub(super) fn outbox(&self) -> Kept<Rc<Outbox>> {
        self.with(|desk| Rc::clone(&desk.outbox)).ok_or(CannotKeep::NotHere)
    }

    pub(super) async fn give(&self, action: Action, draft_of: Option<DraftOf>) -> Kept {
        self.give_all(vec![action], draft_of.map(|of| (of, String::new())).into_iter().collect()).await
    }

    /// Puts actions into the outbox and on the screen, in order, and writes what becomes of the drafts.
    pub(super) async fn give_all(&self, actions: Vec<Action>, drafts: Vec<(DraftOf, String)>) -> Kept {
        let outbox = self.outbox()?;
        let at = self.inner().clock.now();
        let needs = self.with(|desk| desk.device.needs(&actions)).unwrap_or_default();
        let enqueued = match outbox.enqueue(&actions, &needs, at, &drafts).await {
            Err(StorageError::Full) => {
                self.make_room().await;
                outbox.enqueue(&actions, &needs, at, &drafts).await?
            }
            enqueued => enqueued?,
        };
        let touched = self.change(|desk| {
            for (of, text) in drafts {
                if !text.is_empty() {
                    desk.note_untold(of);
                }
                desk.note_draft(of, text);
            }
            let touched = desk.device.enqueued(enqueued, actions);
            desk.reindex(touched.as_deref().unwrap_or_default());
            touched
        });
        match touched.flatten() {
            Some(touched) => self.tell(&touched),
            // Another tab began a new epoch meanwhile: what was just written is read from the outbox.
            None => {
                self.look_at_outbox().await;
            }
        }
        self.wake();
        Ok(())
    }

    /// Notes what the storage is short of. Once the page has none, nothing else matters.
    pub(super) fn note_trouble(&self, trouble: StorageTrouble) {
        if !self.storage_trouble.get_untracked().is_some_and(StorageTrouble::needs_reload) {
            self.storage_trouble.set(Some(trouble));
        }
    }

    /// Conversations can be had again, unsent work cannot.
    pub(super) async fn make_room(&self) {
        let Some(confirmed) = self.with(|desk| Rc::clone(&desk.confirmed)) else { return };
        if confirmed.drop_chats().await.is_ok() {
            self.note_trouble(StorageTrouble::Full);
        }
    }

    /// Tells the views what was touched.
    pub(super) fn tell(&self, touched: &[Touched]) {
        let knowledge =
            |touched: &Touched| !matches!(touched, Touched::Conversation(_) | Touched::Used(..) | Touched::Draft(_));
        if touched.iter().any(knowledge) {
            self.knowledge_changed();
        }
        self.inbox_changed();
        if touched.iter().any(|touched| matches!(touched, Touched::Lesson(_) | Touched::Article(_))) {
            self.learn_soon();
        }
    }

    /// Learns from new lessons and articles once the desk rests; where nothing is new, that costs nothing.
    fn learn_soon(&self) {
        let desk = *self;
        set_timeout(move || spawn_local(learn(desk)), LEARN_AFTER);
    }
}

fn change_of(id: ArticleId, fields: ArticleFields, read: Option<Article>, settles: Vec<u32>) -> PutArticle {
    let base = read.as_ref().map_or(0, |read| read.version);
    PutArticle { id, fields, base, was: read.map(|read| Box::new(read.fields)), settles }
}

impl AtDesk {
    /// Remembers a half-written text; an empty one is forgotten.
    fn note_draft(&mut self, of: DraftOf, text: String) {
        if text.is_empty() {
            self.drafts.remove(&of);
        } else {
            self.drafts.insert(of, text);
        }
    }
}

/// Writes drafts until none is dirty. One at a time, always the newest text.
async fn write_drafts(desk: Desk) {
    let Some(writing) = desk.with(|at_desk| Rc::clone(&at_desk.drafts_writing)) else { return };
    if writing.replace(true) {
        return;
    }
    while let Some(dirty) = desk.change(next_draft).flatten() {
        write_draft(desk, dirty).await;
    }
    writing.set(false);
}

async fn write_draft(desk: Desk, (outbox, of, text): DirtyDraft) {
    if let Err(StorageError::Full) = outbox.keep_draft(of, &text).await {
        desk.make_room().await;
        let _ = outbox.keep_draft(of, &text).await;
    }
}

type DirtyDraft = (Rc<Outbox>, DraftOf, String);

fn next_draft(desk: &mut AtDesk) -> Option<DirtyDraft> {
    let of = desk.drafts_dirty.pop()?;
    Some((Rc::clone(&desk.outbox), of, desk.drafts.get(&of).cloned().unwrap_or_default()))
}

/// Loads the page anew.
pub(super) fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_href("/desk");
    }
}
