//! The checks, made wherever something they speak of has just moved.

use qinda::model::{ConversationId, Whose};
use qinda::sync::{
    Change, Command, Kept, Progress, PullAnswer, PullRequest, PushRequest, Replica, Scope, Standing, State, Verdict,
};

use super::database::{Database, FeedRow};
use super::ledger::Uid;
use super::rules::{Holds, Promise, holds};
use super::world::World;

impl World {
    /// What the server calls acknowledged is on its disk.
    pub fn check_acknowledged(&self, request: &PushRequest, through: u64) -> Holds {
        let taken = &self.server.durable().taken;
        for command in request.commands.iter().filter(|command| command.n <= through) {
            let uid = self.ledger.uid(request.device, request.epoch, command);
            let is_durable = uid.is_none_or(|uid| taken.contains_key(&uid));
            holds(Promise::Acknowledged, is_durable, || format!("command {uid:?} is acknowledged and not durable"))?;
        }
        Ok(())
    }

    /// What was queued lies in the outbox, unless the server has it.
    pub fn check_nothing_lost(&mut self, profile: usize) -> Holds {
        let taken = &self.server.durable().taken;
        let open = self.ledger.open_mut(profile);
        open.retain(|uid| !taken.contains_key(uid));
        if open.is_empty() {
            return Ok(());
        }
        let open = open.clone();
        let waiting = self.profiles[profile].outbox_uids(&self.ledger);
        for uid in open.difference(&waiting) {
            let given = self.ledger.given(*uid);
            holds(Promise::NothingLost, given.may_be_lost, || format!("command {uid} of {profile} is nowhere"))?;
        }
        Ok(())
    }

    /// The command behind a held one, with the verdict that the server has for it.
    pub fn numbered(&self, profile: usize, key: &str, command: &Command) -> Option<(Uid, Option<&Verdict>)> {
        let epoch = key.split_once('|').and_then(|(epoch, _)| epoch.parse().ok())?;
        let device = self.profiles[profile].storage.outbox.counter()?.device;
        let uid = self.ledger.uid(device, epoch, command)?;
        Some((uid, self.server.durable().taken.get(&uid)))
    }

    /// A tab shows what its confirmed state and its queue give together.
    pub fn check_tab(&self, profile: usize, tab: usize) -> Holds {
        let Some(tab) = self.profiles[profile].tabs.get(tab) else { return Ok(()) };
        let (device, replica) = (&tab.device, tab.device.replica());
        let through = replica.through();
        let queue = device.queue().iter().filter(|(n, _)| **n > through);
        let readable = queue.filter(|(_, command)| command.action().is_ok()).map(|(n, _)| *n);
        let pending = replica.pending().iter().map(|pending| pending.n);
        holds(Promise::Shown, readable.clone().eq(pending.clone()), || {
            let (queued, shown) = (readable.collect::<Vec<_>>(), pending.collect::<Vec<_>>());
            format!("{queued:?} wait and {shown:?} show, through {through}")
        })?;
        let mut anew = Replica::new(replica.actor().clone(), replica.confirmed().clone(), through);
        for pending in replica.pending() {
            anew.enqueue(pending.clone());
        }
        holds(Promise::Shown, same_picture(replica, &anew), || "made anew, the desk shows something else".into())?;
        for conversation in replica.conversations() {
            let queued = replica.queued(conversation.id).iter().map(|(_, message)| message.id);
            let twice = queued.into_iter().find(|id| replica.delivered(conversation.id).any(|known| known.id == *id));
            holds(Promise::Shown, twice.is_none(), || format!("{twice:?} shows as queued and as delivered"))?;
        }
        Ok(())
    }

