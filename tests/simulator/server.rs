//! The server: a durable database and what is in memory until the next commit.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use qinda::model::{
    About, Actor, Author, BackendId, ChannelId, ConversationId, CustomerId, DeviceId, EpochId, MemberId, MessageId,
    Micros, TeamId,
};
use qinda::sync::{
    Action, Asked, Change, Command, CommandHash, Decision, Entity, Known, LivePage, PROTOCOL, PullAnswer, PullRequest,
    PushAnswer, PushRefusal, PushRequest, Receipt, RejectCode, Row, Scope, SendMessage, ShopperMessage,
    UnreadableCommand, Verdict, VerdictRow, decide, receive, shopper_wrote,
};
use serde_json::value::RawValue;

use super::database::Database;
use super::ledger::{Ledger, Uid};
use super::pages::pages;
use super::rules::{Broken, Holds, Promise, holds};

/// A pull tells this many verdicts.
const PULL_VERDICTS: usize = 4;
/// A page that comes unasked holds this many rows.
const LIVE_ROWS: usize = 5;

/// What a push is answered.
pub type Pushed = Result<PushAnswer, PushRefusal>;

/// To whom an answer goes: the number of the exchange.
pub type Exchange = u64;

/// A transaction that is not committed yet.
struct Working {
    database: Database,
    staged: Vec<Change>,
    answers: Vec<(Exchange, Pushed)>,
}

/// What a server that dedupes in memory only forgets at a crash.
type Memory = (BTreeMap<(DeviceId, EpochId), u64>, BTreeMap<(DeviceId, EpochId, u64), (CommandHash, Verdict)>);

/// The server.
pub struct Server {
    broken: Broken,
    durable: Rc<Database>,
    working: Option<Working>,
    backup: Option<Rc<Database>>,
    /// Rows whose numbers were drawn before their commit, which has not come yet.
    late: Vec<(Scope, Entity, Row, Change)>,
    drawn: u64,
    /// A page holds this many rows: few, so that pages are cut in short histories too.
    pull_rows: usize,
    /// The machine's clock.
    pub clock: i64,
    last: Micros,
    lives: u64,
    /// How far those are who listen, by browser profile, as far as the server knows.
    listeners: BTreeMap<usize, (DeviceId, Asked)>,
    /// Verdicts by kind, for the report.
    pub verdicts: BTreeMap<String, u64>,
}

impl Server {
    /// Starts with a database.
    pub fn new(database: Database, pull_rows: usize, broken: Broken) -> Self {
        Self {
            broken,
            durable: Rc::new(database),
            working: None,
            backup: None,
            late: Vec::new(),
            drawn: 0,
            pull_rows,
            clock: 1_700_000_000_000_000,
            last: Micros(0),
            lives: 0,
            listeners: BTreeMap::new(),
            verdicts: BTreeMap::new(),
        }
    }

    /// What is on its disk.
    pub fn durable(&self) -> &Database {
        &self.durable
    }

    /// How many rows a page holds.
    pub fn pull_rows(&self) -> usize {
        self.pull_rows
    }

    fn now(&mut self) -> Micros {
        self.last = Micros(self.clock).max(Micros(self.last.0 + 1));
        self.last
    }

    fn begin(&mut self) -> Working {
        self.working.take().unwrap_or_else(|| Working {
            database: (*self.durable).clone(),
            staged: Vec::new(),
            answers: Vec::new(),
        })
    }

    /// Receives a push into the transaction. Gives an answer only if it goes out before the commit.
    pub fn push(
        &mut self,
        exchange: Exchange,
        member: MemberId,
        request: &PushRequest,
        ledger: &Ledger,
    ) -> Holds<Option<Pushed>> {
        let mut working = self.begin();
        let pushed = self.take_push(&mut working, member, request, ledger)?;
        let early = self.broken == Broken::AcknowledgedBeforeCommit;
        if !early {
            working.answers.push((exchange, pushed.clone()));
        }
        self.working = Some(working);
        if self.broken == Broken::CursorFromSequence {
            self.draw_numbers();
        }
        Ok(early.then_some(pushed))
    }

