//! Whole histories of a small shop, made by chance from a seed, on the real server: answers are lost, requests come
//! twice, late and at once, devices lose what they read or number anew, the server stops in between. Then the faults end,
//! and what everybody sees has to be right.

use std::collections::{BTreeMap, HashMap};

use qinda::model::{Conversation, ConversationState, MemberId, MessageId};
use qinda::sync::{
    Action, CloseConversation, Command, PROTOCOL, PushRequest, SendMessage, TakeConversation, TransferConversation,
    Verdict,
};
use reqwest::{Response, StatusCode};

use crate::support::{Desk, Shopper, TestShop};

#[path = "../../../tests/simulator/chance.rs"]
mod chance;

use chance::Chance;

/// How many histories a test run tells, and how many acts each has.
const HISTORIES: u64 = 6;
const ACTS: usize = 160;
/// So often something is looked at in the middle of one.
const ACTS_APART: usize = 6;
/// Who works there: two of them at one member's phone and laptop.
const STAFF: [&str; 4] = ["1001", "1001", "1002", "1003"];
const SHOPPERS: usize = 4;
/// So many commands go with one request at most.
const PUSHED_AT_ONCE: u64 = 4;

/// A device and what it has to send.
struct Player {
    desk: Desk,
    /// What has no verdict yet, in order.
    outbox: Vec<Command>,
    /// Requests that are still on the way.
    late: Vec<PushRequest>,
    verdicts: HashMap<String, Verdict>,
    /// Every reply that was written here, in order: its command's hash and its words.
    replies: Vec<(String, String)>,
}

impl Player {
    async fn sit_down(shop: &TestShop, work_number: &str) -> Self {
        let desk = shop.desk(work_number).await;
        Self { desk, outbox: Vec::new(), late: Vec::new(), verdicts: HashMap::new(), replies: Vec::new() }
    }

    fn queue(&mut self, action: &Action) -> String {
        let command = self.desk.command(action);
        let hash = command.hash.0.clone();
        self.outbox.push(command);
        hash
    }

    fn request(&self, commands: usize) -> PushRequest {
        let commands = self.outbox.iter().take(commands).cloned().collect();
        PushRequest { protocol: PROTOCOL, device: self.desk.device, epoch: self.desk.epoch, commands }
    }

    async fn send(&self, request: &PushRequest) -> Response {
        self.desk.client.post(format!("{}/sync/push", self.desk.origin)).json(request).send().await.unwrap()
    }

    /// Pulls one page; whether more is to come.
    async fn pull(&mut self) -> bool {
        let page = self.desk.pull_page().await;
        let more = page.more;
        self.desk.absorb(page);
        for row in std::mem::take(&mut self.desk.verdicts) {
            let Some(place) = self.outbox.iter().position(|command| command.n == row.n) else { continue };
            let command = self.outbox.remove(place);
            let known = self.verdicts.entry(command.hash.0).or_insert_with(|| row.verdict.clone());
            assert_eq!(*known, row.verdict, "a verdict never changes");
        }
        more
    }

    /// The words of the replies that took effect.
    fn applied(&self) -> impl Iterator<Item = &str> {
        let applied = self.replies.iter().filter(|(hash, _)| self.verdicts[hash] == Verdict::Applied);
        applied.map(|(_, text)| text.as_str())
    }

    /// The conversations it knows, the oldest first: an order that is the same whatever their ids are.
    fn conversations(&self) -> Vec<Conversation> {
        let mut known: Vec<Conversation> = self.desk.state.conversations.values().cloned().collect();
        known.sort_by_key(|conversation| (conversation.opened_at, self.desk.words(conversation.id).first().cloned()));
        known
    }
}

/// A shop in the middle of a history.
struct History {
    shop: TestShop,
    chance: Chance,
    players: Vec<Player>,
    shoppers: Vec<Shopper>,
    asked: Vec<String>,
}

impl History {
    async fn begin(seed: u64, shop: TestShop) -> Self {
        let shop = shop.with_member("1001", "agent").await.with_member("1002", "agent").await;
        let shop = shop.with_member("1003", "agent").await;
        let mut players = Vec::new();
        for work_number in STAFF {
            players.push(Player::sit_down(&shop, work_number).await);
        }
        let shoppers = (0..SHOPPERS).map(|_| shop.shopper()).collect();
        Self { shop, chance: Chance::new(seed), players, shoppers, asked: Vec::new() }
    }

