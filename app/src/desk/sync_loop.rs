//! The way to the server: push what waits, pull what is new, again whenever there is a reason to. Correctness
//! lies in push and pull, which may be repeated at will; the live channel brings what a pull would, or wakes the loop.

mod rest;
mod unasked;

use std::collections::BTreeMap;
use std::rc::Rc;

use futures::StreamExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::sync::{
    Contents, Device, Heard as HeardPage, Keeping, LIVE_PAGE_WAIT_MILLIS, Moved, PullAnswer, PullRequest, PushAnswer,
    PushRefusal, PushRequest, Scope, ScopePage, SignedIn,
};

use super::pictures::picture_of;
use super::preparing::prepare;
use super::start::in_slices;
use super::{Desk, Link, Stage, StorageTrouble, Wake};
use crate::local::clock::page_millis;
use crate::local::http::{self, Failure};
use crate::local::live::{Heard, Live};
use crate::local::outbox::Outbox;
use crate::local::storage::StorageError;
use crate::local::{lease, prefs, random};
use rest::rest;
use unasked::Awaited;
pub(super) use unasked::Pages;

/// Looks at the server at least this often while the live channel tells with every beat where the heads are.
const LOOK_MILLIS: u32 = 300_000;
/// Looks this often whether somebody signed in again, in another tab.
const SIGNED_OUT_LOOK_MILLIS: u32 = 30_000;
/// The first wait after a failure; it doubles up to the longest.
const RETRY_MILLIS_MIN: u32 = 500;
/// The longest wait between tries.
const RETRY_MILLIS_MAX: u32 = 8_000;
/// The pause between two pages of older rows, in which the screen gets its turn and what was typed is sent.
const FILL_MILLIS: u32 = 30;
/// A live channel that broke is not opened again sooner than this after it was opened.
const LIVE_MILLIS_MIN: u32 = 3_000;
/// New epochs in a row before the loop gives the server a rest: a sign of a fault, not of a lost count.
const EPOCHS_IN_A_ROW_MAX: u32 = 3;
/// An exchange reads everything anew no more often than this: a sign that two servers answer in turn.
const READ_ANEW_MAX: u32 = 2;

/// Runs as long as the page lives.
pub(super) async fn run(desk: Desk) {
    let Some(mut wakes) = desk.inner().waker.borrow_mut().take() else { return };
    let mut live: Option<Live> = None;
    let mut takes = false;
    let mut opened_at = f64::MIN;
    let mut failures: u32 = 0;
    let mut epochs: u32 = 0;
    let mut missing: u64 = 0;
    let mut fetching = Fetching::default();
    loop {
        // A page that let go of the storage could neither keep what comes nor move aside what is refused.
        let has_let_go = desk.storage_trouble.get_untracked() == Some(StorageTrouble::LetGo);
        if desk.stage.get_untracked() != Stage::Ready || has_let_go {
            if wakes.next().await.is_none() {
                return;
            }
            continue;
        }
        let wait = match exchange(desk, &mut fetching).await {
            Ok(()) => {
                (failures, epochs) = (0, 0);
                desk.set_link(Link::Online);
                let is_out_of_step = desk.inner().pages.are_out_of_step();
                if live.is_none() && page_millis() - opened_at >= f64::from(LIVE_MILLIS_MIN) {
                    opened_at = page_millis();
                    live = desk.listen(std::mem::take(&mut takes));
                }
                let missed = std::mem::replace(&mut missing, desk.numbers_in_gaps());
                if missing == 0 {
                    desk.keep_checking();
                    if let Some(live) = live.as_ref().filter(|live| is_out_of_step || !live.has_asked()) {
                        live.ask_anew();
                    }
                    spawn_local(prepare(desk));
                }
                if missing > 0 && missing != missed {
                    FILL_MILLIS
                } else if fetching.awaited.is_some() {
                    LIVE_PAGE_WAIT_MILLIS
                } else if live.is_some() {
                    LOOK_MILLIS
                } else {
                    LIVE_MILLIS_MIN
                }
            }
            Err(Failure::Push(PushRefusal::Gap, _)) if desk.look_at_outbox().await => 0,
            Err(Failure::Push(refusal, through)) if epochs < EPOCHS_IN_A_ROW_MAX => {
                epochs += 1;
                leptos::logging::warn!("push refused: {refusal:?}, the server has {through}; a new epoch begins");
                desk.begin_epoch().await;
                0
            }
            Err(Failure::CutOff) => return desk.wipe_as_told().await,
            Err(failure) => {
                live = None;
                desk.inner().pages.lose();
                failures = failures.saturating_add(1);
                after_failure(desk, &failure, failures)
            }
        };
        let woken = rest(desk, &mut wakes, wait, &mut fetching.awaited).await;
        if matches!(woken, Some(Wake::Lost)) {
            // A tab that listens for the others and says nothing may be frozen.
            takes = live.take().is_some_and(|live| live.relies_on_another_tab());
            desk.inner().pages.lose();
        }
        let is_recent = page_millis() - fetching.pulled_at < f64::from(LOOK_MILLIS);
        let comes_by_itself = live.is_some() && desk.inner().pages.come() && missing == 0;
        fetching.may_wait = matches!(woken, Some(Wake::Look)) && comes_by_itself && is_recent;
    }
}