    /// After a page: cursors moved on, nothing below them is missing, nothing is here that should not be, and what was
    /// refused is on the list.
    pub fn check_page(
        &self,
        profile: usize,
        tab: usize,
        before: &Progress,
        request: &PullRequest,
        answer: &PullAnswer,
        kept: &Kept,
    ) -> Holds {
        let device = &self.profiles[profile].tabs[tab].device;
        let (progress, state) = (device.progress(), device.replica().confirmed());
        for page in answer.scopes.iter().filter(|page| !page.reset && !kept.lagging.contains_key(&page.scope)) {
            let was = before.standing(page.scope).unwrap_or_default().cursor;
            let moved_on = was.generation != page.cursor.generation || was.seq <= page.cursor.seq;
            holds(Promise::Cursors, moved_on, || format!("{} went from {was:?} to {:?}", page.scope, page.cursor))?;
        }
        if self.profiles[profile].is_tampered {
            return Ok(());
        }
        check_rows(self.server.durable(), progress, |change, _| has(state, change))?;
        let follows = |scope: Scope| progress.standing(scope).is_some();
        let stray = stray(state, follows, device.replica().actor().team);
        holds(Promise::Scopes, stray.is_none(), || format!("{stray:?} is on the screen of {profile}"))?;
        for row in &answer.verdicts {
            self.check_verdict(profile, tab, request, row.n, &row.verdict)?;
        }
        Ok(())
    }

    fn check_verdict(&self, profile: usize, tab: usize, request: &PullRequest, n: u64, verdict: &Verdict) -> Holds {
        let device = &self.profiles[profile].tabs[tab].device;
        let database = self.server.durable();
        let Some((hash, standing)) = database.commands.get(&(request.device, request.epoch, n)) else {
            return Ok(());
        };
        let Some(uid) = self.ledger.uid_of(request.device, request.epoch, n, hash) else { return Ok(()) };
        holds(Promise::Once, standing == verdict, || format!("command {uid} got {verdict:?}, now {standing:?}"))?;
        let given = self.ledger.given(uid);
        if *verdict == Verdict::Applied {
            let arrived = given.message.is_none_or(|id| {
                let mut threads = device.replica().confirmed().threads.values();
                let is_here = threads.any(|thread| thread.values().any(|message| message.id == id));
                is_here || !follows_message(database, device.progress(), id) || self.profiles[profile].is_tampered
            });
            return holds(Promise::OwnWrites, arrived, || format!("command {uid} is applied and does not show"));
        }
        let listed = device.held().iter().any(|held| held.command.hash == *hash && held.verdict == *verdict);
        holds(Promise::Held, listed || given.is_silent || given.may_be_unheld, || {
            format!("command {uid} got {verdict:?} and is not on the list of tab {tab} of {profile}")
        })
    }

    /// The disk holds exactly what lies below its cursors, and nothing outside its scopes.
    pub fn check_disk(&self, profile: usize) -> Holds {
        let disk = &self.profiles[profile].storage.confirmed;
        for key in disk.rows.keys() {
            let scope = key.split_once('|').and_then(|(scope, _)| scope.parse::<Scope>().ok());
            let is_followed = scope.is_some_and(|scope| disk.progress.standing(scope).is_some());
            holds(Promise::Scopes, is_followed, || format!("{key} lies on the disk of {profile}"))?;
        }
        if self.profiles[profile].is_tampered {
            return Ok(());
        }
        check_rows(self.server.durable(), &disk.progress, |change, wanted| {
            let kept = disk.rows.get(&wanted.key);
            if change.is_gone() {
                kept.is_none()
            } else {
                kept.is_some_and(|row| row.kind == wanted.row.kind && row.body.get() == wanted.row.body.get())
            }
        })
    }
}

/// Whether the device has read the scope in which a message stands.
fn follows_message(database: &Database, progress: &Progress, id: qinda::model::MessageId) -> bool {
    let mut messages = database.state.threads.values().flat_map(|thread| thread.values());
    let conversation = messages.find(|message| message.id == id).map(|message| message.conversation);
    let known = conversation.and_then(|id| database.state.conversations.get(&id));
    let known = known.filter(|known| !database.left.contains(&known.id));
    known.is_some_and(|known| progress.standing(Scope::Inbox(known.team)).is_some())
}

/// Whatever the server has below a cursor, and not in its gap, must be on the device as it stands.
fn check_rows(database: &Database, progress: &Progress, has: impl Fn(&Change, &FeedRow) -> bool) -> Holds {
    if progress.backend != Some(database.backend) {
        return Ok(());
    }
    for (scope, Standing { cursor, gap }) in
        progress.scopes().filter_map(|scope| Some((scope, progress.standing(scope)?)))
    {
        let Some(feed) = database.feeds.get(&scope).filter(|feed| feed.generation == cursor.generation) else {
            continue;
        };
        let is_read = |at: u64| gap.is_none_or(|gap| at <= gap.above || at > gap.up_to);
        for (at, row) in feed.rows.range(..=cursor.seq).filter(|(at, _)| is_read(**at)) {
            let is_here = row.change.as_ref().is_none_or(|change| has(change, row));
            holds(Promise::Cursors, is_here, || {
                format!("{scope} was read to {cursor:?} but for {gap:?}; {:?} of {at} is not so", row.entity)
            })?;
        }
    }
    Ok(())
}