    fn pick(&mut self, among: usize) -> usize {
        self.chance.below(among as u64) as usize
    }

    async fn act(mut self) -> Self {
        self.shop.later(1);
        let who = self.pick(self.players.len());
        match self.chance.below(20) {
            0..=2 => self.ask().await,
            3..=7 => self.say(who),
            8 => self.own(who),
            9..=11 => drop(self.players[who].pull().await),
            // The answer is lost on the way.
            12 => drop(self.players[who].desk.pull_page().await),
            13..=17 => self.push(who).await,
            18 => return self.trouble(who).await,
            _ => self.arrive_late(who).await,
        }
        self
    }

    async fn ask(&mut self) {
        let (who, number) = (self.pick(self.shoppers.len()), self.asked.len());
        let text = format!("问 {number}");
        self.shoppers[who].writes(&text).await;
        self.asked.push(text);
    }

    /// Answers in a conversation as the device knows it, which may be long ago.
    fn say(&mut self, who: usize) {
        let (at, anyway, beside) = (self.pick(usize::MAX), self.chance.below(4) == 0, self.chance.below(4) == 0);
        let player = &mut self.players[who];
        let known = player.conversations();
        let Some(conversation) = known.get(at % known.len().max(1)) else { return };
        let text = format!("答 {who} {}", player.replies.len());
        let id = MessageId::new(player.replies.len() as u64, self.chance.bits());
        let reply = SendMessage { id, ..player.desk.reply(conversation, &text) };
        let hash = player.queue(&Action::SendMessage(SendMessage { anyway, beside_owner: beside, ..reply }));
        player.replies.push((hash, text));
    }

    /// Takes, hands on or closes a conversation.
    fn own(&mut self, who: usize) {
        let (at, to, what) = (self.pick(usize::MAX), self.pick(self.players.len()), self.chance.below(4));
        let to = self.players[to].desk.member();
        let player = &mut self.players[who];
        let known = player.conversations();
        let Some(Conversation { id: conversation, owner: owner_seen, last_position: seen, .. }) =
            known.get(at % known.len().max(1)).cloned()
        else {
            return;
        };
        player.queue(&match what {
            0 => Action::CloseConversation(CloseConversation { conversation, seen }),
            1 => {
                Action::TransferConversation(TransferConversation { conversation, to, note: String::new(), owner_seen })
            }
            _ => Action::TakeConversation(TakeConversation { conversation, owner_seen }),
        });
    }

    async fn push(&mut self, who: usize) {
        let (count, way) = (self.chance.below(PUSHED_AT_ONCE) + 1, self.chance.below(8));
        let request = self.players[who].request(count as usize);
        let player = &mut self.players[who];
        let arrived = match way {
            0 => return player.late.push(request),
            1 => {
                let (once, again) = futures::join!(player.send(&request), player.send(&request));
                assert_eq!(again.status(), StatusCode::OK);
                once
            }
            _ => player.send(&request).await,
        };
        assert_eq!(arrived.status(), StatusCode::OK);
    }

    /// What was sent long ago arrives. It may be known, belong to an epoch that was left, or come before what it follows.
    async fn arrive_late(&mut self, who: usize) {
        let player = &mut self.players[who];
        if let Some(request) = player.late.pop() {
            let status = player.send(&request).await.status();
            assert!([StatusCode::OK, StatusCode::CONFLICT].contains(&status), "{status}");
        }
    }

    async fn trouble(mut self, who: usize) -> Self {
        let player = &mut self.players[who];
        match self.chance.below(4) {
            0 => return self.stopped_and_started().await,
            1 => player.outbox = player.desk.number_anew(&player.outbox),
            2 => player.desk.forget_everything(),
            _ => self.shop.later(60),
        }
        self
    }

