//! A shop for a test: a real server on a free port over a real database, its staff, their desks and its shoppers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use qinda::model::{
    BackendId, Conversation, ConversationId, DeviceId, EpochId, MemberId, Message, MessageId, Micros, Roles, ShopId,
};
use qinda::sync::{
    Action, Command, Cursor, Filling, NewestFirst, PROTOCOL, PullAnswer, PullRequest, PushRequest,
    REPLY_EXPIRES_SECONDS, Scope, SendMessage, SignedIn, Standing, State, VerdictRow,
};
use qinda_server::cli::{Serving, start};
use qinda_server::passwords;
use qinda_server::reports::{Posting, Reach};
use qinda_server::store::members::{self, NewMember};
use qinda_server::store::shops::{self, NewShop, ShopAdded};
use qinda_server::store::{Clock, Lane, Place, Store, random_id};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

pub mod aside;
pub mod backup;
pub mod database;
pub mod program;

/// How long anything may take that has to happen.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// The password of everybody in a test.
pub const PASSWORD: &str = "tea and water";
/// The first moment of a clock set by hand: 2026-11-23 10:00 in Beijing.
pub const TEN_O_CLOCK: Micros = Micros(1_795_399_200_000_000);

/// Reports of a test may go to this machine.
pub fn posting() -> Posting {
    Posting { reach: Reach::Anywhere, public_url: Some("https://desk.example/".into()) }
}

/// A shop on a server of its own.
pub struct TestShop {
    pub id: ShopId,
    pub slug: &'static str,
    pub serving: Serving,
    pub directory: Arc<TempDir>,
    clock: Option<Arc<AtomicI64>>,
}

impl TestShop {
    /// The shop `tea` by the machine's clock.
    pub async fn open() -> Self {
        Self::at(database::of, Clock::system(), None).await
    }

    /// The shop `tea` by a clock that a test sets; it stands at [`TEN_O_CLOCK`].
    pub async fn open_at_ten() -> Self {
        Self::open_at_ten_in(database::of).await
    }

    /// As [`TestShop::open_at_ten`], in the database that belongs to its directory.
    pub async fn open_at_ten_in(place: impl Fn(&Path) -> Place) -> Self {
        let micros = Arc::new(AtomicI64::new(TEN_O_CLOCK.0));
        Self::at(place, Clock::by_hand(Arc::clone(&micros)), Some(micros)).await
    }

    async fn at(place: impl Fn(&Path) -> Place, clock: Clock, by_hand: Option<Arc<AtomicI64>>) -> Self {
        let directory = Arc::new(TempDir::new().unwrap());
        let store = Store::open(place(directory.path()), clock).await.unwrap();
        let id = add_shop(&store, "tea").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let serving = start(listener, store, Default::default(), posting()).unwrap();
        Self { id, slug: "tea", serving, directory, clock: by_hand }
    }

    /// Adds a member; the password is [`PASSWORD`].
    pub async fn with_member(self, work_number: &str, roles: &str) -> Self {
        add_member(&self.serving.store, self.id, work_number, roles, "day").await;
        self
    }

    /// Adds a member of another team.
    pub async fn with_member_of(self, team: &str, work_number: &str, roles: &str) -> Self {
        add_member(&self.serving.store, self.id, work_number, roles, team).await;
        self
    }

    /// Moves the clock that was set by hand.
    pub fn later(&self, seconds: i64) {
        let clock = self.clock.as_ref().expect("this shop has a clock set by hand");
        clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// An address of the server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.serving.address)
    }

    /// Signs in and sits down at a device of one's own.
    pub async fn desk(&self, work_number: &str) -> Desk {
        Desk::sign_in(self.url(""), self.slug, work_number).await
    }

    /// A shopper at the shop's page.
    pub fn shopper(&self) -> Shopper {
        Shopper::at(self.url(&format!("/c/{}", self.slug)))
    }

    /// Stops the server and starts it again on the same database.
    pub async fn restarted(self) -> Self {
        self.restarted_after(async |_| ()).await.0
    }

    /// Makes a backup while the server stands still.
    pub async fn backed_up(self) -> (Self, Place) {
        self.restarted_after(async |place| backup::copy_of(place).await).await
    }

    /// Puts a backup in the place of the database, while the server stands still.
    pub async fn restored(self, copy: Place) -> Self {
        self.restarted_after(async |place| backup::put_back(&copy, place).await).await.0
    }

    /// The directory that the program is given to find the database.
    pub fn directory_of_data(&self) -> String {
        self.directory.path().to_str().unwrap().to_owned()
    }

    /// Stops the server, does something with its database, and starts it again.
    async fn restarted_after<T>(self, deed: impl AsyncFnOnce(&Place) -> T) -> (Self, T) {
        let Self { id, slug, serving, directory, clock } = self;
        let place = serving.store.place().clone();
        let by_hand = clock.clone().map_or_else(Clock::system, Clock::by_hand);
        serving.stop().await;
        let done = deed(&place).await;
        let store = Store::open(place, by_hand).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let serving = start(listener, store, Default::default(), posting()).unwrap();
        (Self { id, slug, serving, directory, clock }, done)
    }
}

