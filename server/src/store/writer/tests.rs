//! Groups that a server takes back: each job's last run stands once, and nobody's trouble becomes a neighbour's.

use std::sync::atomic::AtomicU32;

use futures::FutureExt as _;
use qinda::model::ConversationId;

use super::*;
use crate::store::dialect::query;
use crate::store::{Store, cluster, shops};

/// Ends the session that says it.
const END_ME: &str = "SELECT pg_terminate_backend(pg_backend_pid())";
const NOT_SERIALISABLE: &str = "DO $$ BEGIN RAISE EXCEPTION 'met another' USING ERRCODE = '40001'; END $$";

const NO_SUCH_TABLE: &str = "INSERT INTO nowhere VALUES (1)";

async fn opened() -> (Store, ShopId) {
    opened_at(Place::server(&cluster::new_database()).unwrap()).await
}

async fn opened_at(place: Place) -> (Store, ShopId) {
    let store = Store::open(place, Clock::system()).await.unwrap();
    let shop = shops::added(&store, "tea").await;
    (store, shop)
}

/// Adds a team and then meets trouble in its first runs.
async fn add_team(
    work: &mut Work,
    shop: ShopId,
    name: &'static str,
    runs: Arc<AtomicU32>,
    trouble: (&'static str, u32),
) -> Stored<()> {
    let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
    query("INSERT INTO teams (shop, id, name) VALUES ($1, $2, $3)")
        .bind(shop.to_string())
        .bind(ConversationId::of_name(name).to_string())
        .bind(name)
        .execute(work.conn())
        .await?;
    let (sql, times) = trouble;
    if run <= times {
        work.conn().run(sql).await?;
    }
    Ok(())
}

async fn teams(store: &Store) -> Vec<String> {
    let mut reader = store.reader().await.unwrap();
    let rows = query("SELECT name FROM teams ORDER BY name").fetch_all(&mut reader).await.unwrap();
    rows.iter().map(|row| row.kept_text("name").unwrap().unwrap().to_owned()).collect()
}

/// Writes three teams in one group, of which the second meets trouble. Answers what came of them and how often each ran.
async fn three(store: &Store, shop: ShopId, trouble: (&'static str, u32)) -> ([Stored<()>; 3], [u32; 3]) {
    let runs: [Arc<AtomicU32>; 3] = Default::default();
    let write = |at: usize, name: &'static str, trouble| {
        let runs = Arc::clone(&runs[at]);
        store.write(shop, move |work| Box::pin(add_team(work, shop, name, runs, trouble)))
    };
    let (hold, go_on) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (began, goes_on) = (Arc::clone(&hold), Arc::clone(&go_on));
    let mut first = Box::pin(store.write(shop, move |_| {
        Box::pin(async move {
            began.notify_one();
            goes_on.notified().await;
            Ok(())
        })
    }));
    assert!((&mut first).now_or_never().is_none());
    hold.notified().await;
    // While the lane is busy these three gather into one group.
    let three = async { tokio::join!(write(0, "one", ("", 0)), write(1, "two", trouble), write(2, "three", ("", 0))) };
    let mut three = Box::pin(three);
    assert!((&mut three).now_or_never().is_none());
    go_on.notify_one();
    first.await.unwrap();
    let (one, two, other) = three.await;
    ([one, two, other], runs.map(|runs| runs.load(Ordering::SeqCst)))
}

#[tokio::test]
async fn a_group_that_met_another_is_run_again_and_stands_once() {
    let (store, shop) = opened().await;
    let (results, runs) = three(&store, shop, (NOT_SERIALISABLE, 2)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((runs, teams(&store).await), ([3, 3, 1], ["day", "one", "three", "two"].map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn a_job_that_meets_trouble_without_an_end_is_put_off_alone() {
    let (store, shop) = opened().await;
    let (results, runs) = three(&store, shop, (NOT_SERIALISABLE, u32::MAX)).await;
    let [Ok(()), Err(error), Ok(())] = results else { panic!("{results:?}") };
    assert!(error.passes(), "it may be tried again: {error}");
    assert_eq!((runs[1], teams(&store).await), (GROUP_TRIES_MAX, ["day", "one", "three"].map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn a_connection_that_ends_before_the_commit_costs_nothing() {
    let (store, shop) = opened().await;
    let (results, runs) = three(&store, shop, (END_ME, 2)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((runs, teams(&store).await), ([3, 3, 1], ["day", "one", "three", "two"].map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_told_as_not_known() {
    let (store, shop) = opened().await;
    // The server ends the session at the commit: a trigger that runs there does it.
    let trigger = "CREATE FUNCTION end_me() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END';
         CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON teams DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION end_me()";
    let mut beside = dialect::writer(store.place()).await.unwrap();
    beside.run(trigger).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let job = store.write(shop, move |work| Box::pin(add_team(work, shop, "one", counted, ("", 0))));
    let error = job.await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown(_)) && error.passes(), "{error}");
    assert_eq!(runs.load(Ordering::SeqCst), 1, "what may stand is not run again");
    beside.run("DROP TRIGGER at_commit ON teams").await.unwrap();
    let again = store.write(shop, move |work| Box::pin(add_team(work, shop, "one", Arc::default(), ("", 0))));
    again.await.unwrap();
    assert_eq!(teams(&store).await, ["day", "one"]);
}

#[tokio::test]
async fn a_job_that_fails_takes_back_its_own_writes_alone_whichever_database_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = Place::File(folder.path().join("qinda.db"));
    for place in [file, Place::server(&cluster::new_database()).unwrap()] {
        let (store, shop) = opened_at(place).await;
        let (results, runs) = three(&store, shop, (NO_SUCH_TABLE, u32::MAX)).await;
        let [Ok(()), Err(StoreError::Database(_)), Ok(())] = results else { panic!("{results:?}") };
        assert_eq!(runs, [2, 2, 1], "as one first, then each apart");
        assert_eq!(teams(&store).await, ["day", "one", "three"]);
        let alone = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&alone);
        let job = store.write(shop, move |work| Box::pin(add_team(work, shop, "two", counted, (NO_SUCH_TABLE, 1))));
        assert!(matches!(job.await, Err(StoreError::Database(_))));
        assert_eq!(alone.load(Ordering::SeqCst), 1, "with nobody beside it, it is not run again");
        assert_eq!(teams(&store).await, ["day", "one", "three"]);
    }
}
