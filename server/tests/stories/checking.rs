//! A device whose rows are not those of the server finds out and puts them right; nobody else is told that theirs are.

use std::collections::BTreeMap;

use qinda::model::{Article, ArticleFields, ArticleId, BackendId, Micros};
use qinda::sync::{
    Action, CHECK_KINDS_MAX, Change, CheckAnswer, CheckRequest, CloseConversation, ConfirmedWrite, Cursor, Entity,
    Keeping, KeptDigest, PROTOCOL, PULL_ROWS_MAX, Progress, PullRequest, PutArticle, RemoveArticle, Repair, Row, Scope,
    Sums, digest, keep, repair,
};
use qinda_server::store::compaction::CLOSED_KEPT_DAYS;
use reqwest::{Response, StatusCode};

use crate::support::{Desk, TestShop, add_member, add_shop, new_id, refusal};

/// Articles enough for several ranges.
const ARTICLES: u32 = 900;

/// What a device keeps of what it pulls.
#[derive(Default)]
struct Disk {
    progress: Progress,
    rows: BTreeMap<Scope, BTreeMap<Entity, Row>>,
}

impl Disk {
    fn of(&mut self, scope: Scope) -> &mut BTreeMap<Entity, Row> {
        self.rows.entry(scope).or_default()
    }

    fn write(&mut self, writes: Vec<ConfirmedWrite>) {
        for write in writes {
            match write {
                ConfirmedWrite::DropScope(scope) => self.of(scope).clear(),
                ConfirmedWrite::DropInboxes => unreachable!("there is room"),
                ConfirmedWrite::Put(scope, entity, row) => drop(self.of(scope).insert(entity, row)),
                ConfirmedWrite::Delete(scope, entity) => drop(self.of(scope).remove(&entity)),
                ConfirmedWrite::Progress(progress) => self.progress = progress,
            }
        }
    }

    async fn pull(&mut self, desk: &mut Desk) {
        loop {
            let request = PullRequest {
                protocol: PROTOCOL,
                device: desk.device,
                epoch: desk.epoch,
                cursors: self.progress.cursors.clone(),
                verdicts_after: desk.through,
                newest_first: None,
            };
            let page = desk.pull_page().await;
            let kept = keep(&self.progress, Keeping::All, &request, &page, 0);
            self.write(kept.writes);
            let more = page.more;
            desk.absorb(page);
            if !more {
                return;
            }
        }
    }

    fn request(&self, desk: &Desk, scope: Scope) -> CheckRequest {
        let mut sums = Sums::default();
        for (entity, row) in self.rows.get(&scope).into_iter().flatten() {
            sums.add(&entity.0, digest(&entity.0, &row.kind, row.body.get()));
        }
        CheckRequest::new(desk.device, &self.progress, scope, &sums).expect("the scope is whole")
    }

