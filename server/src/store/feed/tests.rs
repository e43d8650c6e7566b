//! Two connections that commit in the other order than they began, and how rows are looked up.

use qinda::model::{MemberCard, MemberId};
use qinda::sync::Row;
use tokio::time::timeout;

use super::*;
use crate::store::cluster;
use crate::store::dialect::{Place, begin_writing, query, writer};
use crate::store::{Clock, Store, shops};

/// How long anything may take that has to happen.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(20);

fn change(name: &str) -> Change {
    let id = MemberId::of_name(name);
    Change::Member(MemberCard {
        id,
        work_number: name.into(),
        name: name.into(),
        active: true,
        team: None,
        roles: None,
    })
}

async fn numbered(conn: &mut Conn, shop: ShopId, name: &str) -> u64 {
    number(conn, BTreeMap::from([((shop, Scope::Knowledge), vec![change(name)])])).await.unwrap()[0].head
}

/// Reads on from a cursor, as a device does, and answers the names that it met.
async fn read_on(store: &Store, shop: ShopId, cursor: &mut Cursor) -> Vec<String> {
    let mut snapshot = store.snapshot().await.unwrap();
    let mut room = Room::WHOLE;
    let page = reading::page(&mut snapshot, shop, Scope::Knowledge, *cursor, &mut room).await.unwrap();
    assert!(!page.reset || cursor.seq == 0, "nothing is read twice");
    *cursor = page.cursor;
    let name = |row: &Row| match row.change().unwrap() {
        Some(Change::Member(card)) => card.name,
        other => panic!("{other:?} was never written"),
    };
    page.rows.iter().map(name).collect()
}

async fn waits_for_a_lock(store: &Store) {
    let mut looker = store.reader().await.unwrap();
    let waiting = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while query(waiting).fetch_all(&mut looker).await.unwrap().is_empty() {}
}

#[tokio::test]
async fn numbers_follow_commits_whoever_began_first() {
    let place = Place::server(&cluster::new_database()).unwrap();
    let store = Store::open(&place, Clock::system()).await.unwrap();
    let shop = shops::added(&store, "tea").await;
    let (mut one, mut two) = (writer(&place).await.unwrap(), writer(&place).await.unwrap());
    let mut cursor = Cursor::default();

    // The first begins first and draws its number last.
    begin_writing(&mut one).await.unwrap();
    query("UPDATE shops SET name = 'slow' WHERE id = $1").bind(shop.to_string()).execute(&mut one).await.unwrap();
    begin_writing(&mut two).await.unwrap();
    assert_eq!(numbered(&mut two, shop, "quick").await, 1);
    two.run("COMMIT").await.unwrap();
    assert_eq!(read_on(&store, shop, &mut cursor).await, ["quick"]);
    assert_eq!(numbered(&mut one, shop, "slow").await, 2);
    assert_eq!(read_on(&store, shop, &mut cursor).await, Vec::<String>::new(), "it is not committed");
    one.run("COMMIT").await.unwrap();
    assert_eq!(read_on(&store, shop, &mut cursor).await, ["slow"]);

    // The first has its number and commits late: the second waits for it, and no reader sees past it.
    begin_writing(&mut one).await.unwrap();
    assert_eq!(numbered(&mut one, shop, "slower").await, 3);
    begin_writing(&mut two).await.unwrap();
    let second = tokio::spawn(async move {
        let head = numbered(&mut two, shop, "quicker").await;
        two.run("COMMIT").await.unwrap();
        head
    });
    timeout(DEADLINE, waits_for_a_lock(&store)).await.expect("the second waits");
    assert_eq!(read_on(&store, shop, &mut cursor).await, Vec::<String>::new());
    one.run("COMMIT").await.unwrap();
    assert_eq!(second.await.unwrap(), 4);
    assert_eq!(read_on(&store, shop, &mut cursor).await, ["slower", "quicker"]);

    // One that is taken back leaves no gap that a reader would wait for.
    begin_writing(&mut one).await.unwrap();
    assert_eq!(numbered(&mut one, shop, "never").await, 5);
    one.run("ROLLBACK").await.unwrap();
    begin_writing(&mut one).await.unwrap();
    assert_eq!(numbered(&mut one, shop, "after").await, 5);
    one.run("COMMIT").await.unwrap();
    assert_eq!(read_on(&store, shop, &mut cursor).await, ["after"]);
    assert_eq!(cursor.seq, 5);
}

#[tokio::test]
async fn what_comes_before_its_turn_is_looked_up_and_not_searched_for() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::File(folder.path().join("qinda.db"));
    let store = Store::open(&place, Clock::system()).await.unwrap();
    let asked = format!("EXPLAIN QUERY PLAN {}", reading::URGENT).leak();
    let bound = (1..=7).fold(query(asked), |query, place| query.bind(i64::from(place)));
    let steps = bound.fetch_all(&mut store.reader().await.unwrap()).await.unwrap();
    let steps: Vec<String> = steps.iter().map(|step| step.text("detail").unwrap()).collect();
    let of = |table: &str| -> Vec<&String> {
        let start = format!("SEARCH {table} ");
        steps.iter().filter(|step| step.starts_with(&start)).collect()
    };
    let (feed, messages, conversations) = (of("f"), of("m"), of("conversations"));
    assert!(feed.len() == 2 && feed.iter().all(|step| step.contains("entity=?")), "{steps:?}");
    assert!(messages.len() == 1 && messages[0].contains("conversation=? AND position>?"), "{steps:?}");
    assert!(conversations.len() == 1 && conversations[0].contains("in_feed=? AND state=?"), "{steps:?}");
}
