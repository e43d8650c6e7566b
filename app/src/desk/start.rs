//! Starting: the page comes up from the device alone; the network joins when it can.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::mpsc;
use gloo_timers::callback::Interval;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::answers::{self, EntryId, Index, Unlike};
use qinda::model::{ArticleId, LessonId, Micros, QuickReplyId, Whose};
use qinda::sync::{Device, SignedIn, Touched};

use super::preparing::{Ready, prepare};
use super::{AtDesk, Desk, Inner, Link, Stage, StorageTrouble, Wake, sync_loop};
use crate::local::clock::{self, Clock, page_millis};
use crate::local::confirmed::Confirmed;
use crate::local::early::EarlyRows;
use crate::local::http::{self, Failure};
use crate::local::outbox::{DraftOf, Loaded, Outbox};
use crate::local::pictures::Pictures;
use crate::local::prepared::Prepared;
use crate::local::seal::Seal;
use crate::local::updates::Notice;
use crate::local::vault::Keeper;
use crate::local::{prefs, updates, wipe};

/// How often the clocks on the screen move.
const TICK_MILLIS: u32 = 250;
/// How often is looked, in seconds, whether customer data may still be shown.
const LEASE_LOOK_SECONDS: i64 = 15;
/// How long is indexed before the screen gets its turn.
const INDEX_SLICE_MILLIS: f64 = 25.0;
/// How long is learned before the screen gets its turn.
const LEARN_SLICE_MILLIS: f64 = 5.0;

/// Makes the desk, hands it to the views as context, and starts it.
pub(crate) fn provide_desk() -> Desk {
    let (wake, waker) = mpsc::unbounded();
    let inner = Inner {
        clock: Clock::default(),
        member: RefCell::new(None),
        waiting: RefCell::new(None),
        wake,
        waker: RefCell::new(Some(waker)),
        pages: sync_loop::Pages::default(),
    };
    let desk = Desk {
        inner: StoredValue::new_local(Rc::new(inner)),
        stage: RwSignal::new(Stage::Starting),
        link: RwSignal::new(Link::Connecting),
        session: RwSignal::new(None),
        storage_trouble: RwSignal::new(None),
        update_waits: RwSignal::new(false),
        tick: RwSignal::new(Micros(0)),
        inbox_version: RwSignal::new(0),
        knowledge_version: RwSignal::new(0),
        behind: RwSignal::new(0),
        preferences: RwSignal::new(prefs::preferences()),
        presences: super::presence::Presences::new(),
        lapsed: RwSignal::new(None),
    };
    provide_context(desk);
    listen(desk);
    spawn_local(start(desk));
    desk
}

fn listen(desk: Desk) {
    updates::on_waiting(move || desk.update_waits.set(true));
    updates::on_notice(Notice::LetGo, move || {
        desk.write_drafts_at_once();
        desk.note_trouble(StorageTrouble::LetGo);
    });
    updates::on_notice(Notice::Blocked, move || desk.note_trouble(StorageTrouble::Blocked));
    updates::on_notice(Notice::Gone, move || desk.note_trouble(StorageTrouble::Gone));
    updates::on_return(move || desk.wake());
    updates::on_leaving(move || desk.write_drafts_at_once());
    updates::on_hidden(move || desk.tell_drafts_at_once());
    updates::on_other_tab(move || {
        // Another tab signed out, or was told to wipe: nothing may stay on this screen.
        if desk.stage.get_untracked() == Stage::Ready && prefs::session().is_none() {
            super::deeds::reload();
        }
    });
    updates::on_offline(move || {
        let _ = desk.inner().wake.unbounded_send(Wake::Lost);
    });
    Interval::new(TICK_MILLIS, move || desk.advance_tick()).forget();
    desk.keep_presence();
}

async fn start(desk: Desk) {
    wipe::finish_owed().await;
    desk.look_at_lease();
    match prefs::session() {
        Some(session) => desk.open(session).await,
        None => ask_who(desk).await,
    }
    sync_loop::run(desk).await;
}

/// Nobody is known on this device; the cookie may still know somebody.
async fn ask_who(desk: Desk) {
    if prefs::sign_out_owed() {
        let told: Result<(), Failure> = http::post("/api/sign-out", &()).await;
        prefs::set_sign_out_owed(told.is_err());
        desk.stage.set(Stage::SignIn);
        return;
    }
    match http::get::<SignedIn>("/api/me").await {
        Ok(session) => {
            prefs::remember_session(&session);
            desk.open(session).await;
        }
        Err(_) => desk.stage.set(Stage::SignIn),
    }
}