/// Makes a shop of that slug, with a channel of the same.
pub async fn add_shop(store: &Store, slug: &'static str) -> ShopId {
    let new = NewShop {
        slug: slug.into(),
        name: slug.into(),
        utc_offset_minutes: 480,
        demo: false,
        team: "day".into(),
        channel: slug.into(),
    };
    match store.write(Lane::Server, move |work| Box::pin(shops::add(work, new))).await.unwrap() {
        ShopAdded::Added(id) => id,
        other => panic!("the shop {slug} was not made: {other:?}"),
    }
}

/// Makes a member with the password of every test.
pub async fn add_member(store: &Store, shop: ShopId, work_number: &str, roles: &str, team: &str) -> MemberId {
    let new = NewMember {
        shop,
        work_number: work_number.into(),
        name: format!("member {work_number}"),
        roles: Roles::parse(roles),
        team: team.into(),
        password_hash: passwords::hash(PASSWORD).unwrap(),
    };
    store.write(shop, move |work| Box::pin(members::add(work, new))).await.unwrap().expect("the work number is free")
}

/// A new id, for tests that need no particular one.
pub fn new_id<T>(new: impl FnOnce(u64, [u8; 10]) -> T) -> T {
    random_id(new, Clock::system().now())
}

/// A client that keeps its cookies and goes straight to the server.
pub fn browser() -> Client {
    Client::builder().cookie_store(true).no_proxy().build().unwrap()
}

/// A signed-in member at a device.
pub struct Desk {
    pub origin: String,
    pub client: Client,
    pub signed_in: SignedIn,
    pub device: DeviceId,
    pub epoch: EpochId,
    pub state: State,
    pub cursors: BTreeMap<Scope, Cursor>,
    /// Whether it asks for the newest rows first, and what it has not read then.
    pub newest_first: Option<NewestFirst>,
    pub verdicts: Vec<VerdictRow>,
    pub through: u64,
    pub backend: Option<BackendId>,
    next: u64,
}

impl Desk {
    /// Signs in with the password of every test.
    pub async fn sign_in(origin: String, shop: &str, work_number: &str) -> Self {
        let client = browser();
        let given = json!({ "shop": shop, "work_number": work_number, "password": PASSWORD });
        let response = client.post(format!("{origin}/api/sign-in")).json(&given).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{work_number} signs in");
        let signed_in = response.json().await.unwrap();
        Self {
            origin,
            client,
            signed_in,
            device: new_id(DeviceId::new),
            epoch: new_id(EpochId::new),
            state: State::default(),
            cursors: BTreeMap::new(),
            newest_first: None,
            verdicts: Vec::new(),
            through: 0,
            backend: None,
            next: 1,
        }
    }

    /// The member.
    pub fn member(&self) -> MemberId {
        self.signed_in.actor.member
    }

    /// The team's inbox.
    pub fn inbox(&self) -> Scope {
        Scope::Inbox(self.signed_in.actor.team)
    }

    /// Numbers an action as the device's next command.
    pub fn command(&mut self, action: &Action) -> Command {
        let command = Command::new(self.next, action);
        self.next += 1;
        command
    }

    /// Sends commands and answers whatever the server says.
    pub async fn push_raw(&self, commands: &[Command]) -> Response {
        let request =
            PushRequest { protocol: PROTOCOL, device: self.device, epoch: self.epoch, commands: commands.to_vec() };
        self.client.post(format!("{}/sync/push", self.origin)).json(&request).send().await.unwrap()
    }

    /// Sends commands that the server takes, and answers how far it has them.
    pub async fn push(&self, commands: &[Command]) -> u64 {
        let response = self.push_raw(commands).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json::<Value>().await.unwrap()["through"].as_u64().unwrap()
    }

    /// Begins a new epoch, and gives what waits new numbers from 1; each command tells the ones it had.
    pub fn number_anew(&mut self, waiting: &[Command]) -> Vec<Command> {
        let left = std::mem::replace(&mut self.epoch, new_id(EpochId::new));
        self.next = waiting.len() as u64 + 1;
        self.verdicts.clear();
        self.through = 0;
        (1..).zip(waiting).map(|(n, command)| command.renumbered(left, n)).collect()
    }

    /// Gives one command, pulls, and answers its verdict as JSON.
    pub async fn give(&mut self, action: &Action) -> Value {
        let command = self.command(action);
        self.push(std::slice::from_ref(&command)).await;
        self.pull().await;
        self.verdict(command.n)
    }

    /// The verdict on a command, as JSON.
    pub fn verdict(&self, n: u64) -> Value {
        let row = self.verdicts.iter().find(|row| row.n == n).unwrap_or_else(|| panic!("{n} has a verdict"));
        serde_json::to_value(&row.verdict).unwrap()
    }

    /// How far it is.
    pub fn request(&self) -> PullRequest {
        PullRequest {
            protocol: PROTOCOL,
            device: self.device,
            epoch: self.epoch,
            cursors: self.cursors.clone(),
            verdicts_after: self.through,
            newest_first: self.newest_first.clone(),
        }
    }

