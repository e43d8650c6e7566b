//! The way to the server: push what waits, pull what is new, again whenever there is a reason to. Correctness
//! lies in push and pull, which may be repeated at will; the live channel only wakes the loop.

use std::rc::Rc;

use futures::channel::mpsc::UnboundedReceiver;
use futures::future::{Either, select};
use futures::{FutureExt, StreamExt, pin_mut};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use qinda::sync::{
    Action, Change, Command, Heads, PROTOCOL, PUSH_BYTES_MAX, PUSH_COMMANDS_MAX, PullAnswer, PullRequest, PushAnswer,
    PushRefusal, PushRequest, Scope, SignedIn, Touched,
};

use super::pictures::picture_of;
use super::{Desk, Link, Stage, StorageTrouble, Wake};
use crate::local::clock::page_millis;
use crate::local::confirmed::{Keeping, Progress};
use crate::local::http::{self, Failure};
use crate::local::live::{Heard, Live};
use crate::local::{prefs, random};

/// Looks at the server at least this often even when the live channel is silent.
const LOOK_MILLIS: u32 = 30_000;
/// The first wait after a failure; it doubles up to the longest.
const RETRY_MILLIS_MIN: u32 = 500;
/// The longest wait between tries.
const RETRY_MILLIS_MAX: u32 = 8_000;
/// A live channel that broke is not opened again sooner than this after it was opened.
const LIVE_MILLIS_MIN: u32 = 3_000;
/// Half of the bytes a push may have are left for what wraps the commands.
const PUSH_ARGS_BYTES_MAX: usize = PUSH_BYTES_MAX / 2;
/// New epochs in a row before the loop gives the server a rest: a sign of a fault, not of a lost count.
const EPOCHS_IN_A_ROW_MAX: u32 = 3;