    async fn check(&self, desk: &Desk, scope: Scope) -> CheckAnswer {
        let response = ask(desk, &self.request(desk, scope)).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    /// Compares, and puts right what differs.
    async fn put_right(&mut self, desk: &Desk, scope: Scope) -> usize {
        let answer = self.check(desk, scope).await;
        let rows = self.rows.get(&scope).into_iter().flatten();
        let digest = |(entity, row): (&Entity, &Row)| -> KeptDigest {
            (entity.clone(), Some(digest(&entity.0, &row.kind, row.body.get())))
        };
        let kept: Vec<KeptDigest> = rows.map(digest).collect();
        match repair(&self.progress, &self.request(desk, scope), &answer, &kept) {
            Repair::Writes(writes) => {
                let count = writes.len();
                self.write(writes);
                count
            }
            Repair::MovedOn | Repair::Nothing => 0,
        }
    }

    fn words(&self, scope: Scope) -> BTreeMap<String, String> {
        let rows = self.rows.get(&scope).into_iter().flatten();
        rows.map(|(entity, row)| (entity.0.clone(), row.body.get().to_owned())).collect()
    }
}

async fn ask(desk: &Desk, request: &CheckRequest) -> Response {
    desk.client.post(format!("{}/sync/check", desk.origin)).json(request).send().await.unwrap()
}

fn article(n: u32, title: &str) -> Article {
    let fields = ArticleFields { title: title.into(), answers: vec!["三天".into()], ..Default::default() };
    let id = ArticleId::of_name(&n.to_string());
    Article { id, fields, version: 1, changed_by: None, changed_at: Micros(1), copies: Vec::new() }
}

async fn write_articles(shop: &TestShop, count: u32) {
    let (id, changes) = (shop.id, (0..count).map(|n| Change::Article(article(n, "几天到"))).collect::<Vec<_>>());
    let written = shop.serving.store.write(id, move |work| Box::pin(work.write_changes(id, changes.clone(), None)));
    written.await.unwrap();
}

/// A shop with articles and a conversation, a desk, and the disk of that desk, which has everything.
async fn settled() -> (TestShop, Desk, Disk) {
    let shop =
        TestShop::open_at_ten().await.with_member("1001", "agent").await.with_member("3001", "agent,editor").await;
    write_articles(&shop, ARTICLES).await;
    shop.shopper().writes("几天到").await;
    let (mut desk, mut disk) = (shop.desk("1001").await, Disk::default());
    disk.pull(&mut desk).await;
    (shop, desk, disk)
}

fn is_right(answer: &CheckAnswer) -> bool {
    answer.compared && !answer.anew && answer.differs.is_empty()
}

#[tokio::test]
async fn a_device_with_wrong_rows_finds_out_and_puts_them_right() {
    let (shop, desk, mut disk) = settled().await;
    let scopes = [Scope::Knowledge, desk.inbox(), Scope::Mailbox(desk.member())];
    for scope in scopes {
        assert!(is_right(&disk.check(&desk, scope).await), "{scope} is whole and right");
    }
    let right = scopes.map(|scope| disk.words(scope));

    // One row is lost, one says something else, and one is there that nobody ever wrote.
    let entity = |n: u32| Change::Article(article(n, "")).entity();
    disk.of(Scope::Knowledge).remove(&entity(7));
    let altered = Row::new(8, &Change::Article(article(8, "几天不到")));
    disk.of(Scope::Knowledge).insert(entity(8), altered);
    let invented = Row::new(9, &Change::Article(article(ARTICLES + 1, "哪来的")));
    disk.of(Scope::Knowledge).insert(entity(ARTICLES + 1), invented);
    let inbox = desk.inbox();
    let message = disk.of(inbox).keys().find(|entity| entity.0.starts_with("message:")).unwrap().clone();
    disk.of(inbox).remove(&message);

    let found = disk.check(&desk, Scope::Knowledge).await;
    let ranges = disk.request(&desk, Scope::Knowledge).sums.len();
    let (differing, rows) = (found.differs.len(), found.differs.iter().map(|range| range.rows.len()).sum::<usize>());
    assert!(ranges >= 8 && (1..=3).contains(&differing), "{differing} of {ranges}");
    assert!(rows < ARTICLES as usize, "only what lies in those ranges comes: {rows}");
    assert_eq!(disk.put_right(&desk, Scope::Knowledge).await, 3 + 1, "three rows, and a note for the other tabs");
    assert_eq!(disk.put_right(&desk, inbox).await, 1 + 1);
    for (scope, right) in scopes.into_iter().zip(right) {
        assert_eq!(disk.words(scope), right, "{scope}");
        assert!(is_right(&disk.check(&desk, scope).await));
    }
    assert_eq!(disk.put_right(&desk, Scope::Knowledge).await, 0, "there is nothing more to be done");
    drop(shop);
}

#[tokio::test]
async fn what_others_write_meanwhile_is_no_difference_and_hides_none_elsewhere() {
    let (shop, mut desk, mut disk) = settled().await;
    let inbox = desk.inbox();
    let mut editor = shop.desk("3001").await;
    editor.pull().await;
    let changed =
        PutArticle {
            id: article(3, "").id, fields: article(3, "五天到").fields, base: 1, was: None, settles: vec![]
        };
    editor.give(&Action::PutArticle(changed)).await;
    editor.give(&Action::RemoveArticle(RemoveArticle { id: article(4, "").id, base: 1 })).await;
    let new =
        PutArticle {
            id: new_id(ArticleId::new), fields: article(0, "新").fields, base: 0, was: None, settles: vec![]
        };
    let added = Change::ArticleGone(new.id).entity();
    editor.give(&Action::PutArticle(new)).await;
    shop.shopper().writes("还在吗").await;
    // The device has heard of none of that.
    assert!(is_right(&disk.check(&desk, Scope::Knowledge).await));
    assert!(is_right(&disk.check(&desk, inbox).await));

    // What is missing lies in a range that none of those writes touched: of the others nobody can tell.
    let entity = |n: u32| Change::Article(article(n, "")).entity();
    let range = |entity: &Entity| qinda::sync::range_of(&entity.0, 8);
    let busy = [entity(3), entity(4), added].map(|entity| range(&entity));
    let quiet = (10..ARTICLES).map(entity).find(|entity| !busy.contains(&range(entity))).unwrap();
    disk.of(Scope::Knowledge).remove(&quiet);
    assert_eq!(
        disk.check(&desk, Scope::Knowledge).await.differs.len(),
        1,
        "{quiet:?} is missing, whatever else goes on"
    );
    assert_eq!(disk.put_right(&desk, Scope::Knowledge).await, 2);
    disk.pull(&mut desk).await;
    let (mut other, mut fresh) = (shop.desk("1001").await, Disk::default());
    fresh.pull(&mut other).await;
    assert_eq!(disk.words(Scope::Knowledge), fresh.words(Scope::Knowledge));
    assert!(is_right(&disk.check(&desk, Scope::Knowledge).await));
}

#[tokio::test]
async fn a_conversation_that_leaves_meanwhile_is_no_difference() {
    let (shop, mut desk, mut disk) = settled().await;
    let asked = desk.conversation_with("几天到");
    desk.give(&Action::CloseConversation(CloseConversation { conversation: asked.id, seen: 1 })).await;
    for n in 0..30 {
        shop.shopper().writes(&format!("第 {n} 问")).await;
    }
    shop.later((CLOSED_KEPT_DAYS + 1) * 86_400);
    let mut desk = shop.desk("1001").await;
    disk.progress = Progress::default();
    disk.pull(&mut desk).await;
    let left = shop.serving.store.compact().await.unwrap();
    assert_eq!(left.conversations, 1);
    let inbox = desk.inbox();
    assert!(is_right(&disk.check(&desk, inbox).await), "its messages left without numbers of their own");
    disk.pull(&mut desk).await;
    assert!(is_right(&disk.check(&desk, inbox).await));
}

#[tokio::test]
async fn sums_agree_at_every_moment_while_others_write() {
    let (shop, mut desk, mut disk) = settled().await;
    let inbox = desk.inbox();
    let shoppers: Vec<_> = (0..4).map(|_| shop.shopper()).collect();
    let writing = async {
        for n in 0..20 {
            for shopper in &shoppers {
                shopper.writes(&format!("第 {n} 句")).await;
            }
        }
    };
    let checking = async {
        for _ in 0..10 {
            disk.pull(&mut desk).await;
            for _ in 0..3 {
                let answer = disk.check(&desk, inbox).await;
                assert!(is_right(&answer), "{answer:?}");
            }
        }
    };
    tokio::join!(writing, checking);
}

#[tokio::test]
async fn nobody_compares_what_they_may_not_read() {
    let (shop, desk, disk) = settled().await;
    let store = &shop.serving.store;
    let ink = add_shop(store, "ink").await;
    add_member(store, ink, "1001", "agent", "day").await;
    add_member(store, shop.id, "2002", "agent", "night").await;
    let other_shop = Desk::sign_in(shop.url(""), "ink", "1001").await;
    let other_team = shop.desk("2002").await;
    for stranger in [&other_shop, &other_team] {
        for scope in [desk.inbox(), Scope::Mailbox(desk.member())] {
            let request = CheckRequest { device: stranger.device, ..disk.request(&desk, scope) };
            let refused = refusal(ask(stranger, &request).await).await;
            assert_eq!(refused, (StatusCode::FORBIDDEN, "forbidden".into()), "{scope}");
        }
    }
    // The knowledge of another shop bears the same name, and is another.
    let request = CheckRequest { device: other_shop.device, ..disk.request(&desk, Scope::Knowledge) };
    let answer: CheckAnswer = ask(&other_shop, &request).await.json().await.unwrap();
    assert!(answer.differs.iter().all(|range| range.rows.is_empty()), "{answer:?}");
    // Nor is another's device taken.
    let theirs = ask(&other_team, &disk.request(&desk, Scope::Knowledge)).await;
    assert_eq!(refusal(theirs).await.1, "device_taken");
}

#[tokio::test]
async fn what_cannot_be_compared_is_not_and_what_is_no_check_is_refused() {
    let (shop, desk, mut disk) = settled().await;
    let request = disk.request(&desk, Scope::Knowledge);
    for cursor in [
        Cursor { generation: request.cursor.generation + 1, ..request.cursor },
        Cursor { seq: request.cursor.seq + 1, ..request.cursor },
    ] {
        let asked = CheckRequest { cursor, ..request.clone() };
        let answer: CheckAnswer = ask(&desk, &asked).await.json().await.unwrap();
        assert!(!answer.compared && !answer.anew && answer.differs.is_empty());
    }
    let unsound = [
        CheckRequest { sums: Vec::new(), ..request.clone() },
        CheckRequest { sums: vec![request.sums[0]; 3], ..request.clone() },
        CheckRequest { sums: vec![request.sums[0]; 512], ..request.clone() },
        CheckRequest { kinds: vec!["article".into(); CHECK_KINDS_MAX + 1], ..request.clone() },
    ];
    for asked in unsound {
        assert_eq!(ask(&desk, &asked).await.status(), StatusCode::BAD_REQUEST);
    }
    let other = CheckRequest { protocol: PROTOCOL + 1, ..request.clone() };
    assert_eq!(refusal(ask(&desk, &other).await).await.1, "other_protocol");

    // A kind that the device does not name is one that it cannot keep.
    let without = CheckRequest { kinds: vec!["member".into()], ..request };
    let answer: CheckAnswer = ask(&desk, &without).await.json().await.unwrap();
    let rows = answer.differs.iter().flat_map(|range| &range.rows);
    assert!(!answer.differs.is_empty() && rows.into_iter().all(|row| row.kind == "member"));

    // What comes from a database that was restored meanwhile is not taken.
    disk.of(Scope::Knowledge).pop_first();
    disk.progress.backend = Some(new_id(BackendId::new));
    assert_eq!(disk.put_right(&desk, Scope::Knowledge).await, 0);
    drop(shop);
}

#[tokio::test]
async fn who_lacks_more_than_a_page_begins_the_scope_anew() {
    let (shop, mut desk, mut disk) = settled().await;
    write_articles(&shop, PULL_ROWS_MAX as u32 + 100).await;
    disk.pull(&mut desk).await;
    disk.of(Scope::Knowledge).clear();
    let answer = disk.check(&desk, Scope::Knowledge).await;
    assert!(answer.compared && answer.anew && answer.differs.is_empty(), "{answer:?}");
}