    /// Asks for one page, and leaves it unread.
    pub async fn pull_page(&self) -> PullAnswer {
        let request = self.request();
        let response = self.client.post(format!("{}/sync/pull", self.origin)).json(&request).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    /// Pulls until nothing is left to pull, and answers how many pages it took.
    pub async fn pull(&mut self) -> usize {
        for pages in 1.. {
            let page = self.pull_page().await;
            let more = page.more;
            self.absorb(page);
            if !more && self.gaps() == 0 {
                return pages;
            }
        }
        unreachable!("pages are counted without an end")
    }

    /// Applies a page, as a device does.
    pub fn absorb(&mut self, page: PullAnswer) {
        for scope in page.scopes {
            if scope.reset {
                self.state.forget(scope.scope);
            }
            for row in scope.all_rows() {
                if let Some(change) = row.change().unwrap() {
                    self.state.apply(change);
                }
            }
            let Standing { cursor, gap } = scope.standing();
            self.cursors.insert(scope.scope, if gap.is_some() { Cursor::default() } else { cursor });
            if let Some(newest) = &mut self.newest_first {
                newest.filling.remove(&scope.scope);
                newest.filling.extend(gap.map(|gap| (scope.scope, Filling { cursor, gap })));
            }
        }
        self.verdicts.extend(page.verdicts);
        self.through = page.through;
        self.backend = Some(page.backend);
    }

    /// The same desk, of a version that asks for the newest rows first.
    pub fn reading_the_newest_first(self) -> Self {
        Self { newest_first: Some(NewestFirst::default()), ..self }
    }

    /// How many scopes have a gap.
    pub fn gaps(&self) -> usize {
        self.newest_first.as_ref().map_or(0, |newest| newest.filling.len())
    }

    /// Begins anew with an empty storage, as after the browser dropped it.
    pub fn forget_everything(&mut self) {
        self.state = State::default();
        self.cursors.clear();
        self.newest_first = self.newest_first.take().map(|_| NewestFirst::default());
        self.verdicts.clear();
        self.through = 0;
    }

    /// The conversation in which those words stand.
    pub fn conversation_with(&self, words: &str) -> Conversation {
        let threads = self.state.threads.values();
        let message = threads.flat_map(BTreeMap::values).find(|message| message.text == words);
        let id = message.unwrap_or_else(|| panic!("{words} arrived")).conversation;
        self.state.conversations[&id].clone()
    }

    /// The words of a conversation, in order.
    pub fn words(&self, conversation: ConversationId) -> Vec<String> {
        self.state.thread(conversation).map(|message| message.text.clone()).collect()
    }

    /// The messages of a conversation, in order.
    pub fn thread(&self, conversation: ConversationId) -> Vec<Message> {
        self.state.thread(conversation).cloned().collect()
    }

    /// A reply written now by somebody who has seen the conversation as it is given here.
    pub fn reply(&self, conversation: &Conversation, text: &str) -> SendMessage {
        let now = self.signed_in.at;
        SendMessage {
            id: new_id(MessageId::new),
            conversation: conversation.id,
            text: text.into(),
            picture: None,
            seen: conversation.last_position,
            owner_seen: conversation.owner,
            written_at: now,
            expires_at: now.plus_seconds(REPLY_EXPIRES_SECONDS),
            chosen: None,
            composed: None,
            reason: String::new(),
            beside_owner: false,
            anyway: false,
        }
    }

    /// Asks an address as this member.
    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.origin)).send().await.unwrap()
    }

    /// Signs out.
    pub async fn sign_out(&self) -> StatusCode {
        let post = self.client.post(format!("{}/api/sign-out", self.origin)).json(&json!({}));
        post.send().await.unwrap().status()
    }
}

/// Somebody at the shop's page.
pub struct Shopper {
    page: String,
    client: Client,
}

impl Shopper {
    /// At a page.
    pub fn at(page: String) -> Self {
        Self { page, client: browser() }
    }

    /// Writes, as the page's script does.
    pub async fn writes(&self, text: &str) {
        let status = self.sends(new_id(MessageId::new), text).await;
        assert_eq!(status, StatusCode::OK, "{text} is taken");
    }

    /// Writes from a page whose address says what it is about.
    pub async fn writes_about(&self, text: &str, about: Value) {
        let message = json!({ "id": new_id(MessageId::new), "text": text, "about": about });
        let post = self.client.post(format!("{}/messages", self.page)).json(&message);
        assert_eq!(post.send().await.unwrap().status(), StatusCode::OK, "{text} is taken");
    }

    /// Asks an address below the page.
    pub async fn gets(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.page)).send().await.unwrap()
    }

    /// Sends a message under an id of one's choice.
    pub async fn sends(&self, id: MessageId, text: &str) -> StatusCode {
        let post = self.client.post(format!("{}/messages", self.page)).json(&json!({ "id": id, "text": text }));
        post.send().await.unwrap().status()
    }
}

/// The code of a refusal.
pub async fn refusal(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    for language in ["zh", "en"] {
        assert!(!body["message"][language].as_str().unwrap().is_empty(), "{body} has words");
    }
    (status, body["error"].as_str().unwrap().to_owned())
}