/// Runs as long as the page lives.
pub(super) async fn run(desk: Desk) {
    let Some(mut wakes) = desk.inner().waker.borrow_mut().take() else { return };
    let mut live: Option<Live> = None;
    let mut takes = false;
    let mut opened_at = f64::MIN;
    let mut failures: u32 = 0;
    let mut epochs: u32 = 0;
    loop {
        if desk.stage.get_untracked() != Stage::Ready {
            if wakes.next().await.is_none() {
                return;
            }
            continue;
        }
        let wait = match exchange(desk).await {
            Ok(()) => {
                (failures, epochs) = (0, 0);
                desk.set_link(Link::Online);
                if live.is_none() && page_millis() - opened_at >= f64::from(LIVE_MILLIS_MIN) {
                    opened_at = page_millis();
                    live = desk.listen(std::mem::take(&mut takes));
                }
                if live.is_some() { LOOK_MILLIS } else { LIVE_MILLIS_MIN }
            }
            Err(Failure::Push(PushRefusal::Gap, _)) if desk.adopt_other_tabs().await => 0,
            Err(Failure::Push(refusal, through)) if epochs < EPOCHS_IN_A_ROW_MAX => {
                epochs += 1;
                leptos::logging::warn!("push refused: {refusal:?}, the server has {through}; a new epoch begins");
                desk.begin_epoch().await;
                0
            }
            Err(failure) => {
                live = None;
                failures = failures.saturating_add(1);
                after_failure(desk, &failure, failures)
            }
        };
        if rest(&mut wakes, wait).await == Some(Wake::Lost) {
            // A tab that listens for the others and says nothing may be frozen.
            takes = live.take().is_some_and(|live| live.relies_on_another_tab());
        }
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
            LOOK_MILLIS
        }
        Failure::Busy(seconds) => spread(seconds.saturating_mul(1_000)),
        Failure::Refused(..) | Failure::Push(..) => {
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

/// Waits until woken or the time is up; several wakes count as one, and a lost channel outweighs a look.
async fn rest(wakes: &mut UnboundedReceiver<Wake>, millis: u32) -> Option<Wake> {
    let timer = TimeoutFuture::new(millis).fuse();
    let mut woken = {
        let next = wakes.next();
        pin_mut!(timer, next);
        match select(next, timer).await {
            Either::Left((wake, _)) => wake,
            Either::Right(_) => None,
        }
    };
    while let Ok(wake) = wakes.try_recv() {
        if woken != Some(Wake::Lost) {
            woken = Some(wake);
        }
    }
    woken
}

/// Sends what waits, then fetches until nothing is left.
async fn exchange(desk: Desk) -> Result<(), Failure> {
    push_all(desk).await?;
    while pull_page(desk).await? {}
    desk.behind.set(0);
    spawn_local(async move { desk.fetch_pictures().await });
    Ok(())
}

async fn push_all(desk: Desk) -> Result<(), Failure> {
    let mut sent = 0;
    while let Some(request) = desk.with(|at_desk| next_push(at_desk, sent)).flatten() {
        desk.upload_pictures(&request.commands).await?;
        let answer: PushAnswer = http::post("/sync/push", &request).await?;
        let last = request.commands.last().map_or(0, |command| command.n);
        if answer.through < last {
            break;
        }
        sent = last;
    }
    Ok(())
}

fn next_push(at_desk: &super::AtDesk, sent: u64) -> Option<PushRequest> {
    let after = sent.max(at_desk.replica.through());
    let mut bytes = 0;
    let waiting = at_desk.queue.range(after + 1..).map(|(_, command)| command);
    let commands: Vec<Command> = waiting
        .take(PUSH_COMMANDS_MAX)
        .take_while(|command| {
            let first = bytes == 0;
            bytes += command.args.get().len();
            // What names a picture waits for its upload; what stands before it need not.
            first || (bytes <= PUSH_ARGS_BYTES_MAX && picture_of(command).is_none())
        })
        .cloned()
        .collect();
    let counter = at_desk.counter;
    let request = PushRequest { protocol: PROTOCOL, device: counter.device, epoch: counter.epoch, commands };
    (!request.commands.is_empty()).then_some(request)
}

/// Fetches one page and applies it; says whether there is more.
async fn pull_page(desk: Desk) -> Result<bool, Failure> {
    let request = desk.with(|at_desk| PullRequest {
        protocol: PROTOCOL,
        device: at_desk.counter.device,
        epoch: at_desk.epoch(),
        cursors: at_desk.progress.cursors.clone(),
        verdicts_after: at_desk.replica.through(),
    });
    let Some(request) = request else { return Ok(false) };
    let answer: PullAnswer = http::post("/sync/pull", &request).await?;
    desk.inner().clock.heard(answer.at);
    let more = answer.more;
    desk.absorb(answer, request).await;
    Ok(more)
}

impl Desk {
    fn set_link(&self, link: Link) {
        if self.link.get_untracked() != link {
            self.link.set(link);
        }
    }

    fn listen(self, takes: bool) -> Option<Live> {
        let member = self.with(|at_desk| at_desk.replica.actor().member)?;
        Live::open(&format!("qinda.live.{member}"), takes, move |heard| self.heard(heard))
    }

    fn heard(&self, heard: Heard) {
        let wake = match heard {
            Heard::Heads(heads) if self.is_behind(&heads) => Wake::Look,
            Heard::Heads(_) => return,
            Heard::Lost => Wake::Lost,
        };
        let _ = self.inner().wake.unbounded_send(wake);
    }

    fn is_behind(&self, heads: &Heads) -> bool {
        let behind = self.with(|at_desk| {
            let read = |scope: &Scope| at_desk.progress.cursors.get(scope).map_or(0, |cursor| cursor.seq);
            heads.heads.iter().any(|(scope, head)| read(scope) != *head)
        });
        behind.unwrap_or(false)
    }

    /// Keeps and shows one page. The refused commands are moved aside first and the settled ones dropped last, so
    /// that a crash in between repeats a step and loses nothing.
    async fn absorb(&self, answer: PullAnswer, request: PullRequest) {
        let Some((confirmed, outbox, epoch, mut progress)) = self.with(|at_desk| {
            let (confirmed, outbox) = (Rc::clone(&at_desk.confirmed), Rc::clone(&at_desk.outbox));
            (confirmed, outbox, at_desk.epoch(), at_desk.progress.clone())
        }) else {
            return;
        };
        if epoch != request.epoch {
            // A new epoch began while the answer was under way; the next pull asks for it.
            return;
        }
        let Ok(mut held) = outbox.hold(&answer.verdicts).await else {
            self.storage_trouble.set(Some(StorageTrouble::Full));
            return;
        };
        // A choice whose answer is gone meanwhile is nothing that a member could decide on.
        for choice in held.extract_if(.., |held| matches!(held.command.action(), Ok(Action::ChooseAnswer(_)))) {
            let _ = outbox.release(&choice.key).await;
        }
        let gone = advance(&mut progress, &answer, epoch, self.inner().clock.wall_offset());
        if confirmed.keep(&answer, &gone, &progress).await != Keeping::All {
            // The screen goes on from memory; the next start reads what was kept and pulls the rest.
            self.storage_trouble.set(Some(StorageTrouble::Full));
        }
        let through = answer.through;
        let touched = self.change(|at_desk| {
            at_desk.held.extend(held);
            at_desk.progress = progress;
            show(at_desk, &answer, &gone)
        });
        self.settle_session(&answer);
        self.tell(&touched.unwrap_or_default());
        self.behind.set(answer.scopes.iter().map(|page| page.head.saturating_sub(page.cursor.seq)).sum());
        if outbox.settle(epoch, through).await.is_ok() {
            self.change(|at_desk| at_desk.queue.retain(|n, _| *n > through));
        }
    }

    /// Roles may have changed since the sign-in.
    fn settle_session(&self, answer: &PullAnswer) {
        let Some(known) = self.session.get_untracked() else { return };
        if known.actor != answer.actor || known.me != answer.me {
            let session = SignedIn { actor: answer.actor.clone(), me: answer.me.clone(), at: answer.at, ..known };
            prefs::remember_session(&session);
            self.change(|at_desk| at_desk.replica.set_actor(answer.actor.clone()));
            self.session.set(Some(session));
        }
    }

    /// Another tab may have numbered commands that this one has never seen. They fill the gap; says whether there were any.
    async fn adopt_other_tabs(&self) -> bool {
        let Some(outbox) = self.with(|at_desk| Rc::clone(&at_desk.outbox)) else { return false };
        let Ok(contents) = outbox.load().await else { return false };
        let adopted = self.change(|at_desk| {
            let through = at_desk.replica.through();
            let unseen = |n: u64| n > through && !at_desk.queue.contains_key(&n);
            let same_epoch = contents.counter.epoch == at_desk.epoch();
            let adopts = same_epoch && contents.commands.iter().any(|queued| unseen(queued.command.n));
            if adopts {
                at_desk.fill_queue(contents.commands);
            }
            adopts
        });
        if adopted == Some(true) {
            self.inbox_changed();
        }
        adopted == Some(true)
    }

    async fn begin_epoch(&self) {
        let Some((outbox, epoch)) = self.with(|at_desk| (Rc::clone(&at_desk.outbox), at_desk.epoch())) else { return };
        let Ok(contents) = outbox.renew_epoch(epoch).await else { return };
        self.change(|at_desk| {
            at_desk.counter = contents.counter;
            at_desk.replica.renumber(Vec::new());
            at_desk.fill_queue(contents.commands);
        });
        self.inbox_changed();
    }
}

/// Moves the progress on by a page, and says which scopes are the member's no more.
fn advance(progress: &mut Progress, answer: &PullAnswer, epoch: qinda::model::EpochId, wall_offset: i64) -> Vec<Scope> {
    let offered = |scope: &Scope| answer.scopes.iter().any(|page| page.scope == *scope);
    let gone: Vec<Scope> = progress.cursors.keys().copied().filter(|scope| !offered(scope)).collect();
    progress.cursors = answer.scopes.iter().map(|page| (page.scope, page.cursor)).collect();
    progress.through = progress.through_of(epoch).max(answer.through);
    progress.epoch = Some(epoch);
    progress.wall_offset = wall_offset;
    gone
}

/// Brings a page into the replica and the index.
fn show(at_desk: &mut super::AtDesk, answer: &PullAnswer, gone: &[Scope]) -> Vec<Touched> {
    let reset = answer.scopes.iter().filter(|page| page.reset).map(|page| page.scope);
    let mut touched = Vec::new();
    for scope in reset.chain(gone.iter().copied()) {
        touched.extend(at_desk.replica.forget(scope));
    }
    let rows = answer.scopes.iter().flat_map(|page| &page.rows);
    let changes: Vec<Change> = rows.filter_map(|row| row.change().ok().flatten()).collect();
    touched.extend(at_desk.replica.absorb(changes, answer.through));
    at_desk.reindex(&touched);
    touched
}