    fn take_push(
        &mut self,
        working: &mut Working,
        member: MemberId,
        request: &PushRequest,
        ledger: &Ledger,
    ) -> Holds<Pushed> {
        let actor = working.database.members[&member].0.clone();
        working.database.devices.entry(request.device).or_insert(member);
        let known = self.known(&working.database, request);
        let receipts = match receive(&request.commands, &known) {
            Ok(receipts) => receipts,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for receipt in &receipts {
            self.take(working, &actor, request, *receipt, ledger)?;
        }
        let through = receipts.last().map_or(known.through, |last| last.command().n);
        working.database.through.insert((request.device, request.epoch), through);
        Ok(Ok(PushAnswer { through, lease: None }))
    }

    fn known(&self, database: &Database, request: &PushRequest) -> Known {
        let (device, epoch) = (request.device, request.epoch);
        let first = request.commands.first().map_or(1, |first| first.n);
        let unknown = if self.broken == Broken::DedupeInMemory { first.saturating_sub(1) } else { 0 };
        let through = database.through.get(&(device, epoch)).copied().unwrap_or(unknown);
        let hashes = database.commands.range((device, epoch, 0)..=(device, epoch, through));
        let former = request.commands.iter().flat_map(Command::former_numbers);
        Known {
            through,
            hashes: hashes.map(|((_, _, n), (hash, _))| (*n, hash.clone())).collect(),
            former: former.filter_map(|former| Some((*former, database.hash_of(device, *former)?))).collect(),
        }
    }

    fn take(
        &mut self,
        working: &mut Working,
        actor: &Actor,
        request: &PushRequest,
        receipt: Receipt<'_>,
        ledger: &Ledger,
    ) -> Holds {
        let (device, epoch) = (request.device, request.epoch);
        let command = receipt.command();
        let verdict = match receipt {
            Receipt::New(_) => {
                let uid = ledger.uid(device, epoch, command);
                let verdict = self.decide(working, actor, device, command, uid)?;
                if let Some(uid) = uid {
                    let earlier = working.database.taken.insert(uid, verdict.clone());
                    holds(Promise::Once, earlier.is_none() || ledger.given(uid).may_be_twice, || {
                        format!("command {uid} ({}) got {verdict:?} after {earlier:?}", command.kind)
                    })?;
                }
                *self.verdicts.entry(name(&verdict)).or_default() += 1;
                verdict
            }
            Receipt::Again(_, former) => working.database.commands[&(device, former.epoch, former.n)].1.clone(),
        };
        // It stands under each of its numbers, so that a tab which still uses an old one does nothing twice.
        for former in command.former_numbers() {
            let through = working.database.through.entry((device, former.epoch)).or_default();
            *through = former.n.max(*through);
            let known = working.database.commands.entry((device, former.epoch, former.n));
            known.or_insert_with(|| (command.hash.clone(), verdict.clone()));
        }
        working.database.commands.insert((device, epoch, command.n), (command.hash.clone(), verdict));
        Ok(())
    }

    fn decide(
        &mut self,
        working: &mut Working,
        actor: &Actor,
        device: DeviceId,
        command: &Command,
        uid: Option<Uid>,
    ) -> Holds<Verdict> {
        let rejected = |code| Verdict::Rejected { code };
        let needed = command.needs.and_then(|needs| working.database.commands.get(&(device, needs.epoch, needs.n)));
        if let Some(waits) = Command::waits(needed.map(|(_, verdict)| verdict)) {
            return Ok(waits);
        }
        let action = match command.action() {
            Ok(action) => action,
            Err(UnreadableCommand::Unknown { .. }) => return Ok(rejected(RejectCode::Unknown)),
            Err(_) => return Ok(rejected(RejectCode::Invalid)),
        };
        let now = self.now();
        let (facts, at) = working.database.facts(actor, &action, device, now);
        let sends = if let Action::SendMessage(args) = &action { Some(args.clone()) } else { None };
        let Decision { verdict, changes } = decide(action, actor, facts, at);
        if let (Some(args), false) = (sends, changes.is_empty()) {
            check_reply(&working.database, &args, device, uid, at)?;
        }
        for change in changes {
            working.database.write(&change, Some((device, uid)));
            working.staged.extend(working.database.with_it(&change));
            working.staged.push(change);
        }
        Ok(verdict)
    }

    /// Receives a message of a shopper into the transaction.
    pub fn shopper_writes(&mut self, customer: CustomerId, team: TeamId, id: MessageId, new: ConversationId) {
        let mut working = self.begin();
        let open = working.database.open_of(customer);
        let now = self.now();
        let at = working.database.not_before(now, open);
        let message = ShopperMessage {
            id,
            text: "在吗".into(),
            customer,
            customer_name: "林".into(),
            channel: ChannelId::of_name("page"),
            team,
            new_conversation: new,
            about: About::default(),
        };
        let open = open.and_then(|id| working.database.state.conversations.get(&id)).cloned();
        for change in shopper_wrote(message, open, None, at).unwrap_or_default() {
            working.database.write(&change, None);
            working.staged.extend(working.database.with_it(&change));
            working.staged.push(change);
        }
        self.working = Some(working);
        if self.broken == Broken::CursorFromSequence {
            self.draw_numbers();
        }
    }

    /// Everything of a shopper is erased.
    pub fn erase(&mut self, pick: u64) {
        let now = self.now();
        let mut working = self.begin();
        let changes = working.database.erase(pick, now);
        working.staged.extend(changes);
        self.working = Some(working);
    }

    /// A closed conversation leaves its feed.
    pub fn let_leave(&mut self, pick: u64) {
        let mut working = self.begin();
        working.staged.extend(working.database.leave(pick));
        self.working = Some(working);
    }

    /// Changes the database beside the sync.
    pub fn administer(&mut self, change: impl FnOnce(&mut Database)) {
        let mut working = self.begin();
        change(&mut working.database);
        self.working = Some(working);
    }

    /// Commits, and gives the answers that wait for it.
    pub fn commit(&mut self) -> Vec<(Exchange, Pushed)> {
        let Some(mut working) = self.working.take() else {
            self.show_late();
            return Vec::new();
        };
        for change in latest(std::mem::take(&mut working.staged)) {
            let feed = working.database.feeds.entry(change.scope()).or_default();
            let row = Row::new(feed.head + 1, &change);
            feed.put(change.entity(), row, Some(change));
        }
        self.durable = Rc::new(working.database);
        self.show_late();
        working.answers
    }

    /// The broken way: numbers are drawn as the rows are written, and some commits come late.
    fn draw_numbers(&mut self) {
        let Some(mut working) = self.working.take() else { return };
        for change in latest(std::mem::take(&mut working.staged)) {
            let late = self.late.iter().filter(|(scope, ..)| *scope == change.scope()).map(|(_, _, row, _)| row.seq);
            let feed = working.database.feeds.entry(change.scope()).or_default();
            let row = Row::new(late.max().unwrap_or(0).max(feed.head) + 1, &change);
            self.drawn += 1;
            if self.drawn.is_multiple_of(3) {
                self.late.push((change.scope(), change.entity(), row, change));
            } else {
                feed.put(change.entity(), row, Some(change));
            }
        }
        self.working = Some(working);
    }

    fn show_late(&mut self) {
        // A late commit comes with a later group, not with its own.
        if self.late.len() > 1 {
            let (scope, entity, row, change) = self.late.remove(0);
            let mut database = (*self.durable).clone();
            database.feeds.entry(scope).or_default().put(entity, row, Some(change));
            self.durable = Rc::new(database);
        }
    }

    /// Crashes: what was not committed is gone, and so are the answers.
    pub fn crash(&mut self) {
        self.working = None;
        self.listeners.clear();
        self.last = Micros(0);
        if self.broken == Broken::DedupeInMemory {
            let mut database = (*self.durable).clone();
            let forgotten: Memory = (std::mem::take(&mut database.through), std::mem::take(&mut database.commands));
            drop(forgotten);
            self.durable = Rc::new(database);
        }
    }

    /// Copies the database.
    pub fn back_up(&mut self) {
        self.backup = Some(Rc::clone(&self.durable));
    }

    /// Puts the copy in place of the database, under another name; says whether there was one.
    pub fn restore(&mut self) -> bool {
        let Some(backup) = &self.backup else { return false };
        let mut database = (**backup).clone();
        self.lives += 1;
        database.backend = BackendId::of_name(&format!("restored {}", self.lives));
        // Roles are granted by people, who see that they must grant them again.
        database.members = self.durable.members.clone();
        self.crash();
        self.late.clear();
        self.durable = Rc::new(database);
        true
    }

    /// A device listens from now on.
    pub fn listen(&mut self, profile: usize, request: &PullRequest) {
        match Asked::of(request) {
            Some(asked) => drop(self.listeners.insert(profile, (request.device, asked))),
            None => drop(self.listeners.remove(&profile)),
        }
    }

    /// What is told to a device that listens, if there is anything to tell it that fits on a page.
    pub fn tell(&mut self, profile: usize, member: MemberId) -> Option<LivePage> {
        let (device, mut asked) = self.listeners.remove(&profile)?;
        let mut answer = self.answer(member, &asked.request(device), LIVE_ROWS.min(self.pull_rows));
        if self.broken == Broken::UnaskedVerdictsEarly && answer.more {
            answer = without_rest(answer, self.durable.through.get(&(device, asked.epoch)).copied());
        }
        let before = asked.clone();
        asked.follow(&answer);
        self.listeners.insert(profile, (device, asked));
        LivePage::new(before, answer)
    }

    /// Answers a pull from what is committed.
    pub fn pull(&self, member: MemberId, request: &PullRequest) -> PullAnswer {
        self.answer(member, request, self.pull_rows)
    }

    fn answer(&self, member: MemberId, request: &PullRequest, rows: usize) -> PullAnswer {
        let database = &*self.durable;
        let (actor, me) = database.members[&member].clone();
        let through = database.through.get(&(request.device, request.epoch)).copied().unwrap_or(0);
        let scopes = pages(database, &Scope::of(&actor), request, through, rows);
        let cut = scopes.iter().any(|page| page.cursor.seq < page.head);
        let gap_holds = scopes.iter().any(|page| page.gap.is_some_and(|gap| gap.holds));
        let holds = gap_holds && self.broken != Broken::VerdictsBeforeGaps;
        let (verdicts, told) = if cut || holds {
            (Vec::new(), through.min(request.verdicts_after))
        } else {
            verdicts(database, request, through)
        };
        PullAnswer {
            protocol: PROTOCOL,
            backend: database.backend,
            at: Micros(self.clock),
            actor,
            me,
            scopes,
            verdicts,
            through: told,
            more: cut || (!holds && told < through),
            lease: None,
            terse: Vec::new(),
        }
    }
}

/// A page that was cut, told as if it were whole.
fn without_rest(mut answer: PullAnswer, through: Option<u64>) -> PullAnswer {
    for page in &mut answer.scopes {
        page.cursor.seq = page.head;
    }
    PullAnswer { more: false, through: through.unwrap_or(0), ..answer }
}

fn verdicts(database: &Database, request: &PullRequest, through: u64) -> (Vec<VerdictRow>, u64) {
    let (device, epoch) = (request.device, request.epoch);
    let after = request.verdicts_after.saturating_add(1);
    let rows = database.commands.range((device, epoch, after)..=(device, epoch, u64::MAX));
    let verdicts: Vec<VerdictRow> = rows
        .take(PULL_VERDICTS)
        .map(|((_, _, n), (hash, verdict))| VerdictRow { n: *n, verdict: verdict.clone(), hash: Some(hash.clone()) })
        .collect();
    let told = verdicts.last().map_or(through, |last| last.n);
    (verdicts, told)
}

/// Of several changes of one entity in a transaction only the latest is worth a number.
fn latest(staged: Vec<Change>) -> Vec<Change> {
    let mut seen = HashSet::new();
    let mut changes: Vec<Change> =
        staged.into_iter().rev().filter(|change| seen.insert((change.scope(), change.entity()))).collect();
    changes.reverse();
    changes
}

/// Looks at a reply that takes effect with other eyes than `decide`.
fn check_reply(database: &Database, args: &SendMessage, device: DeviceId, uid: Option<Uid>, at: Micros) -> Holds {
    let elsewhere = |id: &MessageId| database.written_on.get(id) != Some(&device);
    for message in database.state.thread(args.conversation) {
        holds(Promise::Order, message.at < at, || format!("a message at {at:?} follows one at {:?}", message.at))?;
        let answered = matches!(message.author, Author::Member(_)) && elsewhere(&message.id);
        holds(Promise::StaleSend, args.anyway || message.position <= args.seen || !answered, || {
            format!("a reply that had seen {} went out behind an answer at {}", args.seen, message.position)
        })?;
        let earlier = database.given_as.get(&message.id).copied().filter(|_| !elsewhere(&message.id));
        holds(Promise::Order, earlier <= uid, || {
            format!("command {uid:?} stands behind {earlier:?} of the same device")
        })?;
    }
    Ok(())
}

fn name(verdict: &Verdict) -> String {
    let told = serde_json::to_value(verdict).unwrap_or_default();
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let why = match verdict {
        Verdict::Applied | Verdict::Newer(_) => String::new(),
        Verdict::Rejected { .. } => word(&told["code"]),
        Verdict::Parked { .. } => word(&told["reason"]["what"]),
    };
    format!("{} {why}", word(&told["verdict"])).trim().to_owned()
}

/// A row of a kind that this desk does not know.
pub fn newer_row(database: &mut Database) {
    let feed = database.feeds.entry(Scope::Knowledge).or_default();
    let seq = feed.head + 1;
    let body = RawValue::from_string(r#"{"sky":"blue"}"#.into()).unwrap_or_default();
    feed.put(Entity("weather:today".into()), Row { seq, kind: "weather".into(), body }, None);
}