/// Whether a state is as a change says.
fn has(state: &State, change: &Change) -> bool {
    match change {
        Change::Conversation(is) => state.conversations.get(&is.id) == Some(is),
        Change::ConversationGone(gone) => {
            !state.conversations.contains_key(&gone.id) && !state.threads.contains_key(&gone.id)
        }
        Change::Message(_, is) => {
            state.threads.get(&is.conversation).and_then(|thread| thread.get(&is.position)) == Some(is)
        }
        Change::Article(is) => state.articles.get(&is.id) == Some(is),
        Change::ArticleGone(id) => !state.articles.contains_key(id),
        Change::QuickReply(is) => state.quick_replies.get(&is.id) == Some(is),
        Change::QuickReplyGone(scope, id) => {
            state.quick_replies.get(id).is_none_or(|reply| Scope::of_keeper(reply.keeper()) != *scope)
        }
        Change::Member(is) => state.members.get(&is.id) == Some(is),
        Change::Lesson(is) => state.lessons.get(&is.id) == Some(is),
        Change::LessonGone(id) => !state.lessons.contains_key(id),
        Change::Used(is) => state.used.get(&(is.whose, is.entry)) == Some(&is.usage),
        Change::Pack(is) => state.packs.get(&is.id) == Some(is),
        Change::PackGone(id) => !state.packs.contains_key(id),
        Change::Policy(is) => state.policies.get(&is.id) == Some(is),
        Change::PolicyGone(id) => !state.policies.contains_key(id),
        Change::Draft(is) => state.drafts.get(&(is.member, is.conversation)) == Some(is),
        Change::DraftGone(member, conversation) => !state.drafts.contains_key(&(*member, *conversation)),
    }
}

/// Something of a state that belongs to no scope that is followed.
fn stray(state: &State, follows: impl Fn(Scope) -> bool, team: qinda::model::TeamId) -> Option<String> {
    let knowledge =
        [state.articles.len(), state.lessons.len(), state.packs.len(), state.policies.len(), state.members.len()];
    if !follows(Scope::Knowledge) && knowledge.iter().sum::<usize>() > 0 {
        return Some("knowledge".into());
    }
    let conversation = state.conversations.values().find(|known| !follows(Scope::Inbox(known.team)));
    let lone = |id: &&ConversationId| !state.conversations.contains_key(*id) && !follows(Scope::Inbox(team));
    let thread = state.threads.keys().find(lone);
    let reply = state.quick_replies.values().find(|reply| !follows(Scope::of_keeper(reply.keeper())));
    let whose: Option<&Whose> =
        state.used.keys().map(|(whose, _)| whose).find(|whose| !follows(Scope::of_whose(**whose)));
    let conversation = conversation.map(|known| format!("conversation {}", known.id));
    let thread = thread.map(|id| format!("messages of {id}"));
    let reply = reply.map(|reply| format!("quick reply {}", reply.id));
    let draft = state.drafts.values().find(|draft| !follows(Scope::Mailbox(draft.member)));
    let reply = reply.or(draft.map(|draft| format!("a draft in {}", draft.conversation)));
    conversation.or(thread).or(reply).or(whose.map(|whose| format!("what {whose:?} chose")))
}

fn same_picture(one: &Replica, other: &Replica) -> bool {
    let queued = |of: &Replica, id| of.queued(id).to_vec();
    one.conversations().eq(other.conversations())
        && one.conversations().all(|known| queued(one, known.id) == queued(other, known.id))
        && one.articles().eq(other.articles())
        && one.quick_replies().eq(other.quick_replies())
        && one.lessons().eq(other.lessons())
        && one.packs().eq(other.packs())
        && one.policies().eq(other.policies())
        && one.drafts().eq(other.drafts())
        && one.all_used().eq(other.all_used())
}