/// How an exchange gets what is new.
struct Fetching {
    /// Whether the live channel is to bring it, for the exchange is about what waits here.
    may_wait: bool,
    /// What was pushed before and has no verdict yet.
    awaited: Option<Awaited>,
    /// When the last pull was, in milliseconds of this page.
    pulled_at: f64,
}

impl Default for Fetching {
    fn default() -> Self {
        Self { may_wait: false, awaited: None, pulled_at: f64::MIN }
    }
}

/// Notes a failure and says how long to wait.
fn after_failure(desk: Desk, failure: &Failure, failures: u32) -> u32 {
    match failure {
        Failure::Unreachable => {
            desk.set_link(Link::Offline);
            backoff(failures)
        }
        Failure::SignedOut => {
            desk.set_link(Link::SignedOut);
            SIGNED_OUT_LOOK_MILLIS
        }
        // Not before the server wishes, and not at the same moment as everybody else.
        Failure::Busy(seconds) => seconds.saturating_mul(1_000).saturating_add(backoff(failures)),
        Failure::Refused(..) | Failure::Push(..) | Failure::CutOff => {
            leptos::logging::error!("the server refused to sync: {failure:?}");
            backoff(failures)
        }
    }
}

fn backoff(failures: u32) -> u32 {
    let doubled = RETRY_MILLIS_MIN.saturating_mul(1 << failures.saturating_sub(1).min(10));
    spread(doubled.min(RETRY_MILLIS_MAX))
}

/// Half to the whole of a wait, so that a thousand devices do not return at once.
fn spread(millis: u32) -> u32 {
    (f64::from(millis) * (0.5 + random::jitter() / 2.0)) as u32
}

/// Sends what waits, whichever tab wrote it, then fetches until nothing new is left; or leaves that to the live channel,
/// for as long as it does come. Of the older rows that are still missing each exchange brings a page, so that no reply
/// waits for them.
async fn exchange(desk: Desk, fetching: &mut Fetching) -> Result<(), Failure> {
    desk.look_at_outbox().await;
    let epoch = desk.with(|at_desk| at_desk.device.epoch());
    let before = fetching.awaited.take().filter(|awaited| Some(awaited.epoch) == epoch);
    let pushed = push_all(desk, before.map_or(0, |awaited| awaited.n)).await?;
    if fetching.may_wait
        && !before.is_some_and(Awaited::is_overdue)
        && let (Some(epoch), Some(n)) = (epoch, pushed)
    {
        let since = before.map_or_else(page_millis, |awaited| awaited.since);
        fetching.awaited = Some(Awaited { epoch, n, since });
        return Ok(());
    }
    fetching.pulled_at = page_millis();
    let mut anew = 0;
    loop {
        match pull_page(desk).await? {
            Pulled::More => {}
            Pulled::Anew if anew < READ_ANEW_MAX => anew += 1,
            Pulled::Renumbered => {
                desk.wake();
                return Ok(());
            }
            Pulled::All | Pulled::Anew => break,
        }
    }
    let still_to_fill = desk.with(|at_desk| at_desk.device.still_to_fill()).flatten();
    desk.behind.set(still_to_fill.unwrap_or(0));
    spawn_local(async move { desk.fetch_pictures().await });
    Ok(())
}