impl Desk {
    /// Opens the desk of a member from what the device holds, with the key to it.
    pub(super) async fn open_with(
        &self,
        session: SignedIn,
        key: Option<(Rc<Keeper>, Seal)>,
        (ready, early): (impl Future<Output = Ready>, impl Future<Output = Option<EarlyRows>>),
    ) {
        let member = session.actor.member;
        let (keeper, seal) = key.unzip();
        let (confirmed, outbox, pictures) = futures::join!(
            Confirmed::open(member, seal.clone()),
            Outbox::open(member, seal.clone()),
            Pictures::open(member, seal),
        );
        if self.storage_trouble.get_untracked() == Some(StorageTrouble::Blocked) {
            self.storage_trouble.set(None);
        }
        let kept = confirmed.is_kept() && outbox.is_kept();
        let (mut index, mut prepared) = (None, Prepared::default());
        let packed = async {
            let ready = ready.await;
            (prepared, index) = (ready.prepared, ready.index);
            ready.rows
        };
        let (loaded_outbox, loaded) = futures::join!(outbox.load(), confirmed.load_with(early, packed));
        let Ok(loaded_outbox) = loaded_outbox else {
            // Without an outbox nothing that is typed would be safe; the screen says so.
            self.note_trouble(StorageTrouble::Refused);
            self.stage.set(Stage::SignIn);
            return;
        };
        let (progress, changes) = loaded.unwrap_or_default();
        self.inner().clock.start_from(progress.wall_offset);

        let Loaded { contents, drafts, unreadable } = loaded_outbox;
        let device = Device::open(session.actor.clone(), contents, progress, changes);
        self.behind.set(device.still_to_fill().unwrap_or(0));
        let mut at_desk = at_desk(device, confirmed, outbox, pictures, keeper, drafts);
        at_desk.index = index.unwrap_or_default();
        at_desk.prepared = Rc::new(prepared);
        let changed = at_desk.changed_unseen();
        at_desk.untold.left_by_an_earlier_page(changed);
        *self.inner().member.borrow_mut() = Some(at_desk);
        if !kept {
            self.note_trouble(StorageTrouble::Refused);
        } else if unreadable > 0 {
            self.note_trouble(StorageTrouble::Unreadable(unreadable));
        }
        self.session.set(Some(session));
        self.advance_tick();
        self.inbox_changed();
        self.knowledge_changed();
        self.stage.set(Stage::Ready);
        clock::mark("qinda.ready");
        spawn_local(build_index(*self));
        self.drop_drafts_of_erased();
        let desk = *self;
        spawn_local(async move { desk.look_through_pictures().await });
        spawn_local(close_open_ones(desk));
    }

    fn advance_tick(&self) {
        let now = self.inner().clock.now();
        let second = |moment: Micros| moment.0.div_euclid(qinda::model::MICROS_PER_SECOND);
        if second(now) != second(self.tick.get_untracked()) {
            self.tick.set(now);
            self.tell_rested_drafts();
            if second(now) % LEASE_LOOK_SECONDS == 0 {
                self.look_at_lease();
            }
        }
    }
}

fn at_desk(
    device: Device,
    confirmed: Confirmed,
    outbox: Outbox,
    pictures: Pictures,
    keeper: Option<Rc<Keeper>>,
    drafts: Vec<(DraftOf, String)>,
) -> AtDesk {
    AtDesk {
        confirmed: Rc::new(confirmed),
        outbox: Rc::new(outbox),
        pictures: Rc::new(pictures),
        keeper,
        refused_pictures: Default::default(),
        settled_pictures: Default::default(),
        fetching: Rc::new(Cell::new(false)),
        device,
        index: Index::new(),
        index_ready: false,
        prepared: Rc::default(),
        unprepared: 0,
        learning: false,
        checker: None,
        drafts: drafts.into_iter().collect(),
        drafts_writing: Rc::new(Cell::new(false)),
        drafts_dirty: Vec::new(),
        checks: Default::default(),
        untold: Default::default(),
    }
}

impl AtDesk {
    /// Brings the index up to date with what was touched.
    pub(super) fn reindex(&mut self, touched: &[Touched]) {
        for touched in touched {
            match touched {
                Touched::Article(id) => self.index_article(*id),
                Touched::QuickReply(id) => self.index_quick_reply(*id),
                Touched::Pack(_) => self.checker = None,
                Touched::Used(whose, entry) => self.index_usage(*whose, *entry),
                Touched::Lesson(id) => self.index_lesson(*id),
                Touched::Conversation(_) | Touched::Member(_) | Touched::Policy(_) | Touched::Draft(_) => {}
            }
        }
    }

    fn index_article(&mut self, id: ArticleId) {
        self.unprepared += 1;
        match self.device.replica().article(id) {
            Some(article) => self.index.put_article(article),
            None => self.index.remove(EntryId::Article(id)),
        }
    }

    /// Takes out of the index what was kept of articles that are no more; which ones it does not hold as they are.
    fn unlike_articles(&mut self) -> Vec<ArticleId> {
        let Unlike { changed, gone } = self.index.compared(self.device.replica().articles());
        self.unprepared += gone.len() + changed.len();
        gone.into_iter().for_each(|id| self.index.remove(EntryId::Article(id)));
        changed
    }