    async fn stopped_and_started(self) -> Self {
        let Self { shop, chance, mut players, asked, .. } = self;
        let shop = shop.restarted().await;
        players.iter_mut().for_each(|player| player.desk.origin = shop.url(""));
        // The shoppers who come from then on are others.
        let shoppers = (0..SHOPPERS).map(|_| shop.shopper()).collect();
        Self { shop, chance, players, shoppers, asked }
    }

    /// Sends and pulls until there is nothing left to do.
    async fn heal(&mut self) {
        for player in &mut self.players {
            for request in std::mem::take(&mut player.late) {
                player.send(&request).await;
            }
            while !player.outbox.is_empty() {
                assert_eq!(player.send(&player.request(usize::MAX)).await.status(), StatusCode::OK);
                while player.pull().await {}
            }
        }
        for player in &mut self.players {
            while player.pull().await {}
        }
    }

    /// Holds everybody's view against each other, against a new device, and against what was written.
    async fn hold_together(&self) {
        for player in &self.players {
            let mut fresh = self.shop.desk(&player.desk.signed_in.me.work_number).await;
            fresh.pull().await;
            assert_eq!(player.desk.state, fresh.state, "what came bit by bit is what a new device reads");
        }
        let state = &self.players[0].desk.state;
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for message in state.threads.values().flat_map(BTreeMap::values) {
            *seen.entry(message.text.as_str()).or_default() += 1;
        }
        let applied = self.players.iter().flat_map(Player::applied);
        let expected: Vec<&str> = self.asked.iter().map(String::as_str).chain(applied).collect();
        assert_eq!(seen.values().sum::<usize>(), expected.len(), "nothing is there that nobody wrote");
        for text in expected {
            assert_eq!(seen.get(text), Some(&1), "{text} is there once");
        }
        for thread in state.threads.values() {
            for (who, player) in self.players.iter().enumerate() {
                let own = format!("答 {who} ");
                let order: Vec<usize> =
                    thread.values().filter_map(|message| message.text.strip_prefix(&own)?.parse().ok()).collect();
                assert!(
                    order.is_sorted(),
                    "the replies of {} stand as they were written: {order:?}",
                    player.desk.device
                );
            }
        }
    }

    /// What came of it, in words that are the same whatever the ids are.
    fn told(&self) -> Vec<String> {
        let name = |member: MemberId| {
            let of = self.players.iter().find(|player| player.desk.member() == member);
            of.map_or("?", |player| player.desk.signed_in.me.work_number.as_str())
        };
        let mut told: Vec<String> = Vec::new();
        for conversation in self.players[0].conversations() {
            let owner = conversation.owner.map(name);
            let is_open = conversation.state == ConversationState::Open;
            told.push(format!("{owner:?} {is_open} {:?}", self.players[0].desk.words(conversation.id)));
        }
        for player in &self.players {
            let kinds = player.replies.iter().map(|(hash, _)| match player.verdicts[hash] {
                Verdict::Applied => "applied",
                Verdict::Rejected { .. } => "rejected",
                Verdict::Parked { .. } => "parked",
                Verdict::Newer(_) => "newer",
            });
            told.push(kinds.collect::<Vec<_>>().join(" "));
        }
        told
    }
}

/// Tells a history to its end, and what came of it.
pub async fn tell(seed: u64, shop: TestShop) -> Vec<String> {
    let mut history = History::begin(seed, shop).await;
    for _ in 0..ACTS {
        history = history.act().await;
    }
    history.heal().await;
    history.hold_together().await;
    history.told()
}

/// The shop after a history, with all that came of it. Something is done to it after every few acts.
pub async fn told(seed: u64, meanwhile: impl AsyncFn(&TestShop)) -> TestShop {
    let mut history = History::begin(seed, TestShop::open_at_ten().await).await;
    for act in 0..ACTS {
        history = history.act().await;
        if act % ACTS_APART == 0 {
            meanwhile(&history.shop).await;
        }
    }
    history.heal().await;
    history.shop
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_of_faults_end_with_everything_there_once_and_in_order() {
    let mut verdicts = String::new();
    for seed in 0..HISTORIES {
        println!("history {seed}");
        verdicts.push_str(&tell(seed, TestShop::open_at_ten().await).await.concat());
    }
    for kind in ["applied", "parked"] {
        assert!(verdicts.contains(kind), "some were {kind}");
    }
}