/// Pushes what comes behind a number, and answers the last number if the server took all of it.
async fn push_all(desk: Desk, mut sent: u64) -> Result<Option<u64>, Failure> {
    let mut pushed = None;
    while let Some(request) = desk.with(|at_desk| next_push(&at_desk.device, sent)).flatten() {
        desk.upload_pictures(&request.commands).await?;
        let answer: PushAnswer = http::post_tersely("/sync/push", &request).await?;
        lease::heard(answer.lease);
        let last = request.commands.last().map_or(0, |command| command.n);
        if answer.through < last {
            return Ok(None);
        }
        (sent, pushed) = (last, Some(last));
    }
    Ok(pushed)
}

/// What names a picture waits for its upload; what stands before it need not.
fn next_push(device: &Device, sent: u64) -> Option<PushRequest> {
    device.next_push(sent, |command| picture_of(command).is_some())
}

/// What a page brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pulled {
    /// There is another one.
    More,
    /// It was the last, or nothing could be done with it.
    All,
    /// The server's database is another one: everything is to be read anew.
    Anew,
    /// What waits has new numbers by now: it is to be sent, and the page to be had again.
    Renumbered,
}

/// Fetches one page and applies it.
async fn pull_page(desk: Desk) -> Result<Pulled, Failure> {
    let request = desk.with(|at_desk| at_desk.device.pull_request());
    let Some(request) = request else { return Ok(Pulled::All) };
    let answer: PullAnswer = http::post("/sync/pull", &request).await?;
    desk.inner().clock.heard(answer.at);
    lease::heard(answer.lease);
    http::manner::heard(&answer.terse);
    desk.look_at_lease();
    match desk.change(|at_desk| at_desk.device.hear(&request, &answer)) {
        Some(HeardPage::Page) => Ok(desk.absorb(answer, request).await),
        Some(HeardPage::OfAnotherBackend) => Ok(Pulled::Anew),
        Some(HeardPage::OfAnOldEpoch) => Ok(Pulled::Renumbered),
        None => Ok(Pulled::All),
    }
}

impl Desk {
    fn set_link(&self, link: Link) {
        if self.link.get_untracked() != link {
            self.link.set(link);
        }
    }

    fn listen(self, takes: bool) -> Option<Live> {
        let member = self.with(|at_desk| at_desk.device.replica().actor().member)?;
        let asks = move || self.with(|at_desk| at_desk.device.pull_request());
        Live::open(&format!("qinda.live.{member}"), takes, asks, move |heard| self.heard(heard))
    }

    fn heard(&self, heard: Heard) {
        let wake = match heard {
            Heard::Page(page) => {
                self.inner().pages.note_that_they_come();
                Wake::Page(page)
            }
            Heard::Beat(beat) => {
                self.inner().pages.note_that_they_come();
                Wake::Beat(beat)
            }
            Heard::Heads(told) if self.is_behind(&told.heads) => Wake::Moved(told.heads),
            Heard::Heads(_) => return,
            Heard::Presence(presence) => return self.presence_told(presence),
            Heard::Lost => Wake::Lost,
        };
        let _ = self.inner().wake.unbounded_send(wake);
    }

    fn numbers_in_gaps(&self) -> u64 {
        self.with(|at_desk| at_desk.device.numbers_in_gaps()).unwrap_or(0)
    }

    fn is_behind(&self, heads: &BTreeMap<Scope, u64>) -> bool {
        let behind = self.with(|at_desk| at_desk.device.is_behind(heads));
        behind.unwrap_or(false)
    }