    fn find_article(&mut self, id: ArticleId) {
        if let Some(article) = self.device.replica().article(id) {
            self.index.put_to_find(article);
        }
    }

    fn suggest_article(&mut self, id: ArticleId) {
        if let Some(article) = self.device.replica().article(id) {
            self.index.put_questions(article);
        }
    }

    fn index_lesson(&mut self, id: LessonId) {
        match self.device.replica().lesson(id) {
            Some(lesson) => self.index.put_lesson(lesson),
            None => self.index.remove_lesson(id),
        }
    }

    /// Counts the choices of this member and of the member's team; what others choose says nothing here.
    fn index_usage(&mut self, whose: Whose, entry: EntryId) {
        let actor = self.device.replica().actor();
        let seen_as = match whose {
            Whose::Member(member) if member == actor.member => answers::Whose::Own,
            Whose::Team(team) if team == actor.team => answers::Whose::Team,
            Whose::Member(_) | Whose::Team(_) => return,
        };
        self.index.put_usage(entry, seen_as, self.device.replica().used(whose, entry));
    }

    fn index_quick_reply(&mut self, id: QuickReplyId) {
        match self.device.replica().quick_reply(id) {
            Some(reply) => self.index.put_quick_reply(reply),
            None => self.index.remove(EntryId::QuickReply(id)),
        }
    }
}

/// Closes what an earlier version, or one without a key, kept open. Where that fails it is tried at the next start.
async fn close_open_ones(desk: Desk) {
    let Some((keeper, confirmed, outbox, pictures)) = desk.with(|desk| {
        (desk.keeper.clone(), Rc::clone(&desk.confirmed), Rc::clone(&desk.outbox), Rc::clone(&desk.pictures))
    }) else {
        return;
    };
    let Some(keeper) = keeper else { return };
    if keeper.may_lie_open().await {
        let done = futures::join!(confirmed.close_open_ones(), outbox.close_open_ones(), pictures.close_open_ones());
        if let (Ok(()), Ok(()), Ok(())) = done {
            keeper.all_is_closed().await;
        }
    }
}

/// Builds the index in slices, so that the screen answers meanwhile: what is searched first, then what is suggested.
async fn build_index(desk: Desk) {
    let known = desk.change(|at_desk| {
        let unlike = at_desk.unlike_articles();
        let replica = at_desk.device.replica();
        let articles: Vec<ArticleId> = replica.articles().map(|article| article.id).collect();
        let replies = replica.quick_replies().map(|reply| Touched::QuickReply(reply.id));
        let used = replica.all_used().map(|(whose, entry, _)| Touched::Used(whose, entry));
        let lessons = replica.lessons().map(|lesson| Touched::Lesson(lesson.id)).collect::<Vec<_>>();
        (unlike, articles, replies.chain(used).collect::<Vec<_>>(), lessons)
    });
    let Some((unlike, articles, small, lessons)) = known else { return };
    in_slices(desk, unlike.iter(), |at_desk, id| at_desk.find_article(*id)).await;
    in_slices(desk, small.iter(), |at_desk, touched| at_desk.reindex(std::slice::from_ref(touched))).await;
    desk.change(|at_desk| at_desk.index_ready = true);
    desk.knowledge_changed();
    clock::mark("qinda.searchable");
    TimeoutFuture::new(0).await;
    in_slices(desk, articles.iter(), |at_desk, id| at_desk.suggest_article(*id)).await;
    in_slices(desk, lessons.iter(), |at_desk, touched| at_desk.reindex(std::slice::from_ref(touched))).await;
    desk.knowledge_changed();
    TimeoutFuture::new(0).await;
    learn(desk).await;
}

/// Does something for each of many, and lets the screen have its turn in between.
pub(super) async fn in_slices<T>(desk: Desk, mut many: impl Iterator<Item = T>, each: impl Fn(&mut AtDesk, T)) {
    let mut slice = |at_desk: &mut AtDesk| {
        let began = page_millis();
        for one in many.by_ref() {
            each(at_desk, one);
            if page_millis() - began >= INDEX_SLICE_MILLIS {
                return true;
            }
        }
        false
    };
    while desk.change(&mut slice).unwrap_or(false) {
        TimeoutFuture::new(0).await;
    }
}

/// Learns what the index can learn, in slices, so that the screen answers meanwhile.
pub(super) async fn learn(desk: Desk) {
    prepare(desk).await;
    if desk.change(|at_desk| std::mem::replace(&mut at_desk.learning, true)) != Some(false) {
        return;
    }
    while desk.change(learn_slice).unwrap_or(false) {
        TimeoutFuture::new(0).await;
    }
    desk.change(|at_desk| at_desk.learning = false);
    desk.knowledge_changed();
}

/// Whether something is left to learn.
fn learn_slice(at_desk: &mut AtDesk) -> bool {
    let began = page_millis();
    while at_desk.index.settle_part() {
        if page_millis() - began >= LEARN_SLICE_MILLIS {
            return true;
        }
    }
    false
}
