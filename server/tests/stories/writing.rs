//! The one writer: a job that goes wrong takes back its own writes alone, and too many jobs are refused, not piled up.

use std::sync::Arc;

use qinda_server::store::shops::{self, NewShop};
use qinda_server::store::{Clock, Lane, QUEUE_JOBS_MAX, Store, StoreError, Stored, Work};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::support::database;

async fn opened(directory: &TempDir) -> Store {
    Store::open(database::of(directory.path()), Clock::system()).await.unwrap()
}

async fn add(work: &mut Work, slug: &str) -> Stored<()> {
    let new = NewShop {
        slug: slug.into(),
        name: slug.into(),
        utc_offset_minutes: 0,
        demo: false,
        team: "day".into(),
        channel: slug.into(),
    };
    shops::add(work, new).await.map(drop)
}

async fn slugs(store: &Store) -> Vec<String> {
    let all = shops::all(&mut store.reader().await.unwrap()).await.unwrap();
    all.into_iter().map(|shop| shop.card.slug).collect()
}

#[tokio::test]
async fn a_job_that_fails_or_panics_takes_nobody_with_it() {
    let directory = TempDir::new().unwrap();
    let store = opened(&directory).await;
    let (before, fails, panics, after) = tokio::join!(
        store.write(Lane::Server, |work| Box::pin(add(work, "before"))),
        store.write(Lane::Server, |work| {
            Box::pin(async move {
                add(work, "failing").await?;
                Err::<(), _>(StoreError::NotCommitted("on purpose".into()))
            })
        }),
        store.write(Lane::Server, |work| {
            Box::pin(async move {
                add(work, "panicking").await?;
                assert!(work.now().0 < 0, "on purpose");
                Ok(())
            })
        }),
        store.write(Lane::Server, |work| Box::pin(add(work, "whole"))),
    );
    assert!(before.is_ok() && after.is_ok());
    assert!(matches!(fails, Err(StoreError::NotCommitted(_))));
    assert!(matches!(panics, Err(StoreError::Panicked)));
    assert_eq!(slugs(&store).await, ["before", "whole"]);
    store.check().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_full_queue_refuses_and_recovers() {
    let directory = TempDir::new().unwrap();
    let store = opened(&directory).await;
    let (go_on, began) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let holding = tokio::spawn({
        let (store, go_on, began) = (store.clone(), Arc::clone(&go_on), Arc::clone(&began));
        async move {
            let hold = store.write(Lane::Server, move |_| {
                Box::pin(async move {
                    began.notify_one();
                    go_on.notified().await;
                    Ok(())
                })
            });
            hold.await
        }
    });
    began.notified().await;
    let mut waiting: Vec<_> =
        (0..QUEUE_JOBS_MAX).map(|_| Box::pin(store.write(Lane::Server, |_| Box::pin(async { Ok(()) })))).collect();
    for job in &mut waiting {
        assert!(futures::poll!(job).is_pending());
    }
    assert!(matches!(store.write(Lane::Server, |work| Box::pin(add(work, "late"))).await, Err(StoreError::Full)));
    go_on.notify_one();
    holding.await.unwrap().unwrap();
    for job in waiting {
        job.await.unwrap();
    }
    store.write(Lane::Server, |work| Box::pin(add(work, "later"))).await.unwrap();
    assert_eq!(slugs(&store).await, ["later"]);
    store.close().await;
}

#[tokio::test]
async fn a_stopped_writer_says_so() {
    let directory = TempDir::new().unwrap();
    let store = opened(&directory).await;
    store.clone().close().await;
    assert!(matches!(store.write(Lane::Server, |work| Box::pin(add(work, "late"))).await, Err(StoreError::Stopped)));
    assert!(store.check().await.is_err());
}