    /// Keeps and shows one page. The refused commands are moved aside first and the settled ones dropped last, so that a
    /// crash in between repeats a step and loses nothing.
    async fn absorb(&self, answer: PullAnswer, request: PullRequest) -> Pulled {
        let Some((confirmed, outbox, has_to_hold)) = self.with(|at_desk| {
            let (confirmed, outbox) = (Rc::clone(&at_desk.confirmed), Rc::clone(&at_desk.outbox));
            (confirmed, outbox, at_desk.device.has_to_hold(&answer))
        }) else {
            return Pulled::All;
        };
        let moved =
            if has_to_hold { self.hold(&outbox, &request, &answer).await } else { Ok(Moved::Aside(Vec::new())) };
        let held = match moved {
            Ok(Moved::Aside(held)) => held,
            Ok(Moved::OtherEpoch) => return renumbered(self.look_at_outbox().await),
            Ok(Moved::SetBack) => return renumbered(self.begin_epoch().await),
            Err(_) => {
                // The page comes again; what it refuses must not be lost.
                self.note_trouble(StorageTrouble::Full);
                return Pulled::All;
            }
        };
        let wall_offset = self.inner().clock.wall_offset();
        let kept = confirmed.keep(&request, &answer, wall_offset).await;
        if confirmed.keeping() != Keeping::All {
            // The screen goes on from memory; the next start reads what was kept and pulls the rest.
            self.note_trouble(StorageTrouble::Full);
        }
        let touched = self.change(|at_desk| at_desk.device.show(&request, &answer, held, &kept, wall_offset));
        let touched = touched.unwrap_or_default();
        // A page of articles takes the index a while.
        in_slices(*self, touched.iter(), |at_desk, one| at_desk.reindex(std::slice::from_ref(one))).await;
        self.reload_outdated().await;
        self.settle_session(&answer);
        self.hear_of_drafts(&answer);
        self.tell(&touched);
        self.forget_erased(&touched);
        self.behind.set(answer.scopes.iter().map(still_to_come).sum());
        if outbox.settle(request.epoch, answer.through).await.is_ok() {
            self.change(|at_desk| {
                if at_desk.device.epoch() == request.epoch {
                    at_desk.device.settled(answer.through);
                }
            });
        }
        // Where the disk has less than this tab, it is brought up from there.
        if answer.more || !kept.lagging.is_empty() { Pulled::More } else { Pulled::All }
    }

    /// Moves refused commands aside. They need no more room than they had, but a full disk may take no write at all.
    async fn hold(&self, outbox: &Outbox, request: &PullRequest, answer: &PullAnswer) -> Result<Moved, StorageError> {
        match outbox.hold(request.epoch, answer.through, &answer.verdicts).await {
            Err(StorageError::Full) => {
                self.make_room().await;
                outbox.hold(request.epoch, answer.through, &answer.verdicts).await
            }
            moved => moved,
        }
    }

    /// Roles may have changed since the sign-in.
    fn settle_session(&self, answer: &PullAnswer) {
        let Some(known) = self.session.get_untracked() else { return };
        if known.actor != answer.actor || known.me != answer.me {
            let session = SignedIn { actor: answer.actor.clone(), me: answer.me.clone(), at: answer.at, ..known };
            prefs::remember_session(&session);
            self.session.set(Some(session));
        }
    }

    /// Another tab may have numbered commands that this one has never seen, held or disposed of others, or begun a new
    /// epoch. Says whether there were commands that are new here.
    pub(super) async fn look_at_outbox(&self) -> bool {
        let Some(outbox) = self.with(|at_desk| Rc::clone(&at_desk.outbox)) else { return false };
        let is_known =
            |counter, held: &[String]| self.with(|at_desk| at_desk.device.is_in_step(counter, held)).unwrap_or(true);
        match outbox.look(is_known).await {
            Some(contents) => self.adopt(contents),
            None => false,
        }
    }

    /// Says whether there is a new epoch now.
    async fn begin_epoch(&self) -> bool {
        let Some((outbox, epoch)) = self.with(|at_desk| (Rc::clone(&at_desk.outbox), at_desk.device.epoch())) else {
            return false;
        };
        match outbox.renew_epoch(epoch).await {
            Ok(contents) => self.adopt(contents),
            Err(_) => false,
        }
    }

    fn adopt(&self, contents: Contents) -> bool {
        let news = self.change(|at_desk| {
            let news = at_desk.device.adopt(contents);
            at_desk.reindex(&news.touched);
            news
        });
        let news = news.unwrap_or_default();
        if news.commands || news.held {
            self.tell(&news.touched);
        }
        news.commands
    }
}

/// What of a scope has not arrived: the rest of the page, and what lies in a gap.
fn still_to_come(page: &ScopePage) -> u64 {
    let cut = page.head.saturating_sub(page.cursor.seq);
    cut.saturating_add(page.gap.map_or(0, |gap| gap.rows))
}

/// Without a new epoch there is nothing to go on with until the next look.
const fn renumbered(is_so: bool) -> Pulled {
    if is_so { Pulled::Renumbered } else { Pulled::All }
}
